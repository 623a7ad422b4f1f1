"""Health of all partnerships: bands by quarter, partner × month grid, and the table behind both."""

import pandas as pd
import streamlit as st

from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.formula_choice import pick_version
from erp.ui.health_overview import ORDERS, bands, grid
from erp.ui.loads import load
from erp.ui.prose import heading, paragraph, show_prose, strong
from erp.ui.session import require_actor
from erp.ui.show import download_table, empty_state, folded, show_chart
from erp.ui.words import plain
from erp.vocabulary import PartnerKind

#: Partners of the grid, from its first row on, with a link to the reasons.
LINKS = 5


def draw_choices() -> None:
    """Draw which partners are shown, in which order."""
    st.multiselect(
        "Kinds of partner",
        [str(k) for k in PartnerKind],
        format_func=lambda k: PartnerKind(k).label,
        key="kinds",
        bind="query-params",
        placeholder="All kinds",
    )
    st.selectbox("Order of the grid", list(ORDERS), key="order", bind="query-params", width=240)


def link_to_reasons(partner_id: int, name: str, change: float) -> None:
    """Draw a link to what is behind a partner's figures and what changed them."""
    said = "" if pd.isna(change) else f" ({change:+.0f} points over these months)"
    navigation.link_to("partner", f"Why: {plain(name)}{said}", partner=partner_id, section="Health")


def draw_others(partners: pd.DataFrame) -> None:
    """Let any partner of the grid be chosen."""
    rows = partners.set_index("partner_id")
    chosen = st.selectbox(
        "Partner whose figures you want explained",
        rows.index.tolist(),
        index=None,
        format_func=lambda partner_id: rows.loc[partner_id, "partner"],
        placeholder="Choose a partner",
        label_visibility="collapsed",
    )
    if chosen is not None:
        link_to_reasons(chosen, str(rows.loc[chosen, "partner"]), float(rows.loc[chosen, "change"]))


require_actor()
st.title("Health", anchor=False)
show_outcome()
show_prose(
    paragraph(
        "How each partnership is doing, from what was recorded and what partners say. A fall is a reason to talk, "
        "never a mark against a partner."
    )
)

months = st.segmented_control("Months", [13, 25, 37], default=13, key="months", required=True, bind="query-params")
if {"kinds", "order"} & set(st.query_params):
    st.session_state["health_choices_wanted"] = True
folded("Kinds of partner, order", draw_choices, key="health_choices")
kinds, order = (st.session_state.get(name) for name in ("kinds", "order"))
order = order or next(iter(ORDERS))
asked = (tuple(kinds or ()), int(months or 13), pick_version("health"))
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

shown = load(grid, *asked, order, 1)
show_prose(heading("Partner by month"))
if shown.pages > 1 and (number := st.pagination(shown.pages, key="page")) > 1:
    shown = load(grid, *asked, order, number)
show_prose(
    paragraph(strong(shown.takeaway)),
    shown.html,
    paragraph(
        "A standing rests on three to five dimensions with enough evidence; the file says on how many (n of 5).",
        quiet=True,
    ),
)
download_table(shown.rows, "health_grid", "Download this grid as CSV")

st.header("Open a partner", anchor=False)
for row in shown.partners.head(LINKS).itertuples():
    link_to_reasons(row.partner_id, row.partner, row.change)
folded("Another partner of this grid", lambda: draw_others(shown.partners), key="health_others")
