from datetime import date

from erp.health.months import month_ends


def test_months_that_are_over_are_drawn_at_their_last_day():
    assert month_ends((2023, 11), (2024, 2), date(2026, 5, 4)) == [
        date(2023, 11, 30),
        date(2023, 12, 31),
        date(2024, 1, 31),
        date(2024, 2, 29),
    ]


def test_the_running_month_is_drawn_today_and_later_ones_not_at_all():
    assert month_ends((2026, 4), (2026, 12), date(2026, 5, 1)) == [date(2026, 4, 30), date(2026, 5, 1)]
    assert month_ends((2026, 5), (2026, 5), date(2026, 5, 31)) == [date(2026, 5, 31)]
    assert month_ends((2026, 6), (2026, 12), date(2026, 5, 31)) == []


def test_a_last_month_before_the_first_gives_no_days():
    assert month_ends((2026, 4), (2026, 3), date(2026, 5, 1)) == []
