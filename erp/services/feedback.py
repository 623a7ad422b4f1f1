"""The feedback loop: receiving, acknowledging, deciding, telling the giver, confirming, reopening, voiding.

The transitions are data; docs/states.md is generated from them.
"""

from datetime import date

from pydantic import Field
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.queries.county import today
from erp.queries.visible import feedback_visible_to
from erp.services.drafts import Draft
from erp.services.facts import sync_feedback
from erp.services.partners import known_partner
from erp.services.records import (
    need_reason,
    new_key,
    now,
    record_change,
    remember_save,
    revise,
    saved_before,
    snapshot,
)
from erp.vocabulary import FeedbackKind, FeedbackState, FeedbackWay, RecordKind, Verb

S = FeedbackState

#: State → what may follow, and the verb for it. A step forward may be skipped only by imported records.
TRANSITIONS: dict[FeedbackState, dict[FeedbackState, str]] = {
    S.RECEIVED: {S.ACKNOWLEDGED: "acknowledge", S.DECIDED: "decide"},
    S.ACKNOWLEDGED: {S.DECIDED: "decide"},
    S.DECIDED: {S.DECIDED: "decide anew", S.TOLD: "tell the giver"},
    S.TOLD: {S.CONFIRMED: "record that the giver confirmed", S.REOPENED: "reopen", S.TOLD: "tell again"},
    S.CONFIRMED: {S.REOPENED: "reopen"},
    S.REOPENED: {S.DECIDED: "decide anew", S.TOLD: "tell the giver again"},
}


class FeedbackDraft(Draft):
    """A feedback item as entered, in the giver's own words; `translation` stands beside them, never instead."""

    words: str = Field(min_length=1)
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
    notes: str = ""
    key: str = ""


class StepDraft(Draft):
    """A step of the loop as entered: the day, how it was done, what was said."""

    on_day: date
    how: str = ""
    said: str = ""


def receive_feedback(session: Session, actor: Actor, draft: FeedbackDraft, *, token: str = "") -> FeedbackItem:
    """Record what somebody told the county. Raises: NotAllowed, NotFound (no such partner), Invalid."""
    actor.require(Verb.ADD, RecordKind.FEEDBACK_ITEM)
    already = saved_before(session, token)
    if already is not None:
        return visible_feedback(session, actor, already)
    _check(session, draft)
    item = FeedbackItem(
        key=draft.key or "new", recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump(exclude={"key"})
    )
    session.add(item)
    session.flush()
    item.key = draft.key or new_key(session, FeedbackItem, "F", _id(item))
    _add_step(session, actor, item, S.RECEIVED, StepDraft(on_day=draft.received_on or today(session)))
    sync_feedback(session, item, item.recorded_at)
    record_change(session, actor, "receive", RecordKind.FEEDBACK_ITEM, item.id, after=snapshot(item))
    remember_save(session, token, RecordKind.FEEDBACK_ITEM, _id(item))
    session.flush()
    return item


def change_feedback(session: Session, actor: Actor, item_id: int, version: int, draft: FeedbackDraft) -> FeedbackItem:
    """Correct who, when, how and the words of an item opened at `version`; its steps are not touched."""
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    _check(session, draft)
    before = snapshot(item)
    revise(item, version, draft.model_dump(exclude={"key"}))
    session.flush()
    sync_feedback(session, item, now())
    record_change(session, actor, "change", RecordKind.FEEDBACK_ITEM, item_id, before=before, after=snapshot(item))
    return item


def take_step(
    session: Session, actor: Actor, item_id: int, version: int, step: FeedbackState, draft: StepDraft
) -> FeedbackItem:
    """Move an item to its next state. Raises: NotAllowed, NotFound, Conflict, Invalid (no such transition, bad day)."""
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    if step not in TRANSITIONS[item.state]:
        may = ", ".join(verb for verb in TRANSITIONS[item.state].values())
        raise Invalid(f"This item is '{item.state.label}'. What can follow: {may}.")
    _check_step(session, item, step, draft)
    before = snapshot(item)
    values: dict[str, object] = {"state": step}
    if step is S.DECIDED:
        values["decision"] = draft.said
    revise(item, version, values)
    _add_step(session, actor, item, step, draft)
    session.flush()
    sync_feedback(session, item, now())
    after = snapshot(item, step=draft.model_dump())
    verb = TRANSITIONS[S(before["state"])][step]
    record_change(session, actor, verb, RecordKind.FEEDBACK_ITEM, item_id, before=before, after=after)
    return item


