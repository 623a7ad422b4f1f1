"""Promises: what the county and its partners said they would do, overdue first, then what is due."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from erp.errors import NotFound
from erp.queries.commitments import (
    OPEN_GROUPS,
    PAGE_ROWS,
    OwedBy,
    PromiseFilters,
    PromiseGroup,
    promise_counts,
    promise_detail,
    promise_list,
)
from erp.ui.actions import show_outcome
from erp.ui.address import more_filters, pick_in_address, switch_in_address
from erp.ui.loads import load
from erp.ui.loop_filters import asked_for, draw_foot, page_of, pills_in_address
from erp.ui.partner_choice import pick_partner
from erp.ui.promise_forms import ADD_FORM, draw_add_form
from erp.ui.promise_parts import draw_card, group_head, readable
from erp.ui.search import findable
from erp.ui.session import require_actor
from erp.ui.show import empty_state, folded, no_records
from erp.ui.views import draw_title
from erp.vocabulary import RecordKind, Verb

STILL_OPEN, ALL = "open", "all"
#: What stands in the address for the filters that are folded away.
MORE = ("owed_by", "promise_mine", "promise_voided")


def filters() -> PromiseFilters:
    """Draw the filters above the list and return what they say, but for the groups."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Words", key="promise_words", bind="query-params", placeholder="In what was promised …")
        with st.container(width=300):
            partner_id = pick_partner("promises")
    narrowed = PromiseFilters(words=findable(words), partner_id=partner_id)
    return more_filters(narrowed, narrow, names=MORE, key="promise_more")


def narrow(narrowed: PromiseFilters) -> PromiseFilters:
    """Draw the rarer filters and narrow the list by them."""
    owed = {owed.value: owed.label for owed in OwedBy}
    owed_by = pick_in_address("Owed by", "owed_by", owed, anything="Anybody", page="promises")
    mine = switch_in_address("Only partnerships I hold and what I wrote down", "promise_mine", page="promises")
    voided = switch_in_address("Voided ones", "promise_voided", page="promises")
    return replace(
        narrowed,
        owed_by=OwedBy(owed_by) if owed_by else None,
        holder_id=actor.user_id if mine else None,
        voided=voided,
    )


def pick_groups(counts: pd.DataFrame) -> tuple[PromiseGroup, ...]:
    """Draw the groups with their counts and return those chosen; none: all of them."""
    n = dict(zip(counts["group"], counts["n"], strict=True))
    options = {STILL_OPEN: f"Open ({sum(n[group] for group in OPEN_GROUPS):,})"}
    options |= {group.value: f"{group.label} ({n[group]:,})" for group in PromiseGroup}
    options[ALL] = f"All ({sum(n.values()):,})"
    chosen = pills_in_address("State", "state", options, page="promises")
    if chosen in (STILL_OPEN, ALL):
        return OPEN_GROUPS if chosen == STILL_OPEN else ()
    return (PromiseGroup(chosen),)


def draw_open(promise_id: int) -> None:
    """Draw a promise that the address asks for and the list below does not show, or say that it is not here."""
    try:
        draw_card(actor, load(promise_detail, promise_id), is_open=True)
    except NotFound as refusal:
        show_outcome()
        empty_state(str(refusal), "Look for it with the filters below.")


actor = require_actor()
draw_title("Promises", "promises")
st.markdown("What the county and its partners said they would do, what is due, and what was kept.")
open_id = asked_for("promise")
with st.container():  # also when it is empty: what stands below then keeps its place and its open forms
    if open_id is None:
        show_outcome()
if actor.may(Verb.ADD, RecordKind.COMMITMENT):
    folded("Add a promise", lambda: draw_add_form(asked_for("partner")), key=ADD_FORM, icon=":material/add:")

wanted = filters()
counts = load(promise_counts, wanted)
wanted = replace(wanted, groups=pick_groups(counts))
in_group = dict(zip(counts["group"], counts["n"], strict=True))
total = sum(int(in_group[group]) for group in wanted.groups or PromiseGroup)
page, pages = page_of(wanted, total, PAGE_ROWS)
promises = load(promise_list, wanted, page)

if open_id is not None and open_id not in set(promises["commitment_id"]):
    draw_open(open_id)
if not sum(in_group.values()) and wanted == PromiseFilters(groups=OPEN_GROUPS):
    no_records(
        "No promise is recorded yet.",
        "Add what was promised at the last meeting, by either side, or import the county's own list.",
        RecordKind.COMMITMENT,
    )
elif promises.empty and wanted == PromiseFilters(groups=OPEN_GROUPS):
    empty_state("Every promise is kept or withdrawn by agreement.", "Look at them under “Kept”.")
elif promises.empty:
    empty_state("No promise fits these filters.", "Take a filter away, or choose another state.")
for group, of_group in promises.groupby("group", sort=False):
    group_head(PromiseGroup(group), in_group[group])
    for row in of_group.to_dict("records"):
        draw_card(actor, row, is_open=row["commitment_id"] == open_id)
if total:
    draw_foot(
        RecordKind.COMMITMENT,
        wanted,
        pages,
        "promises",
        lambda session, who: readable(promise_list(session, who, wanted, rows=None)),
    )
