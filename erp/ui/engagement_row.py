"""Planned engagements that come round again: how often, what a change is for, the other days of the row."""

from datetime import date

import streamlit as st

from erp.queries.engagement_detail import EngagementDetail, TurnOfRow
from erp.services.engagements import cancel_engagement
from erp.services.recurrence import days_until, said
from erp.services.series import cancel_row, plan_more
from erp.ui import navigation
from erp.ui.actions import form_token, once, submit
from erp.ui.engagement_form import STAYS, Form
from erp.ui.show import folded
from erp.ui.words import FIRST_DAY, LAST_DAY, day_text, sentence
from erp.vocabulary import EngagementStatus, Reach, Repeats

#: Days named before "…" and the last one.
DAYS_NAMED = 3


def draw_repeats(form: Form) -> None:
    """Ask how often something planned comes round, and say on which days that would be."""
    first: date | None = form.value("held_on")
    if not form.may_repeat or first is None:
        return
    often, until = st.columns([4, 3], vertical_alignment="bottom")
    often.selectbox(
        "Repeats",
        [repeats.value for repeats in Repeats],
        index=None,
        format_func=lambda repeats: sentence(said(Repeats(repeats), first)),
        key=form.key("repeats"),
        placeholder="Does not repeat",
        **STAYS,
    )
    if not form.value("repeats"):
        return
    last = until.date_input(
        "Until",
        value=None,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="MM/DD/YYYY",
        key=form.key("until"),
        **STAYS,
    )
    if isinstance(last, date):
        st.caption(_days_named(days_until(Repeats(form.value("repeats")), first, last)))


def _days_named(days: list[date]) -> str:
    if len(days) < 2:
        return "It does not come round before that day."
    shown = [day_text(day) for day in days]
    if len(days) > DAYS_NAMED + 1:
        shown = [*shown[:DAYS_NAMED], f"… {shown[-1]}"]
    return f"{len(days)} planned engagements: {', '.join(shown)}."


def draw_reach(form: Form) -> None:
    """Ask which of its row a change is for, where others are planned too and this one stays planned."""
    if form.planned and form.detail is not None and _others_planned(form.detail):
        st.segmented_control(
            "This change is for",
            [reach.value for reach in Reach],
            format_func=lambda reach: Reach(reach).label,
            default=Reach.ONE.value,
            key=form.key("add_reach"),
            required=True,
            help="What you change here is carried over to the others; what else they hold stays. On another day, "
            "the others move along.",
        )


def reach_of(form: Form) -> Reach:
    """Return which of its row the change in the form is for."""
    asked = form.planned and form.detail is not None and _others_planned(form.detail)
    return Reach(form.value("add_reach") or Reach.ONE) if asked else Reach.ONE


def draw_cancel(detail: EngagementDetail) -> None:
    """Offer to cancel a planned engagement; of a row, also those after it."""
    if not _others_planned(detail):
        st.button(
            "Cancel it",
            icon=":material/event_busy:",
            on_click=submit,
            args=(cancel_engagement, detail.engagement_id, detail.version),
            kwargs={"said": "Marked as cancelled."},
        )
        return
    with st.popover("Cancel it", icon=":material/event_busy:"):
        for reach in Reach:
            st.button(
                reach.label,
                key=f"cancel_{reach}",
                on_click=submit,
                args=(cancel_row, detail.engagement_id, detail.version, reach),
                kwargs={"said": "Marked as cancelled."},
                width="stretch",
            )


def draw_row(detail: EngagementDetail, *, may_plan: bool) -> None:
    """Say how often it comes round; folded away the other days of the row, and planning it further."""
    if not detail.repeats or detail.slot_on is None:
        return
    ahead = [turn for turn in _others_planned(detail) if turn.held_on and turn.held_on > detail.slot_on]
    more = f"; {len(ahead)} more planned, the last on {day_text(ahead[-1].held_on)}" if ahead else ""
    st.markdown(f":material/event_repeat: Repeats {said(Repeats(detail.repeats), detail.slot_on)}{more}.")
    key = f"row_{detail.engagement_id}"
    folded("The other days of this row", lambda: _draw_days(detail, may_plan=may_plan), key=key)


def _draw_days(detail: EngagementDetail, *, may_plan: bool) -> None:
    for turn in detail.row:
        if turn.engagement_id != detail.engagement_id:
            label = f"{day_text(turn.held_on)} · {turn.status.label}"
            navigation.link_to("engagement", label, engagement=turn.engagement_id)
    if may_plan:
        form = f"plan_more_{detail.engagement_id}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input("Plan it further, until", value=None, format="MM/DD/YYYY", key=f"{form}_until", width=220)
            st.button(
                "Plan", icon=":material/add:", on_click=_plan, args=(detail.engagement_id, form, form_token(form))
            )


@once
def _plan(engagement_id: int, form: str, _drawn: str) -> None:
    until = st.session_state.get(f"{form}_until")
    if isinstance(until, date):
        submit(plan_more, engagement_id, until, said=f"Planned until {day_text(until)}.")


def _others_planned(detail: EngagementDetail) -> list[TurnOfRow]:
    return [
        turn
        for turn in detail.row
        if turn.status is EngagementStatus.PLANNED and turn.engagement_id != detail.engagement_id
    ]
