"""Working on feedback: who works on it, letting its targets rest, what was entered twice or belongs together."""

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.feedback import FeedbackItem, FeedbackLink
from erp.queries.county import today
from erp.queries.readers import may_read
from erp.queries.visible import feedback_visible_to
from erp.services.checks import refuse_stale, refuse_voided
from erp.services.facts import sync_feedback
from erp.services.feedback import visible_feedback
from erp.services.records import change_record, need_reason, now, record_change
from erp.vocabulary import FeedbackState, LinkedAs, RecordKind, Signed, Verb

S = FeedbackState
#: States in which there is nothing for the county to let rest.
OVER = (S.TOLD, S.CONFIRMED, S.UNCONFIRMED)


def assignable(session: Session, item_id: int) -> dict[int, str]:
    """Return who can work on an item, id → name: whoever may see it and may change feedback, by name."""
    return may_read(session, item_id, Verb.CHANGE)


def assign(session: Session, actor: Actor, item_id: int, version: int, account_id: int | None) -> FeedbackItem:
    """Say who works on an item; None: nobody. Raises: NotAllowed, NotFound, Conflict, Invalid (may not read it)."""
    item = _open(session, actor, item_id, version)
    if account_id is not None and account_id not in assignable(session, item_id):
        raise Invalid("This person may not read or change this feedback. Choose somebody else.")
    if item.assigned_to == account_id:
        return item
    return change_record(
        session,
        actor,
        item,
        item.version,
        "assign",
        RecordKind.FEEDBACK_ITEM,
        {"assigned_to": account_id},
        sync_feedback,
    )


def pause(session: Session, actor: Actor, item_id: int, version: int, reason: str) -> FeedbackItem:
    """Let the targets of an item rest; the giver reads the reason. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    item = _open(session, actor, item_id, version)
    if item.paused_on is not None:
        raise Invalid("This feedback rests already. Go on with it first.")
    if item.state in OVER:
        raise Invalid("Nothing is the county's to do here, so there is nothing to let rest.")
    values = {"paused_on": today(session), "paused_because": need_reason(reason)}
    return change_record(session, actor, item, item.version, "pause", RecordKind.FEEDBACK_ITEM, values, sync_feedback)


def go_on(session: Session, actor: Actor, item_id: int, version: int) -> FeedbackItem:
    """Go on with an item that rested; its targets move by as many days. Raises: NotAllowed, NotFound, Conflict."""
    item = _open(session, actor, item_id, version)
    if item.paused_on is None:
        raise Invalid("This feedback does not rest; nothing was changed.")
    rested = max(0, (today(session) - item.paused_on).days)
    values = {"paused_on": None, "paused_because": "", "paused_days": item.paused_days + rested}
    return change_record(session, actor, item, item.version, "go on", RecordKind.FEEDBACK_ITEM, values, sync_feedback)


def mark_duplicate(session: Session, actor: Actor, item_id: int, version: int, key: str) -> FeedbackItem:
    """Say that an item is the same thing by the same giver as another one, named by its key; blank: that it is not.

    It leaves queues and counts; what the county does with the other one is done with it, too. Raises: NotAllowed,
    NotFound, Conflict, Invalid (itself, in a circle, not open to the same readers).
    """
    item = _open(session, actor, item_id, version)
    other = _of_key(session, actor, key) if key.strip() else None
    if other is not None:
        _check_duplicate(session, item, other)
    if item.duplicate_of == (other and other.id):
        return item
    return change_record(
        session,
        actor,
        item,
        item.version,
        "mark as duplicate",
        RecordKind.FEEDBACK_ITEM,
        {"duplicate_of": other and other.id},
        sync_feedback,
    )


def link_feedback(session: Session, actor: Actor, item_id: int, key: str, linked_as: LinkedAs) -> FeedbackLink:
    """Say that an item belongs with another one, named by its key; twice is one link.

    Raises: NotAllowed, NotFound, Invalid (itself; the same giver, where one of them is not to be known).
    """
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item, other = visible_feedback(session, actor, item_id), _of_key(session, actor, key)
    refuse_voided(item, "feedback")
    if other.id == item.id:
        raise Invalid("This is the item itself. Enter the key of the other one.")
    if linked_as is LinkedAs.SAME_GIVER and any(each.anonymous for each in (item, other)):
        raise Invalid("One of them was given without a name. Saying that one person gave both could tell who it was.")
    if linked_as is LinkedAs.SAME_GIVER and {each.signed for each in (item, other)} & {Signed.REACHABLE}:
        raise Invalid("One of them was given without a name. Saying that one person gave both could tell who it was.")
    pair = (item.id, other.id)
    here = select(FeedbackLink).where(
        col(FeedbackLink.item_id).in_(pair),
        col(FeedbackLink.other_id).in_(pair),
        FeedbackLink.linked_as == linked_as,
        col(FeedbackLink.ended_at).is_(None),
    )
    if (held := session.exec(here).first()) is not None:
        return held
    link = FeedbackLink(
        item_id=item_id, other_id=other.id or 0, linked_as=linked_as, recorded_at=now(), recorded_by=actor.user_id
    )
    session.add(link)
    _tell_both(session, actor, "link feedback", link)
    return link


def unlink_feedback(session: Session, actor: Actor, link_id: int) -> None:
    """Say that two items do not belong together after all. Raises: NotAllowed, NotFound."""
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    link = session.get(FeedbackLink, link_id)
    for item_id in (link.item_id, link.other_id) if link is not None else (0,):
        visible_feedback(session, actor, item_id)
    if link is not None and link.ended_at is None:
        link.ended_at = now()
        _tell_both(session, actor, "unlink feedback", link)


def _tell_both(session: Session, actor: Actor, verb: str, link: FeedbackLink) -> None:
    """Tell it in the history of both, without the other's name: who reads one may not be let to read the other."""
    session.flush()
    after = {"linked_as": link.linked_as.label}
    for item_id in (link.item_id, link.other_id):
        record_change(session, actor, verb, RecordKind.FEEDBACK_ITEM, item_id, after=after)
    session.flush()


def _of_key(session: Session, actor: Actor, key: str) -> FeedbackItem:
    other = session.exec(
        select(FeedbackItem).where(FeedbackItem.key == key.strip(), feedback_visible_to(actor))
    ).first()
    if other is None:
        raise NotFound(f"There is no feedback “{key.strip()}” here. The key stands at the end of each item's line.")
    refuse_voided(other, "feedback")
    return other


def _check_duplicate(session: Session, item: FeedbackItem, other: FeedbackItem) -> None:
    if other.id == item.id:
        raise Invalid("This is the item itself. Enter the key of the other one.")
    if other.duplicate_of is not None:
        raise Invalid("That one is itself a duplicate. Enter the key of the one it belongs to.")
    if session.exec(select(FeedbackItem.id).where(FeedbackItem.duplicate_of == item.id)).first() is not None:
        raise Invalid("Others are duplicates of this one. Take them from it first.")
    if (item.partner_id, item.readers, item.reader_id) != (other.partner_id, other.readers, other.reader_id):
        raise Invalid("The two are of different partners, or not for the same readers. They stay two.")


def _open(session: Session, actor: Actor, item_id: int, version: int) -> FeedbackItem:
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    refuse_stale(item, version, "feedback")
    refuse_voided(item, "feedback")
    return item
