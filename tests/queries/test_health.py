"""Health from the ledger: figures follow the records, as known on a day; explanations list what one may see."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
import time_machine
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.queries.county import today
from erp.queries.health import (
    figures_by_day,
    formula_of,
    last_months,
    standing_by_month,
)
from erp.queries.partner_health import PartnerHealth
from erp.services.commitments import CommitmentDraft, keep_commitment, make_commitment
from erp.services.county_settings import change_health_formula, set_default_cadence
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement, void_engagement
from erp.services.feedback import FeedbackDraft, StepDraft, receive_feedback, take_step
from erp.services.partners import PartnerDraft, add_partner, agree_cadence
from erp.services.ratings import RatingDraft, enter_rating
from erp.vocabulary import FeedbackState, PartnerKind, Side, Who
from tests.conftest import Cast

MARCH_5 = date(2026, 3, 5)
NOON = datetime(2026, 6, 30, 19, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOON, tick=True):
        yield


def add(session: Session, cast: Cast, name: str, kind: PartnerKind = PartnerKind.SYSTEM_PARTNER, **more: object) -> int:
    return add_partner(session, cast.leadership, PartnerDraft.of(name=name, kind=kind, **more)).id or 0


def meet(session: Session, cast: Cast, day: date, *partners: int, asked_by: Who = Who.UNKNOWN) -> int:
    links = tuple(PartnerAt(partner_id=partner) for partner in partners)
    draft = EngagementDraft(held_on=day, purpose="Working session", partners=links, asked_by=asked_by)
    return log_engagement(session, cast.leadership, draft).id or 0


def on(session: Session, cast: Cast, day: date, partner: int, known_on: date | None = None) -> pd.Series:
    return figures_by_day(session, cast.leadership, [day], partner_id=partner, known_on=known_on).iloc[0]


def by_month(
    session: Session, actor: Actor, months: int, partner_id: int | None = None, version: str = ""
) -> pd.DataFrame:
    formula = formula_of(session, version)
    return figures_by_day(session, actor, last_months(today(session), months), partner_id=partner_id, formula=formula)


def test_contact_falls_by_half_for_each_cadence_past(session: Session, cast: Cast) -> None:
    clinic = add(session, cast, "Lark Clinic")
    agree_cadence(session, cast.leadership, clinic, 30, None)
    meet(session, cast, MARCH_5, clinic)
    assert on(session, cast, MARCH_5 + timedelta(days=30), clinic)["contact_score"] == 100
    assert on(session, cast, MARCH_5 + timedelta(days=60), clinic)["contact_score"] == pytest.approx(50)


def test_the_countys_default_cadence_counts_where_nothing_was_agreed(session: Session, cast: Cast) -> None:
    clinic = add(session, cast, "Lark Clinic")
    meet(session, cast, MARCH_5, clinic)
    row = on(session, cast, date(2026, 6, 30), clinic)
    assert (row["cadence_days"], row["cadence_is_default"]) == (91, True)
    set_default_cadence(session, cast.leadership, PartnerKind.SYSTEM_PARTNER, 10, date(2026, 6, 1))
    session.flush()
    assert on(session, cast, date(2026, 6, 30), clinic)["cadence_days"] == 10
    assert on(session, cast, date(2026, 5, 31), clinic)["cadence_days"] == 91


def test_all_five_dimensions_come_from_the_records(session: Session, cast: Cast) -> None:
    clinic = add(session, cast, "Lark Clinic")
    for n in range(3):
        meet(session, cast, MARCH_5 + timedelta(days=n), clinic, asked_by=Who.PARTNER if n else Who.COUNTY)
        promise = CommitmentDraft(what=f"Promise {n}", partner_id=clinic, due_on=date(2026, 4, 1 + n))
        made = make_commitment(session, cast.leadership, promise)
        if n < 2:
            keep_commitment(session, cast.leadership, made.id or 0, made.version, date(2026, 4, 2))
        item = receive_feedback(
            session, cast.leadership, FeedbackDraft(words=f"Item {n}", partner_id=clinic, received_on=MARCH_5)
        )
        if n == 0:
            for step in (FeedbackState.DECIDED, FeedbackState.TOLD):
                draft = StepDraft(on_day=date(2026, 3, 20), how="by phone", said="Done")
                item = take_step(session, cast.leadership, item.id or 0, item.version, step, draft)
    enter_rating(
        session,
        cast.leadership,
        RatingDraft(
            partner_id=clinic, respondent="A", side=Side.PARTNER, rated_on=MARCH_5, answers=(5, 3, *[None] * 8)
        ),
    )
    session.flush()
    row = on(session, cast, date(2026, 6, 1), clinic)
    assert row["follow_through_score"] == pytest.approx((0.5 + 1 + 0) / 3 * 100)
    assert row["loop_closure_score"] == pytest.approx(100 / 3)
    assert row["shared_power_score"] == pytest.approx(100)
    assert row["trust_score"] == pytest.approx(75)
    expected = (10 * 100 + 25 * 50 + 20 * 100 / 3 + 15 * 100 + 30 * 75) / 100
    assert row["standing"] == pytest.approx(expected)


def test_a_voided_meeting_counts_until_the_day_it_was_voided(database: object, cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 6, 19, tzinfo=UTC)), db.writing() as session:
        clinic = add(session, cast, "Lark Clinic")
        meeting = meet(session, cast, MARCH_5, clinic)
    with time_machine.travel(datetime(2026, 5, 1, 19, tzinfo=UTC)), db.writing() as session:
        void_engagement(session, cast.leadership, meeting, 1, "entered for the wrong clinic")
    with db.reading() as session:
        known = [date(2026, 3, 5), date(2026, 3, 6), date(2026, 4, 30), date(2026, 5, 1)]
        assert [on(session, cast, MARCH_5, clinic, day)["contact_n"] for day in known] == [0, 1, 1, 0]
        assert on(session, cast, MARCH_5, clinic)["contact_n"] == 0


def test_an_unscored_partner_has_no_row(session: Session, cast: Cast) -> None:
    tribe = add(session, cast, "A Tribe", PartnerKind.TRIBAL_GOVERNMENT)
    clinic = add(session, cast, "Lark Clinic")
    meet(session, cast, MARCH_5, tribe)
    assert set(standing_by_month(session, cast.leadership, 3).partner_ids.tolist()) == {clinic}
    with pytest.raises(NotFound, match="no health figures"):
        PartnerHealth(session, cast.leadership, tribe)


def test_a_scored_tribes_figures_are_for_those_who_may_see_its_records(session: Session, cast: Cast) -> None:
    tribe = add(session, cast, "A Tribe", PartnerKind.TRIBAL_GOVERNMENT, scored=True)
    meet(session, cast, MARCH_5, tribe)
    for actor in (cast.leadership, cast.tribal_liaison):
        assert set(standing_by_month(session, actor, 2).partner_ids.tolist()) == {tribe}
    for actor in (cast.coordinator, cast.community_liaison, cast.viewer, cast.administrator):
        assert len(standing_by_month(session, actor, 2)) == 0
        with pytest.raises(NotFound):
            PartnerHealth(session, actor, tribe)


def test_figures_rest_on_all_facts_and_explanations_list_only_visible_ones(session: Session, cast: Cast) -> None:
    tribe = add(session, cast, "A Tribe", PartnerKind.TRIBAL_GOVERNMENT)
    clinic = add(session, cast, "Lark Clinic")
    meet(session, cast, MARCH_5, tribe, clinic)
    meet(session, cast, date(2026, 2, 1), clinic)
    session.flush()
    counts, listed, changed, marked = [], [], [], []
    for actor in (cast.leadership, cast.coordinator):
        counts.append(int(by_month(session, actor, 1, clinic)["contact_n"].iloc[0]))
        own = PartnerHealth(session, actor, clinic)
        days = [date(2026, 1, 1), date(2026, 6, 30)]
        listed.append(len(own.behind(days[1])))
        changed.append(len(own.change(own.figures(days), *days).facts))
        marked.append([line.on_day.date() for line in own.events(*days) if line.on_day is not None])
        assert own.events(date(2026, 4, 1), days[1]) == []
    assert counts == [2, 2]
    assert listed == [2, 1]
    assert changed[0] > changed[1]
    assert marked == [[date(2026, 2, 1), MARCH_5], [date(2026, 2, 1)]]


def test_a_change_of_formula_is_a_new_version_and_history_can_be_drawn_under_any(session: Session, cast: Cast) -> None:
    weights = {"contact": 20.0, "follow_through": 20.0, "loop_closure": 20.0, "shared_power": 20.0, "trust": 20.0}
    minimums = {"contact": 1, "follow_through": 1, "loop_closure": 1, "shared_power": 1, "trust": 1}
    bands = {"strong": 80.0, "steady": 60.0, "strained": 40.0}
    formula = change_health_formula(session, cast.leadership, "h1", weights, minimums, bands, 30)
    session.flush()
    clinic = add(session, cast, "Lark Clinic")
    assert formula.version == "h1.1"
    assert set(by_month(session, cast.leadership, 2, clinic)["formula"].astype(str)) == {"h1.1"}
    under = by_month(session, cast.leadership, 2, clinic, "h1")
    assert set(under["formula"].astype(str)) == {"h1"}
    assert PartnerHealth(session, cast.leadership, clinic, "h1").formula.version == "h1"
    with pytest.raises(NotFound, match="h7"):
        standing_by_month(session, cast.leadership, 2, "h7")


def test_telling_may_not_be_due_before_deciding(session: Session, cast: Cast) -> None:
    weights = dict.fromkeys(("contact", "follow_through", "loop_closure", "shared_power", "trust"), 20.0)
    bands = {"strong": 80.0, "steady": 60.0, "strained": 40.0}
    with pytest.raises(Invalid, match="not be due before deciding"):
        change_health_formula(session, cast.leadership, "h1", weights, dict.fromkeys(weights, 1), bands, 10)


def test_no_partner_and_no_fact_give_an_empty_answer(session: Session, cast: Cast) -> None:
    nobody = standing_by_month(session, cast.leadership, 13)
    assert (len(nobody), nobody.standing.shape, nobody.frame().empty) == (0, (0, 13), True)
    assert nobody.moves().empty
    assert nobody.bands_by_quarter().empty


def test_the_running_month_is_drawn_at_today() -> None:
    assert last_months(date(2026, 2, 10), 3) == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 10)]
