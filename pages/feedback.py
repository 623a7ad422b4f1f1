"""Feedback: the queue of what partners told us, and what became of it; only the giver closes a loop."""

from dataclasses import replace

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
from erp.ui import navigation
from erp.ui.actions import forget_shown, show_outcome
from erp.ui.address import more_filters, pick_in_address, switch_in_address
from erp.ui.feedback_forms import ADD_FORM, draw_add_form
from erp.ui.feedback_giver import draw_finding
from erp.ui.feedback_parts import draw_card, readable
from erp.ui.loads import load
from erp.ui.loop_filters import asked_for, draw_foot, page_of, pills_in_address
from erp.ui.partner_choice import pick_partner
from erp.ui.search import findable
from erp.ui.session import require_actor
from erp.ui.show import empty_state, folded, no_records
from erp.ui.views import draw_title
from erp.vocabulary import FeedbackKind, FeedbackState, RecordKind, Verb

TO_DO, ALL = "to_do", "all"
#: What stands in the address for the filters that are folded away.
MORE = ("kind", "feedback_mine", "feedback_voided")
EVERYTHING, MINE, NOBODYS, PAST, AGAIN = "everything", "mine", "unassigned", "past", "again"
QUEUES = {
    EVERYTHING: "Everybody's",
    MINE: "Mine",
    NOBODYS: "Nobody's yet",
    PAST: "Past target",
    AGAIN: "To ask once more",
}


def filters() -> FeedbackFilters:
    """Draw the filters above the queue and return what they say, but for the states."""
    queue = pills_in_address("Queue", "queue", QUEUES, page="feedback")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Words", key="feedback_words", bind="query-params", placeholder="In words or answer …")
        with st.container(width=300):
            partner_id = pick_partner("feedback")
    narrowed = FeedbackFilters(
        words=findable(words),
        partner_id=partner_id,
        past_target=queue == PAST,
        ask_again=queue == AGAIN,
        assigned_to=actor.user_id if queue == MINE else None,
        unassigned=queue == NOBODYS,
    )
    return more_filters(narrowed, narrow, names=MORE, key="feedback_more")


def narrow(narrowed: FeedbackFilters) -> FeedbackFilters:
    """Draw the rarer filters and narrow the queue by them."""
    kinds = {kind.value: kind.label for kind in FeedbackKind}
    kind = pick_in_address("Kind", "kind", kinds, anything="All kinds", page="feedback")
    mine = switch_in_address("Only partnerships I hold and what I wrote down", "feedback_mine", page="feedback")
    voided = switch_in_address("Voided ones", "feedback_voided", page="feedback")
    return replace(
        narrowed,
        kind=FeedbackKind(kind) if kind else None,
        holder_id=actor.user_id if mine else None,
        voided=voided,
    )


def pick_states(counts: pd.DataFrame, n_of: str) -> tuple[FeedbackState, ...]:
    """Draw the states with their counts and return those chosen; none: all of them."""
    n = dict(zip(counts["state"], counts[n_of], strict=True))
    options = {TO_DO: f"To do ({sum(n[state] for state in COUNTY_NEXT):,})"}
    options |= {state.value: f"{state.label} ({n[state]:,})" for state in FeedbackState}
    options[ALL] = f"All ({sum(n.values()):,})"
    chosen = pills_in_address("State", "state", options, page="feedback")
    if chosen in (TO_DO, ALL):
        return COUNTY_NEXT if chosen == TO_DO else ()
    return (FeedbackState(chosen),)


def draw_open(item_id: int) -> None:
    """Draw an item that the address asks for and the list below does not show, or say that it is not here."""
    try:
        draw_card(actor, load(feedback_detail, item_id).row, is_open=True)
    except NotFound as refusal:
        show_outcome()
        empty_state(str(refusal), "Look for it with the filters below.")


actor = require_actor()
draw_title("Feedback", "feedback")
st.markdown("What partners told us, and what became of it. Only the giver closes a loop.")
open_id = asked_for("feedback")
forget_shown(but_for=open_id)
with st.container():  # also when it is empty: what stands below then keeps its place and its open forms
    if open_id is None:
        show_outcome()
with st.container(horizontal=True, vertical_alignment="center"):
    navigation.link_to("decisions", "Decisions", icon=":material/gavel:")
    navigation.link_to("themes", "Themes", icon=":material/sell:")
    if navigation.may_open("public_links"):
        navigation.link_to("public_links", "Public page, links and QR codes", icon=":material/qr_code_2:")
    if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM):
        draw_finding()
if actor.may(Verb.ADD, RecordKind.FEEDBACK_ITEM):
    folded("Add feedback", lambda: draw_add_form(asked_for("partner")), key=ADD_FORM, icon=":material/add:")

wanted = filters()
counts = load(feedback_counts, wanted)
# Who is to be asked once more was told; there is no other state to choose.
states = (FeedbackState.TOLD,) if wanted.ask_again else pick_states(counts, "past" if wanted.past_target else "n")
wanted = replace(wanted, states=states)
total = int(
    counts.loc[counts["state"].isin(states or list(FeedbackState)), "past" if wanted.past_target else "n"].sum()
)
page, pages = page_of(wanted, total, PAGE_ROWS)
items = load(feedback_list, wanted, page)

if open_id is not None and open_id not in set(items["item_id"]):
    draw_open(open_id)
if not counts["n"].sum() and wanted == FeedbackFilters(states=COUNTY_NEXT):
    no_records(
        "No feedback is recorded yet.",
        "Add what a partner told you last, or import the county's own list. Praise counts as much as a concern.",
        RecordKind.FEEDBACK_ITEM,
    )
elif items.empty and wanted == FeedbackFilters(states=COUNTY_NEXT):
    empty_state("Nothing waits for us.", "Items told but not confirmed are under “Told, not confirmed”.")
elif items.empty:
    empty_state("No feedback fits these filters.", "Take a filter away, or choose another state.")
for row in items.to_dict("records"):
    draw_card(actor, row, is_open=row["item_id"] == open_id)
if total:
    draw_foot(
        RecordKind.FEEDBACK_ITEM,
        wanted,
        pages,
        "feedback",
        lambda session, who: readable(feedback_list(session, who, replace(wanted, for_file=True), rows=None)),
    )
