"""Keeps the ledger of facts in step with the records: closes what is no longer held true, adds what is new."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from erp.models.commitments import Commitment
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Cadence
from erp.models.ratings import Rating
from erp.services.records import add_rows, person_key
from erp.vocabulary import EngagementStatus, FeedbackState, Readers, Who

#: Marks that are an answer to "who asked, who set the agenda, who decided". Source: health definition h1.
ANSWERS = {Who.COUNTY: 0, Who.PARTNER: 1, Who.BOTH: 1}
LOOP_STEPS = (FeedbackState.TOLD, FeedbackState.REOPENED, FeedbackState.CONFIRMED)

Draft = dict[str, Any]


def engagement_facts(engagement: Engagement, partners: list[EngagementPartner]) -> list[Draft]:
    """Return the contact facts of an engagement: one for each linked partner who took part, if held on a known day."""
    if engagement.voided_at or engagement.status != EngagementStatus.HELD or engagement.held_on is None:
        return []
    marks = [ANSWERS[who] for who in _marks(engagement) if who in ANSWERS]
    return [
        {
            "partner_id": taking_part,
            "kind": "contact",
            "on_day": engagement.held_on,
            "marks_n": len(marks),
            "marks_shared": sum(marks),
        }
        for taking_part in sorted({p.partner_id for p in partners if p.two_way and p.partner_id is not None})
    ]


def commitment_facts(commitment: Commitment) -> list[Draft]:
    """Return the promise fact of a commitment owed by one of the two sides to a linked partner."""
    if commitment.voided_at or commitment.partner_id is None or commitment.owed_by is None:
        return []
    return [
        {
            "partner_id": commitment.partner_id,
            "kind": "promise",
            "on_day": commitment.due_on,
            "done_on": commitment.done_on,
            "withdrawn_on": commitment.withdrawn_on,
            "side": commitment.owed_by.value,
        }
    ]


def feedback_facts(item: FeedbackItem, steps: list[FeedbackStep]) -> list[Draft]:
    """Return the loop facts of a feedback item: received, and each telling, reopening and confirming that counts.

    What its giver opened to some readers only enters no figure, because everybody reads those; nor does a duplicate.
    """
    if item.voided_at or item.partner_id is None or item.received_on is None:
        return []
    if item.readers is not Readers.TEAM or item.duplicate_of is not None:
        return []
    received: Draft = {"partner_id": item.partner_id, "kind": "received", "on_day": item.received_on}
    return [received] + [
        {"partner_id": item.partner_id, "kind": s.step.value, "on_day": s.on_day, "position": s.position}
        for s in steps
        if s.counts and s.on_day is not None and s.step in LOOP_STEPS
    ]


def rating_facts(rating: Rating) -> list[Draft]:
    """Return the rating fact: the mean of the answered items (1–5), nothing where none was answered."""
    answers = [a for n in range(1, 11) if (a := getattr(rating, f"item_{n}")) is not None]
    if rating.voided_at or rating.partner_id is None or not answers:
        return []
    return [
        {
            "partner_id": rating.partner_id,
            "kind": "rating",
            "on_day": rating.rated_on,
            "side": rating.side.value,
            "respondent": person_key(rating.respondent),
            "value": sum(answers) / len(answers),
        }
    ]


def cadence_facts(cadence: Cadence) -> list[Draft]:
    """Return the fact of an agreed cadence, in days."""
    if cadence.voided_at:
        return []
    return [
        {
            "partner_id": cadence.partner_id,
            "kind": "cadence",
            "on_day": cadence.from_on,
            "value": float(cadence.days),
        }
    ]


def enter_engagement(session: Session, engagement: Engagement, partners: list[EngagementPartner]) -> None:
    """Enter the facts of an engagement that is new, of which the ledger knows nothing yet."""
    assert engagement.id is not None  # it was flushed
    of = {"source_id": engagement.id, "known_from": engagement.recorded_at}
    add_rows(session, [Fact(**of, **draft) for draft in engagement_facts(engagement, partners)])


def sync_engagement(session: Session, engagement: Engagement, at: datetime) -> None:
    """Bring the ledger in step with an engagement after any change of it."""
    partners = list(session.exec(select(EngagementPartner).where(EngagementPartner.engagement_id == engagement.id)))
    _replace(session, ("contact",), engagement.id, engagement_facts(engagement, partners), at)


def sync_commitment(session: Session, commitment: Commitment, at: datetime) -> None:
    """Bring the ledger in step with a commitment after any change of it."""
    _replace(session, ("promise",), commitment.id, commitment_facts(commitment), at)


def sync_feedback(session: Session, item: FeedbackItem, at: datetime) -> None:
    """Bring the ledger in step with a feedback item after any change of it or its steps."""
    steps = list(
        session.exec(select(FeedbackStep).where(FeedbackStep.item_id == item.id).order_by(col(FeedbackStep.position)))
    )
    kinds = ("received", *(step.value for step in LOOP_STEPS))
    _replace(session, kinds, item.id, feedback_facts(item, steps), at)


def sync_rating(session: Session, rating: Rating, at: datetime) -> None:
    """Bring the ledger in step with a rating after any change of it."""
    _replace(session, ("rating",), rating.id, rating_facts(rating), at)


def sync_cadence(session: Session, cadence: Cadence, at: datetime) -> None:
    """Bring the ledger in step with an agreed cadence after any change of it."""
    _replace(session, ("cadence",), cadence.id, cadence_facts(cadence), at)


def _marks(engagement: Engagement) -> tuple[Who, Who, Who]:
    return engagement.asked_by, engagement.agenda_by, engagement.decided_by


def _replace(
    session: Session, kinds: tuple[str, ...], source_id: int | None, drafts: list[Draft], at: datetime
) -> None:
    held_true = session.exec(
        select(Fact).where(col(Fact.kind).in_(kinds), Fact.source_id == source_id, col(Fact.known_to).is_(None))
    )
    assert source_id is not None  # the record was flushed
    wanted = [Fact(source_id=source_id, known_from=at, **draft) for draft in drafts]
    for fact in held_true:
        same = next((w for w in wanted if _content(w) == _content(fact)), None)
        if same is None:
            fact.known_to = at
            session.add(fact)
        else:
            wanted.remove(same)
    session.add_all(wanted)


def _content(fact: Fact) -> dict[str, Any]:
    return fact.model_dump(exclude={"id", "known_from", "known_to"})
