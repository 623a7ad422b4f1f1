"""Barriers: the register, and one with what shows it, who owns it, ways to solve it, actions and verdicts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
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
from erp.models.contacts import Forum
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.reviews import ReviewFinding
from erp.queries.county import today
from erp.queries.visible import barriers_visible_to
from erp.vocabulary import BarrierState, Readers, RecordKind, Verb

S = BarrierState
#: Groups of the register: key → label and the states in it. The first is what a register opens with.
GROUPS: Mapping[str, tuple[str, tuple[BarrierState, ...]]] = {
    "open": ("Open", (S.NAMED, S.TAKEN_UP, S.ASKED, S.BACK)),
    "named": ("Named, nobody owns it yet", (S.NAMED, S.BACK)),
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


@dataclass(frozen=True)
class BarrierDetail:
    """One barrier as it reads; every part with part_id and version int, none of them voided, in the order they came.

    `evidence`: item_id, engagement_id, finding_id (one of them), review_id, words, where, said_on (date or None).
    `owners`: account_id, partner_id (one of them), name, role, until_on. `options`: what, partner_id, who, proposed_by,
    taken, answer. `actions`: what, owner_id, who, due_on, done_on, dropped. `verdicts`: partner_id, who, verdict, said,
    on_day. `steps`: step, on_day, said, by.
    """

    barrier_id: int
    version: int
    words: str
    said_by: str
    named_on: date
    affected: str
    issue: str
    issue_version: str
    practice: str
    practice_version: str
    state: BarrierState
    recorded_by: str
    voided: bool
    void_reason: str
    evidence: pd.DataFrame
    owners: pd.DataFrame
    options: pd.DataFrame
    actions: pd.DataFrame
    verdicts: pd.DataFrame
    steps: pd.DataFrame

    @property
    def owners_now(self) -> pd.DataFrame:
        """Those of `owners` who own it still."""
        return self.owners[self.owners["until_on"].isna()]


def barrier_detail(session: Session, actor: Actor, barrier_id: int) -> BarrierDetail:
    """Return one barrier. Raises: NotFound, the same whether it is not there or not for this person."""
    actor.require(Verb.SEE, RecordKind.BARRIER)
    found = session.execute(
        select(Barrier, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(Barrier.recorded_by))
        .where(col(Barrier.id) == barrier_id, barriers_visible_to(actor))
    ).first()
    if found is None:
        raise NotFound("This barrier is not here. It may have been moved, or the address is wrong.")
    barrier, recorded_by = found
    fields = ("version", "words", "said_by", "named_on", "affected", "issue", "issue_version", "practice")
    fields += ("practice_version", "state", "void_reason")
    return BarrierDetail(
        barrier_id=barrier_id,
        recorded_by=recorded_by or "",
        voided=barrier.voided_at is not None,
        evidence=_evidence(session, barrier_id),
        owners=_owners(session, barrier_id),
        options=_with_partner(session, BarrierOption, barrier_id, ["what", "proposed_by", "taken", "answer"]),
        actions=_actions(session, barrier_id),
        verdicts=_with_partner(session, BarrierVerdict, barrier_id, ["verdict", "said", "on_day"]),
        steps=_steps(session, barrier_id),
        **{name: getattr(barrier, name) for name in fields},
    )


def barriers_with(
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
    evidence = select(col(BarrierEvidence.barrier_id)).where(col(BarrierEvidence.voided_at).is_(None))
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
    """Return the barriers that a feedback item shows, as `barriers_with`."""
    return barriers_with(session, actor, item_id=item_id)


def barriers_of_engagement(session: Session, actor: Actor, engagement_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that points of an engagement show, as `barriers_with`."""
    return barriers_with(session, actor, engagement_id=engagement_id)


