"""How a feedback item reads: its card in the queue, what comes next, its history."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.queries.feedback import FeedbackDetail, feedback_detail
from erp.queries.targets import COUNTY_NEXT
from erp.states import FEEDBACK_TRANSITIONS
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.engagement_parts import day_text, plain
from erp.ui.feedback_forms import draw_mending, draw_step
from erp.ui.feedback_giver import draw_giver
from erp.ui.feedback_work import draw_work
from erp.ui.history import draw_changes
from erp.ui.loads import load
from erp.ui.loop_filters import close_record, open_record
from erp.ui.words import plain_lines
from erp.vocabulary import FeedbackState, Readers, RecordKind, Signed, Verb

S = FeedbackState
#: State → icon and color of its badge; the words beside them say the same.
BADGES: dict[FeedbackState, tuple[str, Any]] = {
    S.RECEIVED: (":material/inbox:", "gray"),
    S.ACKNOWLEDGED: (":material/mark_email_read:", "blue"),
    S.DECIDED: (":material/gavel:", "blue"),
    S.TOLD: (":material/hourglass_top:", "orange"),
    S.CONFIRMED: (":material/check_circle:", "green"),
    S.REOPENED: (":material/replay:", "red"),
    S.UNCONFIRMED: (":material/do_not_disturb_on:", "gray"),
}
#: The steps every item should have gone through, in their order; a missing one reads "not recorded".
LADDER = (S.RECEIVED, S.ACKNOWLEDGED, S.DECIDED, S.TOLD)


# --- Words ------------------------------------------------------------------------------------------------


def next_words(row: Mapping[str, Any]) -> str:
    """Say what comes next and by when, or that it is the giver's turn."""
    if row["voided"]:
        return f"Voided: {row['void_reason']}"
    if not pd.isna(row["duplicate_of"]):
        return f"Entered twice: what is done with {row['duplicate_key']} is done with this, too."
    if row["paused_on"] is not None:
        return f"Rests since {day_text(row['paused_on'])}: {row['paused_because']}"
    if row["state"] is S.UNCONFIRMED:
        return "Closed by leadership, not confirmed by the giver, who can still say whether it is fixed."
    if row["state"] is S.CONFIRMED:
        return "The giver confirmed: the loop is closed."
    if row["state"] is S.TOLD and row["signed"] is not Signed.NOTED:
        return "Told, not confirmed: the giver reads it with the receipt and says there whether it is fixed."
    if row["state"] is S.TOLD and row["anonymous"]:
        return "Told, not confirmed: the giver left no way back, so nobody can be asked whether it is fixed."
    if row["state"] is S.TOLD:
        return "Told, not confirmed: ask the giver whether it is fixed. Only they can close it."
    step = next(iter(FEEDBACK_TRANSITIONS[row["state"]].values()))
    if pd.isna(row["target_on"]):
        return f"Next: {step}. No day received is recorded, so no target."
    over = int(row["days_past"])
    late = f" – {over} {'day' if over == 1 else 'days'} past the target" if over > 0 else ""
    return f"Next: {step} by {day_text(row['target_on'])}{late}."


def stepplain_lines(detail: FeedbackDetail) -> list[str]:
    """Return the history of an item as Markdown lines, with "not recorded" for steps that were skipped."""
    steps = detail.steps.to_dict("records")
    there = {step["step"] for step in steps}
    lines: list[str] = []
    reached = 0
    for step in steps:
        if step["step"] in LADDER:
            place = LADDER.index(step["step"])
            lines += [f"**{s.label}** – not recorded" for s in LADDER[reached:place] if s not in there]
            reached = max(reached, place + 1)
        lines.append(_step_line(step))
    return lines


def _step_line(step: Mapping[Any, Any]) -> str:
    day = day_text(step["on_day"]) if not pd.isna(step["on_day"]) else "day not recorded"
    label = "Told the giver" if step["step"] is S.TOLD else step["step"].label
    how = f", {plain(step['how'][:1].lower() + step['how'][1:])}" if step["how"] else ""
    said = f": “{plain(step['said'])}”" if step["said"] else ""
    short = "" if step["counts"] else " (a day without an answer or an answer without a day: does not count as told)"
    by = f" · recorded by {plain(step['by'])}" if step["by"] else ""
    return f"**{label}** {day}{how}{said}{short}{by}"


