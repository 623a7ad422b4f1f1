"""The forms of a feedback item: its next step, correcting, voiding, and adding one."""

from collections.abc import Mapping
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.queries.choices import contact_choices
from erp.queries.feedback import FeedbackDetail
from erp.queries.givers import giver_side
from erp.queries.names import contact_names, partner_names
from erp.queries.settings import answer_templates
from erp.services.feedback import (
    FeedbackDraft,
    StepDraft,
    change_feedback,
    receive_feedback,
    restore_feedback,
    take_step,
    visible_feedback,
    void_feedback,
)
from erp.states import FEEDBACK_TRANSITIONS
from erp.ui import guard
from erp.ui.actions import field_keys, forget_form, form_button, once
from erp.ui.engagement_parts import day_text
from erp.ui.loads import county_today, load
from erp.ui.loop_filters import close_record, open_record, toast_outcome
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_choice import partner_field
from erp.ui.voiding import draw_restore, draw_void
from erp.ui.words import FIRST_DAY
from erp.vocabulary import PUBLISHED, FeedbackKind, FeedbackState, FeedbackWay, RecordKind, Signed, Verb

S = FeedbackState
#: What is asked of each step: the field for how it was done, the field for what was said. None: not asked.
QUESTIONS: dict[FeedbackState, tuple[str | None, str]] = {
    S.ACKNOWLEDGED: ("How (may stay blank)", "What was said (may stay blank)"),
    S.DECIDED: (None, "What was decided, and why"),
    S.TOLD: ("How the giver was told", "What the giver was told"),
    S.CONFIRMED: ("How the giver said so", "Their words (may stay blank)"),
    S.REOPENED: (None, "What is not fixed, in the giver's words"),
    S.UNCONFIRMED: (None, "Why it is closed without the giver; they read it"),
}
ON_THEIR_PAGE = "On their page"
HOW = ("In person", "By phone", "By e-mail", "By letter", "At a meeting")
#: What is said after a step, besides that it was saved.
SAID = {
    S.TOLD: "It stays “told, not confirmed” until the giver says so.",
    S.CONFIRMED: "The giver closed the loop.",
    S.REOPENED: "It is back in the queue, so that the giver is told again.",
    S.UNCONFIRMED: "It stays countable as closed, not confirmed; the giver can still say more.",
}
#: The key of the folded form for a new one; it folds itself when it was saved.
ADD_FORM = "feedback_add"
NEW = "feedback_new"
LABELS = {
    "words": "What was said",
    "partner_id": "Partner",
    "contact_id": "One of the partner's people",
    "person": "Person or role",
    "anonymous": "Anonymous",
    "kind": "Kind",
    "way": "How it came",
    "received_on": "Day received",
    "may_quote": "May be published in these words, without a name",
    "language": "Language",
    "translation": "The same in English",
    "notes": "Notes",
}
WordT = TypeVar("WordT", FeedbackKind, FeedbackWay)


# --- Steps ------------------------------------------------------------------------------------------------


def draw_step(actor: Actor, detail: FeedbackDetail) -> None:
    """Draw the form for what may happen next; the likeliest step is chosen, the day is today."""
    row, item_id = detail.row, int(detail.row["item_id"])
    name = f"feedback_step_{item_id}"
    may_close = actor.may(Verb.CHANGE, RecordKind.CLOSING)
    verbs = {
        step: verb
        for step, verb in FEEDBACK_TRANSITIONS[row["state"]].items()
        if may_close or step is not S.UNCONFIRMED
    }
    step = st.segmented_control(
        "What happened?",
        list(verbs),
        default=next(iter(verbs)),
        required=True,
        format_func=lambda s: f"{verbs[s][:1].upper()}{verbs[s][1:]}",
        key=f"{name}_which_{row['version']}",
    )
    step = step or next(iter(verbs))
    ask_how, ask_said = QUESTIONS[step]
    if step in (S.DECIDED, S.TOLD):
        draw_templates(f"{name}_{step.value}_said", row["language"])
    with st.form(f"{name}_{step.value}", border=False):
        days = [d for d in detail.steps["on_day"] if not pd.isna(d)]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input(
                "Day",
                value=county_today(),
                min_value=max(days, default=FIRST_DAY),
                max_value=county_today(),
                format="MM/DD/YYYY",
                key=f"{name}_{step.value}_day",
                width=180,
            )
            if ask_how:
                _draw_how(row, step, ask_how, f"{name}_{step.value}_how")
        st.text_area(
            ask_said,
            value=row["decision"] if step is S.TOLD else "",
            height=90,
            key=f"{name}_{step.value}_said",
        )
        if load(giver_side, item_id).follows:
            st.caption("The giver reads this on their page.")
        guard.draw(name)
        form_button("Save this step", _save_step, item_id, row["version"], step, type="primary")
    if step is S.ACKNOWLEDGED:  # below: else the next step's button would come to stand where a second click falls
        draw_templates(f"{name}_{step.value}_said", row["language"])


