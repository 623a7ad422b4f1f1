"""Table and column map → one reading per row: typed values, words as written, extras, findings."""

from collections.abc import Iterator, Mapping

from erp.importing.cells import is_spreadsheet_error, plain, several
from erp.importing.fields import FIELDS, WHY_NOT, Field, FieldType
from erp.importing.read import SheetRow, Table
from erp.importing.readings import Here, Problem, RowReading
from erp.importing.rules import Row, apply_rules
from erp.importing.values import SPREADSHEET_ERROR, read_cell

#: What a column's notes are known by, so that each is said once for a file: at the first row that shows it.
Said = set[tuple[str, str]]

_NUL = Problem(
    "nul",
    "rejected",
    "The row holds a NUL byte, a sign that no text has: something broke when the file was made.",
    "Type the row again, or export it again from where it came.",
)
#: Letters of a name or a reference: what is longer is a text in the wrong column, and no database looks for it.
LONGEST_NAME = 300
_LONG = Problem(
    "long",
    "rejected",
    f"This has more than {LONGEST_NAME} letters, which no name or reference has.",
    "Shorten it, or give the column another place: a text belongs into notes.",
)
_BEYOND = Problem(
    "beyond",
    "rejected",
    "The row has more filled cells than there are headings, so nobody knows what they are.",
    "Give the column a heading, or put a cell with a comma into quotation marks.",
)


def read_rows(kind: str, table: Table, mapping: Mapping[str, str | None], here: Here) -> Iterator[RowReading]:
    """Yield a reading of every filled row, one at a time, by the county's day and frameworks.

    Columns that the mapping gives no place come back as extras. Notes (how slashed dates and day numbers were read) are
    said once per column, at the first row that shows them.
    """
    fields = {field.name: field for field in FIELDS[kind]}
    columns = [
        (heading, fields[place] if (place := mapping.get(heading)) else None)
        for heading in table.headings
        if plain(heading) != WHY_NOT
    ]
    heading_of = {field.name: heading for heading, field in columns if field is not None}
    said: Said = set()
    for sheet_row in table.rows():
        reading = _as_typed(sheet_row, table.headings)
        if not reading.rejected:
            _read_cells(reading, columns, here, said)
            apply_rules(kind, Row(reading, heading_of, here.today))
        yield reading


def _as_typed(row: SheetRow, headings: list[str]) -> RowReading:
    """Return the row under its headings, blank where it is short; rejected where it cannot be read at all."""
    width = len(headings)
    cells = row.cells[:width] + [""] * (width - len(row.cells))
    reading = RowReading(row.number, dict(zip(headings, cells, strict=True)), beyond=row.cells[width:])
    for heading, cell in reading.cells.items():
        if "\0" in cell:
            reading.say(heading, cell, _NUL)
    for cell in filter(None, reading.beyond):
        reading.say("", cell, _NUL if "\0" in cell else _BEYOND)
    return reading


def _read_cells(reading: RowReading, columns: list[tuple[str, Field | None]], here: Here, said: Said) -> None:
    for heading, field in columns:
        cell = reading.cells[heading]
        if field is None:
            if cell:
                reading.extras[heading] = cell
            if is_spreadsheet_error(cell):
                reading.say(heading, cell, SPREADSHEET_ERROR)
        elif not cell:
            reading.values[field.name] = _BLANKS.get(field.holds.name)
        else:
            _read_one(reading, heading, field, here, said)


def _read_one(reading: RowReading, heading: str, field: Field, here: Here, said: Said) -> None:
    cell = reading.cells[heading]
    if field.holds is FieldType.NAMES or field.name in ("key", "name", "forum"):
        for part in several(cell) if field.holds is FieldType.NAMES else (cell,):
            if len(part) > LONGEST_NAME:
                reading.say(heading, f"{part[:60]} …", _LONG)
    read = read_cell(field, cell, here)
    reading.values[field.name] = read.value
    reading.values.update(read.more)
    if read.words:
        reading.as_written[field.name] = read.words
    for problem in read.problems:
        if problem.severity == "note":
            if (problem.code, heading) in said:
                continue
            said.add((problem.code, heading))
        reading.say(heading, cell, problem)


_BLANKS: dict[str, object] = {"TEXT": "", "NAMES": (), "DAYS": (), "ENTRIES": ()}
