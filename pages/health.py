"""Health of all partnerships: bands by quarter, partner × month grid, and the table behind both."""

import pandas as pd
import streamlit as st

from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.health_overview import ORDERS, bands, grid
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.ui.show import empty_state, show_chart, show_table_below
from erp.vocabulary import PartnerKind

require_actor()
st.title("Health", anchor=False)
show_outcome()
st.markdown(
    "How each partnership is doing, from what was recorded and what partners say. A fall is a reason to talk, never "
    "a mark against a partner."
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    kinds = st.multiselect(
        "Kinds of partner",
        [str(k) for k in PartnerKind],
        format_func=lambda k: PartnerKind(k).label,
        key="kinds",
        bind="query-params",
        placeholder="All kinds",
    )
    months = st.segmented_control("Months", [13, 25, 37], default=13, key="months", required=True, bind="query-params")
    order = st.selectbox("Order of the grid", list(ORDERS), key="order", bind="query-params", width=240)
asked = (tuple(kinds), int(months or 13))
by_band = load(bands, *asked)
if by_band is None:
    empty_state(
        "There are no figures yet.",
        "Figures appear when engagements, promises, feedback or ratings are logged or imported for partners that "
        "are tracked with figures.",
    )
    st.stop()

st.header("Partnerships by band", anchor=False)
show_chart(by_band, "health_bands")

st.header("Partner by month", anchor=False)
shown = load(grid, *asked, order, 1)
if shown.pages > 1 and (number := st.pagination(shown.pages, key="page")) > 1:
    shown = load(grid, *asked, order, number)
st.markdown(f"**{shown.takeaway}**")
st.html(shown.html)
show_table_below(shown.rows, "health_grid")

st.header("Open a partner", anchor=False)
names = dict(zip(shown.partners["partner_id"], shown.partners["partner"], strict=True))
chosen = st.selectbox(
    "Partner whose figures you want explained",
    list(names),
    index=None,
    format_func=lambda partner_id: names.get(partner_id, ""),
    placeholder="Choose a partner",
    label_visibility="collapsed",
)
if chosen is not None:
    change = shown.partners.set_index("partner_id")["change"][chosen]
    said = "" if pd.isna(change) else f" ({change:+.0f} points over these months)"
    navigation.link_to("partner", f"Why: {names[chosen]}{said}", partner=chosen, section="Health")
