"""The forms of a promise: keeping, withdrawing, reopening, correcting, voiding, and adding one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.queries.commitments import OwedBy
from erp.queries.names import partner_names
from erp.services.commitments import (
    CommitmentDraft,
    change_commitment,
    keep_commitment,
    make_commitment,
    reopen_commitment,
    restore_commitment,
    visible_commitment,
    void_commitment,
    withdraw_commitment,
)
from erp.ui import guard
from erp.ui.actions import field_keys, forget_form, form_button, once, submit
from erp.ui.engagement_parts import day_text
from erp.ui.loads import county_today, load
from erp.ui.loop_filters import close_record, open_record, toast_outcome
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_choice import partner_field
from erp.ui.voiding import draw_restore, draw_void
from erp.ui.words import FIRST_DAY, LAST_DAY
from erp.vocabulary import RecordKind, Side, Verb

#: The key of the folded form for a new one; it folds itself when it was saved.
ADD_FORM = "promise_add"
NEW = "promise_new"
LABELS = {
    "what": "What was promised",
    "partner_id": "With which partner",
    "owed_by": "Owed by",
    "owed_by_words": "Who owes it",
    "due_on": "Due",
    "due_words": "Due in words",
    "made_on": "Made on",
    "done_on": "Kept on",
    "notes": "Notes",
}


# --- Keeping, withdrawing, reopening ------------------------------------------------------------------------


def draw_keep(row: Mapping[str, Any]) -> None:
    """Draw the form for keeping a promise; the day is today."""
    promise_id = int(row["commitment_id"])
    with (
        st.form(f"promise_keep_{promise_id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        _day("Kept on", f"promise_keep_{promise_id}_day", row)
        args = (promise_id, row["version"])
        form_button("Kept", _keep_on, *args, type="primary", icon=":material/check:")


@once
def _keep_on(promise_id: int, version: int) -> None:
    _keep(promise_id, version, st.session_state[f"promise_keep_{promise_id}_day"])


@once
def keep_today(promise_id: int, version: int) -> None:
    """Record a promise as kept today, in a button's callback; a refusal is shown in its card, wherever that stands."""
    _keep(promise_id, version, county_today())


def _keep(promise_id: int, version: int, day: date) -> None:
    if submit(keep_commitment, promise_id, version, day, said=f"Kept on {day_text(day)}. Thank you.") is None:
        open_record("promise", promise_id)
    toast_outcome()


def draw_withdraw(row: Mapping[str, Any]) -> None:
    """Draw the form for withdrawing a promise by agreement."""
    promise_id = int(row["commitment_id"])
    name = f"promise_withdraw_{promise_id}"
    with st.expander("Withdraw it by agreement"), st.form(name, border=False):
        st.markdown("For what both sides agreed to drop. It then counts neither as kept nor as broken.")
        _day("Agreed on", f"{name}_day", row)
        st.text_input("Why, and who agreed", key=f"{name}_why")
        guard.draw(name)
        form_button("Withdraw", _withdraw, promise_id, row["version"])


@once
def _withdraw(promise_id: int, version: int) -> None:
    name = f"promise_withdraw_{promise_id}"
    day, why = st.session_state[f"{name}_day"], str(st.session_state[f"{name}_why"])
    if (
        guard.guarded(
            name, {"Why": why}, withdraw_commitment, promise_id, version, day, why, said="Withdrawn by agreement."
        )
        is not None
    ):
        forget_form(name, f"{name}_")


def draw_reopen(row: Mapping[str, Any]) -> None:
    """Draw the form for taking back “kept” or “withdrawn”."""
    promise_id = int(row["commitment_id"])
    name = f"promise_reopen_{promise_id}"
    with st.expander("Reopen it"), st.form(name, border=False):
        st.text_input("Why", key=f"{name}_why")
        guard.draw(name)
        form_button("Reopen", _reopen, promise_id, row["version"])


@once
def _reopen(promise_id: int, version: int) -> None:
    name = f"promise_reopen_{promise_id}"
    why = str(st.session_state[f"{name}_why"])
    if guard.guarded(name, {"Why": why}, reopen_commitment, promise_id, version, why, said="Open again.") is not None:
        forget_form(name, f"{name}_")


def _day(label: str, key: str, row: Mapping[str, Any]) -> None:
    made = row["made_on"] if not pd.isna(row["made_on"]) else FIRST_DAY
    this_day = county_today()
    st.date_input(label, value=this_day, min_value=made, max_value=this_day, format="MM/DD/YYYY", key=key, width=180)


# --- Correcting, voiding, adding ----------------------------------------------------------------------------


def draw_mending(actor: Actor, row: Mapping[str, Any]) -> None:
    """Draw correcting and voiding, or restoring where the promise was voided."""
    promise_id, version = int(row["commitment_id"]), int(row["version"])
    if row["voided"]:
        if actor.may(Verb.ARCHIVE, RecordKind.COMMITMENT):
            draw_restore("promise", restore_commitment, promise_id, version)
        return
    if actor.may(Verb.CHANGE, RecordKind.COMMITMENT):
        with st.expander("Correct this record"):
            at = f"promise_mend_{promise_id}_"
            opened = watch(Edited(at, at, RecordKind.COMMITMENT, promise_id, version, _saved(row), LABELS, _said))
            draw_fields(at, row, save=(_save_mended, (promise_id, opened)))
    if actor.may(Verb.ARCHIVE, RecordKind.COMMITMENT):
        draw_void("promise", void_commitment, promise_id, version)


