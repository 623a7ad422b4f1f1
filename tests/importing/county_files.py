"""Short ways for tests to write a county's file and read it."""

import io
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from erp.frameworks import as_shipped
from erp.importing.mapping import guess_mapping
from erp.importing.read import Table, open_table
from erp.importing.readings import Here, RowReading
from erp.importing.rows import read_rows

TODAY = date(2025, 11, 20)
HERE = Here(TODAY, as_shipped())
FILES = Path(__file__).parent / "files"


def table_of(text: str | bytes, file_name: str = "county.csv") -> Table:
    return open_table(text if isinstance(text, bytes) else text.encode(), file_name)


def rows_of(kind: str, text: str | bytes) -> list[RowReading]:
    table = table_of(text)
    return list(read_rows(kind, table, guess_mapping(kind, table.headings), HERE))


def workbook_of(*rows: list[object], **other_sheets: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, more in other_sheets.items():
        other = book.create_sheet(name)
        for row in more:
            other.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def reasons(reading: RowReading) -> str:
    return " ".join(finding.reason for finding in reading.findings)
