"""What people typed into a form and have not saved."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from erp.models.base import Table


class FormDraft(Table, table=True):
    """What one account typed into one form: its own working note, no record, and so not in the history of changes.

    The row is emptied, not removed, when the form was saved or the draft thrown away. `fields` holds what differs from
    the empty form, days as ISO text. `token` is the form's, so that it is saved once from wherever it is open.
    """

    __tablename__ = "form_draft"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table
    __table_args__ = (UniqueConstraint("account_id", "form", name="uq_form_draft"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    form: str
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    token: str
    kept_at: datetime
