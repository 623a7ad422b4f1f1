"""Engagements: every meeting, call, visit …, newest first, with filters that live in the address."""

from dataclasses import replace

import streamlit as st

from erp.queries.engagements import PAGE_ROWS, EngagementFilter, engagement_count, engagement_list
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.engagement_filters import draw_filters, readable
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import empty_state, no_records, offer_list
from erp.ui.views import draw_title
from erp.ui.words import NO_EXACT_DATE
from erp.vocabulary import RecordKind

CAME_FROM = "_engagements_address"


actor = require_actor()
if "engagement" in st.query_params:
    # Leaving for a row's page, Streamlit changes the address before the page, so that Back stops here once with
    # the row's address: put the list's own back.
    st.query_params.from_dict(st.session_state.get(CAME_FROM, {}))
draw_title("Engagements", "engagements")
show_outcome()
wanted = draw_filters()
count = load(engagement_count, wanted)

if not count and wanted == EngagementFilter():
    no_records(
        "No engagements are logged yet.",
        "Log the last meeting you had – it takes about a minute – or import the county's own meeting log.",
        RecordKind.ENGAGEMENT,
    )
    if navigation.may_open("log"):
        navigation.link_to("log", "Log engagement", icon=":material/edit_calendar:")
    st.stop()
if wanted.first or wanted.last:
    undated = load(engagement_count, replace(wanted, first=None, last=None, undated=True))
    st.caption(f"{undated} more with {NO_EXACT_DATE}, in no span of days: find them with the switch in More filters.")
if not count:
    empty_state("No engagement fits these filters.", "Take a filter away, or search for fewer words.")
    st.stop()

if st.session_state.get("_engagements_wanted") != wanted:
    st.session_state["_engagements_wanted"] = wanted
    st.session_state.pop("engagements_page", None)  # other filters begin at their first page
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
        "When": st.column_config.TextColumn(pinned=True, width=130 if (shown["when_words"] == "").all() else 230),
        "With": st.column_config.TextColumn(width="medium"),
        "About": st.column_config.TextColumn(width="large"),
        "Kind": st.column_config.TextColumn(width="small"),
        "Status": st.column_config.TextColumn(width="small"),
    },
)
if event["selection"]["rows"]:
    st.session_state[CAME_FROM] = st.query_params.to_dict()
    navigation.go("engagement", engagement=shown["engagement_id"].iloc[event["selection"]["rows"][0]])
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    if pages > 1:
        st.pagination(pages, key="engagements_page", width="stretch")
    offer_list(
        "engagements",
        RecordKind.ENGAGEMENT,
        lambda session, who: readable(engagement_list(session, who, wanted, None)),
    )