@once
def _save_mended(promise_id: int, version: int) -> None:
    at = f"promise_mend_{promise_id}_"
    typed = read_fields(at)

    def change(session: Any, actor: Actor) -> Any:
        meeting = visible_commitment(session, actor, promise_id).engagement_id  # the form does not ask for it
        draft = CommitmentDraft.of(**typed, engagement_id=meeting)
        return change_commitment(session, actor, promise_id, version, draft)

    if guard.guarded(at, _texts(typed), change, said="Corrected.") is not None:
        forget(at, at)


def _saved(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is saved of a promise, as the fields hold it."""
    days = {name: None if pd.isna(row[name]) else row[name] for name in ("made_on", "due_on", "done_on")}
    partner_id = None if pd.isna(row["partner_id"]) else int(row["partner_id"])
    texts = {name: row[name] or "" for name in ("what", "owed_by_words", "due_words", "notes")}
    return {**texts, **days, "partner_id": partner_id, "owed_by": row["owed_by"]}


def _said(name: str, value: Any) -> str:
    if name == "partner_id":
        partners = load(partner_names)  # archived ones, too
        return dict(zip(partners["id"], partners["name"], strict=True)).get(value, "")
    if name.endswith("_on"):
        return day_text(value) if value else ""
    return str(getattr(value, "label", value) or "")


def draw_add_form(partner_id: int | None) -> None:
    """Draw the form for a new promise, with the partner of the page chosen."""
    token = field_keys(NEW)
    draw_fields(f"{token}_", {}, save=(_save_new, (token,)), partner_id=partner_id)


@once
def _save_new(token: str) -> None:
    at = f"{token}_"
    typed = read_fields(at)
    close_record("promise")  # a refusal is then shown at the top, above this form
    made = guard.guarded(
        at,
        _texts(typed),
        lambda session, actor: make_commitment(
            session,
            actor,
            CommitmentDraft.of(**typed),
            token=token,
        ),
        said="Saved.",
    )
    if made is not None and made.id is not None:
        forget_form(NEW)
        st.session_state[ADD_FORM] = False
        open_record("promise", made.id)
    toast_outcome()


def draw_fields(
    at: str, row: Mapping[str, Any], *, save: tuple[Any, tuple[Any, ...]], partner_id: int | None = None
) -> None:
    """Draw the fields of a promise under keys that begin with `at`, filled from a row where there is one."""
    own = int(row["partner_id"]) if row and not pd.isna(row["partner_id"]) else partner_id
    partner_field(
        st, LABELS["partner_id"], key=f"{at}partner_id", chosen=own, chosen_name=str(row["partner"]) if row else ""
    )
    with st.form(f"{at}form", border=False):
        st.text_area("What was promised", value=row.get("what", ""), height=90, key=f"{at}what")
        left, right = st.columns(2)
        owed = list(OwedBy)
        left.selectbox(
            "Owed by",
            owed,
            index=owed.index(row.get("owed_by", OwedBy.COUNTY)),
            format_func=lambda o: o.label,
            key=f"{at}owed_by",
        )
        left.text_input("If another body owes it: which?", value=row.get("owed_by_words", ""), key=f"{at}owed_by_words")
        _draw_days(right, at, row)
        st.text_input("Notes", value=row.get("notes", ""), key=f"{at}notes")
        guard.draw(at)
        form_button("Save", save[0], *save[1], type="primary")


def _draw_days(place: Any, at: str, row: Mapping[str, Any]) -> None:
    this_day = county_today()
    days = {
        "due_on": ("Due (blank: no day)", None, LAST_DAY),
        "made_on": ("Made on", this_day, this_day),
    } | ({"done_on": ("Kept on (blank: not yet)", None, this_day)} if row else {})
    for name, (label, usual, last) in days.items():
        value = row[name] if row else usual
        place.date_input(
            label,
            value=None if pd.isna(value) else value,
            min_value=FIRST_DAY,
            max_value=last,
            format="MM/DD/YYYY",
            key=f"{at}{name}",
        )
    place.text_input(
        "Or due in words", value=row.get("due_words", ""), placeholder="every fiscal year", key=f"{at}due_words"
    )


def read_fields(at: str) -> dict[str, Any]:
    """Return what the fields hold, by the names of a CommitmentDraft."""
    names = ("what", "partner_id", "owed_by_words", "made_on", "due_on", "due_words", "done_on", "notes")
    typed = {name: st.session_state.get(f"{at}{name}") for name in names}
    owed = st.session_state[f"{at}owed_by"]
    return typed | {"owed_by": None if owed is OwedBy.OTHER else Side(owed.value)}


def _texts(typed: Mapping[str, Any]) -> dict[str, str]:
    return {LABELS[name]: str(typed[name] or "") for name in ("what", "owed_by_words", "due_words", "notes")}
