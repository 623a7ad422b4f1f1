"""Feedback items, the steps of their loop."""

from datetime import date, datetime

from sqlalchemy import false
from sqlmodel import Field

from erp.models import base
from erp.models.base import Closable, Imported, Recorded, Table, Voidable, counted
from erp.vocabulary import FeedbackKind, FeedbackState, FeedbackWay, LinkedAs, Readers, Signed


class FeedbackItem(Table, Imported, Recorded, Voidable, Closable, table=True):
    """What somebody told the county, in their words. `state` repeats the newest step so that queues are quick.

    `signed`, `readers`, `reader_id`, `may_quote`: what a giver chose on a public page. `withdrawn_at`: they took it
    back, and only they could. `paused_on`, `paused_because`: the targets rest since then; `paused_days`: for how long
    they rested before, since the loop began or began anew. `duplicate_of`: the same thing by the same giver, entered
    before; it takes part in no count.
    """

    __tablename__ = "feedback_item"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table
    __table_args__ = (
        counted(
            "feedback_item",
            "state",
            "received_on",
            "closed",
            "recorded_by",
            "partner_id",
            "readers",
            "reader_id",
            "assigned_to",
            "paused_on",
            "paused_days",
            "duplicate_of",
        ),
        base.partial("ix_feedback_item_duplicate_of", "duplicate_of", where="duplicate_of IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    person: str = ""
    anonymous: bool = False
    engagement_id: int | None = Field(default=None, foreign_key="engagement.id", index=True)
    way: FeedbackWay = base.words(FeedbackWay, default=FeedbackWay.OTHER)
    kind: FeedbackKind = base.words(FeedbackKind, default=FeedbackKind.OTHER)
    words: str
    language: str = ""
    translation: str = ""
    received_on: date | None = Field(default=None, index=True)
    decision: str = ""
    state: FeedbackState = base.words(FeedbackState, default=FeedbackState.RECEIVED, index=True)
    forum_id: int | None = Field(default=None, foreign_key="forum.id")
    signed: Signed = base.words(Signed, default=Signed.NOTED, server_default=Signed.NOTED.value)
    readers: Readers = base.words(Readers, default=Readers.TEAM, server_default=Readers.TEAM.value)
    reader_id: int | None = Field(default=None, foreign_key="account.id")
    may_quote: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    withdrawn_at: datetime | None = None
    assigned_to: int | None = Field(default=None, foreign_key="account.id")
    paused_on: date | None = None
    paused_because: str = ""
    paused_days: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    duplicate_of: int | None = Field(default=None, foreign_key="feedback_item.id")


class FeedbackStep(Table, table=True):
    """One step of the loop: what happened, on which day, how it was said, by whom.

    `counts` False: a day came without an answer (or the other way round) in a spreadsheet, so it is not telling.
    `position` orders steps of one item in the order in which they happened.
    """

    __tablename__ = "feedback_step"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table
    __table_args__ = (base.partial("ix_feedback_step_reopened", "item_id", "on_day", where="step = 'reopened'"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id", index=True)
    step: FeedbackState = base.words(FeedbackState)
    position: int
    on_day: date | None = None
    how: str = ""
    said: str = ""
    counts: bool = True
    recorded_at: datetime
    recorded_by: int | None = None


class FeedbackLink(Table, table=True):
    """Two items that belong together: the same thing said by several, or several things said by one giver."""

    __tablename__ = "feedback_link"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id", index=True)
    other_id: int = Field(foreign_key="feedback_item.id", index=True)
    linked_as: LinkedAs = base.words(LinkedAs)
    recorded_at: datetime
    recorded_by: int | None = None
    ended_at: datetime | None = None
