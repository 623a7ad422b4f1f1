"""Decisions: recording one with the voices behind it, changing, telling everyone, checking whether it worked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.decisions import Decision, DecisionSource, DecisionTelling
from erp.models.feedback import FeedbackItem
from erp.queries.decisions import decision_detail
from erp.queries.following import TOLD
from erp.queries.visible import decisions_visible_to
from erp.services.barriers import visible_barrier
from erp.services.checks import refuse_future, refuse_stale, refuse_void_twice, refuse_voided
from erp.services.drafts import Draft
from erp.services.engagements import visible_engagement
from erp.services.feedback import StepDraft, feedback_steps, take_step, visible_feedback
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
from erp.states import FEEDBACK_TRANSITIONS
from erp.vocabulary import FeedbackState, RecordKind, Verb, Worked

S = FeedbackState
#: The fields of a draft that are voices behind it.
_VOICES = {"items", "points", "barriers"}


class DecisionDraft(Draft):
    """A decision as entered. `items`: feedback behind it; `points`: engagement and words of discussion points;
    `barriers`: those it is about."""

    what: str
    why: str = ""
    decided_by: str
    decided_on: date
    policy: str = ""
    practice: str = ""
    training: str = ""
    check_on: date | None = None
    items: tuple[int, ...] = ()
    points: tuple[tuple[int, str], ...] = ()
    barriers: tuple[int, ...] = ()


def record_decision(session: Session, actor: Actor, draft: DecisionDraft, *, token: str = "") -> Decision:
    """Record a decision with the voices behind it; the same form twice answers with the first record.

    Raises: NotAllowed, NotFound (a voice that is not here), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.DECISION)
    already = saved_before(session, token, draft)
    if already is not None:
        return visible_decision(session, actor, already)
    _check(session, actor, draft)
    decision = Decision(recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump(exclude=_VOICES))
    session.add(decision)
    session.flush()
    _keep_sources(session, decision, draft)
    after = snapshot(decision, **_told(draft))
    record_change(session, actor, "record", RecordKind.DECISION, decision.id, after=after)
    remember_save(session, token, RecordKind.DECISION, _id(decision), draft)
    session.flush()
    return decision


def change_decision(session: Session, actor: Actor, decision_id: int, version: int, draft: DecisionDraft) -> Decision:
    """Correct a decision and the voices behind it. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    decision = _open(session, actor, decision_id, version)
    _check(session, actor, draft, _draft_of(session, decision).barriers)
    before = snapshot(decision, **_told(_draft_of(session, decision)))
    revise(decision, version, draft.model_dump(exclude=_VOICES))
    _keep_sources(session, decision, draft)
    session.flush()
    after = snapshot(decision, **_told(draft))
    record_change(session, actor, "change", RecordKind.DECISION, decision_id, before=before, after=after)
    session.flush()
    return decision


def check_decision(
    session: Session, actor: Actor, decision_id: int, version: int, on: date, worked: Worked, words: str
) -> Decision:
    """Say whether a decision worked. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    decision = _open(session, actor, decision_id, version)
    refuse_future(session, on, "Enter the day it was looked at.")
    if on < decision.decided_on:
        raise Invalid("It was decided after that day. Enter a later one.")
    if not words.strip():
        raise Invalid("Say in a few words what shows that it worked, or that it did not.")
    values = {"checked_on": on, "worked": worked, "check_words": words.strip()}
    return change_record(session, actor, decision, version, "check", RecordKind.DECISION, values)


def tell_partner(
    session: Session, actor: Actor, decision_id: int, partner_id: int, on: date, how: str
) -> DecisionTelling:
    """Record that a partner who had a voice in it was told; twice is one telling.

    Raises: NotAllowed, NotFound, Invalid.
    """
    actor.require(Verb.CHANGE, RecordKind.DECISION)
    decision = visible_decision(session, actor, decision_id)
    refuse_voided(decision, "decision")
    if partner_id not in set(decision_detail(session, actor, decision_id).tellings["partner_id"].dropna()):
        raise NotFound("This partner had no voice in the decision. Add the point or the barrier they raised first.")
    here = select(DecisionTelling).where(
        DecisionTelling.decision_id == decision_id, DecisionTelling.partner_id == partner_id
    )
    if (done := session.exec(here.order_by(col(DecisionTelling.id))).first()) is not None:
        return done
    _check_telling(session, decision, on, how)
    telling = DecisionTelling(
        decision_id=decision_id,
        partner_id=partner_id,
        told_on=on,
        how=how.strip(),
        recorded_at=now(),
        recorded_by=actor.user_id,
    )
    session.add(telling)
    after = {"partner_id": partner_id, "told_on": on.isoformat(), "how": how.strip()}
    record_change(session, actor, "tell a partner", RecordKind.DECISION, decision_id, after=after)
    session.flush()
    return telling


def tell_givers(
    session: Session, actor: Actor, decision_id: int, item_ids: Sequence[int], on: date, how: str, said: str
) -> int:
    """Tell the givers of feedback behind a decision: their loops are decided and told. Returns how many.

    Those told already are left as they are. Raises: NotAllowed, NotFound, Invalid – then nobody is told.
    """
    actor.require(Verb.CHANGE, RecordKind.DECISION)
    decision = visible_decision(session, actor, decision_id)
    refuse_voided(decision, "decision")
    _check_telling(session, decision, on, how)
    if not said.strip():
        raise Invalid("Write what the givers are told.")
    behind = _draft_of(session, decision).items
    told = 0
    for item_id in item_ids:
        if item_id not in behind:
            raise NotFound("This feedback is not behind the decision.")
        item = visible_feedback(session, actor, item_id)
        if item.state in TOLD or item.voided_at is not None:
            continue
        _tell(session, actor, item, decision, on, how, said.strip())
        told += 1
    session.flush()
    return told


