"""One engagement with everything that belongs to it, as it reads: partners, people, points, evidence, promises."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import NotFound
from erp.frameworks import BEHAVIORS
from erp.models.accounts import Account
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.queries.feedback import giver
from erp.queries.frameworks import frameworks_of
from erp.queries.visible import commitments_visible_to, engagements_visible_to, feedback_visible_to, name_shown
from erp.vocabulary import (
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackState,
    Interpreter,
    PartnerKind,
    RecordKind,
    Side,
    Verb,
    Who,
)


@dataclass(frozen=True)
class PartnerThere:
    """A partner at an engagement; `partner_id` None: a name from a spreadsheet, not linked yet."""

    partner_id: int | None
    name: str
    kind: PartnerKind | None
    two_way: bool


@dataclass(frozen=True)
class PersonThere:
    """One of a partner's people who took part; `shown` is the name where it may be read, else the role."""

    contact_id: int
    partner_id: int | None
    shown: str


@dataclass(frozen=True)
class Point:
    """A discussion point with its own follow-up."""

    point_id: int
    what: str
    follow_up: str
    due: date | None
    done_on: date | None


@dataclass(frozen=True)
class BehaviorEvidence:
    """A leadership behavior the engagement shows, with the evidence in words."""

    entry_id: str
    evidence: str
    #: The version of the framework under which it was tagged.
    version: str


@dataclass(frozen=True)
class PromiseMade:
    """A promise made at the engagement; `owed_by` and `due_words` as a person reads them."""

    commitment_id: int
    what: str
    owed_by: str
    partner: str
    due_on: date | None
    due_words: str
    done_on: date | None
    withdrawn_on: date | None


@dataclass(frozen=True)
class FeedbackGiven:
    """Feedback given at the engagement, in the giver's words."""

    item_id: int
    words: str
    who: str
    kind: FeedbackKind
    state: FeedbackState


@dataclass(frozen=True)
class TurnOfRow:
    """An engagement of a repeating row."""

    engagement_id: int
    held_on: date | None
    status: EngagementStatus


@dataclass(frozen=True)
class EngagementDetail:
    """One engagement as it reads, with its parts in the order they were written down.

    `repeats`, `slot_on`, `counted_from`, `row`: where it is one of a repeating row, how often it comes round, its turn,
    the turn it is counted from, and all that the actor may see of the row by their turns, without voided ones.
    """

    engagement_id: int
    version: int
    key: str
    status: EngagementStatus
    kind: EngagementKind
    held_on: date | None
    when_words: str
    held_at: str
    forum_id: int | None
    forum: str
    place: str
    remote: bool
    language: str
    interpreter: Interpreter
    county_people: str
    purpose: str
    facts: str
    quotes: str
    opinions: str
    decisions: str
    notes: str
    asked_by: Who
    agenda_by: Who
    decided_by: Who
    as_written: dict[str, str]
    extras: dict[str, str]
    recorded_at: datetime
    recorded_by: str
    voided_at: datetime | None
    void_reason: str
    repeats: str
    slot_on: date | None
    counted_from: date | None
    row: tuple[TurnOfRow, ...]
    partners: tuple[PartnerThere, ...]
    people: tuple[PersonThere, ...]
    points: tuple[Point, ...]
    behaviors: tuple[BehaviorEvidence, ...]
    topics: tuple[str, ...]
    topic_versions: tuple[str, ...]
    promises: tuple[PromiseMade, ...]
    feedback: tuple[FeedbackGiven, ...]


def engagement_detail(session: Session, actor: Actor, engagement_id: int) -> EngagementDetail:
    """Return one engagement with its parts, promises and feedback the actor may see. Raises: NotAllowed, NotFound."""
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    found = session.execute(
        select(Engagement, Forum.name, Account.name)
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .outerjoin(Account, col(Account.id) == col(Engagement.recorded_by))
        .where(Engagement.id == engagement_id, engagements_visible_to(actor))
    ).first()
    if found is None:
        raise NotFound("This engagement is not here. It may have been moved, or the address is wrong.")
    engagement, forum, writer = found
    same = EngagementDetail.__dataclass_fields__.keys() & set(Engagement.model_fields) - {"recorded_by"}
    plain: dict[str, Any] = {name: getattr(engagement, name) for name in same}
    topics, topic_versions = _topics(session, engagement_id)
    return EngagementDetail(
        engagement_id=engagement_id,
        when_words=engagement.as_written.get("held_on", "") if engagement.held_on is None else "",
        forum=forum or engagement.as_written.get("forum", ""),
        recorded_by=writer or "the operator of this machine",
        row=_row(session, actor, engagement.series),
        partners=_partners(session, engagement_id),
        people=_people(session, actor, engagement_id),
        points=_points(session, engagement_id),
        behaviors=_behaviors(session, engagement_id),
        topics=topics,
        topic_versions=topic_versions,
        promises=_promises(session, actor, engagement_id),
        feedback=_feedback(session, actor, engagement_id),
        **plain,
    )


