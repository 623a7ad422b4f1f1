"""Days as counties write them. One test per sentence of the import rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.importing.dates import read_day, read_days
from tests.importing.county_files import TODAY


def code(cell: str, future: str = "planned") -> str:
    return " ".join(problem.code for problem in read_day(cell, TODAY, future=future).problems)  # pyright: ignore[reportArgumentType] -- a table of tests


@pytest.mark.parametrize(
    "cell",
    ["2/30/2024", "2024-13-01", "2024-02-30", "31/2/2024", "February 30, 2024", "0/5/2024", "June 31", "30 February",
     "31st of June", "Tuesday, June 31 at 9:00", "Feb. 30th", "June 0"],
)  # fmt: skip
def test_impossible_days_are_rejected(cell: str) -> None:
    assert code(cell) == "impossible"


@pytest.mark.parametrize("cell", ["7/23/2024", "7-23-2024", "7.23.2024", "07/23/24", "7–23–2024", "Tue 7/23/2024"])
def test_dates_in_numbers_are_read_month_first_and_said_so(cell: str) -> None:
    reading = read_day(cell, TODAY)
    assert (reading.day, reading.problems[0].severity) == (date(2024, 7, 23), "note")
    assert "month first" in reading.problems[0].reason
    assert "July 23, 2024" in reading.problems[0].reason


@pytest.mark.parametrize("cell", ["13/4/2024", "13-4-2024", "23.7.2024", "13/4/24"])
def test_what_fits_only_day_first_is_rejected_saying_so(cell: str) -> None:
    reading = read_day(cell, TODAY)
    assert reading.rejected
    assert "fits only day first" in reading.problems[0].reason


@pytest.mark.parametrize(("cell", "year"), [("7/4/24", 2024), ("7/4/25", 2025), ("7/4/00", 2000), ("4-Jun-15", 2015)])
def test_two_digit_years_up_to_the_present_are_of_this_century(cell: str, year: int) -> None:
    reading = read_day(cell, TODAY)
    assert reading.day is not None
    assert reading.day.year == year


@pytest.mark.parametrize("cell", ["7/4/26", "7/4/98", "4-Jun-98"])
def test_other_two_digit_years_are_rejected(cell: str) -> None:
    assert code(cell) == "two digits"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("20000", date(1954, 10, 3)),
        ("45496", date(2024, 7, 23)),
        ("45,496", date(2024, 7, 23)),
        ("60000", date(2064, 4, 8)),
    ],
)
def test_spreadsheet_day_numbers_are_read_as_days_and_said_so(cell: str, day: date) -> None:
    reading = read_day(cell, TODAY)
    assert reading.day == day
    assert "day numbers" in reading.problems[0].reason


@pytest.mark.parametrize("cell", ["19999", "60001", "2024", "20240723", "0", "-45496", "3.5", "9" * 400])
def test_other_bare_numbers_are_rejected(cell: str) -> None:
    assert code(cell) == "bare number"


@pytest.mark.parametrize(
    "cell",
    ["1899-12-30", "12/31/1899", "1900-01-00", "1/0/1900", "1900-01-01", "1/1/1900", "1/0/00", "1899-12-30 00:00"],
)
def test_an_empty_spreadsheet_date_is_rejected_as_such(cell: str) -> None:
    assert code(cell) == "empty date"


@pytest.mark.parametrize(
    "cell",
    [
        "April", "late last month", "FY 23-26", "June 25 and 27, 2013", "every fiscal year", "2023-2024", "2024/2025",
        "June 14-15", "June 14-15, 2015", "June 14, 15", "7/23", "June 2015", "TBD", "Thursday", "7/23/2024 (moved)",
        "June 30", "February 29", "June 98", "June 31-July 2", "2025-07-08-9-00-am", "6/4/2015 25:00", "spring, 2024",
    ],
)  # fmt: skip
def test_words_that_are_not_a_day_are_kept_and_enter_no_figure(cell: str) -> None:
    reading = read_day(cell, TODAY)
    assert (reading.day, reading.words, reading.rejected) == (None, cell, False)
    assert reading.problems[0].severity == "warning"


def test_blank_dates_are_allowed() -> None:
    assert read_day("", TODAY).problems == ()


@pytest.mark.parametrize(
    "cell",
    ["June 4, 2015", "june 4 2015", "4 June 2015", "4th of June, 2015", "Jun. 4th, 2015", "June 4, ’15", "2015-Jun-04",
     "4-Jun-2015", "Thursday, June 4, 2015", "June 4, 2015 (Thu.)", "2015-06-04", "2015/6/4", "2015-06-04 00:00:00"],
)  # fmt: skip
def test_days_with_a_month_in_letters_or_the_year_first_need_no_remark(cell: str) -> None:
    reading = read_day(cell, TODAY)
    assert (reading.day, reading.problems) == (date(2015, 6, 4), ())


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("Thursday, June 4, 2015 7:30 – 8:30 am", "7:30 – 8:30 am"),
        ("2015-06-04 9:00 AM", "9:00 AM"),
        ("2015-06-04T09:00:00", "09:00:00"),
        ("June 4, 2015 at noon", "noon"),
        ("June 4, 2015, 1-3 pm", "1-3 pm"),
        ("June 4, 2015 6:00 p.m. to 8:00 p.m.", "6:00 p.m. to 8:00 p.m."),
        ("42159.375", "9:00"),
    ],
)
def test_a_time_is_kept_as_written_beside_its_day(cell: str, time: str) -> None:
    reading = read_day(cell, TODAY)
    assert (reading.day, reading.time) == (date(2015, 6, 4), time)


def test_a_time_with_a_zone_stays_on_the_day_written_and_that_is_said() -> None:
    reading = read_day("2025-07-08T01:30:00Z", TODAY)
    assert (reading.day, reading.time, reading.problems[0].code) == (date(2025, 7, 8), "01:30:00Z", "zone")


def test_a_weekday_that_contradicts_its_date_is_warned_and_the_day_kept() -> None:
    reading = read_day("Friday, June 4, 2015", TODAY)
    assert (reading.day, reading.problems[0].severity) == (date(2015, 6, 4), "warning")
    assert "Thursday" in reading.problems[0].reason


@pytest.mark.parametrize(
    ("cell", "future", "said"),
    [
        ("2025-11-20", "reject", ""),
        ("2025-11-21", "reject", "future"),
        ("2035-11-20", "planned", ""),
        ("2035-11-21", "planned", "too far"),
        ("2040-01-01", "allow", ""),
        ("9999-12-31", "allow", "too far"),
    ],
)
def test_days_ahead_are_plans_slips_or_fine_by_column(cell: str, future: str, said: str) -> None:
    assert code(cell, future) == said


def test_ten_years_after_a_leap_day_is_still_a_day() -> None:
    assert read_day("2034-02-28", date(2024, 2, 29), future="planned").day == date(2034, 2, 28)


@pytest.mark.parametrize("cell", ["7/4/1850", "1850-07-04", "7/4/0024"])
def test_days_before_1900_are_rejected(cell: str) -> None:
    assert code(cell) == "too old"


def test_a_cell_may_hold_several_days() -> None:
    assert [reading.day for reading in read_days("7/23/2024; Dec 17, 2024", TODAY)] == [
        date(2024, 7, 23),
        date(2024, 12, 17),
    ]


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_and_words_are_never_changed(cell: str) -> None:
    reading = read_day(cell, TODAY)
    assert reading.words in ("", cell)
    assert reading.time in cell or reading.problems


@given(st.dates(date(1901, 1, 1), TODAY))
def test_every_day_is_read_back_from_each_way_to_write_it(day: date) -> None:
    for written in (
        day.isoformat(),
        f"{day.month}/{day.day}/{day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%d-%b-%Y}",
    ):
        assert read_day(written, TODAY).day == day
