"""Barriers on the page: the register, the form for one, and its head."""

from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.queries.barrier_detail import BarrierDetail
from erp.queries.barriers import BarrierFilter, barrier_list
from erp.queries.decisions import feedback_in_words, voices_offered
from erp.queries.reviews import findings_offered
from erp.services.barriers import BarrierDraft, EvidenceDraft, change_barrier, name_barrier
from erp.services.placing import LISTS
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, forget_form, form_button, once
from erp.ui.address import number_in_address
from erp.ui.loads import county_today, load
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_words import counted, records
from erp.ui.placing import placed_label, placing_choices
from erp.ui.show import folded
from erp.ui.words import FIRST_DAY, day_text, plain, plain_lines
from erp.vocabulary import BarrierState, RecordKind

S = BarrierState
NEW = "barrier_new"
#: State → its mark.
BADGES: dict[BarrierState, tuple[str, Any]] = {
    S.NAMED: (":material/campaign:", "gray"),
    S.TAKEN_UP: (":material/handshake:", "blue"),
    S.ASKED: (":material/hourglass_top:", "orange"),
    S.GONE: (":material/check_circle:", "green"),
    S.BACK: (":material/replay:", "red"),
    S.SET_ASIDE: (":material/do_not_disturb_on:", "gray"),
}
TEXTS = {"words": "What gets in the way, in their words", "said_by": "Who says so", "affected": "Who is affected"}
LABELS = TEXTS | {
    "named_on": "Day it was named",
    "issue": "CAPP systemic issue",
    "practice": "Front-line practice",
}
#: What the address may say a new barrier comes from → the field it is evidence in.
FROM = ("from_feedback", "from_engagement", "from_finding")


def draw_rows(barriers: pd.DataFrame) -> None:
    """Draw barriers, each with its state, who owns it, and what is open."""
    for row in records(barriers):
        state = BarrierState(row["state"])
        icon, color = BADGES[state]
        with st.container(border=True, gap="small"):
            navigation.link_to("barriers", f"**{plain(_short(row['words']))}**", barrier=int(row["barrier_id"]))
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if row["voided"]:
                    st.badge("Voided", icon=":material/block:", color="gray")
                st.badge(state.label, icon=icon, color=color)
                if row["overdue"]:
                    st.badge(counted(row["overdue"], "action overdue", "actions overdue"), color="orange")
            st.caption(plain(placed_label("issue", row["issue"]) or "Not placed under an issue yet"))
            st.caption(plain(" · ".join(filter(None, _about(row)))))


def _about(row: dict[str, Any]) -> list[str]:
    return [
        f"since {day_text(row['since'])}",
        f"owned by {row['owners']}" if row["owners"] else "nobody owns it yet",
        counted(row["evidence"], "piece of evidence", "pieces of evidence"),
        counted(row["open_actions"], "open action", "open actions") if row["open_actions"] else "",
    ]


def readable(session: Session, actor: Actor, wanted: BarrierFilter) -> pd.DataFrame:
    """Return the register as a file, without what leads back to feedback that its giver opened to some only."""
    barriers = barrier_list(session, actor, wanted, for_file=True)
    return pd.DataFrame(
        {
            "What gets in the way": barriers["words"],
            "Said by": barriers["said_by"],
            "Who is affected": barriers["affected"],
            "CAPP issue": [placed_label("issue", entry) for entry in barriers["issue"]],
            "Practice": [placed_label("practice", entry) for entry in barriers["practice"]],
            "Named": barriers["named_on"],
            "State": [BarrierState(state).label for state in barriers["state"]],
            "Since": barriers["since"],
            "Owned by": barriers["owners"],
            "Evidence": barriers["evidence"],
            "Open actions": barriers["open_actions"],
            "Overdue": barriers["overdue"],
        }
    )


def draw_folded_adding() -> None:
    """Draw the form for a new barrier, open where the address says what shows it."""
    if any(number_in_address(name) for name in FROM):
        with st.container(border=True):
            st.markdown("**Name a barrier**")
            _draw_adding()
    else:
        folded("Name a barrier", _draw_adding, key="barrier_add", icon=":material/add:")


def _draw_adding() -> None:
    token = field_keys(NEW)
    of_items, points = load(voices_offered)
    items, findings = dict(of_items), dict(load(findings_offered))
    item, meeting, finding = (number_in_address(name) for name in FROM)
    _offer_from_address(items, findings, item, finding)
    if item in items:
        st.caption("From this feedback:")
        st.markdown(f"> {plain_lines(items[item])}")
    with st.form(f"{token}_form", border=False):
        _draw_fields(f"{token}_", None)
        st.multiselect(
            "Feedback that shows it", list(items), default=[item] if item in items else [], key=f"{token}_items",
            format_func=lambda number: _short(items[number]), select_all=False, placeholder="Choose feedback",
        )  # fmt: skip
        st.multiselect(
            "Points of meetings that show it", list(points), default=[point for point in points if point[0] == meeting],
            format_func=lambda point: _short(points[point]), key=f"{token}_points", select_all=False,
            placeholder="Choose points",
        )  # fmt: skip
        if findings:
            st.multiselect(
                "Findings of reviews that show it", list(findings), default=[finding] if finding in findings else [],
                format_func=lambda number: _short(findings[number]), key=f"{token}_findings", select_all=False,
                placeholder="Choose findings",
            )  # fmt: skip
        guard.draw(f"{token}_")
        form_button("Save the barrier", _add, token, type="primary")