def _row(session: Session, actor: Actor, series: str) -> tuple[TurnOfRow, ...]:
    if not series:
        return ()
    rows = session.execute(
        select(col(Engagement.id), col(Engagement.held_on), col(Engagement.status))
        .where(Engagement.series == series, col(Engagement.voided_at).is_(None), engagements_visible_to(actor))
        .order_by(col(Engagement.slot_on), col(Engagement.id))
    )
    return tuple(TurnOfRow(*row) for row in rows)


def _partners(session: Session, engagement_id: int) -> tuple[PartnerThere, ...]:
    rows = session.execute(
        select(
            EngagementPartner.partner_id,
            func.coalesce(col(Partner.name), col(EngagementPartner.name_written)),
            Partner.kind,
            EngagementPartner.two_way,
        )
        .outerjoin(Partner, col(Partner.id) == col(EngagementPartner.partner_id))
        .where(EngagementPartner.engagement_id == engagement_id)
        .order_by(col(EngagementPartner.partner_id).is_(None), col(EngagementPartner.id))
    )
    return tuple(PartnerThere(*row) for row in rows)


def _people(session: Session, actor: Actor, engagement_id: int) -> tuple[PersonThere, ...]:
    """Return who took part: name and role, or the role alone where the actor may not see the name."""
    rows = session.execute(
        select(col(Contact.id), col(Contact.partner_id), name_shown(actor), col(Contact.role))
        .join(EngagementPerson, col(EngagementPerson.contact_id) == col(Contact.id))
        .where(EngagementPerson.engagement_id == engagement_id)
        .order_by(col(EngagementPerson.id))
    )
    return tuple(
        PersonThere(number, partner_id, f"{shown} ({role})" if role and role != shown else shown)
        for number, partner_id, shown, role in rows
    )


def _points(session: Session, engagement_id: int) -> tuple[Point, ...]:
    rows = session.exec(
        select(DiscussionPoint)
        .where(DiscussionPoint.engagement_id == engagement_id)
        .order_by(col(DiscussionPoint.position))
    )
    return tuple(Point(p.id or 0, p.what, p.follow_up, p.follow_up_due, p.follow_up_done_on) for p in rows)


def _behaviors(session: Session, engagement_id: int) -> tuple[BehaviorEvidence, ...]:
    """Return the behaviors in the framework's order; ids the framework no longer has come last."""
    tags = session.exec(select(BehaviorTag).where(BehaviorTag.engagement_id == engagement_id))
    listed = frameworks_of(session).framework(BEHAVIORS).entries
    order = {behavior.id: place for place, behavior in enumerate(listed)}
    shown = sorted(tags, key=lambda tag: (order.get(tag.entry_id, len(order)), tag.entry_id))
    return tuple(BehaviorEvidence(tag.entry_id, tag.evidence, tag.framework_version) for tag in shown)


def _topics(session: Session, engagement_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the topics, and the version of the framework under which each was tagged."""
    question = select(TopicTag).where(TopicTag.engagement_id == engagement_id).order_by(col(TopicTag.id))
    tags = session.exec(question).all()
    return tuple(tag.entry_id for tag in tags), tuple(tag.framework_version for tag in tags)


def _promises(session: Session, actor: Actor, engagement_id: int) -> tuple[PromiseMade, ...]:
    rows = session.execute(
        select(Commitment, col(Partner.name))
        .outerjoin(Partner, col(Partner.id) == col(Commitment.partner_id))
        .where(
            Commitment.engagement_id == engagement_id,
            col(Commitment.voided_at).is_(None),
            commitments_visible_to(actor),
        )
        .order_by(col(Commitment.id))
    )
    return tuple(
        PromiseMade(
            commitment_id=promise.id or 0,
            what=promise.what,
            owed_by=_owed_by(promise, partner),
            partner=partner or promise.as_written.get("partner", ""),
            due_on=promise.due_on,
            due_words=promise.as_written.get("due_on", ""),
            done_on=promise.done_on,
            withdrawn_on=promise.withdrawn_on,
        )
        for promise, partner in rows
    )


def _owed_by(promise: Commitment, partner: str | None) -> str:
    if promise.owed_by is None:
        return promise.as_written.get("owed_by", "not said")
    return "the county" if promise.owed_by is Side.COUNTY else partner or "the partner"


def _feedback(session: Session, actor: Actor, engagement_id: int) -> tuple[FeedbackGiven, ...]:
    names = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    rows = session.execute(
        select(FeedbackItem, col(Partner.name), Contact)
        .outerjoin(Partner, col(Partner.id) == col(FeedbackItem.partner_id))
        .outerjoin(Contact, col(Contact.id) == col(FeedbackItem.contact_id))
        .where(
            FeedbackItem.engagement_id == engagement_id,
            col(FeedbackItem.voided_at).is_(None),
            feedback_visible_to(actor),
        )
        .order_by(col(FeedbackItem.id))
    )
    return tuple(
        FeedbackGiven(
            item_id=item.id or 0,
            words=item.words,
            who=giver(item, partner or item.as_written.get("partner", ""), contact, names=names),
            kind=item.kind,
            state=item.state,
        )
        for item, partner, contact in rows
    )
