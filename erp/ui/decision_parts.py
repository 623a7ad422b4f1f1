"""Decisions on the page: the form, the list, one with its voices, who must be told, and the later check."""

from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.queries.barriers import barriers_offered
from erp.queries.decisions import DecisionDetail, decision_list, voices_offered
from erp.services.decisions import (
    DecisionDraft,
    change_decision,
    check_decision,
    record_decision,
    restore_decision,
    tell_givers,
    tell_partner,
    void_decision,
)
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, forget_form, form_button, once, submit
from erp.ui.address import number_in_address
from erp.ui.history import draw_changes
from erp.ui.loads import county_today, load
from erp.ui.newer import Edited, forget, watch
from erp.ui.show import empty_state, folded
from erp.ui.voiding import draw_restore, draw_void
from erp.ui.words import FIRST_DAY, day_text, plain, plain_lines
from erp.vocabulary import RecordKind, Verb, Worked

NEW = "decision_new"
#: What the address may say a new decision comes from.
FROM = ("from_feedback", "from_engagement", "from_barrier")
#: Field → label of what changed.
CHANGED = {"policy": "What policy changed", "practice": "What practice changed", "training": "What training changed"}
TEXTS = {"what": "What was decided", "why": "Why", "decided_by": "Who decided it"} | CHANGED
LABELS = TEXTS | {
    "decided_on": "Day it was decided",
    "check_on": "Ask whether it worked by (may stay blank)",
    "items": "Feedback behind it",
    "points": "Points of meetings behind it",
    "barriers": "Barriers it is about",
}


def draw_list() -> None:
    """Draw the decisions, each with the number of voices behind it and whether it worked."""
    decisions = load(decision_list)
    if decisions.empty:
        empty_state("No decision is recorded yet.", "Record what was decided, and choose the voices behind it.")
        return
    for row in decisions.to_dict("records"):
        with st.container(border=True, gap="small"):
            navigation.link_to("decisions", f"**{plain(row['what'])}**", decision=int(row["decision_id"]))
            voices = "1 voice" if row["voices"] == 1 else f"{row['voices']} voices"
            checked = row["worked"].label if row["worked"] is not None else _check_due(row["check_on"])
            voided = " · voided" if row["voided"] else ""
            st.caption(
                plain(f"{day_text(row['decided_on'])} · {row['decided_by']} · {voices} behind it · {checked}{voided}")
            )


def _check_due(check_on: Any) -> str:
    if check_on is None or pd.isna(check_on):
        return "no check planned"
    return f"to be checked by {day_text(check_on)}"


def draw_adding() -> None:
    """Draw the form for a new decision; the address may name what it comes from."""
    token = field_keys(NEW)
    _draw_fields(f"{token}_", None, save=(_add, (token,)))


def draw_detail(actor: Actor, detail: DecisionDetail) -> None:
    """Draw one decision: what changed, every voice, who must be told, the check, correcting, history."""
    if detail.voided:
        st.warning(f"This decision was voided: {plain(detail.void_reason)}")
    if detail.why:
        st.markdown(f"**Why:** {plain_lines(detail.why)}")
    st.caption(
        plain(f"{day_text(detail.decided_on)} · decided by {detail.decided_by} · recorded by {detail.recorded_by}")
    )
    for name, label in CHANGED.items():
        if getattr(detail, name):
            st.markdown(f"**{label}:** {plain_lines(getattr(detail, name))}")
    may_change = actor.may(Verb.CHANGE, RecordKind.DECISION) and not detail.voided
    st.header(f"Voices behind it ({len(detail.voices)})", anchor=False)
    _draw_voices(detail.voices)
    st.header(f"Who must be told ({detail.told} of {len(detail.tellings)} told)", anchor=False)
    _draw_tellings(detail, may_change=may_change)
    st.header("Did it work?", anchor=False)
    _draw_check(detail, may_change=may_change)
    if may_change:
        with st.expander("Correct this decision", key=f"decision_mend_{detail.decision_id}"):
            at = f"decision_mend_{detail.decision_id}_"
            kept = (RecordKind.DECISION, detail.decision_id, detail.version)
            opened = watch(Edited(at, at, *kept, _saved(detail), LABELS, _said))
            _draw_fields(at, detail, save=(_mend, (detail.decision_id, opened, at)))
    if actor.may(Verb.ARCHIVE, RecordKind.DECISION):
        if detail.voided:
            draw_restore("decision", restore_decision, detail.decision_id, detail.version)
        else:
            draw_void("decision", void_decision, detail.decision_id, detail.version)
    draw_changes(RecordKind.DECISION, detail.decision_id, closed=detail.voided)


