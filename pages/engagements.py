"""Engagements: every meeting, call, visit …, newest first, with filters that live in the address."""

import pandas as pd
import streamlit as st

from erp import db, frameworks
from erp.documents.tables import csv_bytes
from erp.queries.choices import forum_choices, partner_choices
from erp.queries.engagements import PAGE_ROWS, EngagementFilter, engagement_count, engagement_list
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.engagement_parts import NO_EXACT_DATE, behavior_label, day_text, pick_in_address
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.vocabulary import EngagementKind, EngagementStatus, RecordKind, Verb

VOIDED = "voided"


def readable(engagements: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the words and headings a person reads."""
    return pd.DataFrame(
        {
            "When": [day_text(day, words) for day, words in engagements[["held_on", "when_words"]].to_numpy()],
            "With": engagements["partners"],
            "About": [
                f"{forum}: {purpose}" if forum and purpose else forum or purpose
                for forum, purpose in engagements[["forum", "purpose"]].to_numpy()
            ],
            "Kind": [EngagementKind(kind).label for kind in engagements["kind"]],
            "Status": [EngagementStatus(status).label for status in engagements["status"]],
        }
    )


def filters() -> EngagementFilter:
    """Draw the filters and return what they say; the address keeps ids, never names."""
    partners, forums = load(partner_choices), load(forum_choices)
    words_at, status_at = st.columns([3, 1])
    words = words_at.text_input(
        "Words", key="meeting_words", bind="query-params", placeholder="Partner, forum, purpose, facts, decisions …"
    )
    with status_at:
        stages = {status.value: status.label for status in EngagementStatus} | {VOIDED: "Voided"}
        status = pick_in_address("Status", "status", stages, anything="Any, not voided", page="engagements")
    with st.expander("More filters", expanded=bool(set(st.query_params) - {"meeting_words", "status"})):
        left, right = st.columns(2)
        with left:
            partner = pick_in_address(
                "Partner",
                "partner",
                dict(zip(partners["partner_id"].astype(str), partners["name"], strict=True)),
                anything="All partners",
                page="engagements",
            )
            kinds = {kind.value: kind.label for kind in EngagementKind}
            kind = pick_in_address("Kind", "kind", kinds, anything="All kinds", page="engagements")
            first = st.date_input(
                "From", value=None, key="held_from", bind="query-params", format="MM/DD/YYYY", min_value="1900-01-01"
            )
        with right:
            forum = pick_in_address(
                "Forum",
                "forum",
                dict(zip(forums["forum_id"].astype(str), forums["name"], strict=True)),
                anything="All forums",
                page="engagements",
            )
            behaviors = {behavior.id: behavior_label(behavior.id) for behavior in frameworks.pick_list()}
            behavior = pick_in_address("Behavior shown", "behavior", behaviors, anything="Any", page="engagements")
            last = st.date_input(
                "Until", value=None, key="held_until", bind="query-params", format="MM/DD/YYYY", min_value="1900-01-01"
            )
        undated = st.toggle(f"Only those with {NO_EXACT_DATE}", key="undated", bind="query-params")
    return EngagementFilter(
        words=(words or "").strip(),
        partner_id=int(partner) if partner else None,
        kind=EngagementKind(kind) if kind else None,
        status=EngagementStatus(status) if status and status != VOIDED else None,
        first=first,
        last=last,
        forum_id=int(forum) if forum else None,
        behavior=behavior or None,
        undated=undated,
        voided=status == VOIDED,
    )


def everything() -> bytes:
    """Return the whole list as a file; it is made when somebody asks for it."""
    with db.reading() as session:
        return csv_bytes(readable(engagement_list(session, require_actor(), wanted, None)))


actor = require_actor()
st.title("Engagements", anchor=False)
show_outcome()
wanted = filters()
count = load(engagement_count, wanted)

if not count and wanted == EngagementFilter():
    empty_state(
        "No engagements are logged yet.",
        "Log the last meeting you had – it takes about a minute – or import the county's own meeting log.",
    )
    if navigation.may_open("log"):
        navigation.link_to("log", "Log engagement", icon=":material/edit_calendar:")
    st.stop()
if not count:
    empty_state("No engagement fits these filters.", "Take a filter away, or search for fewer words.")
    st.stop()

pages = -(-count // PAGE_ROWS)
page = min(st.session_state.get("engagements_page", 1), pages)
shown = load(engagement_list, wanted, page)
st.markdown(f"**{count:,} {'engagement' if count == 1 else 'engagements'}**, newest first. Select a row to open it.")
event = st.dataframe(
    readable(shown),
    hide_index=True,
    height="content",
    on_select="rerun",
    selection_mode="single-row",
    key="engagements_rows",
    alt="Engagements, newest first: when, with whom, about what, kind and status",
    column_config={
        "When": st.column_config.TextColumn(pinned=True, width=130),
        "With": st.column_config.TextColumn(width="medium"),
        "About": st.column_config.TextColumn(width="large"),
        "Kind": st.column_config.TextColumn(width="small"),
        "Status": st.column_config.TextColumn(width="small"),
    },
)
if event["selection"]["rows"]:
    navigation.go("engagement", engagement=shown["engagement_id"].iloc[event["selection"]["rows"][0]])
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    if pages > 1:
        st.pagination(pages, key="engagements_page")
    if actor.may(Verb.EXPORT, RecordKind.ENGAGEMENT):
        st.download_button("Download as CSV", everything, "engagements.csv", "text/csv", icon=":material/download:")
