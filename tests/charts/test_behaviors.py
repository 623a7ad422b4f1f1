"""The behaviors grid: the whole grid with its zeros, what it says in a sentence, a valid and legible drawing."""

import altair as alt
import pandas as pd
import pytest

from erp.charts.behaviors import (
    DARK,
    LIGHT,
    Palette,
    coverage_grid,
    coverage_rows,
    coverage_table,
    coverage_takeaway,
)
from erp.frameworks import as_shipped
from tests.charts.contrast import contrast

BEHAVIORS = as_shipped().pick_list()
QUARTERS = {"2026-Q1": "Q1|2026", "2026-Q2": "Q2|2026"}


def coverage(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["entry_id", "quarter", "engagements"])


def rows_of(counts: pd.DataFrame, columns: dict[str, str], by: str) -> pd.DataFrame:
    return coverage_rows(counts, columns, by, BEHAVIORS)


def every_behavior(n: int = 1) -> pd.DataFrame:
    return coverage(*((entry.id, quarter, n) for entry in BEHAVIORS for quarter in QUARTERS))


def grid(rows: pd.DataFrame, slanted: bool = False, dark: bool = False) -> alt.LayerChart | alt.FacetChart:
    shape = tuple(dict.fromkeys(rows["column"])), tuple(dict.fromkeys(rows["row"]))
    return coverage_grid(*shape, slanted, dark)


def test_the_grid_is_whole_with_a_zero_where_there_is_no_evidence() -> None:
    rows = rows_of(coverage(("LB2", "2026-Q1", 3)), QUARTERS, "quarter")
    assert len(rows) == 16 * 2
    found = rows[rows["engagements"] > 0][["entry_id", "column_id", "column", "engagements"]]
    assert found.to_numpy().tolist() == [["LB2", "2026-Q1", "Q1|2026", 3]]
    assert rows["entry_id"].drop_duplicates().tolist() == [entry.id for entry in BEHAVIORS]


def test_without_any_evidence_the_grid_is_all_zeros() -> None:
    rows = rows_of(coverage(), QUARTERS, "quarter")
    assert rows["engagements"].tolist() == [0] * 32
    assert coverage_takeaway(rows, "this year") == "16 of 16 behaviors have no evidence this year."
    grid(rows).to_dict()


def test_unverified_behaviors_say_so_in_table_and_grid() -> None:
    rows = rows_of(coverage(), QUARTERS, "quarter").drop_duplicates("entry_id").set_index("entry_id")
    assert rows.loc["LB7", "behavior"] == "7 · Seek feedback (unverified)"
    assert rows.loc["LB7", "row"].endswith("*")
    assert rows.loc["LB1", "behavior"] == "1 · Open, honest, clear, respectful"
    assert not rows.loc["LB1", "row"].endswith("*")


def test_the_takeaway_names_few_gaps_and_counts_many() -> None:
    full = every_behavior()
    without_two = full[~full["entry_id"].isin(["LB3", "LB7"])]
    said = coverage_takeaway(rows_of(without_two, QUARTERS, "quarter"), "with system partners this year")
    assert said == (
        "2 of 16 behaviors have no evidence with system partners this year: "
        "Learning environment, Seek feedback (unverified)."
    )
    one = full[full["entry_id"] != "LB3"]
    assert coverage_takeaway(rows_of(one, QUARTERS, "quarter"), "now").startswith("1 of 16 behaviors has no evidence")


def test_the_takeaway_of_a_full_grid_counts_empty_cells() -> None:
    full = every_behavior()
    rows = rows_of(full, QUARTERS, "quarter")
    assert coverage_takeaway(rows, "this year") == "All 16 behaviors have evidence this year; no cell is empty."
    rows = rows_of(full.iloc[1:], QUARTERS, "quarter")
    assert coverage_takeaway(rows, "this year").endswith("1 of 32 cells are empty.")


def test_the_table_has_the_grids_numbers_under_plain_headings() -> None:
    table = coverage_table(rows_of(coverage(("LB2", "2026-Q1", 3)), QUARTERS, "quarter"))
    assert list(table.columns) == ["Behavior", "Q1 2026", "Q2 2026"]
    assert table.iloc[1].tolist() == ["2 · Be accountable", 3, 0]
    assert len(table) == 16


def test_the_drawing_prints_every_count_outlines_empty_cells_and_can_be_clicked() -> None:
    chart = grid(rows_of(every_behavior(2).iloc[1:], QUARTERS, "quarter"))
    spec = chart.to_dict()
    assert isinstance(chart, alt.LayerChart)
    shown, empty, counts, clicks = spec["layer"]
    assert (shown["transform"][0]["filter"], empty["transform"][0]["filter"]) == (
        "(datum.engagements > 0)",
        "(datum.engagements === 0)",
    )
    assert empty["mark"]["strokeDash"] == [4, 3]
    assert "transform" not in counts
    assert counts["encoding"]["text"]["field"] == "engagements"
    assert clicks["mark"]["cursor"] == "pointer"
    assert [(p["name"], p["select"]["fields"]) for p in spec["params"]] == [("cell", ["entry_id", "column_id"])]


def test_columns_and_rows_keep_their_order() -> None:
    spec = grid(rows_of(every_behavior(), QUARTERS, "quarter")).to_dict()
    encoding = spec["layer"][0]["encoding"]
    assert encoding["x"]["sort"] == ["Q1|2026", "Q2|2026"]
    assert [row.split(" ")[0] for row in encoding["y"]["sort"]] == [str(n) for n in range(1, 17)]


@pytest.mark.parametrize(("palette", "page"), [(LIGHT, "#FFFFFF"), (DARK, "#0E141B")])
def test_counts_are_legible_in_both_themes(palette: Palette, page: str) -> None:
    assert [contrast(fill, ink) >= 4.5 for fill, ink in zip(palette.fills, palette.inks, strict=True)] == [True] * 5
    assert contrast(palette.empty, page) >= 4.5
    assert contrast(palette.axis, page) >= 4.5
