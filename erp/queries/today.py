"""What the Today page asks that no list does: planned engagements that wait to be recorded, and those to come."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.contacts import Forum
from erp.models.engagements import Engagement
from erp.queries.county import today
from erp.queries.engagements import EngagementFilter, conditions_of, engagement_count, partner_names
from erp.vocabulary import EngagementStatus, RecordKind, Verb


@dataclass(frozen=True)
class Planned:
    """Planned engagements: the first `rows`, and how many the filter finds in all.

    `rows`: engagement_id int, held_on date, title str, partners str.
    """

    rows: pd.DataFrame
    total: int


def coming_up(session: Session, actor: Actor, holder_id: int | None, rows: int) -> Planned:
    """Return planned engagements of today or later, the soonest first. `holder_id`: as `EngagementFilter`."""
    wanted = EngagementFilter(status=EngagementStatus.PLANNED, first=today(session), holder_id=holder_id)
    return _planned(session, actor, wanted, rows)


def to_record(session: Session, actor: Actor, holder_id: int | None, rows: int) -> Planned:
    """Return planned engagements whose day has passed, the latest first."""
    wanted = EngagementFilter(status=EngagementStatus.PLANNED, holder_id=holder_id)
    return _planned(session, actor, replace(wanted, last=today(session) - timedelta(days=1)), rows)


def _planned(session: Session, actor: Actor, wanted: EngagementFilter, rows: int) -> Planned:
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    by_day = col(Engagement.held_on).asc() if wanted.first else col(Engagement.held_on).desc()
    question = (
        select(*map(col, (Engagement.id, Engagement.held_on, Engagement.purpose, Forum.name, Engagement.as_written)))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .where(*conditions_of(session, actor, wanted))
        .order_by(by_day, col(Engagement.id))
        .limit(rows)
    )
    found = session.execute(question).all()
    names = partner_names(session, [row[0] for row in found])
    shown = pd.DataFrame(
        [
            (number, day, purpose or forum or written.get("forum", "Engagement"), names.get(number, ""))
            for number, day, purpose, forum, written in found
        ],
        columns=["engagement_id", "held_on", "title", "partners"],
    ).astype({"held_on": object})
    return Planned(shown, engagement_count(session, actor, wanted))
