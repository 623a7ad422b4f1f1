"""Working on a barrier together: evidence, who owns it, ways to solve it, actions, and what partners say of it."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.accounts import Account
from erp.models.barriers import (
    Barrier,
    BarrierAction,
    BarrierEvidence,
    BarrierOption,
    BarrierOwner,
    BarrierStep,
    BarrierVerdict,
)
from erp.models.partners import Partner
from erp.services.barriers import (
    OWNED,
    EvidenceDraft,
    barrier_steps,
    check_evidence,
    move_barrier,
    require_owners,
    visible_barrier,
)
from erp.services.checks import known_partner, refuse_future
from erp.services.drafts import Draft
from erp.services.parts import PartOf, keep_partner, parts_of
from erp.vocabulary import BarrierState, RecordKind, Verdict

S = BarrierState


class OwnerDraft(Draft):
    """Who owns a barrier: an account of the county, or a partner; `role`: who of them, never a family's name."""

    account_id: int | None = None
    partner_id: int | None = None
    role: str = ""
    until_on: date | None = None


class OptionDraft(Draft):
    """A way to solve it: who proposed it, and later what became of it (`taken`) and why (`answer`)."""

    what: str
    partner_id: int | None = None
    proposed_by: str = ""
    taken: bool | None = None
    answer: str = ""


class ActionDraft(Draft):
    """What one of the owners does by when; `dropped`: why not any more."""

    what: str
    owner_id: int
    due_on: date
    done_on: date | None = None
    dropped: str = ""


class VerdictDraft(Draft):
    """What a partner who owns the barrier says of it."""

    partner_id: int
    verdict: Verdict
    said: str = ""
    on_day: date


def _check_evidence(session: Session, actor: Actor, barrier: Barrier, draft: EvidenceDraft, _: Any) -> None:
    check_evidence(session, actor, draft)
    for other in parts_of(session, EVIDENCE, _id(barrier)):
        if EvidenceDraft(**other.model_dump(include=set(EvidenceDraft.model_fields))) == draft:
            raise Invalid("This stands with the barrier already.")


def _check_owner(session: Session, _: Actor, barrier: Barrier, draft: OwnerDraft, was: BarrierOwner | None) -> None:
    if (draft.account_id is None) == (draft.partner_id is None):
        raise Invalid("Choose somebody of the county, or a partner.")
    refuse_future(session, draft.until_on, "Enter the last day they owned it.")
    if was is not None:
        if (draft.account_id, draft.partner_id) != (was.account_id, was.partner_id):
            raise Invalid("This is somebody else. End this one, and add who owns it now.")
        if draft.until_on is not None:
            _may_go(session, barrier, was)
        return
    if draft.partner_id is not None:
        known_partner(session, draft.partner_id)
    elif (account := session.get(Account, draft.account_id)) is None or account.disabled_at is not None:
        raise NotFound("This person is not here any more. Choose somebody else.")
    if any(
        (owner.account_id, owner.partner_id) == (draft.account_id, draft.partner_id) and owner.until_on is None
        for owner in parts_of(session, OWNER, _id(barrier))
    ):
        raise Invalid("They own it already.")


def _may_go(session: Session, barrier: Barrier, owner: BarrierOwner) -> None:
    if barrier.state is S.ASKED and owner.partner_id is not None:
        raise Invalid(
            "The partners are being asked whether it is gone; nobody leaves in between. Go on working on it first."
        )
    if barrier.state in OWNED:
        require_owners(session, _id(barrier), but_for=owner.id)


def _check_option(session: Session, _: Actor, __: Barrier, draft: OptionDraft, was: BarrierOption | None) -> None:
    if not draft.what:
        raise Invalid("Say what could be done.")
    if draft.partner_id is None and not draft.proposed_by:
        raise Invalid("Say who proposed it: a partner, or a role in words.")
    if draft.taken is not None and not draft.answer:
        raise Invalid("Say why it is taken up, or why not: who proposed it should read it.")
    keep_partner(session, draft.partner_id, was)


