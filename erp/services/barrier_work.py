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
    BarrierVerdict,
)
from erp.models.partners import Partner
from erp.services.barriers import (
    ANSWERED,
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
from erp.states import BARRIER_TRANSITIONS
from erp.vocabulary import BarrierState, RecordKind, Verdict

S = BarrierState
#: What is told where a partner sends it back.
NOT_GONE = "a partner says that it is not gone"


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
    """What a partner that was asked says of the barrier; None with blank words: it has not answered after all."""

    verdict: Verdict | None = None
    said: str = ""
    on_day: date | None = None


def _check_evidence(session: Session, actor: Actor, barrier: Barrier, draft: EvidenceDraft, _: Any) -> None:
    check_evidence(session, actor, draft)
    for other in parts_of(session, EVIDENCE, _id(barrier)):
        if EvidenceDraft(**other.model_dump(include=set(EvidenceDraft.model_fields))) == draft:
            raise Invalid("This stands with the barrier already.")


def _check_owner(session: Session, _: Actor, barrier: Barrier, draft: OwnerDraft, was: BarrierOwner | None) -> None:
    if (draft.account_id is None) == (draft.partner_id is None):
        raise Invalid("Choose somebody of the county, or a partner.")
    refuse_future(session, draft.until_on, "Enter the last day they owned it.")
    if draft.until_on is not None and draft.until_on < barrier.named_on:
        raise Invalid(f"The barrier was named on {barrier.named_on:%B %-d, %Y}. They owned it until then or longer.")
    if was is not None and (draft.account_id, draft.partner_id) != (was.account_id, was.partner_id):
        raise Invalid("This is somebody else. End this one, and add who owns it now.")
    if was is not None and was.until_on is None and draft.until_on is not None:
        _may_go(session, barrier, was)
    if draft.until_on is not None or (was is not None and was.until_on is None):
        return
    if any(
        (owner.account_id, owner.partner_id) == (draft.account_id, draft.partner_id) and owner.until_on is None
        for owner in parts_of(session, OWNER, _id(barrier))
    ):
        raise Invalid("They own it already.")
    if draft.partner_id is not None:
        _not_while_asked(barrier)
        known_partner(session, draft.partner_id)
    elif (account := session.get(Account, draft.account_id)) is None or account.disabled_at is not None:
        raise NotFound("This person is not here any more. Choose somebody else.")


def _may_go(session: Session, barrier: Barrier, owner: BarrierOwner) -> None:
    if owner.until_on is not None:  # they left before
        return
    if owner.partner_id is not None:
        _not_while_asked(barrier)
    if any(action.done_on is None and not action.dropped for action in _actions_of(session, barrier, owner)):
        raise Invalid(
            "They have an action that is not done. Give it to somebody else, or say why it is not done any more."
        )
    if barrier.state in OWNED:
        require_owners(session, _id(barrier), but_for=owner.id)


def _not_while_asked(barrier: Barrier) -> None:
    if barrier.state in ANSWERED:
        raise Invalid(
            "Partners are being asked, or said that it is gone; who of them owns it stays as it is. Go on working on "
            "it, or reopen it first."
        )


def _actions_of(session: Session, barrier: Barrier, owner: BarrierOwner) -> list[BarrierAction]:
    return [action for action in parts_of(session, ACTION, _id(barrier)) if action.owner_id == owner.id]


def _check_option(session: Session, _: Actor, __: Barrier, draft: OptionDraft, was: BarrierOption | None) -> None:
    if not draft.what:
        raise Invalid("Say what could be done.")
    if draft.partner_id is None and not draft.proposed_by:
        raise Invalid("Say who proposed it: a partner, or a role in words.")
    if draft.taken is not None and not draft.answer:
        raise Invalid("Say why it is taken up, or why not: who proposed it should read it.")
    keep_partner(session, draft.partner_id, was)


def _check_action(session: Session, _: Actor, barrier: Barrier, draft: ActionDraft, was: BarrierAction | None) -> None:
    if not draft.what:
        raise Invalid("Say what is done.")
    owners = {owner.id for owner in parts_of(session, OWNER, _id(barrier)) if owner.until_on is None}
    if draft.owner_id not in owners and (was is None or was.owner_id != draft.owner_id):
        raise NotFound("Whoever does it owns the barrier. Add them to the owners first.")
    refuse_future(session, draft.done_on, "Enter the day it was done.")
    if draft.done_on is not None and draft.dropped:
        raise Invalid("It was done, or it is not done any more: leave one of the two blank.")


def _check_verdict(
    session: Session, _: Actor, barrier: Barrier, draft: VerdictDraft, was: BarrierVerdict | None
) -> None:
    if was is None:
        raise Invalid("Ask the partners first; then each of them has a line for what it says.")
    asked = barrier_steps(session, _id(barrier))[-1]
    if barrier.state is not S.ASKED or was.step_id != asked.id:
        raise Invalid("What was said then stays as it was said. Ask the partners anew, or reopen the barrier.")
    if draft.verdict is None:
        if draft.said:
            raise Invalid("Choose what they say; or, where they have not answered after all, blank their words, too.")
        return
    if not draft.said:
        raise Invalid("Write down what they said, in their words.")
    if draft.on_day is None:
        raise Invalid("Enter the day they said it.")
    refuse_future(session, draft.on_day, "Enter the day they said it.")
    if draft.on_day < asked.on_day:
        raise Invalid(f"They were asked on {asked.on_day:%B %-d, %Y}. Enter that day or a later one.")


def _answer(_: Session, draft: VerdictDraft, __: Any) -> dict[str, Any]:
    return draft.model_dump() | ({"on_day": None} if draft.verdict is None else {})


def _follow(session: Session, actor: Actor, barrier: Barrier, answer: BarrierVerdict) -> None:
    """Let the state follow from what partners say since they were asked: gone only where all of them say so."""
    since = [each for each in parts_of(session, VERDICT, _id(barrier)) if each.step_id == answer.step_id]
    if answer.verdict is not None and answer.verdict is not Verdict.GONE:
        name = session.exec(select(Partner.name).where(Partner.id == answer.partner_id)).one()
        said, day = f"{name}: {answer.verdict.label}. {answer.said}", answer.on_day or barrier.named_on
        move_barrier(session, actor, barrier, S.TAKEN_UP, day, said, NOT_GONE)
    elif since and all(each.verdict is Verdict.GONE for each in since):
        day = max(each.on_day for each in since if each.on_day is not None)
        verb = BARRIER_TRANSITIONS[S.ASKED][S.GONE]
        move_barrier(session, actor, barrier, S.GONE, day, "Every partner that was asked says so.", verb)


def _keep_verdict(_: Session, __: Barrier, ___: Any) -> None:
    raise Invalid("A partner that was asked stays asked. Where it has not answered after all, blank its answer.")


def _id(barrier: Barrier) -> int:
    assert barrier.id is not None  # it was loaded
    return barrier.id


def _part(table: Any, called: str, of: str, check: Any, **more: Any) -> PartOf:
    return PartOf(table, "barrier_id", RecordKind.BARRIER, called, of, visible_barrier, check, **more)


EVIDENCE = _part(BarrierEvidence, "evidence", "point", _check_evidence)
OWNER = _part(BarrierOwner, "owner", "role", _check_owner, before_void=_may_go)
OPTION = _part(BarrierOption, "option", "what", _check_option)
ACTION = _part(BarrierAction, "action", "what", _check_action)
VERDICT = _part(
    BarrierVerdict, "verdict", "said", _check_verdict, values=_answer, after=_follow, before_void=_keep_verdict
)
