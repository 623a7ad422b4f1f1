"""Local system reviews: with partners, how the system brings a result about; findings, and who was told of them."""

import streamlit as st

from erp.errors import NotFound
from erp.queries.reviews import review_detail
from erp.services.reviews import restore_review, void_review
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.address import number_in_address
from erp.ui.history import draw_changes
from erp.ui.loads import load
from erp.ui.review_parts import (
    draw_barriers,
    draw_beside,
    draw_changing,
    draw_ending,
    draw_folded_adding,
    draw_head,
    draw_list,
)
from erp.ui.review_work import draw_debriefs, draw_findings, draw_groups, draw_recommendations, draw_team
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.ui.voiding import draw_restore, draw_void
from erp.ui.words import plain
from erp.vocabulary import RecordKind, Verb

actor = require_actor()


def draw_all() -> None:
    """Draw every review, and the form for a new one."""
    st.title("Local system reviews", anchor=False)
    show_outcome()
    st.markdown("A look, together with partners, at how the system brings a result about. It asks how, not who.")
    if actor.may(Verb.ADD, RecordKind.SYSTEM_REVIEW):
        draw_folded_adding()
    draw_list()
    navigation.link_to("barriers", "Barriers", icon=":material/arrow_back:")


def draw_one(review_id: int) -> None:
    """Draw one review."""
    try:
        detail = load(review_detail, review_id)
    except NotFound as refusal:
        st.title("Local system review", anchor=False)
        empty_state(str(refusal), "Look for it among all reviews.")
        return
    may_change = actor.may(Verb.CHANGE, RecordKind.SYSTEM_REVIEW) and not detail.voided
    st.title(plain(detail.question), anchor=False)
    show_outcome()
    draw_head(detail)
    if may_change:
        draw_ending(detail)
        draw_changing(detail)
    draw_team(detail, may_change=may_change)
    draw_debriefs(detail, may_change=may_change)
    draw_findings(detail, may_change=may_change, may_name=may_change and actor.may(Verb.ADD, RecordKind.BARRIER))
    draw_beside(detail)
    draw_recommendations(detail, may_change=may_change)
    draw_groups(detail, may_change=may_change)
    draw_barriers(detail)
    if may_change and detail.ended_on is not None:
        navigation.link_to("reviews", "Take this review again", icon=":material/update:", again_of=review_id)
    if actor.may(Verb.ARCHIVE, RecordKind.SYSTEM_REVIEW):
        if detail.voided:
            draw_restore("review", restore_review, review_id, detail.version)
        else:
            draw_void("review", void_review, review_id, detail.version)
    draw_changes(RecordKind.SYSTEM_REVIEW, review_id, closed=detail.voided)


if "review" in st.query_params:
    draw_one(number_in_address("review"))
    navigation.link_to("reviews", "All reviews", key="all_reviews", icon=":material/arrow_back:")
else:
    draw_all()
