"""How an engagement reads on a page, as minutes: its head, who was there, what was said, what follows from it."""

from typing import Any

import streamlit as st

from erp.frameworks import BEHAVIORS, TOPICS
from erp.queries.engagement_detail import EngagementDetail, Point, PromiseMade
from erp.services.engagements import finish_follow_up
from erp.ui import navigation
from erp.ui.actions import submit
from erp.ui.address import pick_in_address  # noqa: F401 -- other pages ask for it here
from erp.ui.loads import county_today, frameworks
from erp.ui.words import day_text, plain, plain_lines
from erp.vocabulary import EngagementStatus, Interpreter, Who

#: Pixels of a text that is read, or of a form that is filled in, on a wide screen.
READING_WIDTH = 880
#: Status → icon and color of its badge; the word beside them says the same.
BADGES: dict[EngagementStatus, tuple[str, Any]] = {
    EngagementStatus.HELD: (":material/check_circle:", "green"),
    EngagementStatus.PLANNED: (":material/event_upcoming:", "blue"),
    EngagementStatus.CANCELLED: (":material/event_busy:", "gray"),
    EngagementStatus.OTHER: (":material/help:", "gray"),
}


def behavior_label(entry_id: str, version: str = "") -> str:
    """Return a leadership behavior with its number, as it read in the version it was tagged under ("": reads now)."""
    return frameworks().label(BEHAVIORS, entry_id, version)


def behavior_choices(asked: str = "") -> dict[str, str]:
    """Return the numbered leadership behaviors to look for, retired ones too: id → label.

    `asked`: one that an address names; it stays a choice where it stands under another one meanwhile, or in no version
    in force.
    """
    known = frameworks()
    listed = [entry.id for entry in known.framework(BEHAVIORS).entries if entry.parent is None]
    listed += [asked] if asked not in listed and any(asked in held.by_id for held in known.versions[BEHAVIORS]) else []
    return {entry_id: behavior_label(entry_id) for entry_id in listed}


def topic_label(entry_id: str, version: str = "") -> str:
    """Return an ERP Toolkit topic with its number, as it read in the version it was tagged under ("": reads now)."""
    return frameworks().label(TOPICS, entry_id, version)


def draw_head(detail: EngagementDetail) -> None:
    """Draw status, day, time, forum and place in a line or two, and say plainly where the record is voided."""
    icon, color = BADGES[detail.status]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(detail.status.label, icon=icon, color=color)
        st.markdown(f"**{plain(day_text(detail.held_on, detail.when_words))}**{_at(detail.held_at)}")
    if detail.forum_id is not None:
        navigation.link_to("engagements", plain(detail.forum), icon=":material/groups:", forum=detail.forum_id)
    elif detail.forum:
        st.markdown(f":material/groups: {plain(detail.forum)} (a forum not known here, as written)")
    where = ", ".join(filter(None, (detail.place, "remote" if detail.remote else "")))
    spoken = {Interpreter.NOT_SAID: ""}.get(detail.interpreter, f"interpreter: {detail.interpreter.label.lower()}")
    details = " · ".join(filter(None, (where, detail.language, spoken)))
    if details:
        st.markdown(plain(details))
    if "kind" in detail.as_written:
        st.caption(f"Kind as the spreadsheet had it: “{plain(detail.as_written['kind'])}”.")
    if detail.voided_at is not None:
        st.warning(
            f"**This record was voided** and counts nowhere. The reason given: {plain(detail.void_reason)}",
            icon=":material/block:",
        )


def draw_who(detail: EngagementDetail) -> None:
    """Draw the partners with links, those that did not take part and names not linked yet marked, then the people."""
    st.header("Who", anchor=False)
    for partner in detail.partners:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if partner.partner_id is None:
                st.markdown(plain(partner.name), width="content")
                st.badge("not linked yet", icon=":material/link_off:", color="orange")
            else:
                navigation.link_to("partner", plain(partner.name), partner=partner.partner_id)
            if not partner.two_way:
                st.badge("did not take part", icon=":material/person_off:", color="gray")
    people = [plain(person.shown) for person in detail.people]
    if people:
        st.markdown(f"**Their people:** {', '.join(people)}")
    if detail.county_people:
        st.markdown(f"**County people:** {plain(detail.county_people)}")


def draw_said(detail: EngagementDetail) -> None:
    """Draw facts, quotes and opinions apart, each as it was typed."""
    parts = (
        ("Facts", detail.facts, ":material/notes:"),
        ("Quotes", detail.quotes, ":material/format_quote:"),
        ("Opinions", detail.opinions, ":material/psychology_alt:"),
    )
    if not any(text for _, text, _ in parts):
        return
    st.header("What was said", anchor=False)
    for title, text, icon in parts:
        if text:
            with st.container(border=True):
                st.subheader(f"{icon} {title}", anchor=False)
                _text(text)


