"""The feedback loop: receiving, acknowledging, deciding, telling the giver, confirming, reopening, voiding.

Which step may follow which is data: FEEDBACK_TRANSITIONS in erp.states.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.contacts import Contact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.queries.visible import feedback_visible_to
from erp.services.checks import (
    keep_meeting_sealed,
    keep_sealed,
    known_partner,
    refuse_future,
    refuse_stale,
    refuse_void_twice,
    refuse_voided,
    require_meeting,
)
from erp.services.drafts import Draft
from erp.services.facts import sync_feedback
from erp.services.records import (
    get_or_refuse,
    need_reason,
    new_key,
    now,
    plain_value,
    record_change,
    remember_save,
    revise,
    saved_before,
    set_void,
    snapshot,
)
from erp.states import FEEDBACK_TRANSITIONS
from erp.vocabulary import PUBLISHED, FeedbackKind, FeedbackState, FeedbackWay, RecordKind, Signed, Verb

S = FeedbackState
#: Steps of the county that are taken with duplicates, too.
FOR_DUPLICATES = (S.ACKNOWLEDGED, S.DECIDED, S.TOLD)


class FeedbackDraft(Draft):
    """A feedback item as entered, in the giver's own words; `translation` stands beside them, never instead.

    `may_quote`: the giver agreed that their words are published without a name.
    """

    words: str
    partner_id: int | None = None
    contact_id: int | None = None
    person: str = ""
    anonymous: bool = False
    way: FeedbackWay = FeedbackWay.MEETING
    kind: FeedbackKind = FeedbackKind.CONCERN
    language: str = ""
    translation: str = ""
    received_on: date | None = None
    engagement_id: int | None = None
    may_quote: bool = False
    notes: str = ""
    key: str = ""


class StepDraft(Draft):
    """A step of the loop as entered: the day, how it was done, what was said."""

    on_day: date
    how: str = ""
    said: str = ""


def receive_feedback(session: Session, actor: Actor, draft: FeedbackDraft, *, token: str = "") -> FeedbackItem:
    """Record what somebody told the county; the same form twice answers with the first record.

    Raises: NotAllowed, NotFound (no such partner, person or meeting), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.FEEDBACK_ITEM)
    already = saved_before(session, token, draft)
    if already is not None:
        return visible_feedback(session, actor, already)
    _check(session, draft)
    _check_giver(session, draft)
    if draft.partner_id is not None:
        known_partner(session, draft.partner_id)
    require_meeting(session, actor, draft.engagement_id)
    item = FeedbackItem(
        key=draft.key or "new", recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump(exclude={"key"})
    )
    session.add(item)
    session.flush()
    item.key = draft.key or new_key(session, FeedbackItem, "F", _id(item))
    _add_step(session, actor, item, S.RECEIVED, draft.received_on)
    session.flush()
    sync_feedback(session, item, item.recorded_at)
    after = snapshot(item)
    record_change(session, actor, "receive", RecordKind.FEEDBACK_ITEM, item.id, after=after)
    remember_save(session, token, RecordKind.FEEDBACK_ITEM, _id(item), draft)
    session.flush()
    return item


def change_feedback(session: Session, actor: Actor, item_id: int, version: int, draft: FeedbackDraft) -> FeedbackItem:
    """Correct who, when, how and the words of an item opened at `version`; later steps are not touched.

    One that came without a known giver may stay so. Raises: NotAllowed, NotFound, Conflict, Invalid.
    """
    item = _open(session, actor, item_id, version)
    if draft.partner_id != item.partner_id:
        if draft.partner_id is not None:
            known_partner(session, draft.partner_id)
        keep_sealed(session, actor, item.partner_id, draft.partner_id)
    if draft.engagement_id != item.engagement_id:
        require_meeting(session, actor, draft.engagement_id)
        keep_meeting_sealed(session, actor, item.engagement_id, draft.engagement_id, "feedback")
    if item.signed is not Signed.NOTED:
        _keep_what_the_giver_chose(item, draft)
    unknown_giver_is_known = "partner" in item.as_written or item.signed is not Signed.NOTED
    if not unknown_giver_is_known or draft.partner_id is not None:
        _check_giver(session, draft)
    _check(session, draft)
    steps = feedback_steps(session, item_id)
    _received_first(steps, draft.received_on)
    before = snapshot(item)
    revise(item, version, draft.model_dump(exclude={"key"}) | {"as_written": _still_written(item, draft)})
    for step in steps:
        if step.step is S.RECEIVED:
            step.on_day = draft.received_on
    session.flush()
    sync_feedback(session, item, now())
    after = snapshot(item)
    record_change(session, actor, "change", RecordKind.FEEDBACK_ITEM, item_id, before=before, after=after)
    session.flush()
    return item


