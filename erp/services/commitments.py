"""Making, keeping, withdrawing and voiding commitments ("promises")."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.commitments import Commitment
from erp.queries.county import today
from erp.queries.visible import commitments_visible_to
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
from erp.services.facts import sync_commitment
from erp.services.records import (
    change_record,
    need_reason,
    new_key,
    now,
    record_change,
    remember_save,
    saved_before,
    snapshot,
)
from erp.states import COMMITMENT_TRANSITIONS, commitment_state
from erp.vocabulary import CommitmentState, RecordKind, Side, Verb


class CommitmentDraft(Draft):
    """A promise as entered. `owed_by` None with `owed_by_words`: another body owes it."""

    what: str
    owed_by: Side | None = Side.COUNTY
    owed_by_words: str = ""
    partner_id: int | None = None
    engagement_id: int | None = None
    made_on: date | None = None
    due_on: date | None = None
    due_words: str = ""
    done_on: date | None = None
    notes: str = ""
    key: str = ""


def make_commitment(session: Session, actor: Actor, draft: CommitmentDraft, *, token: str = "") -> Commitment:
    """Record a promise; the same form twice answers with the first record.

    Raises: NotAllowed, NotFound (no such partner or meeting), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.COMMITMENT)
    already = saved_before(session, token, draft)
    if already is not None:
        return visible_commitment(session, actor, already)
    if draft.partner_id is None:
        raise Invalid("Choose the partner this promise is about.")
    known_partner(session, draft.partner_id)
    require_meeting(session, actor, draft.engagement_id)
    _check(session, draft)
    commitment = Commitment(
        key=draft.key or "new",
        recorded_at=now(),
        recorded_by=actor.user_id,
        as_written=_written(draft),
        **_columns(draft),
    )
    session.add(commitment)
    session.flush()
    commitment.key = draft.key or new_key(session, Commitment, "C", _id(commitment))
    sync_commitment(session, commitment, commitment.recorded_at)
    record_change(session, actor, "make", RecordKind.COMMITMENT, commitment.id, after=snapshot(commitment))
    remember_save(session, token, RecordKind.COMMITMENT, _id(commitment), draft)
    session.flush()
    return commitment


def change_commitment(
    session: Session,
    actor: Actor,
    commitment_id: int,
    version: int,
    draft: CommitmentDraft,
) -> Commitment:
    """Correct the words, sides or days of a promise opened at `version`.

    One that came without a known partner may stay so. Raises: NotAllowed, NotFound, Conflict, Invalid.
    """
    commitment = _open(session, actor, commitment_id, version)
    if draft.partner_id != commitment.partner_id:
        if draft.partner_id is None:
            raise Invalid("Choose the partner this promise is about.")
        known_partner(session, draft.partner_id)
        keep_sealed(session, actor, commitment.partner_id, draft.partner_id)
    if draft.engagement_id != commitment.engagement_id:
        require_meeting(session, actor, draft.engagement_id)
        keep_meeting_sealed(session, actor, commitment.engagement_id, draft.engagement_id, "promise")
    _check(session, draft)
    if draft.done_on is not None and commitment.withdrawn_on is not None:
        raise Invalid("This promise was withdrawn by agreement. Reopen it before recording it as kept.")
    if draft.done_on is None and commitment.done_on is not None:
        raise Invalid("This promise was recorded as kept. Reopen it with a reason if it was not.")
    if commitment.withdrawn_on is not None and draft.made_on is not None and draft.made_on > commitment.withdrawn_on:
        raise Invalid(f"It was withdrawn on {commitment.withdrawn_on:%B %-d, %Y}. Correct the day it was made.")
    values = _columns(draft) | {"as_written": _still_written(commitment, draft)}
    return _save(session, actor, commitment, "change", values)


def keep_commitment(session: Session, actor: Actor, commitment_id: int, version: int, done_on: date) -> Commitment:
    """Record that a promise was kept, on a day that is not in the future; late counts as late by itself."""
    commitment = _open(session, actor, commitment_id, version)
    refuse_future(session, done_on, "Record it as kept when it is done.")
    _not_before_made(commitment, done_on)
    return _step(session, actor, commitment, "keep", {"done_on": done_on})


