"""The days at which months are drawn."""

import calendar
from datetime import date


def month_ends(first: tuple[int, int], last: tuple[int, int], today: date) -> list[date]:
    """List the days at which the months `first` to `last` ((year, month), both included) are drawn, in order.

    A month that is over is drawn at its last day, the running month at `today`; months after it are left out.
    """
    month_numbers = range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])
    ends = (_last_day(number // 12, number % 12 + 1) for number in month_numbers)
    return [min(end, today) for end in ends if end.replace(day=1) <= today]


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