def take_step(
    session: Session,
    actor: Actor,
    item_id: int,
    version: int,
    step: FeedbackState,
    draft: StepDraft,
) -> FeedbackItem:
    """Move an item to its next state. Raises: NotAllowed, NotFound, Conflict, Invalid (no such transition, bad day)."""
    item = _open(session, actor, item_id, version)
    if step is S.UNCONFIRMED:
        actor.require(Verb.CHANGE, RecordKind.CLOSING)
    moved = move(session, actor, item, step, draft)
    if step in FOR_DUPLICATES:
        _move_duplicates(session, actor, item_id, step, draft)
    return moved


def _move_duplicates(session: Session, actor: Actor, item_id: int, step: FeedbackState, draft: StepDraft) -> None:
    """Take the same step with what was entered twice, where it can follow: its giver reads it there, too."""
    twice = session.exec(
        select(FeedbackItem)
        .where(FeedbackItem.duplicate_of == item_id, col(FeedbackItem.voided_at).is_(None))
        .order_by(col(FeedbackItem.id))
    ).all()
    for item in twice:
        last = max((s.on_day for s in feedback_steps(session, _id(item)) if s.on_day is not None), default=draft.on_day)
        if step in FEEDBACK_TRANSITIONS[item.state]:
            move(session, actor, item, step, draft.model_copy(update={"on_day": max(last, draft.on_day)}))


def move(session: Session, actor: Actor, item: FeedbackItem, step: FeedbackState, draft: StepDraft) -> FeedbackItem:
    """Move an item, which the caller has loaded for a change, to its next state. Raises: Invalid."""
    state = item.state
    if step not in FEEDBACK_TRANSITIONS[state]:
        may = ", ".join(FEEDBACK_TRANSITIONS[state].values())
        raise Invalid(f"This item is '{state.label}'. What can follow: {may}.")
    _check_step(session, item, step, draft)
    before = snapshot(item)
    values: dict[str, object] = {"state": step}
    if step is S.DECIDED:
        values["decision"] = draft.said
    if step is S.REOPENED:
        values["paused_days"] = 0  # targets count anew
    if item.paused_on is not None:
        raise Invalid("This feedback rests. Go on with it first; then take the step.")
    revise(item, item.version, values)
    _add_step(session, actor, item, step, draft.on_day, draft.how, draft.said)
    session.flush()
    sync_feedback(session, item, now())
    after = snapshot(item) | {"step": draft.model_dump(mode="json")}
    verb = FEEDBACK_TRANSITIONS[state][step]
    record_change(session, actor, verb, RecordKind.FEEDBACK_ITEM, item.id, before=before, after=after)
    session.flush()
    return item


def void_feedback(session: Session, actor: Actor, item_id: int, version: int, reason: str) -> FeedbackItem:
    """Void an item with a reason: from now on as if never entered."""
    return _set_void(session, actor, item_id, version, need_reason(reason))


def restore_feedback(session: Session, actor: Actor, item_id: int, version: int) -> FeedbackItem:
    """Bring a voided item back."""
    return _set_void(session, actor, item_id, version, "")


def visible_feedback(session: Session, actor: Actor, item_id: int) -> FeedbackItem:
    """Load an item the actor may see. Raises: NotFound."""
    item = session.exec(select(FeedbackItem).where(FeedbackItem.id == item_id, feedback_visible_to(actor))).first()
    if item is None:
        raise NotFound("This feedback is not here. It may have been moved, or the address is wrong.")
    return item


def feedback_steps(session: Session, item_id: int) -> list[FeedbackStep]:
    """Return the steps of an item, which the caller has loaded as visible, in the order in which they happened."""
    return list(
        session.exec(select(FeedbackStep).where(FeedbackStep.item_id == item_id).order_by(col(FeedbackStep.position)))
    )


def told_steps(steps: Iterable[FeedbackStep]) -> list[dict[str, Any]]:
    """Return the steps of an item as its history tells them, in their order."""
    columns = ("step", "on_day", "how", "said", "counts")
    return [{name: plain_value(getattr(step, name)) for name in columns} for step in steps]


def _open(session: Session, actor: Actor, item_id: int, version: int) -> FeedbackItem:
    """Load an item for a change: permitted, visible, as it was when opened, and not voided."""
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    refuse_stale(item, version, "feedback")
    refuse_voided(item, "feedback")
    return item


