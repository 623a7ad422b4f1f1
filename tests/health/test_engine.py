"""Each dimension by hand, with the numbers worked out in the test."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from erp.health.engine import health_by_day
from erp.health.formula import FORMULA_H1, Formula
from erp.health.ledger import as_known

from .histories import cadence_frame, fact, facts_frame, numbered, partners_frame

T = date(2025, 6, 30)
NO_DEFAULTS = cadence_frame([])


def ago(days):
    return T - timedelta(days=days)


def health(facts, t=T, formula=FORMULA_H1, defaults=NO_DEFAULTS):
    """Partner 1, a system partner, on one day."""
    frame = facts_frame(numbered(facts))
    return health_by_day(frame, partners_frame(["system_partner"]), defaults, [t], formula).iloc[0]


def feedback(received, *happened, source_id=1):
    """A feedback item received so many days ago, and what happened: ("told", days ago), in that order."""
    events = [fact("received", ago(received), source_id=source_id)]
    for position, (kind, days) in enumerate(happened, start=1):
        events.append(fact(kind, ago(days), source_id=source_id, position=position))
    return events


def promise(due, done=None, withdrawn=None, side="county"):
    days = {"done_on": done, "withdrawn_on": withdrawn}
    return fact("promise", ago(due), side=side, **{name: d if d is None else ago(d) for name, d in days.items()})


def rating(days, respondent, value, side="partner", **columns):
    return fact("rating", ago(days), side=side, respondent=respondent, value=value, **columns)


# --- contact


@pytest.mark.parametrize(("days", "score"), [(0, 100), (91, 100), (182, 50), (273, 25), (92, 100 * 2 ** (-1 / 91))])
def test_contact_is_100_within_the_cadence_and_halves_with_each_cadence_more(days, score):
    row = health([fact("contact", ago(days)), fact("contact", ago(days + 400))])
    assert row["contact_score"] == pytest.approx(score, abs=1e-12)
    assert (row["contact_n"], row["contact_evidence"]) == (2, "enough")
    assert row["contact_newest"] == pd.Timestamp(ago(days))
    assert (row["cadence_days"], row["cadence_is_default"]) == (91, True)


def test_contact_uses_the_cadence_agreed_with_the_partner_from_its_day_on():
    facts = [
        fact("contact", ago(60)),
        fact("cadence", None, value=14.0),
        fact("cadence", ago(100), value=30.0),
        fact("cadence", ago(-1), value=365.0),
    ]
    row = health(facts)
    assert row["contact_score"] == 50
    assert (row["cadence_days"], row["cadence_is_default"]) == (30, False)
    assert health(facts, ago(-1))["cadence_days"] == 365
    assert health(facts, ago(101))["cadence_days"] == 14


def test_of_two_cadences_agreed_on_one_day_the_later_position_holds_and_else_the_shorter():
    later = [fact("cadence", ago(9), value=60.0, position=2), fact("cadence", ago(9), value=30.0, position=1)]
    assert health(later)["cadence_days"] == 60
    for values in ([30.0, 60.0], [60.0, 30.0]):
        assert health([fact("cadence", ago(9), value=value) for value in values])["cadence_days"] == 30


def test_an_agreement_without_days_gives_way_to_the_default():
    facts = [fact("cadence", ago(300), value=14.0), fact("cadence", ago(100), value=None)]
    assert health(facts)[["cadence_days", "cadence_is_default"]].tolist() == [91, True]


def test_the_county_default_for_the_kind_follows_its_days_and_the_later_entry():
    entered = datetime(2025, 1, 1)
    defaults = cadence_frame(
        [
            {"kind": "system_partner", "from_day": ago(10), "days": 45, "known_from": entered + timedelta(days=1)},
            {"kind": "system_partner", "from_day": ago(10), "days": 40, "known_from": entered},
            {"kind": "system_partner", "from_day": None, "days": 60, "known_from": entered},
            {"kind": "tribal_government", "from_day": None, "days": 182, "known_from": entered},
        ]
    )
    assert health([], defaults=defaults)["cadence_days"] == 45
    assert health([], ago(10), defaults=defaults)["cadence_days"] == 45
    assert health([], ago(11), defaults=defaults)["cadence_days"] == 60


def test_without_any_contact_there_is_no_figure_rather_than_zero():
    row = health([fact("contact", ago(-1)), fact("contact", None)])
    assert np.isnan(row["contact_score"])
    assert (row["contact_n"], row["contact_evidence"]) == (0, "none")
    assert pd.isna(row["contact_newest"])


# --- follow-through


def test_follow_through_counts_kept_late_and_broken_promises_as_1_half_and_0():
    row = health([promise(100, done=100), promise(50, done=20), promise(30), promise(10, done=-1)])
    assert row["follow_through_score"] == 100 * 1.5 / 4
    assert (row["follow_through_n"], row["follow_through_evidence"]) == (4, "enough")
    assert row["follow_through_newest"] == pd.Timestamp(ago(10))


def test_a_promise_counts_from_its_due_day_for_365_days():
    assert health([promise(0)])["follow_through_n"] == 1
    assert health([promise(-1)])["follow_through_n"] == 0
    assert health([promise(364)])["follow_through_n"] == 1
    assert health([promise(365)])["follow_through_n"] == 0
    assert health([{**promise(0), "on_day": None, "done_on": ago(5)}])["follow_through_n"] == 0


def test_a_promise_withdrawn_by_agreement_is_left_out_from_that_day_on():
    facts = [promise(100, withdrawn=20), promise(90, done=95)]
    assert health(facts, ago(21))[["follow_through_n", "follow_through_score"]].tolist() == [2, 50]
    assert health(facts, ago(20))[["follow_through_n", "follow_through_score"]].tolist() == [1, 100]


def test_the_partners_own_promises_stand_beside_and_never_mix_in():
    row = health([promise(10, done=10), promise(10, side="partner"), promise(12, done=3, side="partner")])
    assert (row["follow_through_score"], row["follow_through_n"]) == (100, 1)
    assert (row["partner_promises_score"], row["partner_promises_n"]) == (25, 2)
    assert row["follow_through_evidence"] == "thin"


# --- loop closure


@pytest.mark.parametrize(
    ("happened", "score"),
    [
        ([], 0),
        ([("told", 55)], 100),
        ([("told", 54)], 50),
        ([("told", 54), ("confirmed", 50)], 100),
        ([("told", 90), ("reopened", 60)], 0),
        ([("told", 90), ("reopened", 60), ("told", 58)], 50),
        ([("told", 90), ("reopened", 60), ("told", 30), ("confirmed", 29)], 100),
        ([("told", 90), ("confirmed", 80), ("reopened", 60)], 0),
        ([("confirmed", 10)], 100),
        ([("told", 90), ("told", 10)], 100),
        ([("told", -1)], 0),
    ],
)
def test_the_latest_event_decides_a_feedback_item(happened, score):
    row = health(feedback(100, *happened))
    assert row["loop_closure_score"] == score
    assert (row["loop_closure_n"], row["loop_closure_evidence"]) == (1, "thin")


def test_of_events_on_one_day_the_later_position_came_last():
    told, reopened = fact("told", ago(50), position=2), fact("reopened", ago(50), position=1)
    assert health([*feedback(100), told, reopened])["loop_closure_score"] == 50
    assert health([*feedback(100), {**told, "position": 0}, reopened])["loop_closure_score"] == 0


def test_feedback_counts_once_its_target_days_are_over_and_then_for_365_days():
    assert [health(feedback(days))["loop_closure_n"] for days in (44, 45, 409, 410)] == [0, 1, 1, 0]
    other = Formula.from_settings({"version": "h1.1", "target_days": 30})
    assert [health(feedback(days), formula=other)["loop_closure_n"] for days in (29, 30, 394, 395)] == [0, 1, 1, 0]


def test_loop_closure_is_the_mean_over_the_items_and_as_fresh_as_its_newest_event():
    facts = [
        *feedback(100, ("told", 90), source_id=1),
        *feedback(100, ("told", 20), source_id=2),
        *feedback(60, source_id=3),
    ]
    row = health(facts)
    assert (row["loop_closure_score"], row["loop_closure_n"], row["loop_closure_evidence"]) == (50, 3, "enough")
    assert row["loop_closure_newest"] == pd.Timestamp(ago(20))


def test_feedback_without_a_day_of_receipt_enters_no_figure():
    assert health([fact("received", None), fact("told", ago(50))])["loop_closure_n"] == 0


def test_an_item_that_two_partners_gave_is_told_to_each_of_them():
    facts = [*feedback(100, ("told", 90)), *({**f, "partner_id": 2} for f in feedback(100))]
    partners = partners_frame(["system_partner", "other"])
    rows = health_by_day(facts_frame(numbered(facts)), partners, NO_DEFAULTS, [T], FORMULA_H1)
    assert rows["loop_closure_score"].tolist() == [100, 0]


# --- shared power


@pytest.mark.parametrize(("shared", "score"), [((0, 0, 0), 0), ((1, 0, 1), 50), ((1, 2, 1), 100), ((3, 2, 3), 100)])
def test_shared_power_is_full_when_half_of_the_answered_marks_say_partner_or_both(shared, score):
    answered = (3, 2, 3)
    facts = [fact("contact", ago(9), marks_n=n, marks_shared=m) for n, m in zip(answered, shared, strict=True)]
    row = health([*facts, fact("contact", ago(1)), fact("contact", ago(365), marks_n=3, marks_shared=3)])
    assert row["shared_power_score"] == pytest.approx(score)
    assert (row["shared_power_n"], row["shared_power_evidence"]) == (3, "enough")
    assert row["shared_power_newest"] == pd.Timestamp(ago(9))


# --- trust


def test_trust_is_the_mean_of_each_persons_latest_rating():
    facts = [
        rating(200, "Ana", 1.0),
        rating(30, "Ana", 4.0),
        rating(100, "Ben", 2.0),
        rating(20, "Cy", 5.0, side="county"),
    ]
    row = health(facts)
    assert (row["trust_score"], row["trust_n"], row["trust_evidence"]) == (50, 2, "enough")
    assert row["trust_newest"] == pd.Timestamp(ago(30))
    assert (row["county_rating_score"], row["county_rating_n"]) == (100, 1)


def test_a_rating_counts_for_365_days():
    assert [health([rating(days, "Ana", 3.0)])["trust_n"] for days in (-1, 0, 364, 365)] == [0, 1, 1, 0]


def test_ratings_without_a_name_count_as_one_voice():
    row = health([rating(30, None, 5.0), rating(20, None, 3.0), rating(10, "Ana", 1.0)])
    assert (row["trust_n"], row["trust_score"]) == (2, 25)


def test_of_two_ratings_on_one_day_the_later_position_counts_and_else_the_lower():
    assert health([rating(9, "Ana", 2.0, position=1), rating(9, "Ana", 5.0, position=2)])["trust_score"] == 100
    for values in ([2.0, 5.0], [5.0, 2.0]):
        assert health([rating(9, "Ana", value) for value in values])["trust_score"] == 25


def test_a_rating_without_an_answer_is_no_rating():
    row = health([rating(30, "Ana", 5.0), rating(20, "Ana", None)])
    assert (row["trust_n"], row["trust_score"]) == (1, 100)


# --- standing


CONTACT_100 = [fact("contact", ago(1))]
FOLLOW_50 = [promise(40, done=30), promise(41, done=30), promise(42, done=30)]
LOOP_0 = [f for item in (1, 2, 3) for f in feedback(80 + item, source_id=item)]
TRUST_75 = [rating(15, "Ana", 4.0)]


def test_standing_weighs_the_dimensions_with_enough_evidence():
    row = health([*CONTACT_100, *FOLLOW_50, *TRUST_75])
    assert row["standing"] == pytest.approx((10 * 100 + 25 * 50 + 30 * 75) / 65)
    assert row["band"] == "steady"
    assert row["formula"] == "h1"
    row = health([*CONTACT_100, *FOLLOW_50, *LOOP_0])
    assert row["standing"] == pytest.approx((10 * 100 + 25 * 50 + 20 * 0) / 55)
    assert row["band"] == "strained"


def test_standing_needs_three_dimensions_and_the_partners_side_among_them():
    power = [fact("contact", ago(day), marks_n=3, marks_shared=3) for day in (3, 4, 5)]
    without_their_say = health([*power, *FOLLOW_50])
    assert [without_their_say[f"{d}_evidence"] for d in ("contact", "shared_power", "follow_through")] == ["enough"] * 3
    two_only = health([*CONTACT_100, *TRUST_75, *FOLLOW_50[:2]])
    for row in (without_their_say, two_only):
        assert np.isnan(row["standing"])
        assert row["band"] == "not_enough"
    assert two_only["follow_through_score"] == 50, "a thin score is shown, and enters nothing"


def test_a_standing_on_the_line_belongs_to_the_band_above():
    facts = [*CONTACT_100, *TRUST_75, *[promise(40, done=40)] * 3]
    weights = {"contact": 20, "follow_through": 20, "trust": 20, "loop_closure": 20, "shared_power": 20}
    line = 100 * (1 + 1 + 0.75) / 3
    bands = {"strong": round(line, 9), "steady": 50, "strained": 20}
    row = health(facts, formula=Formula.from_settings({"version": "h1.1", "weights": weights, "bands": bands}))
    assert row["standing"] == pytest.approx(line)
    assert row["band"] == "strong"


# --- the frame


def test_rows_come_by_partner_and_day_for_scored_partners_only():
    partners = partners_frame(["other", "tribal_government", "other"], untracked={2}).iloc[::-1]
    facts = facts_frame(numbered([fact("contact", ago(5), partner_id=p) for p in (1, 2, 3, 9)]))
    rows = health_by_day(facts, partners, NO_DEFAULTS, [T, ago(30), T], FORMULA_H1)
    assert list(zip(rows["partner_id"], rows["as_of"].dt.date, rows["contact_n"], strict=True)) == [
        (1, ago(30), 0),
        (1, T, 1),
        (3, ago(30), 0),
        (3, T, 1),
    ]


def test_an_empty_question_gives_an_empty_frame_with_all_columns():
    partners = partners_frame(["other"])
    full = health_by_day(facts_frame([]), partners, NO_DEFAULTS, [T], FORMULA_H1)
    nobody = health_by_day(facts_frame([]), partners.iloc[:0], NO_DEFAULTS, [T], FORMULA_H1)
    no_day = health_by_day(facts_frame(numbered(TRUST_75)), partners, NO_DEFAULTS, [], FORMULA_H1)
    assert len(full) == 1
    for empty in (nobody, no_day):
        assert empty.empty
        assert empty.dtypes.equals(full.dtypes)


def test_columns_without_types_and_other_units_give_the_same_figures():
    facts = [*CONTACT_100, *FOLLOW_50, *LOOP_0, *TRUST_75, fact("cadence", None, value=30.0), promise(9, withdrawn=2)]
    typed = facts_frame(numbered(facts))
    untyped = typed.astype(dict.fromkeys(("kind", "side", "respondent", "value", "marks_n", "position"), object))
    categories = typed.astype(dict.fromkeys(("kind", "side", "respondent"), "category"))
    nanoseconds = typed.astype(dict.fromkeys(("on_day", "done_on", "withdrawn_on"), "datetime64[ns]"))
    nullable = typed.astype(dict.fromkeys(("marks_n", "marks_shared", "position"), "Int64"))
    no_days = typed.assign(withdrawn_on=pd.Series([None] * len(typed), dtype=object))
    partners = partners_frame(["other"])
    expected = health_by_day(typed, partners, NO_DEFAULTS, [T], FORMULA_H1)
    for other in (untyped, categories, nanoseconds, nullable):
        pd.testing.assert_frame_equal(health_by_day(other, partners, NO_DEFAULTS, [T], FORMULA_H1), expected)
    assert health_by_day(no_days, partners, NO_DEFAULTS, [T], FORMULA_H1).iloc[0]["follow_through_n"] == 4


def test_the_frames_given_are_left_as_they_were():
    facts = facts_frame(numbered([*CONTACT_100, *LOOP_0, fact("cadence", None, value=None)]))
    before = facts.copy(deep=True)
    health_by_day(facts, partners_frame(["other"]), NO_DEFAULTS, [T], FORMULA_H1)
    pd.testing.assert_frame_equal(facts, before)


# --- what was known when


def test_a_fact_is_known_from_its_entry_until_the_day_it_was_voided():
    entered, voided = datetime(2025, 3, 1, 18), datetime(2025, 4, 1, 18)
    frame = facts_frame(numbered([fact("contact", ago(200), known_from=entered, known_to=voided)]))
    known = {day: len(as_known(frame, datetime(2025, *day))) for day in ((3, 1), (3, 2), (4, 1), (4, 2))}
    assert known == {(3, 1): 0, (3, 2): 1, (4, 1): 1, (4, 2): 0}
    assert len(as_known(frame, entered)) == 0, "the end of a day is not part of it"
    assert len(as_known(frame, voided)) == 1


def test_default_cadences_are_known_from_their_entry_on():
    defaults = cadence_frame([{"kind": "other", "from_day": None, "days": 60, "known_from": datetime(2025, 3, 1)}])
    assert len(as_known(defaults, datetime(2025, 3, 1))) == 0
    assert len(as_known(defaults, datetime(2025, 3, 2))) == 1
