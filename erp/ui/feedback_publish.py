"""Publishing what became of a feedback item on “You said, we did”: approved by a liaison, taken down again."""

from typing import Any

import streamlit as st

from erp.access import Actor
from erp.queries.feedback import FeedbackDetail
from erp.queries.publishing import Approved, approved
from erp.services.publishing import AnswerDraft, publish, take_down
from erp.ui import guard
from erp.ui.actions import form_button, once, submit
from erp.ui.loads import load
from erp.ui.show import folded
from erp.ui.words import day_text, plain_lines
from erp.vocabulary import RecordKind, Verb

#: Field of the draft → its label, and whether it is one line.
FIELDS: dict[str, tuple[str, bool]] = {
    "said": ("What was said", False),
    "decided": ("What was decided", False),
    "changed": ("What changed because of it (may stay blank)", False),
    "said_es": ("What was said, in Spanish (may stay blank)", False),
    "decided_es": ("What was decided, in Spanish (may stay blank)", False),
    "changed_es": ("What changed, in Spanish (may stay blank)", False),
    "agreed_by": ("Who of the Tribe agreed, and when", True),
}


def draw_publishing(actor: Actor, detail: FeedbackDetail) -> None:
    """Draw what is published of an item, and for a liaison the form; nothing to whom it does not concern."""
    if not actor.may(Verb.SEE, RecordKind.PUBLISHED) or not detail.row["decision"]:
        return
    item_id = int(detail.row["item_id"])
    told = load(approved, item_id)
    if told is not None and told.shown:
        since = day_text(told.published_on)
        st.markdown(f":material/campaign: **On “You said, we did”** since {since}: “{plain_lines(told.said)}”")
    if actor.may(Verb.ADD, RecordKind.PUBLISHED) and not detail.row["voided"]:
        folded(
            "You said, we did",
            lambda: _draw_form(item_id, told, detail),
            key=f"feedback_publish_{item_id}",
            icon=":material/campaign:",
        )


def _draw_form(item_id: int, told: Approved | None, detail: FeedbackDetail) -> None:
    st.markdown(
        "Everybody can read this, with no name. Use the giver's words only where they allowed it; what belongs to a "
        "Tribe only where the Tribe agreed."
    )
    at, version = f"{_form(item_id)}_", told.version if told else 0
    opened = st.session_state.setdefault(f"{at}opened", version)
    if opened != version and told is not None:  # somebody else approved or changed it meanwhile
        st.warning("It was changed while you wrote. As it is now, beside what you typed below:")
        st.text("\n".join(f"{FIELDS[name][0]}: {getattr(told, name)}" for name in FIELDS if getattr(told, name)))
    with st.form(f"{at}form", border=False):
        for name, (label, one_line) in FIELDS.items():
            value = _value(name, told, detail)
            if one_line:
                st.text_input(label, value=value, key=f"{at}{name}", max_chars=500)
            else:
                st.text_area(label, value=value, height=90, key=f"{at}{name}", max_chars=2000)
        guard.draw(_form(item_id))
        label = "Approve and publish" if told is None or not told.shown else "Approve the change"
        form_button(label, _publish, item_id, version, type="primary")
    if told is not None and told.shown:
        st.button("Take it down", key=f"{at}down_{version}", on_click=_take_down, args=(item_id, version))


def _value(name: str, told: Approved | None, detail: FeedbackDetail) -> str:
    if told is not None:
        return str(getattr(told, name))
    return str(detail.row["decision"]) if name == "decided" else ""


@once
def _publish(item_id: int, version: int) -> None:
    """Approve over what was drawn: where that was newer than what the form was opened with, it stood beside it."""
    at = f"{_form(item_id)}_"
    typed: dict[str, Any] = {name: str(st.session_state.get(f"{at}{name}") or "") for name in FIELDS}

    def approve(session: Any, actor: Actor) -> Any:
        return publish(session, actor, item_id, AnswerDraft.of(**typed), version)

    texts = {FIELDS[name][0]: words for name, words in typed.items()}
    saved = guard.guarded(_form(item_id), texts, approve, said="It is on the public page.")
    if saved is not None:
        st.session_state[f"{at}opened"] = saved.version


@once
def _take_down(item_id: int, version: int) -> None:
    down = submit(take_down, item_id, version, said="It is taken off the public page.")
    if down is not None:
        st.session_state[f"{_form(item_id)}_opened"] = down.version


def _form(item_id: int) -> str:
    return f"feedback_publish_{item_id}"
