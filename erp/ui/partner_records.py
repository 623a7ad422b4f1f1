"""What was held, promised and said with a partner, as lists of links; and its facts where no figures are kept."""

from datetime import date
from typing import Any

import streamlit as st

from erp.queries.barriers import barriers_of_partner
from erp.queries.partner_records import (
    PAGE_ROWS,
    Records,
    partner_engagements,
    partner_feedback,
    partner_promises,
)
from erp.queries.partners import PartnerProfile
from erp.ui import navigation
from erp.ui.engagement_parts import plain
from erp.ui.loads import county_today, load
from erp.ui.partner_words import counted, each, long_day
from erp.ui.show import no_records
from erp.vocabulary import (
    CommitmentState,
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackState,
    RecordKind,
    Side,
)

#: How much of a long text a list shows, in characters.
LINE = 160
#: The page of a record → what stands in its address.
QUERY = {"engagement": "engagement", "promises": "promise", "feedback": "feedback", "barriers": "barrier"}


def draw_facts(profile: PartnerProfile) -> None:
    """Say why no figure is shown; the facts of contact, promises and feedback stand in the head of the page."""
    if not profile.scored:
        st.markdown(
            "**This partner is tracked without figures.** What is known are facts, and no score is made of them."
        )
    else:
        st.markdown("**Figures of a Tribal government are shown to Tribal liaisons and leadership.**")
    st.markdown("What was held, promised and said, as far as your role may see it, is in the other sections.")


def draw_engagements(profile: PartnerProfile) -> None:
    """Draw a partner's engagements: planned ones first, then the newest."""
    found = _paged(partner_engagements, profile, "engagements")
    if not found.total:
        no_records(
            "No engagement with this partner that you may see.",
            "Log the last meeting or call you had with them.",
            RecordKind.ENGAGEMENT,
        )
        return
    _count(found, "engagement", "engagements")
    for row in each(found.rows):
        when = _day(row.held_on, row.as_written)
        about = row.purpose or row.forum or EngagementKind(row.kind).label
        facts = [EngagementKind(row.kind).label]
        facts += [EngagementStatus(row.status).label] if row.status != EngagementStatus.HELD else []
        facts += [row.forum] if row.forum and row.purpose else []
        facts += [] if row.two_way else ["nobody of theirs took part"]
        _draw_line("engagement", row.engagement_id, f"**{plain(when)}** – {plain(_short(about))}", facts)


def draw_promises(profile: PartnerProfile) -> None:
    """Draw a partner's promises: open ones by due day, then those that are done."""
    found = _paged(partner_promises, profile, "promises")
    if not found.total:
        no_records(
            "No promise with this partner that you may see.",
            "Add one on the Promises page, or with an engagement.",
            RecordKind.COMMITMENT,
        )
        return
    _count(found, "promise", "promises")
    this_day = county_today()
    for row in each(found.rows):
        state = CommitmentState(row.state)
        owed_by = f"owed by {Side(row.owed_by).label.lower()}" if row.owed_by else f"owed by {row.owed_by_words}"
        facts = [owed_by, _promise_days(row, state, this_day)]
        _draw_line("promises", row.commitment_id, f"**{state.label}** – {plain(_short(row.what))}", facts)


def draw_feedback(profile: PartnerProfile) -> None:
    """Draw what a partner told the county, the newest first, in their own words."""
    found = _paged(partner_feedback, profile, "feedback")
    if not found.total:
        no_records(
            "Nothing this partner told us that you may see.",
            "Add it on the Feedback page, in their own words.",
            RecordKind.FEEDBACK_ITEM,
        )
        return
    _count(found, "feedback item", "feedback items")
    for row in each(found.rows):
        state = FeedbackState(row.state)
        facts = [FeedbackKind(row.kind).label, f"received {_day(row.received_on, row.as_written)}"]
        facts += [f"translation: {_short(row.translation)}"] if row.translation else []
        facts += [f"decided: {_short(row.decision)}"] if row.decision else []
        _draw_line("feedback", row.item_id, f"**{state.label}** – {plain(f'“{_short(row.words)}”')}", facts)


def draw_barriers(profile: PartnerProfile) -> None:
    """Draw the barriers that a partner owns or proposed a way to solve, the newest first."""
    found = load(barriers_of_partner, profile.partner_id)
    if not found:
        no_records(
            "No barrier is worked on with this partner that you may see.",
            "Name what gets in their way on the Barriers page, and add them to those who own it.",
            RecordKind.BARRIER,
        )
    for number, words, state in found:
        _draw_line("barriers", number, f"**{state.label}** – {plain(f'“{_short(words)}”')}", [])


def _draw_line(page: str, record_id: int, label: str, facts: list[str]) -> None:
    with st.container(gap=None):
        navigation.link_to(page, label, icon=None, key=None, **{QUERY[page]: record_id})
        if facts:
            st.caption(plain(" · ".join(facts)))


def _paged(question: Any, profile: PartnerProfile, name: str) -> Records:
    """Load the page of records that was chosen; the page numbers stand above the list."""
    first = load(question, profile.partner_id)
    pages = -(-first.total // PAGE_ROWS)
    if pages <= 1:
        return first
    page = st.pagination(pages, key=f"{name}_page_{profile.partner_id}")
    return first if page == 1 else load(question, profile.partner_id, page)


def _count(records: Records, one: str, many: str) -> None:
    shown = len(records.rows)
    part = f", {shown} of them on this page" if shown < records.total else ""
    st.markdown(f"{counted(records.total, one, many)} that you may see{part}.")


def _promise_days(row: Any, state: CommitmentState, this_day: date) -> str:
    if state is CommitmentState.WITHDRAWN:
        return f"withdrawn {long_day(row.withdrawn_on)}"
    if state in (CommitmentState.KEPT, CommitmentState.KEPT_LATE):
        return f"done {long_day(row.done_on)}"
    if row.due_on is None:
        return f"due “{row.as_written}”, no exact date" if row.as_written else "no due day"
    late = f", {counted((this_day - row.due_on).days, 'day', 'days')} ago" if state is CommitmentState.OVERDUE else ""
    return f"due {long_day(row.due_on)}{late}"


def _day(day: date | None, as_written: str) -> str:
    if day is not None:
        return long_day(day)
    return f"“{as_written}” (no exact date)" if as_written else "day not known"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LINE else f"{line[:LINE].rsplit(' ', 1)[0]} …"
