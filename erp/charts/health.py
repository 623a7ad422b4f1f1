"""Charts of partnership health: bands by quarter, partner × month grid, one partner's dimensions over time."""

from itertools import pairwise

import altair as alt
import pandas as pd

from erp.health.formula import DIMENSIONS, LABELS
from erp.vocabulary import Band

#: Band → colour, strongest first; readable without colour too, since every mark carries its figure. Ours.
BAND_COLORS: dict[str, str] = {
    Band.STRONG: "#0B5FA5",
    Band.STEADY: "#6FA8D6",
    Band.STRAINED: "#E3A857",
    Band.AT_RISK: "#B0452A",
    Band.NOT_ENOUGH: "#C5CCD6",
}
#: Band → colour of the figure printed on it, at least 4.5:1 against it.
_INK: dict[str, str] = {
    Band.STRONG: "#FFFFFF",
    Band.STEADY: "#111418",
    Band.STRAINED: "#111418",
    Band.AT_RISK: "#FFFFFF",
    Band.NOT_ENOUGH: "#111418",
}
#: Figures take their colour as it is; a scale would be shared with the bands and paint both alike.
_INK_COLOR = alt.Color("ink:N", scale=None)
#: Room of one dimension on the axis of the profile chart: 0–100 and a gap to the next.
LANE = 130
_LINE = "#2C76B0"

#: What altair says its layers may be once they have a size.
Layered = alt.LayerChart | alt.FacetChart


def bands_chart(bands: pd.DataFrame) -> Layered:
    """Draw how many partnerships stand in each band, per quarter, the count printed in each piece.

    `bands`: quarter str, band (Band value), partnerships int. One stacked bar per quarter, at risk at the foot, not
    enough evidence on top.
    """
    from_foot = [Band.AT_RISK, Band.STRAINED, Band.STEADY, Band.STRONG, Band.NOT_ENOUGH]
    drawn = _named(bands).assign(place=bands["band"].map(lambda b: from_foot.index(Band(b))))
    drawn = drawn.sort_values(["quarter", "place"])
    top = drawn.groupby("quarter")["partnerships"].cumsum()
    drawn = drawn.assign(upper=top, lower=top - drawn["partnerships"], middle=top - drawn["partnerships"] / 2)
    quarters = alt.X("quarter:N", title=None, axis=alt.Axis(labelAngle=0), sort=None)
    bars = alt.Chart(drawn).mark_bar(stroke="white", strokeWidth=1)
    bars = bars.encode(
        x=quarters,
        y=alt.Y("lower:Q", title="Partnerships"),
        y2=alt.Y2("upper:Q"),
        color=_band_color(),
        tooltip=[
            alt.Tooltip("quarter:N", title="Quarter"),
            alt.Tooltip("label:N", title="Band"),
            alt.Tooltip("partnerships:Q", title="Partnerships"),
        ],
    )
    figures = alt.Chart(drawn).mark_text(fontSize=12)
    figures = figures.encode(x=quarters, y=alt.Y("middle:Q"), text=alt.Text("partnerships:Q"), color=_INK_COLOR)
    return alt.layer(bars, figures).properties(height=300)


