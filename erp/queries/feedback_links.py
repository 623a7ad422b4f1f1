"""Feedback that belongs together: several givers who say one thing, several things that one giver said."""

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.feedback import FeedbackItem, FeedbackLink
from erp.queries.visible import feedback_visible_to
from erp.vocabulary import RecordKind, Verb


def linked_feedback(session: Session, actor: Actor, item_id: int) -> pd.DataFrame:
    """Return the items that belong with one, as far as the actor may see both, in the order they were linked.

    Columns: link_id, item_id int; key, words; state FeedbackState; linked_as LinkedAs. Voided items are left out.
    """
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    here, link = aliased(FeedbackItem), FeedbackLink
    seen = select(col(FeedbackItem.id)).where(feedback_visible_to(actor), col(FeedbackItem.voided_at).is_(None))
    question = (
        select(col(link.id), col(here.id), col(here.key), col(here.words), col(here.state), col(link.linked_as))
        .join(
            here,
            (col(link.item_id) == item_id) & (col(here.id) == col(link.other_id))
            | (col(link.other_id) == item_id) & (col(here.id) == col(link.item_id)),
        )
        .where(col(link.ended_at).is_(None), col(link.item_id).in_(seen), col(link.other_id).in_(seen))
        .order_by(col(link.id))
    )
    columns = ["link_id", "item_id", "key", "words", "state", "linked_as"]
    rows = [tuple(row) for row in session.execute(question)]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"link_id": int, "item_id": int})
