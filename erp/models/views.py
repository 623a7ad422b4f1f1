"""Filters of a list that somebody keeps under a name."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from erp.models.base import Table


class SavedView(Table, table=True):
    """A list as one account wants to find it again: the page and what stood in its address.

    Its owner's own bookmark, no record, and so not in the history of changes. One that is not wanted any more keeps
    its row.
    """

    __tablename__ = "saved_view"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    page: str
    name: str
    address: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    saved_at: datetime
    removed_at: datetime | None = None