def reopen_commitment(session: Session, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Take back "kept" or "withdrawn", with the reason."""
    commitment = _open(session, actor, commitment_id, version)
    values = {"done_on": None, "withdrawn_on": None, "reason": need_reason(reason)}
    return _step(session, actor, commitment, "reopen", values)


def withdraw_commitment(
    session: Session,
    actor: Actor,
    commitment_id: int,
    version: int,
    withdrawn_on: date,
    reason: str,
) -> Commitment:
    """Record that both sides agreed to withdraw a promise, with the reason; it may follow the due day."""
    commitment = _open(session, actor, commitment_id, version)
    refuse_future(session, withdrawn_on, "Record the agreement when it is made.")
    _not_before_made(commitment, withdrawn_on)
    values = {"withdrawn_on": withdrawn_on, "reason": need_reason(reason)}
    return _step(session, actor, commitment, "withdraw", values)


def void_commitment(session: Session, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Void a promise with a reason: from now on as if never entered."""
    commitment = _open(session, actor, commitment_id, version, Verb.ARCHIVE)
    refuse_void_twice(commitment, "promise", restoring=False)
    values = {"voided_at": now(), "void_reason": need_reason(reason)}
    return _save(session, actor, commitment, "void", values)


def restore_commitment(session: Session, actor: Actor, commitment_id: int, version: int) -> Commitment:
    """Bring a voided promise back."""
    commitment = _open(session, actor, commitment_id, version, Verb.ARCHIVE)
    refuse_void_twice(commitment, "promise", restoring=True)
    return _save(session, actor, commitment, "restore", {"voided_at": None, "void_reason": ""})


def visible_commitment(session: Session, actor: Actor, commitment_id: int) -> Commitment:
    """Load a promise the actor may see. Raises: NotFound."""
    commitment = session.exec(
        select(Commitment).where(Commitment.id == commitment_id, commitments_visible_to(actor))
    ).first()
    if commitment is None:
        raise NotFound("This promise is not here. It may have been moved, or the address is wrong.")
    return commitment


def _open(session: Session, actor: Actor, commitment_id: int, version: int, verb: Verb = Verb.CHANGE) -> Commitment:
    """Load a promise for a change: permitted, visible, as it was when opened, and not voided."""
    actor.require(verb, RecordKind.COMMITMENT)
    commitment = visible_commitment(session, actor, commitment_id)
    refuse_stale(commitment, version, "promise")
    if verb is Verb.CHANGE:
        refuse_voided(commitment, "promise")
    return commitment


def _step(session: Session, actor: Actor, commitment: Commitment, verb: str, values: dict[str, Any]) -> Commitment:
    """Save a step that the table of transitions allows on the county's today."""
    stands, would_stand = (_state(session, commitment, **more) for more in ({}, values))
    if would_stand not in COMMITMENT_TRANSITIONS[stands]:
        advice = "There is nothing to reopen." if verb == "reopen" else "Reopen it first."
        raise Invalid(f"This promise is '{stands.label}'. {advice}")
    return _save(session, actor, commitment, verb, values)


def _state(session: Session, commitment: Commitment, **values: Any) -> CommitmentState:
    days = commitment.model_dump(include={"due_on", "done_on", "withdrawn_on"}) | values
    return commitment_state(days["due_on"], days["done_on"], days["withdrawn_on"], today(session))


def _save(session: Session, actor: Actor, commitment: Commitment, verb: str, values: dict[str, Any]) -> Commitment:
    kind = RecordKind.COMMITMENT
    return change_record(session, actor, commitment, commitment.version, verb, kind, values, sync_commitment)


def _check(session: Session, draft: CommitmentDraft) -> None:
    if not draft.what:
        raise Invalid("Say what was promised.")
    if draft.owed_by is None and not draft.owed_by_words:
        raise Invalid("Say who owes this promise: the county, the partner, or another body by name.")
    refuse_future(session, draft.made_on, "Enter the day the promise was made.")
    refuse_future(session, draft.done_on, "Leave 'done on' blank until it is done.")
    for day, what in ((draft.due_on, "due"), (draft.done_on, "kept")):
        if day is not None and draft.made_on is not None and day < draft.made_on:
            raise Invalid(f"It cannot be {what} before it was made on {draft.made_on:%B %-d, %Y}. Correct one day.")


def _not_before_made(commitment: Commitment, day: date) -> None:
    if commitment.made_on is not None and day < commitment.made_on:
        raise Invalid(f"This promise was made on {commitment.made_on:%B %-d, %Y}. Enter that day or a later one.")


def _columns(draft: CommitmentDraft) -> dict[str, Any]:
    return draft.model_dump(exclude={"owed_by_words", "due_words", "key"})


def _written(draft: CommitmentDraft) -> dict[str, str]:
    """Return the words for what a typed column cannot hold: another body, words that are not a day."""
    written: dict[str, str] = {}
    if draft.owed_by is None:
        written["owed_by"] = draft.owed_by_words
    if draft.due_on is None and draft.due_words:
        written["due_on"] = draft.due_words
    return written


def _still_written(commitment: Commitment, draft: CommitmentDraft) -> dict[str, str]:
    """Keep a spreadsheet's own words for fields that the person did not decide anew."""
    decided = {"owed_by", "due_on"} | {f for f in ("made_on", "done_on") if getattr(draft, f) is not None}
    if draft.partner_id != commitment.partner_id:
        decided.add("partner")
    return {f: words for f, words in commitment.as_written.items() if f not in decided} | _written(draft)


def _id(commitment: Commitment) -> int:
    assert commitment.id is not None  # it was flushed
    return commitment.id
