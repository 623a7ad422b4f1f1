"""Days as counties write them: what is a day, what is words, and what cannot be either."""

import re
from calendar import day_name, month_abbr, month_name, monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from erp.importing.cells import several
from erp.importing.fields import Future
from erp.importing.readings import Problem

#: Planned engagements may lie this many years ahead. Source: the import rules of this project.
PLANNED_YEARS_AHEAD = 10
#: Other days that may lie ahead (due, cadence) are a slip or a stand-in for "never" beyond this many years.
_ALLOWED_YEARS_AHEAD = 100
#: Day numbers of spreadsheets read as days (3 October 1954 to 8 April 2064); day 0 is 30 December 1899.
_DAY_NUMBERS = range(20_000, 60_001)
_DAY_ZERO = date(1899, 12, 30)
_LEAP_YEAR = 2000
_LONGEST_MONTH = 31

_SIGNS = str.maketrans(
    "\u00a0\u202f\u2009‐‑‒–—―−’‘０１２３４５６７８９", "   -------''0123456789"
)  # one for one, so that places stay the same

_MONTHS = {name.casefold(): number for number, name in enumerate(month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(month_abbr) if name} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAYS = {name[:2].casefold(): number for number, name in enumerate(day_name)}
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?![0-9])"

_LEADING_WEEKDAY = re.compile(rf"(?P<weekday>{_WEEKDAY}),?\s*", re.I)
_TRAILING_WEEKDAY = re.compile(rf"[,\s]*\(?(?P<weekday>{_WEEKDAY})\)?$", re.I)
_NUMERIC = re.compile(r"(?P<first>[0-9]+)\s*(?P<sign>[-/.])\s*(?P<second>[0-9]+)\s*(?P=sign)\s*(?P<third>[0-9]+)")
_WRITTEN = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_MONTH}[\s-]*{_DAY}(?:[\s,-]+(?P<year>[0-9]{{4}})|,?\s*'(?P<short>[0-9]{{2}}))(?![0-9])",
        rf"{_DAY}(?:\s+of)?[\s-]*{_MONTH}[\s,-]*(?:(?P<year>[0-9]{{4}})|'?(?P<short>[0-9]{{2}}))(?![0-9])",
        rf"(?P<year>[0-9]{{4}})[\s-]+{_MONTH}[\s-]*{_DAY}",
    )
)
_WITHOUT_YEAR = tuple(
    re.compile(pattern, re.I) for pattern in (rf"{_MONTH}[\s-]*{_DAY}", rf"{_DAY}(?:\s+of)?[\s-]*{_MONTH}")
)
_CLOCK = r"(?:[01]?[0-9]|2[0-4])(?::[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)"
_HALF = r"\s*[ap]\.?\s?m\b\.?"
_MOMENT = rf"(?:{_CLOCK}(?:{_HALF})?|1?[0-9]{_HALF}|noon|midnight)"
_ZONE = r"(?:\s*(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?(?:\s*\(?(?:P[SD]?T|Pacific(?: time)?)\)?)?"
_TIME = re.compile(
    rf"(?:[\s,@T-]|at\b|from\b)*(?P<time>(?:(?:{_MOMENT}|1?[0-9])\s*(?:-|to|until)\s*)?{_MOMENT}{_ZONE})\s*", re.I
)
_ZONED = re.compile(r"T.*(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})", re.I)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")

_WHOLE_DAY = "Write the whole day with four digits for the year, as in 6/4/2015 or June 4, 2015, or leave it blank."

