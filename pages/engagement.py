"""One engagement, read as minutes; edit, mark as held, cancel, void, restore; its history."""

from functools import partial

import streamlit as st

from erp.errors import NotFound
from erp.queries.engagement_detail import EngagementDetail, engagement_detail
from erp.services.engagements import restore_engagement, void_engagement
from erp.services.series import change_row
from erp.ui import drafts, navigation
from erp.ui import engagement_parts as parts
from erp.ui.actions import show_outcome
from erp.ui.address import number_in_address
from erp.ui.engagement_fields import draw
from erp.ui.engagement_form import Form, filled, open_form, throw_away
from erp.ui.engagement_newer import watch_engagement
from erp.ui.engagement_row import draw_cancel, draw_row, reach_of
from erp.ui.engagement_saving import save
from erp.ui.history import draw_history
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.ui.voiding import draw_restore, draw_void
from erp.ui.words import plain
from erp.vocabulary import EngagementStatus, RecordKind, Verb

LOOPS_STAY = "Its promises and feedback stay; void those on their own pages if they are mistakes too."


def edit_form(detail: EngagementDetail) -> Form:
    """Return the edit form; its version is the one that was open when editing began."""
    start = filled(detail) | {"version": detail.version}
    return open_form(f"edit_{detail.engagement_id}", start, detail)


def save_edit(form: Form, engagement_id: int) -> None:
    """Save the edit and go back to reading."""
    service = partial(change_row, reach=reach_of(form))
    if save(form, service, engagement_id, form.value("version")) is not None:
        st.session_state.pop(EDITING, None)


def begin_edit() -> None:
    st.session_state[EDITING] = True


def leave(form: Form, *, stay: bool = False) -> None:
    """Throw away what was typed; with `stay`, begin again from what is saved now."""
    throw_away(form)
    st.session_state[EDITING] = stay


def draw_actions(detail: EngagementDetail) -> None:
    """Draw what can be done with the record."""
    may_change = actor.may(Verb.CHANGE, RecordKind.ENGAGEMENT)
    with st.container(horizontal=True, vertical_alignment="center"):
        if may_change and detail.voided_at is None:
            if detail.status is EngagementStatus.PLANNED:
                if st.button("It was held", type="primary", icon=":material/event_available:"):
                    navigation.go("log", engagement=detail.engagement_id, **{"as": "held"})
                draw_cancel(detail)
            begun = drafts.exists(f"edit_{detail.engagement_id}")
            label = "Go on with your draft of changes" if begun else "Edit"
            st.button(label, icon=":material/edit:", on_click=begin_edit)
        if navigation.may_open("log"):
            navigation.link_to("log", "Log another like this", icon=":material/add:", like=detail.engagement_id)
        if actor.may(Verb.ADD, RecordKind.DECISION) and detail.points and detail.voided_at is None:
            about = {"from_engagement": detail.engagement_id}
            navigation.link_to("decisions", "Record a decision", icon=":material/gavel:", **about)
            navigation.link_to("barriers", "Name a barrier", icon=":material/construction:", **about)
        if navigation.may_open("public_links") and detail.voided_at is None:
            about = {"engagement": detail.engagement_id}
            navigation.link_to("public_links", "Feedback link", icon=":material/qr_code_2:", **about)


def draw_undoing(detail: EngagementDetail) -> None:
    """Draw voiding with a reason, or restoring."""
    if not actor.may(Verb.ARCHIVE, RecordKind.ENGAGEMENT):
        return
    if detail.voided_at is not None:
        draw_restore("record", restore_engagement, detail.engagement_id, detail.version)
    else:
        draw_void("engagement", void_engagement, detail.engagement_id, detail.version, LOOPS_STAY)


actor = require_actor()
engagement_id = number_in_address("engagement")
EDITING = f"_editing_{engagement_id}"
try:
    engagement = load(engagement_detail, engagement_id)
except NotFound as refusal:
    st.title("Engagement", anchor=False)
    show_outcome()
    empty_state(str(refusal), "Look for it under Engagements.")
    navigation.link_to("engagements", "All engagements", icon=":material/list:")
    st.stop()

title = engagement.purpose.splitlines()[0] if engagement.purpose else engagement.forum
st.title(plain(f"{engagement.kind.label}: {title}"), anchor=False)
if st.session_state.get(EDITING) and actor.may(Verb.CHANGE, RecordKind.ENGAGEMENT):
    edited = edit_form(engagement)
    watch_engagement(edited, engagement)
    draw(
        edited,
        statuses=tuple(EngagementStatus),
        save_label="Save changes",
        on_save=lambda: save_edit(edited, engagement_id),
    )
    with st.container(horizontal=True):
        st.button("Leave without saving", on_click=leave, args=(edited,))
        if edited.value("version") != engagement.version:
            st.button("Begin again from what is saved now", on_click=leave, args=(edited,), kwargs={"stay": True})
    st.stop()

show_outcome()
may_tick = actor.may(Verb.CHANGE, RecordKind.ENGAGEMENT) and engagement.voided_at is None
with st.container(width=parts.READING_WIDTH):
    parts.draw_head(engagement)
    draw_row(engagement, may_plan=actor.may(Verb.ADD, RecordKind.ENGAGEMENT) and engagement.voided_at is None)
    draw_actions(engagement)
    parts.draw_who(engagement)
    parts.draw_said(engagement)
    parts.draw_points(engagement, may_change=may_tick)
    parts.draw_decided(engagement)
    parts.draw_loop(engagement)
    parts.draw_practice(engagement)
    parts.draw_rest(engagement)
    with st.expander("History", icon=":material/history:", on_change="rerun", key="engagement_history") as history:
        if history.open:
            draw_history(RecordKind.ENGAGEMENT, engagement_id, closed=engagement.voided_at is not None)
    draw_undoing(engagement)
