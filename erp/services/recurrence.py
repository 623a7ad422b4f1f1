"""Days on which something comes round again, counted from one of them, forward and back."""

from datetime import date

from dateutil.relativedelta import relativedelta, weekday

from erp.vocabulary import Repeats

_STEP = {
    Repeats.WEEKLY: relativedelta(weeks=1),
    Repeats.FORTNIGHTLY: relativedelta(weeks=2),
    Repeats.MONTHLY_WEEKDAY: relativedelta(months=1),
    Repeats.MONTHLY_DAY: relativedelta(months=1),
    Repeats.QUARTERLY: relativedelta(months=3),
    Repeats.YEARLY: relativedelta(years=1),
}
_BY_WEEKDAY = (Repeats.MONTHLY_WEEKDAY, Repeats.QUARTERLY)
#: Among so many months there is always one with five of a weekday.
_TURNS_BACK = 24
_NTH = ("first", "second", "third", "fourth", "last")


def day_of_turn(repeats: Repeats, first: date, turn: int) -> date:
    """Return the day of a turn, counted from `first`, which is turn 0; turns before it are negative.

    The second Tuesday stays the second Tuesday; a fifth one is the month's last, for many months have only four. The
    31st is the 30th where a month ends with it.
    """
    later = first + _STEP[repeats] * turn
    if repeats not in _BY_WEEKDAY:
        return later
    nth = _nth(first)
    if nth == len(_NTH):
        return later + relativedelta(day=31, weekday=weekday(first.weekday(), -1))
    return later + relativedelta(day=1, weekday=weekday(first.weekday(), nth))


def counted_anew(repeats: Repeats, first: date, day: date) -> tuple[date, int]:
    """Return from which day a row is counted once a turn is moved to `day`, and which turn from there `day` is.

    `first`: from which day it was counted before. What was on the month's last Friday and moves to its last Thursday is
    counted from a month that has five of them: from one of four, it would be the fourth from then on.
    """
    was_last = repeats in _BY_WEEKDAY and _nth(first) == len(_NTH)
    if was_last and (day + relativedelta(days=7)).month != day.month:
        for turn in range(_TURNS_BACK):
            there = day - _STEP[repeats] * turn + relativedelta(day=31, weekday=weekday(day.weekday(), -1))
            if _nth(there) == len(_NTH):
                return there, turn
    return day, 0


def days_until(repeats: Repeats, first: date, last: date) -> list[date]:
    """Return the days of all turns from `first` to `last`, both included; none where it ends before it begins."""
    days, turn = [], 0
    while (day := day_of_turn(repeats, first, turn)) <= last:
        days.append(day)
        turn += 1
    return days


def said(repeats: Repeats, first: date) -> str:
    """Say how often it comes round, counted from a day: "every month on the second Tuesday"."""
    return {
        Repeats.WEEKLY: f"every week on {first:%A}",
        Repeats.FORTNIGHTLY: f"every two weeks on {first:%A}",
        Repeats.MONTHLY_WEEKDAY: f"every month on the {_NTH[_nth(first) - 1]} {first:%A}",
        Repeats.MONTHLY_DAY: f"every month on day {first.day}",
        Repeats.QUARTERLY: f"every three months on the {_NTH[_nth(first) - 1]} {first:%A}",
        Repeats.YEARLY: f"every year on {first:%B} {first.day}",
    }[repeats]


def _nth(day: date) -> int:
    return (day.day - 1) // 7 + 1
