"""How a promise reads: its card in the list, who owes whom, what is due and what became of it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.queries.commitments import OPEN_GROUPS, OwedBy, PromiseGroup, promise_detail
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.engagement_parts import day_text, plain
from erp.ui.history import draw_changes
from erp.ui.loads import load
from erp.ui.loop_filters import close_record, open_record
from erp.ui.promise_forms import draw_keep, draw_mending, draw_reopen, draw_withdraw, keep_today
from erp.vocabulary import CommitmentState, RecordKind, Verb

S = CommitmentState
#: State → icon and color of its badge; the words beside them say the same.
BADGES: dict[CommitmentState, tuple[str, Any]] = {
    S.OPEN: (":material/pending:", "blue"),
    S.OVERDUE: (":material/schedule:", "orange"),
    S.KEPT: (":material/check_circle:", "green"),
    S.KEPT_LATE: (":material/check_circle:", "gray"),
    S.WITHDRAWN: (":material/handshake:", "gray"),
}


# --- Words ------------------------------------------------------------------------------------------------


def due_line(row: Mapping[str, Any]) -> str:
    """Say when a promise is due and what became of it."""
    due = _due(row)
    if row["state"] is S.WITHDRAWN:
        return f"Withdrawn by agreement {day_text(row['withdrawn_on'])}: {row['reason']} ({due})"
    if row["state"] in (S.KEPT, S.KEPT_LATE):
        late = (row["done_on"] - row["due_on"]).days if row["state"] is S.KEPT_LATE else 0
        return f"Kept {day_text(row['done_on'])}" + (f", {_days(late)} late" if late else "") + f" ({due})"
    over = 0 if pd.isna(row["days_over"]) else int(row["days_over"])
    if row["state"] is S.OVERDUE:
        return f"{due[:1].upper()}{due[1:]} – {_days(over)} past"
    left = f" – in {_days(-over)}" if over < 0 else " – today" if not pd.isna(row["due_on"]) else ""
    return f"{due[:1].upper()}{due[1:]}{left}"


def _due(row: Mapping[str, Any]) -> str:
    if not pd.isna(row["due_on"]):
        return f"due {day_text(row['due_on'])}"
    return f"due, as written: “{row['due_words']}”" if row["due_words"] else "no due day"


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"


def owed_line(row: Mapping[str, Any]) -> str:
    """Say who owes whom."""
    partner = row["partner"] or "a partner not named"
    if pd.isna(row["partner_id"]) and row["partner"]:
        partner += " (not linked yet)"
    if row["owed_by"] is OwedBy.COUNTY:
        return f"The county owes it to {partner}"
    if row["owed_by"] is OwedBy.PARTNER:
        return f"{partner} owes it"
    return f"{row['owed_by_words'] or 'Another body'} owes it" + (f"; with {partner}" if row["partner"] else "")


def readable(promises: pd.DataFrame) -> pd.DataFrame:
    """Return promises with the headings and words a person reads, for a file."""
    return pd.DataFrame(
        {
            "Key": promises["key"],
            "What": promises["what"],
            "State": [state.label for state in promises["state"]],
            "Owed by": [words or who.label for who, words in promises[["owed_by", "owed_by_words"]].to_numpy()],
            "Partner": promises["partner"],
            "Made at": promises["engagement"],
            "Made": promises["made_on"],
            "Due": [day or words for day, words in promises[["due_on", "due_words"]].astype(object).to_numpy()],
            "Kept": [day or words for day, words in promises[["done_on", "done_words"]].astype(object).to_numpy()],
            "Withdrawn": promises["withdrawn_on"],
            "Reason": promises["reason"],
            "Notes": promises["notes"],
        }
    )


# --- The card ---------------------------------------------------------------------------------------------


def draw_card(actor: Actor, row: Mapping[str, Any], *, is_open: bool) -> None:
    """Draw one promise: what, who owes whom, by when; one click keeps it; opened also the other forms."""
    promise_id = int(row["commitment_id"])
    with st.container(border=True, gap="small", key=f"promise_{promise_id}"):
        if is_open:
            with st.container():  # also when it is empty: what stands below then keeps its place and its open forms
                show_outcome()
        _draw_words(row)
        may = actor.may(Verb.CHANGE, RecordKind.COMMITMENT) and not row["voided"]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _draw_links(row)
            if not is_open:
                _draw_way_in(row, promise_id, may_keep=may and row["group"] in OPEN_GROUPS)
        if not is_open:
            return
        _draw_rest(row)
        if may and row["group"] in OPEN_GROUPS:
            draw_keep(row)
            draw_withdraw(row)
        elif may:
            draw_reopen(row)
        draw_mending(actor, row)
        draw_changes(RecordKind.COMMITMENT, promise_id, closed=bool(row["voided"]))
        st.button("Close", key=f"promise_close_{promise_id}", on_click=close_record, args=("promise",))


def _draw_words(row: Mapping[str, Any]) -> None:
    icon, color = BADGES[row["state"]]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if row["voided"]:
            st.badge("Voided", icon=":material/block:", color="gray")
        st.badge(row["state"].label, icon=icon, color=color)
        st.markdown(f"**{plain(due_line(row))}**" if row["state"] is S.OVERDUE else plain(due_line(row)))
    st.markdown(f"**{plain(row['what'])}**".replace("\n", "  \n"))
    st.caption(plain(owed_line(row)))


def _draw_links(row: Mapping[str, Any]) -> None:
    if not pd.isna(row["partner_id"]):
        navigation.link_to("partner", "Partner", partner=int(row["partner_id"]))
    if not pd.isna(row["engagement_id"]):
        navigation.link_to("engagement", "Meeting", engagement=int(row["engagement_id"]))


def _draw_way_in(row: Mapping[str, Any], promise_id: int, *, may_keep: bool) -> None:
    if may_keep:
        st.button(
            "Kept today",
            key=f"promise_kept_{promise_id}",
            icon=":material/check:",
            on_click=keep_today,
            args=(promise_id, row["version"]),
        )
    st.button("Open", key=f"promise_open_{promise_id}", on_click=open_record, args=("promise", promise_id))


def _draw_rest(row: Mapping[str, Any]) -> None:
    made = f"Made {day_text(row['made_on'])}. " if not pd.isna(row["made_on"]) else ""
    meeting = f"Made at: {row['engagement']}. " if row["engagement"] else ""
    st.markdown(plain(f"{made}{meeting}Key {row['key']}."))
    if row["voided"]:
        st.markdown(f"Voided: {plain(row['void_reason'])}")
    if row["done_words"] and pd.isna(row["done_on"]):
        st.markdown(f"Done, as written: “{plain(row['done_words'])}”")
    if row["reason"] and row["state"] is not S.WITHDRAWN:
        st.markdown(f"Reason given last: {plain(row['reason'])}")
    if row["notes"]:
        st.markdown(f"Notes: {plain(row['notes'])}")
    for heading, cell in load(promise_detail, int(row["commitment_id"]))["extras"].items():
        st.markdown(f"{plain(heading)}: {plain(cell)}")


def group_head(group: PromiseGroup, n: int) -> None:
    """Draw the heading of a group with how many promises are in it."""
    st.header(f"{group.label} ({n:,})", anchor=False)
