"""How a partner's facts are said in words, the same in the directory and on the partner's page."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from erp.queries.partners import PartnerProfile
from erp.ui.prose import strong
from erp.vocabulary import PartnerKind, Recognition

#: Said where a Tribal government's figures are not shown to this person.
NOT_SHOWN = "Not shown to your role"


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """Give the rows of a frame one by one, each with its columns as attributes."""
    return iter(rows.itertuples())


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a frame as mappings of column to value."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def long_day(day: date | None) -> str:
    """Write a day as "Mar 5, 2026"; nothing where there is none."""
    return "" if day is None or pd.isna(day) else f"{day:%b} {day.day}, {day.year}"


def ago(days: int) -> str:
    """Say how long ago in days."""
    return {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")


def counted(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def span(start: date | None, end: date | None) -> str:
    """Say from when to when; nothing where neither day is known."""
    if start and end:
        return f"{long_day(start)} – {long_day(end)}"
    return f"since {long_day(start)}" if start else f"until {long_day(end)}" if end else ""


def kind_in_words(kind: str, recognition: str) -> str:
    """Say the kind, of a Tribal government also whether it is federally recognized."""
    label = PartnerKind(kind).label
    if kind == PartnerKind.TRIBAL_GOVERNMENT and recognition != Recognition.NOT_SAID:
        return f"{label}, {Recognition(recognition).label}"
    return label


def contact_in_brief(last_contact: date | None, days_over: float | None, cadence_days: int, shown: bool) -> str:
    """Say the last contact against the cadence in a table cell: "34 of 91 days", "120 days, 29 past 91"."""
    if not shown:
        return NOT_SHOWN
    if last_contact is None or days_over is None or pd.isna(days_over):
        return "None yet"
    days_since = int(days_over) + cadence_days
    if days_over > 0:
        return f"{days_since:,} days, {int(days_over):,} past {cadence_days}"
    return f"{days_since:,} of {cadence_days} days"


def contact_in_full(profile: PartnerProfile) -> str:
    """Say the last contact and the cadence in a sentence of HTML."""
    rhythm = f"every {counted(profile.cadence_days, 'day', 'days')}"
    agreed = f"the county's default is {rhythm}" if profile.cadence_is_default else f"agreed {rhythm}"
    if not profile.figures_shown:
        return f"No cadence is agreed; {agreed}." if profile.cadence_is_default else f"{agreed.capitalize()}."
    if profile.last_contact is None or profile.days_over_cadence is None:
        return f"{strong('No contact recorded yet')}; {agreed}."
    over = profile.days_over_cadence
    days_since = (profile.as_of - profile.last_contact).days
    past = f" – {strong(counted(over, 'day', 'days') + ' past it')}" if over > 0 else ""
    last = strong(f"Last contact {ago(days_since)}")
    return f"{last} ({long_day(profile.last_contact)}); {agreed}{past}."


def open_in_full(profile: PartnerProfile) -> str:
    """Say what is open with the partner in a sentence of HTML; nothing where figures are not shown."""
    if profile.open_promises is None or profile.overdue_promises is None or profile.feedback_waiting is None:
        return ""
    promises = strong(counted(profile.open_promises, "open promise", "open promises"))
    if profile.overdue_promises:
        promises += f", {profile.overdue_promises:,} overdue"
    waiting = profile.feedback_waiting
    return f"{promises} · {strong(counted(waiting, 'feedback item', 'feedback items'))} waiting for an answer"
