"""Solving a barrier, on its page: ways to solve it with who proposed them, and actions with their days."""

from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.barrier_detail import BarrierDetail
from erp.services.barrier_work import ACTION, OPTION, ActionDraft, OptionDraft
from erp.services.parts import change_part
from erp.ui.actions import once, submit
from erp.ui.loads import county_today
from erp.ui.loop_filters import toast_outcome
from erp.ui.part_forms import Field, PartForm, define, draw_add, draw_part
from erp.ui.partner_words import records
from erp.ui.today_parts import due_words
from erp.ui.words import day_text, plain, plain_lines

OPTIONS = define(
    "barrier_option",
    PartForm(
        OPTION,
        OptionDraft,
        (
            Field("partner_id", "Which partner proposed it", "partner", blank="No partner: in words below"),
            Field("what", "What could be done", "text", must=True),
            Field("proposed_by", "Who proposed it, in words (may stay blank for a partner)"),
            Field("taken", "Is it taken up?", "choice", blank="Not decided yet"),
            Field("answer", "Why, as who proposed it should read it", "text"),
        ),
        add="Add a way to solve it",
        label=lambda part: "Answer it" if part["taken"] is None else "Change",
        later=("taken", "answer"),
    ),
)
ACTIONS = define(
    "barrier_action",
    PartForm(
        ACTION,
        ActionDraft,
        (
            Field("what", "What will be done", "text", must=True),
            Field("owner_id", "By whom", "choice", must=True),
            Field("due_on", "By when", "day", must=True),
            Field("done_on", "Done on (may stay blank)", "day"),
            Field("dropped", "Why it is not done any more (may stay blank)"),
        ),
        add="Add an action",
        later=("done_on", "dropped"),
    ),
)
TAKEN = {True: "Taken up", False: "Not taken up"}


def draw_options(detail: BarrierDetail, *, may_change: bool) -> None:
    """Draw the ways to solve it: who proposed each, and what became of it."""
    st.header(f"Ways to solve it ({len(detail.options)})", anchor=False)
    for part in records(detail.options):
        draw = partial(_draw_option, part)
        draw_part(OPTIONS, detail.barrier_id, part, draw, may_change=may_change, choices={"taken": TAKEN})
    if may_change:
        draw_add(OPTIONS, detail.barrier_id)


def _draw_option(part: dict[str, Any]) -> None:
    st.markdown(plain_lines(part["what"]))
    who = ", ".join(filter(None, (part["who"], part["proposed_by"])))
    became = TAKEN[bool(part["taken"])] if part["taken"] is not None else "not decided yet"
    st.caption(plain(f"Proposed by {who} · {became}{': ' if part['answer'] else ''}{part['answer']}"))


def draw_actions(detail: BarrierDetail, *, may_change: bool) -> None:
    """Draw what is done about it, by whom and by when."""
    actions = detail.actions
    done = int(actions["done_on"].notna().sum())
    st.header(f"Actions ({f'{done} of {len(actions)} done' if len(actions) else 'none yet'})", anchor=False)
    owners = {
        int(number): name for number, name in zip(detail.owners_now["part_id"], detail.owners_now["name"], strict=True)
    }
    for part in records(actions):
        draw = partial(_draw_action, part, may_change=may_change)
        choices = {"owner_id": {part["owner_id"]: part["who"]} | owners}
        draw_part(ACTIONS, detail.barrier_id, part, draw, may_change=may_change, choices=choices)
    if may_change and owners:
        draw_add(ACTIONS, detail.barrier_id, {"owner_id": owners})
    elif may_change:
        st.caption("Add who owns it first; each action is one owner's.")


def _draw_action(part: dict[str, Any], *, may_change: bool) -> None:
    st.markdown(plain_lines(part["what"]))
    st.caption(plain(f"{part['who']} · {_stands(part)}"))
    if may_change and pd.isna(part["done_on"]) and not part["dropped"]:
        args = (int(part["part_id"]), int(part["version"]), part["what"], int(part["owner_id"]), part["due_on"])
        key = f"action_done_{part['part_id']}_{part['version']}"
        st.button("Done today", key=key, icon=":material/check:", on_click=_done, args=args)


@once
def _done(action_id: int, version: int, what: str, owner_id: int, due_on: date) -> None:
    draft = ActionDraft(what=what, owner_id=owner_id, due_on=due_on, done_on=county_today())
    submit(change_part, ACTION, action_id, version, draft, said="Done. Thank you.")
    toast_outcome()


def _stands(part: dict[str, Any]) -> str:
    due = f"due {day_text(part['due_on'])}"
    if not pd.isna(part["done_on"]):
        return f"{due}, done {day_text(part['done_on'])}"
    if part["dropped"]:
        return f"{due}, not done any more: {part['dropped']}"
    return f"{due} · {due_words(part['due_on'], (county_today() - part['due_on']).days)}"
