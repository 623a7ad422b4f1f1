"""What staff see of a giver: what they chose, what was written to and fro, whether to ask once more."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import exists, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.contacts import Forum
from erp.models.feedback import FeedbackItem
from erp.models.public import FeedbackMessage, GiverIdentity, Receipt
from erp.queries.county import today
from erp.queries.following import opens, to_ask_again
from erp.queries.visible import feedback_visible_to
from erp.vocabulary import Readers, RecordKind, Signed, Verb


@dataclass(frozen=True)
class GiverSide:
    """What a giver chose and what was written to and fro.

    `left`: a name or a way to reach them can be opened. `removed`: they asked to remove it. `follows`: there is a
    receipt that opens the item. `ask_again`: they are to be asked once more. `forum`: whose link it came by.
    `messages`: by_giver bool, asks bool, words, on_day date, by (who of the county); in order.
    """

    signed: Signed
    readers: Readers
    reader: str
    may_quote: bool
    withdrawn: bool
    left: bool
    removed: bool
    follows: bool
    ask_again: bool
    forum_id: int | None
    forum: str
    messages: pd.DataFrame


def giver_side(session: Session, actor: Actor, item_id: int) -> GiverSide:
    """Return the giver's side of an item. Raises: NotFound, the same whether it is not there or not for this person."""
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    this_day = today(session)
    receipt = select(col(Receipt.id)).where(col(Receipt.item_id) == item_id, opens(this_day))
    found = session.execute(
        select(FeedbackItem, col(Account.name), GiverIdentity, exists(receipt), to_ask_again(this_day), col(Forum.name))
        .outerjoin(Account, col(Account.id) == col(FeedbackItem.reader_id))
        .outerjoin(GiverIdentity, col(GiverIdentity.item_id) == col(FeedbackItem.id))
        .outerjoin(Forum, col(Forum.id) == col(FeedbackItem.forum_id))
        .where(col(FeedbackItem.id) == item_id, feedback_visible_to(actor))
    ).first()
    if found is None:
        raise NotFound("This feedback is not here. It may have been moved, or the address is wrong.")
    item, reader, identity, follows, ask_again, forum = found
    return GiverSide(
        signed=item.signed,
        readers=item.readers,
        reader=reader or "",
        may_quote=item.may_quote,
        withdrawn=item.withdrawn_at is not None,
        left=identity is not None and identity.removed_at is None,
        removed=identity is not None and identity.removed_at is not None,
        follows=follows,
        ask_again=ask_again,
        forum_id=item.forum_id,
        forum=forum or "",
        messages=_messages(session, item_id),
    )


def names_to_erase(session: Session, actor: Actor) -> int:
    """Return of how many items a giver asked to remove the name, which an administrator has not erased yet."""
    actor.require(Verb.CHANGE, RecordKind.ACCOUNT)
    waiting = select(col(GiverIdentity.id)).where(
        col(GiverIdentity.removed_at).is_not(None), col(GiverIdentity.erased_at).is_(None)
    )
    return len(session.execute(waiting).all())


def _messages(session: Session, item_id: int) -> pd.DataFrame:
    question = (
        select(FeedbackMessage, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(FeedbackMessage.recorded_by))
        .where(col(FeedbackMessage.item_id) == item_id)
        .order_by(col(FeedbackMessage.id))
    )
    rows: list[tuple[bool, bool, str, date, str]] = [
        (message.by_giver, message.asks, message.words, message.on_day, name or "")
        for message, name in session.execute(question)
    ]
    return pd.DataFrame(rows, columns=["by_giver", "asks", "words", "on_day", "by"], dtype=object)
