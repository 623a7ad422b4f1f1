"""Checks the made-up ledger: a sample of records against what the app's own functions make of them."""

from typing import Any

import numpy as np
from sqlmodel import Session, col, select
from writing import SEED

from erp.models.commitments import Commitment
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Cadence
from erp.models.ratings import Rating
from erp.services import facts


def check_ledger(session: Session, n: int = 300) -> None:
    """Compare the ledger of a sample of records with what the app's own functions make of them."""
    rng = np.random.default_rng(SEED)

    def sample(table: Any) -> list[Any]:
        ids = session.exec(select(table.id)).all()
        chosen = [int(number) for number in rng.choice(ids, min(n, len(ids)), replace=False)]
        return list(session.exec(select(table).where(table.id.in_(chosen))))

    def parts(table: Any, column: Any, number: int) -> list[Any]:
        return list(session.exec(select(table).where(column == number).order_by(col(table.id))))

    loop = ("received", *(step.value for step in facts.LOOP_STEPS))
    for record in sample(Engagement):
        at = parts(EngagementPartner, EngagementPartner.engagement_id, record.id)
        _compare(session, ("contact",), record.id, facts.engagement_facts(record, at))
    for record in sample(Commitment):
        _compare(session, ("promise",), record.id, facts.commitment_facts(record))
    for record in sample(FeedbackItem):
        steps = parts(FeedbackStep, FeedbackStep.item_id, record.id)
        assert record.state == steps[-1].step, (
            f"feedback {record.id} is {record.state}, its newest step {steps[-1].step}"
        )
        _compare(session, loop, record.id, facts.feedback_facts(record, steps))
    for record in sample(Rating):
        _compare(session, ("rating",), record.id, facts.rating_facts(record))
    for record in sample(Cadence):
        _compare(session, ("cadence",), record.id, facts.cadence_facts(record))


def _compare(session: Session, kinds: tuple[str, ...], number: int, wanted: list[facts.Draft]) -> None:
    kept = session.exec(select(Fact).where(col(Fact.kind).in_(kinds), Fact.source_id == number))
    mine = sorted(_content(fact) for fact in kept)
    theirs = sorted(_content(Fact(source_id=number, **draft)) for draft in wanted)
    assert mine == theirs, f"the ledger of {kinds[0]} {number} differs:\n{mine}\n{theirs}"


def _content(fact: Fact) -> str:
    return str(sorted(fact.model_dump(exclude={"id", "known_from", "known_to"}).items()))
