"""A row of planned engagements that comes round again: planned at once, changed or cancelled one by one or together.

Each of them is an engagement like any other; what joins them is `series`. One that was held, cancelled or voided, or
whose day is past, is no part of a later change, and one that was moved by itself keeps its day.
"""

import secrets
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.queries.county import today
from erp.queries.visible import engagements_visible_to
from erp.services.checks import tribe_at
from erp.services.commitments import CommitmentDraft
from erp.services.drafts import Draft
from erp.services.engagement_told import parts_of
from erp.services.engagements import (
    BehaviorShown,
    EngagementDraft,
    PartnerAt,
    PointDraft,
    cancel_engagement,
    change_engagement,
    log_engagement,
    visible_engagement,
)
from erp.services.feedback import FeedbackDraft
from erp.services.records import remember_save, saved_before
from erp.services.recurrence import counted_anew, day_of_turn, days_until
from erp.vocabulary import EngagementStatus, Reach, RecordKind, Repeats, Verb

#: Engagements that may be planned at once: ten years of a monthly table.
MOST_TURNS = 120
#: What a change never carries over to the others of a row: each has its own day and its own reference.
_ITS_OWN = {"status", "held_on", "when_words", "key"}
#: What those planned later have in common with the last one of a row, which may have been held.
_LIKE = (
    "kind", "held_at", "people", "county_people", "forum_id", "place", "remote", "language", "interpreter", "purpose",
)  # fmt: skip


class RowDraft(Draft):
    """How a planned engagement comes round again, and until which day."""

    repeats: Repeats
    until: date


def plan_row(
    session: Session,
    actor: Actor,
    draft: EngagementDraft,
    row: RowDraft,
    *,
    promises: tuple[CommitmentDraft, ...] = (),
    feedback: tuple[FeedbackDraft, ...] = (),
    token: str = "",
) -> Engagement:
    """Plan an engagement and all its repetitions; promises and feedback belong to the first. Returns the first.

    Raises: as `log_engagement`, and Invalid where it is not planned for a day, or for too many days.
    """
    already = saved_before(session, token, draft, row, *promises, *feedback)
    if already is not None:
        return visible_engagement(session, actor, already)
    days = turns(draft, row)
    series = secrets.token_hex(8)

    def plan(day: date, **came_up: Any) -> Engagement:
        one = draft.model_copy(update={"held_on": day} | ({} if came_up else {"key": ""}))
        turn = {"series": series, "repeats": row.repeats.value, "slot_on": day, "counted_from": days[0]}
        return log_engagement(session, actor, one, turn=turn, **came_up)

    first = plan(days[0], promises=promises, feedback=feedback)
    for day in days[1:]:
        plan(day)
    remember_save(session, token, RecordKind.ENGAGEMENT, _id(first), draft, row, *promises, *feedback)
    session.flush()
    return first


def turns(draft: EngagementDraft, row: RowDraft) -> list[date]:
    """Return the days of a row of planned engagements. Raises: Invalid."""
    if draft.status != EngagementStatus.PLANNED or draft.held_on is None:
        raise Invalid("Only what is planned for a day can repeat. Choose “Is planned” and a day, or do not repeat it.")
    days = days_until(row.repeats, draft.held_on, row.until)
    if len(days) < 2:
        raise Invalid("It does not come round before the last day. Choose a later last day, or do not repeat it.")
    return _not_too_many(days)


def plan_more(session: Session, actor: Actor, engagement_id: int, until: date) -> int:
    """Plan a row further, until a day, as its last engagement is. Returns how many were added.

    Days on which one of the row is planned or was held already, also one that the actor may not see, are left out.
    Raises: NotAllowed, NotFound, Conflict (it was voided), Invalid (it does not repeat, or not before that day).
    """
    actor.require(Verb.ADD, RecordKind.ENGAGEMENT)
    engagement = visible_engagement(session, actor, engagement_id)
    if engagement.voided_at is not None:
        raise Conflict("This engagement was voided. Open another one of the row, or restore it first.")
    row = _row(session, actor, engagement)
    last = ([each for each in row if each.status != EngagementStatus.CANCELLED] or row)[-1]
    taken = select(col(Engagement.slot_on)).where(
        Engagement.series == engagement.series,
        Engagement.status != EngagementStatus.CANCELLED,
        col(Engagement.voided_at).is_(None),
    )
    taken_on = set(session.exec(taken))
    days = [day for day in days_until(Repeats(last.repeats), _first(last), until) if day > _slot(last)]
    days = _not_too_many([day for day in days if day not in taken_on])
    if not days:
        raise Invalid(f"Every turn until {until:%B %-d, %Y} is planned already. Choose a later day.")
    known = draft_of(session, last)
    like = {name: getattr(known, name) for name in _LIKE}
    like["partners"] = tuple(PartnerAt(partner_id=there.partner_id) for there in known.partners)
    turn = {"series": last.series, "repeats": last.repeats, "counted_from": last.counted_from}
    for day in days:
        draft = EngagementDraft(**like, status=EngagementStatus.PLANNED, held_on=day)
        log_engagement(session, actor, draft, turn=turn | {"slot_on": day})
    return len(days)


