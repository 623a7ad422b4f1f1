"""Excel workbooks (.xlsx): the first sheet that holds anything, as typed text."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from erp.importing.cells import trimmed
from erp.importing.readings import Finding, Refused
from erp.importing.text_files import Opened, Records

#: A workbook that unpacks to more than this (bytes) is no county's roster but a trap or a slip.
_MOST_UNPACKED = 2_000_000_000
#: The texts of a workbook are held in memory while it is read (bytes); 100,000 rows of minutes stay below this.
_MOST_TEXT = 150_000_000
#: How a workbook writes signs that XML has no place for, such as the return before a line break.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|FFFE|FFFF)_")
#: How a workbook writes an underscore that could be taken for the beginning of one of those.
_UNDERSCORE = "_x005F_"
#: What stands for it while the library reads, which drops "x005F_" everywhere and so makes "_x005F_x000D_" (a text
#: about a return) and "_x000D_" (a return) alike. No text holds these signs.
_STAND_INS = {"\ufdd0": "_", "\ufdd1": _UNDERSCORE[1:]}
_CHUNK = 1 << 20
_BATCH = 500
#: What a broken file makes of zipfile, the XML parser and openpyxl; found by breaking files at random.
_BREAKS = (
    InvalidFileException,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    ParseError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def open_workbook(data: bytes) -> Opened:
    """Open a workbook. Formulas are read as the value last worked out; one that has none stays as typed.

    Raises: Refused.
    """
    has_formulas, has_underscores = _looked_into(data)
    if has_underscores:
        data = _with_stand_ins(data)
    book = _loaded(data, values=True)
    formulas = _loaded(data, values=False) if has_formulas else None
    filled = [(name, first) for name in _sheet_names(book) if (first := _first_filled(book, formulas, name))]
    if not filled:
        raise Refused("The workbook holds no rows.", "Choose the file that holds the rows.")
    name, first = filled[0]
    notes = []
    if len(filled) > 1:
        others = ", ".join(other for other, _ in filled[1:])
        reason = f"Only the sheet “{name}” was read. Other sheets hold rows too: {others}."
        notes.append(Finding(1, "", others, reason, "Save each as a file of its own and import it.", "note"))
    if has_formulas:
        reason = "The workbook has formulas: the values they had when it was last saved were read."
        notes.append(Finding(1, "", "", reason, "Open and save it once if those may be old.", "note"))
    return Opened(lambda: _records(book, formulas, name), first, None, notes)


def _broken() -> Refused:
    return Refused(
        "The workbook is broken or not an Excel workbook.",
        "Open it in your spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV.",
    )


def _looked_into(data: bytes) -> tuple[bool, bool]:
    """Say whether any sheet has formulas, and any text `_UNDERSCORE`. Raises: Refused where we cannot read it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in packed.namelist():
                raise Refused(
                    "This is a packed file (a document, an OpenDocument sheet or a zip), not an Excel workbook.",
                    "Open it in your spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV.",
                )
            strings = [part for part in parts if part.filename.endswith("sharedStrings.xml")]
            if (
                sum(part.file_size for part in strings) > _MOST_TEXT
                or sum(part.file_size for part in parts) > _MOST_UNPACKED
            ):
                raise Refused("The workbook unpacks to more than can be read safely.", "Split it into several files.")
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            return (
                any(_holds(packed, part, b"<f>", b"<f ", b"<f/") for part in sheets),
                any(_holds(packed, part, _UNDERSCORE[1:].encode()) for part in (*strings, *sheets)),
            )
    except _BREAKS as problem:
        raise _broken() from problem


def _holds(packed: zipfile.ZipFile, part: zipfile.ZipInfo, *wanted: bytes) -> bool:
    with packed.open(part) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if any(one in tail + chunk for one in wanted):
                return True
            tail = chunk[1 - max(map(len, wanted)) :]
    return False


def _with_stand_ins(data: bytes) -> bytes:
    """Return the workbook with `_STAND_INS` in its parts. Raises: Refused."""
    swaps = tuple(zip((_UNDERSCORE.encode(), _UNDERSCORE[1:].encode()), map(str.encode, _STAND_INS), strict=True))
    marked = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as packed,
            zipfile.ZipFile(marked, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
        ):
            for part in packed.infolist():
                with packed.open(part) as stream, out.open(part.filename, "w", force_zip64=True) as written:
                    held = b""
                    while chunk := stream.read(_CHUNK):
                        whole = held + chunk
                        for written_so, stand_in in swaps:
                            whole = whole.replace(written_so, stand_in)
                        cut = max(0, len(whole) - len(_UNDERSCORE) + 1)  # the rest may be the start of another
                        written.write(whole[:cut])
                        held = whole[cut:]
                    written.write(held)
    except _BREAKS as problem:
        raise _broken() from problem
    return marked.getvalue()


def _loaded(data: bytes, *, values: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles and lists it does not know
            return load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
    except _BREAKS as problem:
        raise _broken() from problem


def _sheet_names(book: Workbook) -> list[str]:
    return [sheet.title for sheet in book.worksheets]


def _first_filled(book: Workbook, formulas: Workbook | None, name: str) -> int | None:
    return next((number for number, cells in _records(book, formulas, name) if any(map(trimmed, cells))), None)


def _records(book: Workbook, formulas: Workbook | None, name: str) -> Records:
    """Yield every row of a sheet with its cells as typed text."""
    behind = _rows(formulas, name) if formulas else None
    for number, row in enumerate(_rows(book, name), start=1):
        cells = [_typed(cell) for cell in row]
        if behind is not None:
            cells = [_formula_kept(*both) for both in zip_longest(cells, next(behind, ()), fillvalue=None)]
        yield number, cells


def _rows(book: Workbook, name: str) -> Iterator[tuple[Any, ...]]:
    sheet = book[name]
    sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
    rows = iter(sheet.iter_rows())
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a number that cannot be a date comes as an error cell, and is said
                batch = list(islice(rows, _BATCH))
        except _BREAKS as problem:
            raise _broken() from problem
        if not batch:
            return
        yield from batch


def _formula_kept(typed: str | None, behind: Any) -> str:
    """Return the cell, or the formula as typed where no value was ever worked out for it."""
    if typed or behind is None or behind.data_type != "f":
        return typed or ""
    return str(getattr(behind.value, "text", behind.value))


def _typed(cell: Any) -> str:
    """Return a cell's value as a person would type it: 2015 and not 2015.0, days year first."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        signs = _ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), value) if "_x" in value else value
        for stand_in, sign in _STAND_INS.items():
            signs = signs.replace(stand_in, sign)
        return signs
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, time) and value == time() and "y" in (cell.number_format or "").lower():
        return "1900-01-00"  # what spreadsheets show for an empty date
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: datetime) -> str:
    rounded = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    if rounded.time() == time():
        return rounded.date().isoformat()
    return rounded.isoformat(" ", "seconds" if rounded.second else "minutes")
