"""A file's bytes → headings and rows, told by content and not by the ending of its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from erp.importing.cells import OUTER, plain, shown, trimmed
from erp.importing.dates import is_day
from erp.importing.fields import heading_words
from erp.importing.formulas import as_typed
from erp.importing.readings import Finding, Refused
from erp.importing.text_files import Records, open_text
from erp.importing.words import is_known_word
from erp.importing.workbooks import open_workbook

#: This many rows are asked whether the row above them is one of them.
_ROWS_ASKED = 50
#: Headings are looked for in this many filled rows, because rosters often have a title above them.
_TITLE_ROWS = 10

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FILES = {b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture"}
_SAVE_AGAIN = "Open it in your spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV."
#: What no column is called: an e-mail address (nor a day, which `is_day` tells).
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: Signs without ink, which make no other heading.
_UNSEEN = {ord(sign): None for sign in OUTER if not sign.isspace()}
_VALUE = re.compile(r"[-+$]?[0-9][0-9.,:/ -]*%?|[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A filled row: its number as the spreadsheet counts it, its cells as typed (outer spaces aside)."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read. `notes` are findings about the whole file.

    expected_rows: how many filled rows are to come where that is known without reading them all (for a progress bar).
    """

    headings: list[str]
    heading_row: int
    notes: list[Finding]
    expected_rows: int | None
    _records: Callable[[], Records]

    def rows(self) -> Iterator[SheetRow]:
        """Yield the filled rows below the headings, one at a time; may be called again."""
        for number, typed in self._records():
            if number <= self.heading_row:
                continue
            cells = [as_typed(trimmed(cell)) for cell in typed]
            if any(cells):
                yield SheetRow(number, cells)


def open_table(data: bytes, file_name: str) -> Table:
    """Open a file of any usual kind: CSV of any usual encoding and separator, or an XLSX workbook.

    A text file is read through once, so that a quotation mark never closed is known before any row is used.

    Raises: Refused with the reason and what to do.
    """
    _refuse_other_files(data, file_name)
    opened = open_workbook(data) if data.startswith(b"PK\x03\x04") else open_text(data)
    number, cells = _heading_record(opened.records())
    headings = _headings(cells, number)
    notes = list(opened.notes)
    if number > opened.first_filled_row:
        notes.append(
            Finding(
                opened.first_filled_row,
                "",
                "",
                f"The headings were found in row {number}; what stands above them was not imported.",
                "If it matters, keep it in a column of its own.",
                "note",
            )
        )
    expected = None if opened.filled_rows is None else max(0, opened.filled_rows - 1)
    table = Table(headings, number, notes, expected, opened.records)
    if _is_a_record(headings, islice(table.rows(), _ROWS_ASKED)):
        raise _no_headings(headings, number)
    return table


def _refuse_other_files(data: bytes, file_name: str) -> None:
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused("The file is empty.", "Choose the file that holds the rows.", row=1)
    if data.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused("The workbook is locked with a password.", "Save a copy without a password.")
        raise Refused(f"{shown(file_name)} is a file of an old Office program (.xls).", _SAVE_AGAIN)
    for start, what in _OTHER_FILES.items():
        if data.startswith(start):
            raise Refused(f"{shown(file_name)} is {what}, not a table.", _SAVE_AGAIN)


def _heading_record(records: Records) -> tuple[int, list[str]]:
    """Return the first filled record; or, where that is a lone title, the first below it that knows two headings."""
    filled = (record for record in records if any(map(trimmed, record[1])))
    first_ones = list(islice(filled, _TITLE_ROWS))
    if not first_ones:
        raise Refused("The file is empty.", "Choose the file that holds the rows.")
    known = heading_words()
    if sum(1 for cell in first_ones[0][1] if trimmed(cell)) == 1 and not _known(first_ones[0][1], known):
        for record in first_ones[1:]:
            if _known(record[1], known) > 1:
                return record
    return first_ones[0]


def _known(cells: list[str], known: frozenset[str]) -> int:
    return sum(1 for cell in cells if plain(cell) in known)


def _headings(cells: list[str], number: int) -> list[str]:
    """Return the headings; a blank one between others is named for its column. Raises: Refused."""
    names = [as_typed(trimmed(cell)) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if broken := next((name for name in names if "\0" in name), None):
        raise Refused(
            "A heading holds a NUL byte, a sign that no text has: something broke when the file was made.",
            "Type the heading again, or export the file again from where it came.",
            row=number,
            found=broken,
        )
    values_only = all(_VALUE.fullmatch(name) for name in names if name)
    if values_only or any(_ADDRESS.fullmatch(name) or is_day(name) for name in names):
        raise _no_headings(names, number)
    headings = [name or f"Column {_letters(position)}" for position, name in enumerate(names)]
    seen: set[str] = set()
    for heading in headings:
        folded = " ".join(heading.translate(_UNSEEN).split()).casefold()
        if folded in seen:
            raise Refused(
                f"Two columns have the heading “{shown(heading)}”.",
                "Give every column a heading of its own.",
                row=number,
                column=heading,
                found=heading,
            )
        seen.add(folded)
    return headings


def _is_a_record(headings: list[str], rows: Iterator[SheetRow]) -> bool:
    """Say whether the first row only seems to be headings, as in "Heron Circle, Tribe, Alder": its known words are
    values of a choice (Tribe), and so are most cells below them.
    """
    known = [place for place, heading in enumerate(headings) if plain(heading) in heading_words()]
    if len(headings) == 1 or not known or not all(is_known_word(headings[place]) for place in known):
        return False
    below = [row.cells[place] for row in rows for place in known if place < len(row.cells) and row.cells[place]]
    return 2 * sum(map(is_known_word, below)) >= len(below)


def _no_headings(names: list[str], number: int) -> Refused:
    return Refused(
        f"The file has no headings: row {number} holds values.",
        "Put a row above it that says what each column holds.",
        row=number,
        found=next(name for name in names if name),
    )


def _letters(position: int) -> str:
    """Return a column's letters as spreadsheets count them (0 → A, 26 → AA)."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