EMPTY_DATE = Problem(
    "empty date",
    "rejected",
    "This is what spreadsheets show for an empty date, not a day.",
    "Leave the cell blank, or write the day.",
)
DAY_FIRST = Problem(
    "day first",
    "rejected",
    "Dates in numbers are read month first, and this one fits only day first.",
    "Write it month first, as in 4/13/2024, or year first, as in 2024-04-13.",
)
IMPOSSIBLE = Problem("impossible", "rejected", "There is no such day.", _WHOLE_DAY)
BARE_NUMBER = Problem(
    "bare number",
    "rejected",
    "A number alone is not a day (day numbers of spreadsheets run from 20,000 to 60,000).",
    _WHOLE_DAY,
)
TWO_DIGITS = Problem(
    "two digits",
    "rejected",
    "A year of two digits is read as 20.. and only up to this year, so the year is not certain.",
    "Write the year with four digits.",
)
TOO_OLD = Problem("too old", "rejected", "The day is before 1900.", _WHOLE_DAY)
TOO_FAR = Problem("too far", "rejected", "The day is too far ahead.", "Correct the year, or leave it blank.")
IN_THE_FUTURE = Problem(
    "future", "rejected", "The day is after today, and this can only have happened already.", "Correct the day."
)
WORDS = Problem(
    "words",
    "warning",
    "These words are not a day. They are kept as written and enter no figure.",
    "If you know the day, write it and import the row again.",
)


_ZONE_KEPT = Problem(
    "zone",
    "note",
    "Times with a zone are kept as written, and so is their day: nothing is moved to the county's own time.",
    "Check days close to midnight.",
)


