"""Building the demonstration: a made-up county with three years of partnership, the same again for a seed and a day."""

from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from erp.services.commitments import CommitmentDraft
from erp.services.demo_barriers import write_barriers, write_reviews
from erp.services.demo_county import DemoCounty, DemoPartner, demo_county
from erp.services.demo_forums import Table
from erp.services.demo_loops import feedback, promises, public_feedback
from erp.services.demo_meetings import own_engagements
from erp.services.demo_partnership import Partnership
from erp.services.demo_public import public_lives, write_givers, write_themes
from erp.services.demo_ratings import ratings
from erp.services.demo_records import Clock, CommitmentLife, EngagementLife, FeedbackLife, Lives, RatingLife
from erp.services.demo_setup import set_the_county_up
from erp.services.demo_writing import Book, write_lives
from erp.vocabulary import EngagementStatus

LifeT = TypeVar("LifeT", EngagementLife, CommitmentLife, FeedbackLife, RatingLife)

#: Days after which a slip of that time touches no figure of today.
LONG_AGO = 460


def build_demo(session: Session, today: date, seed: int = 20260101) -> None:
    """Fill a freshly migrated, empty database with the made-up county as of `today`.

    The same seed and day give the same records and words. The words are in data/demo; docs/demo.md tells the stories.
    """
    county = demo_county()
    clock = Clock(today, ZoneInfo(county.time_zone))
    book = Book(session, county)
    set_the_county_up(book, clock)
    lives = county_lives(county, clock, seed)
    write_lives(book, lives)
    write_givers(book, clock, lives.feedback, seed)
    write_themes(book, clock, lives.feedback)
    write_barriers(book, clock, write_reviews(book, clock))
    book.write_history()


def county_lives(county: DemoCounty, clock: Clock, seed: int) -> Lives:
    """Return everything that happened in the county, as entered up to yesterday."""
    lives = Lives()
    partnerships = {p.id: Partnership(county, p, clock, seed) for p in county.partner}
    for forum in county.forum:
        lives.engagements += Table(county, forum, partnerships, clock, seed).meetings()
    for name, partnership in partnerships.items():
        lives.engagements += own_engagements(partnership, [met for met in county.met if met.partner == name])
        lives.commitments += promises(partnership, [p for p in county.promise if p.partner == name])
        lives.feedback += feedback(partnership, [s for s in county.said if s.partner == name])
        lives.ratings += ratings(partnership)
    lender = partnerships[county.partner[-1].id]
    lives.feedback += public_feedback(lender, county.words.public)
    lives.feedback += public_lives(county, clock)
    lives.commitments += _of_other_bodies(county, lender)
    _add_slips(county, clock, lives, Random(f"{seed}/slips"))  # noqa: S311 -- made-up data, the same for a seed
    return lives


def _of_other_bodies(county: DemoCounty, lender: Partnership) -> list[CommitmentLife]:
    """Return promises that neither side owes, kept so that nobody forgets them."""
    clock, rng = lender.clock, lender.rng
    lives: list[CommitmentLife] = []
    for promise in county.words.other_body:
        made = rng.randint(60, 300)
        draft = CommitmentDraft(
            what=promise.what,
            owed_by=None,
            owed_by_words=promise.owed_by,
            due_words=promise.due,
            partner_id=county.number_of(promise.partner),
            made_on=clock.day(made),
        )
        lives.append(CommitmentLife(draft, clock.entered(clock.day(made), rng), "coordinator"))
    return lives


def _add_slips(county: DemoCounty, clock: Clock, lives: Lives, rng: Random) -> None:
    """Add what goes wrong in every office: records entered twice and voided, a name that no partner has."""
    words = county.words
    sealed = {n for n, p in enumerate(county.partner, 1) if p.is_tribal_government}
    plain = [life for life in lives.engagements if _is_plain(life) and sealed.isdisjoint(_partners(life))]
    for name, life in zip(words.unlinked, rng.sample(plain, len(words.unlinked)), strict=True):
        life.unlinked = (name,)
    for life in rng.sample(plain, 4):
        twice = EngagementLife(life.draft, life.at + timedelta(hours=3), "coordinator")
        lives.engagements.append(_voided(twice, twice.at, words.voided_twice))
    promise = rng.choice([p for p in lives.commitments if p.draft.due_on and clock.ago(p.draft.due_on) > LONG_AGO])
    again = CommitmentLife(promise.draft, promise.at + timedelta(hours=2), promise.by, promise.meeting)
    lives.commitments.append(_voided(again, again.at, words.voided_twice))
    item = rng.choice([f for f in lives.feedback if f.meeting and clock.ago(f.steps[0].draft.on_day) > LONG_AGO])
    same = FeedbackLife(item.draft, item.steps[:1], item.meeting)
    lives.feedback.append(_voided(same, same.steps[0].at, words.voided_twice))
    rating = rng.choice([r for r in lives.ratings if clock.ago(r.draft.rated_on) > LONG_AGO])
    unrated = next(n for n, p in enumerate(county.partner, 1) if not p.raters and n not in sealed and _is_early(p))
    wrong = RatingLife(rating.draft.model_copy(update={"partner_id": unrated}), rating.at, rating.by)
    lives.ratings.append(_voided(wrong, wrong.at, words.voided_wrong))


def _is_early(partner: DemoPartner) -> bool:
    return partner.since > 2 * LONG_AGO


def _is_plain(life: EngagementLife) -> bool:
    held = life.draft.status is EngagementStatus.HELD and life.draft.held_on is not None
    return held and life.planned_at is None and life.draft.forum_id is None and not life.draft.behaviors


def _partners(life: EngagementLife) -> set[int]:
    return {taking_part.partner_id for taking_part in life.draft.partners}


def _voided(life: LifeT, at: datetime, reason: str) -> LifeT:
    life.voided_at, life.void_reason = at + timedelta(minutes=40), reason
    return life