def standing_grid(figures: pd.DataFrame) -> Layered:
    """Draw standing per partner and month, the figure printed in each cell, "–" where there is not enough evidence.

    `figures`: partner str, as_of datetime, standing 0–100 or NaN, band. Partners in the order given.
    """
    drawn = _named(figures).assign(
        figure=figures["standing"].map(lambda s: "–" if pd.isna(s) else f"{s:.0f}"),
        month=figures["as_of"].dt.strftime("%b %y"),
    )
    months = alt.X(
        "month:N",
        title=None,
        sort=None,
        axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False, labelOverlap=False),
    )
    partners = alt.Y("partner:N", title=None, sort=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    cells = alt.Chart(drawn).mark_rect(cornerRadius=3, stroke="white", strokeWidth=2)
    cells = cells.encode(
        x=months,
        y=partners,
        color=_band_color(),
        tooltip=[
            alt.Tooltip("partner:N", title="Partner"),
            alt.Tooltip("month:N", title="Month"),
            alt.Tooltip("label:N", title="Band"),
            alt.Tooltip("figure:N", title="Standing"),
        ],
    )
    figure = alt.Chart(drawn).mark_text(fontSize=11)
    figure = figure.encode(x=months, y=partners, text=alt.Text("figure:N"), color=_INK_COLOR)
    return alt.layer(cells, figure).properties(height=alt.Step(24))


def dimension_rows(figures: pd.DataFrame) -> pd.DataFrame:
    """Turn a partner's figures into one row per dimension and month.

    `figures`: rows of `health_by_day` of one partner. Columns: dimension, label, as_of, score (NaN none), n, evidence,
    newest; ordered by dimension (as in the profile) and as_of.
    """
    parts = [
        pd.DataFrame(
            {
                "dimension": dimension,
                "label": LABELS[dimension],
                "as_of": figures["as_of"].to_numpy(),
                "score": figures[f"{dimension}_score"].to_numpy(),
                "n": figures[f"{dimension}_n"].to_numpy(),
                "evidence": figures[f"{dimension}_evidence"].astype(str).to_numpy(),
                "newest": figures[f"{dimension}_newest"].to_numpy(),
            }
        )
        for dimension in DIMENSIONS
    ]
    return pd.concat(parts, ignore_index=True)


def profile_chart(rows: pd.DataFrame, events: pd.DataFrame, formula_changes: list[pd.Timestamp]) -> Layered:
    """Draw a partner's five dimensions over time, one lane each; a line breaks where there is no evidence.

    `rows`: as `dimension_rows`. `events`: on_day datetime, mark (short words), what; drawn as marks on the lowest line.
    `formula_changes`: days on which the formula changed, drawn as upright rules.
    """
    drawn = _in_lanes(rows)
    lanes = pd.DataFrame({"label": list(LABELS.values())}).assign(
        foot=[(len(LABELS) - 1 - i) * LANE for i in range(len(LABELS))]
    )
    lanes = lanes.assign(head=lanes["foot"] + 100, start=rows["as_of"].min(), end=rows["as_of"].max())
    time = alt.X("as_of:T", title=None, axis=alt.Axis(format="%b %Y", grid=False, labelOverlap=True))
    height = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[-50, len(LABELS) * LANE]))
    tips = [
        alt.Tooltip("label:N", title="Dimension"),
        alt.Tooltip("as_of:T", title="As of", format="%b %-d, %Y"),
        alt.Tooltip("score:Q", title="Score", format=".0f"),
        alt.Tooltip("n:Q", title="n"),
        alt.Tooltip("evidence:N", title="Evidence"),
    ]
    beds = alt.Chart(lanes).mark_rect(color="#8A94A3", opacity=0.09)
    beds = beds.encode(x=alt.X("start:T"), x2=alt.X2("end:T"), y=alt.Y("foot:Q", axis=None), y2=alt.Y2("head:Q"))
    names = alt.Chart(lanes).mark_text(align="left", baseline="bottom", dy=-3, fontWeight=600, color="#7A8594")
    names = names.encode(x=alt.X("start:T"), y=alt.Y("head:Q", axis=None), text=alt.Text("label:N"))
    base = alt.Chart(drawn)
    lines = base.mark_line(strokeWidth=2.5, color=_LINE).encode(x=time, y=height, detail=alt.Detail("stretch:N"))
    points = base.mark_point(filled=True, size=38, color=_LINE).encode(
        x=time,
        y=height,
        opacity=alt.Opacity(
            "evidence:N",
            scale=alt.Scale(domain=["enough", "thin"], range=[1, 0.35]),
            legend=alt.Legend(title="Evidence (pale: thin)", orient="bottom"),
        ),
        tooltip=tips,
    )
    last = drawn.sort_values("as_of").groupby("dimension").tail(1)
    figures = alt.Chart(last).mark_text(align="left", dx=7, fontWeight=600, color=_LINE)
    figures = figures.encode(x=time, y=height, text=alt.Text("score:Q", format=".0f"))
    layers: list[alt.Chart] = [beds, names, lines, points, figures]
    if not events.empty:
        marks = alt.Chart(events.assign(at=-30)).mark_tick(thickness=2, size=16, color="#B0452A", orient="vertical")
        layers.append(
            marks.encode(
                x=alt.X("on_day:T"),
                y=height,
                tooltip=[
                    alt.Tooltip("on_day:T", title="Day", format="%b %-d, %Y"),
                    alt.Tooltip("mark:N", title="What"),
                    alt.Tooltip("what:N", title="Words"),
                ],
            )
        )
    if formula_changes:
        changes = pd.DataFrame({"on_day": formula_changes, "mark": "Formula changed"})
        rule = alt.Chart(changes).mark_rule(strokeDash=[2, 3], color="#7A8594")
        layers.append(rule.encode(x=alt.X("on_day:T"), tooltip=[alt.Tooltip("mark:N", title="What")]))
    return alt.layer(*layers).properties(height=440)


