"""The ledger of facts: what is recorded, corrected or voided, and what was held true at any moment."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.queries.county import end_of_day
from erp.services import guards
from erp.services.commitments import (
    CommitmentDraft,
    change_commitment,
    keep_commitment,
    make_commitment,
    reopen_commitment,
    restore_commitment,
    void_commitment,
    withdraw_commitment,
)
from erp.services.engagements import (
    EngagementDraft,
    PartnerAt,
    change_engagement,
    log_engagement,
    restore_engagement,
    void_engagement,
)
from erp.services.facts import sync_feedback
from erp.services.feedback import (
    FeedbackDraft,
    StepDraft,
    change_feedback,
    feedback_steps,
    receive_feedback,
    restore_feedback,
    take_step,
    void_feedback,
)
from erp.services.partners import PartnerDraft, add_partner, agree_cadence, void_cadence
from erp.services.ratings import RatingDraft, enter_rating, restore_rating, void_rating
from erp.vocabulary import EngagementStatus, FeedbackState, PartnerKind, Side, Who
from tests.conftest import Cast

S = FeedbackState
DAY = date(2026, 3, 5)


@pytest.fixture
def who(cast: Cast) -> Actor:
    return cast.coordinator


@pytest.fixture
def fern(session: Session, who: Actor) -> int:
    return add_partner(session, who, PartnerDraft(name="Fern House", kind=PartnerKind.COMMUNITY_ORGANIZATION)).id or 0


def known(session: Session, moment: datetime | None = None) -> list[tuple[Any, ...]]:
    """Return the facts held true at a moment (None: now), as kind and days, in order of kind and position."""
    question = select(Fact).order_by(col(Fact.kind), col(Fact.position), col(Fact.on_day))
    if moment is None:
        question = question.where(col(Fact.known_to).is_(None))
    else:
        question = question.where(
            Fact.known_from <= moment, (col(Fact.known_to).is_(None)) | (col(Fact.known_to) > moment)
        )
    return [(f.kind, f.on_day, f.done_on or f.withdrawn_on) for f in session.exec(question)]


def rows(session: Session) -> int:
    return len(session.exec(select(Fact)).all())


def promise(session: Session, who: Actor, partner_id: int, **more: Any) -> int:
    draft = CommitmentDraft.of(**({"what": "Send the notes", "partner_id": partner_id, "due_on": DAY} | more))
    return make_commitment(session, who, draft).id or 0


def feedback(session: Session, who: Actor, partner_id: int | None, **more: Any) -> int:
    values = {"words": "Start later", "partner_id": partner_id, "person": "a parent", "received_on": DAY} | more
    return receive_feedback(session, who, FeedbackDraft.of(**values)).id or 0


def step(day: date = DAY) -> StepDraft:
    return StepDraft(on_day=day, how="By phone", said="From ten")


# --- promises ---------------------------------------------------------------------------------------------


def test_a_correction_closes_the_old_row_and_adds_a_new_one(session: Session, who: Actor, fern: int) -> None:
    made = promise(session, who, fern)
    change_commitment(
        session, who, made, 1, CommitmentDraft.of(what="Send the notes", partner_id=fern, due_on=date(2026, 4, 1))
    )
    old, new = session.exec(select(Fact).order_by(col(Fact.id))).all()
    assert (old.on_day, new.on_day) == (DAY, date(2026, 4, 1))
    assert old.known_to == new.known_from
    assert new.known_to is None


def test_a_correction_of_words_alone_leaves_the_ledger_as_it_is(session: Session, who: Actor, fern: int) -> None:
    made = promise(session, who, fern)
    change_commitment(session, who, made, 1, CommitmentDraft.of(what="Post them", partner_id=fern, due_on=DAY))
    assert rows(session) == 1


def test_keeping_reopening_and_withdrawing_are_each_a_row_of_their_own(session: Session, who: Actor, fern: int) -> None:
    made = promise(session, who, fern)
    keep_commitment(session, who, made, 1, date(2026, 3, 9))
    assert known(session) == [("promise", DAY, date(2026, 3, 9))]
    reopen_commitment(session, who, made, 2, "Not all of them")
    assert known(session) == [("promise", DAY, None)]
    withdraw_commitment(session, who, made, 3, date(2026, 3, 10), "No longer wanted")
    assert known(session) == [("promise", DAY, date(2026, 3, 10))]
    assert rows(session) == 4


def test_what_another_body_owes_and_what_has_no_partner_is_in_no_figure(
    session: Session, who: Actor, fern: int
) -> None:
    promise(session, who, fern, owed_by=None, owed_by_words="Clerk of the Board")
    feedback(session, who, None)
    assert rows(session) == 0


def test_a_partners_own_promise_is_told_apart_by_its_side(session: Session, who: Actor, fern: int) -> None:
    promise(session, who, fern, owed_by=Side.PARTNER)
    assert session.exec(select(Fact.side)).all() == ["partner"]


# --- voiding ----------------------------------------------------------------------------------------------


def test_voiding_closes_the_facts_of_every_kind_and_restoring_holds_them_true_again(
    session: Session, who: Actor, fern: int
) -> None:
    made, received = promise(session, who, fern), feedback(session, who, fern)
    meeting = log_engagement(
        session, who, EngagementDraft.of(held_on=DAY, purpose="Spring", partners=(PartnerAt(partner_id=fern),))
    )
    rating = enter_rating(
        session,
        who,
        RatingDraft.of(partner_id=fern, respondent="a", side=Side.PARTNER, rated_on=DAY, answers=(4,) * 10),
    )
    before = known(session)
    assert [kind for kind, _, _ in before] == ["contact", "promise", "rating", "received"]
    void_commitment(session, who, made, 1, "Wrong")
    void_feedback(session, who, received, 1, "Wrong")
    void_engagement(session, who, meeting.id or 0, 1, "Wrong")
    void_rating(session, who, rating.id or 0, 1, "Wrong")
    assert known(session) == []
    assert rows(session) == 4
    restore_commitment(session, who, made, 2)
    restore_feedback(session, who, received, 2)
    restore_engagement(session, who, meeting.id or 0, 2)
    restore_rating(session, who, rating.id or 0, 2)
    assert known(session) == before
    assert rows(session) == 8


# --- feedback ---------------------------------------------------------------------------------------------


def test_receiving_telling_reopening_and_confirming_count_and_other_steps_do_not(
    session: Session, who: Actor, fern: int
) -> None:
    received = feedback(session, who, fern)
    way = (S.ACKNOWLEDGED, S.DECIDED, S.TOLD, S.REOPENED, S.TOLD, S.CONFIRMED)
    for version, state in enumerate(way, 1):
        take_step(session, who, received, version, state, step(date(2026, 3, 5 + version)))
    assert [(kind, day) for kind, day, _ in known(session)] == [
        ("confirmed", date(2026, 3, 11)),
        ("received", DAY),
        ("reopened", date(2026, 3, 9)),
        ("told", date(2026, 3, 8)),
        ("told", date(2026, 3, 10)),
    ]
    assert rows(session) == 5  # a step adds its own row and touches no other


def test_a_step_that_does_not_count_is_no_fact(session: Session, who: Actor, fern: int) -> None:
    received = feedback(session, who, fern)
    take_step(session, who, received, 1, S.DECIDED, step())
    take_step(session, who, received, 2, S.TOLD, step())
    feedback_steps(session, received)[-1].counts = False  # as an import leaves a day without an answer
    session.flush()
    item = session.get(FeedbackItem, received)
    assert item is not None
    sync_feedback(session, item, datetime.now(UTC))
    assert [kind for kind, _, _ in known(session)] == ["received"]


def test_a_corrected_day_received_and_a_partner_linked_later_reach_the_ledger(
    session: Session, who: Actor, fern: int
) -> None:
    received = feedback(session, who, None)
    linked = FeedbackDraft.of(words="Start later", partner_id=fern, received_on=date(2026, 3, 1))
    change_feedback(session, who, received, 1, linked)
    assert known(session) == [("received", date(2026, 3, 1), None)]
    unknown = FeedbackDraft.of(words="Start later", partner_id=fern)
    change_feedback(session, who, received, 2, unknown)
    assert known(session) == []


# --- ratings, engagements, cadences -----------------------------------------------------------------------


def test_a_rating_is_the_mean_of_the_items_that_were_answered(session: Session, who: Actor, fern: int) -> None:
    answers = (5, None, 4, None, None, None, None, None, None, 3)
    enter_rating(
        session, who, RatingDraft.of(partner_id=fern, respondent="a", side=Side.COUNTY, rated_on=DAY, answers=answers)
    )
    [fact] = session.exec(select(Fact)).all()
    assert (fact.value, fact.side, fact.respondent) == (4.0, "county", "a")


def test_only_engagements_that_were_held_with_somebody_taking_part_are_contact(
    session: Session, who: Actor, fern: int
) -> None:
    def log(**more: Any) -> tuple[int, EngagementDraft]:
        values = {"held_on": DAY, "purpose": "Spring", "partners": (PartnerAt(partner_id=fern),)} | more
        draft = EngagementDraft.of(**values)
        return log_engagement(session, who, draft).id or 0, draft

    log(status=EngagementStatus.CANCELLED)
    log(partners=(PartnerAt(partner_id=fern, two_way=False),))
    planned, draft = log(status=EngagementStatus.PLANNED)
    assert rows(session) == 0
    held = draft.model_copy(update={"status": EngagementStatus.HELD, "asked_by": Who.BOTH, "decided_by": Who.COUNTY})
    change_engagement(session, who, planned, 1, held)
    [fact] = session.exec(select(Fact)).all()
    assert (fact.kind, fact.marks_n, fact.marks_shared) == ("contact", 2, 1)


def test_an_agreed_cadence_is_a_fact_from_its_day_on(session: Session, who: Actor, fern: int) -> None:
    agree_cadence(session, who, fern, 30, DAY)
    [fact] = session.exec(select(Fact)).all()
    assert (fact.kind, fact.on_day, fact.value) == ("cadence", DAY, 30.0)


# --- as known ---------------------------------------------------------------------------------------------


def test_what_was_known_on_a_day_is_reproduced_whatever_happened_since(session: Session, who: Actor, fern: int) -> None:
    """Replay a week: made Monday, kept Tuesday, corrected Wednesday, voided Thursday, restored Friday."""
    shown: dict[date, list[tuple[Any, ...]]] = {}
    acts = {
        date(2026, 3, 9): lambda: promise(session, who, fern),
        date(2026, 3, 10): lambda: keep_commitment(session, who, 1, 1, date(2026, 3, 10)),
        date(2026, 3, 11): lambda: change_commitment(
            session,
            who,
            1,
            2,
            CommitmentDraft.of(what="x", partner_id=fern, due_on=date(2026, 3, 12), done_on=date(2026, 3, 11)),
        ),
        date(2026, 3, 12): lambda: void_commitment(session, who, 1, 3, "Wrong partner"),
        date(2026, 3, 13): lambda: restore_commitment(session, who, 1, 4),
    }
    for day, act in acts.items():
        with time_machine.travel(datetime(day.year, day.month, day.day, 18, tzinfo=UTC), tick=False):
            act()
            session.flush()
            shown[day] = known(session)
    assert shown == {
        date(2026, 3, 9): [("promise", DAY, None)],
        date(2026, 3, 10): [("promise", DAY, date(2026, 3, 10))],
        date(2026, 3, 11): [("promise", date(2026, 3, 12), date(2026, 3, 11))],
        date(2026, 3, 12): [],
        date(2026, 3, 13): [("promise", date(2026, 3, 12), date(2026, 3, 11))],
    }
    for day, then in shown.items():
        assert known(session, end_of_day(session, day)) == then
    assert known(session, end_of_day(session, date(2026, 3, 8))) == []


@pytest.mark.on_both
def test_the_last_contact_and_cadence_beside_a_partner_follow_every_save(
    session: Session, who: Actor, fern: int
) -> None:
    def kept() -> tuple[date | None, int | None, date | None]:
        session.flush()
        assert guards.verify_figures(session) == []
        partner = session.get_one(Partner, fern)
        session.refresh(partner)
        return partner.last_contact_on, partner.agreed_days, partner.agreed_from

    def meeting(day: date) -> EngagementDraft:
        return EngagementDraft(held_on=day, purpose="Visit", partners=(PartnerAt(partner_id=fern),))

    assert kept() == (None, None, None)
    log_engagement(session, who, meeting(date(2026, 1, 10)))
    later = log_engagement(session, who, meeting(DAY)).id or 0
    assert kept()[0] == DAY
    change_engagement(session, who, later, 1, meeting(date(2026, 2, 1)))
    assert kept()[0] == date(2026, 2, 1)
    void_engagement(session, who, later, 2, "never happened")
    assert kept()[0] == date(2026, 1, 10)
    restore_engagement(session, who, later, 3)
    assert kept()[0] == date(2026, 2, 1)
    log_engagement(session, who, meeting(date(2025, 12, 1)))
    assert kept()[0] == date(2026, 2, 1)
    agree_cadence(session, who, fern, 45, None)
    assert kept()[1:] == (45, None)
    agreed = agree_cadence(session, who, fern, 30, DAY)
    assert kept()[1:] == (30, DAY)
    void_cadence(session, who, agreed.id or 0, 1, "not agreed")
    assert kept()[1:] == (45, None)
