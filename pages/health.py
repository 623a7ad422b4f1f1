"""Health of all partnerships: bands by quarter, partner × month grid, and the table behind both."""

import pandas as pd
import streamlit as st

from erp.charts.health import bands_chart, bands_takeaway, fall_and_rise, standing_grid
from erp.queries.choices import partner_choices
from erp.queries.health import bands_by_quarter
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.loads import load, standing
from erp.ui.session import require_actor
from erp.ui.show import empty_state, show_chart
from erp.vocabulary import Band, PartnerKind

#: Partners in the grid at a time; more would not be read.
ROWS = 30
ORDERS = {
    "largest fall": "change",
    "standing, lowest first": "last",
    "name": "partner",
}

actor = require_actor()
st.title("Health", anchor=False)
show_outcome()
st.markdown(
    "How each partnership is doing, from what was recorded and what partners say. A fall is a reason to talk, never "
    "a mark against a partner."
)

partners = load(partner_choices).rename(columns={"name": "partner"})
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
if kinds:
    partners = partners[partners["kind"].isin(kinds)]
figures = standing(int(months or 13)).merge(partners, on="partner_id")

if figures.empty:
    empty_state(
        "There are no figures yet.",
        "Figures appear when engagements, promises, feedback or ratings are logged or imported for partners that "
        "are tracked with figures.",
    )
    st.stop()

st.header("Partnerships by band", anchor=False)
bands = bands_by_quarter(figures)
show_chart(
    bands_chart,
    (bands,),
    bands.assign(band=bands["band"].map(lambda b: Band(b).label)).rename(columns=str.capitalize),
    takeaway=bands_takeaway(bands),
    text="Stacked bars: the number of partnerships in each band of standing at the end of each quarter, with not "
    "enough evidence as a band of its own.",
    name="health_bands",
)

st.header("Partner by month", anchor=False)
scored = partners[partners["partner_id"].isin(figures["partner_id"])]
moves = fall_and_rise(figures).merge(scored, on="partner_id", how="right")
moves = moves.sort_values(ORDERS[order], na_position="last")
page = st.pagination(-(-len(moves) // ROWS), key="page") if len(moves) > ROWS else 1
shown = moves.iloc[(page - 1) * ROWS : page * ROWS]
grid = shown[["partner_id", "partner"]].merge(figures.drop(columns=["partner", "kind"]), on="partner_id")
falls = moves[moves["change"] <= -5]
takeaway = f"{len(falls)} of {len(moves)} partnerships fell by five points or more over these months" + (
    f"; {falls.iloc[0]['partner']} fell most." if len(falls) and order == "largest fall" else "."
)
table = grid.assign(
    month=grid["as_of"].dt.strftime("%Y-%m"),
    band=grid["band"].map(lambda b: Band(b).label),
    standing=grid["standing"].round(1),
)[["partner", "month", "standing", "band"]].rename(columns=str.capitalize)
show_chart(
    standing_grid,
    (grid,),
    table,
    takeaway=takeaway,
    text="Grid of partners by months with each month's standing printed; a dash where there is not enough evidence.",
    name="health_grid",
)

st.header("Open a partner", anchor=False)
chosen = st.selectbox(
    "Partner whose figures you want explained",
    shown["partner"],
    index=None,
    placeholder="Choose a partner",
    label_visibility="collapsed",
)
if chosen:
    partner_id = int(shown.loc[shown["partner"] == chosen, "partner_id"].iloc[0])
    change = moves.loc[moves["partner_id"] == partner_id, "change"].iloc[0]
    said = "" if pd.isna(change) else f" ({change:+.0f} points over these months)"
    navigation.link_to("partner", f"Why: {chosen}{said}", partner=partner_id, tab="Health")
