"""How many ratings of a partnership are here; never by whom, never what they answered."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.facts import Fact
from erp.models.ratings import Rating
from erp.queries.county import county_zone, today
from erp.queries.visible import ratings_visible_to
from erp.vocabulary import RecordKind, Side, Verb

#: The window of partnership health, in days. Source: health definition h1, time.
WINDOW_DAYS = 365


@dataclass(frozen=True)
class RatingCounts:
    """Ratings of one partnership in the window: how many, by how many people of each side, and the newest day."""

    ratings: int
    partner_people: int
    county_people: int
    newest_on: date | None


def rating_counts(session: Session, actor: Actor, partner_id: int) -> RatingCounts:
    """Count the ratings of a partner in the last 365 days that the actor may see; nobody is named."""
    actor.require(Verb.SEE, RecordKind.RATING)
    this_day = today(session)
    question = (
        select(
            col(Rating.side),
            func.count(),
            func.count(func.distinct(Fact.respondent)),
            func.max(col(Rating.rated_on)),
        )
        .outerjoin(
            Fact,
            and_(col(Fact.source_id) == col(Rating.id), col(Fact.kind) == "rating", col(Fact.known_to).is_(None)),
        )
        .where(
            col(Rating.partner_id) == partner_id,
            col(Rating.voided_at).is_(None),
            col(Rating.rated_on) > this_day - timedelta(days=WINDOW_DAYS),
            col(Rating.rated_on) <= this_day,
            ratings_visible_to(actor),
        )
        .group_by(col(Rating.side))
    )
    sides = {side: (n, people, newest) for side, n, people, newest in session.execute(question)}
    return RatingCounts(
        ratings=sum(n for n, _, _ in sides.values()),
        partner_people=sides.get(Side.PARTNER, (0, 0, None))[1],
        county_people=sides.get(Side.COUNTY, (0, 0, None))[1],
        newest_on=max((newest for _, _, newest in sides.values()), default=None),
    )


def ratings_entered(session: Session, actor: Actor, partner_id: int) -> pd.DataFrame:
    """Return the ratings of a partner that the actor may see, newest first: what voiding one needs, and no more.

    Columns: rating_id, version, rated_on date or None, side ("The partner's" or "The county's" view), entered_on (day
    in the county), entered_by (an account's name, or "import"), voided bool, void_reason. Who answered, and what, stand
    nowhere.
    """
    actor.require(Verb.ARCHIVE, RecordKind.RATING)
    columns = (Rating.id, Rating.version, Rating.rated_on, Rating.side, Rating.recorded_at, Account.name)
    question = (
        select(*map(col, columns), col(Rating.voided_at).is_not(None), col(Rating.void_reason))
        .join(Account, col(Account.id) == col(Rating.recorded_by), isouter=True)
        .where(col(Rating.partner_id) == partner_id, ratings_visible_to(actor))
        .order_by(col(Rating.rated_on).desc().nulls_last(), col(Rating.id).desc())
    )
    zone = county_zone(session)
    rows = [
        (number, version, day, side, at.astimezone(zone).date(), name or "an import", voided, reason)
        for number, version, day, side, at, name, voided, reason in session.execute(question)
    ]
    names = ["rating_id", "version", "rated_on", "side", "entered_on", "entered_by", "voided", "void_reason"]
    return pd.DataFrame(rows, columns=names)
