"""Barriers: what gets in the way, the voices behind it, who owns it together, solutions, actions, verdicts."""

from datetime import date, datetime

from sqlmodel import Field

from erp.models import base
from erp.models.base import Recorded, Table, Voidable
from erp.vocabulary import BarrierState, Verdict


class Barrier(Table, Recorded, Voidable, table=True):
    """Something that gets in the way, in partners' words. `state` repeats the newest step.

    `issue`, `practice`: entries of the CAPP lists, "" where not placed, each with the version it was placed under.
    `affected`: communities, never persons.
    """

    id: int | None = Field(default=None, primary_key=True)
    words: str
    said_by: str = ""
    named_on: date = Field(index=True)
    affected: str = ""
    issue: str = Field(default="", index=True)
    issue_version: str = ""
    practice: str = ""
    practice_version: str = ""
    state: BarrierState = base.words(BarrierState, default=BarrierState.NAMED, index=True)


class BarrierStep(Table, table=True):
    """One step of a barrier: its new state, on which day, and what was said."""

    __tablename__ = "barrier_step"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    barrier_id: int = Field(foreign_key="barrier.id", index=True)
    step: BarrierState = base.words(BarrierState)
    on_day: date
    said: str = ""
    recorded_at: datetime
    recorded_by: int | None = None


class BarrierEvidence(Table, Recorded, Voidable, table=True):
    """What shows a barrier: a feedback item, a point of an engagement in its words then, or a finding of a review."""

    __tablename__ = "barrier_evidence"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    barrier_id: int = Field(foreign_key="barrier.id", index=True)
    item_id: int | None = Field(default=None, foreign_key="feedback_item.id", index=True)
    engagement_id: int | None = Field(default=None, foreign_key="engagement.id", index=True)
    point: str = ""
    finding_id: int | None = Field(default=None, foreign_key="review_finding.id", index=True)


class BarrierOwner(Table, Recorded, Voidable, table=True):
    """Who owns a barrier: somebody of the county, or a partner. `until_on`: the last day they did."""

    __tablename__ = "barrier_owner"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    barrier_id: int = Field(foreign_key="barrier.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    role: str = ""
    until_on: date | None = None


class BarrierOption(Table, Recorded, Voidable, table=True):
    """A way to solve it, with who proposed it: a partner, or in words. `taken`, `answer`: what became of it and why."""

    __tablename__ = "barrier_option"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    barrier_id: int = Field(foreign_key="barrier.id", index=True)
    what: str
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    proposed_by: str = ""
    taken: bool | None = None
    answer: str = ""


class BarrierAction(Table, Recorded, Voidable, table=True):
    """What one of the owners does about it, by when. `dropped`: why it is not done any more."""

    __tablename__ = "barrier_action"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    barrier_id: int = Field(foreign_key="barrier.id", index=True)
    what: str
    owner_id: int = Field(foreign_key="barrier_owner.id", index=True)
    due_on: date = Field(index=True)
    done_on: date | None = None
    dropped: str = ""


class BarrierVerdict(Table, Recorded, Voidable, table=True):
    """A partner that was asked in a step whether it is gone, and what it said, in its words; None: not answered yet."""

    __tablename__ = "barrier_verdict"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    barrier_id: int = Field(foreign_key="barrier.id", index=True)
    step_id: int = Field(foreign_key="barrier_step.id", index=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    verdict: Verdict | None = base.words(Verdict, default=None, nullable=True)
    said: str = ""
    on_day: date | None = None
