"""On which days the county's offices are open: Monday to Friday but for holidays, as the county corrects them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

#: Days that the state names a holiday and on which county offices are usually open. Ours, for the county to correct.
USUALLY_OPEN = ("Diwali", "Susan B. Anthony Day")
_SATURDAY, _DAY = 5, timedelta(days=1)


@dataclass(frozen=True)
class Workdays:
    """The county's office days. `closed`: further days on which its offices are closed; `open_on`: names of holidays
    on which they are open.
    """

    closed: frozenset[date] = frozenset()
    open_on: frozenset[str] = frozenset(USUALLY_OPEN)

    def is_open(self, day: date) -> bool:
        """Say whether the offices are open on a day."""
        if day.weekday() >= _SATURDAY or day in self.closed:
            return False
        return not set(holiday_names(day)) - self.open_on

    def after(self, day: date, number: int) -> date:
        """Return the day that comes so many office days after `day`, which itself does not count."""
        for _ in range(number):
            day += _DAY
            while not self.is_open(day):
                day += _DAY
        return day

    def latest_due_before(self, this_day: date, number: int) -> date:
        """Return the latest day from which so many office days are over before `this_day`."""
        day = this_day
        while self.after(day, number) >= this_day:
            day -= _DAY
        return day


def holiday_names(day: date) -> tuple[str, ...]:
    """Return the names of the holidays of California on a day, "(observed)" left out. Source: package `holidays`."""
    named = str(_calendar().get(day) or "")
    return tuple(name.removesuffix(" (observed)") for name in named.split("; ") if name)


def holidays_of(years: Iterable[int]) -> list[tuple[date, str]]:
    """Return the holidays of California in some years that fall on Monday to Friday, by day: day, name."""
    first_days = [date(year, 1, 1) for year in years]
    days = [
        day + timedelta(days=n) for day in first_days for n in range(366) if (day + timedelta(days=n)).year == day.year
    ]
    return [(day, name) for day in days if day.weekday() < _SATURDAY for name in holiday_names(day)]


@lru_cache(maxsize=1)
def _calendar() -> Any:
    from holidays import country_holidays  # noqa: PLC0415 -- 0.1 s that only those wait for who read targets

    return country_holidays("US", subdiv="CA")
