"""Frames as CSV, Excel and JSON. Cells a spreadsheet would run as formulas are made harmless."""

import io
import json
from typing import Any

import pandas as pd

from erp.errors import Invalid
from erp.health.formula import DIMENSIONS
from erp.importing.formulas import harmless


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Return a frame as CSV in UTF-8 with a byte order mark, which spreadsheets need to show accents."""
    return _harmless(rows).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


#: What an Excel cell holds at most, in characters, and a sheet at most, in rows.
_MOST_IN_CELL, _MOST_ROWS = 32_767, 1_048_575


def xlsx_bytes(rows: pd.DataFrame, sheet: str = "Sheet1") -> bytes:
    """Return a frame as an Excel workbook; text stays text, also where it begins with '='.

    Raises: Invalid where Excel could not hold it all; CSV can.
    """
    _refuse_too_much(rows)
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

    Columns: partner (name), key, as_of (ISO day), formula, for each dimension _score, _n, _evidence, then standing and
    band.
    """
    columns = ["partner", "key", "as_of", "formula"]
    columns += [f"{dimension}_{part}" for dimension in DIMENSIONS for part in ("score", "n", "evidence")]
    table = figures.assign(as_of=figures["as_of"].dt.strftime("%Y-%m-%d"))
    return table[[*columns, "standing", "band"]]


def _harmless(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with headings and cells harmless: a county's own headings are text like any other."""
    safe = rows.map(lambda cell: harmless(cell) if isinstance(cell, str) else cell)
    return safe.set_axis([harmless(str(heading)) for heading in rows.columns], axis=1)


def _refuse_too_much(rows: pd.DataFrame) -> None:
    if len(rows) > _MOST_ROWS:
        raise Invalid(
            f"An Excel sheet holds {_MOST_ROWS:,} rows at most, and here are {len(rows):,}. Take CSV instead."
        )
    for heading in rows.columns:
        longest = max((len(cell) for cell in rows[heading] if isinstance(cell, str)), default=0)
        if longest >= _MOST_IN_CELL:  # one sign less: a harmless cell has an apostrophe before it
            raise Invalid(
                f"A text under “{heading}” has {longest:,} characters, more than an Excel cell holds. Take CSV instead."
            )


def _plain(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return value
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value