def _draw_voices(voices: pd.DataFrame) -> None:
    for voice in voices.to_dict("records"):
        with st.container(border=True, gap="small"):
            st.markdown(f"“{plain_lines(voice['words'])}”")
            said_on = day_text(voice["said_on"]) if voice["said_on"] is not None else "day not recorded"
            if not pd.isna(voice["item_id"]):
                st.caption(plain(f"{voice['who']} · {said_on} · {voice['state'].label}"))
                navigation.link_to("feedback", "Open the feedback", feedback=int(voice["item_id"]))
            elif not pd.isna(voice["barrier_id"]):
                by = f", said by {voice['who']}" if voice["who"] else ""
                st.caption(plain(f"A barrier{by} · {said_on} · {voice['state'].label}"))
                navigation.link_to("barriers", "Open the barrier", barrier=int(voice["barrier_id"]))
            else:
                st.caption(plain(f"A point at: {voice['who']} · {said_on}"))
                navigation.link_to("engagement", "Open the meeting", engagement=int(voice["engagement_id"]))


def _draw_tellings(detail: DecisionDetail, *, may_change: bool) -> None:
    rows = detail.tellings.to_dict("records")
    for row in rows:
        how = f", {row['how']}" if row["how"] else ""
        told = f"told {day_text(row['told_on'])}{how}" if row["told_on"] is not None else "**not told yet**"
        page = " · reads it with a receipt" if row["follows"] else ""
        what = "the giver" if not pd.isna(row["item_id"]) else "who raised it"
        st.markdown(f"{plain(row['who'])} ({what}): {told}{page}")
    if not may_change:
        return
    givers = [int(row["item_id"]) for row in rows if row["can_tell"] and not pd.isna(row["item_id"])]
    partners = {
        int(row["partner_id"]): row["who"] for row in rows if row["can_tell"] and not pd.isna(row["partner_id"])
    }
    if givers:
        _draw_tell_givers(detail, givers)
    if partners:
        _draw_tell_partner(detail, partners)


def _draw_tell_givers(detail: DecisionDetail, givers: list[int]) -> None:
    name = f"decision_tell_{detail.decision_id}"
    at = field_keys(name)
    with st.form(f"{name}_form", border=True):
        many = "the giver" if len(givers) == 1 else f"all {len(givers)} givers"
        st.markdown(f"**Tell {many} who were not told yet.** Each loop is decided and told; each giver confirms alone.")
        st.text_area("What they are told", value=detail.what, height=90, key=f"{at}_said", max_chars=4000)
        st.text_input("How", value="On their page", key=f"{at}_how", max_chars=200)
        guard.draw(name)
        form_button("Tell everyone", _tell_givers, detail.decision_id, tuple(givers), at, type="primary")


@once
def _tell_givers(decision_id: int, givers: tuple[int, ...], at: str) -> None:
    name = f"decision_tell_{decision_id}"
    said, how = (str(st.session_state.get(f"{at}_{field}") or "") for field in ("said", "how"))
    told = guard.guarded(
        name,
        {"What they are told": said},
        _tell,
        decision_id,
        givers,
        how,
        said,
        said="They are told; each stays “told, not confirmed” until its giver says so.",
    )
    if told is not None:
        forget_form(name)


def _draw_tell_partner(detail: DecisionDetail, partners: dict[int, str]) -> None:
    name = f"decision_partner_{detail.decision_id}"
    at = field_keys(name)
    with st.form(f"{name}_form", border=True):
        st.markdown("**Write down that a partner was told.**")
        st.selectbox("Partner", list(partners), format_func=partners.__getitem__, key=f"{at}_partner")
        st.text_input("How they were told", key=f"{at}_how", max_chars=200)
        st.date_input(
            "Day", value=county_today(), min_value=detail.decided_on, max_value=county_today(), key=f"{at}_on",
            format="MM/DD/YYYY",
        )  # fmt: skip
        form_button("They were told", _tell_partner, detail.decision_id, at)


