"""What is due of barriers, reviews and decisions: actions, recommendations, contributors to tell, checks."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import literal, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.barriers import Barrier, BarrierAction, BarrierOwner
from erp.models.decisions import Decision
from erp.models.reviews import ReviewGroup, ReviewRecommendation, SystemReview
from erp.queries.county import today
from erp.queries.visible import barriers_visible_to, decisions_visible_to, reviews_visible_to
from erp.vocabulary import RecordKind, Verb

K = RecordKind
#: Before the words of what is to be done.
TO_TELL, CHECK = "Tell what was found: ", "Did it work? "
#: Days ahead that are shown.
AHEAD = 30


def due_work(session: Session, actor: Actor, holder_id: int | None) -> pd.DataFrame:
    """Return what is due until a month from today; `holder_id`: only what this account owns or wrote down.

    Columns: kind (a RecordKind's value), record_id int, what, about (text), due_on date, days_over int (past its day,
    negative before it; of contributors who are to be told, since the review ended). The longest overdue first.
    """
    this_day = today(session)
    until = this_day + timedelta(days=AHEAD)
    found: list[tuple[Any, ...]] = []
    if actor.may(Verb.SEE, K.BARRIER):
        found += session.execute(_actions(actor, until, holder_id)).all()
    if actor.may(Verb.SEE, K.SYSTEM_REVIEW):
        found += session.execute(_recommendations(actor, until, holder_id)).all()
        found += session.execute(_to_tell(actor, this_day, holder_id)).all()
    if actor.may(Verb.SEE, K.DECISION):
        found += session.execute(_checks(actor, until, holder_id)).all()
    rows = [
        (kind, number, what, about, due_on, (this_day - due_on).days) for kind, number, what, about, due_on in found
    ]
    rows.sort(key=lambda row: (-row[5], row[0], row[1]))
    frame = pd.DataFrame(rows, columns=["kind", "record_id", "what", "about", "due_on", "days_over"], dtype=object)
    return frame.astype({"record_id": int, "days_over": int})


def _actions(actor: Actor, until: date, holder_id: int | None) -> Any:
    action = BarrierAction
    question = (
        _what(K.BARRIER, col(Barrier.id), col(action.what), col(Barrier.words), col(action.due_on))
        .join(Barrier, col(Barrier.id) == col(action.barrier_id))
        .join(BarrierOwner, col(BarrierOwner.id) == col(action.owner_id))
        .where(
            *_open(action, Barrier),
            barriers_visible_to(actor),
            col(action.done_on).is_(None),
            col(action.dropped) == "",
            col(action.due_on) <= until,
        )
    )
    return question if holder_id is None else question.where(col(BarrierOwner.account_id) == holder_id)


def _what(kind: RecordKind, *columns: Any) -> Any:
    return select(literal(kind.value), *columns)


def _recommendations(actor: Actor, until: date, holder_id: int | None) -> Any:
    advice, review = ReviewRecommendation, SystemReview
    question = (
        _what(K.SYSTEM_REVIEW, col(review.id), col(advice.what), col(advice.owner), col(advice.due_on))
        .join(review, col(review.id) == col(advice.review_id))
        .where(
            *_open(advice, review),
            reviews_visible_to(actor),
            col(advice.done_on).is_(None),
            col(advice.due_on) <= until,
        )
    )
    return question if holder_id is None else question.where(col(review.recorded_by) == holder_id)


def _to_tell(actor: Actor, this_day: date, holder_id: int | None) -> Any:
    group, review = ReviewGroup, SystemReview
    question = (
        select(
            literal(K.SYSTEM_REVIEW.value),
            col(review.id),
            TO_TELL + col(group.name),
            col(review.question),
            col(review.ended_on),
        )
        .join(review, col(review.id) == col(group.review_id))
        .where(
            *_open(group, review),
            reviews_visible_to(actor),
            col(group.told_on).is_(None),
            col(review.ended_on) <= this_day,
        )
    )
    return question if holder_id is None else question.where(col(review.recorded_by) == holder_id)


def _checks(actor: Actor, until: date, holder_id: int | None) -> Any:
    question = select(
        literal(K.DECISION.value),
        col(Decision.id),
        CHECK + col(Decision.what),
        col(Decision.decided_by),
        col(Decision.check_on),
    ).where(
        decisions_visible_to(actor),
        col(Decision.voided_at).is_(None),
        col(Decision.worked).is_(None),
        col(Decision.check_on) <= until,
    )
    return question if holder_id is None else question.where(col(Decision.recorded_by) == holder_id)


def _open(*tables: Any) -> list[Any]:
    return [table.voided_at.is_(None) for table in tables]
