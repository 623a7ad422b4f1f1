"""Entering ratings that came on paper or were spoken, and voiding them."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.ratings import Rating
from erp.queries.visible import ratings_visible_to
from erp.services.checks import known_partner, refuse_future, refuse_stale, refuse_void_twice
from erp.services.drafts import Draft
from erp.services.facts import sync_rating
from erp.services.records import (
    need_reason,
    new_key,
    now,
    person_key,
    record_change,
    remember_save,
    saved_before,
    set_void,
    snapshot,
)
from erp.vocabulary import RATING_ITEMS, RecordKind, Side, Verb


class RatingDraft(Draft):
    """One person's answers: a tuple of ten, each 1–5 or None (not answered)."""

    partner_id: int
    respondent: str
    side: Side
    rated_on: date
    answers: tuple[int | None, ...]
    notes: str = ""


def enter_rating(session: Session, actor: Actor, draft: RatingDraft, *, token: str = "") -> Rating:
    """Enter a rating; the same form twice answers with the first record.

    Raises: NotAllowed, NotFound (no such partner), Invalid; Conflict where this person's rating of the same side and
    day is here already.
    """
    actor.require(Verb.ADD, RecordKind.RATING)
    already = saved_before(session, token, draft)
    if already is not None:
        return visible_rating(session, actor, already)
    known_partner(session, draft.partner_id)
    _check(session, draft)
    _refuse_second(session, draft.partner_id, draft.respondent, draft.side, draft.rated_on)
    columns: dict[str, Any] = draft.model_dump(exclude={"answers"})
    columns |= {f"item_{n}": answer for n, answer in enumerate(draft.answers, 1)}
    rating = Rating(key="new", recorded_at=now(), recorded_by=actor.user_id, **columns)
    session.add(rating)
    session.flush()
    assert rating.id is not None  # it was flushed
    rating.key = new_key(session, Rating, "R", rating.id)
    sync_rating(session, rating, rating.recorded_at)
    after = snapshot(rating)
    record_change(session, actor, "enter", RecordKind.RATING, rating.id, after=after)
    remember_save(session, token, RecordKind.RATING, rating.id, draft)
    session.flush()
    return rating


def void_rating(session: Session, actor: Actor, rating_id: int, version: int, reason: str) -> Rating:
    """Void a rating with a reason: from now on as if never entered."""
    return _set_void(session, actor, rating_id, version, need_reason(reason))


def restore_rating(session: Session, actor: Actor, rating_id: int, version: int) -> Rating:
    """Bring a voided rating back. Raises: Conflict where the person's rating of that day was entered anew since."""
    return _set_void(session, actor, rating_id, version, "")


def visible_rating(session: Session, actor: Actor, rating_id: int) -> Rating:
    """Load a rating the actor may see. Raises: NotFound."""
    rating = session.exec(select(Rating).where(Rating.id == rating_id, ratings_visible_to(actor))).first()
    if rating is None:
        raise NotFound("This rating is not here. It may have been moved, or the address is wrong.")
    return rating


def _set_void(session: Session, actor: Actor, rating_id: int, version: int, reason: str) -> Rating:
    actor.require(Verb.ARCHIVE, RecordKind.RATING)
    rating = visible_rating(session, actor, rating_id)
    refuse_stale(rating, version, "rating")
    refuse_void_twice(rating, "rating", restoring=not reason)
    if not reason and rating.partner_id is not None:
        _refuse_second(session, rating.partner_id, rating.respondent, rating.side, rating.rated_on)
    return set_void(session, actor, rating, version, RecordKind.RATING, reason, sync_rating)


def _check(session: Session, draft: RatingDraft) -> None:
    if not draft.respondent:
        raise Invalid("Say who answered, by name or role: one person then counts once. It is shown nowhere.")
    refuse_future(session, draft.rated_on, "Enter the day it was given.")
    if len(draft.answers) != len(RATING_ITEMS) or any(a is not None and not 1 <= a <= 5 for a in draft.answers):
        raise Invalid("Each of the ten items is answered 1 to 5 or left blank.")
    if all(answer is None for answer in draft.answers):
        raise Invalid("Answer at least one of the ten items.")


def _refuse_second(session: Session, partner_id: int, respondent: str, side: Side, rated_on: date) -> None:
    """Refuse a person's second rating of a side and day."""
    that_day = session.exec(
        select(Rating.respondent).where(
            Rating.partner_id == partner_id,
            Rating.side == side,
            Rating.rated_on == rated_on,
            col(Rating.voided_at).is_(None),
        )
    )
    if person_key(respondent) in set(map(person_key, that_day)):
        raise Conflict("This person's rating of that day is here already. Void it first if it was entered wrongly.")
