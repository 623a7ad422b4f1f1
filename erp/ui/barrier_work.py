"""Working on a barrier on its page: the next step, what shows it, owners, ways to solve it, actions, verdicts."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.barrier_detail import BarrierDetail
from erp.queries.choices import holder_choices
from erp.queries.decisions import decisions_on_barrier
from erp.services.barrier_work import (
    OWNER,
    VERDICT,
    OwnerDraft,
    VerdictDraft,
)
from erp.services.barriers import take_barrier_step
from erp.states import BARRIER_TRANSITIONS
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, forget_form, form_button, once
from erp.ui.loads import county_today, load
from erp.ui.loop_filters import toast_outcome
from erp.ui.part_forms import Field, PartForm, define, draw_add, draw_part
from erp.ui.partner_words import counted, records
from erp.ui.session import require_actor
from erp.ui.show import folded
from erp.ui.words import day_text, plain, plain_lines
from erp.vocabulary import BarrierState, Verdict

S = BarrierState


def _both(typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Make two owners of a form in which a partner and somebody of the county were chosen."""
    if typed["partner_id"] is None or typed["account_id"] is None:
        return [typed]
    return [typed | {"account_id": None}, typed | {"partner_id": None, "role": ""}]


OWNERS = define(
    "barrier_owner",
    PartForm(
        OWNER,
        OwnerDraft,
        (
            Field("partner_id", "A partner", "partner", blank="No partner now"),
            Field("account_id", "Somebody of the county", "choice", blank="Nobody now"),
            Field(
                "role",
                "The partner's people, by role (may stay blank)",
                help="“Chair of the council”: no family's name.",
            ),
            Field("until_on", "The last day they owned it (may stay blank)", "day"),
        ),
        add="Add who owns it",
        said="Saved. Once both sides own it, write down above what you agreed.",
        split=_both,
        later=("until_on",),
    ),
)
VERDICTS = define(
    "barrier_verdict",
    PartForm(
        VERDICT,
        VerdictDraft,
        (
            Field("verdict", "What they say", "choice", blank="Not answered yet"),
            Field("said", "Their words", "text"),
            Field("on_day", "Day they said so", "day"),
        ),
        add="",
        said="Saved what they say.",
        label=lambda part: "Write down what they say" if pd.isna(part["verdict"]) else "Change",
        voids=False,
    ),
)
SAYS = {verdict.value: verdict.label for verdict in Verdict}
#: Next state → what is told once it is saved.
TOLD = {
    S.TAKEN_UP: "Saved. You work on it together.",
    S.ASKED: "Saved. Nothing is sent: ask each partner, and write down here what it says.",
    S.BACK: "Reopened.",
    S.SET_ASIDE: "Set aside; the reason stays with it.",
}
#: Next state → what the button says, and what is asked.
STEPS = {
    S.TAKEN_UP: ("Work on it together", "What county and partners agreed"),
    S.ASKED: ("Ask the partners whether it is gone", "What was done about it, as the partners read it"),
    S.BACK: ("Reopen it", "How it came back, in the words of who met it"),
    S.SET_ASIDE: ("Set it aside", "Why, as the partners read it"),
}


def draw_next(detail: BarrierDetail) -> None:
    """Draw the forms of the steps that may follow, for somebody who may take them."""
    if detail.state is S.ASKED:
        _draw_asked(detail)
    steps = [step for step in BARRIER_TRANSITIONS[detail.state] if step is not S.GONE]
    for place, step in enumerate(steps):
        label = "Go on working on it" if detail.state in (S.ASKED, S.BACK) and step is S.TAKEN_UP else STEPS[step][0]
        if place == 0 and detail.state is not S.ASKED:
            with st.container(border=True):
                _draw_step(detail, step, label, first=True)
        else:
            key = f"barrier_step_{step}_{detail.barrier_id}"
            folded(label, lambda step=step, label=label: _draw_step(detail, step, label, first=False), key=key)


def _draw_step(detail: BarrierDetail, step: BarrierState, label: str, *, first: bool) -> None:
    owners = detail.owners_now
    if step in (S.TAKEN_UP, S.ASKED) and (owners["account_id"].isna().all() or owners["partner_id"].isna().all()):
        st.markdown(
            "**Next: who owns it?** It is worked on by somebody of the county and a partner together. Add both below."
        )
        return
    at = field_keys(f"barrier_step_{detail.barrier_id}_{step}")
    with st.form(f"{at}_form", border=False):
        st.text_area(STEPS[step][1], key=f"{at}_said", height=90, max_chars=2000)
        st.date_input(
            "Day", value=county_today(), min_value=detail.steps["on_day"].iloc[-1], max_value=county_today(),
            key=f"{at}_on", format="MM/DD/YYYY",
        )  # fmt: skip
        guard.draw(at)
        look: dict[str, Any] = {"type": "primary"} if first else {}
        form_button(label, _step, detail.barrier_id, detail.version, step.value, at, **look)


