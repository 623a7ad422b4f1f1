"""Words for days on the Today page."""

from datetime import date
from typing import Any

import pandas as pd


def due_words(day: Any, days_over: Any, what: str = "due") -> str:
    """Say in words when something is due: "Due in 3 days", "Overdue by 12 days", or that no day is set."""
    if pd.isna(day):
        return f"{what.capitalize()}: no day set"
    days = int(days_over)
    if days > 0:
        return (
            f"{what.capitalize()} overdue by {days} {_days(days)}"
            if what != "due"
            else f"Overdue by {days} {_days(days)}"
        )
    if days == 0:
        return f"{what.capitalize()} today"
    return f"{what.capitalize()} in {-days} {_days(-days)}"


def days_from(day: date | pd.Timestamp, this_day: date) -> str:
    """Say how long ago a day was: "today", "1 day ago", "34 days ago"."""
    past = (this_day - (day.date() if isinstance(day, pd.Timestamp) else day)).days
    return "today" if past == 0 else f"{past} {_days(past)} ago"


def _days(number: int) -> str:
    return "day" if number == 1 else "days"
