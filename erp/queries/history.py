"""The history of one record: who changed what, when, from what to what, through which door."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.barriers import Barrier
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.decisions import Decision
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, Relationship
from erp.models.reviews import SystemReview
from erp.queries.county import county_zone
from erp.queries.visible import (
    barriers_visible_to,
    commitments_visible_to,
    decisions_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    may_see_name,
    reviews_visible_to,
)
from erp.vocabulary import PartnerKind, RecordKind, Verb

HISTORY_COLUMNS = ("change_id", "at", "who", "verb", "door", "before", "after")

#: What a history keeps to itself where the reader may not see a person's name or channels. `extras` and the like hold
#: what a spreadsheet had beside them, which may be a second phone number.
HELD_APART = frozenset({"email", "phone", "notes", "extras", "as_written", "archive_reason"})

K = RecordKind


def record_history(session: Session, actor: Actor, kind: RecordKind, record_id: int) -> pd.DataFrame:
    """Return the changes of one record, newest first; a rating's is nobody's to read, since it names one person.

    Columns: change_id, at (aware, in the county's time zone), who, verb, door (vocabulary.Door value), before and
    after (mapping of field to value, or None; of a change only the fields that differ). One row per change.
    Raises: NotAllowed; NotFound where the record is not here or not for this actor.
    """
    actor.require(Verb.SEE, kind)
    hidden = _hidden_fields(session, actor, kind, record_id)
    question = (
        select(
            col(Change.id),
            col(Change.at),
            col(Change.actor_name),
            col(Change.verb),
            col(Change.door),
            col(Change.before),
            col(Change.after),
        )
        .where(col(Change.record_kind) == kind.value, col(Change.record_id) == record_id)
        .order_by(col(Change.id).desc())
    )
    zone = county_zone(session)
    changes = list(session.execute(question))
    closed = _closed_until(session, actor, kind, record_id, [change.before or {} for change in changes])
    rows = [
        (number, at.astimezone(zone), who, verb, door.value, _without(before, hidden), _without(after, hidden))
        for number, at, who, verb, door, before, after in changes[:closed]
    ]
    return pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))


def _closed_until(
    session: Session, actor: Actor, kind: RecordKind, record_id: int, before: list[dict[str, Any]]
) -> int | None:
    """Return how many of the newest changes the actor may read; None: all.

    A record that was taken away from a Tribal government is open from then on; what it said before stays closed.
    """
    tables: dict[RecordKind, Any] = {K.ENGAGEMENT: Engagement, K.COMMITMENT: Commitment, K.FEEDBACK_ITEM: FeedbackItem}
    if kind not in tables or actor.sees_tribal_records:
        return None
    table = tables[kind]
    author = session.execute(select(table.recorded_by).where(table.id == record_id)).scalar()
    if actor.user_id is not None and author == actor.user_id:
        return None
    tribes = set(session.scalars(select(col(Partner.id)).where(col(Partner.kind) == PartnerKind.TRIBAL_GOVERNMENT)))
    at_a_tribe = select(col(EngagementPartner.engagement_id)).where(col(EngagementPartner.partner_id).in_(tribes))
    closed = set(session.scalars(at_a_tribe))
    for place, was in enumerate(before):
        partners = {part.get("partner_id") for part in was.get("partners") or ()} | {was.get("partner_id")}
        if partners & tribes or was.get("engagement_id") in closed:
            return place
    return None


def _hidden_fields(session: Session, actor: Actor, kind: RecordKind, record_id: int) -> frozenset[str]:
    """Return the fields to leave out of a record's history. Raises: NotFound where the actor may not see the record."""
    tables: dict[RecordKind, tuple[Any, ColumnElement[bool]]] = {
        K.PARTNER: (Partner, true()),
        K.CONTACT: (Contact, true()),
        K.FORUM: (Forum, true()),
        K.RELATIONSHIP: (Relationship, true()),
        K.ENGAGEMENT: (Engagement, engagements_visible_to(actor)),
        K.COMMITMENT: (Commitment, commitments_visible_to(actor)),
        K.FEEDBACK_ITEM: (FeedbackItem, feedback_visible_to(actor)),
        K.DECISION: (Decision, decisions_visible_to(actor)),
        K.BARRIER: (Barrier, barriers_visible_to(actor)),
        K.SYSTEM_REVIEW: (SystemReview, reviews_visible_to(actor)),
        K.ACCOUNT: (Account, true()),
    }
    if kind in tables:
        table, visible = tables[kind]
        here = session.execute(select(table.id).where(table.id == record_id, visible)).first()
        if here is not None:
            if kind is K.FEEDBACK_ITEM and not actor.may(Verb.SEE, K.CONTACT_CHANNEL):
                return frozenset({"person", "extras", "as_written"})
            return _hidden_of_person(session, actor, record_id) if kind is K.CONTACT else frozenset()
    raise NotFound(f"There is no history of this {kind.label.lower()} here.")


def _hidden_of_person(session: Session, actor: Actor, contact_id: int) -> frozenset[str]:
    if actor.may(Verb.SEE, K.CONTACT_CHANNEL):
        return frozenset()
    named = session.execute(select(col(Contact.id)).where(col(Contact.id) == contact_id, may_see_name(actor))).first()
    return HELD_APART if named else HELD_APART | {"name"}


def _without(fields: dict[str, object] | None, hidden: frozenset[str]) -> dict[str, object] | None:
    return fields and {name: value for name, value in fields.items() if name not in hidden}
