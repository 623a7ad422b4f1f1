"""The history of a record as a list: who changed what, when, from what to what."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.choices import holder_choices, partner_choices
from erp.queries.contacts import partner_people
from erp.queries.history import record_history
from erp.queries.partner_records import partner_relationships
from erp.queries.partners import PartnerProfile
from erp.ui.engagement_parts import plain
from erp.ui.loads import load
from erp.ui.partner_words import counted, each, long_day
from erp.ui.show import show_rows
from erp.vocabulary import Door, PartnerKind, PartnerStatus, Recognition, RecordKind

#: Changes on one page of a history.
PAGE_ROWS = 20
#: Fields that say nothing to a person: they number the record, or follow from other fields.
UNTOLD = frozenset(
    {"id", "version", "recorded_at", "recorded_by", "forum_id", "contact_id", "voided_at", "archived_at"}
)
#: Fields that hold a number → the pick list that names it.
NAMED_BY = {
    "holder_id": holder_choices,
    "partner_id": partner_choices,
    "from_partner_id": partner_choices,
    "to_partner_id": partner_choices,
}
#: Fields that hold a word of a closed set.
WORDS = {"kind": PartnerKind, "recognition": Recognition, "status": PartnerStatus}


def draw_partner_history(profile: PartnerProfile) -> None:
    """Draw the history of a partner, or of one of its people or ties, whichever is chosen."""
    subjects: dict[tuple[RecordKind, int], str] = {(RecordKind.PARTNER, profile.partner_id): profile.name}
    for row in each(load(partner_people, profile.partner_id)):
        subjects[RecordKind.CONTACT, row.contact_id] = f"Person: {row.shown_as}"
    for row in each(load(partner_relationships, profile.partner_id)):
        subjects[RecordKind.RELATIONSHIP, row.relationship_id] = f"Tie: {row.from_partner} {row.what} {row.to_partner}"
    kind, record_id = st.selectbox(
        "History of", list(subjects), format_func=subjects.__getitem__, key=f"history_of_{profile.partner_id}"
    )
    draw_history(kind, record_id)


def draw_history(kind: RecordKind, record_id: int) -> None:
    """Draw the changes of one record, newest first, with what differed."""
    changes = load(record_history, kind, record_id)
    if changes.empty:
        st.markdown("No change is recorded. Records from before this history began have none.")
        return
    st.markdown(f"{counted(len(changes), 'change', 'changes')}, the newest first. Nothing here can be altered.")
    pages = -(-len(changes) // PAGE_ROWS)
    page = st.pagination(pages, key=f"history_page_{kind}_{record_id}") if pages > 1 else 1
    for row in each(changes.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]):
        with st.container(border=True, gap="small"):
            by = f"{plain(row.who)}, through {Door(row.door).label}"
            st.markdown(f"**{row.verb.capitalize()}** – {long_day(row.at)}, {row.at:%-I:%M %p} – {by}")
            fields = _fields(row.before, row.after)
            if not fields.empty:
                show_rows(fields, border="horizontal")


def _fields(before: dict[str, Any] | None, after: dict[str, Any] | None) -> pd.DataFrame:
    """Return what differed. Columns: Field, Before, After, all text; a first entry has no Before."""
    was, became = before or {}, after or {}
    names = [name for name in became | was if name not in UNTOLD]
    rows = [(_label(name), _said(name, was.get(name)), _said(name, became.get(name))) for name in names]
    fields = pd.DataFrame([row for row in rows if row[1] or row[2]], columns=["Field", "Before", "After"])
    return fields if before else fields[["Field", "After"]].rename(columns={"After": "Entered"})


def _label(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()


def _said(name: str, value: Any) -> str:
    if value is not None and name in NAMED_BY:
        names = dict(load(NAMED_BY[name]).iloc[:, :2].itertuples(index=False, name=None))
        return names.get(value, f"number {value}")
    if value and name in WORDS:
        return WORDS[name](value).label
    if value and name.endswith("_on"):
        return long_day(date.fromisoformat(value))
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "; ".join(_text(part) for part in value)
    return "" if value is None else str(value)
