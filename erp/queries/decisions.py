"""Decisions: the list, one with every voice behind it, who must be told, and whether it worked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.barriers import Barrier, BarrierOption, BarrierOwner
from erp.models.contacts import Contact, Forum
from erp.models.decisions import Decision, DecisionSource, DecisionTelling
from erp.models.engagements import DiscussionPoint, Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Partner
from erp.models.public import Receipt
from erp.queries.county import today
from erp.queries.feedback import giver
from erp.queries.following import TOLD, opens
from erp.queries.visible import decisions_visible_to, engagements_visible_to, feedback_visible_to
from erp.vocabulary import FeedbackState, RecordKind, Verb, Worked

S = FeedbackState
#: Feedback and points that are offered as voices: the newest.
OFFERED = 200


@dataclass(frozen=True)
class DecisionDetail:
    """One decision as it reads.

    `voices`: item_id, engagement_id, barrier_id (one of them), words, who, said_on date, state (FeedbackState,
    BarrierState or None); in order.
    `tellings`: item_id, partner_id (one of them), who, told_on date (None: not yet), how, follows bool (a receipt leads
    the giver to the answer), can_tell bool.
    """

    decision_id: int
    version: int
    what: str
    why: str
    decided_by: str
    decided_on: date
    policy: str
    practice: str
    training: str
    check_on: date | None
    checked_on: date | None
    worked: Worked | None
    check_words: str
    recorded_by: str
    voided: bool
    void_reason: str
    voices: pd.DataFrame
    tellings: pd.DataFrame

    @property
    def told(self) -> int:
        """How many of those who must be told were told."""
        return int(self.tellings["told_on"].notna().sum())


DECISION_COLUMNS = ["decision_id", "what", "decided_by", "decided_on", "voices", "check_on", "worked", "voided"]


def decision_list(session: Session, actor: Actor) -> pd.DataFrame:
    """Return the decisions, one row each, the newest first.

    Columns: decision_id, voices int; what, decided_by; decided_on, check_on date (None: no check is planned); worked
    (Worked, None: not checked); voided bool. Empty: the same columns, no rows.
    """
    actor.require(Verb.SEE, RecordKind.DECISION)
    voices = select(func.count(col(DecisionSource.id))).where(
        col(DecisionSource.decision_id) == col(Decision.id), col(DecisionSource.voided_at).is_(None)
    )
    question = (
        select(Decision, voices.scalar_subquery())
        .where(decisions_visible_to(actor))
        .order_by(col(Decision.decided_on).desc(), col(Decision.id).desc())
    )
    rows = [
        (d.id, d.what, d.decided_by, d.decided_on, n, d.check_on, d.worked, d.voided_at is not None)
        for d, n in session.execute(question)
    ]
    types = {"decision_id": int, "voices": int, "voided": bool}
    return pd.DataFrame(rows, columns=DECISION_COLUMNS, dtype=object).astype(types)


def decision_detail(session: Session, actor: Actor, decision_id: int) -> DecisionDetail:
    """Return one decision. Raises: NotFound, the same whether it is not there or not for this person."""
    actor.require(Verb.SEE, RecordKind.DECISION)
    found = session.execute(
        select(Decision, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(Decision.recorded_by))
        .where(col(Decision.id) == decision_id, decisions_visible_to(actor))
    ).first()
    if found is None:
        raise NotFound("This decision is not here. It may have been moved, or the address is wrong.")
    decision, recorded_by = found
    fields = ("what", "why", "decided_by", "decided_on", "policy", "practice", "training", "check_on", "checked_on")
    fields += ("worked", "check_words", "version", "void_reason")
    return DecisionDetail(
        decision_id=decision_id,
        recorded_by=recorded_by or "",
        voided=decision.voided_at is not None,
        voices=_voices(session, actor, decision_id),
        tellings=_tellings(session, actor, decision_id),
        **{name: getattr(decision, name) for name in fields},
    )


def decisions_from(session: Session, actor: Actor, item_id: int) -> list[tuple[int, str]]:
    """Return the decisions that a feedback item is a voice of, which the actor may see: id, what."""
    question = (
        select(col(Decision.id), col(Decision.what))
        .join(DecisionSource, col(DecisionSource.decision_id) == col(Decision.id))
        .where(
            col(DecisionSource.item_id) == item_id,
            col(DecisionSource.voided_at).is_(None),
            col(Decision.voided_at).is_(None),
            decisions_visible_to(actor),
        )
        .order_by(col(Decision.decided_on).desc(), col(Decision.id).desc())
    )
    return [(number, what) for number, what in session.execute(question)]


def decisions_on_barrier(session: Session, actor: Actor, barrier_id: int) -> list[tuple[int, str]]:
    """Return the decisions about a barrier, which the actor may see: id, what."""
    question = (
        select(col(Decision.id), col(Decision.what))
        .join(DecisionSource, col(DecisionSource.decision_id) == col(Decision.id))
        .where(
            col(DecisionSource.barrier_id) == barrier_id,
            col(DecisionSource.voided_at).is_(None),
            col(Decision.voided_at).is_(None),
            decisions_visible_to(actor),
        )
        .order_by(col(Decision.decided_on).desc(), col(Decision.id).desc())
    )
    return [(number, what) for number, what in session.execute(question)]


def voices_offered(session: Session, actor: Actor) -> tuple[dict[int, str], dict[tuple[int, str], str]]:
    """Return what may be chosen as voices, newest first: feedback by id, points by engagement and words; → label.

    Barriers are offered by `erp.queries.barriers.barriers_offered`.
    """
    items = (
        select(col(FeedbackItem.id), col(FeedbackItem.key), col(FeedbackItem.words))
        .where(
            feedback_visible_to(actor), col(FeedbackItem.voided_at).is_(None), col(FeedbackItem.duplicate_of).is_(None)
        )
        .order_by(col(FeedbackItem.received_on).desc().nulls_last(), col(FeedbackItem.id).desc())
        .limit(OFFERED)
    )
    points = (
        select(col(Engagement.id), col(DiscussionPoint.what), col(Engagement.held_on))
        .join(DiscussionPoint, col(DiscussionPoint.engagement_id) == col(Engagement.id))
        .where(engagements_visible_to(actor), col(Engagement.voided_at).is_(None))
        .order_by(col(Engagement.held_on).desc().nulls_last(), col(Engagement.id).desc(), col(DiscussionPoint.position))
        .limit(OFFERED)
    )
    of_items = {number: f"{key}: {words}" for number, key, words in session.execute(items)}
    of_points = {
        (number, what): f"{held:%b} {held.day}, {held.year}: {what}" if held else what
        for number, what, held in session.execute(points)
    }
    return of_items, of_points


def feedback_in_words(session: Session, actor: Actor, item_id: int) -> dict[int, str]:
    """Return one feedback item as `voices_offered` labels it; nothing where the actor may not see it."""
    question = select(col(FeedbackItem.id), col(FeedbackItem.key), col(FeedbackItem.words)).where(
        col(FeedbackItem.id) == item_id, feedback_visible_to(actor), col(FeedbackItem.voided_at).is_(None)
    )
    return {number: f"{key}: {words}" for number, key, words in session.execute(question)}


def _voices(session: Session, actor: Actor, decision_id: int) -> pd.DataFrame:
    names = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    question = (
        select(DecisionSource, FeedbackItem, col(Partner.name), Contact, Engagement, col(Forum.name), Barrier)
        .outerjoin(FeedbackItem, col(FeedbackItem.id) == col(DecisionSource.item_id))
        .outerjoin(Partner, col(Partner.id) == col(FeedbackItem.partner_id))
        .outerjoin(Contact, col(Contact.id) == col(FeedbackItem.contact_id))
        .outerjoin(Engagement, col(Engagement.id) == col(DecisionSource.engagement_id))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .outerjoin(Barrier, col(Barrier.id) == col(DecisionSource.barrier_id))
        .where(col(DecisionSource.decision_id) == decision_id, col(DecisionSource.voided_at).is_(None))
        .order_by(col(DecisionSource.id))
    )
    rows: list[tuple[Any, ...]] = []
    for source, item, partner, contact, engagement, forum, barrier in session.execute(question):
        if item is not None:
            who = giver(item, partner or item.as_written.get("partner", ""), contact, names=names)
            rows.append((item.id, None, None, item.words, who, item.received_on, item.state))
        elif engagement is not None:
            where = forum or engagement.purpose or engagement.kind.label
            rows.append((None, engagement.id, None, source.point, where, engagement.held_on, None))
        elif barrier is not None:
            voided = "voided" if barrier.voided_at is not None else ""
            who = ", ".join(filter(None, (barrier.said_by, voided)))
            rows.append((None, None, barrier.id, barrier.words, who, barrier.named_on, barrier.state))
    ids = ["item_id", "engagement_id", "barrier_id"]
    frame = pd.DataFrame(rows, columns=[*ids, "words", "who", "said_on", "state"], dtype=object)
    return frame.astype(dict.fromkeys(ids, "Int64"))  # pyright: ignore[reportArgumentType]


def _tellings(session: Session, actor: Actor, decision_id: int) -> pd.DataFrame:
    """Return who must be told: the giver of each item, and the partners at meetings and behind barriers."""
    names, this_day = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL), today(session)
    of_it = (col(DecisionSource.decision_id) == decision_id, col(DecisionSource.voided_at).is_(None))
    last_told = (
        select(func.max(col(FeedbackStep.on_day)))
        .where(col(FeedbackStep.item_id) == col(FeedbackItem.id), col(FeedbackStep.step) == S.TOLD)
        .scalar_subquery()
    )
    receipt = select(col(Receipt.id)).where(col(Receipt.item_id) == col(FeedbackItem.id), opens(this_day))
    items = (
        select(FeedbackItem, col(Partner.name), Contact, last_told, receipt.exists())
        .join(DecisionSource, col(DecisionSource.item_id) == col(FeedbackItem.id))
        .outerjoin(Partner, col(Partner.id) == col(FeedbackItem.partner_id))
        .outerjoin(Contact, col(Contact.id) == col(FeedbackItem.contact_id))
        .where(*of_it, col(FeedbackItem.voided_at).is_(None))
        .order_by(col(FeedbackItem.id))
    )
    rows: list[tuple[Any, ...]] = [
        (
            item.id,
            None,
            giver(item, partner or item.as_written.get("partner", ""), contact, names=names),
            told_on if item.state in TOLD else None,
            "",
            follows,
            item.state not in TOLD and item.paused_on is None,
        )
        for item, partner, contact, told_on, follows in session.execute(items)
    ]
    at_points = (
        select(col(EngagementPartner.partner_id))
        .join(DecisionSource, col(DecisionSource.engagement_id) == col(EngagementPartner.engagement_id))
        .where(*of_it)
    )
    at_barriers = (
        select(col(part.partner_id))
        .join(Barrier, col(Barrier.id) == col(part.barrier_id))
        .join(DecisionSource, col(DecisionSource.barrier_id) == col(Barrier.id))
        .where(*of_it, col(part.voided_at).is_(None), col(Barrier.voided_at).is_(None))
        for part in (BarrierOwner, BarrierOption)
    )
    told_before = select(col(DecisionTelling.partner_id)).where(col(DecisionTelling.decision_id) == decision_id)
    spoke = (
        select(col(Partner.id), col(Partner.name))
        .where(or_(*(col(Partner.id).in_(each) for each in (at_points, *at_barriers, told_before))))
        .order_by(col(Partner.name), col(Partner.id))
    )
    told = {
        telling.partner_id: telling
        for telling in session.scalars(
            select(DecisionTelling)
            .where(col(DecisionTelling.decision_id) == decision_id)
            .order_by(col(DecisionTelling.id))
        )
    }
    for number, name in session.execute(spoke):
        done = told.get(number)
        rows.append((None, number, name, done and done.told_on, done.how if done else "", False, done is None))
    columns = ["item_id", "partner_id", "who", "told_on", "how", "follows", "can_tell"]
    types = {"item_id": "Int64", "partner_id": "Int64", "follows": bool, "can_tell": bool}
    return pd.DataFrame(rows, columns=columns, dtype=object).astype(types)
