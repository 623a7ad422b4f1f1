"""The public links there are: for what, until when, by whom."""

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Forum
from erp.models.engagements import Engagement
from erp.models.partners import Partner
from erp.models.public import PublicLink
from erp.queries.county import day_of, today
from erp.queries.visible import links_visible_to
from erp.vocabulary import RecordKind, Verb

LINK_COLUMNS = [
    "link_id", "purpose", "shown_as", "about", "partner_id", "forum_id", "engagement_id", "expires_on", "made_on", "by",
    "works",
]  # fmt: skip


def public_links(session: Session, actor: Actor) -> pd.DataFrame:
    """Return the links, one row each, those that work first, then the newest.

    Columns: link_id int; purpose (LinkPurpose); shown_as (what the page says); about ("Partner", "Forum", "Meeting");
    partner_id, forum_id, engagement_id (one of them); expires_on, made_on date; by (who made it); works bool (today).
    Empty: the same columns, no rows.
    """
    actor.require(Verb.SEE, RecordKind.PUBLIC_LINK)
    this_day = today(session)
    question = (
        select(
            PublicLink, col(Account.name), col(Partner.archived_at), col(Forum.archived_at), col(Engagement.voided_at)
        )
        .outerjoin(Account, col(Account.id) == col(PublicLink.recorded_by))
        .outerjoin(Partner, col(Partner.id) == col(PublicLink.partner_id))
        .outerjoin(Forum, col(Forum.id) == col(PublicLink.forum_id))
        .outerjoin(Engagement, col(Engagement.id) == col(PublicLink.engagement_id))
        .where(links_visible_to(actor))
        .order_by(col(PublicLink.id).desc())
    )
    rows = [
        (
            link.id,
            link.purpose,
            link.shown_as,
            "Partner" if link.partner_id else "Forum" if link.forum_id else "Meeting",
            link.partner_id,
            link.forum_id,
            link.engagement_id,
            link.expires_on,
            day_of(session, link.recorded_at),
            by or "",
            link.ended_at is None and link.expires_on >= this_day and not any(put_away),
        )
        for link, by, *put_away in session.execute(question)
    ]
    rows.sort(key=lambda row: not row[-1])
    numbers = dict.fromkeys(("partner_id", "forum_id", "engagement_id"), "Int64")
    return pd.DataFrame(rows, columns=LINK_COLUMNS, dtype=object).astype({"link_id": int, "works": bool} | numbers)
