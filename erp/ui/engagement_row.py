"""Planned engagements that come round again: how often, what a change is for, the other days of the row."""

from datetime import date

import streamlit as st

from erp.queries.engagement_detail import EngagementDetail, TurnOfRow
from erp.services.engagements import YEARS_AHEAD, cancel_engagement
from erp.services.recurrence import days_until, said
from erp.services.series import MOST_TURNS, cancel_row, plan_more
from erp.ui import navigation
from erp.ui.actions import once, refuse, submit
from erp.ui.engagement_form import STAYS, Form
from erp.ui.loads import county_today
from erp.ui.show import folded
from erp.ui.words import FIRST_DAY, day_text, sentence
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
        format_func=lambda repeats: Repeats(repeats).label,  # the same whatever the day: the label is what is sent
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
        max_value=date(county_today().year + YEARS_AHEAD, 12, 31),
        format="MM/DD/YYYY",
        key=form.key("until"),
        **STAYS,
    )
    if isinstance(last, date):
        st.caption(_days_named(Repeats(form.value("repeats")), first, last))


def _days_named(repeats: Repeats, first: date, last: date) -> str:
    days = days_until(repeats, first, last)
    if len(days) < 2:
        return "It does not come round before that day."
    if len(days) > MOST_TURNS:
        return f"That would be {len(days)}, {MOST_TURNS} at most: choose an earlier day."
    shown = [day_text(day) for day in days]
    if len(days) > DAYS_NAMED + 1:
        shown = [*shown[:DAYS_NAMED], f"… {shown[-1]}"]
    return f"{sentence(said(repeats, first))}: {len(days)} planned engagements, {', '.join(shown)}."


def draw_reach(form: Form) -> None:
    """Ask which of its row a change is for, where others are still to come and this one stays planned."""
    reaches = _reaches(form.detail) if form.planned and form.detail is not None else []
    if len(reaches) > 1:
        st.segmented_control(
            "This change is for",
            [reach.value for reach in reaches],
            format_func=lambda reach: Reach(reach).label,
            key=form.key("reach"),
            required=True,
            help="What you change here is carried over to the others; what else they hold stays. On another day, "
            "the others move along.",
            **STAYS,
        )


def reach_of(form: Form) -> Reach:
    """Return which of its row the change in the form is for."""
    reach = Reach(form.value("reach") or Reach.ONE)
    return reach if form.planned and form.detail is not None and reach in _reaches(form.detail) else Reach.ONE


def draw_cancel(detail: EngagementDetail) -> None:
    """Offer to cancel a planned engagement; of a row, also those after it."""
    reaches = _reaches(detail)
    if len(reaches) == 1:
        st.button(
            "Cancel it",
            icon=":material/event_busy:",
            on_click=submit,
            args=(cancel_engagement, detail.engagement_id, detail.version),
            kwargs={"said": "Marked as cancelled."},
        )
        return
    with st.popover("Cancel it", icon=":material/event_busy:"):
        for reach in reaches:
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
    if not detail.repeats or detail.counted_from is None:
        return
    ahead = _others_to_come(detail)
    more = f"; {len(ahead)} more to come, the last on {day_text(ahead[-1].held_on)}" if ahead else ""
    st.markdown(f":material/event_repeat: Repeats {said(Repeats(detail.repeats), detail.counted_from)}{more}.")
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
            drawn = (detail.engagement_id, form, len(detail.row))
            st.button("Plan", icon=":material/add:", on_click=_plan, args=drawn)


@once
def _plan(engagement_id: int, form: str, _drawn: int) -> None:
    until = st.session_state.get(f"{form}_until")
    if isinstance(until, date):
        submit(plan_more, engagement_id, until, said=f"Planned until {day_text(until)}.")
    else:
        refuse("Choose the day until which it is to be planned.")


def _others_to_come(detail: EngagementDetail) -> list[TurnOfRow]:
    this_day = county_today()
    return [
        turn
        for turn in detail.row
        if turn.status is EngagementStatus.PLANNED
        and turn.engagement_id != detail.engagement_id
        and (turn.held_on is None or turn.held_on >= this_day)
    ]


def _reaches(detail: EngagementDetail) -> list[Reach]:
    """Return which of its row a change may be for: others only where there are any still to come."""
    others = {turn.engagement_id for turn in _others_to_come(detail)}
    if not others:
        return [Reach.ONE]
    row = [turn.engagement_id for turn in detail.row]
    later = row[row.index(detail.engagement_id) + 1 :] if detail.engagement_id in row else []
    return [Reach.ONE, *([Reach.FOLLOWING] if others & set(later) else []), Reach.ALL]
