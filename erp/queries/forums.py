"""Forums (standing tables), their seats, and what was held there."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.contacts import Contact, Forum, ForumMember
from erp.models.engagements import Engagement
from erp.models.partners import Partner
from erp.queries.county import today
from erp.queries.visible import engagements_visible_to, name_shown
from erp.vocabulary import EngagementStatus, RecordKind, Verb

FORUM_COLUMNS = ("forum_id", "version", "name", "purpose", "language", "archived_at", "archive_reason", "seats_held")
SEAT_COLUMNS = (
    "seat_id",
    "version",
    "partner_id",
    "partner",
    "contact_id",
    "person",
    "role",
    "from_on",
    "until_on",
    "held_now",
    "archived_at",
    "archive_reason",
)


def forum_list(session: Session, actor: Actor, archived: bool = False) -> pd.DataFrame:
    """Return forums by name: those in use, or only the archived ones.

    Columns: forum_id, version, name, purpose, language, archived_at, archive_reason, seats_held (today; int),
    last_held and next_planned (day or None; of engagements the actor may see).
    """
    actor.require(Verb.SEE, RecordKind.FORUM)
    forums = _forums(session, col(Forum.archived_at).is_not(None) if archived else col(Forum.archived_at).is_(None))
    days = _days_held(session, actor)
    return forums.merge(days, on="forum_id", how="left")


def forum_record(session: Session, actor: Actor, forum_id: int) -> pd.Series:
    """Return one forum, archived or not: the columns of FORUM_COLUMNS. Raises: NotFound."""
    actor.require(Verb.SEE, RecordKind.FORUM)
    found = _forums(session, col(Forum.id) == forum_id)
    if found.empty:
        raise NotFound("This forum is not here. It may have been archived, or the address is wrong.")
    return found.iloc[0]


def forum_seats(session: Session, actor: Actor, forum_id: int) -> pd.DataFrame:
    """Return the seats of a forum: held ones first, then former ones, then archived ones; each by partner.

    Columns: seat_id, version, partner_id, partner, contact_id (None: no person known), person (by name or role, empty
    where not known), role (at the forum), from_on, until_on, held_now (bool), archived_at, archive_reason.
    """
    return _seats(session, actor, col(ForumMember.forum_id) == forum_id)


def partner_seats(session: Session, actor: Actor, partner_id: int) -> pd.DataFrame:
    """Return a partner's seats at forums that are in use, held ones first. Columns: `forum_seats`, forum_id, forum."""
    held_here = and_(col(ForumMember.partner_id) == partner_id, col(ForumMember.archived_at).is_(None))
    seats = _seats(session, actor, held_here)
    names = select(col(ForumMember.id), col(Forum.id), col(Forum.name)).join(
        Forum, col(Forum.id) == col(ForumMember.forum_id)
    )
    rows = session.execute(names.where(held_here, col(Forum.archived_at).is_(None))).all()
    forums = pd.DataFrame(rows, columns=["seat_id", "forum_id", "forum"], dtype=object)
    return seats.merge(forums, on="seat_id")


def forum_engagements(session: Session, actor: Actor, forum_id: int, limit: int = 12) -> pd.DataFrame:
    """Return the newest engagements held or planned at a forum that the actor may see, newest first.

    Columns: engagement_id, held_on (None: no exact date), as_written (its words, else empty), status, purpose.
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    question = (
        select(
            col(Engagement.id),
            col(Engagement.held_on),
            col(Engagement.as_written),
            col(Engagement.status),
            col(Engagement.purpose),
        )
        .where(col(Engagement.forum_id) == forum_id, col(Engagement.voided_at).is_(None), engagements_visible_to(actor))
        .order_by(col(Engagement.held_on).desc().nulls_last(), col(Engagement.id).desc())
        .limit(limit)
    )
    rows = [
        (number, day, words.get("held_on", ""), status.value, purpose)
        for number, day, words, status, purpose in session.execute(question)
    ]
    return pd.DataFrame(rows, columns=["engagement_id", "held_on", "as_written", "status", "purpose"], dtype=object)


def _forums(session: Session, which: ColumnElement[bool]) -> pd.DataFrame:
    seats_held = (
        select(func.count(col(ForumMember.id)))
        .where(col(ForumMember.forum_id) == col(Forum.id), _held_on(today(session)))
        .scalar_subquery()
    )
    question = select(
        col(Forum.id),
        col(Forum.version),
        col(Forum.name),
        col(Forum.purpose),
        col(Forum.language),
        col(Forum.archived_at),
        col(Forum.archive_reason),
        seats_held,
    )
    rows = session.execute(question.where(which).order_by(func.lower(col(Forum.name)))).all()
    return pd.DataFrame(rows, columns=list(FORUM_COLUMNS), dtype=object)


def _days_held(session: Session, actor: Actor) -> pd.DataFrame:
    this_day = today(session)
    was_held = col(Engagement.status) == EngagementStatus.HELD
    planned = and_(col(Engagement.status) == EngagementStatus.PLANNED, col(Engagement.held_on) >= this_day)
    question = (
        select(
            col(Engagement.forum_id),
            func.max(case((was_held, col(Engagement.held_on)))),
            func.min(case((planned, col(Engagement.held_on)))),
        )
        .where(
            col(Engagement.forum_id).is_not(None), col(Engagement.voided_at).is_(None), engagements_visible_to(actor)
        )
        .group_by(col(Engagement.forum_id))
    )
    rows = session.execute(question).all() if actor.may(Verb.SEE, RecordKind.ENGAGEMENT) else []
    return pd.DataFrame(rows, columns=["forum_id", "last_held", "next_planned"], dtype=object)


def _seats(session: Session, actor: Actor, which: ColumnElement[bool]) -> pd.DataFrame:
    actor.require(Verb.SEE, RecordKind.FORUM)
    held_now = _held_on(today(session))
    person = case((col(Contact.id).is_(None), ""), else_=name_shown(actor))
    question = (
        select(
            col(ForumMember.id),
            col(ForumMember.version),
            col(ForumMember.partner_id),
            col(Partner.name),
            col(ForumMember.contact_id),
            person,
            col(ForumMember.role),
            col(ForumMember.from_on),
            col(ForumMember.until_on),
            held_now,
            col(ForumMember.archived_at),
            col(ForumMember.archive_reason),
        )
        .join(Partner, col(Partner.id) == col(ForumMember.partner_id))
        .outerjoin(Contact, col(Contact.id) == col(ForumMember.contact_id))
        .where(which)
        .order_by(
            col(ForumMember.archived_at).is_not(None),
            held_now.desc(),
            func.lower(col(Partner.name)),
            col(ForumMember.id),
        )
    )
    # As objects from the start: what is not known stays None, and numbers beside it stay whole.
    seats = pd.DataFrame(session.execute(question).all(), columns=list(SEAT_COLUMNS), dtype=object)
    return seats.astype({"held_now": bool})


def _held_on(day: date) -> ColumnElement[bool]:
    return and_(
        col(ForumMember.archived_at).is_(None),
        or_(col(ForumMember.from_on).is_(None), col(ForumMember.from_on) <= day),
        or_(col(ForumMember.until_on).is_(None), col(ForumMember.until_on) >= day),
    )
