"""Commitments ("promises"), owed by either side."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from erp.models.base import Closable, Imported, Recorded, Table, Voidable, counted, partial, words
from erp.vocabulary import Side


def _of_some(named: str, *days: str, where: str) -> Index:
    """Return the index of promises in some states, by day, of those not voided."""
    whose = ("closed", "recorded_by", "partner_id")
    return partial(f"ix_commitment_{named}", *days, *whose, where=f"voided_at IS NULL AND {where}")


class Commitment(Table, Imported, Recorded, Voidable, Closable, table=True):
    """What somebody said they would do. `owed_by` None: another body, named in `as_written["owed_by"]`."""

    __table_args__ = (
        counted("commitment", "due_on", "done_on", "withdrawn_on", "closed", "recorded_by", "partner_id"),
        _of_some("open", "due_on", where="done_on IS NULL AND withdrawn_on IS NULL"),
        _of_some("done", "done_on", "withdrawn_on", where="done_on IS NOT NULL"),
        _of_some("withdrawn", "withdrawn_on", where="withdrawn_on IS NOT NULL"),
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
