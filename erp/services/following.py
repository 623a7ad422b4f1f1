"""What a giver does with a receipt: writing back, confirming, reopening, taking back, having the name removed.

The receipt permits it; the audit says that it came by a public link. Pressing twice changes nothing more.
"""

from dataclasses import replace

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.feedback import FeedbackItem
from erp.models.public import FeedbackMessage, GiverIdentity
from erp.queries.county import today
from erp.queries.following import item_of_receipt, receipt_maker
from erp.services.facts import sync_feedback
from erp.services.feedback import StepDraft, feedback_steps, move
from erp.services.giving import GIVER, MOST_WORDS, NO_WORDS, TOO_LONG
from erp.services.records import change_record, now, plain_value, record_change
from erp.states import FEEDBACK_TRANSITIONS
from erp.vocabulary import FeedbackState, Readers, RecordKind

K, S = RecordKind, FeedbackState

#: What the steps of a giver are recorded with.
ON_THE_PAGE = "On the public page"
NOT_MENDED = "The giver says that it is not mended."
#: Why an item that its giver took back is void.
TAKEN_BACK = "The giver took it back."

NO_RECEIPT = "This link or code opens nothing. Check it once more; it may have run out."
NOT_TOLD_YET = "The county has not told you its answer yet. You can write to it below."
NOT_BY_THIS_RECEIPT = "This receipt was made by the county. Open it further with the one you got when you wrote."
CLOSED = "This was taken back or set aside; nothing more can be done here."


def confirm_mended(session: Session, hashed: str) -> FeedbackItem:
    """Close the loop: the giver says that it is mended. Raises: NotFound, Invalid (not told yet, set aside)."""
    item, giver = _opened(session, hashed)
    if item.state is S.CONFIRMED:
        return item
    return _step(session, giver, item, S.CONFIRMED, "")


def say_not_mended(session: Session, hashed: str, words: str) -> FeedbackItem:
    """Reopen the loop, which sets new targets; `words` may stay blank. Raises: NotFound, Invalid.

    Where it is open again already, the words are kept as a message.
    """
    item, giver = _opened(session, hashed)
    said = _words(words, may_be_blank=True)
    if item.state is not S.REOPENED:
        return _step(session, giver, item, S.REOPENED, said or NOT_MENDED)
    if said and said not in (step.said for step in feedback_steps(session, item.id or 0)):
        write_back(session, hashed, said)
    return item


def write_back(session: Session, hashed: str, words: str) -> FeedbackMessage:
    """Add what the giver writes; the same words twice in a row are one message. Raises: NotFound, Invalid."""
    (item, giver), said = _opened(session, hashed), _words(words)
    newest = session.exec(
        select(FeedbackMessage).where(FeedbackMessage.item_id == item.id).order_by(col(FeedbackMessage.id).desc())
    ).first()
    if newest is not None and newest.by_giver and newest.words == said:
        return newest
    return add_message(session, item, said, by_giver=True, actor=giver)


def add_message(
    session: Session, item: FeedbackItem, words: str, *, by_giver: bool, actor: Actor, asks: bool = False
) -> FeedbackMessage:
    """Keep one thing written to or by a giver, and say so in the history of the item."""
    assert item.id is not None  # it was loaded
    message = FeedbackMessage(
        item_id=item.id,
        by_giver=by_giver,
        asks=asks,
        words=words,
        on_day=today(session),
        recorded_at=now(),
        recorded_by=actor.user_id,
    )
    session.add(message)
    verb = "ask once more" if asks else "write back" if by_giver else "answer"
    record_change(session, actor, verb, K.FEEDBACK_ITEM, item.id, after={"message": words})
    session.flush()
    return message


def take_back(session: Session, hashed: str) -> FeedbackItem:
    """Take the item back: it is void from now on, and only its giver could do it. Raises: NotFound, Invalid."""
    item, giver = _of(session, hashed)
    if item.withdrawn_at is not None:
        return item
    _refuse_closed(item)
    at = now()
    values = {"withdrawn_at": at, "voided_at": at, "void_reason": TAKEN_BACK}
    return change_record(session, giver, item, item.version, "take back", K.FEEDBACK_ITEM, values, sync_feedback)


def remove_identity(session: Session, hashed: str) -> None:
    """Close name and way to reach to everybody from now on; an administrator erases them. Raises: NotFound."""
    item, giver = _of(session, hashed)
    identity = session.exec(select(GiverIdentity).where(GiverIdentity.item_id == item.id)).first()
    if identity is None or identity.removed_at is not None:
        return
    identity.removed_at = now()
    after = {"removed_at": plain_value(identity.removed_at)}
    record_change(session, giver, "ask to remove the name", K.FEEDBACK_ITEM, item.id, after=after)
    session.flush()


def open_to_team(session: Session, hashed: str) -> FeedbackItem:
    """Let the county's team read the item: the giver's choice to widen, never the county's.

    Raises: NotFound, Invalid (by a receipt that staff made: whoever made it could widen what they alone may read).
    """
    item, giver = _opened(session, hashed)
    if item.readers is Readers.TEAM:
        return item
    if giver != GIVER:
        raise Invalid(NOT_BY_THIS_RECEIPT)
    values = {"readers": Readers.TEAM, "reader_id": None}
    return change_record(session, giver, item, item.version, "open to the team", K.FEEDBACK_ITEM, values, sync_feedback)


def _of(session: Session, hashed: str) -> tuple[FeedbackItem, Actor]:
    """Return the item of a receipt, and who acts by it; who made the receipt, if not the giver, stands in the history.

    Raises: NotFound.
    """
    item_id = item_of_receipt(session, hashed)
    if item_id is None:
        raise NotFound(NO_RECEIPT)
    item = session.exec(select(FeedbackItem).where(FeedbackItem.id == item_id)).one()
    made_by = receipt_maker(session, hashed)
    return item, replace(GIVER, name=f"the giver, by a receipt that {made_by} made") if made_by else GIVER


def _opened(session: Session, hashed: str) -> tuple[FeedbackItem, Actor]:
    item, giver = _of(session, hashed)
    _refuse_closed(item)
    return item, giver


def _refuse_closed(item: FeedbackItem) -> None:
    if item.voided_at is not None:
        raise Invalid(CLOSED)


def _step(session: Session, giver: Actor, item: FeedbackItem, step: FeedbackState, said: str) -> FeedbackItem:
    if step not in FEEDBACK_TRANSITIONS[item.state]:
        raise Invalid(NOT_TOLD_YET)
    return move(session, giver, item, step, StepDraft(on_day=today(session), how=ON_THE_PAGE, said=said))


def _words(words: str, *, may_be_blank: bool = False) -> str:
    said = words.replace("\0", "").strip()
    if not said and not may_be_blank:
        raise Invalid(NO_WORDS)
    if len(said) > MOST_WORDS:
        raise Invalid(TOO_LONG)
    return said
