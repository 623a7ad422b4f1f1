"""Entering ratings that came on paper or were spoken, and voiding them."""

from datetime import date

from pydantic import Field
from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.ratings import Rating
from erp.queries.county import today
from erp.queries.visible import ratings_visible_to
from erp.services.drafts import Draft
from erp.services.facts import sync_rating
from erp.services.partners import known_partner
from erp.services.records import need_reason, new_key, now, record_change, remember_save, revise, saved_before, snapshot
from erp.vocabulary import RATING_ITEMS, RecordKind, Side, Verb


class RatingDraft(Draft):
    """One person's answers: a tuple of ten, each 1–5 or None (not answered)."""

    partner_id: int
    respondent: str = Field(min_length=1)
    side: Side
    rated_on: date
    answers: tuple[int | None, ...]
    notes: str = ""


def enter_rating(session: Session, actor: Actor, draft: RatingDraft, *, token: str = "") -> Rating:
    """Enter a rating. A person's second rating of the same side on the same day is refused as a Conflict."""
    actor.require(Verb.ADD, RecordKind.RATING)
    already = saved_before(session, token)
    if already is not None:
        return visible_rating(session, actor, already)
    known_partner(session, draft.partner_id)
    _check(session, draft)
    rating = Rating(
        key="new",
        recorded_at=now(),
        recorded_by=actor.user_id,
        **draft.model_dump(exclude={"answers"}),
        **{f"item_{n}": answer for n, answer in enumerate(draft.answers, 1)},
    )
    session.add(rating)
    session.flush()
    assert rating.id is not None  # it was flushed
    rating.key = new_key(session, Rating, "R", rating.id)
    sync_rating(session, rating, rating.recorded_at)
    record_change(session, actor, "enter", RecordKind.RATING, rating.id, after=snapshot(rating))
    remember_save(session, token, RecordKind.RATING, rating.id)
    session.flush()
    return rating


def void_rating(session: Session, actor: Actor, rating_id: int, version: int, reason: str) -> Rating:
    """Void a rating with a reason: from now on as if never entered."""
    actor.require(Verb.ARCHIVE, RecordKind.RATING)
    rating = visible_rating(session, actor, rating_id)
    before = snapshot(rating)
    at = now()
    revise(rating, version, {"voided_at": at, "void_reason": need_reason(reason)})
    session.flush()
    sync_rating(session, rating, at)
    record_change(session, actor, "void", RecordKind.RATING, rating_id, before=before, after=snapshot(rating))
    return rating


def visible_rating(session: Session, actor: Actor, rating_id: int) -> Rating:
    """Load a rating the actor may see. Raises: NotFound."""
    rating = session.exec(select(Rating).where(Rating.id == rating_id, ratings_visible_to(actor))).first()
    if rating is None:
        raise NotFound("This rating is not here. It may have been moved, or the address is wrong.")
    return rating


def _check(session: Session, draft: RatingDraft) -> None:
    if draft.rated_on > today(session):
        raise Invalid(f"{draft.rated_on:%B %-d, %Y} is still to come. Enter the day it was given.")
    if len(draft.answers) != len(RATING_ITEMS) or any(a is not None and not 1 <= a <= 5 for a in draft.answers):
        raise Invalid("Each of the ten items is answered 1 to 5 or left blank.")
    if all(answer is None for answer in draft.answers):
        raise Invalid("Answer at least one of the ten items.")
    same = select(Rating.id).where(
        Rating.partner_id == draft.partner_id,
        Rating.respondent == draft.respondent,
        Rating.side == draft.side,
        Rating.rated_on == draft.rated_on,
        Rating.voided_at == None,  # noqa: E711 -- SQL's IS NULL
    )
    if session.exec(same).first() is not None:
        raise Conflict("This person's rating of that day is here already. Void it first if it was entered wrongly.")
