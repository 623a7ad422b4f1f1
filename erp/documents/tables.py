"""Frames as CSV, Excel and JSON. Cells a spreadsheet would run as formulas are made harmless."""

import io
import json
from typing import Any

import pandas as pd

from erp.health.formula import DIMENSIONS
from erp.importing.formulas import harmless


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Return a frame as CSV in UTF-8 with a byte order mark, which spreadsheets need to show accents."""
    return _harmless(rows).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(rows: pd.DataFrame, sheet: str = "Sheet1") -> bytes:
    """Return a frame as an Excel workbook; text stays text, also where it begins with '='."""
    target = io.BytesIO()
    with pd.ExcelWriter(
        target,
        engine="xlsxwriter",
        engine_kwargs={"options": {"strings_to_formulas": False, "strings_to_urls": False}},
    ) as writer:
        _harmless(rows).to_excel(writer, sheet_name=sheet, index=False)
    return target.getvalue()


def json_text(rows: pd.DataFrame) -> str:
    """Return a frame as a JSON list of objects; days are ISO text, what is undefined is null."""
    return json.dumps([{k: _plain(v) for k, v in row.items()} for row in rows.to_dict("records")], ensure_ascii=False)


def health_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Return figures as they leave the house: a row per partner and day, unrounded, blank where there is no evidence.

    Columns: partner (name), key, as_of (ISO day), formula, for each dimension _score, _n, _evidence, then standing, band.
    """
    columns = ["partner", "key", "as_of", "formula"]
    columns += [f"{dimension}_{part}" for dimension in DIMENSIONS for part in ("score", "n", "evidence")]
    table = figures.assign(as_of=figures["as_of"].dt.strftime("%Y-%m-%d"))
    return table[[*columns, "standing", "band"]]


def _harmless(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.map(lambda cell: harmless(cell) if isinstance(cell, str) else cell)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return value
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value