def readable(items: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the queue with the headings and words a person reads, for a file."""
    return pd.DataFrame(
        {
            "Key": items["key"],
            "State": [state.label for state in items["state"]],
            "Partner": items["partner"],
            "From": items["giver"],
            "Works on it": items["assignee"],
            "Kind": items["kind"],
            "Way": items["way"],
            "Received": [d or w for d, w in items[["received_on", "received_words"]].astype(object).to_numpy()],
            "Words": items["words"],
            "Language": items["language"],
            "Translation": items["translation"],
            "Decision": items["decision"],
            "Next step by": items["target_on"],
            "Days past target": [int(days) if days > 0 else "" for days in items["days_past"].fillna(0)],
        }
    )


# --- The card ---------------------------------------------------------------------------------------------


def draw_card(actor: Actor, row: Mapping[str, Any], *, is_open: bool) -> None:
    """Draw one item: what was said, by whom, where it stands and what comes next; opened also forms and history."""
    item_id = int(row["item_id"])
    with st.container(border=True, gap="small", key=f"feedback_{item_id}"):
        if is_open:
            with st.container():  # also when it is empty: what stands below then keeps its place and its open forms
                show_outcome()
        _draw_head(row)
        _draw_words(row)
        if not is_open:
            with st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
            ):
                _draw_next(row)
                _draw_way_in(actor, row, item_id)
            return
        _draw_next(row)
        detail = load(feedback_detail, item_id)
        if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM) and not row["voided"]:
            if row["paused_on"] is None:
                draw_step(actor, detail)
            draw_work(detail)
        _draw_steps(detail)
        draw_giver(actor, detail)
        draw_mending(actor, detail)
        draw_changes(RecordKind.FEEDBACK_ITEM, item_id, closed=bool(row["voided"]))
        st.button("Close", key=f"feedback_close_{item_id}", on_click=close_record, args=("feedback",))


def _draw_head(row: Mapping[str, Any]) -> None:
    state = row["state"]
    icon, color = BADGES[state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if row["voided"]:
            st.badge("Voided", icon=":material/block:", color="gray")
        st.badge(state.label, icon=icon, color=color)
        st.badge(plain(row["kind"]), color="gray")
        if row["readers"] is not Readers.TEAM:
            st.badge(row["readers"].label, icon=":material/lock:", color="violet")
        if not pd.isna(row["partner_id"]):
            navigation.link_to("partner", plain(row["partner"]), partner=int(row["partner_id"]))
        elif row["partner"]:
            st.markdown(f"{plain(row['partner'])} (not linked yet)")


def _draw_words(row: Mapping[str, Any]) -> None:
    st.markdown(f"“{plain_lines(row['words'])}”")
    if row["translation"]:
        st.markdown(f"In English: “{plain_lines(row['translation'])}”")
    received = day_text(row["received_on"] if not pd.isna(row["received_on"]) else None, row["received_words"])
    language = f" · {row['language']}" if row["language"] else ""
    works = f" · with {row['assignee']}" if row["assignee"] else ""
    st.caption(
        plain(f"From {row['giver']} · {row['way'].lower()} · received: {received}{language}{works} · {row['key']}")
    )
    if row["decision"]:
        st.markdown(f"Decided: {plain_lines(row['decision'])}")


def _draw_next(row: Mapping[str, Any]) -> None:
    if not row["voided"] and not pd.isna(row["days_past"]) and row["days_past"] > 0:
        st.markdown(f":material/schedule: **{plain(next_words(row))}**")
    else:
        st.markdown(f":material/arrow_forward: {plain(next_words(row))}")


def _draw_way_in(actor: Actor, row: Mapping[str, Any], item_id: int) -> None:
    somebody_next = row["state"] in COUNTY_NEXT or (row["state"] is S.TOLD and not row["anonymous"])
    with st.container(horizontal=True, width="content", gap="small"):
        if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM) and not row["voided"] and somebody_next:
            verb = next(iter(FEEDBACK_TRANSITIONS[row["state"]].values()))
            st.button(
                f"{verb[:1].upper()}{verb[1:]}",
                key=f"feedback_next_{item_id}",
                type="primary" if row["state"] in COUNTY_NEXT else "secondary",
                on_click=open_record,
                args=("feedback", item_id),
            )
        st.button("Open", key=f"feedback_open_{item_id}", on_click=open_record, args=("feedback", item_id))


def _draw_steps(detail: FeedbackDetail) -> None:
    st.markdown("**What happened**")
    st.markdown("\n".join(f"{n}. {line}" for n, line in enumerate(stepplain_lines(detail), 1)))
    if detail.engagement_id is not None:
        label = plain(f"Said at: {detail.engagement}")
        navigation.link_to("engagement", label, icon=":material/forum:", engagement=detail.engagement_id)
    if detail.notes:
        st.markdown(f"Notes: {plain(detail.notes)}")
    for heading, cell in detail.extras.items():
        st.markdown(f"{plain(heading)}: {plain(cell)}")
