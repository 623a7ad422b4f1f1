"""What must hold for every history, whatever happened in it (docs/health.md, Properties)."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.health.engine import health_by_day
from erp.health.explain import Timeline, contributions
from erp.health.formula import DIMENSIONS, FORMULA_H1, Formula
from erp.health.ledger import as_known

from . import reference
from .histories import (
    FIRST,
    PARTNER_KINDS,
    any_fact,
    as_of_days,
    cadence_frame,
    change_between,
    day,
    default_cadences,
    facts_frame,
    histories,
    moment,
    numbered,
    partners_frame,
)

PARTNERS = partners_frame(PARTNER_KINDS)
NO_DEFAULTS = cadence_frame([])
#: Another version, so that no number of h1 is built in.
FORMULA_OTHER = Formula.from_settings(
    {
        "version": "h1.1",
        "weights": {"contact": 12.5, "follow_through": 17.5, "loop_closure": 33, "shared_power": 27, "trust": 10},
        "minimums": {"contact": 2, "follow_through": 1, "loop_closure": 2, "shared_power": 1, "trust": 2},
        "bands": {"strong": 90, "steady": 60, "strained": 20},
        "target_days": 30,
    }
)
formulas = st.sampled_from([FORMULA_H1, FORMULA_OTHER])
several = settings(max_examples=40, deadline=None)


def figures(facts, days, formula=FORMULA_H1, defaults=NO_DEFAULTS):
    return health_by_day(facts_frame(facts), PARTNERS, defaults, days, formula)


def assert_same(left, right):
    pd.testing.assert_frame_equal(left, right, check_exact=True)


@settings(max_examples=150, deadline=None)
@given(histories, default_cadences, as_of_days, formulas)
def test_the_engine_equals_the_plain_reference(facts, defaults, days, formula):
    rows = figures(facts, days, formula, cadence_frame(defaults)).to_dict("records")
    keys = [(partner_id, t) for partner_id in (1, 2, 3) for t in days]
    assert [(row["partner_id"], row["as_of"].date()) for row in rows] == keys
    for row, (partner_id, t) in zip(rows, keys, strict=True):
        expected = reference.health(facts, partner_id, PARTNER_KINDS[partner_id - 1], defaults, t, formula)
        assert set(row) - set(expected) <= {"partner_id", "as_of", "formula"}
        for name, value in expected.items():
            if name.endswith("_newest") and name[:-7] not in DIMENSIONS:
                continue
            assert _equal(row[name], value), (name, row[name], value, partner_id, t)


def _equal(got, expected):
    if expected is None:
        return pd.isna(got)
    if isinstance(expected, bool | str):
        return got == expected
    if hasattr(expected, "year"):
        return got == pd.Timestamp(expected)
    return got == pytest.approx(expected, rel=0, abs=1e-9)


@several
@given(histories, as_of_days, formulas)
def test_scores_lie_between_0_and_100_and_no_evidence_is_blank(facts, days, formula):
    rows = figures(facts, days, formula)
    for name in (*DIMENSIONS, "partner_promises", "county_rating"):
        score, n = rows[f"{name}_score"], rows[f"{name}_n"]
        assert score.dropna().between(0, 100).all()
        assert (score.isna() == (n == 0)).all()
    assert rows["standing"].dropna().between(0, 100).all()
    assert (rows["standing"].isna() == (rows["band"] == "not_enough")).all()


@several
@given(histories, st.lists(any_fact, max_size=20), day)
def test_nothing_after_the_day_changes_its_figure(facts, more, t):
    known = [_seen_on(t, f) for f in facts if f["on_day"] is None or f["on_day"] <= t]
    later = [{**f, "on_day": f["on_day"] + timedelta(days=1825)} for f in more if f["on_day"] is not None]
    assert_same(figures(known, [t]), figures(numbered(facts + later), [t]))


def _seen_on(t, f):
    """The fact without what happened to it after t."""
    return {**f, **{name: None for name in ("done_on", "withdrawn_on") if f[name] is not None and f[name] > t}}


step = st.sampled_from(["enter", "correct", "void"])
entries = st.lists(st.tuples(moment, step, any_fact, st.integers(0, 99)), max_size=40)


@several
@given(entries, moment, as_of_days)
def test_what_was_shown_on_a_day_is_replayed_from_the_kept_history(steps, asked_on, days):
    """Keeps a living list, as the county knew it, beside the ledger, and looks back at the end."""
    ledger, shown = [], None
    for when, step, f, pick in sorted(steps, key=lambda entry: entry[0]):
        if shown is None and when >= asked_on:
            shown = figures(_living(ledger), days)
        if step == "enter" or not _living(ledger):
            ledger.append({**f, "fact_id": len(ledger) + 1, "known_from": when, "known_to": None})
            continue
        old = _living(ledger)[pick % len(_living(ledger))]
        old["known_to"] = when
        if step == "correct":
            corrected = {name: f[name] for name in ("on_day", "done_on", "value", "marks_n", "marks_shared", "side")}
            ledger.append({**old, **corrected, "fact_id": len(ledger) + 1, "known_from": when, "known_to": None})
    shown = figures(_living(ledger), days) if shown is None else shown
    replayed = health_by_day(as_known(facts_frame(ledger), asked_on), PARTNERS, NO_DEFAULTS, days, FORMULA_H1)
    assert_same(replayed, shown)


def _living(ledger):
    return [f for f in ledger if f["known_to"] is None]


@several
@given(histories, default_cadences, as_of_days)
def test_contact_never_rises_without_a_new_engagement_or_another_cadence(facts, defaults, days):
    rows = figures(facts, days, defaults=cadence_frame(defaults))
    before, after = rows.iloc[:-1].reset_index(drop=True), rows.iloc[1:].reset_index(drop=True)
    rose = (before["partner_id"] == after["partner_id"]) & (after["contact_score"] > before["contact_score"])
    engaged = before["contact_newest"] != after["contact_newest"]
    other_cadence = before["cadence_days"] != after["cadence_days"]
    assert (engaged | other_cadence | ~rose).all()


@several
@given(histories, as_of_days, st.randoms(use_true_random=False))
def test_order_and_batching_of_entry_do_not_matter(facts, days, chance):
    moments = [f["known_from"] for f in facts]
    numbers = [f["fact_id"] for f in facts]
    shuffled = [dict(f) for f in facts]
    for mixed in (shuffled, moments, numbers):
        chance.shuffle(mixed)
    for f, when, number in zip(shuffled, moments, numbers, strict=True):
        f.update(known_from=when, fact_id=number)
    assert_same(figures(shuffled, days), figures(facts, days))


@several
@given(histories, st.sets(st.integers(0, 59)), as_of_days)
def test_a_merge_of_duplicates_equals_entering_it_once(facts, doubled, days):
    """A merge voids the second of two; the first stays."""
    merged_on = datetime(2026, 12, 31)
    twins = [{**f, "fact_id": 500 + i, "known_to": merged_on} for i, f in enumerate(facts) if i in doubled]
    after = as_known(facts_frame(facts + twins), merged_on + timedelta(seconds=1))
    assert_same(health_by_day(after, PARTNERS, NO_DEFAULTS, days, FORMULA_H1), figures(facts, days))


@several
@given(histories, st.sets(st.integers(0, 59)), as_of_days)
def test_voiding_a_fact_equals_never_having_entered_it(facts, voided, days):
    voided_on = datetime(2026, 12, 31)
    kept = [f for i, f in enumerate(facts) if i not in voided]
    ledger = facts_frame([{**f, "known_to": voided_on} if i in voided else f for i, f in enumerate(facts)])
    before, after = as_known(ledger, voided_on), as_known(ledger, voided_on + timedelta(seconds=1))
    assert_same(health_by_day(after, PARTNERS, NO_DEFAULTS, days, FORMULA_H1), figures(kept, days))
    assert_same(health_by_day(before, PARTNERS, NO_DEFAULTS, days, FORMULA_H1), figures(facts, days))


@several
@given(histories, moment)
def test_as_known_keeps_what_was_entered_and_not_yet_voided(facts, k):
    expected = [f["fact_id"] for f in reference.as_known(facts, k)]
    assert as_known(facts_frame(facts), k)["fact_id"].tolist() == expected


@several
@given(histories, day, st.lists(day, min_size=1, max_size=5))
def test_a_day_has_the_same_figure_alone_and_among_others(facts, t, others):
    rows = figures(facts, [*others, t])
    assert_same(rows[rows["as_of"] == pd.Timestamp(t)].reset_index(drop=True), figures(facts, [t]))


rich_histories = st.lists(any_fact, min_size=40, max_size=80).map(
    lambda facts: numbered([{**f, "partner_id": 1} for f in facts])
)


@several
@given(rich_histories, day, day, formulas)
def test_contributions_sum_to_the_change(facts, a, b, formula):
    change = change_between(facts_frame(facts), PARTNERS, NO_DEFAULTS, a, b, formula)
    for row in (change.before, change.after):
        total = sum(contributions(row, formula).values())
        assert total == pytest.approx(0 if np.isnan(row["standing"]) else row["standing"], rel=0, abs=1e-9)
    if change.reason:
        assert np.isnan(change.before["standing"]) or np.isnan(change.after["standing"])
        assert change.standing_change is None
        assert change.contribution_change is None
    else:
        assert change.standing_change == change.after["standing"] - change.before["standing"]
        assert sum(change.contribution_change.values()) == pytest.approx(change.standing_change, rel=0, abs=1e-9)


@several
@given(rich_histories, day)
def test_the_facts_behind_a_figure_make_that_figure(facts, t):
    row = figures(facts, [t]).iloc[0]
    behind = Timeline(facts_frame(facts), 1, FORMULA_H1).behind(t)
    records = [line for line in behind if line.subject != "cadence"]
    points = {d: [line.counts_as for line in records if line.dimension == d] for d in DIMENSIONS}
    for d in DIMENSIONS:
        assert len(points[d]) == row[f"{d}_n"]
    for d in ("follow_through", "loop_closure"):
        if row[f"{d}_n"]:
            assert 100 * np.mean(points[d]) == pytest.approx(row[f"{d}_score"])


@several
@given(rich_histories, day, day)
def test_the_facts_that_entered_left_or_changed_turn_one_day_into_the_other(facts, a, b):
    frame = facts_frame(facts)
    timeline = Timeline(frame, 1, FORMULA_H1)
    changed = change_between(frame, PARTNERS, NO_DEFAULTS, a, b, FORMULA_H1).facts
    before, after = ({line.record: line.note for line in timeline.behind(t)} for t in (a, b))
    for fact in changed:
        where = fact.dimension, fact.subject, fact.source_id
        assert (where in before, where in after) == (fact.change != "entered", fact.change != "left")
        before.pop(where, None)
        if fact.change != "left":
            assert after[where] == fact.note_after
            before[where] = fact.note_after
    assert before == after


def test_the_random_histories_reach_standings_high_and_low():
    """Guards the tests above: histories that never carry a standing would prove little."""
    assert FIRST.year == 2024
    seen = set()

    @settings(max_examples=80, deadline=None, derandomize=True, database=None)
    @given(rich_histories, as_of_days)
    def look(facts, days):
        seen.update(figures(facts, days)["band"])

    look()
    assert seen >= {"not_enough", "strained", "steady", "strong"}
