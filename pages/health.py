"""Health of all partnerships: bands by quarter, partner × month grid, and the table behind both."""

import pandas as pd
import streamlit as st

from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.address import pick_in_address, several_in_address, step_in_address
from erp.ui.formula_choice import pick_version
from erp.ui.health_overview import ORDERS, bands, grid
from erp.ui.loads import load
from erp.ui.prose import heading, paragraph, show_prose, strong
from erp.ui.session import require_actor
from erp.ui.show import download_table, empty_state, folded, show_chart
from erp.ui.views import draw_title
from erp.ui.words import plain
from erp.vocabulary import PartnerKind

#: Partners of the grid, from its first row on, with a link to the reasons.
LINKS = 5


def draw_choices() -> None:
    """Draw which partners are shown, in which order."""
    labels = {kind.value: kind.label for kind in PartnerKind}
    several_in_address("Kinds of partner", "kinds", labels, placeholder="All kinds", page="health")
    with st.container(width=240):
        pick_in_address(
            "Order of the grid", "order", dict(zip(ORDERS, ORDERS, strict=True)), anything=None, page="health"
        )


def chosen() -> tuple[tuple[PartnerKind, ...], str]:
    """Return the kinds (none: all) and the order that stand in the address, drawn or folded away."""
    kinds, order = st.query_params.get("kinds", "").split(","), st.query_params.get("order", "")
    return tuple(kind for kind in PartnerKind if kind.value in kinds), order if order in ORDERS else next(iter(ORDERS))


def link_to_reasons(partner_id: int, name: str, change: float) -> None:
    """Draw a link to what is behind a partner's figures and what changed them."""
    said = "" if pd.isna(change) else f" ({change:+.0f} points over these months)"
    navigation.link_to("partner", f"Why: {plain(name)}{said}", partner=partner_id, section="Health")


def draw_others(partners: pd.DataFrame) -> None:
    """Let any partner of the grid be chosen."""
    rows = partners.set_index("partner_id")
    asked_for = st.selectbox(
        "Partner whose figures you want explained",
        rows.index.tolist(),
        index=None,
        format_func=lambda partner_id: rows.loc[partner_id, "partner"],
        placeholder="Choose a partner",
        label_visibility="collapsed",
    )
    if asked_for is not None:
        link_to_reasons(asked_for, str(rows.loc[asked_for, "partner"]), float(rows.loc[asked_for, "change"]))


require_actor()
draw_title("Health", "health")
show_outcome()
show_prose(
    paragraph(
        "How each partnership is doing, from what was recorded and what partners say. A fall is a reason to talk, "
        "never a mark against a partner."
    )
)

months = step_in_address("Months", "months", ["13", "25", "37"], page="health")
if {"kinds", "order"} & set(st.query_params):
    st.session_state["health_choices_wanted"] = True
folded("Kinds of partner, order", draw_choices, key="health_choices")
kinds, order = chosen()
if kinds:  # said where it is read, since the choice may be folded away
    st.caption(f"Only partners of these kinds: {', '.join(kind.label for kind in kinds)}.")
asked = (kinds, int(months), pick_version("health"))
by_band = load(bands, *asked)
if by_band is None and kinds:
    empty_state(
        "There are no figures of these kinds of partner that you may see.", "Choose other kinds, or none for all."
    )
    st.stop()
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