def change_row(
    session: Session,
    actor: Actor,
    engagement_id: int,
    version: int,
    draft: EngagementDraft,
    reach: Reach,
    *,
    promises: tuple[CommitmentDraft, ...] = (),
    feedback: tuple[FeedbackDraft, ...] = (),
    token: str = "",
) -> Engagement:
    """Change an engagement of a row, and carry what was changed in it over to the others that `reach` says.

    The others keep what else they hold; of what are several (partners, points, behaviors) what was added is added to
    them and what was taken out is taken out. Moved to another day, it takes its row along: from the second Tuesday to
    the second Wednesday.
    Raises: as `change_engagement`, and Invalid where it is not planned any more, or where a Tribal government is at
    it and not at the others: what was written for the Tribe's record would be open to everybody in theirs.
    """
    actor.require(Verb.CHANGE, RecordKind.ENGAGEMENT)
    came_up = {"promises": promises, "feedback": feedback, "token": token}
    engagement = visible_engagement(session, actor, engagement_id)
    if reach is Reach.ONE or saved_before(session, token, draft, *promises, *feedback) == engagement_id:
        return change_engagement(session, actor, engagement_id, version, draft, **came_up)
    if {engagement.status, draft.status} != {EngagementStatus.PLANNED}:
        raise Invalid("Only what stays planned changes together with others. Change only this one.")
    was, others = draft_of(session, engagement), _others(session, actor, engagement, reach)
    changed = [name for name, value in draft if name not in _ITS_OWN and value != getattr(was, name)]
    moved = draft.held_on is not None and draft.held_on != was.held_on
    turns_on = _turns_on(engagement, draft.held_on) if moved and draft.held_on is not None else None
    turn = turns_on(engagement) if turns_on else {}
    change_engagement(session, actor, engagement_id, version, draft, turn=turn, **came_up)
    is_closed = tribe_at(session, engagement_id, ()) is not None
    for other in others:
        own, turn = draft_of(session, other), {}
        values = {name: _carried(getattr(own, name), getattr(was, name), getattr(draft, name)) for name in changed}
        if turns_on:
            turn = turns_on(other)
            values |= {"held_on": turn["slot_on"]} if other.held_on == other.slot_on else {}
        new = own.model_copy(update=values)
        if new != own or turn:
            change_engagement(session, actor, _id(other), other.version, new, turn=turn)
        if is_closed and tribe_at(session, _id(other), ()) is None:
            raise Invalid(
                "A Tribal government is part of this engagement and not of all the others: what you write here would "
                "be open to everybody there. Change only this one."
            )
    return engagement


def _carried(own: Any, was: Any, becomes: Any) -> Any:
    """Return what another of the row holds after a change; of several, only what was added, taken out or altered."""
    if not isinstance(becomes, tuple):
        return becomes
    before = {_which(each): each for each in was}
    new = {_which(each): each for each in becomes if each not in was}
    stay = [
        _altered(each, before.get(_which(each)), new.pop(_which(each), each))
        for each in own
        if _which(each) not in before or _which(each) in {_which(kept) for kept in becomes}
    ]
    return (*stay, *new.values())


def _altered(own: Any, was: Any, becomes: Any) -> Any:
    """Return another's part with the fields that were altered in this one; the whole new one where it had none."""
    if not isinstance(becomes, Draft) or was is None:
        return becomes
    return own.model_copy(update={name: value for name, value in becomes if value != getattr(was, name)})


def _which(part: Any) -> Any:
    """Return what tells a partner, a behavior or a point of an engagement from the others."""
    return getattr(part, "partner_id", None) or getattr(part, "entry_id", None) or getattr(part, "what", None) or part