def bands_takeaway(bands: pd.DataFrame) -> str:
    """Say in one sentence how the partnerships stand in the newest quarter, and against the quarter before."""
    quarters = sorted(bands["quarter"].unique())
    now = _count(bands, quarters[-1])
    total, unknown = sum(now.values()), now[Band.NOT_ENOUGH]
    well = now[Band.STRONG] + now[Band.STEADY]
    sentence = f"{well:,} of {total:,} partnerships are strong or steady; for {unknown:,} there is not enough evidence"
    if len(quarters) > 1:
        before = _count(bands, quarters[-2])
        moved = well - before[Band.STRONG] - before[Band.STEADY]
        sentence += f" ({moved:+d} strong or steady against the quarter before)" if moved else ""
    return sentence + "."


def fall_and_rise(figures: pd.DataFrame) -> pd.DataFrame:
    """Return how each partner's standing changed over the months given.

    `figures`: partner_id, as_of, standing. Columns: partner_id, first, last, change; partners with both ends only.
    """
    known = figures.dropna(subset=["standing"]).sort_values("as_of")
    ends = known.groupby("partner_id")["standing"].agg(["first", "last"])
    return ends.assign(change=ends["last"] - ends["first"]).reset_index()


def _count(bands: pd.DataFrame, quarter: str) -> dict[str, int]:
    of_quarter = bands[bands["quarter"] == quarter].set_index("band")["partnerships"]
    return {band: int(of_quarter.get(str(band), 0)) for band in Band}


def _in_lanes(rows: pd.DataFrame) -> pd.DataFrame:
    """Place each score in its dimension's lane and number the stretches without a gap."""
    feet = {dimension: (len(DIMENSIONS) - 1 - i) * LANE for i, dimension in enumerate(DIMENSIONS)}
    placed = rows.assign(at=rows["score"] + rows["dimension"].map(feet))
    stretch, numbers = 0, []
    keys = list(zip(rows["dimension"], rows["score"].isna(), strict=True))
    for before, here in pairwise([("", True), *keys]):
        stretch += before[0] != here[0] or before[1] != here[1]
        numbers.append(stretch)
    return placed.assign(stretch=numbers).dropna(subset=["score"])


def _band_color() -> alt.Color:
    scale = alt.Scale(domain=[str(b) for b in BAND_COLORS], range=list(BAND_COLORS.values()))
    names = " : ".join(f"datum.label == '{b}' ? '{Band(b).label}'" for b in BAND_COLORS) + " : datum.label"
    return alt.Color("band:N", scale=scale, legend=alt.Legend(title=None, orient="bottom", labelExpr=names))


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Add each row's band as a person reads it, and the colour of the figure printed on it."""
    return rows.assign(
        label=rows["band"].map(lambda b: Band(b).label), ink=rows["band"].map(lambda b: _INK[Band(b)]).astype(str)
    )
