"""Adding, changing, archiving and restoring forums (standing tables) and the seats of their members."""

from datetime import date
from typing import Any

from pydantic import Field
from sqlmodel import Session, col, or_, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.contacts import Contact, Forum, ForumMember
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
    revise,
    saved_before,
    snapshot,
    squeeze,
)
from erp.vocabulary import RecordKind, Verb


class ForumDraft(Draft):
    """A forum as entered."""

    name: str = Field(min_length=1, max_length=300)
    purpose: str = ""
    language: str = ""


class SeatDraft(Draft):
    """A partner's seat at a forum, with the person who holds it where known; `until_on` None: still held."""

    partner_id: int
    contact_id: int | None = None
    role: str = ""
    from_on: date | None = None
    until_on: date | None = None


def add_forum(session: Session, actor: Actor, draft: ForumDraft, *, token: str = "") -> Forum:
    """Add a forum; the same form saved twice answers with the first one. Raises: NotAllowed, Conflict (same name)."""
    actor.require(Verb.ADD, RecordKind.FORUM)
    already = saved_before(session, token, draft)
    if already is not None:
        return get_or_refuse(session, Forum, already, "forum")
    _refuse_doubled_name(session, draft.name, None)
    forum = Forum(name_key=squeeze(draft.name), recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump())
    session.add(forum)
    session.flush()
    record_change(session, actor, "add", RecordKind.FORUM, forum.id, after=snapshot(forum))
    remember_save(session, token, RecordKind.FORUM, forum.id or 0, draft)
    session.flush()
    return forum


def change_forum(session: Session, actor: Actor, forum_id: int, version: int, draft: ForumDraft) -> Forum:
    """Change a forum opened at `version`. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.CHANGE, RecordKind.FORUM)
    forum = get_or_refuse(session, Forum, forum_id, "forum")
    _refuse_doubled_name(session, draft.name, forum.id)
    values = draft.model_dump() | {"name_key": squeeze(draft.name)}
    return change_record(session, actor, forum, version, "change", RecordKind.FORUM, values)


def archive_forum(session: Session, actor: Actor, forum_id: int, version: int, reason: str) -> Forum:
    """Put a forum out of sight with a reason; its engagements stay. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.ARCHIVE, RecordKind.FORUM)
    forum = get_or_refuse(session, Forum, forum_id, "forum")
    values = put_away(reason)
    return change_record(session, actor, forum, version, "archive", RecordKind.FORUM, values)


def restore_forum(session: Session, actor: Actor, forum_id: int, version: int) -> Forum:
    """Bring an archived forum back. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.FORUM)
    forum = get_or_refuse(session, Forum, forum_id, "forum")
    return change_record(session, actor, forum, version, "restore", RecordKind.FORUM, BACK)


def add_seat(session: Session, actor: Actor, forum_id: int, draft: SeatDraft, *, token: str = "") -> ForumMember:
    """Give a partner a seat at a forum; the same form saved twice answers with the first one.

    Raises: NotAllowed; NotFound (forum, partner or person); Invalid (days the wrong way round, a person of somebody
    else); Conflict (the same seat is held at that time already).
    """
    actor.require(Verb.CHANGE, RecordKind.FORUM)
    already = saved_before(session, token, draft)
    if already is not None:
        return get_or_refuse(session, ForumMember, already, "seat")
    forum = get_or_refuse(session, Forum, forum_id, "forum")
    if forum.archived_at is not None:
        raise NotFound(f"{forum.name} is archived. Restore it first.")
    known_partner(session, draft.partner_id)
    _check_seat(session, forum_id, draft, None)
    seat = ForumMember(forum_id=forum_id, recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump())
    session.add(seat)
    session.flush()
    record_change(session, actor, "add seat", RecordKind.FORUM, forum_id, after=snapshot(seat))
    remember_save(session, token, RecordKind.FORUM, seat.id or 0, draft)
    session.flush()
    return seat


def change_seat(session: Session, actor: Actor, seat_id: int, version: int, draft: SeatDraft) -> ForumMember:
    """Change a seat opened at `version`, also to end it on a day. Raises: as above, Conflict."""
    actor.require(Verb.CHANGE, RecordKind.FORUM)
    seat = get_or_refuse(session, ForumMember, seat_id, "seat")
    if draft.partner_id != seat.partner_id:
        known_partner(session, draft.partner_id)
    _check_seat(session, seat.forum_id, draft, seat.id)
    return _revise_seat(session, actor, seat, version, "change seat", draft.model_dump())


def archive_seat(session: Session, actor: Actor, seat_id: int, version: int, reason: str) -> ForumMember:
    """Put a wrongly entered seat out of sight with a reason. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.ARCHIVE, RecordKind.FORUM)
    seat = get_or_refuse(session, ForumMember, seat_id, "seat")
    values = put_away(reason)
    return _revise_seat(session, actor, seat, version, "archive seat", values)


def restore_seat(session: Session, actor: Actor, seat_id: int, version: int) -> ForumMember:
    """Bring an archived seat back. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.FORUM)
    seat = get_or_refuse(session, ForumMember, seat_id, "seat")
    _check_seat(session, seat.forum_id, _as_draft(seat), seat.id)
    return _revise_seat(session, actor, seat, version, "restore seat", BACK)


def _revise_seat(
    session: Session, actor: Actor, seat: ForumMember, version: int, verb: str, values: dict[str, Any]
) -> ForumMember:
    before = snapshot(seat) | {"seat": None}
    revise(seat, version, values)
    session.flush()
    # A seat's changes stand in its forum's history; `seat` says which one.
    record_change(
        session, actor, verb, RecordKind.FORUM, seat.forum_id, before=before, after=snapshot(seat, seat=seat.id)
    )
    return seat


def _refuse_doubled_name(session: Session, name: str, own_id: int | None) -> None:
    twin = session.exec(select(Forum).where(Forum.name_key == squeeze(name))).first()
    if twin is not None and twin.id != own_id:
        where = "It is archived; restore it instead." if twin.archived_at else "Open it instead of adding it again."
        raise Conflict(f"{twin.name} is here already. {where}")


def _check_seat(session: Session, forum_id: int, draft: SeatDraft, own_id: int | None) -> None:
    if draft.from_on and draft.until_on and draft.until_on < draft.from_on:
        raise Invalid("The seat ends before it begins. Correct one of the two days.")
    if draft.contact_id is not None:
        person = get_or_refuse(session, Contact, draft.contact_id, "person")
        if person.partner_id != draft.partner_id:
            raise Invalid("This person belongs to another partner. Choose a person of the partner who has the seat.")
    others = select(ForumMember).where(
        ForumMember.forum_id == forum_id,
        ForumMember.partner_id == draft.partner_id,
        ForumMember.contact_id == draft.contact_id,
        col(ForumMember.archived_at).is_(None),
    )
    if draft.from_on:
        others = others.where(or_(col(ForumMember.until_on).is_(None), col(ForumMember.until_on) >= draft.from_on))
    if draft.until_on:
        others = others.where(or_(col(ForumMember.from_on).is_(None), col(ForumMember.from_on) <= draft.until_on))
    if any(seat.id != own_id for seat in session.exec(others)):
        raise Conflict("This seat is held at that time already. Change the seat that is there, or its days.")


def _as_draft(seat: ForumMember) -> SeatDraft:
    return SeatDraft(**seat.model_dump(include=set(SeatDraft.model_fields)))