@once
def _step(barrier_id: int, version: int, step: str, at: str) -> None:
    said = str(st.session_state.get(f"{at}_said") or "")
    values = (barrier_id, version, BarrierState(step), st.session_state[f"{at}_on"], said)
    told = TOLD[BarrierState(step)]
    if guard.guarded(at, {"What is said": said}, take_barrier_step, *values, said=told) is not None:
        forget_form(f"barrier_step_{barrier_id}_{step}")
    toast_outcome()


def _draw_asked(detail: BarrierDetail) -> None:
    asked = detail.verdicts[detail.verdicts["is_asked"]]
    with st.container(border=True, key=f"barrier_asked_{detail.barrier_id}"):
        answered = int(asked["verdict"].notna().sum())
        st.markdown(
            f"**{counted(len(asked), 'partner was', 'partners were')} asked whether it is gone; {answered} answered.** "
            "Ask each of them, and write down what it says: it is gone once all say so, and the first who says that "
            "it is not sends it back to work."
        )
        for part in records(asked):
            draw = partial(_draw_verdict, part)
            today = {"on_day": county_today()} if pd.isna(part["on_day"]) else {}
            draw_part(VERDICTS, detail.barrier_id, part | today, draw, may_change=True, choices={"verdict": SAYS})


def draw_owners(detail: BarrierDetail, *, may_change: bool) -> None:
    """Draw who owns the barrier, from the county and from partners."""
    st.header("Who owns it together", anchor=False)
    accounts = load(holder_choices)
    people = dict(zip(accounts["account_id"].astype(int), accounts["name"], strict=True))
    owners_of_county = detail.owners_now.dropna(subset=["account_id"])
    if detail.owners_now.empty:
        st.markdown("Nobody yet.")
    for part in records(detail.owners):
        draw, choices = partial(_draw_owner, part), {"account_id": people}
        draw_part(OWNERS, detail.barrier_id, part, draw, may_change=may_change, choices=choices)
    if may_change:
        me = require_actor().user_id if owners_of_county.empty else None
        draw_add(OWNERS, detail.barrier_id, {"account_id": people}, {"account_id": me})


def _draw_owner(part: Mapping[str, Any]) -> None:
    until = f" · until {day_text(part['until_on'])}" if not pd.isna(part["until_on"]) else ""
    role = f", {part['role']}" if part["role"] else ""
    if pd.isna(part["partner_id"]):
        st.markdown(plain(f"{part['name']}{role} (county){until}"))
    else:
        navigation.link_to("partner", plain(f"{part['name']}{role}{until}"), partner=int(part["partner_id"]))


def draw_verdicts(detail: BarrierDetail, *, may_change: bool) -> None:
    """Draw what partners said of it, the newest first; who may write down answers finds those of now above."""
    said = detail.verdicts[~detail.verdicts["is_asked"]] if may_change else detail.verdicts
    if said.empty and not detail.verdicts.empty:
        return
    st.header("What partners say of it", anchor=False)
    if said.empty:
        st.markdown("They were not asked yet.")
    for part in records(said.iloc[::-1]):
        draw_part(VERDICTS, detail.barrier_id, part, partial(_draw_verdict, part), may_change=False)


def _draw_verdict(part: Mapping[str, Any]) -> None:
    if pd.isna(part["verdict"]):
        st.markdown(f"**{plain(part['who'])}**: asked, not answered{' yet' if part['is_asked'] else ''}")
        return
    st.markdown(f"**{plain(part['who'])}: {Verdict(part['verdict']).label}.** “{plain_lines(part['said'])}”")
    st.caption(day_text(part["on_day"]))


def draw_story(detail: BarrierDetail) -> None:
    """Draw the steps the barrier went through, and the decisions about it."""
    st.header("How it went", anchor=False)
    for step in records(detail.steps):
        said = f": {plain_lines(step['said'])}" if step["said"] else ""
        st.markdown(f"**{day_text(step['on_day'])}** – {BarrierState(step['step']).label}{said}")
    for number, what in load(decisions_on_barrier, detail.barrier_id):
        navigation.link_to("decisions", f"Decided: {plain(what)}", icon=":material/gavel:", decision=number)
