"""What others changed since an account was here before, as far as the actor may see it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_

from erp.access import Actor
from erp.models.accounts import Visit
from erp.models.barriers import Barrier
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.decisions import Decision
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.imports import ImportFile
from erp.models.partners import Partner, Relationship
from erp.models.reviews import SystemReview
from erp.queries.county import county_zone
from erp.queries.visible import (
    barriers_visible_to,
    commitments_visible_to,
    decisions_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    name_shown,
    reviews_visible_to,
)
from erp.vocabulary import Door, RecordKind, Verb

K = RecordKind
#: Changes that are looked through, the newest first: after months away a county reads lists, not sentences.
MOST_CHANGES = 3_000
#: Letters of a record's title: words of feedback may be pages, and a sentence shows their beginning.
LONGEST_TITLE = 200
#: Verbs that are no news: a question that waits, upkeep, what went with an import that was undone, and what stands in
#: the history of an item for whoever looks after it.
_SILENT = ("ask look-alike", "confirm", "undo import", "make a receipt", "open who gave it")


@dataclass(frozen=True)
class News:
    """What one person did with one record: the verbs in the order in which it happened, the newest time.

    `title`: of the record as the actor may read it; `partners`: whom it concerns.
    """

    at: datetime
    who: str
    kind: RecordKind
    record_id: int
    verbs: tuple[str, ...]
    title: str
    partners: tuple[int, ...]


@dataclass
class _Told:
    """A record that the actor may see."""

    title: str
    partners: set[int] = field(default_factory=set[int])


def last_visit(session: Session, actor: Actor) -> datetime | None:
    """Return when the actor was here the time before (in the county's zone), None where this is the first time."""
    before = session.scalar(select(col(Visit.before_at)).where(col(Visit.account_id) == actor.user_id))
    return before and before.astimezone(county_zone(session))


def news_since(
    session: Session,
    actor: Actor,
    since: datetime,
    but_by: int | None,
    *,
    holder_id: int | None = None,
) -> tuple[News, ...]:
    """Return what others than the account `but_by` changed since a moment, the newest first.

    `holder_id`: only what concerns partners that this account holds. What an import brought is one piece of news, the
    file. Times are in the county's zone.
    """
    held = (
        None
        if holder_id is None
        else set(session.scalars(select(col(Partner.id)).where(col(Partner.holder_id) == holder_id)))
    )
    # By the index of times, and then by number: any other way reads years of history.
    first = session.scalar(select(func.min(col(Change.id))).where(col(Change.at) > since))
    if first is None:
        return ()
    question = (
        select(col(Change.at), col(Change.actor_name), col(Change.verb), col(Change.record_kind), col(Change.record_id))
        .where(
            col(Change.id) >= first,
            or_(col(Change.actor_id).is_(None), col(Change.actor_id) != but_by),
            or_(col(Change.door) != Door.IMPORT, col(Change.record_kind) == K.IMPORT_FILE.value),
            or_(col(Change.verb).not_in(_SILENT), col(Change.record_kind) == K.IMPORT_FILE.value),
        )
        .order_by(col(Change.id).desc())
        .limit(MOST_CHANGES)
    )
    zone = county_zone(session)
    found: dict[tuple[RecordKind, int, str], tuple[datetime, list[str]]] = {}
    for at, who, verb, kind, record_id in session.execute(question):
        if kind not in _TOLD:
            continue
        _, verbs = found.setdefault((K(kind), record_id, who), (at.astimezone(zone), []))
        if verb not in verbs:
            verbs.insert(0, verb)
    told = _told_by_kind(session, actor, found)
    return tuple(
        News(at, who, kind, record_id, tuple(verbs), record.title[:LONGEST_TITLE], tuple(sorted(record.partners)))
        for (kind, record_id, who), (at, verbs) in found.items()
        if (record := told[kind].get(record_id)) is not None
        if held is None or held & record.partners
    )


def _told_by_kind(
    session: Session, actor: Actor, wanted: Collection[tuple[RecordKind, int, str]]
) -> dict[RecordKind, dict[int, _Told]]:
    """Return the records among the wanted ones that the actor may see."""
    ids: dict[RecordKind, set[int]] = defaultdict(set)
    for kind, record_id, _ in wanted:
        ids[kind].add(record_id)
    return {
        kind: tell(session, actor, numbers) if actor.may(Verb.SEE, kind) else {}
        for kind, numbers in ids.items()
        for tell in (_TOLD[kind],)
    }


def _partners(session: Session, _actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
    rows = session.execute(select(col(Partner.id), col(Partner.name)).where(col(Partner.id).in_(ids)))
    return {number: _Told(name, {number}) for number, name in rows}


def _contacts(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
    question = select(col(Contact.id), name_shown(actor), col(Contact.partner_id)).where(col(Contact.id).in_(ids))
    return {number: _Told(name, {partner} - {None}) for number, name, partner in session.execute(question)}


def _forums(session: Session, _actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
    rows = session.execute(select(col(Forum.id), col(Forum.name)).where(col(Forum.id).in_(ids)))
    return {number: _Told(name) for number, name in rows}


def _ties(session: Session, _actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
    one, other = aliased(Partner), aliased(Partner)
    question = (
        select(*map(col, (Relationship.id, one.name, Relationship.what, other.name, one.id, other.id)))
        .join(one, col(one.id) == col(Relationship.from_partner_id))
        .join(other, col(other.id) == col(Relationship.to_partner_id))
        .where(col(Relationship.id).in_(ids))
    )
    return {number: _Told(f"{a} {what} {b}", {x, y}) for number, a, what, b, x, y in session.execute(question)}


def _engagements(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
    question = (
        select(col(Engagement.id), col(Engagement.purpose), col(Forum.name))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .where(col(Engagement.id).in_(ids), engagements_visible_to(actor))
    )
    found = {number: _Told(purpose or forum or "") for number, purpose, forum in session.execute(question)}
    links = select(col(EngagementPartner.engagement_id), col(EngagementPartner.partner_id)).where(
        col(EngagementPartner.engagement_id).in_(list(found)), col(EngagementPartner.partner_id).is_not(None)
    )
    for number, partner_id in session.execute(links):
        found[number].partners.add(partner_id)
    return found


def _of_one_partner(
    table: Any, words: Any, visible: Callable[[Actor], ColumnElement[bool]]
) -> Callable[[Session, Actor, Collection[int]], dict[int, _Told]]:
    def tell(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
        question = select(table.id, words, table.partner_id).where(table.id.in_(ids), visible(actor))
        return {number: _Told(said, {partner} - {None}) for number, said, partner in session.execute(question)}

    return tell


def _of_several(
    table: Any, words: Any, visible: Callable[[Actor], ColumnElement[bool]]
) -> Callable[[Session, Actor, Collection[int]], dict[int, _Told]]:
    """Tell what is made of several voices, and so is of no one partner."""

    def tell(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
        question = select(table.id, words).where(table.id.in_(ids), visible(actor))
        return {number: _Told(said) for number, said in session.execute(question)}

    return tell


def _files(session: Session, _actor: Actor, ids: Collection[int]) -> dict[int, _Told]:
    rows = session.execute(select(col(ImportFile.id), col(ImportFile.file_name)).where(col(ImportFile.id).in_(ids)))
    return {number: _Told(name) for number, name in rows}


#: Kind of record → what tells the visible ones among some. A rating is told to nobody: it names one person.
_TOLD: Mapping[RecordKind, Callable[[Session, Actor, Collection[int]], dict[int, _Told]]] = {
    K.PARTNER: _partners,
    K.CONTACT: _contacts,
    K.FORUM: _forums,
    K.RELATIONSHIP: _ties,
    K.ENGAGEMENT: _engagements,
    K.COMMITMENT: _of_one_partner(Commitment, Commitment.what, commitments_visible_to),
    K.FEEDBACK_ITEM: _of_one_partner(FeedbackItem, FeedbackItem.words, feedback_visible_to),
    K.DECISION: _of_several(Decision, Decision.what, decisions_visible_to),
    K.BARRIER: _of_several(Barrier, Barrier.words, barriers_visible_to),
    K.SYSTEM_REVIEW: _of_several(SystemReview, SystemReview.question, reviews_visible_to),
    K.IMPORT_FILE: _files,
}