def draw_points(detail: EngagementDetail, *, may_change: bool) -> None:
    """Draw the discussion points, each with its follow-up and a button to mark it done or not done after all."""
    if not detail.points:
        return
    st.header("Points discussed", anchor=False)
    for number, point in enumerate(detail.points, 1):
        with st.container(border=True):
            st.markdown(f"**{number}.** {plain(point.what)}")
            if point.follow_up:
                _draw_follow_up(detail, point, may_change)


def draw_decided(detail: EngagementDetail) -> None:
    """Draw what was decided, and who asked, set the agenda, decided – where somebody said so."""
    marks = (
        ("Asked for by", detail.asked_by),
        ("Agenda set by", detail.agenda_by),
        ("Decided by", detail.decided_by),
    )
    known = [f"{label}: **{who.label.lower()}**" for label, who in marks if who is not Who.UNKNOWN]
    if not detail.decisions and not known:
        return
    st.header("Decisions", anchor=False)
    _text(detail.decisions or "No decision was noted.")
    if known:
        st.markdown(" · ".join(known))


def draw_practice(detail: EngagementDetail) -> None:
    """Draw the leadership behaviors shown, with their evidence, and the toolkit topics touched."""
    if not detail.behaviors and not detail.topics:
        return
    st.header("Behaviors and topics", anchor=False)
    for shown in detail.behaviors:
        label = plain(behavior_label(shown.entry_id, shown.version))
        st.markdown(f"**{label}**  \n{plain(shown.evidence) or '*No evidence noted yet.*'}")
    if detail.topics:
        labels = map(topic_label, detail.topics, detail.topic_versions)
        st.markdown("**Toolkit topics**\n" + "".join(f"\n- {plain(label)}" for label in labels))


def draw_loop(detail: EngagementDetail) -> None:
    """Draw the promises made and the feedback heard at the engagement, each with a link to its own page."""
    if detail.promises:
        st.header("Promises made", anchor=False)
    for promise in detail.promises:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"{plain(promise.what)}  \n{_promise_state(promise)}")
            navigation.link_to("promises", "Open this promise", promise=promise.commitment_id)
    if detail.feedback:
        st.header("Feedback heard", anchor=False)
    for item in detail.feedback:
        with st.container(border=True, gap="xsmall"):
            state = f"{plain(item.who)} · {item.kind.label} · **{item.state.label}**"
            st.markdown(f"“{plain_lines(item.words)}”  \n{state}")
            navigation.link_to("feedback", "Open this feedback", feedback=item.item_id)


def draw_rest(detail: EngagementDetail) -> None:
    """Draw notes, columns of a spreadsheet without a place here, and who recorded it."""
    if detail.notes or detail.extras:
        st.header("Notes", anchor=False)
        _text(detail.notes)
        for heading, cell in detail.extras.items():
            st.markdown(f"**{plain(heading)}:** {plain(str(cell))}")


def _draw_follow_up(detail: EngagementDetail, point: Point, may_change: bool) -> None:
    overdue = point.due is not None and point.done_on is None and point.due < county_today()
    due = f", due {day_text(point.due)}" if point.due else ""
    if point.done_on is not None:
        state = f":green-badge[:material/check: done {day_text(point.done_on)}]"
    else:
        state = ":orange-badge[:material/schedule: overdue]" if overdue else ":gray-badge[open]"
    st.markdown(f"Follow-up: {plain(point.follow_up)}{due} {state}")
    if may_change:
        done_on = None if point.done_on else county_today()
        st.button(
            "Not done after all" if point.done_on else "Mark follow-up as done",
            key=f"follow_up_{point.point_id}",
            icon=":material/undo:" if point.done_on else ":material/check:",
            on_click=submit,
            args=(finish_follow_up, detail.engagement_id, detail.version, point.point_id, done_on),
            kwargs={"said": "Follow-up marked as done." if done_on else "Follow-up is open again."},
        )


def _promise_state(promise: PromiseMade) -> str:
    due = day_text(promise.due_on) if promise.due_on else plain(promise.due_words)
    state = f"due {due}" if due else "no due day"
    if promise.withdrawn_on:
        state = f"withdrawn by agreement on {day_text(promise.withdrawn_on)}"
    elif promise.done_on:
        state = f"kept on {day_text(promise.done_on)}"
    to = f" to {plain(promise.partner)}" if promise.partner and promise.owed_by == "the county" else ""
    return f"Owed by {plain(promise.owed_by)}{to} · **{state}**"


def _at(time: str) -> str:
    return f", {plain(time)}" if time else ""


def _text(text: str) -> None:
    """Draw a person's words with their line breaks and nothing else."""
    if text:
        st.markdown(plain_lines(text))
