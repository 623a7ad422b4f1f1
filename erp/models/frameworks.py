"""Versions of the practice frameworks: a county's own, and those that came with the program and were in use."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from erp.models.base import Recorded, Table


class FrameworkEdition(Table, Recorded, table=True):
    """A version of a framework with all of its entries. Once it has a day it never changes again.

    `from_on`: the day from which it is in force; None while it is being prepared. `shipped`: it came with the program,
    and is kept so that tags made under it keep their words when another release brings other ones; its day is the one
    on which it was first there. `begun_from`: the name of the version that a county's own one was begun from.
    """

    __tablename__ = "framework_edition"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table
    __table_args__ = (UniqueConstraint("framework", "edition"),)

    id: int | None = Field(default=None, primary_key=True)
    framework: str
    edition: str
    shipped: bool = False
    source: str
    about: str
    entries: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    from_on: date | None = None
    note: str = ""
    begun_from: str = Field(default="", sa_column_kwargs={"server_default": ""})
    given_up_at: datetime | None = None
