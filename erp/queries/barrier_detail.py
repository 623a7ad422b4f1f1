"""One barrier: what shows it, who owns it, ways to solve it, actions, what partners say, and the steps it went."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, select
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
from erp.queries.barriers import counts_still
from erp.queries.visible import barriers_visible_to
from erp.vocabulary import BarrierState, RecordKind, Verb

S = BarrierState


@dataclass(frozen=True)
class BarrierDetail:
    """One barrier as it reads; every part with part_id and version int, in the order they came, voided ones left out.

    `evidence`: item_id, engagement_id, finding_id (one of them), review_id, words, where, said_on (date or None).
    `owners`: account_id, partner_id (one of them), name, role, until_on. `options`: what, partner_id, who, proposed_by,
    taken, answer. `actions`: what, owner_id, who, due_on, done_on, dropped. `verdicts`: partner_id, who, verdict (None:
    not answered), said, on_day, is_asked bool (it is being asked now). `steps`: step, on_day, said, by.
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
        verdicts=_verdicts(session, barrier_id, is_asked=barrier.state is S.ASKED),
        steps=_steps(session, barrier_id),
        **{name: getattr(barrier, name) for name in fields},
    )


def _frame(rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["part_id", "version", *columns], dtype=object)


def _evidence(session: Session, barrier_id: int) -> pd.DataFrame:
    question = (
        select(BarrierEvidence, FeedbackItem, Engagement, col(Forum.name), ReviewFinding)
        .outerjoin(FeedbackItem, col(FeedbackItem.id) == col(BarrierEvidence.item_id))
        .outerjoin(Engagement, col(Engagement.id) == col(BarrierEvidence.engagement_id))
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .outerjoin(ReviewFinding, col(ReviewFinding.id) == col(BarrierEvidence.finding_id))
        .where(col(BarrierEvidence.barrier_id) == barrier_id, *counts_still())
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


def _verdicts(session: Session, barrier_id: int, *, is_asked: bool) -> pd.DataFrame:
    rows = _with_partner(session, BarrierVerdict, barrier_id, ["verdict", "said", "on_day", "step_id"])
    now = rows["step_id"] == rows["step_id"].max() if is_asked and not rows.empty else [False] * len(rows)
    return rows.assign(is_asked=now).drop(columns="step_id")


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
