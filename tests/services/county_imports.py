"""Short ways for tests to bring a county's file in and to look at what became of it."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlmodel import select

from erp import db
from erp.access import Actor, operator
from erp.importing.fields import KINDS
from erp.importing.outcome import ImportResult
from erp.queries.exports import export_rows
from erp.services.imports import import_file


def bring(
    kind: str, data: str | bytes, *, by: Actor | None = None, name: str = "county.csv", **more: Any
) -> ImportResult:
    """Import text or bytes as somebody; the operator of the machine where nobody is named."""
    sent = data if isinstance(data, bytes) else data.encode()
    return import_file(by or operator(), kind, sent, name, **more)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    """Return imported, warned, rejected and added, after checking that the counts add up."""
    assert result.rows == result.imported + result.warned + result.rejected
    return result.imported, result.warned, result.rejected, result.added


def said(result: ImportResult) -> str:
    """Return everything the findings say, for looking into."""
    return "\n".join(f"{f.severity} row {f.row} {f.column}: {f.found} – {f.reason} {f.advice}" for f in result.findings)


def exported(kind: str, by: Actor | None = None) -> pd.DataFrame:
    """Return the export of a kind."""
    with db.reading() as session:
        return export_rows(session, by or operator(), kind)


def all_exported() -> dict[str, list[list[str]]]:
    """Return every kind's export as plain lists, headings first."""
    frames = {kind: exported(kind) for kind in KINDS}
    return {kind: [[*map(str, frame.columns)], *frame.to_numpy().tolist()] for kind, frame in frames.items()}


def changes(before: dict[str, list[list[str]]], after: dict[str, list[list[str]]]) -> list[tuple[object, ...]]:
    """List the cells in which two exports of everything differ: kind, row, heading, before, after."""
    found: list[tuple[object, ...]] = []
    for kind, rows in before.items():
        if len(rows) != len(after[kind]) or rows[0] != after[kind][0]:
            found.append((kind, "rows or headings", len(rows), rows[0], len(after[kind]), after[kind][0]))
        for number, (row, other) in enumerate(zip(rows, after[kind], strict=False)):
            cells = zip(rows[0], row, other, strict=False)
            found += [(kind, number, heading, was, became) for heading, was, became in cells if was != became]
    return found


def stored(table: Any) -> list[Any]:
    """Return every record of a table, in order of entry."""
    with db.reading() as session:
        return list(session.exec(select(table).order_by(table.id)))


def sheet(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as CSV."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()