@dataclass(frozen=True, slots=True)
class DayReading:
    """How a cell was read: a day (with its time as written), words that are not a day, or neither where it is blank
    or rejected. `problems` says what is to be said about it; one of severity "note" only says how it was read.
    """

    day: date | None = None
    words: str = ""
    time: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether the cell cannot be kept as it is."""
        return any(problem.severity == "rejected" for problem in self.problems)


def read_day(cell: str, today: date, *, future: Future = "allow") -> DayReading:
    """Read one cell as a day. Slashed, dashed and dotted numbers are month first unless the year leads.

    Source: the import rules of this project ("Import of what counties really have", 2).
    """
    text = cell.translate(_SIGNS)
    if not text:
        return DayReading()
    if _NUMBER.fullmatch(text):
        return _limited(_from_number(text), today, future)
    weekday, rest = _without_weekday(text)
    found = _matched(rest, (_NUMERIC, *_WRITTEN))
    if found is None:
        return _rejected(IMPOSSIBLE) if _is_no_day_of_any_year(rest) else DayReading(words=cell, problems=(WORDS,))
    match, time = found
    reading = _from_numerals(match, today) if "sign" in match.groupdict() else _from_words(match, today)
    if reading.day is None:
        return reading
    zoned = _ZONED.fullmatch(rest[match.end() :])
    notes = (*reading.problems, *([_ZONE_KEPT] if zoned else []), *_weekday_problem(weekday, reading.day))
    start = text.rfind(time)  # signs were exchanged one for one, so the time stands at the same place in the cell
    return _limited(DayReading(reading.day, time=cell[start : start + len(time)], problems=notes), today, future)


def is_day(cell: str) -> bool:
    """Say whether a cell is written as a day, real or not: what a heading never is."""
    text = cell.translate(_SIGNS)
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "")) in _DAY_NUMBERS
    return _matched(_without_weekday(text)[1], (_NUMERIC, *_WRITTEN)) is not None


def read_days(cell: str, today: date, *, future: Future = "allow") -> list[DayReading]:
    """Read a cell that may hold several days, separated by ";"."""
    return [read_day(part, today, future=future) for part in several(cell)]


def in_words(day: date) -> str:
    """Return a day so that nobody mistakes its month: June 4, 2015."""
    return f"{month_name[day.month]} {day.day}, {day.year}"


def _rejected(problem: Problem) -> DayReading:
    return DayReading(problems=(problem,))


def _from_number(text: str) -> DayReading:
    number = float(text.replace(",", ""))
    if not _DAY_NUMBERS.start <= number < _DAY_NUMBERS.stop or text.startswith("+"):
        return _rejected(BARE_NUMBER)
    day = _DAY_ZERO + timedelta(days=int(number))
    minutes = round(number % 1 * 24 * 60)
    note = Problem(
        "day number",
        "note",
        f"Numbers from 20,000 to 60,000 are read as a spreadsheet's day numbers: this one as {in_words(day)}.",
        "If it is no day, correct the cell before you save.",
    )
    return DayReading(day, time=f"{minutes // 60}:{minutes % 60:02}" if minutes else "", problems=(note,))


def _without_weekday(text: str) -> tuple[str | None, str]:
    """Return the weekday that leads or trails, and the text without it."""
    if leading := _LEADING_WEEKDAY.match(text):
        return leading["weekday"], text[leading.end() :]
    if trailing := _TRAILING_WEEKDAY.search(text):
        return trailing["weekday"], text[: trailing.start()]
    return None, text


def _is_no_day_of_any_year(text: str) -> bool:
    """Say whether the text is a day and a month that no year has, as June 31 (June 98 may be a month and its year)."""
    found = _matched(text, _WITHOUT_YEAR)
    if found is None:
        return False
    month, day = _MONTHS[found[0]["month"].casefold()], int(found[0]["day"])
    return day <= _LONGEST_MONTH and not 1 <= day <= monthrange(_LEAP_YEAR, month)[1]


def _matched(text: str, patterns: Iterable[re.Pattern[str]]) -> tuple[re.Match[str], str] | None:
    """Return the match of the one pattern that, with a time or nothing behind it, covers the whole text."""
    for pattern in patterns:
        match = pattern.match(text)
        if match is None:
            continue
        rest = text[match.end() :]
        if not rest:
            return match, ""
        if time := _TIME.fullmatch(rest):
            return match, time["time"].strip()
    return None


def _from_numerals(match: re.Match[str], today: date) -> DayReading:
    first, second, third = match["first"], match["second"], match["third"]
    if len(first) == 4:
        return _real(first, int(second), int(third), today)
    reading = _real(third, int(first), int(second), today)
    if IMPOSSIBLE in reading.problems:
        swapped = _real(third, int(second), int(first), today)
        return reading if IMPOSSIBLE in swapped.problems or EMPTY_DATE in swapped.problems else _rejected(DAY_FIRST)
    if reading.day is None:
        return reading
    note = Problem(
        "month first",
        "note",
        f"Dates in numbers are read month first: this one as {in_words(reading.day)}.",
        "If the file has the day first, correct its dates before you save.",
    )
    return DayReading(reading.day, problems=(note,))


def _from_words(match: re.Match[str], today: date) -> DayReading:
    parts = match.groupdict()
    month = _MONTHS[parts["month"].casefold()]
    return _real(parts["year"] or parts["short"], month, int(parts["day"]), today)


def _real(written_year: str, month: int, day: int, today: date) -> DayReading:
    """Return the day of these three numbers, or why there is none."""
    year = int(written_year) + (2000 if len(written_year) == 2 else 0)
    if year in (1899, 1900) or (day == 0 and year in (0, 2000)):
        return _rejected(EMPTY_DATE)
    if len(written_year) not in (2, 4):
        return _rejected(IMPOSSIBLE)
    try:
        found = date(year, month, day)
    except ValueError:
        return _rejected(IMPOSSIBLE)
    if len(written_year) == 2 and year > today.year:
        return _rejected(TWO_DIGITS)
    return _rejected(TOO_OLD) if year < 1900 else DayReading(found)


def _weekday_problem(weekday: str | None, day: date) -> tuple[Problem, ...]:
    if weekday is None or _WEEKDAYS[weekday[:2].casefold()] == day.weekday():
        return ()
    problem = Problem(
        "weekday",
        "warning",
        f"{in_words(day)} was a {day_name[day.weekday()]}, not the weekday written beside it. The day is kept.",
        "Find out which of the two is right, and correct the day if need be.",
    )
    return (problem,)


def _limited(reading: DayReading, today: date, future: Future) -> DayReading:
    """Return the reading, or its rejection where the day lies further ahead than this column allows."""
    if reading.day is None or reading.day <= today:
        return reading
    if future == "reject":
        return _rejected(IN_THE_FUTURE)
    years = PLANNED_YEARS_AHEAD if future == "planned" else _ALLOWED_YEARS_AHEAD
    return _rejected(TOO_FAR) if reading.day > _years_after(today, years) else reading


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
