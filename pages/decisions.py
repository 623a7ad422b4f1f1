"""Decisions: what was decided and why, every voice behind it, who must be told, and whether it worked."""

import streamlit as st

from erp.errors import NotFound
from erp.queries.decisions import decision_detail
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.address import number_in_address
from erp.ui.decision_parts import draw_detail, draw_folded_adding, draw_list
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.ui.words import plain
from erp.vocabulary import RecordKind, Verb

actor = require_actor()


def draw_all() -> None:
    """Draw every decision, and the form for a new one."""
    st.title("Decisions", anchor=False)
    show_outcome()
    st.markdown("What was decided because somebody spoke up. Each decision leads back to every voice behind it.")
    if actor.may(Verb.ADD, RecordKind.DECISION):
        draw_folded_adding()
    draw_list()
    with st.container(horizontal=True):
        navigation.link_to("feedback", "All feedback", icon=":material/arrow_back:")
        navigation.link_to("barriers", "Barriers", icon=":material/arrow_back:")


def draw_one(decision_id: int) -> None:
    """Draw one decision."""
    try:
        detail = load(decision_detail, decision_id)
    except NotFound as refusal:
        st.title("Decision", anchor=False)
        empty_state(str(refusal), "Look for it among all decisions.")
    else:
        st.title(plain(detail.what), anchor=False)
        show_outcome()
        draw_detail(actor, detail)
    navigation.link_to("decisions", "All decisions", key="all_decisions", icon=":material/arrow_back:")


draw_one(number_in_address("decision")) if "decision" in st.query_params else draw_all()
