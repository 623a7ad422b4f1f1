"""Making, keeping, withdrawing and voiding commitments ("promises")."""

from datetime import date

from pydantic import Field
from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.commitments import Commitment
from erp.queries.county import today
from erp.queries.visible import commitments_visible_to
from erp.services.drafts import Draft
from erp.services.facts import sync_commitment
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
from erp.vocabulary import RecordKind, Side, Verb


class CommitmentDraft(Draft):
    """A promise as entered. `owed_by` None with `owed_by_words`: another body owes it."""

    what: str = Field(min_length=1)
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
    """Record a promise. Raises: NotAllowed, NotFound (no such partner), Invalid."""
    actor.require(Verb.ADD, RecordKind.COMMITMENT)
    already = saved_before(session, token)
    if already is not None:
        return visible_commitment(session, actor, already)
    _check(session, draft)
    commitment = Commitment(key=draft.key or "new", recorded_at=now(), recorded_by=actor.user_id, **_columns(draft))
    session.add(commitment)
    session.flush()
    commitment.key = draft.key or new_key(session, Commitment, "C", _id(commitment))
    sync_commitment(session, commitment, commitment.recorded_at)
    record_change(session, actor, "make", RecordKind.COMMITMENT, commitment.id, after=snapshot(commitment))
    remember_save(session, token, RecordKind.COMMITMENT, _id(commitment))
    session.flush()
    return commitment


def change_commitment(
    session: Session, actor: Actor, commitment_id: int, version: int, draft: CommitmentDraft
) -> Commitment:
    """Change the words, sides or days of a promise opened at `version`."""
    _check(session, draft)
    values = _columns(draft)
    return _revise(session, actor, commitment_id, version, "change", values)


def keep_commitment(session: Session, actor: Actor, commitment_id: int, version: int, done_on: date) -> Commitment:
    """Record that a promise was kept, on a day that is not in the future; late counts as late by itself."""
    if done_on > today(session):
        raise Invalid(f"{done_on:%B %-d, %Y} is still to come. Record it as kept when it is done.")
    return _revise(session, actor, commitment_id, version, "keep", {"done_on": done_on, "withdrawn_on": None})


def reopen_commitment(session: Session, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Take back "kept" or "withdrawn", with the reason."""
    values = {"done_on": None, "withdrawn_on": None, "reason": need_reason(reason)}
    return _revise(session, actor, commitment_id, version, "reopen", values)


def withdraw_commitment(
    session: Session, actor: Actor, commitment_id: int, version: int, withdrawn_on: date, reason: str
) -> Commitment:
    """Record that both sides agreed to withdraw a promise, with the reason; it may follow the due day."""
    if withdrawn_on > today(session):
        raise Invalid(f"{withdrawn_on:%B %-d, %Y} is still to come. Record the agreement when it is made.")
    values = {"withdrawn_on": withdrawn_on, "done_on": None, "reason": need_reason(reason)}
    return _revise(session, actor, commitment_id, version, "withdraw", values)


def void_commitment(session: Session, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Void a promise with a reason: from now on as if never entered."""
    values = {"voided_at": now(), "void_reason": need_reason(reason)}
    return _revise(session, actor, commitment_id, version, "void", values, verb=Verb.ARCHIVE)


def restore_commitment(session: Session, actor: Actor, commitment_id: int, version: int) -> Commitment:
    """Bring a voided promise back."""
    values = {"voided_at": None, "void_reason": ""}
    return _revise(session, actor, commitment_id, version, "restore", values, verb=Verb.ARCHIVE)


def visible_commitment(session: Session, actor: Actor, commitment_id: int) -> Commitment:
    """Load a promise the actor may see. Raises: NotFound."""
    commitment = session.exec(
        select(Commitment).where(Commitment.id == commitment_id, commitments_visible_to(actor))
    ).first()
    if commitment is None:
        raise NotFound("This promise is not here. It may have been moved, or the address is wrong.")
    return commitment


def _revise(
    session: Session,
    actor: Actor,
    commitment_id: int,
    version: int,
    what: str,
    values: dict[str, object],
    verb: Verb = Verb.CHANGE,
) -> Commitment:
    actor.require(verb, RecordKind.COMMITMENT)
    commitment = visible_commitment(session, actor, commitment_id)
    before = snapshot(commitment)
    if "as_written" in values:  # a spreadsheet's own words stay for fields that were not decided anew
        written = {f: w for f, w in commitment.as_written.items() if f not in ("owed_by", "due_on")}
        if commitment.partner_id is None and values.get("partner_id") is not None:
            written.pop("partner", None)
        values = values | {"as_written": written | dict(values["as_written"])}  # pyright: ignore[reportArgumentType, reportCallIssue]
    revise(commitment, version, values)
    session.flush()
    sync_commitment(session, commitment, now())
    record_change(session, actor, what, RecordKind.COMMITMENT, commitment_id, before=before, after=snapshot(commitment))
    return commitment


def _check(session: Session, draft: CommitmentDraft) -> None:
    if draft.partner_id is None:
        raise Invalid("Choose the partner this promise is about.")
    known_partner(session, draft.partner_id)
    if draft.owed_by is None and not draft.owed_by_words:
        raise Invalid("Say who owes this promise: the county, the partner, or another body by name.")
    if draft.done_on and draft.done_on > today(session):
        raise Invalid(f"{draft.done_on:%B %-d, %Y} is still to come. Leave 'done on' blank until it is done.")


def _columns(draft: CommitmentDraft) -> dict[str, object]:
    written: dict[str, str] = {}
    if draft.owed_by is None:
        written["owed_by"] = draft.owed_by_words
    if draft.due_on is None and draft.due_words:
        written["due_on"] = draft.due_words
    return draft.model_dump(exclude={"owed_by_words", "due_words", "key"}) | {"as_written": written}


def _id(commitment: Commitment) -> int:
    assert commitment.id is not None  # it was flushed
    return commitment.id
