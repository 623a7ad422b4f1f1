"""Building the demonstration: a made-up county with three years of partnership, the same again for a seed and a day."""

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from sqlmodel import Session

from erp.services.demo_book import Book
from erp.services.demo_county import DemoCounty, demo_county
from erp.services.demo_loops import feedback, promises, public_feedback, ratings
from erp.services.demo_meetings import Partnership, forum_meetings
from erp.services.demo_records import Clock, CommitmentLife, EngagementLife, Lives
from erp.services.demo_setup import set_the_county_up
from erp.services.demo_writing import write_lives
from erp.services.commitments import CommitmentDraft
from erp.vocabulary import EngagementStatus


def build_demo(session: Session, today: date, seed: int = 20260101) -> None:
    """Fill a freshly migrated, empty database with the made-up county as of `today`.

    The same seed and day give the same records and words. What data/demo tells and docs/demo.md explains.
    """
    county = demo_county()
    clock = Clock(today, ZoneInfo(county.time_zone))
    book = Book(session, county)
    set_the_county_up(book, clock)
    write_lives(book, county_lives(county, clock, seed))
    book.write_history()


def county_lives(county: DemoCounty, clock: Clock, seed: int) -> Lives:
    """Return everything that happened in the county, as entered up to yesterday."""
    lives = Lives()
    partnerships = {p.id: Partnership(county, p, clock, seed) for p in county.partner}
    for forum in county.forum:
        lives.engagements += forum_meetings(county, forum, partnerships, clock, seed)
    for name, partnership in partnerships.items():
        lives.engagements += partnership.live(met for met in county.met if met.partner == name)
        lives.commitments += promises(partnership, [p for p in county.promise if p.partner == name])
        lives.feedback += feedback(partnership, [s for s in county.said if s.partner == name])
        lives.ratings += ratings(partnership)
    lender = partnerships[county.partner[-1].id]
    lives.feedback += public_feedback(lender, county.words.public)
    lives.commitments += _of_other_bodies(county, lender)
    _void_some(county, clock, lives, Random(f"{seed}/voided"))  # noqa: S311 -- made-up data
    return lives
