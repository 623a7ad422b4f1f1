"""What a giver reads of their own feedback, by a receipt, and what is still to be asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.models.accounts import Account
from erp.models.contacts import Contact
from erp.models.decisions import Decision, DecisionSource
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.public import FeedbackMessage, GiverIdentity, Receipt
from erp.queries.county import day_of, today
from erp.queries.readers import may_read
from erp.queries.targets import feedback_targets
from erp.vocabulary import FeedbackState, Readers, Signed

#: Days after which a giver who was told and did not answer is asked once more. Source: issue on public pages.
ASK_AGAIN_DAYS = 28
#: States of feedback whose giver was told.
TOLD = (FeedbackState.TOLD, FeedbackState.CONFIRMED, FeedbackState.UNCONFIRMED)


@dataclass(frozen=True)
class Step:
    """One step of the loop as the giver reads it. `by_county`: somebody of the county wrote it down."""

    step: FeedbackState
    on_day: date | None
    said: str
    by_county: bool = True


@dataclass(frozen=True)
class Message:
    """One thing written to or by the giver, in the order of the page; `asks`: whether it is mended by now."""

    by_giver: bool
    asks: bool
    words: str
    on_day: date


@dataclass(frozen=True)
class Followed:
    """One item as its giver reads it. `next_by`: the day by which the county's next step is due.

    `changes`: what changed because of it, once the giver was told. `named`, `reachable`: what the giver left and did
    not have removed. `reader`: the one person who may read it, where one was chosen; `paused_on`, `paused_because`: the
    targets rest since then, and why. `read_by_nobody`: nobody who works here now may read it. `ask_again`: told long
    ago, no answer yet.
    """

    item_id: int
    words: str
    state: FeedbackState
    steps: tuple[Step, ...]
    messages: tuple[Message, ...]
    changes: tuple[str, ...]
    next_by: date | None
    signed: Signed
    named: bool
    reachable: bool
    readers: Readers
    reader: str
    read_by_nobody: bool
    ask_again: bool
    paused_on: date | None
    paused_because: str
    voided_because: str
    withdrawn_on: date | None


def opens(this_day: date) -> ColumnElement[bool]:
    """Return the condition on Receipt rows that they open their item on a day."""
    return (col(Receipt.expires_on) >= this_day) & col(Receipt.ended_at).is_(None)


def item_of_receipt(session: Session, hashed: str) -> int | None:
    """Return the id of the item that a receipt opens today, by the sha256 of its secret or of its code."""
    question = select(col(Receipt.item_id)).where(
        or_(col(Receipt.secret_hash) == hashed, col(Receipt.code_hash) == hashed), opens(today(session))
    )
    return session.scalar(question)


def receipt_maker(session: Session, hashed: str) -> str:
    """Return who of the county made a receipt; empty where it is the one its giver got."""
    question = (
        select(col(Account.name))
        .join(Receipt, col(Receipt.recorded_by) == col(Account.id))
        .where(or_(col(Receipt.secret_hash) == hashed, col(Receipt.code_hash) == hashed))
    )
    return session.scalar(question) or ""


def followed(session: Session, hashed: str) -> Followed | None:
    """Return the item of a receipt as its giver reads it; None where no such receipt opens anything."""
    item_id = item_of_receipt(session, hashed)
    if item_id is None:
        return None
    item, reader, identity = session.execute(
        select(FeedbackItem, col(Account.name), GiverIdentity)
        .outerjoin(Account, col(Account.id) == col(FeedbackItem.reader_id))
        .outerjoin(GiverIdentity, col(GiverIdentity.item_id) == col(FeedbackItem.id))
        .where(col(FeedbackItem.id) == item_id)
    ).one()
    steps = session.scalars(
        select(FeedbackStep).where(col(FeedbackStep.item_id) == item_id).order_by(col(FeedbackStep.position))
    ).all()
    messages = session.scalars(
        select(FeedbackMessage).where(col(FeedbackMessage.item_id) == item_id).order_by(col(FeedbackMessage.id))
    )
    left = identity if identity is not None and identity.removed_at is None else None
    told = [s.on_day for s in steps if s.step is FeedbackState.TOLD and s.on_day is not None]
    waits_since = max(told, default=None) if item.state is FeedbackState.TOLD else None
    return Followed(
        item_id=item_id,
        words=item.words,
        state=item.state,
        steps=tuple(Step(s.step, s.on_day, s.said, s.recorded_by is not None) for s in steps),
        messages=tuple(Message(m.by_giver, m.asks, m.words, m.on_day) for m in messages),
        changes=_changes(session, item),
        next_by=_next_by(session, item, steps),
        signed=item.signed,
        named=left is not None and left.name != "",
        reachable=left is not None and left.reach != "",
        readers=item.readers,
        reader=reader or "",
        read_by_nobody=not may_read(session, item_id),
        ask_again=waits_since is not None and waits_since <= _asked_before(today(session)),
        paused_on=item.paused_on,
        paused_because=item.paused_because,
        voided_because=item.void_reason if item.withdrawn_at is None else "",
        withdrawn_on=item.withdrawn_at and day_of(session, item.withdrawn_at),
    )


def to_ask_again(this_day: date) -> ColumnElement[bool]:
    """Return the condition on FeedbackItem rows whose giver was told, did not answer, and can still be asked.

    A way to them is one they left, a person of the partner who may be contacted, or a receipt they come back with.
    """
    tables = (FeedbackStep, FeedbackMessage, GiverIdentity, Contact)
    told, asked, left, known = (cast(Any, aliased(each)) for each in tables)
    of = col(FeedbackItem.id)
    last_told = (
        select(func.max(told.on_day))
        .where(told.item_id == of, told.step == FeedbackState.TOLD)
        .correlate(FeedbackItem)
        .scalar_subquery()
    )
    asked_since = exists(
        select(asked.id)
        .where(asked.item_id == of, asked.asks.is_(True), asked.on_day >= last_told)
        .correlate(FeedbackItem)
    )
    ways = (
        select(left.id).where(left.item_id == of, left.reach != "", left.removed_at.is_(None)),
        select(known.id).where(known.id == col(FeedbackItem.contact_id), known.do_not_contact.is_(False)),
        select(col(Receipt.id)).where(col(Receipt.item_id) == of, opens(this_day)),
    )
    return (
        (col(FeedbackItem.state) == FeedbackState.TOLD)
        & (last_told <= _asked_before(this_day))
        & ~asked_since
        & or_(*(exists(way.correlate(FeedbackItem)) for way in ways))
    )


def _changes(session: Session, item: FeedbackItem) -> tuple[str, ...]:
    """Return what policy, practice or training changed by decisions that the item is a voice of, newest first."""
    if item.state not in TOLD:
        return ()
    question = (
        select(col(Decision.policy), col(Decision.practice), col(Decision.training))
        .join(DecisionSource, col(DecisionSource.decision_id) == col(Decision.id))
        .where(
            col(DecisionSource.item_id) == item.id,
            col(DecisionSource.voided_at).is_(None),
            col(Decision.voided_at).is_(None),
        )
        .order_by(col(Decision.decided_on).desc(), col(Decision.id).desc())
    )
    return tuple(words for row in session.execute(question) for words in row if words)


def _asked_before(this_day: date) -> date:
    return this_day - timedelta(days=ASK_AGAIN_DAYS)


def _next_by(session: Session, item: FeedbackItem, steps: Sequence[FeedbackStep]) -> date | None:
    if item.paused_on is not None:
        return None
    reopened = [s.on_day for s in steps if s.step is FeedbackState.REOPENED and s.on_day]
    began = max(reopened, default=item.received_on)
    since = began and began + timedelta(days=item.paused_days)
    return feedback_targets(session).target_on(item.state, since)
