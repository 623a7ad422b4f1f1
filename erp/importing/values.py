"""One cell → a typed value, the words it cannot hold, and what is to be said about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from erp.importing.cells import is_spreadsheet_error, plain, several
from erp.importing.dates import read_day, read_days
from erp.importing.fields import Field, FieldType
from erp.importing.readings import Here, Problem
from erp.importing.words import is_our_word, read_partner_kind, read_word, read_yes_no
from erp.vocabulary import PartnerKind, Side, Who, Word

_CADENCE_DAYS = range(1, 3661)

SPREADSHEET_ERROR = Problem(
    "spreadsheet error",
    "warning",
    "The spreadsheet shows an error here instead of a value. It is kept as written.",
    "Mend the formula, or type the value.",
)


@dataclass(frozen=True, slots=True)
class CellReading:
    """How a cell was read. `words`: the county's own where the value cannot hold them. `more`: values beside it."""

    value: Any = None
    words: str = ""
    problems: tuple[Problem, ...] = ()
    more: tuple[tuple[str, Any], ...] = ()


def read_cell(field: Field, cell: str, here: Here) -> CellReading:
    """Read a filled cell as its column's type. The value is None where it is not known or the cell is rejected."""
    if is_spreadsheet_error(cell):
        empty = "" if field.holds is FieldType.TEXT else None
        return CellReading(cell if empty == "" else empty, cell, (SPREADSHEET_ERROR,))
    return _READERS[field.holds](field, cell, here)


def _text(_field: Field, cell: str, _here: Here) -> CellReading:
    return CellReading(cell)


def _names(_field: Field, cell: str, _here: Here) -> CellReading:
    return CellReading(several(cell))


def _day(field: Field, cell: str, here: Here) -> CellReading:
    read = read_day(cell, here.today, future=field.future)
    if field.name == "held_on":  # the one day whose time has a place of its own
        return CellReading(read.day, read.words, read.problems, (("held_at", read.time),))
    return CellReading(read.day, read.words or (cell if read.time else ""), read.problems)


def _days(field: Field, cell: str, here: Here) -> CellReading:
    read = read_days(cell, here.today, future=field.future)
    days = tuple(reading.day for reading in read if reading.day is not None)
    words = cell if any(reading.words or reading.time for reading in read) else ""
    return CellReading(days, words, tuple(problem for reading in read for problem in reading.problems))


def _choice(field: Field, cell: str, _here: Here) -> CellReading:
    choices = field.choices
    if choices is None:
        raise ValueError(f"{field.name} is a choice without choices")
    if choices is PartnerKind:
        return _partner_kind(cell)
    word = read_word(choices, cell)
    if word is not None:
        return CellReading(word, "" if is_our_word(choices, cell) else cell)
    if field.name == "owed_by":  # another body's name: linked, or kept, by name
        return CellReading(None, cell)
    if choices is Side:
        return CellReading(problems=(_wrong_word(field, choices),))
    return CellReading(_instead(choices), cell, (_unknown_word(choices),))


def _partner_kind(cell: str) -> CellReading:
    read = read_partner_kind(cell)
    if read is None:
        return CellReading(PartnerKind.OTHER, cell, (_unknown_word(PartnerKind),))
    kind, recognition = read
    more = (("recognition", recognition),) if kind is PartnerKind.TRIBAL_GOVERNMENT else ()
    ours = is_our_word(PartnerKind, cell) or plain(cell) == plain(f"{kind.label} {recognition.label}")
    return CellReading(kind, "" if ours else cell, more=more)


def _instead(choices: type[Word]) -> Word:
    """Return what an unknown word counts as."""
    return Who.UNKNOWN if choices is Who else choices("other")


def _unknown_word(choices: type[Word]) -> Problem:
    known = ", ".join(word.value.replace("_", " ") for word in choices)
    return Problem(
        "unknown word",
        "warning",
        f"The word is not one of ours. It is kept as written, and it counts as “{_instead(choices).value}”.",
        f"If one of these fits, choose it: {known}.",
    )


def _wrong_word(field: Field, choices: type[Word]) -> Problem:
    known = " or ".join(word.value for word in choices)
    return Problem("wrong word", "rejected", f"The {field.name} must be {known}.", f"Write {known}.")


def _yes_no(field: Field, cell: str, _here: Here) -> CellReading:
    said = read_yes_no(cell)
    if said is not None:
        return CellReading(said)
    counted = {True: "yes", False: "no", None: "blank"}[field.when_unclear]
    problem = Problem(
        "unclear",
        "warning",
        f"This is neither yes nor no. It is kept as written and counts as {counted}.",
        "Write yes or no.",
    )
    return CellReading(field.when_unclear, cell, (problem,))


def _whole(_field: Field, cell: str, _here: Here) -> CellReading:
    number = _as_whole(cell)
    if number in _CADENCE_DAYS:
        return CellReading(number)
    problem = Problem(
        "number",
        "rejected",
        "This is not a whole number of days from 1 to 3660.",
        "Write how many days may pass, as in 91 for once a quarter, or leave it blank.",
    )
    return CellReading(problems=(problem,))


def _rating(_field: Field, cell: str, _here: Here) -> CellReading:
    number = _as_whole(cell)
    if number in range(1, 6):
        return CellReading(number)
    problem = Problem(
        "number", "rejected", "An answer is a whole number from 1 to 5.", "Write 1, 2, 3, 4 or 5, or leave it blank."
    )
    return CellReading(problems=(problem,))


def _as_whole(cell: str) -> int | None:
    """Return a whole number as typed (91, 91.0, 1,095), or None. Only the digits 0–9 count."""
    digits, _, rest = cell.replace(",", "").partition(".")
    whole = digits.isascii() and digits.isdigit() and len(digits) < 10 and not rest.strip("0")
    return int(digits) if whole else None


def _entries(field: Field, cell: str, here: Here) -> CellReading:
    found = {words: here.frameworks.find_entry(field.framework, words) for words in several(cell)}
    ids = tuple(dict.fromkeys(entry.id for entry in found.values() if entry is not None))
    unknown = "; ".join(words for words, entry in found.items() if entry is None)
    if not unknown:
        return CellReading(ids)
    problem = Problem(
        "unknown entry",
        "warning",
        f"No {field.name[:-1]} has this id or label: {unknown}. The words are kept with the row.",
        "Use the ids or labels of the list in Settings, separated by semicolons.",
    )
    return CellReading(ids, unknown, (problem,))


_READERS: dict[FieldType, Callable[[Field, str, Here], CellReading]] = {
    FieldType.TEXT: _text,
    FieldType.NAMES: _names,
    FieldType.DAY: _day,
    FieldType.DAYS: _days,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.WHOLE: _whole,
    FieldType.RATING: _rating,
    FieldType.ENTRIES: _entries,
}
