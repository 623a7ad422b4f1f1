"""Barriers: naming one, placing it, and its way from state to state. Which may follow which: BARRIER_TRANSITIONS."""

from datetime import date

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.accounts import Account
from erp.models.barriers import Barrier, BarrierEvidence, BarrierOwner, BarrierStep, BarrierVerdict
from erp.models.partners import Partner
from erp.models.reviews import ReviewFinding, SystemReview
from erp.queries.visible import barriers_visible_to, reviews_visible_to
from erp.services.checks import refuse_future, refuse_stale, refuse_void_twice, refuse_voided
from erp.services.drafts import Draft
from erp.services.engagements import visible_engagement
from erp.services.feedback import visible_feedback
from erp.services.placing import placed
from erp.services.records import (
    change_record,
    need_reason,
    now,
    record_change,
    remember_save,
    revise,
    saved_before,
    set_void,
    snapshot,
)
from erp.states import BARRIER_TRANSITIONS
from erp.vocabulary import BarrierState, RecordKind, Verb

S = BarrierState
#: States in which somebody of the county and a partner own the barrier.
OWNED = (S.TAKEN_UP, S.ASKED)
#: States in which partners are being asked, or said that it is gone.
ANSWERED = (S.ASKED, S.GONE)
#: What is told where the county goes on working without having every answer.
GO_ON = "go on working"


class BarrierDraft(Draft):
    """A barrier as entered: in partners' words, with who says so; `issue`, `practice`: entries of the CAPP lists."""

    words: str
    said_by: str = ""
    named_on: date
    affected: str = ""
    issue: str = ""
    practice: str = ""


class EvidenceDraft(Draft):
    """One piece of evidence: a feedback item, a point of an engagement in its words, or a finding of a review."""

    item_id: int | None = None
    engagement_id: int | None = None
    point: str = ""
    finding_id: int | None = None


