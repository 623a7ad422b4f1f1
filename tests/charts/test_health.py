"""Charts of health: what is encoded, units, breaks without data, and a spec that is valid."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from erp.charts.health import (
    BAND_COLORS,
    LANE,
    bands_chart,
    bands_frames,
    bands_takeaway,
    dimension_rows,
    dimension_tiles,
    profile_chart,
    profile_columns,
    profile_takeaway,
    standing_grid,
)
from erp.charts.specs import spec_of
from erp.health.engine import health_by_day
from erp.health.formula import DIMENSIONS, FORMULA_H1, LABELS
from erp.vocabulary import Band
from tests.charts.contrast import contrast

NO_EVENTS = {"on_day": np.array([], dtype="datetime64[s]"), "mark": [], "what": []}
EMPTY_GRID = pd.DataFrame(
    {"partner_id": [], "partner": [], "as_of": pd.to_datetime([]), "standing": [], "standing_n": [], "band": []}
)
MONTHS = pd.to_datetime(["2026-01-31", "2026-02-28", "2026-03-31"])


def bands(*counts: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(counts, columns=["quarter", "band", "partnerships"])


def layers(chart: object) -> list[dict[str, object]]:
    return chart.to_dict()["layer"]


def profile(scores: list[float]) -> pd.DataFrame:
    facts = pd.DataFrame(
        {
            "fact_id": [1], "partner_id": [1], "kind": ["contact"], "source_id": [1],
            "on_day": pd.to_datetime(["2026-01-15"]), "done_on": pd.to_datetime([None]),
            "withdrawn_on": pd.to_datetime([None]), "side": [""], "respondent": [""], "value": [float("nan")],
            "marks_n": [0], "marks_shared": [0], "position": [0],
        }
    )  # fmt: skip
    partners = pd.DataFrame({"partner_id": [1], "kind": ["other"], "tracked": [True]})
    none = pd.DataFrame({"kind": [], "from_day": pd.to_datetime([]), "days": [], "known_from": pd.to_datetime([])})
    figures = health_by_day(facts, partners, none, [stamp.date() for stamp in MONTHS], FORMULA_H1)
    return figures.assign(trust_score=scores)


def test_each_piece_of_a_bar_prints_its_count() -> None:
    bars, figures, _ = layers(bands_chart())
    assert bars["mark"]["type"] == "bar"
    assert figures["mark"]["type"] == "text"
    assert figures["encoding"]["text"]["field"] == "partnerships"
    drawn = bands_frames(bands(("2026 Q1", "not_enough", 2), ("2026 Q1", "strong", 4)), {})["bands"]
    assert drawn[["band", "lower", "upper"]].to_numpy().tolist() == [["strong", 0, 4], ["not_enough", 4, 6]]


def test_every_band_has_a_colour_and_not_enough_evidence_is_a_band_of_its_own() -> None:
    assert set(BAND_COLORS) == set(Band)
    assert len(set(BAND_COLORS.values())) == len(Band)


def test_the_grid_prints_standing_and_a_dash_where_evidence_is_missing() -> None:
    figures = pd.DataFrame(
        {
            "partner_id": [1, 1],
            "partner": ["A<b>", "A<b>"],
            "as_of": MONTHS[:2],
            "standing": [61.6, None],
            "standing_n": [4, 0],
            "band": ["steady", "not_enough"],
        }
    )
    html = standing_grid(figures, {})
    assert '<td class="steady" title="Steady, from 4 of 5 dimensions">62</td><td class="not_enough"' in html
    assert ">–</td>" in html
    assert '<th scope="row">A&lt;b&gt;</th>' in html
    assert re.findall(r'scope="col">(\w+)<br>(\d+)', html) == [("Jan", "2026"), ("Feb", "2026")]


def test_a_change_of_formula_is_marked_where_it_began() -> None:
    changes = {"2026 Q1": "h1.1", "2020 Q1": "h1.2"}
    marked = bands_frames(bands(("2026 Q1", "strong", 2)), changes)["changes"]
    assert marked.to_dict("records") == [{"quarter": "2026 Q1", "mark": "Formula h1.1"}]
    figures = pd.DataFrame(
        {
            "partner_id": 1,
            "partner": "A",
            "as_of": MONTHS[:2],
            "standing": [60.0, 61.0],
            "standing_n": 4,
            "band": "steady",
        }
    )
    assert "Jan<br>2026</th>" in standing_grid(figures, {"2026-02": "h1.1"})
    assert "Feb<br>2026<br>h1.1</th>" in standing_grid(figures, {"2026-02": "h1.1"})


def test_figures_are_legible_on_every_band() -> None:
    styles = re.findall(r"\.standings \.(\w+) { background: (#\w+); color: (#\w+); }", standing_grid(EMPTY_GRID, {}))
    assert {band for band, _, _ in styles} == set(Band)
    assert [band for band, fill, ink in styles if contrast(fill, ink) < 4.5] == []


def test_a_line_breaks_where_there_is_no_evidence() -> None:
    rows = dimension_rows(profile([80.0, float("nan"), 60.0]))
    assert pd.Series(rows["dimension"]).value_counts().to_dict() == dict.fromkeys(DIMENSIONS, 3)
    drawn = pd.DataFrame(profile_columns(rows, NO_EVENTS, [])["lines"])
    of_trust = drawn[drawn["dimension"] == "trust"]
    by_day = dict(zip(of_trust["as_of"].dt.strftime("%Y-%m-%d"), of_trust["stretch"], strict=True))
    assert set(by_day) == {"2026-01-31", "2026-03-31"}
    assert by_day["2026-01-31"] != by_day["2026-03-31"]


def test_each_dimension_has_a_lane_and_keeps_its_score_in_it() -> None:
    rows = dimension_rows(profile([80.0, 80.0, 80.0]))
    score = pd.DataFrame(rows).set_index(["dimension", "as_of"])["score"]
    drawn = pd.DataFrame(profile_columns(rows, NO_EVENTS, [])["lines"])
    assert not drawn.empty
    for row in drawn.to_dict("records"):
        lane = (len(DIMENSIONS) - 1 - DIMENSIONS.index(row["dimension"])) * LANE
        assert row["at"] == pytest.approx(lane + score[row["dimension"], row["as_of"]])


def test_the_newest_score_of_each_lane_stands_beside_it() -> None:
    columns = profile_columns(dimension_rows(profile([80.0, float("nan"), 60.0])), NO_EVENTS, [])
    lines, newest = pd.DataFrame(columns["lines"]), pd.DataFrame(columns["newest"])
    assert newest.to_dict("records") == lines.groupby("dimension", sort=False).tail(1).to_dict("records")
    assert len(newest) > 1


def test_events_and_changes_of_the_formula_are_marked() -> None:
    events = {"on_day": MONTHS[:1].to_numpy(), "mark": ["kept late"], "what": ["Send the notes"]}
    frames = profile_columns(dimension_rows(profile([80.0, 80.0, 80.0])), events, [MONTHS[1].date()])
    drawn = {layer["data"]["name"]: layer["mark"]["type"] for layer in layers(profile_chart())}
    assert set(drawn) == set(frames)
    assert (drawn["events"], drawn["changes"]) == ("tick", "rule")
    assert frames["events"]["what"] == ["Send the notes"]
    assert frames["changes"]["on_day"].tolist() == [MONTHS[1]]


def test_a_chart_without_events_says_of_what_kind_they_would_be() -> None:
    columns = profile_columns(dimension_rows(profile([80.0, 80.0, 80.0])), NO_EVENTS, [])
    read = {
        name: pa.ipc.open_stream(data).read_all() for name, data in spec_of(columns, profile_chart)["datasets"].items()
    }
    assert read["events"].num_rows == read["changes"].num_rows == 0
    assert [str(kind) for kind in read["events"].schema.types] == ["timestamp[s]", "string", "string", "int64"]
    assert [str(kind) for kind in read["changes"].schema.types] == ["timestamp[s]", "string"]


def test_quarters_stand_in_their_order_whatever_was_drawn_before() -> None:
    sorts = {layer["encoding"]["x"]["sort"] for layer in layers(bands_chart())}
    assert sorts == {"ascending"}


def test_a_spec_carries_its_frames_and_is_drawn_once() -> None:
    one, other = (spec_of(bands_frames(bands(("2026 Q1", "strong", n)), {}), bands_chart) for n in (4, 5))
    assert one["layer"] is other["layer"]
    read = [
        pa.ipc.open_stream(spec["datasets"]["bands"]).read_all()["partnerships"].to_pylist() for spec in (one, other)
    ]
    assert read == [[4], [5]]


def test_the_takeaway_counts_the_newest_quarter_against_the_one_before() -> None:
    counted = bands(
        ("2025 Q4", "strong", 1), ("2025 Q4", "not_enough", 3),
        ("2026 Q1", "strong", 2), ("2026 Q1", "strained", 1), ("2026 Q1", "not_enough", 1),
    )  # fmt: skip
    assert bands_takeaway(counted) == (
        "2 of 4 partnerships are strong or steady; for 1 there is not enough evidence "
        "(+1 strong or steady against the quarter before)."
    )


def test_the_takeaway_of_a_profile_compares_months_with_enough_evidence_and_says_their_n() -> None:
    def arrays(frame: pd.DataFrame) -> dict[str, np.ndarray]:
        return {str(name): column.to_numpy() for name, column in frame.items()}

    def rows(*told: tuple[str, float, int, str]) -> pd.DataFrame:
        months = pd.date_range("2026-01-31", periods=len(told) // 2, freq="ME")
        known = pd.DataFrame(told, columns=["label", "score", "n", "evidence"])
        return known.assign(as_of=[*months, *months])

    thin_moves_more = rows(
        ("Contact", 80.0, 4, "enough"), ("Contact", 70.0, 3, "enough"), ("Contact", 20.0, 1, "thin"),
        ("Loop closure", 0.0, 1, "thin"), ("Loop closure", 90.0, 2, "thin"), ("Loop closure", float("nan"), 0, "none"),
    )  # fmt: skip
    assert profile_takeaway(arrays(thin_moves_more)) == (
        "Contact moved most: it fell from 80 in January 2026 (n = 4) to 70 in February 2026 (n = 3)."
    )
    assert "by five points or more" in profile_takeaway(arrays(thin_moves_more.replace(80.0, 74.0)))
    assert "so none can be compared" in profile_takeaway(arrays(thin_moves_more.replace("enough", "thin")))


def test_two_partners_of_one_name_have_a_row_each() -> None:
    figures = pd.DataFrame(
        {"partner_id": [1, 2], "partner": "A", "as_of": MONTHS[0], "standing": 60.0, "standing_n": 4, "band": "steady"}
    )
    assert standing_grid(figures, {}).count('<th scope="row">A</th>') == 2


def test_a_tile_says_score_n_thin_and_age() -> None:
    newest = {str(name): value for name, value in profile([80.0, 80.0, 80.0]).iloc[-1].items()}
    newest |= {"trust_evidence": "thin", "trust_n": 1, "trust_newest": newest["as_of"]}
    tiles = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd><dd>(.*?)</dd><dd>(.*?)</dd>", dimension_tiles(newest))
    assert [tile[0] for tile in tiles] == list(LABELS.values())
    said = {tile[0]: tile[1:] for tile in tiles}
    assert said[LABELS["contact"]] == ("100", "n = 1", "newest 75 days ago")
    assert said[LABELS["trust"]] == ("80", "n = 1, thin", "newest today")
    assert said[LABELS["loop_closure"]] == ("–", "n = 0", "no evidence")
