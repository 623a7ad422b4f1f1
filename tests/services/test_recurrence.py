"""Days that come round again: forward, back, at the ends of months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.services.recurrence import day_of_turn, days_until, said
from erp.vocabulary import Repeats


@pytest.mark.parametrize(
    ("repeats", "first", "days"),
    [
        (Repeats.WEEKLY, date(2026, 12, 22), [date(2026, 12, 29), date(2027, 1, 5)]),
        (Repeats.FORTNIGHTLY, date(2026, 12, 22), [date(2027, 1, 5), date(2027, 1, 19)]),
        (Repeats.MONTHLY_WEEKDAY, date(2026, 12, 8), [date(2027, 1, 12), date(2027, 2, 9)]),  # the second Tuesday
        (Repeats.MONTHLY_WEEKDAY, date(2026, 12, 30), [date(2027, 1, 27), date(2027, 2, 24)]),  # a fifth: the last
        (Repeats.MONTHLY_DAY, date(2026, 12, 31), [date(2027, 1, 31), date(2027, 2, 28)]),
        (Repeats.QUARTERLY, date(2026, 11, 2), [date(2027, 2, 1), date(2027, 5, 3)]),  # the first Monday
        (Repeats.YEARLY, date(2028, 2, 29), [date(2029, 2, 28), date(2030, 2, 28)]),
    ],
)
def test_the_next_turns(repeats: Repeats, first: date, days: list[date]) -> None:
    assert [day_of_turn(repeats, first, turn) for turn in (1, 2)] == days
    assert days_until(repeats, first, days[-1]) == [first, *days]


def test_turns_before_the_first_are_counted_back() -> None:
    second_tuesday = date(2027, 1, 12)
    assert [day_of_turn(Repeats.MONTHLY_WEEKDAY, second_tuesday, turn) for turn in (-2, -1)] == [
        date(2026, 11, 10),
        date(2026, 12, 8),
    ]


def test_what_ends_before_it_begins_has_no_turn() -> None:
    assert days_until(Repeats.WEEKLY, date(2026, 12, 22), date(2026, 12, 21)) == []


def test_it_is_said_as_people_say_it() -> None:
    assert said(Repeats.MONTHLY_WEEKDAY, date(2026, 12, 8)) == "every month on the second Tuesday"
    assert said(Repeats.QUARTERLY, date(2026, 12, 31)) == "every three months on the last Thursday"
    assert said(Repeats.YEARLY, date(2026, 12, 8)) == "every year on December 8"


@given(
    repeats=st.sampled_from(list(Repeats)),
    first=st.dates(date(2000, 1, 1), date(2090, 12, 31)),
    turn=st.integers(-100, 100),
)
def test_turns_follow_each_other_and_keep_their_weekday(repeats: Repeats, first: date, turn: int) -> None:
    here, after = (day_of_turn(repeats, first, each) for each in (turn, turn + 1))
    assert here < after
    assert day_of_turn(repeats, first, 0) == first
    if repeats not in (Repeats.MONTHLY_DAY, Repeats.YEARLY):
        assert here.weekday() == first.weekday()
    if repeats is Repeats.MONTHLY_WEEKDAY:
        assert (here.year * 12 + here.month) - (first.year * 12 + first.month) == turn