def name_barrier(
    session: Session, actor: Actor, draft: BarrierDraft, evidence: tuple[EvidenceDraft, ...] = (), *, token: str = ""
) -> Barrier:
    """Name a barrier with what shows it; the same form twice answers with the first record.

    Raises: NotAllowed, NotFound (evidence that is not here), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.BARRIER)
    already = saved_before(session, token, draft, *evidence)
    if already is not None:
        return visible_barrier(session, actor, already)
    _check(session, draft)
    for each in evidence:
        check_evidence(session, actor, each)
    values = placed(session, draft.model_dump(), None)
    barrier = Barrier(recorded_at=now(), recorded_by=actor.user_id, **values)
    session.add(barrier)
    session.flush()
    session.add_all(
        BarrierEvidence(barrier_id=_id(barrier), recorded_at=now(), recorded_by=actor.user_id, **each.model_dump())
        for each in dict.fromkeys(evidence)
    )
    _add_step(session, actor, barrier, S.NAMED, draft.named_on, "")
    shown = [each.model_dump(exclude_defaults=True) for each in evidence]
    record_change(session, actor, "name", RecordKind.BARRIER, barrier.id, after=snapshot(barrier, evidence=shown))
    remember_save(session, token, RecordKind.BARRIER, _id(barrier), draft, *evidence)
    session.flush()
    return barrier


def change_barrier(session: Session, actor: Actor, barrier_id: int, version: int, draft: BarrierDraft) -> Barrier:
    """Correct the words of a barrier, who is affected, and where it is placed.

    Raises: NotAllowed, NotFound, Conflict, Invalid.
    """
    barrier = _open(session, actor, barrier_id, version)
    _check(session, draft)
    later = [each.on_day for each in barrier_steps(session, barrier_id) if each.step is not S.NAMED]
    if later and draft.named_on > min(later):
        raise Invalid(f"The next step was on {min(later):%B %-d, %Y}. It was named that day or earlier.")
    if draft.words != barrier.words and barrier.state in ANSWERED:
        raise Invalid(
            "Partners answer, or answered, about these words, so they stay. Go on with it, or reopen it first."
        )
    values = placed(session, draft.model_dump(), barrier)
    named = session.exec(
        select(BarrierStep).where(BarrierStep.barrier_id == barrier_id, BarrierStep.step == S.NAMED)
    ).one()
    named.on_day = draft.named_on
    return change_record(session, actor, barrier, version, "change", RecordKind.BARRIER, values)


def take_barrier_step(
    session: Session, actor: Actor, barrier_id: int, version: int, step: BarrierState, on: date, said: str
) -> Barrier:
    """Move a barrier to its next state. That it is gone follows from verdicts of partners alone.

    Raises: NotAllowed, NotFound, Conflict, Invalid (no such transition, nobody who owns it, no reason, a bad day).
    """
    barrier = _open(session, actor, barrier_id, version)
    if step not in BARRIER_TRANSITIONS[barrier.state]:
        may = ", ".join(BARRIER_TRANSITIONS[barrier.state].values())
        raise Invalid(f"This barrier is “{barrier.state.label}”. What can follow: {may}.")
    if step is S.GONE:
        raise Invalid("Only partners say that it is gone. Write down what each partner who owns it says.")
    if step in OWNED:
        require_owners(session, barrier_id)
    if not said.strip():
        raise Invalid(_SAY[step])
    verb = GO_ON if barrier.state is S.ASKED else BARRIER_TRANSITIONS[barrier.state][step]
    asked = partners_to_ask(session, barrier_id) if step is S.ASKED else []
    taken = move_barrier(session, actor, barrier, step, on, said.strip(), verb)
    session.add_all(
        BarrierVerdict(
            barrier_id=barrier_id,
            step_id=taken.id or 0,
            partner_id=number,
            recorded_at=now(),
            recorded_by=actor.user_id,
        )
        for number in asked
    )
    session.flush()
    return barrier


def move_barrier(
    session: Session, actor: Actor, barrier: Barrier, step: BarrierState, on: date, said: str, verb: str
) -> BarrierStep:
    """Move a barrier, which the caller has loaded for a change, to its next state. Raises: Invalid (a bad day)."""
    refuse_future(session, on, "Enter the day it happened.")
    last = max(each.on_day for each in barrier_steps(session, _id(barrier)))
    if on < last:
        raise Invalid(f"The step before it was on {last:%B %-d, %Y}. Enter that day or a later one.")
    before = snapshot(barrier)
    revise(barrier, barrier.version, {"state": step})
    taken = _add_step(session, actor, barrier, step, on, said)
    session.flush()
    after = snapshot(barrier) | {"on_day": on.isoformat(), "said": said}
    record_change(session, actor, verb, RecordKind.BARRIER, barrier.id, before=before, after=after)
    session.flush()
    return taken


def void_barrier(session: Session, actor: Actor, barrier_id: int, version: int, reason: str) -> Barrier:
    """Void a barrier with a reason: from now on as if never named."""
    return _set_void(session, actor, barrier_id, version, need_reason(reason))


def restore_barrier(session: Session, actor: Actor, barrier_id: int, version: int) -> Barrier:
    """Bring a voided barrier back."""
    return _set_void(session, actor, barrier_id, version, "")


def visible_barrier(session: Session, actor: Actor, barrier_id: int) -> Barrier:
    """Load a barrier the actor may see. Raises: NotFound."""
    found = session.exec(select(Barrier).where(Barrier.id == barrier_id, barriers_visible_to(actor))).first()
    if found is None:
        raise NotFound("This barrier is not here. It may have been moved, or the address is wrong.")
    return found


def barrier_steps(session: Session, barrier_id: int) -> list[BarrierStep]:
    """Return the steps of a barrier, which the caller has loaded as visible, in the order they were taken."""
    question = select(BarrierStep).where(BarrierStep.barrier_id == barrier_id)
    return list(session.exec(question.order_by(col(BarrierStep.id))))


def check_evidence(session: Session, actor: Actor, draft: EvidenceDraft) -> None:
    """Refuse evidence that is none, or is not for this person. Raises: Invalid, NotFound."""
    if [draft.item_id, draft.engagement_id, draft.finding_id].count(None) != 2:
        raise Invalid("Choose one thing that shows it: feedback, a point of a meeting, or a finding.")
    if draft.item_id is not None:
        refuse_voided(visible_feedback(session, actor, draft.item_id), "feedback")
    if draft.engagement_id is not None:
        refuse_voided(visible_engagement(session, actor, draft.engagement_id), "engagement")
        if not draft.point:
            raise Invalid("Choose the point of the meeting.")
    if draft.finding_id is not None:
        here = (
            select(ReviewFinding.id)
            .join(SystemReview, col(SystemReview.id) == col(ReviewFinding.review_id))
            .where(
                ReviewFinding.id == draft.finding_id,
                col(ReviewFinding.voided_at).is_(None),
                col(SystemReview.voided_at).is_(None),
                reviews_visible_to(actor),
            )
        )
        if session.exec(here).first() is None:
            raise NotFound("This finding is not here. Choose it again.")


def partners_to_ask(session: Session, barrier_id: int) -> list[int]:
    """Return the partners whose word is needed: those who own it, and those asked before since it was last gone.

    A partner that was asked once is asked again, also when it owns it no more: else the one who says that it is not
    gone could be left out. One that was put away as a partner is not asked.
    """
    steps = barrier_steps(session, barrier_id)
    since = max((step.id or 0 for step in steps if step.step is S.GONE), default=0)
    asked = select(BarrierVerdict.partner_id).where(
        BarrierVerdict.barrier_id == barrier_id, col(BarrierVerdict.step_id) > since
    )
    owning = [owner.partner_id for owner in _owners_now(session, barrier_id) if owner.partner_id is not None]
    here = select(Partner.id).where(
        col(Partner.id).in_([*owning, *session.exec(asked)]), col(Partner.archived_at).is_(None)
    )
    return [number for number in session.exec(here.order_by(col(Partner.id))) if number is not None]


def require_owners(session: Session, barrier_id: int, but_for: int | None = None) -> None:
    """Refuse where not both somebody of the county and a partner own a barrier; `but_for`: without this owner.

    Raises: Invalid.
    """
    owners = [owner for owner in _owners_now(session, barrier_id) if owner.id != but_for]
    if not any(owner.account_id for owner in owners) or not any(owner.partner_id for owner in owners):
        raise Invalid(
            "A barrier is worked on together: somebody of the county and a partner own it. Add who is missing."
        )


def _owners_now(session: Session, barrier_id: int) -> list[BarrierOwner]:
    """Return who owns it and is here: accounts that were closed and partners that were put away left out."""
    question = (
        select(BarrierOwner)
        .outerjoin(Account, col(Account.id) == col(BarrierOwner.account_id))
        .outerjoin(Partner, col(Partner.id) == col(BarrierOwner.partner_id))
        .where(
            BarrierOwner.barrier_id == barrier_id,
            col(BarrierOwner.voided_at).is_(None),
            col(BarrierOwner.until_on).is_(None),
            col(Account.disabled_at).is_(None),
            col(Partner.archived_at).is_(None),
        )
    )
    return list(session.exec(question))


_SAY = {
    S.TAKEN_UP: "Say what county and partners agreed to do about it.",
    S.ASKED: "Say what was done about it, as the partners should read it.",
    S.BACK: "Say how it came back, as whoever met it says.",
    S.SET_ASIDE: "Say why it is set aside, as the partners should read it.",
}


def _check(session: Session, draft: BarrierDraft) -> None:
    if not draft.words:
        raise Invalid("Say what gets in the way, in the words of those who meet it.")
    refuse_future(session, draft.named_on, "Enter the day it was named.")


def _open(session: Session, actor: Actor, barrier_id: int, version: int) -> Barrier:
    actor.require(Verb.CHANGE, RecordKind.BARRIER)
    barrier = visible_barrier(session, actor, barrier_id)
    refuse_stale(barrier, version, "barrier")
    refuse_voided(barrier, "barrier")
    return barrier


def _add_step(session: Session, actor: Actor, barrier: Barrier, step: BarrierState, on: date, said: str) -> BarrierStep:
    taken = BarrierStep(
        barrier_id=_id(barrier), step=step, on_day=on, said=said, recorded_at=now(), recorded_by=actor.user_id
    )
    session.add(taken)
    return taken


def _set_void(session: Session, actor: Actor, barrier_id: int, version: int, reason: str) -> Barrier:
    actor.require(Verb.ARCHIVE, RecordKind.BARRIER)
    barrier = visible_barrier(session, actor, barrier_id)
    refuse_stale(barrier, version, "barrier")
    refuse_void_twice(barrier, "barrier", restoring=not reason)
    return set_void(session, actor, barrier, version, RecordKind.BARRIER, reason, lambda *_: None)


def _id(barrier: Barrier) -> int:
    assert barrier.id is not None  # it was flushed
    return barrier.id