def cancel_row(session: Session, actor: Actor, engagement_id: int, version: int, reach: Reach) -> Engagement:
    """Mark a planned engagement as cancelled, and the others of its row that `reach` says. Raises: as the one alone."""
    actor.require(Verb.CHANGE, RecordKind.ENGAGEMENT)
    engagement = visible_engagement(session, actor, engagement_id)
    for other in _others(session, actor, engagement, reach):
        cancel_engagement(session, actor, _id(other), other.version)
    return cancel_engagement(session, actor, engagement_id, version)


def draft_of(session: Session, engagement: Engagement) -> EngagementDraft:
    """Return an engagement as it would be entered anew."""
    rows = partial(parts_of, session, engagement)
    plain = {name: getattr(engagement, name) for name in EngagementDraft.model_fields if hasattr(engagement, name)}
    points = sorted(rows(DiscussionPoint), key=lambda point: point.position)
    return EngagementDraft.of(
        **plain
        | {
            "when_words": engagement.as_written.get("held_on", "") if engagement.held_on is None else "",
            "partners": tuple(
                PartnerAt(partner_id=there.partner_id, two_way=there.two_way)
                for there in rows(EngagementPartner)
                if there.partner_id is not None
            ),
            "people": tuple(person.contact_id for person in rows(EngagementPerson)),
            "points": tuple(PointDraft(**point.model_dump(include=set(PointDraft.model_fields))) for point in points),
            "behaviors": tuple(BehaviorShown(entry_id=b.entry_id, evidence=b.evidence) for b in rows(BehaviorTag)),
            "topics": tuple(topic.entry_id for topic in rows(TopicTag)),
        }
    )


def _row(session: Session, actor: Actor, engagement: Engagement) -> list[Engagement]:
    """Return the engagements of a row that the actor may see and that were not voided, by their turns."""
    if not engagement.series:
        raise Invalid("This engagement does not repeat. Log another like it instead.")
    mine = (Engagement.series == engagement.series, col(Engagement.voided_at).is_(None), engagements_visible_to(actor))
    return list(session.exec(select(Engagement).where(*mine).order_by(col(Engagement.slot_on), col(Engagement.id))))


def _others(session: Session, actor: Actor, engagement: Engagement, reach: Reach) -> list[Engagement]:
    """Return those of its row that are still to come, without itself, that a change of this reach is for."""
    if reach is Reach.ONE:
        return []
    this_day = today(session)
    return [
        other
        for other in _row(session, actor, engagement)
        if other.id != engagement.id
        and other.status == EngagementStatus.PLANNED
        and (other.held_on or _slot(other)) >= this_day  # what is past waits to be recorded as it was
        and (reach is Reach.ALL or _slot(other) > _slot(engagement))
    ]


def _turns_on(engagement: Engagement, day: date) -> Callable[[Engagement], dict[str, date]]:
    """Return how the turns of a row follow once one is moved to a day: an engagement's new columns. Asked before that.

    One that was moved off the grid before, with those after it, goes by the turn next to it.
    """
    repeats, first = Repeats(engagement.repeats), _first(engagement)
    grid = {day_of_turn(repeats, first, turn): turn for turn in range(-MOST_TURNS, MOST_TURNS + 1)}
    anchor, here = counted_anew(repeats, first, day)

    def turn_of(slot: date) -> int:
        return grid[min(grid, key=lambda known: abs(known - slot))]

    was = turn_of(_slot(engagement))

    def moved(other: Engagement) -> dict[str, date]:
        turn = here + turn_of(_slot(other)) - was
        return {"counted_from": anchor, "slot_on": day_of_turn(repeats, anchor, turn)}

    return moved


def _first(engagement: Engagement) -> date:
    assert engagement.counted_from is not None  # every one of a row has it
    return engagement.counted_from


def _slot(engagement: Engagement) -> date:
    assert engagement.slot_on is not None  # every one of a row has its turn
    return engagement.slot_on


def _not_too_many(days: list[date]) -> list[date]:
    if len(days) > MOST_TURNS:
        raise Invalid(f"That would be {len(days)} engagements; {MOST_TURNS} at most. Choose an earlier last day.")
    return days


def _id(engagement: Engagement) -> int:
    assert engagement.id is not None  # it was flushed
    return engagement.id
