"""Names from spreadsheets that wait to be linked to a partner."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd
from sqlalchemy import and_
from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.ratings import Rating
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.vocabulary import RecordKind, Verb


def unlinked_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return names from spreadsheets that belong to no partner yet, in records the actor may see.

    Columns: name str, records int. Most records first.
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    names: Counter[str] = Counter()
    for words, waits in _waiting(actor):
        counted = select(words, func.count()).where(waits).group_by(words)
        for name, records in session.execute(counted):
            names[name] += records
    return pd.DataFrame(names.most_common(), columns=["name", "records"])


def _waiting(actor: Actor) -> Iterator[tuple[Any, Any]]:
    """Yield where names wait: the words, and which records of a kind the actor may see that carry some."""
    at_a_meeting = select(Engagement.id).where(engagements_visible_to(actor), col(Engagement.voided_at).is_(None))
    link = EngagementPartner
    yield link.name_written, and_(col(link.partner_id).is_(None), col(link.engagement_id).in_(at_a_meeting))
    nouns: list[tuple[Any, Any]] = [
        (Commitment, commitments_visible_to(actor)),
        (FeedbackItem, feedback_visible_to(actor)),
        (Rating, ratings_visible_to(actor)),
    ]
    for noun, visible in nouns:
        words = noun.as_written["partner"].as_string()
        yield words, and_(noun.partner_id.is_(None), words.is_not(None), noun.voided_at.is_(None), visible)
    words = col(Contact.as_written)["partner"].as_string()
    yield words, and_(col(Contact.partner_id).is_(None), words.is_not(None), col(Contact.archived_at).is_(None))
