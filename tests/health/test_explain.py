from datetime import date, timedelta

import numpy as np
import pytest

from erp.health.engine import health_by_day
from erp.health.explain import Timeline, contributions, missing_for_standing
from erp.health.formula import FORMULA_H1

from .histories import cadence_frame, change_between, fact, facts_frame, numbered, partners_frame

T = date(2025, 6, 30)
PARTNERS = partners_frame(["system_partner", "tribal_government"], untracked={2})
DEFAULTS = cadence_frame([])


def ago(days):
    return T - timedelta(days=days)


def row_of(facts, t=T):
    return health_by_day(facts_frame(numbered(facts)), PARTNERS, DEFAULTS, [t], FORMULA_H1).iloc[0].to_dict()


def change_of(facts, a, b):
    return change_between(facts_frame(numbered(facts)), PARTNERS, DEFAULTS, a, b, FORMULA_H1)


def told(moved):
    return [[fact.dimension, fact.subject, fact.change, fact.note_before, fact.note_after] for fact in moved]


def behind_of(facts):
    return Timeline(facts_frame(numbered(facts)), 1, FORMULA_H1).behind(T)


def partnership():
    """Contact and trust throughout; three promises kept; one of them is then followed by a broken one."""
    return [
        fact("contact", ago(60)),
        fact("rating", ago(200), side="partner", respondent="Ana", value=5.0),
        *(fact("promise", ago(days), side="county", done_on=ago(days)) for days in (101, 102, 103)),
        fact("promise", ago(10), side="county"),
    ]


def test_contributions_are_weights_times_scores_over_the_weights_that_entered():
    row = row_of(partnership())
    assert row["standing"] == pytest.approx((10 * 100 + 25 * 75 + 30 * 100) / 65)
    assert contributions(row, FORMULA_H1) == pytest.approx(
        {
            "contact": 10 * 100 / 65,
            "follow_through": 25 * 75 / 65,
            "loop_closure": 0,
            "shared_power": 0,
            "trust": 30 * 100 / 65,
        }
    )


def test_without_a_standing_nothing_contributes():
    assert set(contributions(row_of([fact("contact", ago(3))]), FORMULA_H1).values()) == {0}


def test_a_fall_is_explained_by_the_promise_that_was_not_kept():
    change = change_of(partnership(), ago(30), T)
    assert change.reason is None
    assert change.standing_change == pytest.approx(-25 * 25 / 65)
    assert change.contribution_change["follow_through"] == pytest.approx(-25 * 25 / 65)
    assert change.contribution_change["trust"] == 0
    assert told(change.facts) == [["follow_through", "commitment", "entered", "not_yet", "not_done"]]
    assert change.facts[0].counts_as_after == 0
    assert change.facts[0].fact_id_before is None
    assert (change.day_before, change.day_after) == (ago(30), T)


def test_looking_back_turns_the_difference_round():
    forth, back = change_of(partnership(), ago(30), T), change_of(partnership(), T, ago(30))
    assert back.standing_change == -forth.standing_change
    assert (back.before["as_of"], back.before["standing"]) == (forth.after["as_of"], forth.after["standing"])
    assert [line[2:] for line in told(back.facts)] == [["left", "not_done", "not_yet"]]


def test_where_standing_is_missing_the_change_says_when():
    facts = partnership()
    change = change_of(facts, ago(150), T)
    assert change.standing_change is None
    assert change.contribution_change is None
    assert "no standing on January 31, 2025" in change.reason
    assert {fact.change for fact in change.facts} == {"entered"}
    assert "January 31, 2025 and June 30, 2025" in change_of(facts[:1], ago(150), T).reason


