"""The grid of CPM leadership behaviors: which are shown with whom and when, and which cells are empty."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from erp.frameworks import Entry, display_label, numbered

#: Characters of a row's label in one line; with the counts beside it this fits a phone.
LINE = 25
#: Between the lines of a label; Vega splits there.
BREAK = "|"
CROWDED = 6  # columns from which on a phone leaves out headings
ROW_HEIGHT = 34  # pixels, room for two lines


@dataclass(frozen=True)
class Palette:
    """Colors of one theme: fills from few to many with the ink readable on each (contrast 4.5 or more); empty cells."""

    fills: tuple[str, ...]
    inks: tuple[str, ...]
    empty: str
    axis: str


LIGHT = Palette(
    fills=("#DCEAF6", "#BFD9EE", "#9CC4E3", "#2C76B0", "#0B477A"),
    inks=("#111418", "#111418", "#111418", "#FFFFFF", "#FFFFFF"),
    empty="#A8481A",
    axis="#111418",
)
DARK = Palette(
    fills=("#17324A", "#1D466A", "#24608F", "#74ABD5", "#BFD9EE"),
    inks=("#FFFFFF", "#FFFFFF", "#FFFFFF", "#0E141B", "#0E141B"),
    empty="#F0A26B",
    axis="#E8EDF2",
)


def coverage_rows(coverage: pd.DataFrame, columns: dict[str, str], by: str, behaviors: Sequence[Entry]) -> pd.DataFrame:
    """Fill a coverage frame up to the whole grid, a zero where there is no evidence.

    `coverage` has entry_id, engagements and the column named by `by` ("quarter" or "kind"), one row per cell with
    evidence; `columns` maps its values to headings, `behaviors` are the rows, both in order. Returns entry_id,
    column_id, behavior (full label), row (the label in lines), column (heading), engagements int. Grain: behavior ×
    column, in the order given.
    """
    found: Counter[tuple[str, str]] = Counter()
    for entry_id, column_id, n in coverage[["entry_id", by, "engagements"]].itertuples(index=False, name=None):
        found[entry_id, column_id] += n
    return pd.DataFrame(
        [
            {
                "entry_id": entry.id,
                "column_id": column_id,
                "behavior": f"{numbered(entry)} · {display_label(entry)}",
                "row": _row_label(entry),
                "column": heading,
                "engagements": found[entry.id, column_id],
            }
            for entry in behaviors
            for column_id, heading in columns.items()
        ]
    )


def coverage_frames(rows: pd.DataFrame, dark: bool = False) -> dict[str, pd.DataFrame]:
    """Return what `coverage_grid` draws, its colors included. `rows`: as coverage_rows returns them."""
    palette = DARK if dark else LIGHT
    headings = rows["column"].str.replace(BREAK, " ")
    return {"cells": rows.assign(heading=headings, **_colors(rows["engagements"].tolist(), palette))}


def coverage_grid(
    columns: tuple[str, ...], labels: tuple[str, ...], slanted: bool = False, dark: bool = False
) -> alt.LayerChart | alt.FacetChart:
    """Draw the grid with the count printed in each cell; empty cells are outlined, dashed, and say 0.

    `columns`, `labels`: headings and row labels in order; `slanted` headings fit where they are words. Clicking a cell
    selects its entry_id and column_id as "cell".
    """
    palette = DARK if dark else LIGHT
    cell = alt.selection_point(name="cell", fields=["entry_id", "column_id"], on="click", toggle=False, empty=False)
    lines = f"split(datum.label, '{BREAK}')"
    two_lines = {"test": f"indexof(datum.label, '{BREAK}') >= 0", "value": "line-bottom"}
    base = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X(
            field="column",
            type="nominal",
            sort=list(columns),
            title=None,
            scale=alt.Scale(paddingInner=0.08, paddingOuter=0.02),
            axis=alt.Axis(
                orient="top",
                labelAngle=-45 if slanted else 0,
                labelAlign="left" if slanted else "center",
                labelExpr=lines,
                labelOverlap=len(columns) > CROWDED,
                labelFontSize=10,
                labelColor=palette.axis,
                ticks=False,
                domain=False,
            ),
        ),
        y=alt.Y(
            field="row",
            type="nominal",
            sort=list(labels),
            title=None,
            scale=alt.Scale(paddingInner=0.1, paddingOuter=0.02),
            axis=alt.Axis(
                labelExpr=lines,
                labelBaseline={"condition": two_lines, "value": "middle"},
                labelColor=palette.axis,
                labelLimit=220,
                labelFontSize=12,
                ticks=False,
                domain=False,
            ),
        ),
    )
    shown = (
        base.transform_filter(alt.datum.engagements > 0)
        .mark_rect(cornerRadius=3)
        .encode(fill=alt.Fill(field="fill", type="nominal", scale=None))
    )
    empty = base.transform_filter(alt.datum.engagements == 0).mark_rect(
        cornerRadius=3, fillOpacity=0, stroke=palette.empty, strokeWidth=1.5, strokeDash=[4, 3]
    )
    counts = base.mark_text(fontSize=13 if len(columns) <= CROWDED else 11, fontWeight=600).encode(
        text=alt.Text(field="engagements", type="quantitative", format=",d"),
        color=alt.Color(field="ink", type="nominal", scale=None),
    )
    clicks = (
        base.mark_rect(fillOpacity=0, cornerRadius=3, stroke=palette.axis, cursor="pointer")
        .encode(
            strokeWidth=alt.condition(cell, alt.value(3), alt.value(0)),
            tooltip=[
                alt.Tooltip(field="behavior", type="nominal", title="Behavior"),
                alt.Tooltip(field="heading", type="nominal", title="Where"),
                alt.Tooltip(field="engagements", type="quantitative", title="Held engagements"),
            ],
        )
        .add_params(cell)
    )
    return alt.layer(shown, empty, counts, clicks, height=alt.Step(ROW_HEIGHT))


def coverage_takeaway(rows: pd.DataFrame, where: str) -> str:
    """Return the one sentence the grid says: how many behaviors have no evidence at all `where`."""
    counts: list[tuple[str, int]] = list(rows[["behavior", "engagements"]].itertuples(index=False, name=None))
    total = Counter({name: 0 for name, _ in counts})
    for name, n in counts:
        total[name] += n
    bare = [name.split(" · ", 1)[1] for name, n in total.items() if n == 0]
    if not bare:
        empty = sum(n == 0 for _, n in counts)
        cells = f"{empty} of {len(counts)} cells are empty" if empty else "no cell is empty"
        return f"All {len(total)} behaviors have evidence {where}; {cells}."
    have = "has" if len(bare) == 1 else "have"
    named = f": {', '.join(bare)}" if len(bare) <= 3 else ""
    return f"{len(bare)} of {len(total)} behaviors {have} no evidence {where}{named}."


def coverage_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the grid as a table: Behavior, then a column for each heading, counts."""
    wide = rows.pivot(index="behavior", columns="column", values="engagements")
    wide = wide.reindex(index=list(dict.fromkeys(rows["behavior"])), columns=list(dict.fromkeys(rows["column"])))
    wide.columns = [heading.replace(BREAK, " ") for heading in wide.columns]
    return wide.rename_axis("Behavior").reset_index()


def _row_label(entry: Entry) -> str:
    label = f"{entry.label} (retired)" if entry.retired else entry.label
    mark = "" if entry.verified else "\u00a0*"  # never on a line of its own
    return BREAK.join(textwrap.wrap(f"{numbered(entry)} {label}{mark}", LINE))


def _colors(counts: list[int], palette: Palette) -> dict[str, list[str]]:
    """Return fill and ink per cell; fills go by steps from 1 to the largest count."""
    largest = max([1, *counts])
    steps = [min(len(palette.fills) - 1, (n - 1) * len(palette.fills) // largest) for n in counts]
    return {
        "fill": [palette.fills[step] if n else "transparent" for n, step in zip(counts, steps, strict=True)],
        "ink": [palette.inks[step] if n else palette.empty for n, step in zip(counts, steps, strict=True)],
    }
