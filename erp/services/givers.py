"""The county's side towards a giver: answering, asking once more, a receipt to hand out, who gave it, erasing names."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.feedback import FeedbackItem
from erp.models.public import FeedbackMessage, GiverIdentity, Receipt
from erp.queries.county import today
from erp.queries.following import item_of_receipt, opens, to_ask_again
from erp.queries.visible import feedback_visible_to
from erp.services.checks import refuse_voided
from erp.services.feedback import visible_feedback
from erp.services.following import add_message
from erp.services.giving import MOST_WORDS, keep_receipt
from erp.services.keys import as_code, new_secret
from erp.services.records import need_reason, now, plain_value, record_change
from erp.services.sign_in import token_hash
from erp.vocabulary import RecordKind, Verb


@dataclass(frozen=True)
class Identity:
    """Who gave an item, as they wrote it."""

    name: str
    reach: str


def answer_giver(session: Session, actor: Actor, item_id: int, words: str) -> FeedbackMessage:
    """Write to the giver, who reads it with the receipt. Raises: NotAllowed, NotFound, Invalid."""
    item = _open(session, actor, item_id)
    return add_message(session, item, _words(words), by_giver=False, actor=actor)


def ask_again(session: Session, actor: Actor, item_id: int, words: str) -> FeedbackMessage:
    """Ask a giver once more whether it is mended, 28 days after they were told; it stays told, not confirmed.

    Raises: NotAllowed, NotFound, Invalid (not told, too soon, asked already, no way to them).
    """
    item = _open(session, actor, item_id)
    due = select(FeedbackItem.id).where(FeedbackItem.id == item_id, to_ask_again(today(session)))
    if session.exec(due).first() is None:
        raise Invalid(
            "There is nothing to ask once more. That is done once, 28 days after the giver was told, where there is a "
            "way to them."
        )
    return add_message(session, item, _words(words), by_giver=False, actor=actor, asks=True)


def make_receipt(session: Session, actor: Actor, item_id: int, ends_because: str | None = None) -> str:
    """Make a receipt that lets the giver follow an item; return its secret, known at this moment only.

    `ends_because`: why those from before open nothing any more: they were lost, or fell into other hands. None is ended
    without another one to hand on. Raises: NotAllowed, NotFound, Invalid (voided, no reason).
    """
    _open(session, actor, item_id)
    after: dict[str, object] = {}
    if ends_because is not None:
        after["earlier_receipts_ended"] = need_reason(ends_because)
        for earlier in session.exec(select(Receipt).where(Receipt.item_id == item_id, opens(today(session)))):
            earlier.ended_at = now()
    secret = new_secret()
    receipt = keep_receipt(session, item_id, secret, actor.user_id)
    session.flush()
    after |= {"receipt": receipt.id, "expires_on": plain_value(receipt.expires_on)}
    verb = "make a receipt" if ends_because is None else "replace receipts"
    record_change(session, actor, verb, RecordKind.FEEDBACK_ITEM, item_id, after=after)
    session.flush()
    return secret


def open_identity(session: Session, actor: Actor, item_id: int) -> Identity:
    """Return who gave an item, to those the giver chose; that it was opened, and by whom, is in the history.

    Raises: NotAllowed, NotFound (no such item, or its giver left nothing or had it removed).
    """
    actor.require(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    visible_feedback(session, actor, item_id)
    identity = _identity(session, item_id)
    if identity is None or identity.removed_at is not None:
        raise NotFound("The giver left no name and no way to reach them, or had them removed.")
    record_change(
        session, actor, "open who gave it", RecordKind.FEEDBACK_ITEM, item_id, after={"opened": "name and way"}
    )
    session.flush()
    return Identity(identity.name, identity.reach)


def item_of_code(session: Session, actor: Actor, typed: str) -> int:
    """Return the item whose receipt code somebody reads over the phone.

    Raises: NotAllowed, Invalid (not a code), NotFound, the same whether it is not there or not for this person.
    """
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    code = as_code(typed)
    if code is None:
        raise Invalid("A receipt code has 16 digits, in four groups of four.")
    item_id = item_of_receipt(session, token_hash(code))
    seen = select(FeedbackItem.id).where(FeedbackItem.id == item_id, feedback_visible_to(actor))
    if item_id is None or session.exec(seen).first() is None:
        raise NotFound("No feedback that you may read has this code. Have it read once more.")
    return item_id


def erase_removed(session: Session, actor: Actor) -> int:
    """Erase what givers asked to remove; return of how many. Only an administrator's act. Raises: NotAllowed."""
    actor.require(Verb.CHANGE, RecordKind.ACCOUNT)
    if db.embedded(session):
        session.execute(text("PRAGMA secure_delete=ON"))  # else the old bytes stay in the file until written over
    waiting = session.exec(
        select(GiverIdentity)
        .where(col(GiverIdentity.removed_at).is_not(None), col(GiverIdentity.erased_at).is_(None))
        .order_by(col(GiverIdentity.id))
    ).all()
    for identity in waiting:
        identity.name, identity.reach, identity.erased_at = "", "", now()
        after = {"erased_at": plain_value(identity.erased_at)}
        record_change(session, actor, "erase the name", RecordKind.FEEDBACK_ITEM, identity.item_id, after=after)
    session.flush()
    return len(waiting)


def _open(session: Session, actor: Actor, item_id: int) -> FeedbackItem:
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    refuse_voided(item, "feedback")
    return item


def _words(words: str) -> str:
    said = words.replace("\0", "").strip()
    if not said:
        raise Invalid("Write what the giver should read.")
    if len(said) > MOST_WORDS:
        raise Invalid(f"This is longer than {MOST_WORDS:,} letters. Shorten it; nothing was sent.")
    return said


def _identity(session: Session, item_id: int) -> GiverIdentity | None:
    return session.exec(select(GiverIdentity).where(GiverIdentity.item_id == item_id)).first()
