import pickle

import pytest

from erp.errors import Invalid
from erp.health.formula import BANDS, DIMENSIONS, FORMULA_H1, LABELS, Formula
from erp.vocabulary import Band


def test_h1_is_what_the_definition_says():
    assert FORMULA_H1.weights == {
        "trust": 30,
        "follow_through": 25,
        "loop_closure": 20,
        "shared_power": 15,
        "contact": 10,
    }
    assert FORMULA_H1.minimums == {"trust": 1, "follow_through": 3, "loop_closure": 3, "shared_power": 3, "contact": 1}
    assert FORMULA_H1.bands == (("strong", 75), ("steady", 55), ("strained", 35))
    assert (FORMULA_H1.target_days, FORMULA_H1.window_days, FORMULA_H1.default_cadence_days) == (45, 365, 91)
    assert set(LABELS) == set(DIMENSIONS)
    assert set(BANDS) == {str(band) for band in Band}


def test_settings_left_out_stay_as_published():
    assert Formula.from_settings({}) == FORMULA_H1
    formula = Formula.from_settings({"version": "h1.2", "target_days": 30, "minimums": {"trust": 2}})
    assert (formula.version, formula.target_days) == ("h1.2", 30)
    assert formula.minimums == {**FORMULA_H1.minimums, "trust": 2}
    assert formula.weights == FORMULA_H1.weights


def test_a_formula_can_key_and_enter_a_cache():
    formula = Formula.from_settings({"version": "h1.1", "target_days": 30})
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert len({formula, FORMULA_H1, Formula()}) == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"target_days": 0}, "target days must be a whole number from 1 to 365"),
        ({"target_days": 30.5}, "target days must be a whole number"),
        ({"target_days": True}, "target days must be a whole number"),
        ({"weights": {"trust": 50}}, "add up to 120. Change them so that they add up to 100"),
        ({"weights": {"trust": 0}}, "weight of Partner-rated trust must be a number from 1 to 100"),
        ({"weights": {"trust": float("nan")}}, "weight of Partner-rated trust must be a number"),
        ({"weights": {"trust": "30"}}, "weight of Partner-rated trust must be a number"),
        ({"weights": {"mood": 10}}, "no place for “mood”"),
        ({"weights": [30, 25]}, "health weights must be a list of names with a number each"),
        ({"minimums": {"trust": 0}}, "minimum for Partner-rated trust must be a whole number from 1"),
        ({"minimums": {"trust": 1.5}}, "minimum for Partner-rated trust must be a whole number"),
        ({"bands": {"strong": 50}}, "Strong must begin above Steady"),
        ({"bands": {"at_risk": 10}}, "no place for “at_risk”"),
        ({"bands": {"strong": 101}}, "band “Strong” must be a number from 1 to 100"),
        ({"version": "h2"}, "named h1.1, h1.2 and so on"),
        ({"version": 1}, "named h1.1, h1.2 and so on"),
        ({"version": "h1", "target_days": 30}, "Version h1 is the published formula"),
        ({"window_days": 30}, "no place for “window_days”"),
    ],
)
def test_settings_that_cannot_be_kept_are_refused_with_a_sentence(settings, words):
    with pytest.raises(Invalid) as refusal:
        Formula.from_settings({"version": "h1.1", **settings})
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("standing", "band"),
    [
        (100, "strong"),
        (75, "strong"),
        (75 - 1e-12, "strong"),
        (74.99, "steady"),
        (55, "steady"),
        (54.9, "strained"),
        (35, "strained"),
        (34.9, "at_risk"),
        (0, "at_risk"),
        (None, "not_enough"),
        (float("nan"), "not_enough"),
    ],
)
def test_a_band_begins_at_its_line_and_dust_moves_nobody_across(standing, band):
    assert FORMULA_H1.band_of(standing) == band
