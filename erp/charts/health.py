"""Charts of partnership health: bands by quarter, partner × month grid, one partner's dimensions over time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from erp.charts.tiles import tiles
from erp.health.formula import DIMENSIONS, EVIDENCE, LABELS
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
_GRID_STYLE = (
    """<style>
.standings > div { overflow-x: auto; max-width: 100%; }
.standings table { border-collapse: separate; border-spacing: 2px; font-size: 0.8rem; }
.standings th { font-weight: 400; line-height: 1.2; padding: 0 0.3rem; text-align: center; }
.standings th[scope=row] { min-width: 9rem; max-width: 15rem; text-align: left; position: sticky; left: 0;
  overflow-wrap: anywhere; background: light-dark(#FFFFFF, #0E141B); }
.standings thead th:first-child { text-align: left; position: sticky; left: 0;
  background: light-dark(#FFFFFF, #0E141B); }
.standings td { min-width: 2.6rem; padding: 0.15rem 0.3rem; text-align: center; border-radius: 3px; }
.standings p { margin: 0 0 0.5rem; display: flex; flex-wrap: wrap; gap: 0.4rem; font-size: 0.8rem; }
.standings span { padding: 0.1rem 0.5rem; border-radius: 3px; }
"""
    + "".join(
        f".standings .{band} {{ background: {color}; color: {_INK[band]}; }}\n" for band, color in BAND_COLORS.items()
    )
    + "</style>"
)
#: Room of one dimension on the axis of the profile chart: 0–100 and a gap to the next.
LANE = 130
_LINE = "#2C76B0"
#: Points by which a dimension has to move before it is said.
_LEAST_MOVE = 5

#: What altair says its layers may be once they have a size.
Layered = alt.LayerChart | alt.FacetChart


def bands_frames(bands: pd.DataFrame, changes: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return what `bands_chart` draws. `bands`: quarter str, band (Band value), partnerships int.

    `changes`: quarter → the version of the formula that began in it.
    """
    from_foot = [Band.AT_RISK, Band.STRAINED, Band.STEADY, Band.STRONG, Band.NOT_ENOUGH]
    drawn = _named(bands).assign(place=bands["band"].map(lambda b: from_foot.index(Band(b))))
    drawn = drawn.sort_values(["quarter", "place"])
    top = drawn.groupby("quarter")["partnerships"].cumsum()
    lower = top - drawn["partnerships"]
    marked = [
        (quarter, f"Formula {version}") for quarter, version in changes.items() if quarter in set(drawn["quarter"])
    ]
    return {
        "bands": drawn.assign(upper=top, lower=lower, middle=top - drawn["partnerships"] / 2),
        "changes": pd.DataFrame(marked, columns=["quarter", "mark"], dtype=str),
    }


def bands_chart() -> Layered:
    """Draw how many partnerships stand in each band, per quarter, the count printed in each piece.

    One stacked bar per quarter, at risk at the foot, not enough evidence on top; above it where the formula changed.
    """
    drawn = alt.NamedData("bands")
    # In their own order: by the data's, quarters that are drawn later into the same chart would stand behind the first.
    quarters = alt.X("quarter:N", title=None, axis=alt.Axis(labelAngle=0), sort="ascending")
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
    changes = alt.Chart(alt.NamedData("changes")).mark_text(baseline="bottom", dy=-4, color="#7A8594")
    changes = changes.encode(x=quarters, y=alt.value(0), text=alt.Text("mark:N"))
    return alt.layer(bars, figures, changes).properties(height=300)


def standing_grid(figures: pd.DataFrame, changes: Mapping[str, str]) -> str:
    """Write standing per partner and month as a table in HTML, each cell in the color of its band.

    A dash stands where there is not enough evidence. `figures`: partner_id, partner str, as_of datetime, standing 0–100
    or NaN, standing_n, band; partners in the order given. `changes`: month ("2026-05") → the version of the formula
    that began in it, which stands in the month's head. It is a table and no drawing: it is read by screen readers,
    wraps names, and scrolls on a phone with the names staying in sight.
    """
    months = list(dict.fromkeys(figures["as_of"]))
    rows: dict[tuple[int, str], list[str]] = {}  # two partners may have one name
    columns = ["partner_id", "partner", "standing", "standing_n", "band"]
    for partner_id, partner, standing, n, band in figures[columns].itertuples(index=False, name=None):
        words = "–" if pd.isna(standing) else f"{standing:.0f}"
        rests_on = "" if pd.isna(standing) else f", from {of_dimensions(n)}"
        cell = f'<td class="{band}" title="{Band(band).label}{rests_on}">{words}</td>'
        rows.setdefault((partner_id, partner), []).append(cell)
    began = {month: f"<br>{changes[f'{month:%Y-%m}']}" for month in months if f"{month:%Y-%m}" in changes}
    heads = "".join(f'<th scope="col">{month:%b}<br>{month:%Y}{began.get(month, "")}</th>' for month in months)
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>' for (_, name), cells in rows.items()
    )
    bands = " ".join(f'<span class="{band}">{Band(band).label}</span>' for band in BAND_COLORS)
    return (
        f'{_GRID_STYLE}<div class="standings"><p>{bands}</p><div tabindex="0" role="region" '
        f'aria-label="Standing by partner and month"><table><thead><tr><th scope="col">Partner</th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div></div>"
    )


def dimension_tiles(newest: Mapping[str, Any]) -> str:
    """Write a partner's five dimensions in HTML: score, n, thin or not, how old the newest thing behind it is.

    `newest`: a row of `health_by_day`, by column name.
    """
    drawn = []
    for dimension in DIMENSIONS:
        n, evidence, last = (newest[f"{dimension}_{part}"] for part in ("n", "evidence", "newest"))
        score = "–" if evidence == "none" else f"{newest[f'{dimension}_score']:.0f}"
        thin = ", thin" if evidence == "thin" else ""
        age = "no evidence" if pd.isna(last) else _age((newest["as_of"] - last).days)
        drawn.append((LABELS[dimension], score, f"n = {n}{thin}", age))
    return tiles(drawn)


def _age(days: int) -> str:
    return {0: "newest today", 1: "newest yesterday"}.get(days, f"newest {days} days ago")


def of_dimensions(n: int) -> str:
    """Say how many of the dimensions entered a standing: its n."""
    return f"{n} of {len(DIMENSIONS)} dimensions"


def dimension_rows(figures: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """Turn a partner's figures into one row per dimension and month, as plain columns.

    `figures`: rows of `health_by_day` of one partner. Columns: dimension, label, as_of (to the second), score (NaN
    none), n, evidence, newest; ordered by dimension (as in the profile) and as_of.
    """

    def beside(part: str) -> Any:
        return np.concatenate([figures[f"{dimension}_{part}"].to_numpy() for dimension in DIMENSIONS])

    months = len(figures)
    codes = np.concatenate([figures[f"{dimension}_evidence"].cat.codes for dimension in DIMENSIONS])
    return {
        "dimension": np.repeat(DIMENSIONS, months),
        "label": np.repeat([LABELS[dimension] for dimension in DIMENSIONS], months),
        "as_of": np.tile(figures["as_of"].to_numpy(), len(DIMENSIONS)),
        "score": beside("score"),
        "n": beside("n"),
        "evidence": np.array(EVIDENCE)[codes],
        "newest": beside("newest"),
    }


def profile_columns(
    rows: Mapping[str, NDArray[Any]], events: Mapping[str, Any], formula_changes: Sequence[date]
) -> dict[str, dict[str, Any]]:
    """Return what `profile_chart` draws, as plain columns: frames this small take longer to make than to draw.

    `rows`: as `dimension_rows`. `events`: on_day datetime64, mark (short words), what; drawn as marks on the lowest
    line. `formula_changes`: days on which the formula changed, drawn as upright rules.
    """
    drawn = _in_lanes(rows)
    ends_a_lane = np.append(drawn["dimension"][1:] != drawn["dimension"][:-1], [True] * bool(len(drawn["at"])))
    feet = np.arange(len(LABELS) - 1, -1, -1) * LANE
    months = rows["as_of"]
    return {
        "lanes": {
            "label": list(LABELS.values()),
            "foot": feet,
            "head": feet + 100,
            "start": np.repeat(months.min(), len(LABELS)),
            "end": np.repeat(months.max(), len(LABELS)),
        },
        "lines": drawn,
        "newest": {name: column[ends_a_lane] for name, column in drawn.items()},
        "events": {**events, "at": np.full(len(events["on_day"]), -30)},
        "changes": {
            "on_day": np.array(formula_changes, dtype="datetime64[s]"),
            "mark": np.full(len(formula_changes), "Formula changed"),
        },
    }


def profile_chart() -> Layered:
    """Draw a partner's five dimensions over time, one lane each; a line breaks where there is no evidence."""
    beds, names = alt.Chart(alt.NamedData("lanes")), alt.Chart(alt.NamedData("lanes"))
    lines, points, figures = (alt.Chart(alt.NamedData(name)) for name in ("lines", "lines", "newest"))
    time = alt.X("as_of:T", title=None, axis=alt.Axis(format="%b %Y", grid=False, labelOverlap=True))
    height = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[-50, len(LABELS) * LANE]))
    start, foot, head = alt.X("start:T"), alt.Y("foot:Q", axis=None), alt.Y("head:Q", axis=None)
    return alt.layer(
        beds.mark_rect(color="#8A94A3", opacity=0.09).encode(x=start, x2=alt.X2("end:T"), y=foot, y2=alt.Y2("head:Q")),
        names.mark_text(align="left", baseline="bottom", dy=-3, fontWeight=600, color="#7A8594").encode(
            x=start, y=head, text=alt.Text("label:N")
        ),
        lines.mark_line(strokeWidth=2.5, color=_LINE).encode(x=time, y=height, detail=alt.Detail("stretch:N")),
        points.mark_point(filled=True, size=38, color=_LINE).encode(
            x=time,
            y=height,
            opacity=alt.Opacity(
                "evidence:N",
                scale=alt.Scale(domain=["enough", "thin"], range=[1, 0.35]),
                legend=alt.Legend(title="Evidence (pale: thin)", orient="bottom"),
            ),
            tooltip=[
                alt.Tooltip("label:N", title="Dimension"),
                alt.Tooltip("as_of:T", title="As of", format="%b %-d, %Y"),
                alt.Tooltip("figure:N", title="Score"),
                alt.Tooltip("n:Q", title="n"),
                alt.Tooltip("evidence:N", title="Evidence"),
            ],
        ),
        figures.mark_text(align="left", dx=7, fontWeight=600, color=_LINE).encode(
            x=time, y=height, text=alt.Text("figure:N")
        ),
        alt.Chart(alt.NamedData("events"))
        .mark_tick(thickness=2, size=16, color="#B0452A", orient="vertical")
        .encode(
            x=alt.X("on_day:T"),
            y=height,
            tooltip=[
                alt.Tooltip("on_day:T", title="Day", format="%b %-d, %Y"),
                alt.Tooltip("mark:N", title="What"),
                alt.Tooltip("what:N", title="Words"),
            ],
        ),
        alt.Chart(alt.NamedData("changes"))
        .mark_rule(strokeDash=[2, 3], color="#7A8594")
        .encode(x=alt.X("on_day:T"), tooltip=[alt.Tooltip("mark:N", title="What")]),
    ).properties(height=440)


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


def profile_takeaway(rows: Mapping[str, NDArray[Any]]) -> str:
    """Say which dimension moved most from the first to the last month in which it had enough evidence.

    `rows`: as `dimension_rows`.
    """
    known: dict[str, list[tuple[float, int, datetime]]] = {}
    columns = (rows[name].tolist() for name in ("label", "evidence", "score", "n", "as_of"))
    for label, evidence, *figure in zip(*columns, strict=True):
        if evidence == "enough":
            known.setdefault(label, []).append(tuple(figure))
    moved = {label: months[-1][0] - months[0][0] for label, months in known.items() if len(months) > 1}
    if not moved:
        return "No dimension has enough evidence in two of these months, so none can be compared."
    label = max(moved, key=lambda name: abs(moved[name]))
    if abs(moved[label]) < _LEAST_MOVE:
        return "No dimension moved by five points or more over these months."
    verb = "rose" if moved[label] > 0 else "fell"
    first, last = (f"{score:.0f} in {day:%B %Y} (n = {n})" for score, n, day in (known[label][0], known[label][-1]))
    return f"{label} moved most: it {verb} from {first} to {last}."


def _count(bands: pd.DataFrame, quarter: str) -> dict[str, int]:
    of_quarter = bands[bands["quarter"] == quarter].set_index("band")["partnerships"]
    return {band: int(of_quarter.get(str(band), 0)) for band in Band}


def _in_lanes(rows: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Place each score in its dimension's lane, number the stretches without a gap, and write each figure out."""
    place, score = np.repeat(np.arange(len(DIMENSIONS)), len(rows["score"]) // len(DIMENSIONS)), rows["score"]
    here = ~np.isnan(score)
    begins = np.append(True, (place[1:] != place[:-1]) | (here[1:] != here[:-1]))
    lanes = {name: rows[name][here] for name in ("dimension", "label", "as_of", "n", "evidence")}
    return lanes | {
        "at": (score + (len(DIMENSIONS) - 1 - place) * LANE)[here],
        "stretch": np.cumsum(begins)[here],
        "figure": np.array([f"{each:.0f}" for each in score[here]], dtype=str),  # rounded as everywhere on the page
    }


def _band_color() -> alt.Color:
    scale = alt.Scale(domain=[str(b) for b in BAND_COLORS], range=list(BAND_COLORS.values()))
    names = " : ".join(f"datum.label == '{b}' ? '{Band(b).label}'" for b in BAND_COLORS) + " : datum.label"
    return alt.Color("band:N", scale=scale, legend=alt.Legend(title=None, orient="bottom", columns=2, labelExpr=names))


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Add each row's band as a person reads it, and the colour of the figure printed on it."""
    return rows.assign(
        label=rows["band"].map(lambda b: Band(b).label), ink=rows["band"].map(lambda b: _INK[Band(b)]).astype(str)
    )
