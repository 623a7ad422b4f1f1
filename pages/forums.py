"""Forums: the standing tables – who has a seat and since when, and what was held there."""

import streamlit as st

from erp.errors import NotFound
from erp.queries.forums import forum_list, forum_record
from erp.ui import navigation, partner_forum
from erp.ui.actions import show_outcome
from erp.ui.address import number_in_address
from erp.ui.engagement_parts import plain
from erp.ui.history import draw_history
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import empty_state, no_records
from erp.vocabulary import RecordKind, Verb

actor = require_actor()


def draw_all() -> None:
    """Draw every forum, and the form for a new one."""
    st.title("Forums", anchor=False)
    show_outcome()
    st.markdown("Councils, steering committees, leadership teams: tables that meet again and again.")
    archived = st.toggle("Archived forums", key="forums_archived", bind="query-params")
    if actor.may(Verb.ADD, RecordKind.FORUM) and not archived:
        with st.expander("Add a forum", icon=":material/add:", key="forum_add"):
            partner_forum.draw_forum_form(None)
    forums = load(forum_list, archived)
    if forums.empty and archived:
        empty_state("No forum is archived.")
    elif forums.empty:
        no_records(
            "No forum is recorded yet.",
            "Add the first one above; then choose it when you log an engagement.",
            RecordKind.FORUM,
        )
    partner_forum.draw_forum_list(forums)


def draw_one(forum_id: int) -> None:
    """Draw one forum with its seats, what was held there, its details and its history."""
    try:
        forum = load(forum_record, forum_id)
    except NotFound as refusal:
        st.title("Forum", anchor=False)
        empty_state(str(refusal), "Look for it among all forums.")
        navigation.link_to("forums", "All forums", key="all_forums", icon=":material/arrow_back:")
        return
    st.title(plain(forum["name"]), anchor=False)
    show_outcome()
    if forum["purpose"]:
        st.text(forum["purpose"])
    if forum["language"]:
        st.caption(f"Languages: {plain(forum['language'])}")
    if forum["archived_at"] is not None:
        partner_forum.draw_restoring(forum)
    if navigation.may_open("public_links") and forum["archived_at"] is None:
        navigation.link_to("public_links", "Feedback link", icon=":material/qr_code_2:", forum=forum_id)
    st.header("Seats", anchor=False)
    partner_forum.draw_seats(forum, actor)
    st.header("Engagements", anchor=False)
    partner_forum.draw_engagements(forum_id)
    if actor.may(Verb.CHANGE, RecordKind.FORUM) and forum["archived_at"] is None:
        with st.expander("Change or archive this forum", icon=":material/edit:", key="forum_change"):
            partner_forum.draw_forum_form(forum)
            partner_forum.draw_archiving(forum)
    with st.expander("History", icon=":material/history:", key="forum_history"):
        draw_history(RecordKind.FORUM, forum_id, closed=forum["archived_at"] is not None)
    navigation.link_to("forums", "All forums", key="all_forums", icon=":material/arrow_back:")


forum_id = number_in_address("forum")
draw_one(forum_id) if "forum" in st.query_params else draw_all()
