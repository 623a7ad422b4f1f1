"""Feedback: the queue of what partners told us, and what became of it; only the giver closes a loop."""

import pandas as pd
import streamlit as st

from erp.errors import NotFound
from erp.queries.feedback import (
    PAGE_ROWS,
    FeedbackFilters,
    feedback_counts,
    feedback_detail,
    feedback_list,
)
from erp.queries.targets import COUNTY_NEXT
from erp.ui.actions import show_outcome
from erp.ui.engagement_parts import pick_in_address
from erp.ui.feedback_parts import draw_add_form, draw_card, readable
from erp.ui.loads import load
from erp.ui.loop_filters import asked_for, draw_foot, page_of, pick_partner, pills_in_address
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.vocabulary import FeedbackKind, FeedbackState, RecordKind, Verb

TO_DO, ALL = "to_do", "all"


def filters() -> FeedbackFilters:
    """Draw the filters above the queue and return what they say, but for the states."""
    left, right = st.columns(2)
    with left:
        words = st.text_input("Words", key="feedback_words", bind="query-params", placeholder="In words or answer …")
    with right:
        partner_id = pick_partner("feedback")
    with st.expander("More filters", expanded=bool(set(st.query_params) & {"kind", "feedback_mine", "feedback_past"})):
        kinds = {kind.value: kind.label for kind in FeedbackKind}
        kind = pick_in_address("Kind", "kind", kinds, anything="All kinds", page="feedback")
        mine = st.toggle(
            "Only partnerships I hold and what I wrote down", key="feedback_mine", bind="query-params"
        )
        past = st.toggle("Only past the target", key="feedback_past", bind="query-params")
        voided = st.toggle("Voided ones", key="feedback_voided", bind="query-params")
    return FeedbackFilters(
        words=words.strip(),
        partner_id=partner_id,
        kind=FeedbackKind(kind) if kind else None,
        holder_id=actor.user_id if mine else None,
        past_target=past,
        voided=voided,
    )


def pick_states(counts: pd.DataFrame) -> tuple[FeedbackState, ...]:
    """Draw the states with their counts and return those chosen; none: all."""
    n = dict(zip(counts["state"], counts["n"], strict=True))
    options = {TO_DO: f"To do ({sum(n[state] for state in COUNTY_NEXT)})"}
    options |= {state.value: f"{state.label} ({n[state]})" for state in FeedbackState}
    options |= {ALL: f"All ({counts['n'].sum()})"}
    chosen = pills_in_address("State", "state", options, page="feedback")
    return {TO_DO: COUNTY_NEXT, ALL: ()}.get(chosen) or (() if chosen == ALL else (FeedbackState(chosen),))


actor = require_actor()
st.title("Feedback", anchor=False)
open_id = asked_for("feedback")
if open_id is None:
    show_outcome()
if actor.may(Verb.ADD, RecordKind.FEEDBACK_ITEM):
    with st.expander("Add feedback", icon=":material/add:", key="feedback_new"):
        draw_add_form(asked_for("partner"))

wanted = filters()
counts = load(feedback_counts, wanted)
states = pick_states(counts)
