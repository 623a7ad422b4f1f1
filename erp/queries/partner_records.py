"""What was held, promised and said with one partner, and its ties to others; only what the actor may see."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.commitments import Commitment
from erp.models.contacts import Forum
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, Relationship
from erp.queries.county import today
from erp.queries.visible import commitments_visible_to, engagements_visible_to, feedback_visible_to
from erp.states import commitment_state
from erp.vocabulary import EngagementStatus, RecordKind, Verb

#: Records of one kind on one page of a partner's profile.
PAGE_ROWS = 20


@dataclass(frozen=True)
class Records:
    """One page of a partner's records of a kind, and how many the actor may see in all."""

    rows: pd.DataFrame
    total: int


def partner_engagements(session: Session, actor: Actor, partner_id: int, page: int = 1) -> Records:
    """Return a partner's engagements that are not voided: planned ones first, then the newest, days unknown last.

    Columns: engagement_id, status, kind, held_on (None: no exact date), as_written (its words, else empty), forum,
    purpose, two_way (bool: someone of this partner took part or gave input).
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    planned = col(Engagement.status) == EngagementStatus.PLANNED
    question = (
        select(
            col(Engagement.id),
            col(Engagement.status),
            col(Engagement.kind),
            col(Engagement.held_on),
            col(Engagement.as_written),
            func.coalesce(col(Forum.name), col(Engagement.as_written)["forum"].as_string(), ""),
            col(Engagement.purpose),
            col(EngagementPartner.two_way),
        )
        .join(EngagementPartner, col(EngagementPartner.engagement_id) == col(Engagement.id))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .where(
            col(EngagementPartner.partner_id) == partner_id,
            col(Engagement.voided_at).is_(None),
            engagements_visible_to(actor),
        )
        .order_by(planned.desc(), col(Engagement.held_on).desc().nulls_last(), col(Engagement.id).desc())
    )
    names = ["engagement_id", "status", "kind", "held_on", "as_written", "forum", "purpose", "two_way"]
    records = _page(session, question, names, page)
    return _told_plainly(records, ["status", "kind"], written="held_on", days=["held_on"])


def partner_promises(session: Session, actor: Actor, partner_id: int, page: int = 1) -> Records:
    """Return a partner's promises that are not voided: open ones by due day first, then the ones done, newest first.

    Columns: commitment_id, what, owed_by (vocabulary.Side value; None: another body), owed_by_words, made_on, due_on,
    as_written (the due day in words that are not a day, else empty), done_on, withdrawn_on, state
    (vocabulary.CommitmentState value, as of today).
    """
    actor.require(Verb.SEE, RecordKind.COMMITMENT)
    settled = func.coalesce(col(Commitment.done_on), col(Commitment.withdrawn_on))
    question = (
        select(
            col(Commitment.id),
            col(Commitment.what),
            col(Commitment.owed_by),
            col(Commitment.made_on),
            col(Commitment.due_on),
            col(Commitment.as_written),
            col(Commitment.done_on),
            col(Commitment.withdrawn_on),
        )
        .where(
            col(Commitment.partner_id) == partner_id,
            col(Commitment.voided_at).is_(None),
            commitments_visible_to(actor),
        )
        .order_by(
            settled.is_not(None),
            case((settled.is_(None), col(Commitment.due_on))).nulls_last(),
            settled.desc(),
            col(Commitment.id).desc(),
        )
    )
    names = ["commitment_id", "what", "owed_by", "made_on", "due_on", "as_written", "done_on", "withdrawn_on"]
    records = _page(session, question, names, page)
    this_day = today(session)
    owed_by_words = [words.get("owed_by", "") for words in records.rows["as_written"]]
    records.rows.insert(3, "owed_by_words", owed_by_words)
    plain = _told_plainly(records, ["owed_by"], written="due_on", days=["made_on", "due_on", "done_on", "withdrawn_on"])
    days = zip(plain.rows["due_on"], plain.rows["done_on"], plain.rows["withdrawn_on"], strict=True)
    plain.rows["state"] = [commitment_state(*each, this_day).value for each in days]
    return plain


def partner_feedback(session: Session, actor: Actor, partner_id: int, page: int = 1) -> Records:
    """Return a partner's feedback that is not voided, the newest first.

    Columns: item_id, received_on (None: not known), as_written (its words, else empty), kind, state, words, language,
    translation, decision.
    """
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    question = (
        select(
            col(FeedbackItem.id),
            col(FeedbackItem.received_on),
            col(FeedbackItem.as_written),
            col(FeedbackItem.kind),
            col(FeedbackItem.state),
            col(FeedbackItem.words),
            col(FeedbackItem.language),
            col(FeedbackItem.translation),
            col(FeedbackItem.decision),
        )
        .where(
            col(FeedbackItem.partner_id) == partner_id,
            col(FeedbackItem.voided_at).is_(None),
            feedback_visible_to(actor),
        )
        .order_by(col(FeedbackItem.received_on).desc().nulls_last(), col(FeedbackItem.id).desc())
    )
    names = ["item_id", "received_on", "as_written", "kind", "state", "words", "language", "translation", "decision"]
    records = _page(session, question, names, page)
    return _told_plainly(records, ["kind", "state"], written="received_on", days=["received_on"])


def partner_relationships(session: Session, actor: Actor, partner_id: int) -> pd.DataFrame:
    """Return a partner's ties to others: present ones first, then ended ones, then archived ones; each by partner.

    Columns: relationship_id, version, from_partner_id, from_partner, what, to_partner_id, to_partner, from_on,
    until_on, ended (bool: before today), archived_at, archive_reason. Read as "from_partner – what – to_partner".
    """
    actor.require(Verb.SEE, RecordKind.RELATIONSHIP)
    one, other = aliased(Partner), aliased(Partner)
    ended = func.coalesce(col(Relationship.until_on) < today(session), False)
    question = (
        select(
            col(Relationship.id),
            col(Relationship.version),
            col(Relationship.from_partner_id),
            col(one.name),
            col(Relationship.what),
            col(Relationship.to_partner_id),
            col(other.name),
            col(Relationship.from_on),
            col(Relationship.until_on),
            ended,
            col(Relationship.archived_at),
            col(Relationship.archive_reason),
        )
        .join(one, col(one.id) == col(Relationship.from_partner_id))
        .join(other, col(other.id) == col(Relationship.to_partner_id))
        .where(
            or_(col(Relationship.from_partner_id) == partner_id, col(Relationship.to_partner_id) == partner_id),
        )
        .order_by(col(Relationship.archived_at).is_not(None), ended, func.lower(col(other.name)), col(Relationship.id))
    )
    names = [
        "relationship_id", "version", "from_partner_id", "from_partner", "what", "to_partner_id", "to_partner",
        "from_on", "until_on", "ended", "archived_at", "archive_reason",
    ]  # fmt: skip
    return pd.DataFrame(_tuples(session, question), columns=names, dtype=object).astype({"ended": bool})


def _page(session: Session, question: Any, names: list[str], page: int) -> Records:
    counted = question.order_by(None).subquery()
    total = session.execute(select(func.count()).select_from(counted)).scalar_one()
    rows = _tuples(session, question.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS))
    return Records(pd.DataFrame(rows, columns=names, dtype=object), total)


def _tuples(session: Session, question: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(question)]


def _told_plainly(records: Records, words: list[str], *, written: str, days: list[str]) -> Records:
    """Return the rows with words of closed sets as their values, and `as_written` as the one text it has for a day."""
    rows = records.rows
    plain: dict[str, Any] = {
        name: pd.Series([getattr(word, "value", None) for word in rows[name]], dtype=object) for name in words
    }
    plain["as_written"] = [texts.get(written, "") for texts in rows["as_written"]]
    return Records(rows.assign(**plain).astype(dict.fromkeys(days, object)), records.total)
