"""What shows a barrier, on its page: feedback, points of meetings, findings of reviews."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.barrier_detail import BarrierDetail
from erp.queries.decisions import voices_offered
from erp.queries.reviews import findings_offered
from erp.services.barrier_work import EVIDENCE
from erp.services.barriers import EvidenceDraft
from erp.services.parts import add_part
from erp.ui import navigation
from erp.ui.actions import field_keys, forget_form, form_button, once, submit
from erp.ui.loads import load
from erp.ui.loop_filters import toast_outcome
from erp.ui.part_forms import PartForm, define, draw_part
from erp.ui.partner_words import records
from erp.ui.show import folded
from erp.ui.today_parts import shortened
from erp.ui.words import day_text, plain, plain_lines

_SHOWN = define(
    "barrier_evidence", PartForm(EVIDENCE, EvidenceDraft, (), add="Add what shows it", label=lambda _: "Take out")
)


def draw_evidence(detail: BarrierDetail, *, may_change: bool) -> None:
    """Draw what shows the barrier, each with a link to where it was said."""
    st.header(f"What shows it ({len(detail.evidence)})", anchor=False)
    for part in records(detail.evidence):
        draw_part(_SHOWN, detail.barrier_id, part, partial(_draw_shown, part), may_change=may_change)
    if may_change:
        folded(
            "Add what shows it",
            lambda: _draw_adding_evidence(detail.barrier_id),
            key=f"add_evidence_{detail.barrier_id}",
            icon=":material/add:",
        )


def _draw_shown(part: Mapping[str, Any]) -> None:
    st.markdown(f"“{plain_lines(part['words'])}”")
    said_on = f" · {day_text(part['said_on'])}" if part["said_on"] is not None else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(f"{part['where']}{said_on}"), width="content")
        _link_to_evidence(part)


def _link_to_evidence(part: Mapping[str, Any]) -> None:
    if not pd.isna(part["item_id"]):
        navigation.link_to("feedback", "Open the feedback", feedback=int(part["item_id"]))
    elif not pd.isna(part["engagement_id"]):
        navigation.link_to("engagement", "Open the meeting", engagement=int(part["engagement_id"]))
    else:
        navigation.link_to("reviews", "Open the review", review=int(part["review_id"]))


def _draw_adding_evidence(barrier_id: int) -> None:
    items, points = load(voices_offered)
    findings = load(findings_offered)
    offered: dict[EvidenceDraft, str] = {EvidenceDraft(item_id=number): words for number, words in items.items()}
    offered |= {EvidenceDraft(engagement_id=number, point=said): words for (number, said), words in points.items()}
    offered |= {EvidenceDraft(finding_id=number): f"Finding: {words}" for number, words in findings.items()}
    name = f"evidence_{barrier_id}"
    at = field_keys(name)
    with st.form(f"{at}_form", border=False):
        st.selectbox(
            "Feedback, a point of a meeting, or a finding", list(offered), index=None, key=f"{at}_what",
            format_func=lambda each: shortened(offered[each]), placeholder="Type to find it",
        )  # fmt: skip
        form_button("Add", _add_evidence, barrier_id, at)


@once
def _add_evidence(barrier_id: int, at: str) -> None:
    chosen = st.session_state.get(f"{at}_what") or EvidenceDraft()
    if submit(add_part, EVIDENCE, barrier_id, chosen, at, said="Added.") is not None:
        forget_form(f"evidence_{barrier_id}", f"add_evidence_{barrier_id}")
    toast_outcome()
