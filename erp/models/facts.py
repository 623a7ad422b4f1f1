"""The ledger of facts behind partnership health: what happened (on a day) and from when to when it was held true."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from erp.models.base import Table, partial


class Fact(Table, table=True):
    """One fact as known from `known_from` until `known_to` (None: still). Rows are closed, never changed.

    kinds: contact, promise, received, told, reopened, confirmed, rating, cadence. Columns per kind: docs/health.md.
    """

    __table_args__ = (
        Index("ix_fact_source", "kind", "source_id"),
        Index("ix_fact_partner", "partner_id", "kind", "known_to", "on_day"),
        # Only closed facts: the many open ones are read in one sweep, which an index would slow down.
        partial("ix_fact_closed", "known_to", where="known_to IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id")
    kind: str
    source_id: int
    on_day: date | None = None
    done_on: date | None = None
    withdrawn_on: date | None = None
    side: str = ""
    respondent: str = ""
    value: float | None = None
    marks_n: int = 0
    marks_shared: int = 0
    position: int = 0
    known_from: datetime
    known_to: datetime | None = None