@once
def _tell_partner(decision_id: int, at: str) -> None:
    state, name = st.session_state, f"decision_partner_{decision_id}"
    how = str(state.get(f"{at}_how") or "")
    told = submit(tell_partner, decision_id, state[f"{at}_partner"], state[f"{at}_on"], how, said="Saved.")
    if told is not None:
        forget_form(name)


def _draw_check(detail: DecisionDetail, *, may_change: bool) -> None:
    if detail.worked is not None:
        st.markdown(
            f"**{detail.worked.label}**, looked at {day_text(detail.checked_on)}: {plain_lines(detail.check_words)}"
        )
    else:
        st.markdown(f"Not looked at yet; {_check_due(detail.check_on)}.")
    if not may_change:
        return
    name = field_keys(f"decision_check_{detail.decision_id}")
    with (
        st.expander("Write down whether it worked", key=f"decision_check_{detail.decision_id}"),
        st.form(f"{name}_form", border=False),
    ):
        words = list(Worked)
        st.selectbox("What was found", words, format_func=lambda word: word.label, key=f"{name}_worked")
        st.text_area("What shows it", height=90, key=f"{name}_words", max_chars=2000)
        st.date_input(
            "Day it was looked at", value=county_today(), min_value=detail.decided_on, max_value=county_today(),
            key=f"{name}_on", format="MM/DD/YYYY",
        )  # fmt: skip
        guard.draw(name)
        form_button("Save", _check, detail.decision_id, detail.version, name)


@once
def _check(decision_id: int, version: int, name: str) -> None:
    state = st.session_state
    words = str(state.get(f"{name}_words") or "")
    values = (decision_id, version, state[f"{name}_on"], state[f"{name}_worked"], words)
    said = "Saved what was found."
    if guard.guarded(name, {"What shows it": words}, check_decision, *values, said=said) is not None:
        forget_form(f"decision_check_{decision_id}")


def _draw_fields(at: str, detail: DecisionDetail | None, *, save: tuple[Any, tuple[Any, ...]]) -> None:
    of_items, of_points = load(voices_offered)
    items, points, barriers = dict(of_items), dict(of_points), dict(load(barriers_offered))
    chosen_items, chosen_points, chosen_barriers = _chosen(detail, points)
    for number in chosen_barriers:
        barriers.setdefault(number, f"Barrier {number}")
    for number in chosen_items:
        items.setdefault(number, f"Feedback {number}")
    for point in chosen_points:
        points.setdefault(point, point[1])
    with st.form(f"{at}form", border=False):
        st.text_area(TEXTS["what"], value=detail.what if detail else "", height=90, key=f"{at}what", max_chars=4000)
        st.text_area(TEXTS["why"], value=detail.why if detail else "", height=90, key=f"{at}why", max_chars=4000)
        left, right = st.columns(2)
        left.text_input(
            TEXTS["decided_by"], value=detail.decided_by if detail else "", key=f"{at}decided_by", max_chars=200
        )
        right.date_input(
            LABELS["decided_on"], value=detail.decided_on if detail else county_today(), min_value=FIRST_DAY,
            max_value=county_today(), key=f"{at}decided_on", format="MM/DD/YYYY",
        )  # fmt: skip
        st.multiselect(
            LABELS["items"], list(items), default=chosen_items, format_func=lambda number: _short(items[number]),
            key=f"{at}items", select_all=False, placeholder="Choose the voices",
        )  # fmt: skip
        st.multiselect(
            LABELS["points"], list(points), default=chosen_points, select_all=False,
            format_func=lambda point: _short(points[point]), key=f"{at}points", placeholder="Choose the points",
        )  # fmt: skip
        if barriers:
            st.multiselect(
                LABELS["barriers"], list(barriers), default=chosen_barriers, select_all=False,
                format_func=lambda number: _short(barriers[number]), key=f"{at}barriers",
                placeholder="Choose the barriers",
            )  # fmt: skip
        st.caption("What changed is read by every giver behind it, once they were told.")
        for name, label in CHANGED.items():
            st.text_input(f"{label} (may stay blank)", value=getattr(detail, name) if detail else "", key=f"{at}{name}")
        st.date_input(
            LABELS["check_on"], value=detail.check_on if detail else None,
            min_value=FIRST_DAY, key=f"{at}check_on", format="MM/DD/YYYY",
        )  # fmt: skip
        guard.draw(at)
        form_button("Save the decision", save[0], *save[1], type="primary")