def _set_void(session: Session, actor: Actor, item_id: int, version: int, reason: str) -> FeedbackItem:
    actor.require(Verb.ARCHIVE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    refuse_stale(item, version, "feedback")
    refuse_void_twice(item, "feedback", restoring=not reason)
    if item.withdrawn_at is not None:
        raise Invalid("The giver took this back on the public page. Only they can say it again.")
    return set_void(session, actor, item, version, RecordKind.FEEDBACK_ITEM, reason, sync_feedback)


def _check_giver(session: Session, draft: FeedbackDraft) -> None:
    if draft.anonymous and (draft.person or draft.contact_id is not None):
        raise Invalid("It is marked anonymous and names a person. Take the name out, or the mark.")
    if draft.contact_id is not None:
        contact = get_or_refuse(session, Contact, draft.contact_id, "person")
        if contact.partner_id is not None and contact.partner_id != draft.partner_id:
            raise Invalid("This person belongs to another partner. Choose that partner, or another person.")
    if draft.partner_id is None and draft.contact_id is None and not draft.person and not draft.anonymous:
        raise Invalid("Say who gave it: a partner, a person or role, or mark it anonymous.")


def _keep_what_the_giver_chose(item: FeedbackItem, draft: FeedbackDraft) -> None:
    if draft.words != item.words:
        raise Invalid(
            "These are the giver's own words, from the public page, and stay as they are. Add a translation or a note; "
            "where they must not be kept, void the item: the giver reads the reason."
        )
    if draft.may_quote and not item.may_quote:
        raise Invalid("The giver did not allow their words to be published. Only they can.")
    if (draft.anonymous, draft.person, draft.contact_id) != (item.anonymous, item.person, item.contact_id):
        raise Invalid("The giver chose on the public page how to be named. Leave the person and the mark as they are.")


def _check(session: Session, draft: FeedbackDraft) -> None:
    if not draft.words:
        raise Invalid("Enter what was said, in the giver's own words.")
    refuse_future(session, draft.received_on, "Enter the day it was received.")


def _received_first(steps: list[FeedbackStep], received_on: date | None) -> None:
    later = [s.on_day for s in steps if s.on_day is not None and s.step is not S.RECEIVED]
    if received_on is not None and later and received_on > min(later):
        raise Invalid(f"A later step was on {min(later):%B %-d, %Y}. It was received that day or earlier.")


def _check_step(session: Session, item: FeedbackItem, step: FeedbackState, draft: StepDraft) -> None:
    refuse_future(session, draft.on_day, "Enter the day it happened.")
    days = [s.on_day for s in feedback_steps(session, _id(item)) if s.on_day is not None]
    days += [item.received_on] if item.received_on is not None else []
    if days and draft.on_day < max(days):
        raise Invalid(f"The step before it was on {max(days):%B %-d, %Y}. Enter that day or a later one.")
    needs = {
        S.DECIDED: (draft.said, "Say what was decided; it is what the giver will be told."),
        S.TOLD: (draft.said and draft.how, "Say how the giver was told, and what was said."),
        S.CONFIRMED: (draft.how, "Say how the giver confirmed: only the giver can close the loop."),
        S.REOPENED: (draft.said, "Say what the giver found not fixed."),
        S.UNCONFIRMED: (draft.said, "Say why it is closed without the giver; they read it, and it stays countable."),
    }
    given, sentence = needs.get(step, ("-", ""))
    if not given:
        raise Invalid(sentence)
    reachable = not item.anonymous or item.signed is not Signed.NOTED  # a receipt leads them to the answer
    if step is S.TOLD and draft.how.casefold() == PUBLISHED.casefold() and reachable:
        raise Invalid(
            "This giver can be reached: tell them, then say how. Publishing the answer counts as telling only where "
            "the giver is anonymous and left no way back."
        )


def _add_step(
    session: Session,
    actor: Actor,
    item: FeedbackItem,
    step: FeedbackState,
    on_day: date | None,
    how: str = "",
    said: str = "",
) -> None:
    session.add(
        FeedbackStep(
            item_id=_id(item),
            step=step,
            position=1 + max((s.position for s in feedback_steps(session, _id(item))), default=0),
            on_day=on_day,
            how=how,
            said=said,
            recorded_at=now(),
            recorded_by=actor.user_id,
        )
    )


def _still_written(item: FeedbackItem, draft: FeedbackDraft) -> dict[str, str]:
    """Keep a spreadsheet's own words for fields that the person did not decide anew."""
    decided = {
        "partner": draft.partner_id is not None,
        "received_on": draft.received_on is not None,
        "kind": draft.kind is not FeedbackKind.OTHER,
        "way": draft.way is not FeedbackWay.OTHER,
    }
    return {field: words for field, words in item.as_written.items() if not decided.get(field, False)}


def _id(item: FeedbackItem) -> int:
    assert item.id is not None  # it was flushed
    return item.id