def draw_templates(field: str, language: str) -> None:
    """Draw the county's answers to begin with, beside a form; choosing one puts its words into a field of it."""
    templates = {each.name: each.in_language(language) for each in load(answer_templates)}
    if templates:
        st.selectbox(
            "Begin with",
            list(templates),
            index=None,
            placeholder="An answer of the county",
            key=f"{field}_template",
            on_change=_begin_with,
            args=(field, templates),
            width=320,
        )


def _begin_with(field: str, templates: Mapping[str, str]) -> None:
    chosen = st.session_state[f"{field}_template"]
    if chosen is not None:
        st.session_state[field] = templates[chosen]


def _draw_how(row: Mapping[str, Any], step: FeedbackState, label: str, key: str) -> None:
    by_page = row["signed"] is not Signed.NOTED
    published = step is S.TOLD and row["anonymous"] and not by_page
    usual = PUBLISHED if published else ON_THEIR_PAGE if by_page and step is S.TOLD else None
    st.selectbox(
        label,
        [usual, *HOW] if usual else HOW,
        index=0 if usual else None,
        accept_new_options=True,
        placeholder="Choose, or type your own",
        key=key,
        help="The giver left no way back: publishing the answer is telling." if published else None,
        width=320,
    )


def _take(session: Session, actor: Actor, item_id: int, version: int, step: FeedbackState, typed: Any) -> Any:
    return take_step(session, actor, item_id, version, step, StepDraft.of(**typed))


@once
def _save_step(item_id: int, version: int, step: FeedbackState) -> None:
    name = f"feedback_step_{item_id}"
    at = f"{name}_{step.value}_"
    how, said = (str(st.session_state.get(f"{at}{field}") or "") for field in ("how", "said"))
    values = {"on_day": st.session_state[f"{at}day"], "how": how, "said": said}
    saved = guard.guarded(
        name,
        {"How": how, QUESTIONS[step][1]: said},
        _take,
        item_id,
        version,
        step,
        typed=values,
        said="Saved. " + SAID.get(step, ""),
    )
    if saved is not None:
        forget_form(name, at)


# --- Correcting, voiding ------------------------------------------------------------------------------------


def draw_mending(actor: Actor, detail: FeedbackDetail) -> None:
    """Draw correcting and voiding, or restoring where the item was voided."""
    item_id, version = int(detail.row["item_id"]), int(detail.row["version"])
    if detail.row["voided"]:
        if actor.may(Verb.ARCHIVE, RecordKind.FEEDBACK_ITEM):
            draw_restore("feedback", restore_feedback, item_id, version)
        return
    if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM):
        with st.expander("Correct this record", key=f"feedback_mend_{item_id}"):
            at = f"feedback_mend_{item_id}_"
            opened = watch(Edited(at, at, RecordKind.FEEDBACK_ITEM, item_id, version, _saved(detail), LABELS, _said))
            draw_fields(at, detail, save=(_save_mended, (item_id, opened)))
    if actor.may(Verb.ARCHIVE, RecordKind.FEEDBACK_ITEM):
        draw_void("feedback", void_feedback, item_id, version)


@once
def _save_mended(item_id: int, version: int) -> None:
    at = f"feedback_mend_{item_id}_"
    typed = read_fields(at)

    def change(session: Any, actor: Actor) -> Any:
        meeting = visible_feedback(session, actor, item_id).engagement_id  # the form does not ask for it
        draft = FeedbackDraft.of(**typed, engagement_id=meeting)
        return change_feedback(session, actor, item_id, version, draft)

    if guard.guarded(at, _texts(typed), change, said="Corrected.") is not None:
        forget(at, at)


def _saved(detail: FeedbackDetail) -> dict[str, Any]:
    """Return what is saved of an item, as the fields hold it."""
    row = detail.row
    texts = {name: row[name] or "" for name in ("words", "language", "translation")}
    return {
        **texts,
        "partner_id": None if pd.isna(row["partner_id"]) else int(row["partner_id"]),
        "contact_id": detail.contact_id,
        "person": detail.person or "",
        "anonymous": bool(row["anonymous"]),
        "kind": _word(FeedbackKind, row["kind"]),
        "way": _word(FeedbackWay, row["way"]),
        "received_on": None if pd.isna(row["received_on"]) else row["received_on"],
        "may_quote": detail.may_quote,
        "notes": detail.notes or "",
    }


def _said(name: str, value: Any) -> str:
    named: Mapping[str, Any] = {"partner_id": partner_names, "contact_id": contact_names}  # archived ones, too
    if name in named:
        names = load(named[name])
        return dict(zip(names["id"], names["name"], strict=True)).get(value, "")
    if name == "received_on":
        return day_text(value) if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(getattr(value, "label", value) or "")


def _word(words: type[WordT], label: Any) -> WordT:
    """Return the word of a label; a spreadsheet's own word counts as other."""
    return next((word for word in words if word.label == label), words("other"))


