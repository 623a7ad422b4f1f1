"""Behaviors: CPM leadership behaviors × kind of partner × quarter; empty cells are plain, each opens its evidence."""

from datetime import date

import streamlit as st

from erp.frameworks import BEHAVIORS
from erp.queries.behaviors import ANY_KIND, behavior_evidence, quarter_days, quarters_until
from erp.ui.actions import show_outcome
from erp.ui.address import pick_in_address
from erp.ui.behavior_coverage import Columns, coverage, draw_evidence, notes
from erp.ui.engagement_parts import behavior_choices
from erp.ui.loads import county_today, frameworks, load
from erp.ui.session import require_actor
from erp.ui.show import empty_state, show_chart
from erp.ui.views import draw_title
from erp.ui.words import plain
from erp.vocabulary import PartnerKind

SPANS = {"4": "the last 4 quarters", "8": "the last 8 quarters", "12": "the last 12 quarters"}
#: Kind → short heading, and as a sentence says it.
HEADINGS = {
    PartnerKind.TRIBAL_GOVERNMENT: ("Tribal gov.", "Tribal governments"),
    PartnerKind.TRIBAL_ORGANIZATION: ("Tribal org.", "Tribal organizations"),
    PartnerKind.COMMUNITY_ORGANIZATION: ("Community", "community organizations"),
    PartnerKind.SYSTEM_PARTNER: ("System", "system partners"),
    PartnerKind.LIVED_EXPERIENCE: ("Lived exp.", "lived-experience groups"),
    PartnerKind.OTHER: ("Other", "other partners"),
}


def quarter_name(quarter: str) -> str:
    """Return "2026-Q1" as "Q1 2026"."""
    return f"{quarter[5:]} {quarter[:4]}"


require_actor()
draw_title("Behaviors", "behaviors")
show_outcome()
st.markdown(
    "Which CPM leadership behaviors our engagements show, with whom and when. A dashed 0 is a gap in what we did "
    "or in what we wrote down. Tag an engagement with a behavior when you log it."
)
left, middle, right = st.columns(3)
with left:
    views = {"quarter": "Quarters", "kind": "Kinds of partner"}
    by = pick_in_address("Columns", "columns", views, anything=None, page="behaviors")
this_day = county_today()
if by == "quarter":
    with middle:
        kinds = {kind.value: kind.label for kind in PartnerKind}
        kind = pick_in_address("With", "kind", kinds, anything="All kinds of partner", page="behaviors") or ANY_KIND
    with right:
        span = pick_in_address(
            "Time", "quarters", {n: words.capitalize() for n, words in SPANS.items()}, anything=None, page="behaviors"
        )
    quarters = quarters_until(this_day, int(span))
    columns = {quarter: quarter_name(quarter).replace(" ", "|") for quarter in quarters}
    where = SPANS[span] if kind == ANY_KIND else f"{SPANS[span]} with {HEADINGS[PartnerKind(kind)][1]}"
    where = f"in {where}"
else:
    with middle:
        named = {quarter: quarter_name(quarter) for quarter in reversed(quarters_until(this_day, 12))}
        quarter = pick_in_address("Quarter", "quarter", named, anything=None, page="behaviors")
    quarters, kind = [quarter], ANY_KIND
    columns = {each.value: heading for each, (heading, _) in HEADINGS.items()}
    where = f"with any kind of partner in {quarter_name(quarter)}"

first, last = quarter_days(quarters[0])[0], quarter_days(quarters[-1])[1]
within = (kind, first, last)
grid = Columns(by, columns, where, views[by].lower())
drawn = load(coverage, grid, *within, st.context.theme.type == "dark")
event = show_chart(drawn, "behaviors", on_select=True)
st.caption(load(notes, *within))

st.header("Evidence", anchor=False)
clicked = (event["selection"].get("cell") or [{}])[0]
if clicked != st.session_state.get("_behaviors_clicked", {}):
    st.session_state["_behaviors_clicked"] = clicked
    if clicked:
        st.query_params["behavior"], st.query_params["cell"] = clicked["entry_id"], clicked["column_id"]
behavior_at, cell_at = st.columns([2, 1])
with behavior_at:
    behaviors = behavior_choices(st.query_params.get("behavior", ""))
    behavior = pick_in_address("Behavior", "behavior", behaviors, anything="Choose, or click a cell", page="behaviors")
with cell_at:
    cells = {cell: heading.replace("|", " ") for cell, heading in columns.items()}
    cell = pick_in_address(
        "Quarter" if by == "quarter" else "Kind", "cell", cells, anything="All of them", page="behaviors"
    )
if behavior:
    days: tuple[date, date] = quarter_days(cell) if cell and by == "quarter" else (first, last)
    evidence = load(behavior_evidence, behavior, cell if cell and by == "kind" else kind, *days)
    shown = frameworks().entry(BEHAVIORS, behavior)
    st.markdown(f"In our words{'' if shown.verified else ', not verified yet'}: {plain(shown.description)}")
    if evidence.empty:
        empty_state(
            "No held engagement shows this behavior here.",
            "If it was shown, open that engagement and add the behavior with its evidence. If not, this is where to "
            "begin.",
        )
    else:
        draw_evidence(evidence)