def barriers_of_review(session: Session, actor: Actor, review_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that findings of a review show, as `barriers_with`."""
    return barriers_with(session, actor, review_id=review_id)


def barriers_of_partner(session: Session, actor: Actor, partner_id: int) -> list[tuple[int, str, BarrierState]]:
    """Return the barriers that a partner owns or proposed a way to solve, as `barriers_with`."""
    return barriers_with(session, actor, partner_id=partner_id)


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
        .where(col(BarrierEvidence.barrier_id).in_(barrier_ids), col(BarrierEvidence.voided_at).is_(None))
        .group_by(col(BarrierEvidence.barrier_id))
    )
    return dict(session.execute(question).all())


def _actions_of(session: Session, barrier_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return how many actions are open, and how many of those are overdue."""
    this_day = today(session)
    question = select(col(BarrierAction.barrier_id), col(BarrierAction.due_on)).where(
        col(BarrierAction.barrier_id).in_(barrier_ids),
        col(BarrierAction.voided_at).is_(None),
        col(BarrierAction.done_on).is_(None),
        col(BarrierAction.dropped) == "",
    )
    found: dict[int, tuple[int, int]] = {}
    for number, due_on in session.execute(question):
        n, over = found.get(number, (0, 0))
        found[number] = (n + 1, over + (due_on < this_day))
    return found


def _frame(rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["part_id", "version", *columns], dtype=object)


def _evidence(session: Session, barrier_id: int) -> pd.DataFrame:
    question = (
        select(BarrierEvidence, FeedbackItem, Engagement, col(Forum.name), ReviewFinding)
        .outerjoin(FeedbackItem, col(FeedbackItem.id) == col(BarrierEvidence.item_id))
        .outerjoin(Engagement, col(Engagement.id) == col(BarrierEvidence.engagement_id))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .outerjoin(ReviewFinding, col(ReviewFinding.id) == col(BarrierEvidence.finding_id))
        .where(col(BarrierEvidence.barrier_id) == barrier_id, col(BarrierEvidence.voided_at).is_(None))
        .order_by(col(BarrierEvidence.id))
    )
    rows: list[tuple[Any, ...]] = []
    for part, item, meeting, forum, finding in session.execute(question):
        ids = (part.id, part.version, part.item_id, part.engagement_id, part.finding_id)
        if item is not None:
            words = item.translation or item.words
            rows.append((*ids, None, words, f"Feedback {item.key}", item.received_on))
        elif meeting is not None:
            where = forum or meeting.purpose or meeting.kind.label
            rows.append((*ids, None, part.point, f"A point at: {where}", meeting.held_on))
        elif finding is not None:
            rows.append((*ids, finding.review_id, finding.words, "A finding of a review", None))
    columns = ["item_id", "engagement_id", "finding_id", "review_id", "words", "where", "said_on"]
    return _frame(rows, columns)


def _owners(session: Session, barrier_id: int) -> pd.DataFrame:
    question = (
        select(BarrierOwner, func.coalesce(col(Account.name), col(Partner.name)))
        .outerjoin(Account, col(Account.id) == col(BarrierOwner.account_id))
        .outerjoin(Partner, col(Partner.id) == col(BarrierOwner.partner_id))
        .where(col(BarrierOwner.barrier_id) == barrier_id, col(BarrierOwner.voided_at).is_(None))
        .order_by(col(BarrierOwner.partner_id).is_not(None), col(BarrierOwner.id))
    )
    rows = [
        (owner.id, owner.version, owner.account_id, owner.partner_id, name, owner.role, owner.until_on)
        for owner, name in session.execute(question)
    ]
    return _frame(rows, ["account_id", "partner_id", "name", "role", "until_on"])


def _with_partner(session: Session, table: Any, barrier_id: int, columns: list[str]) -> pd.DataFrame:
    question = (
        select(table, col(Partner.name))
        .outerjoin(Partner, col(Partner.id) == table.partner_id)
        .where(table.barrier_id == barrier_id, table.voided_at.is_(None))
        .order_by(table.id)
    )
    rows = [
        (part.id, part.version, part.partner_id, name or "", *(getattr(part, column) for column in columns))
        for part, name in session.execute(question)
    ]
    return _frame(rows, ["partner_id", "who", *columns])


def _actions(session: Session, barrier_id: int) -> pd.DataFrame:
    question = (
        select(BarrierAction, func.coalesce(col(Account.name), col(Partner.name)))
        .join(BarrierOwner, col(BarrierOwner.id) == col(BarrierAction.owner_id))
        .outerjoin(Account, col(Account.id) == col(BarrierOwner.account_id))
        .outerjoin(Partner, col(Partner.id) == col(BarrierOwner.partner_id))
        .where(col(BarrierAction.barrier_id) == barrier_id, col(BarrierAction.voided_at).is_(None))
        .order_by(col(BarrierAction.due_on), col(BarrierAction.id))
    )
    rows = [
        (part.id, part.version, part.what, part.owner_id, name, part.due_on, part.done_on, part.dropped)
        for part, name in session.execute(question)
    ]
    return _frame(rows, ["what", "owner_id", "who", "due_on", "done_on", "dropped"])


def _steps(session: Session, barrier_id: int) -> pd.DataFrame:
    question = (
        select(BarrierStep, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(BarrierStep.recorded_by))
        .where(col(BarrierStep.barrier_id) == barrier_id)
        .order_by(col(BarrierStep.id))
    )
    rows = [(step.step, step.on_day, step.said, by or "") for step, by in session.execute(question)]
    return pd.DataFrame(rows, columns=["step", "on_day", "said", "by"], dtype=object)
