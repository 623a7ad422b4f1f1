"""The history of one engagement as people read it: who changed what, when, from what to what."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.choices import contact_choices, forum_choices, partner_choices
from erp.queries.history import record_history
from erp.ui.engagement_parts import behavior_label, topic_label
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import show_rows
from erp.ui.words import plain
from erp.vocabulary import Door, EngagementKind, EngagementStatus, Interpreter, RecordKind, Verb, Who, Word

#: Changes on one page.
PAGE_ROWS = 20
#: Fields that number the record or follow from the others.
UNTOLD = frozenset({"id", "key", "version", "recorded_at", "recorded_by"})
WORDS: dict[str, type[Word]] = {
    "status": EngagementStatus,
    "kind": EngagementKind,
    "interpreter": Interpreter,
    "asked_by": Who,
    "agenda_by": Who,
    "decided_by": Who,
}


def draw_history(engagement_id: int) -> None:
    """Draw the changes of an engagement, newest first, with what differed before and after."""
    changes = load(record_history, RecordKind.ENGAGEMENT, engagement_id)
    pages = -(-len(changes) // PAGE_ROWS)
    page = st.pagination(pages, key="history_page") if pages > 1 else 1
    for change in changes.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS].to_dict("records"):
        at = change["at"]
        with st.container(border=True, gap="xsmall"):
            st.markdown(
                f"**{at:%b} {at.day}, {at.year}, {at:%-I:%M %p}**: {plain(change['verb'])} – "
                f"{plain(change['who'])}, through {Door(change['door']).label}"
            )
            fields = change_rows(change["before"], change["after"], _names())
            if not fields.empty:
                show_rows(fields, border="horizontal")


def change_rows(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Mapping[str, Mapping[int, str]]
) -> pd.DataFrame:
    """Return what a change differed in. Columns: Field, Before, After; text. Empty fields on both sides are left out.

    `names`: "partner", "contact", "forum" → id → name.
    """
    was, became = before or {}, after or {}
    fields = [field for field in {**became, **was} if field not in UNTOLD]
    rows = [(_label(field), *(_said(field, side.get(field), names) for side in (was, became))) for field in fields]
    return pd.DataFrame([row for row in rows if row[1] or row[2]], columns=["Field", "Before", "After"])


def _names() -> dict[str, dict[int, str]]:
    lists = {"partner": load(partner_choices), "forum": load(forum_choices)}
    if require_actor().may(Verb.SEE, RecordKind.CONTACT_CHANNEL):  # others read people's roles on the page, no names
        lists["contact"] = load(contact_choices)
    return {kind: dict(zip(rows[f"{kind}_id"], rows["name"], strict=True)) for kind, rows in lists.items()}


def _label(field: str) -> str:
    return field.removesuffix("_id").replace("_", " ").capitalize()


def _said(field: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    if value in (None, "", [], {}, False):
        return ""
    if field in WORDS:
        return WORDS[field](value).label
    if isinstance(value, list):
        return "; ".join(_part(part, names) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {part}" for name, part in value.items())
    if field == "forum_id":
        return names["forum"].get(value, f"forum {value}")
    return "yes" if value is True else str(value)


def _part(part: Mapping[str, Any], names: Mapping[str, Mapping[int, str]]) -> str:
    """Return a partner, person, point, behavior or topic of an engagement in words."""
    if "partner_id" in part:
        name = part["name_written"] or names["partner"].get(part["partner_id"], f"partner {part['partner_id']}")
        return name if part["two_way"] else f"{name} (did not take part)"
    if "contact_id" in part:
        return names.get("contact", {}).get(part["contact_id"], f"person {part['contact_id']}")
    if "what" in part:
        done = f", done {part['follow_up_done_on']}" if part["follow_up_done_on"] else ""
        return f"{part['what']} ({part['follow_up']}{done})" if part["follow_up"] else part["what"]
    if "evidence" in part:
        return ": ".join(filter(None, (behavior_label(part["entry_id"]), part["evidence"])))
    return topic_label(part["entry_id"])
