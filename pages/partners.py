"""Partners: the directory, with last contact against cadence, standing and its course; adding a partner."""

import streamlit as st

from erp.ui import partner_directory, partner_form
from erp.ui.actions import show_outcome
from erp.ui.navigation import go, link_to, may_open
from erp.ui.prose import paragraph, show_prose
from erp.ui.session import require_actor
from erp.ui.show import empty_state, folded, no_records
from erp.ui.views import draw_title
from erp.vocabulary import RecordKind, Verb

actor = require_actor()
if (added := st.session_state.pop("_added_partner", None)) is not None:
    go("partner", partner=added)
draw_title("Partners", "partners")
show_outcome()
if actor.may(Verb.ADD, RecordKind.PARTNER):
    folded("Add a partner", partner_form.draw_add, key="partner_add", icon=":material/add:")

narrowed = partner_directory.choose()
place = st.container()
page = partner_directory.page_in_address(narrowed)
with place:
    if not page.total:
        if narrowed == partner_directory.EVERYONE:
            first = "Add the first one above, or import the county's roster on the Import page."
            no_records("No partner here yet.", first, RecordKind.PARTNER)
        else:
            empty_state(
                "No partner fits these filters.", "Search for fewer words, or clear a filter under More filters."
            )
        st.stop()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        show_prose(paragraph(partner_directory.takeaway(narrowed, page)), width="content")
        as_list = st.toggle("As a list", key="partner_as_list", bind="query-params")
    if as_list:
        partner_directory.draw_list(page)
    elif (chosen := partner_directory.draw_table(page)) is not None:
        go("partner", partner=chosen)
partner_directory.draw_download(narrowed)
if may_open("look_alikes"):
    link_to("look_alikes", "Partners that look alike", icon=":material/join:")