def _check_action(session: Session, _: Actor, barrier: Barrier, draft: ActionDraft, __: Any) -> None:
    if not draft.what:
        raise Invalid("Say what is done.")
    if draft.owner_id not in {owner.id for owner in parts_of(session, OWNER, _id(barrier))}:
        raise NotFound("Whoever does it owns the barrier. Add them to the owners first.")
    refuse_future(session, draft.done_on, "Enter the day it was done.")
    if draft.done_on is not None and draft.dropped:
        raise Invalid("It was done, or it is not done any more: leave one of the two blank.")


def _check_verdict(session: Session, _: Actor, barrier: Barrier, draft: VerdictDraft, was: Any) -> None:
    if was is not None:
        raise Invalid("What a partner said stays as it was said. Void it if it was entered by mistake.")
    if barrier.state is not S.ASKED:
        raise Invalid("The partners are not being asked now. Ask them first, or reopen the barrier.")
    if draft.partner_id not in _partners(session, barrier):
        raise Invalid("This partner does not own the barrier. Choose one that does.")
    if draft.partner_id in {each.partner_id for each in _said_since(session, barrier)}:
        raise Invalid("This partner said so already. Void it if it was entered by mistake.")
    if not draft.said:
        raise Invalid("Write down what they said, in their words.")
    refuse_future(session, draft.on_day, "Enter the day they said it.")
    if draft.on_day < (asked := _asked(session, barrier)).on_day:
        raise Invalid(f"They were asked on {asked.on_day:%B %-d, %Y}. Enter that day or a later one.")


def _follow(session: Session, actor: Actor, barrier: Barrier, verdict: BarrierVerdict) -> None:
    """Let the state follow from what partners said since they were asked: gone only where all of them say so."""
    if verdict.verdict is not Verdict.GONE:
        name = session.exec(select(Partner.name).where(Partner.id == verdict.partner_id)).one()
        said = f"{name}: {verdict.verdict.label}. {verdict.said}"
        move_barrier(session, actor, barrier, S.TAKEN_UP, verdict.on_day, said)
        return
    since = _said_since(session, barrier)
    if {each.partner_id for each in since} >= _partners(session, barrier):
        last = max(each.on_day for each in since)
        move_barrier(session, actor, barrier, S.GONE, last, "Every partner who owns it says so.")


def _said_since(session: Session, barrier: Barrier) -> list[BarrierVerdict]:
    """Return what partners said since they were asked."""
    asked = _asked(session, barrier)
    return [each for each in parts_of(session, VERDICT, _id(barrier)) if each.recorded_at >= asked.recorded_at]


def _keep_verdict(_: Session, barrier: Barrier, __: Any) -> None:
    if barrier.state is not S.ASKED:
        raise Invalid("The barrier's state followed from this. Take the next step instead: go on, or reopen it.")


def _asked(session: Session, barrier: Barrier) -> BarrierStep:
    """Return the step by which the partners were asked, of a barrier about which they are."""
    return [step for step in barrier_steps(session, _id(barrier)) if step.step is S.ASKED][-1]


def _partners(session: Session, barrier: Barrier) -> set[int]:
    owners = parts_of(session, OWNER, _id(barrier))
    return {owner.partner_id for owner in owners if owner.partner_id is not None and owner.until_on is None}


def _id(barrier: Barrier) -> int:
    assert barrier.id is not None  # it was loaded
    return barrier.id


def _part(table: Any, called: str, of: str, check: Any, **more: Any) -> PartOf:
    return PartOf(table, "barrier_id", RecordKind.BARRIER, called, of, visible_barrier, check, **more)


EVIDENCE = _part(BarrierEvidence, "evidence", "point", _check_evidence)
OWNER = _part(BarrierOwner, "owner", "role", _check_owner, before_void=_may_go)
OPTION = _part(BarrierOption, "option", "what", _check_option)
ACTION = _part(BarrierAction, "action", "what", _check_action)
VERDICT = _part(BarrierVerdict, "verdict", "said", _check_verdict, after=_follow, before_void=_keep_verdict)