def test_each_way_to_stop_counting_has_its_code():
    facts = [
        fact("promise", ago(380), side="county"),
        fact("promise", ago(100), side="county", withdrawn_on=ago(20)),
        fact("rating", ago(100), side="partner", respondent="Ana", value=4.0),
        fact("rating", ago(5), side="partner", respondent="Ana", value=3.0),
        fact("rating", ago(390), side="partner", respondent="Ben", value=3.0),
        fact("cadence", ago(500), value=30.0),
        fact("cadence", ago(15), value=60.0),
        fact("contact", ago(370), marks_n=1, marks_shared=1),
        fact("contact", ago(12), marks_n=2, marks_shared=1),
        fact("received", ago(430), source_id=7),
        fact("received", ago(90), source_id=8),
        fact("told", ago(80), source_id=8, position=1),
        fact("reopened", ago(10), source_id=8, position=2),
    ]
    assert told(change_of(facts, ago(30), T).facts) == [
        ["contact", "cadence", "left", "cadence", "newer_cadence"],
        ["contact", "engagement", "changed", "latest_contact", "earlier_contact"],
        ["contact", "cadence", "entered", "not_yet", "cadence"],
        ["contact", "engagement", "entered", "not_yet", "latest_contact"],
        ["follow_through", "commitment", "left", "not_done", "aged_out"],
        ["follow_through", "commitment", "left", "not_done", "withdrawn"],
        ["loop_closure", "feedback", "left", "not_told", "aged_out"],
        ["loop_closure", "feedback", "changed", "told_in_time", "reopened"],
        ["shared_power", "engagement", "left", "marks", "aged_out"],
        ["shared_power", "engagement", "entered", "not_yet", "marks"],
        ["trust", "rating", "left", "rating", "aged_out"],
        ["trust", "rating", "left", "rating", "newer_rating"],
        ["trust", "rating", "entered", "not_yet", "rating"],
    ]


def test_facts_behind_name_the_record_and_what_it_counts_as():
    facts = [
        *partnership(),
        fact("contact", ago(70), marks_n=3, marks_shared=2),
        fact("received", ago(90), source_id=8),
        fact("told", ago(80), source_id=8, position=1),
        fact("confirmed", ago(70), source_id=8, position=2),
        fact("rating", ago(10), side="county", respondent="Cy", value=2.0),
    ]
    lines = behind_of(facts)
    assert [[line.dimension, line.kind, line.source_id, line.note] for line in lines] == [
        ["contact", "contact", 1007, "earlier_contact"],
        ["contact", "contact", 1001, "latest_contact"],
        ["follow_through", "promise", 1005, "done_by_due"],
        ["follow_through", "promise", 1004, "done_by_due"],
        ["follow_through", "promise", 1003, "done_by_due"],
        ["follow_through", "promise", 1006, "not_done"],
        ["loop_closure", "confirmed", 8, "confirmed"],
        ["shared_power", "contact", 1007, "marks"],
        ["trust", "rating", 1002, "rating"],
    ]
    assert [line.counts_as for line in lines[2:8]] == [1, 1, 1, 0, 1, 2 / 3]
    assert np.isnan(lines[-1].counts_as), "one person's rating is never shown alone"
    assert "Ana" not in str(lines), "nor who gave it"


def test_without_facts_there_is_nothing_behind_and_nothing_changed():
    assert behind_of([]) == []
    assert change_of([], ago(30), T).facts == []


def test_what_is_missing_is_said_with_the_quickest_way_first():
    sentences = missing_for_standing(row_of([fact("contact", ago(3))]), FORMULA_H1)
    assert sentences[0] == (
        "Standing needs enough evidence in three of the five dimensions, one of them Partner-rated trust or"
        " Loop closure. With enough now: Contact."
    )
    named = [sentence.split(":")[0] for sentence in sentences[1:]]
    assert named == ["Partner-rated trust", "Loop closure", "Shared power", "Follow-through"]
    assert "0 so far, 1 needed" in sentences[1]


def test_with_three_dimensions_but_not_the_partners_side_only_that_side_helps():
    contacts = [fact("contact", ago(day), marks_n=1) for day in (1, 2, 3)]
    promises = [fact("promise", ago(day), side="county") for day in (1, 2, 3)]
    sentences = missing_for_standing(row_of([*contacts, *promises]), FORMULA_H1)
    assert [sentence.split(":")[0] for sentence in sentences[1:]] == ["Partner-rated trust", "Loop closure"]


def test_once_the_partners_side_is_in_the_least_missing_comes_first():
    facts = [
        fact("rating", ago(3), side="partner", respondent="Ana", value=3.0),
        *(fact("promise", ago(day), side="county") for day in (1, 2)),
    ]
    named = [sentence.split(":")[0] for sentence in missing_for_standing(row_of(facts), FORMULA_H1)[1:]]
    assert named == ["Contact", "Follow-through", "Shared power", "Loop closure"]


def test_nothing_is_missing_where_standing_exists():
    assert missing_for_standing(row_of(partnership()), FORMULA_H1) == []
