"""Drafts: what is typed into a long form is kept on the server, and is there after a reload or on another device."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import streamlit as st

from erp import db
from erp.errors import Conflict
from erp.queries.county import county_zone
from erp.queries.form_drafts import KeptDraft, own_draft, own_drafts
from erp.services.form_drafts import end_draft, keep_draft
from erp.ui.actions import form_token, take_token
from erp.ui.session import require_actor

#: What a form's name begins with → the page it stands on, and what its number is called in that page's address.
PLACES = {
    "log": ("log", "partner"),
    "like": ("log", "like"),
    "held": ("log", "engagement"),
    "edit": ("engagement", "engagement"),
}
WHAT = {
    "log": "A new engagement, not saved yet",
    "like": "A new engagement like one before, not saved yet",
    "held": "A planned engagement to be recorded as held, not saved yet",
    "edit": "Changes of an engagement, not saved yet",
}


@dataclass
class Known:
    """What this tab knows of a form's draft: the fields as kept, when (in the county's time), the fields left out."""

    fields: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    left_out: list[str] = field(default_factory=list)
    conflict: str = ""


def begin(form: str) -> dict[str, Any]:
    """Return the fields of the draft of a form that this tab has not opened yet; afterwards nothing.

    The form goes on under the draft's token, so that it is saved once from wherever it is open.
    """
    if form in _known():
        return {}
    with db.reading() as session:
        draft, zone = own_draft(session, require_actor(), form), county_zone(session)
    if draft is None:
        _known()[form] = Known()
        return {}
    _known()[form] = Known(draft.fields, draft.kept_at.astimezone(zone))
    take_token(form, draft.token)
    return draft.fields


def keep(form: str, fields: dict[str, Any]) -> Known:
    """Keep what was typed into a form where it changed, and return what is known of its draft."""
    known = _known().setdefault(form, Known())
    if fields == known.fields:
        return known
    with db.writing(counts=False) as session:
        try:
            kept_at, left_out = keep_draft(session, require_actor(), form, fields, form_token(form))
        except Conflict as elsewhere:
            known.conflict = str(elsewhere)
            return known
        _known()[form] = Known(fields, kept_at.astimezone(county_zone(session)), left_out)
    return _known()[form]


def end(form: str) -> None:
    """Throw a draft away."""
    with db.writing(counts=False) as session:
        end_draft(session, require_actor(), form)
    forget(form)


def forget(form: str) -> None:
    """Let this tab look for a draft again when it opens the form anew."""
    _known().pop(form, None)


def mine() -> list[KeptDraft]:
    """Return the drafts of whoever is signed in, the newest first, their times in the county's time."""
    with db.reading() as session:
        zone = county_zone(session)
        return [
            KeptDraft(draft.form, draft.fields, draft.token, draft.kept_at.astimezone(zone))
            for draft in own_drafts(session, require_actor())
        ]


def draw_end(form: str, label: str, throw_away: Callable[..., None], *args: Any) -> None:
    """Offer to throw away what was typed into a form, which asks once more: `throw_away(*args)`."""
    with st.popover(label, type="tertiary", key=f"end_draft_{form}"):
        st.markdown("Everything typed there and not saved is thrown away.")
        st.button("Throw it away", key=f"throw_{form}", on_click=throw_away, args=args)


def exists(form: str) -> bool:
    """Say whether whoever is signed in has a draft of a form."""
    with db.reading() as session:
        return own_draft(session, require_actor(), form) is not None


def place_of(form: str) -> tuple[str, dict[str, str]]:
    """Return the page on which a form stands, and its address there."""
    kind, _, number = form.partition("_")
    page, name = PLACES[kind]
    return page, {name: number} if number.isdigit() else {}


def what_of(form: str) -> str:
    """Say what a form is for."""
    return WHAT[form.partition("_")[0]]


def _known() -> dict[str, Known]:
    return st.session_state.setdefault("_drafts", {})
