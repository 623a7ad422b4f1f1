"""Commitments ("promises"), owed by either side."""

from datetime import date

from sqlmodel import Field

from erp.models.base import Closable, Imported, Recorded, Table, Voidable, counted, words
from erp.vocabulary import Side


class Commitment(Table, Imported, Recorded, Voidable, Closable, table=True):
    """What somebody said they would do. `owed_by` None: another body, named in `as_written["owed_by"]`."""

    __table_args__ = (
        counted("commitment", "due_on", "done_on", "withdrawn_on", "closed", "recorded_by", "partner_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    what: str
    owed_by: Side | None = words(Side, nullable=True, default=None)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    engagement_id: int | None = Field(default=None, foreign_key="engagement.id", index=True)
    made_on: date | None = None
    due_on: date | None = Field(default=None, index=True)
    done_on: date | None = None
    withdrawn_on: date | None = None
    reason: str = ""
