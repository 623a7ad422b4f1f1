"""How many barriers are open under each CAPP systemic issue: a year ago and today."""

import textwrap

import altair as alt
import pandas as pd

#: Characters of an issue's label in one line; Vega splits at the break. Fits a phone beside the bars.
LINE, BREAK = 24, "|"
ROW_HEIGHT = 64  # pixels of one issue: two bars, and room for three lines of its label
THEN, NOW = "A year ago", "Today"
#: Color of words and figures, in light and in dark.
INK = {False: "#111418", True: "#E8EDF2"}
COLORS = {THEN: "#7C8A99", NOW: "#2C76B0"}


def movement_frames(movement: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what `movement_chart` draws. `movement`: label, open_then, open_now; a row per issue, in order."""
    rows = [
        (BREAK.join(textwrap.wrap(label, LINE)), label, when, int(n))
        for label, *counts in movement[["label", "open_then", "open_now"]].itertuples(index=False, name=None)
        for when, n in zip((THEN, NOW), counts, strict=True)
    ]
    return {"movement": pd.DataFrame(rows, columns=["row", "issue", "when", "barriers"])}


def movement_chart(labels: tuple[str, ...], dark: bool = False) -> alt.LayerChart | alt.FacetChart:
    """Draw two bars for each issue, a year ago and today, the count beside each. `labels`: rows in order."""
    ink = INK[dark]
    issues = alt.Y(
        "row:N",
        title=None,
        sort=list(labels),
        axis=alt.Axis(
            labelExpr=f"split(datum.label, '{BREAK}')", labelLimit=220, labelFontSize=12, labelColor=ink, ticks=False
        ),
    )
    base = alt.Chart(alt.NamedData("movement")).encode(
        y=issues,
        yOffset=alt.YOffset("when:N", sort=[THEN, NOW]),
        x=alt.X("barriers:Q", title="Open barriers", axis=alt.Axis(tickMinStep=1, format="d")),
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        color=alt.Color(
            "when:N",
            title=None,
            sort=[THEN, NOW],
            scale=alt.Scale(domain=[THEN, NOW], range=[COLORS[THEN], COLORS[NOW]]),
            legend=alt.Legend(orient="top"),
        ),
        tooltip=[
            alt.Tooltip("issue:N", title="Issue"),
            alt.Tooltip("when:N", title="When"),
            alt.Tooltip("barriers:Q", title="Open barriers"),
        ],
    )
    counts = base.mark_text(align="left", dx=4, fontSize=12, color=ink).encode(text=alt.Text("barriers:Q", format="d"))
    return alt.layer(bars, counts).properties(height=alt.Step(ROW_HEIGHT // 2))


def movement_takeaway(movement: pd.DataFrame) -> str:
    """Say in one sentence what moved: how many are open, and how many partners said are gone in the year."""
    open_now, open_then, gone, back = (int(movement[name].sum()) for name in ("open_now", "open_then", "gone", "back"))
    then = f"{open_then} a year ago" if open_then else "none a year ago"
    said = "partners said of none that it is gone"
    if gone:
        said = f"partners said of {gone} that {'it is' if gone == 1 else 'they are'} gone"
    if back:
        said += f", and {back} came back"
    return f"{open_now} {'barrier is' if open_now == 1 else 'barriers are'} open, {then}; in the year {said}."