def _chosen(
    detail: DecisionDetail | None, points: dict[tuple[int, str], str]
) -> tuple[list[int], list[tuple[int, str]], list[int]]:
    """Return the voices that stand in the form at first: those of the decision, or what the address names."""
    if detail is None:
        item, meeting, barrier = (number_in_address(name) for name in FROM)
        of_meeting = [point for point in points if meeting and point[0] == meeting]
        return [item] if item else [], of_meeting, [barrier] if barrier else []
    voices = detail.voices
    items, barriers = ([int(number) for number in voices[name].dropna()] for name in ("item_id", "barrier_id"))
    of_meetings = voices[voices["engagement_id"].notna()]
    chosen = zip(of_meetings["engagement_id"], of_meetings["words"], strict=True)
    return items, [(int(number), words) for number, words in chosen], barriers


def _short(words: str) -> str:
    return words if len(words) <= 90 else f"{words[:89].rstrip()}…"


def _read(at: str) -> dict[str, Any]:
    state = st.session_state
    texts = {name: str(state.get(f"{at}{name}") or "") for name in TEXTS}
    days = {name: state.get(f"{at}{name}") for name in ("decided_on", "check_on")}
    return (
        texts
        | days
        | {"items": tuple(state[f"{at}items"]), "points": tuple(state[f"{at}points"])}
        | {"barriers": tuple(state.get(f"{at}barriers") or ())}
    )


@once
def _add(token: str) -> None:
    typed = _read(f"{token}_")

    def add(session: Session, actor: Actor) -> Any:
        return record_decision(session, actor, DecisionDraft.of(**typed), token=token)

    texts = {label: typed[name] for name, label in TEXTS.items()}
    added = guard.guarded(f"{token}_", texts, add, said="Saved. Next: tell everyone who had a voice in it.")
    if added is not None:
        forget_form(NEW)
        for name in FROM:
            st.query_params.pop(name, None)
        st.query_params["decision"] = str(added.id)


@once
def _mend(decision_id: int, version: int, at: str) -> None:
    typed = _read(at)

    def change(session: Session, actor: Actor) -> Any:
        return change_decision(session, actor, decision_id, version, DecisionDraft.of(**typed))

    if guard.guarded(at, {label: typed[name] for name, label in TEXTS.items()}, change, said="Corrected.") is not None:
        forget(at, at)


def _saved(detail: DecisionDetail) -> dict[str, Any]:
    """Return what is saved of a decision, as the fields hold it."""
    items, points, barriers = _chosen(detail, {})
    fields = {name: getattr(detail, name) for name in (*TEXTS, "decided_on", "check_on")}
    return fields | {"items": items, "points": points, "barriers": barriers}


def _said(name: str, value: Any) -> str:
    if name in ("decided_on", "check_on"):
        return day_text(value) if value is not None else ""
    if name in ("items", "points", "barriers"):
        number = len(value or ())
        return f"{number} chosen" if number else ""
    return str(value or "")


def _tell(session: Session, actor: Actor, decision_id: int, givers: tuple[int, ...], how: str, told: str) -> int:
    return tell_givers(session, actor, decision_id, givers, county_today(), how, told)


def draw_folded_adding() -> None:
    """Draw the form for a new decision, open where the address says what it comes from."""
    if any(number_in_address(name) for name in FROM):
        with st.container(border=True):
            st.markdown("**Record a decision**")
            draw_adding()
    else:
        folded("Record a decision", draw_adding, key="decision_add", icon=":material/add:")
