"""Decisions: what was decided and why, the voices behind it, who was told, and whether it worked."""

from datetime import date, datetime

from sqlmodel import Field

from erp.models import base
from erp.models.base import Recorded, Table, Voidable
from erp.vocabulary import Worked


class Decision(Table, Recorded, Voidable, table=True):
    """Something the county, or county and partners, decided. `policy`, `practice`, `training`: what changed in each.

    `check_on`: the day by which somebody asks whether it worked; `worked`, `checked_on`, `check_words`: what was found.
    """

    id: int | None = Field(default=None, primary_key=True)
    what: str
    why: str = ""
    decided_by: str
    decided_on: date = Field(index=True)
    policy: str = ""
    practice: str = ""
    training: str = ""
    check_on: date | None = None
    checked_on: date | None = None
    worked: Worked | None = base.words(Worked, default=None, nullable=True)
    check_words: str = ""


class DecisionSource(Table, table=True):
    """One voice behind a decision: a feedback item, a barrier, or a point of an engagement, in its words then.

    Points are laid anew whenever their engagement is changed, so a point is known by its engagement and its words.
    `voided_at`: taken out again; the decision stays closed to whoever may not see it.
    """

    __tablename__ = "decision_source"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", index=True)
    item_id: int | None = Field(default=None, foreign_key="feedback_item.id", index=True)
    engagement_id: int | None = Field(default=None, foreign_key="engagement.id", index=True)
    point: str = ""
    barrier_id: int | None = Field(default=None, foreign_key="barrier.id", index=True)
    voided_at: datetime | None = None


class DecisionTelling(Table, table=True):
    """That a partner who had a voice in a decision was told. A giver of feedback is told by the item's own loop."""

    __tablename__ = "decision_telling"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", index=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    told_on: date
    how: str
    recorded_at: datetime
    recorded_by: int | None = None
