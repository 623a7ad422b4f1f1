"""Standings as arrays: picked, joined, counted and compared; the same figures as the engine's rows."""

from datetime import date
from unittest.mock import patch

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from erp.health import engine
from erp.health.engine import health_by_day, standings_by_day
from erp.health.formula import BANDS, FORMULA_H1
from erp.health.standings import Standings, no_standings
from tests.health.histories import (
    PARTNER_KINDS,
    as_of_days,
    cadence_frame,
    default_cadences,
    facts_frame,
    histories,
    partners_frame,
)

DAYS = [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
NAN = float("nan")


def standings(*rows: tuple[int, list[float]]) -> Standings:
    """Make standings of these partners; each band is that of its standing."""
    points = np.array([row for _, row in rows])
    band = np.array([[BANDS.index(FORMULA_H1.band_of(point)) for point in row] for _, row in rows], dtype=np.int8)
    ids = np.array([number for number, _ in rows])
    n = np.where(np.isnan(points), 0, 4).astype(np.int8)
    return Standings(ids, np.array(DAYS, dtype="datetime64[D]"), points, n, band)


MOVED = standings((3, [80.0, 70.0, NAN]), (5, [NAN, NAN, NAN]), (8, [NAN, 40.0, 60.0]))


def test_only_those_asked_for_are_kept_and_none_is_made_up() -> None:
    assert MOVED.of([8, 3, 99]).partner_ids.tolist() == [3, 8]
    assert MOVED.of([]).frame().empty
    assert MOVED.without([3, 99]).partner_ids.tolist() == [5, 8]
    assert MOVED.last(2).days.tolist() == DAYS[1:]
    assert MOVED.last(2).standing[0].tolist()[0] == 70


def test_newer_ones_take_their_place_by_id() -> None:
    newer = standings((5, [10.0, 20.0, 30.0]))
    joined = MOVED.without([5]).joined(newer)
    assert joined.partner_ids.tolist() == [3, 5, 8]
    assert joined.standing[1].tolist() == [10, 20, 30]


def test_a_fall_is_measured_between_known_figures_only() -> None:
    moves = MOVED.moves().set_index("partner_id")
    assert moves.loc[3].tolist() == [80, 70, -10]
    assert moves.loc[8].tolist() == [40, 60, 20]
    assert moves.loc[5].isna().all()


def test_bands_are_counted_at_the_last_figure_of_each_quarter() -> None:
    assert MOVED.bands_by_quarter().to_dict("records") == [
        {"quarter": "2026 Q1", "band": "not_enough", "partnerships": 1},
        {"quarter": "2026 Q1", "band": "steady", "partnerships": 1},
        {"quarter": "2026 Q1", "band": "strained", "partnerships": 1},
        {"quarter": "2026 Q2", "band": "not_enough", "partnerships": 2},
        {"quarter": "2026 Q2", "band": "steady", "partnerships": 1},
    ]


def test_nobody_has_a_shape_too() -> None:
    nobody = no_standings(DAYS)
    assert nobody.moves().empty
    assert nobody.bands_by_quarter().empty
    assert nobody.joined(MOVED).partner_ids.tolist() == [3, 5, 8]


@given(histories, default_cadences, as_of_days, st.integers(1, 4))
def test_standings_are_those_of_the_engines_rows_however_many_are_figured_at_once(facts, defaults, days, at_once):
    asked = (facts_frame(facts), partners_frame(PARTNER_KINDS, untracked=(2,)), cadence_frame(defaults))
    rows = health_by_day(*asked, days, FORMULA_H1)[["partner_id", "as_of", "standing", "standing_n", "band"]]
    with patch.object(engine, "PARTNERS_AT_ONCE", at_once):
        found = standings_by_day(*asked, days, FORMULA_H1).frame()
    pd.testing.assert_frame_equal(found, rows.astype({"standing_n": np.int8}))
