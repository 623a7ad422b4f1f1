"""Working on a feedback item: who works on it, letting its targets rest, the same thing entered twice."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.queries.feedback import FeedbackDetail
from erp.queries.feedback_links import linked_feedback
from erp.services.feedback import visible_feedback
from erp.services.feedback_work import (
    OVER,
    assign,
    assignable,
    go_on,
    link_feedback,
    mark_duplicate,
    pause,
    unlink_feedback,
)
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, forget_form, form_button, once, submit
from erp.ui.loads import load
from erp.ui.partner_words import records
from erp.ui.show import folded
from erp.ui.today_parts import shortened
from erp.ui.words import day_text, plain
from erp.vocabulary import LinkedAs


def who_can(session: Session, actor: Actor, item_id: int) -> dict[int, str]:
    """Return who can work on an item that the actor may see, id → name."""
    visible_feedback(session, actor, item_id)
    return assignable(session, item_id)


def draw_work(detail: FeedbackDetail) -> None:
    """Draw who works on an item, for somebody who may change it, and what else is done beside the steps."""
    row, item_id = detail.row, int(detail.row["item_id"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_assignee(row, item_id)
    if row["paused_on"] is not None:
        _draw_rest(row, item_id)
    folded(
        "Let it rest, or say that it was entered twice",
        lambda: _draw_more(row, item_id),
        key=f"feedback_more_{item_id}",
    )


def draw_links(item_id: int, *, may_change: bool) -> None:
    """Draw what belongs with an item, and to who may change it the form that says so."""
    for row in records(load(linked_feedback, item_id)):
        label = f"{LinkedAs(row['linked_as']).label} – {plain(row['key'])}: {plain(shortened(row['words']))}"
        with st.container(horizontal=True, vertical_alignment="center"):
            navigation.link_to("feedback", label, icon=":material/link:", feedback=int(row["item_id"]))
            if may_change:
                key = f"feedback_unlink_{row['link_id']}"
                args = (int(row["link_id"]),)
                st.button("Not together", key=key, type="tertiary", on_click=_unlink, args=args)
    if may_change:
        draw = partial(_draw_linking, item_id)
        folded("It belongs with other feedback", draw, key=f"feedback_link_{item_id}", icon=":material/link:")


def _draw_linking(item_id: int) -> None:
    at = field_keys(f"feedback_linking_{item_id}")
    with st.form(f"{at}_form", border=False):
        st.text_input("The key of the other one", key=f"{at}_key", placeholder="F-00012")
        st.selectbox("Why", list(LinkedAs), format_func=lambda why: why.label, key=f"{at}_why")
        form_button("Link them", _link, item_id, at)


@once
def _link(item_id: int, at: str) -> None:
    key, why = str(st.session_state.get(f"{at}_key") or ""), LinkedAs(st.session_state[f"{at}_why"])
    if submit(link_feedback, item_id, key, why, said="Linked.") is not None:
        forget_form(f"feedback_linking_{item_id}")


@once
def _unlink(link_id: int) -> None:
    submit(unlink_feedback, link_id, said="They are apart again.")


def _draw_assignee(row: Mapping[str, Any], item_id: int) -> None:
    names = load(who_can, item_id)
    own = None if pd.isna(row["assigned_to"]) else int(row["assigned_to"])
    if own is not None and own not in names:
        names = names | {own: f"{row['assignee']} (cannot read it any more)"}
    ids = [None, *names]
    key = f"feedback_assignee_{item_id}_{row['version']}"
    st.selectbox(
        "Who works on it",
        ids,
        index=ids.index(own),
        format_func=lambda number: "Nobody yet" if number is None else names[number],
        key=key,
        on_change=_assign,
        args=(item_id, int(row["version"]), key),
        width=320,
    )


@once
def _assign(item_id: int, version: int, key: str) -> None:
    submit(assign, item_id, version, st.session_state[key], said="Saved who works on it.")


def _draw_rest(row: Mapping[str, Any], item_id: int) -> None:
    st.markdown(
        f":material/pause_circle: **Rests since {day_text(row['paused_on'])}:** {plain(row['paused_because'])} "
        "The giver reads this; the targets move by the days it rests."
    )
    version = int(row["version"])
    st.button(
        "Go on with it", key=f"feedback_go_on_{item_id}", type="primary", on_click=_go_on, args=(item_id, version)
    )


@once
def _go_on(item_id: int, version: int) -> None:
    submit(go_on, item_id, version, said="It goes on; its targets moved by the days it rested.")


def _draw_more(row: Mapping[str, Any], item_id: int) -> None:
    version = int(row["version"])
    if row["paused_on"] is None and row["state"] not in OVER:
        name = f"feedback_rest_{item_id}"
        with st.form(f"{name}_form", border=False):
            st.text_input("Why it rests (the giver reads it)", key=f"{name}_why", max_chars=500)
            guard.draw(name)
            form_button("Let it rest", _pause, item_id, version)
    with st.form(f"feedback_twice_{item_id}_form", border=False):
        st.text_input(
            "Entered twice: the key of the other one",
            value=row["duplicate_key"],
            key=f"feedback_twice_{item_id}_key",
            placeholder="F-00012",
            help="The same thing by the same giver. It leaves the queue, and what is done with the other one is done "
            "with it, too. Blank: it is not a duplicate.",
        )
        form_button("Save", _mark, item_id, version)


@once
def _pause(item_id: int, version: int) -> None:
    name = f"feedback_rest_{item_id}"
    why = str(st.session_state.get(f"{name}_why") or "")
    guard.guarded(name, {"Why it rests": why}, pause, item_id, version, why, said="It rests; the giver reads why.")


@once
def _mark(item_id: int, version: int) -> None:
    key = str(st.session_state.get(f"feedback_twice_{item_id}_key") or "")
    said = "It belongs to the other one now." if key.strip() else "It stands by itself."
    submit(mark_duplicate, item_id, version, key, said=said)
