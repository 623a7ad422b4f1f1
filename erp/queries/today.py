"""What the Today page asks that no list does: planned engagements, soonest first."""

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.contacts import Forum
from erp.models.engagements import Engagement
from erp.queries.engagements import partner_names
from erp.queries.visible import engagements_visible_to
from erp.vocabulary import EngagementStatus, RecordKind, Verb

#: Planned engagements looked at; nobody reads further ahead on one page.
AHEAD = 30


def coming_up(session: Session, actor: Actor) -> pd.DataFrame:
    """Return planned engagements with a day, soonest first; those whose day has passed wait to be recorded.

    Columns: engagement_id int, held_on date, title str, partners str.
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    question = (
        select(*map(col, (Engagement.id, Engagement.held_on, Engagement.purpose, Forum.name, Engagement.as_written)))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .where(
            col(Engagement.status) == EngagementStatus.PLANNED,
            col(Engagement.held_on).is_not(None),
            col(Engagement.voided_at).is_(None),
            engagements_visible_to(actor),
        )
        .order_by(col(Engagement.held_on), col(Engagement.id))
        .limit(AHEAD)
    )
    rows = session.execute(question).all()
    names = partner_names(session, [row[0] for row in rows])
    return pd.DataFrame(
        [
            (number, day, purpose or forum or written.get("forum", "Engagement"), names.get(number, ""))
            for number, day, purpose, forum, written in rows
        ],
        columns=["engagement_id", "held_on", "title", "partners"],
    ).astype({"held_on": object})