# --- The form of an item ------------------------------------------------------------------------------------


def draw_add_form(partner_id: int | None) -> None:
    """Draw the form for new feedback, with the partner of the page chosen."""
    token = field_keys(NEW)
    draw_fields(f"{token}_", None, save=(_save_new, (token,)), partner_id=partner_id)


@once
def _save_new(token: str) -> None:
    at = f"{token}_"
    typed = read_fields(at)
    close_record("feedback")  # a refusal is then shown at the top, above this form
    received = guard.guarded(
        at,
        _texts(typed),
        lambda session, actor: receive_feedback(
            session,
            actor,
            FeedbackDraft.of(**typed),
            token=token,
        ),
        said="Saved. Next: let the giver know that it came in.",
    )
    if received is not None and received.id is not None:
        forget_form(NEW)
        st.session_state[ADD_FORM] = False
        open_record("feedback", received.id)
    toast_outcome()


def draw_fields(
    at: str, detail: FeedbackDetail | None, *, save: tuple[Any, tuple[Any, ...]], partner_id: int | None = None
) -> None:
    """Draw the fields of an item under keys that begin with `at`, filled from a record where there is one."""
    row = detail.row if detail else {}
    own = int(row["partner_id"]) if row and not pd.isna(row["partner_id"]) else partner_id
    chosen = partner_field(
        st,
        LABELS["partner_id"],
        key=f"{at}partner_id",
        chosen=own,
        chosen_name=str(row["partner"]) if row else "",
        nobody="No partner, or not known",
    )
    with st.form(f"{at}form", border=False):
        st.text_area("What was said, in the giver's own words", value=row.get("words", ""), key=f"{at}words")
        left, right = st.columns(2)
        _draw_giver(left, at, detail, chosen)
        _draw_circumstances(right, at, row)
        st.text_input(
            "Language, if not English", value=row.get("language", ""), key=f"{at}language", placeholder="Spanish"
        )
        st.text_area("The same in English", value=row.get("translation", ""), height=90, key=f"{at}translation")
        st.checkbox(LABELS["may_quote"], value=bool(detail and detail.may_quote), key=f"{at}may_quote")
        st.text_input("Notes", value=detail.notes if detail else "", key=f"{at}notes")
        guard.draw(at)
        form_button("Save", save[0], *save[1], type="primary")


def _draw_giver(place: Any, at: str, detail: FeedbackDetail | None, partner_id: int | None) -> None:
    people = load(contact_choices, () if partner_id is None else (partner_id,))
    labels = {
        int(contact): " · ".join(filter(None, dict.fromkeys((name, role))))
        for contact, name, role in people[["contact_id", "name", "role"]].itertuples(index=False)
    }
    own = detail.contact_id if detail and partner_id == detail.row["partner_id"] else None
    if own is not None and detail is not None:
        labels.setdefault(own, str(detail.row["giver"]))  # archived since, and still the one who gave it
    ids = [None, *labels]
    place.selectbox(
        "One of the partner's people",
        ids,
        index=ids.index(own) if own in ids else 0,
        format_func=lambda i: labels.get(i, "Not said") if i is not None else "Not said",
        key=f"{at}contact_id",
    )
    place.text_input(
        "Or a person or role",
        value=detail.person if detail else "",
        key=f"{at}person",
        placeholder="a foster parent",
        help="A role is enough. A person's name only where they agreed to be named.",
    )
    place.checkbox("Anonymous", value=bool(detail and detail.row["anonymous"]), key=f"{at}anonymous")


def _draw_circumstances(place: Any, at: str, row: Mapping[str, Any]) -> None:
    kinds, ways = list(FeedbackKind), list(FeedbackWay)
    kind = _word(FeedbackKind, row["kind"]) if row else FeedbackKind.CONCERN
    way = _word(FeedbackWay, row["way"]) if row else FeedbackWay.MEETING
    place.selectbox("Kind", kinds, index=kinds.index(kind), format_func=lambda k: k.label, key=f"{at}kind")
    place.selectbox("How it came", ways, index=ways.index(way), format_func=lambda w: w.label, key=f"{at}way")
    received = row.get("received_on", county_today())
    place.date_input(
        "Day received",
        value=None if pd.isna(received) else received,
        min_value=FIRST_DAY,
        max_value=county_today(),
        format="MM/DD/YYYY",
        key=f"{at}received_on",
    )


def read_fields(at: str) -> dict[str, Any]:
    """Return what the fields hold, by the names of a FeedbackDraft."""
    names = (
        "words", "partner_id", "contact_id", "person", "anonymous", "way", "kind", "language", "translation",
        "received_on", "may_quote", "notes",
    )  # fmt: skip
    return {name: st.session_state.get(f"{at}{name}") for name in names}


def _texts(typed: Mapping[str, Any]) -> dict[str, str]:
    return {LABELS[name]: str(typed[name] or "") for name in ("words", "translation", "person", "language", "notes")}