def void_feedback(session: Session, actor: Actor, item_id: int, version: int, reason: str) -> FeedbackItem:
    """Void an item with a reason: from now on as if never entered."""
    return _set_void(session, actor, item_id, version, "void", need_reason(reason))


def restore_feedback(session: Session, actor: Actor, item_id: int, version: int) -> FeedbackItem:
    """Bring a voided item back."""
    return _set_void(session, actor, item_id, version, "restore", "")


def visible_feedback(session: Session, actor: Actor, item_id: int) -> FeedbackItem:
    """Load an item the actor may see. Raises: NotFound."""
    item = session.exec(select(FeedbackItem).where(FeedbackItem.id == item_id, feedback_visible_to(actor))).first()
    if item is None:
        raise NotFound("This feedback is not here. It may have been moved, or the address is wrong.")
    return item


def feedback_steps(session: Session, item_id: int) -> list[FeedbackStep]:
    """Return the steps of an item in the order in which they happened."""
    return list(
        session.exec(select(FeedbackStep).where(FeedbackStep.item_id == item_id).order_by(col(FeedbackStep.position)))
    )


def _set_void(session: Session, actor: Actor, item_id: int, version: int, verb: str, reason: str) -> FeedbackItem:
    actor.require(Verb.ARCHIVE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    before = snapshot(item)
    at = now()
    revise(item, version, {"voided_at": at if reason else None, "void_reason": reason})
    session.flush()
    sync_feedback(session, item, at)
    record_change(session, actor, verb, RecordKind.FEEDBACK_ITEM, item_id, before=before, after=snapshot(item))
    return item


def _check(session: Session, draft: FeedbackDraft) -> None:
    if draft.partner_id is None and not draft.person and not draft.anonymous:
        raise Invalid("Say who gave it: a partner, a person or role, or mark it anonymous.")
    if draft.partner_id is not None:
        known_partner(session, draft.partner_id)
    if draft.received_on is not None and draft.received_on > today(session):
        raise Invalid(f"{draft.received_on:%B %-d, %Y} is still to come. Enter the day it was received.")


def _check_step(session: Session, item: FeedbackItem, step: FeedbackState, draft: StepDraft) -> None:
    if draft.on_day > today(session):
        raise Invalid(f"{draft.on_day:%B %-d, %Y} is still to come. Enter the day it happened.")
    days = [s.on_day for s in feedback_steps(session, _id(item)) if s.on_day is not None]
    if days and draft.on_day < max(days):
        raise Invalid(f"The step before it was on {max(days):%B %-d, %Y}. Enter that day or a later one.")
    needs = {
        S.DECIDED: (draft.said, "Say what was decided; it is what the giver will be told."),
        S.TOLD: (draft.said and draft.how, "Say how the giver was told, and what was said."),
        S.CONFIRMED: (draft.how, "Say how the giver confirmed: only the giver can close the loop."),
        S.REOPENED: (draft.said, "Say what the giver found not fixed."),
    }
    given, sentence = needs.get(step, ("-", ""))
    if not given:
        raise Invalid(sentence)


def _add_step(session: Session, actor: Actor, item: FeedbackItem, step: FeedbackState, draft: StepDraft) -> None:
    position = len(feedback_steps(session, _id(item))) + 1
    session.add(
        FeedbackStep(
            item_id=_id(item),
            step=step,
            position=position,
            recorded_at=now(),
            recorded_by=actor.user_id,
            **draft.model_dump(),
        )
    )


def _id(item: FeedbackItem) -> int:
    assert item.id is not None  # it was flushed
    return item.id
