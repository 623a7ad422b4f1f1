"""The history of a record as people read it: who changed what, when, from what to what."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from erp.privacy import find_identifying
from erp.queries.history import record_history
from erp.queries.names import account_names, contact_names, forum_names, partner_names
from erp.services.restoring import restorable, restore_value
from erp.ui.actions import once, refuse, submit
from erp.ui.engagement_parts import behavior_label, topic_label
from erp.ui.loads import load
from erp.ui.partner_words import counted, each, long_day
from erp.ui.session import require_actor
from erp.ui.show import folded, show_rows
from erp.ui.words import plain
from erp.vocabulary import (
    BarrierState,
    Compared,
    Door,
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackState,
    FeedbackWay,
    Interpreter,
    LookAlikeAnswer,
    PartnerKind,
    PartnerStatus,
    Readers,
    Recognition,
    RecordKind,
    Repeats,
    Signed,
    TeamSide,
    Verb,
    Verdict,
    Who,
    Word,
)

#: Changes on one page.
PAGE_ROWS = 20
#: Fields that say nothing to a person: they number the record, or follow from other fields.
UNTOLD = frozenset(
    {"id", "key", "version", "recorded_at", "recorded_by", "voided_at", "archived_at", "series", "counted_from"}
)
#: Field → the question that names its number.
NAMED_BY: dict[str, Callable[..., pd.DataFrame]] = {
    "holder_id": account_names,
    "assigned_to": account_names,
    "account_id": account_names,
    "reader_id": account_names,
    "partner_id": partner_names,
    "other_id": partner_names,
    "from_partner_id": partner_names,
    "to_partner_id": partner_names,
    "contact_id": contact_names,
    "forum_id": forum_names,
}
_WHO: dict[str, type[Word]] = dict.fromkeys(("asked_by", "agenda_by", "decided_by"), Who)
#: Kind of record → field → the closed set its word is of.
WORDS: dict[RecordKind, dict[str, type[Word]]] = {
    RecordKind.PARTNER: {
        "kind": PartnerKind,
        "recognition": Recognition,
        "status": PartnerStatus,
        "answer": LookAlikeAnswer,
    },
    RecordKind.FEEDBACK_ITEM: {
        "state": FeedbackState,
        "kind": FeedbackKind,
        "way": FeedbackWay,
        "signed": Signed,
        "readers": Readers,
    },
    RecordKind.BARRIER: {"state": BarrierState, "verdict": Verdict},
    RecordKind.SYSTEM_REVIEW: {"side": TeamSide, "compared": Compared},
    RecordKind.ENGAGEMENT: _WHO
    | {"status": EngagementStatus, "kind": EngagementKind, "interpreter": Interpreter, "repeats": Repeats},
}


def draw_changes(kind: RecordKind, record_id: int, *, closed: bool) -> None:
    """Draw the history of a record in a list, folded away; `closed`: as `draw_history`."""
    draw = partial(draw_history, kind, record_id, closed=closed)
    folded("Every change of it", draw, key=f"changes_{kind}_{record_id}", icon=":material/history:")


def draw_history(kind: RecordKind, record_id: int, *, closed: bool = False) -> None:
    """Draw the changes of one record, newest first, with what differed; earlier values can be put back.

    `closed`: it is archived or voided, and stays as it is until it is restored.
    """
    may_change = not closed and require_actor().may(Verb.CHANGE, kind)
    changes = load(record_history, kind, record_id)
    if changes.empty:
        st.markdown("No change is recorded. Records from before this history began have none.")
        return
    st.markdown(f"{counted(len(changes), 'change', 'changes')}, the newest first. Nothing here can be altered.")
    pages = -(-len(changes) // PAGE_ROWS)
    page = st.pagination(pages, key=f"history_page_{kind}_{record_id}") if pages > 1 else 1
    newest = int(changes["change_id"].iloc[0])
    for row in each(changes.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]):
        with st.container(border=True, gap="small"):
            by = f"{plain(row.who)}, through {Door(row.door).label}"
            st.markdown(f"**{plain(row.verb.capitalize())}** – {long_day(row.at)}, {row.at:%-I:%M %p} – {by}")
            fields = change_rows(kind, row.before, row.after)
            if not fields.empty:
                show_rows(fields)
            if may_change:
                _offer_earlier(kind, row, newest)


def _offer_earlier(kind: RecordKind, row: Any, newest: int) -> None:
    """Offer to put back what single fields held before a change."""
    change_id, before = int(row.change_id), row.before or {}
    fields = [name for name in restorable(kind, row.verb) if name in before]
    if not fields:
        return
    with st.container(horizontal=True, gap="small"):
        for name in fields:
            st.button(
                f"Put back: {_label(name).lower()}",
                key=f"restore_{change_id}_{name}_{newest}",
                type="tertiary",
                icon=":material/undo:",
                on_click=_put_back,
                args=(kind, change_id, name, newest, str(before[name] or "")),
                help="Puts back what stood there before this change, as a change of its own.",
            )


@once
def _put_back(kind: RecordKind, change_id: int, name: str, newest: int, words: str) -> None:
    if find_identifying(words):
        refuse(
            "The earlier words look as if they could identify a child or a family, and are not put back from here. "
            f"If they do not, write them into the {kind.label.lower()} and say why they may stay."
        )
        return
    submit(restore_value, change_id, name, newest, said=f"{_label(name)} is as it was before that change.")


def change_rows(kind: RecordKind, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> pd.DataFrame:
    """Return what a change differed in, as text. Columns: Field, Before, After; of a first entry Field, Entered."""
    was, became = before or {}, after or {}
    names = [name for name in {**became, **was} if name not in UNTOLD]
    rows = [(_label(name), *(_said(kind, name, side.get(name)) for side in (was, became))) for name in names]
    fields = pd.DataFrame([row for row in rows if row[1] or row[2]], columns=["Field", "Before", "After"])
    return fields if before else fields[["Field", "After"]].rename(columns={"After": "Entered"})


def _label(name: str) -> str:
    return "Its turn" if name == "slot_on" else name.removesuffix("_id").replace("_", " ").capitalize()


def _said(kind: RecordKind, name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if name in NAMED_BY:
        return _named(name, value)
    if name in WORDS.get(kind, {}):
        return WORDS[kind][name](value).label
    if name.endswith("_on"):
        return long_day(date.fromisoformat(value))
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_part(part) if isinstance(part, dict) else _text(part) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(part)}" for name, part in value.items())
    return "" if value is None else str(value)


def _part(part: Mapping[str, Any]) -> str:
    """Return a partner, person, point, behavior or topic of an engagement in words."""
    if "partner_id" in part:
        name = part["name_written"] or _named("partner_id", part["partner_id"])
        return name if part["two_way"] else f"{name} (did not take part)"
    if "contact_id" in part:
        return _named("contact_id", part["contact_id"])
    if "what" in part:
        done = f", done {part['follow_up_done_on']}" if part["follow_up_done_on"] else ""
        return f"{part['what']} ({part['follow_up']}{done})" if part["follow_up"] else part["what"]
    if "evidence" in part:
        return ": ".join(filter(None, (behavior_label(part["entry_id"]), part["evidence"])))
    return topic_label(part["entry_id"]) if "entry_id" in part else _text(dict(part))


def _named(name: str, number: int) -> str:
    """Return the name behind a number; of people, the name or role that the reader may see."""
    rows = load(NAMED_BY[name])
    names = dict(zip(rows["id"], rows["name"], strict=True))
    return names.get(number) or f"{_label(name).lower()} {number}"
