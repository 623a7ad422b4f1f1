"""Lines of the Today page, and words for days."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.ui import navigation
from erp.ui.words import plain

#: Characters of a line's words; the whole text is a click away.
SHORT = 80


def shortened(words: str) -> str:
    """Return the beginning of words that are too long for a line."""
    return words if len(words) <= SHORT else f"{words[: SHORT - 1].rstrip()}…"


def draw_line(page: str, when: str, what: str, about: str, **query: Any) -> None:
    """Draw one line of a list: when and what, shortened, as a link, and below it whom it is about."""
    draw_whole_line(page, when, shortened(what), about, **query)


def draw_whole_line(page: str, when: str, short: str, about: str, **query: Any) -> None:
    """Draw one line of a list, its words as they are."""
    with st.container(gap=None):
        navigation.link_to(page, f"**{when}** – {plain(short)}" if when else f"**{plain(short)}**", **query)
        st.caption(plain(about))


def draw_more(page: str, shown: int, total: int, label: str, **query: Any) -> None:
    """Link to the whole list where only part of it is shown."""
    if total > shown:
        navigation.link_to(page, f"{label} ({total})", icon=":material/arrow_forward:", **query)


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
