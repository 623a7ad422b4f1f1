"""Barriers: the register, and the barriers that a record shows or a partner takes part in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.barriers import (
    Barrier,
    BarrierAction,
    BarrierEvidence,
    BarrierOption,
    BarrierOwner,
    BarrierStep,
)
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.reviews import ReviewFinding, SystemReview
from erp.queries.county import today
from erp.queries.visible import barriers_visible_to
from erp.vocabulary import BarrierState, Readers, RecordKind, Verb

S = BarrierState
#: Groups of the register: key → label and the states in it. The first is what a register opens with.
GROUPS: Mapping[str, tuple[str, tuple[BarrierState, ...]]] = {
    "open": ("Open", (S.NAMED, S.TAKEN_UP, S.ASKED, S.BACK)),
    "named": ("Named or back, not taken up", (S.NAMED, S.BACK)),
    "taken_up": ("Worked on together", (S.TAKEN_UP,)),
    "asked": ("Partners are asked", (S.ASKED,)),
    "gone": ("Gone, partners say", (S.GONE,)),
    "set_aside": ("Set aside", (S.SET_ASIDE,)),
    "voided": ("Voided", ()),
}
#: States in which a barrier gets in the way.
OPEN_STATES = GROUPS["open"][1]


@dataclass(frozen=True)
class BarrierFilter:
    """Which barriers: a group; an entry of the CAPP issues ("none": not placed); a partner who takes part; an owner."""

    group: str = "open"
    issue: str = ""
    partner_id: int | None = None
    owner_id: int | None = None


BARRIER_COLUMNS = ["barrier_id", "words", "said_by", "named_on", "affected", "issue", "practice", "state", "since"]
BARRIER_COLUMNS += ["evidence", "owners", "open_actions", "overdue", "voided"]


def barrier_list(session: Session, actor: Actor, wanted: BarrierFilter, *, for_file: bool = False) -> pd.DataFrame:
    """Return barriers, one row each, those longest in their state first.

    `for_file`: without those shown by feedback that its giver opened to some only.

    Columns: barrier_id, evidence, open_actions, overdue int (evidence: pieces; actions by the county's day); words,
    said_by, affected; issue, practice (ids, "": not placed); named_on, since date (since when it is in its state);
    state BarrierState; owners (names); voided bool. Empty: the same columns, no rows.
    """
    actor.require(Verb.SEE, RecordKind.BARRIER)
    since = func.max(col(BarrierStep.on_day)).label("since")
    question = (
        select(Barrier, since)
        .join(BarrierStep, col(BarrierStep.barrier_id) == col(Barrier.id))
        .where(*_conditions(actor, wanted), *([col(Barrier.id).not_in(_for_some_only())] if for_file else []))
        .group_by(col(Barrier.id))
        .order_by(since, col(Barrier.id))
    )
    found = session.execute(question).all()
    ids = [barrier.id for barrier, _ in found]
    evidence, owners, actions = _counts(session, ids), owner_names(session, ids), _actions_of(session, ids)
    rows = [
        (b.id, b.words, b.said_by, b.named_on, b.affected, b.issue, b.practice, b.state, day, evidence.get(b.id, 0),
         ", ".join(owners.get(b.id, ())), *actions.get(b.id, (0, 0)), b.voided_at is not None)
        for b, day in found
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=BARRIER_COLUMNS, dtype=object)
    return frame.astype({"barrier_id": int, "evidence": int, "open_actions": int, "overdue": int, "voided": bool})


def group_counts(session: Session, actor: Actor, wanted: BarrierFilter) -> dict[str, int]:
    """Return how many barriers each group has, the other filters kept."""
    actor.require(Verb.SEE, RecordKind.BARRIER)
    counts: dict[str, int] = {}
    for group in GROUPS:
        narrowed = BarrierFilter(group, wanted.issue, wanted.partner_id, wanted.owner_id)
        question = select(func.count(col(Barrier.id))).where(*_conditions(actor, narrowed))
        counts[group] = session.scalar(question) or 0
    return counts


def _barriers_with(
    session: Session,
    actor: Actor,
    *,
    item_id: int | None = None,
    engagement_id: int | None = None,
    review_id: int | None = None,
    partner_id: int | None = None,
) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that this shows, or in which this partner takes part, as far as the actor may see them.

    Id, words, state; the newest first. Voided ones are left out.
    """
    if not actor.may(Verb.SEE, RecordKind.BARRIER):
        return []
    evidence = select(col(BarrierEvidence.barrier_id)).where(*counts_still())
    if item_id is not None:
        among: Any = evidence.where(col(BarrierEvidence.item_id) == item_id)
    elif engagement_id is not None:
        among = evidence.where(col(BarrierEvidence.engagement_id) == engagement_id)
    elif review_id is not None:
        of_review = select(col(ReviewFinding.id)).where(col(ReviewFinding.review_id) == review_id)
        among = evidence.where(col(BarrierEvidence.finding_id).in_(of_review))
    else:
        among = _of_partner(partner_id)
    question = (
        select(col(Barrier.id), col(Barrier.words), col(Barrier.state))
        .where(col(Barrier.id).in_(among), col(Barrier.voided_at).is_(None), barriers_visible_to(actor))
        .order_by(col(Barrier.named_on).desc(), col(Barrier.id).desc())
    )
    return [(number, words, state) for number, words, state in session.execute(question)]


def barriers_of_item(session: Session, actor: Actor, item_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that a feedback item shows, id, words and state, the newest first."""
    return _barriers_with(session, actor, item_id=item_id)


def barriers_of_engagement(session: Session, actor: Actor, engagement_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that points of an engagement show, id, words and state, the newest first."""
    return _barriers_with(session, actor, engagement_id=engagement_id)


def barriers_of_review(session: Session, actor: Actor, review_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that findings of a review show, id, words and state, the newest first."""
    return _barriers_with(session, actor, review_id=review_id)


def barriers_of_partner(session: Session, actor: Actor, partner_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that a partner owns or proposed a way to solve, id, words and state, the newest first."""
    return _barriers_with(session, actor, partner_id=partner_id)


def barriers_offered(session: Session, actor: Actor) -> dict[int, str]:
    """Return the barriers that a decision may come from, the newest first: id → words."""
    question = (
        select(col(Barrier.id), col(Barrier.words))
        .where(col(Barrier.voided_at).is_(None), barriers_visible_to(actor))
        .order_by(col(Barrier.named_on).desc(), col(Barrier.id).desc())
        .limit(200)
    )
    return dict(session.execute(question).all())


def owner_names(session: Session, barrier_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the names of those who own these barriers, which the caller may see: the county first."""
    question = (
        select(col(BarrierOwner.barrier_id), func.coalesce(col(Account.name), col(Partner.name)))
        .outerjoin(Account, col(Account.id) == col(BarrierOwner.account_id))
        .outerjoin(Partner, col(Partner.id) == col(BarrierOwner.partner_id))
        .where(
            col(BarrierOwner.barrier_id).in_(barrier_ids),
            col(BarrierOwner.voided_at).is_(None),
            col(BarrierOwner.until_on).is_(None),
        )
        .order_by(col(BarrierOwner.partner_id).is_not(None), col(BarrierOwner.id))
    )
    names: dict[int, list[str]] = {}
    for number, name in session.execute(question):
        names.setdefault(number, []).append(name)
    return names


def _conditions(actor: Actor, wanted: BarrierFilter) -> list[ColumnElement[bool]]:
    voided = wanted.group == "voided"
    conditions = [barriers_visible_to(actor), col(Barrier.voided_at).is_(None) != voided]
    if not voided:
        conditions.append(col(Barrier.state).in_(GROUPS[wanted.group][1]))
    if wanted.issue:
        conditions.append(col(Barrier.issue) == ("" if wanted.issue == "none" else wanted.issue))
    if wanted.partner_id is not None:
        conditions.append(col(Barrier.id).in_(_of_partner(wanted.partner_id)))
    if wanted.owner_id is not None:
        mine = select(col(BarrierOwner.barrier_id)).where(
            col(BarrierOwner.account_id) == wanted.owner_id,
            col(BarrierOwner.voided_at).is_(None),
            col(BarrierOwner.until_on).is_(None),
        )
        conditions.append(or_(col(Barrier.id).in_(mine), col(Barrier.recorded_by) == wanted.owner_id))
    return conditions


def _of_partner(partner_id: int | None) -> Any:
    owns, proposed = (
        select(col(part.barrier_id)).where(col(part.partner_id) == partner_id, col(part.voided_at).is_(None))
        for part in (BarrierOwner, BarrierOption)
    )
    return owns.union(proposed)


def _for_some_only() -> Any:
    return (
        select(col(BarrierEvidence.barrier_id))
        .join(FeedbackItem, col(FeedbackItem.id) == col(BarrierEvidence.item_id))
        .where(col(FeedbackItem.readers) != Readers.TEAM)
    )


def _counts(session: Session, barrier_ids: Collection[int]) -> dict[int, int]:
    question = (
        select(col(BarrierEvidence.barrier_id), func.count(col(BarrierEvidence.id)))
        .where(col(BarrierEvidence.barrier_id).in_(barrier_ids), *counts_still())
        .group_by(col(BarrierEvidence.barrier_id))
    )
    return dict(session.execute(question).all())


def counts_still() -> tuple[ColumnElement[bool], ...]:
    """Say that neither the piece of evidence nor what it points at was voided."""
    sources = (
        (BarrierEvidence.item_id, select(col(FeedbackItem.id)).where(col(FeedbackItem.voided_at).is_not(None))),
        (BarrierEvidence.engagement_id, select(col(Engagement.id)).where(col(Engagement.voided_at).is_not(None))),
        (
            BarrierEvidence.finding_id,
            select(col(ReviewFinding.id))
            .join(SystemReview, col(SystemReview.id) == col(ReviewFinding.review_id))
            .where(or_(col(ReviewFinding.voided_at).is_not(None), col(SystemReview.voided_at).is_not(None))),
        ),
    )
    voided = (func.coalesce(col(column), 0).in_(source) for column, source in sources)
    return (col(BarrierEvidence.voided_at).is_(None), *(~each for each in voided))


def _actions_of(session: Session, barrier_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return how many actions are open, and how many of those are overdue, of barriers that are open."""
    this_day = today(session)
    here = select(col(BarrierAction.barrier_id), col(BarrierAction.due_on))
    question = here.join(Barrier, col(Barrier.id) == col(BarrierAction.barrier_id)).where(
        col(BarrierAction.barrier_id).in_(barrier_ids),
        col(Barrier.state).in_(OPEN_STATES),
        col(BarrierAction.voided_at).is_(None),
        col(BarrierAction.done_on).is_(None),
        col(BarrierAction.dropped) == "",
    )
    found: dict[int, tuple[int, int]] = {}
    for number, due_on in session.execute(question):
        n, over = found.get(number, (0, 0))
        found[number] = (n + 1, over + (due_on < this_day))
    return found