def void_decision(session: Session, actor: Actor, decision_id: int, version: int, reason: str) -> Decision:
    """Void a decision with a reason: from now on as if never entered."""
    return _set_void(session, actor, decision_id, version, need_reason(reason))


def restore_decision(session: Session, actor: Actor, decision_id: int, version: int) -> Decision:
    """Bring a voided decision back."""
    return _set_void(session, actor, decision_id, version, "")


def visible_decision(session: Session, actor: Actor, decision_id: int) -> Decision:
    """Load a decision the actor may see. Raises: NotFound."""
    found = session.exec(select(Decision).where(Decision.id == decision_id, decisions_visible_to(actor))).first()
    if found is None:
        raise NotFound("This decision is not here. It may have been moved, or the address is wrong.")
    return found


def _tell(
    session: Session, actor: Actor, item: FeedbackItem, decision: Decision, on: date, how: str, said: str
) -> None:
    """Take the steps of one loop that are missing: decided, unless the same was decided before, and told."""
    item_id = item.id or 0
    if item.decision != decision.what and S.DECIDED in FEEDBACK_TRANSITIONS[item.state]:
        day = max(decision.decided_on, item.received_on or decision.decided_on)
        latest = _last_day(session, actor, item_id, day)
        take_step(session, actor, item_id, item.version, S.DECIDED, StepDraft(on_day=latest, said=decision.what))
    day = _last_day(session, actor, item_id, on)
    take_step(session, actor, item_id, item.version, S.TOLD, StepDraft(on_day=day, how=how, said=said))


def _last_day(session: Session, actor: Actor, item_id: int, day: date) -> date:
    """Return the day, or a later one on which the step before it was."""
    visible_feedback(session, actor, item_id)
    days = [step.on_day for step in feedback_steps(session, item_id) if step.on_day is not None]
    return max([day, *days])


def _keep_sources(session: Session, decision: Decision, draft: DecisionDraft) -> None:
    """Keep the voices in the order of the draft; those taken out stay as voided, for the decision stays as closed."""
    for source in _sources(session, decision):
        source.voided_at = now()
    rows: list[dict[str, Any]] = [{"item_id": number} for number in dict.fromkeys(draft.items)]
    rows += [{"engagement_id": number, "point": words} for number, words in dict.fromkeys(draft.points)]
    rows += [{"barrier_id": number} for number in dict.fromkeys(draft.barriers)]
    session.add_all(DecisionSource(decision_id=_id(decision), **row) for row in rows)
    session.flush()


def _sources(session: Session, decision: Decision) -> Sequence[DecisionSource]:
    here = (DecisionSource.decision_id == decision.id, col(DecisionSource.voided_at).is_(None))
    return session.exec(select(DecisionSource).where(*here).order_by(col(DecisionSource.id))).all()


def _draft_of(session: Session, decision: Decision) -> DecisionDraft:
    sources = _sources(session, decision)
    fields = decision.model_dump(include=set(DecisionDraft.model_fields))
    return DecisionDraft(
        **fields,
        items=tuple(s.item_id for s in sources if s.item_id is not None),
        points=tuple((s.engagement_id, s.point) for s in sources if s.engagement_id is not None),
        barriers=tuple(s.barrier_id for s in sources if s.barrier_id is not None),
    )


def _told(draft: DecisionDraft) -> dict[str, object]:
    points = [list(point) for point in draft.points]
    return {"items": list(draft.items), "points": points, "barriers": list(draft.barriers)}


def _check(session: Session, actor: Actor, draft: DecisionDraft, held: tuple[int, ...] = ()) -> None:
    if not draft.what:
        raise Invalid("Say what was decided, as those who spoke up should read it.")
    if not draft.decided_by:
        raise Invalid("Say who decided it: a person's role, a team, a forum.")
    refuse_future(session, draft.decided_on, "Enter the day it was decided.")
    if not draft.items and not draft.points and not draft.barriers:
        raise Invalid("Choose at least one voice behind it: feedback, a point of a meeting, or a barrier.")
    if draft.check_on is not None and draft.check_on < draft.decided_on:
        raise Invalid("The later check may not come before the decision.")
    for item_id in draft.items:
        visible_feedback(session, actor, item_id)
    for engagement_id, _ in draft.points:
        visible_engagement(session, actor, engagement_id)
    for barrier_id in draft.barriers:
        barrier = visible_barrier(session, actor, barrier_id)
        if barrier_id not in held:
            refuse_voided(barrier, "barrier")


def _check_telling(session: Session, decision: Decision, on: date, how: str) -> None:
    refuse_future(session, on, "Enter the day they were told.")
    if on < decision.decided_on:
        raise Invalid("It was decided after that day. Enter a later one.")
    if not how.strip():
        raise Invalid("Say how they were told.")


def _open(session: Session, actor: Actor, decision_id: int, version: int) -> Decision:
    actor.require(Verb.CHANGE, RecordKind.DECISION)
    decision = visible_decision(session, actor, decision_id)
    refuse_stale(decision, version, "decision")
    refuse_voided(decision, "decision")
    return decision


def _set_void(session: Session, actor: Actor, decision_id: int, version: int, reason: str) -> Decision:
    actor.require(Verb.ARCHIVE, RecordKind.DECISION)
    decision = visible_decision(session, actor, decision_id)
    refuse_stale(decision, version, "decision")
    refuse_void_twice(decision, "decision", restoring=not reason)
    return set_void(session, actor, decision, version, RecordKind.DECISION, reason, lambda *_: None)


def _id(decision: Decision) -> int:
    assert decision.id is not None  # it was flushed
    return decision.id
