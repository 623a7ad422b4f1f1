"""Barriers: what gets in the way, in partners' words; who owns it together, what is tried, and whether it is gone."""

import streamlit as st

from erp.errors import NotFound
from erp.queries.barrier_detail import barrier_detail
from erp.queries.barriers import GROUPS, BarrierFilter, barrier_list, group_counts
from erp.services.barriers import restore_barrier, void_barrier
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.address import number_in_address, pick_in_address
from erp.ui.barrier_evidence import draw_evidence
from erp.ui.barrier_parts import draw_correcting, draw_folded_adding, draw_head, draw_rows, readable
from erp.ui.barrier_solving import draw_actions, draw_options
from erp.ui.barrier_work import draw_next, draw_owners, draw_story, draw_verdicts
from erp.ui.history import draw_changes
from erp.ui.loads import load
from erp.ui.loop_filters import pills_in_address
from erp.ui.partner_choice import pick_partner
from erp.ui.placing import placing_choices
from erp.ui.session import require_actor
from erp.ui.show import empty_state, no_records, offer_list
from erp.ui.views import draw_title
from erp.ui.voiding import draw_restore, draw_void
from erp.ui.words import plain
from erp.vocabulary import RecordKind, Verb

actor = require_actor()


def filters() -> BarrierFilter:
    """Draw the filters above the register and return what they say."""
    left, right = st.columns(2)
    with left:
        issues = placing_choices("issue") | {"none": "Not placed yet"}
        issue = pick_in_address("CAPP systemic issue", "issue", issues, anything="All issues", page="barriers")
    with right:
        partner_id = pick_partner("barriers")
    mine = st.toggle("Only those I own or wrote down", key="barrier_mine", bind="query-params")
    wanted = BarrierFilter("open", issue, partner_id, actor.user_id if mine else None)
    counts = load(group_counts, wanted)
    options = {group: f"{label} ({counts[group]:,})" for group, (label, _) in GROUPS.items()}
    group = pills_in_address("State", "state", options, page="barriers")
    return BarrierFilter(group, wanted.issue, wanted.partner_id, wanted.owner_id)


def draw_all() -> None:
    """Draw the register, and the form for a new barrier."""
    draw_title("Barriers", "barriers")
    show_outcome()
    st.markdown("What gets in the way, in the words of those who meet it. Only partners say that it is gone.")
    with st.container(horizontal=True):
        navigation.link_to("capp", "By CAPP systemic issue", icon=":material/account_tree:")
        navigation.link_to("reviews", "Local system reviews", icon=":material/manage_search:")
        navigation.link_to("decisions", "Decisions", icon=":material/gavel:")
    if actor.may(Verb.ADD, RecordKind.BARRIER):
        draw_folded_adding()
    wanted = filters()
    barriers = load(barrier_list, wanted)
    if not barriers.empty:
        draw_rows(barriers)
        offer_list("barriers", RecordKind.BARRIER, lambda session, who: readable(session, who, wanted))
    elif wanted == BarrierFilter():
        what_next = "Name the first one from feedback, from a point of a meeting, or from a finding of a review."
        no_records("No barrier is open.", what_next, RecordKind.BARRIER)
    else:
        empty_state("No barrier fits these filters.", "Take a filter away, or choose another state.")


def draw_one(barrier_id: int) -> None:
    """Draw one barrier."""
    try:
        detail = load(barrier_detail, barrier_id)
    except NotFound as refusal:
        st.title("Barrier", anchor=False)
        empty_state(str(refusal), "Look for it among all barriers.")
        return
    may_change = actor.may(Verb.CHANGE, RecordKind.BARRIER) and not detail.voided
    st.title(f"“{plain(detail.words)}”", anchor=False)
    show_outcome()
    draw_head(detail)
    if may_change:
        draw_next(detail)
    draw_evidence(detail, may_change=may_change)
    draw_owners(detail, may_change=may_change)
    draw_options(detail, may_change=may_change)
    draw_actions(detail, may_change=may_change)
    draw_verdicts(detail, may_change=may_change)
    draw_story(detail)
    if may_change and actor.may(Verb.ADD, RecordKind.DECISION):
        about = {"from_barrier": barrier_id}
        navigation.link_to("decisions", "Record a decision about it", icon=":material/add:", **about)
    if may_change:
        draw_correcting(detail)
    if actor.may(Verb.ARCHIVE, RecordKind.BARRIER):
        if detail.voided:
            draw_restore("barrier", restore_barrier, barrier_id, detail.version)
        else:
            draw_void("barrier", void_barrier, barrier_id, detail.version)
    draw_changes(RecordKind.BARRIER, barrier_id, closed=detail.voided)


if "barrier" in st.query_params:
    draw_one(number_in_address("barrier"))
    navigation.link_to("barriers", "All barriers", key="all_barriers", icon=":material/arrow_back:")
else:
    draw_all()
