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
from erp.queries.barriers import OPEN_STATES
from erp.queries.county import today
from erp.queries.visible import barriers_visible_to, decisions_visible_to, reviews_visible_to
from erp.vocabulary import RecordKind, Verb

K = RecordKind
#: What is to be done.
ACT, CARRY_OUT, TELL, CHECK = "act", "carry out", "tell", "check"
#: Days ahead that are shown.
AHEAD = 30


def due_work(session: Session, actor: Actor, holder_id: int | None) -> pd.DataFrame:
    """Return what is due until a month from today; `holder_id`: only what this account owns or wrote down.

    Columns: todo (ACT: an action; CARRY_OUT: a recommendation; TELL: contributors of a review that ended; CHECK: a
    decision of which nobody said whether it worked), kind (a RecordKind's value), record_id int, what, about (text),
    due_on date, days_over int (past its day, negative before it; of those to be told, since the review ended). The
    longest overdue first.
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
    rows = [(*row, (this_day - row[-1]).days) for row in found]
    rows.sort(key=lambda row: (-row[-1], *row[:3]))
    columns = ["todo", "kind", "record_id", "what", "about", "due_on", "days_over"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.astype({"record_id": int, "days_over": int})


def _actions(actor: Actor, until: date, holder_id: int | None) -> Any:
    action = BarrierAction
    question = (
        _what(ACT, K.BARRIER, col(Barrier.id), col(action.what), col(Barrier.words), col(action.due_on))
        .join(Barrier, col(Barrier.id) == col(action.barrier_id))
        .join(BarrierOwner, col(BarrierOwner.id) == col(action.owner_id))
        .where(
            *_open(action, Barrier),
            col(Barrier.state).in_(OPEN_STATES),
            barriers_visible_to(actor),
            col(action.done_on).is_(None),
            col(action.dropped) == "",
            col(action.due_on) <= until,
        )
    )
    return question if holder_id is None else question.where(col(BarrierOwner.account_id) == holder_id)


def _what(todo: str, kind: RecordKind, *columns: Any) -> Any:
    return select(literal(todo), literal(kind.value), *columns)


def _recommendations(actor: Actor, until: date, holder_id: int | None) -> Any:
    advice, review = ReviewRecommendation, SystemReview
    question = (
        _what(CARRY_OUT, K.SYSTEM_REVIEW, col(review.id), col(advice.what), col(advice.owner), col(advice.due_on))
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
        _what(TELL, K.SYSTEM_REVIEW, col(review.id), col(group.name), col(review.question), col(review.ended_on))
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
    of_it = (col(Decision.id), col(Decision.what), col(Decision.decided_by), col(Decision.check_on))
    question = _what(CHECK, K.DECISION, *of_it).where(
        decisions_visible_to(actor),
        col(Decision.voided_at).is_(None),
        col(Decision.worked).is_(None),
        col(Decision.check_on) <= until,
    )
    return question if holder_id is None else question.where(col(Decision.recorded_by) == holder_id)


def _open(*tables: Any) -> list[Any]:
    return [table.voided_at.is_(None) for table in tables]