def _offer_from_address(items: dict[int, str], findings: dict[int, str], item: int, finding: int) -> None:
    """Offer what the address names also where it is not among the newest; the service asks whether it may be seen."""
    if item and item not in items:
        items |= load(feedback_in_words, item)
    if finding:
        findings.setdefault(finding, f"Finding {finding}")


def draw_correcting(detail: BarrierDetail) -> None:
    """Draw the form that corrects a barrier's words and where it is placed, folded away."""
    at = f"barrier_mend_{detail.barrier_id}_"
    saved = {name: getattr(detail, name) for name in LABELS}

    def draw() -> None:
        kept = (RecordKind.BARRIER, detail.barrier_id, detail.version)
        opened = watch(Edited(at, at, *kept, saved, LABELS, _said))
        with st.form(f"{at}form", border=False):
            _draw_fields(at, detail)
            guard.draw(at)
            form_button("Save", _mend, detail.barrier_id, opened, at)

    folded("Correct the words, or place it", draw, key=f"barrier_mend_{detail.barrier_id}", icon=":material/edit:")


def draw_head(detail: BarrierDetail) -> None:
    """Draw a barrier's state, who named it, who is affected and where it is placed."""
    icon, color = BADGES[detail.state]
    if detail.voided:
        st.warning(f"This barrier was voided: {plain(detail.void_reason)}")
    with st.container(horizontal=True, gap="small"):
        st.badge(detail.state.label, icon=icon, color=color)
    who = f", said by {detail.said_by}" if detail.said_by else ""
    st.markdown(plain(f"Named {day_text(detail.named_on)}{who}."))
    if detail.affected:
        st.markdown(f"**Who is affected:** {plain_lines(detail.affected)}")
    issue = placed_label("issue", detail.issue, detail.issue_version)
    practice = placed_label("practice", detail.practice, detail.practice_version)
    st.markdown(f"**CAPP systemic issue:** {plain(issue) or 'not placed yet'}")
    st.markdown(f"**Front-line practice:** {plain(practice) or 'not placed yet'}")
    st.caption(plain(f"Recorded by {detail.recorded_by}"))


def _draw_fields(at: str, detail: BarrierDetail | None) -> None:
    def held(name: str) -> str:
        return getattr(detail, name) if detail else ""

    st.text_area(TEXTS["words"], value=held("words"), height=90, key=f"{at}words", max_chars=2000)
    left, right = st.columns(2)
    left.text_input(
        TEXTS["said_by"], value=held("said_by"), key=f"{at}said_by", max_chars=200,
        placeholder="Caregivers of the council", help="A group or a role, never a family's name.",
    )  # fmt: skip
    right.date_input(
        LABELS["named_on"], value=detail.named_on if detail else county_today(), min_value=FIRST_DAY,
        max_value=county_today(), key=f"{at}named_on", format="MM/DD/YYYY",
    )  # fmt: skip
    st.text_input(
        TEXTS["affected"], value=held("affected"), key=f"{at}affected", max_chars=300,
        placeholder="Families in the valley who have no car", help="Communities, never persons.",
    )  # fmt: skip
    for name in ("issue", "practice"):
        options = placing_choices(name)
        ids = list(dict.fromkeys(["", *options, held(name)]))
        st.selectbox(
            LABELS[name], ids, index=ids.index(held(name)), key=f"{at}{name}",
            format_func=lambda entry, of=name: placed_label(of, entry) or "Not placed yet",
        )  # fmt: skip


def _short(words: str) -> str:
    return words if len(words) <= 120 else f"{words[:119].rstrip()}…"


def _read(at: str) -> dict[str, Any]:
    state = st.session_state
    texts = {name: str(state.get(f"{at}{name}") or "") for name in TEXTS}
    return texts | {name: state.get(f"{at}{name}") for name in ("named_on", "issue", "practice")}


@once
def _add(token: str) -> None:
    typed, state = _read(f"{token}_"), st.session_state
    evidence = (
        *(EvidenceDraft(item_id=number) for number in state.get(f"{token}_items") or ()),
        *(EvidenceDraft(engagement_id=number, point=words) for number, words in state.get(f"{token}_points") or ()),
        *(EvidenceDraft(finding_id=number) for number in state.get(f"{token}_findings") or ()),
    )

    def add(session: Session, actor: Actor) -> Any:
        return name_barrier(session, actor, BarrierDraft.of(**typed), evidence, token=token)

    texts = {label: typed[name] for name, label in TEXTS.items()}
    added = guard.guarded(f"{token}_", texts, add, said="Named. Next: who owns it, from the county and from partners?")
    if added is not None:
        forget_form(NEW, "barrier_add")
        for name in FROM:
            st.query_params.pop(name, None)
        st.query_params["barrier"] = str(added.id)


@once
def _mend(barrier_id: int, version: int, at: str) -> None:
    typed = _read(at)

    def change(session: Session, actor: Actor) -> Any:
        return change_barrier(session, actor, barrier_id, version, BarrierDraft.of(**typed))

    if guard.guarded(at, {label: typed[name] for name, label in TEXTS.items()}, change, said="Corrected.") is not None:
        forget(at, at)


def _said(name: str, value: Any) -> str:
    if name in LISTS:
        return placed_label(name, value or "")
    return day_text(value) if name == "named_on" else str(value or "")
