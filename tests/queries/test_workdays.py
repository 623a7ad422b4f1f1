"""Office days: holidays and weekends do not count, as the county corrects them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.queries.workdays import Workdays, holiday_names, holidays_of

USUAL = Workdays()


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 3, 2), date(2026, 3, 9)),  # a Monday: the next Monday
        (date(2026, 3, 7), date(2026, 3, 13)),  # a Saturday: the Friday after
        (date(2026, 11, 23), date(2026, 12, 2)),  # over Thanksgiving and the day after it
        (date(2026, 12, 24), date(2027, 1, 4)),  # over Christmas and New Year's Day
    ],
)
def test_five_office_days_leave_out_weekends_and_holidays(received: date, due: date) -> None:
    assert USUAL.after(received, 5) == due


def test_the_county_says_on_which_holidays_it_is_open_and_when_it_is_closed_besides() -> None:
    chavez = date(2026, 3, 31)
    assert holiday_names(chavez) == ("Cesar Chavez Day",)
    assert not USUAL.is_open(chavez)
    assert Workdays(open_on=frozenset({"Cesar Chavez Day"})).is_open(chavez)
    assert USUAL.is_open(date(2026, 12, 24))
    assert not Workdays(closed=frozenset({date(2026, 12, 24)})).is_open(date(2026, 12, 24))


def test_holidays_of_a_year_are_those_on_weekdays() -> None:
    found = dict(holidays_of([2026]))
    assert found[date(2026, 11, 26)] == "Thanksgiving Day"
    assert all(day.weekday() < 5 and day.year == 2026 for day in found)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 12))
def test_what_is_past_its_target_and_what_is_not_meet_at_one_day(this_day: date, number: int) -> None:
    """The database compares days with one limit; it has to fall together with the target that is shown."""
    latest = USUAL.latest_due_before(this_day, number)
    assert USUAL.after(latest, number) < this_day <= USUAL.after(latest + timedelta(days=1), number)
