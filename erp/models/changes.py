"""The append-only history of every change, the data revision, and saves already made."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from erp.models.base import Table, words
from erp.vocabulary import Door


class Change(Table, table=True):
    """Who changed what, when, from what to what, through which door. Triggers forbid altering or removing rows.

    `hash` covers the row and the hash before it, so that a removed or altered row is found by `erp verify`.
    """

    __table_args__ = (Index("ix_change_record", "record_kind", "record_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor_id: int | None = None
    actor_name: str
    door: Door = words(Door)
    verb: str
    record_kind: str
    record_id: int
    before: dict[str, object] | None = Field(default=None, sa_type=JSON)
    after: dict[str, object] | None = Field(default=None, sa_type=JSON)
    previous_hash: str
    hash: str


class ChangeHead(Table, table=True):
    """The end of the chain of changes (id 1): how many rows it has and the newest hash. A cut-off tail shows here."""

    __tablename__ = "change_head"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int = Field(default=1, primary_key=True)
    length: int = 0
    hash: str = ""


class DataRevision(Table, table=True):
    """A number (id 1) that every commit raises, so that kept figures are known to be current in every process."""

    __tablename__ = "data_revision"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int = Field(default=1, primary_key=True)
    number: int = 0


class Submission(Table, table=True):
    """A form that was saved. Its token makes a second, accidental save answer with the first one's record.

    `content`: SHA-256 of what was saved, so that other words typed into the same form elsewhere are not taken for it.
    """

    token: str = Field(primary_key=True)
    record_kind: str
    record_id: int
    at: datetime
    content: str = ""
