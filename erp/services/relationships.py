"""Adding, changing, archiving and restoring ties between partners, with start and end."""

from datetime import date

from pydantic import Field
from sqlmodel import Session, col, or_, select

from erp.access import Actor
from erp.errors import Conflict, Invalid
from erp.models.partners import Relationship
from erp.services.checks import known_partner
from erp.services.drafts import Draft
from erp.services.records import (
    BACK,
    change_record,
    get_or_refuse,
    now,
    put_away,
    record_change,
    remember_save,
    saved_before,
    snapshot,
)
from erp.vocabulary import RecordKind, Verb


class RelationshipDraft(Draft):
    """A tie as entered, read as a sentence: the first partner – `what` ("is funded by") – the second one."""

    from_partner_id: int
    to_partner_id: int
    what: str = Field(min_length=1, max_length=300)
    from_on: date | None = None
    until_on: date | None = None


def add_relationship(session: Session, actor: Actor, draft: RelationshipDraft, *, token: str = "") -> Relationship:
    """Add a tie; the same form saved twice answers with the first record.

    Raises: NotAllowed; NotFound (a partner that is not here); Invalid (one partner, or days the wrong way round);
    Conflict (the same tie is here for that time).
    """
    actor.require(Verb.ADD, RecordKind.RELATIONSHIP)
    already = saved_before(session, token, draft)
    if already is not None:
        return get_or_refuse(session, Relationship, already, "tie between partners")
    for partner_id in (draft.from_partner_id, draft.to_partner_id):
        known_partner(session, partner_id)
    _check(session, draft, None)
    tie = Relationship(recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump())
    session.add(tie)
    session.flush()
    record_change(session, actor, "add", RecordKind.RELATIONSHIP, tie.id, after=snapshot(tie))
    remember_save(session, token, RecordKind.RELATIONSHIP, tie.id or 0, draft)
    session.flush()
    return tie


def change_relationship(
    session: Session, actor: Actor, relationship_id: int, version: int, draft: RelationshipDraft
) -> Relationship:
    """Change a tie opened at `version`, also to end it on a day. Raises: as above."""
    actor.require(Verb.CHANGE, RecordKind.RELATIONSHIP)
    tie = get_or_refuse(session, Relationship, relationship_id, "tie between partners")
    for partner_id in {draft.from_partner_id, draft.to_partner_id} - {tie.from_partner_id, tie.to_partner_id}:
        known_partner(session, partner_id)
    _check(session, draft, tie.id)
    return change_record(session, actor, tie, version, "change", RecordKind.RELATIONSHIP, draft.model_dump())


def archive_relationship(
    session: Session, actor: Actor, relationship_id: int, version: int, reason: str
) -> Relationship:
    """Put a wrongly entered tie out of sight with a reason. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.ARCHIVE, RecordKind.RELATIONSHIP)
    tie = get_or_refuse(session, Relationship, relationship_id, "tie between partners")
    values = put_away(reason)
    return change_record(session, actor, tie, version, "archive", RecordKind.RELATIONSHIP, values)


def restore_relationship(session: Session, actor: Actor, relationship_id: int, version: int) -> Relationship:
    """Bring an archived tie back. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.RELATIONSHIP)
    tie = get_or_refuse(session, Relationship, relationship_id, "tie between partners")
    _check(session, RelationshipDraft(**tie.model_dump(include=set(RelationshipDraft.model_fields))), tie.id)
    return change_record(session, actor, tie, version, "restore", RecordKind.RELATIONSHIP, BACK)


def _check(session: Session, draft: RelationshipDraft, own_id: int | None) -> None:
    if draft.from_partner_id == draft.to_partner_id:
        raise Invalid("A tie joins two partners. Choose another one.")
    if draft.from_on and draft.until_on and draft.until_on < draft.from_on:
        raise Invalid("The tie ends before it begins. Correct one of the two days.")
    same = select(Relationship).where(
        Relationship.from_partner_id == draft.from_partner_id,
        Relationship.to_partner_id == draft.to_partner_id,
        Relationship.what == draft.what,
        col(Relationship.archived_at).is_(None),
    )
    if draft.from_on:
        same = same.where(or_(col(Relationship.until_on).is_(None), col(Relationship.until_on) >= draft.from_on))
    if draft.until_on:
        same = same.where(or_(col(Relationship.from_on).is_(None), col(Relationship.from_on) <= draft.until_on))
    if any(tie.id != own_id for tie in session.exec(same)):
        raise Conflict("This tie is here for that time already. Change the one that is there, or its days.")
