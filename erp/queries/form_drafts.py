"""Drafts of forms. Everybody sees their own, and nobody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.drafts import FormDraft


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was typed into a form: field → JSON value (days as ISO text), the form's token, when it was kept (UTC)."""

    form: str
    fields: dict[str, Any]
    token: str
    kept_at: datetime


def own_draft(session: Session, actor: Actor, form: str) -> KeptDraft | None:
    """Return the actor's draft of a form, None where there is none."""
    row = own_row(session, actor, form)
    return _kept(row) if row is not None and row.fields else None


def own_drafts(session: Session, actor: Actor) -> list[KeptDraft]:
    """Return all drafts of the actor, the newest first."""
    rows = session.exec(
        select(FormDraft).where(FormDraft.account_id == actor.user_id).order_by(col(FormDraft.kept_at).desc())
    )
    return [_kept(row) for row in rows if row.fields]


def own_row(session: Session, actor: Actor, form: str) -> FormDraft | None:
    """Return the row that holds, or held, the actor's draft of a form."""
    return session.exec(select(FormDraft).where(FormDraft.account_id == actor.user_id, FormDraft.form == form)).first()


def _kept(row: FormDraft) -> KeptDraft:
    return KeptDraft(row.form, row.fields, row.token, row.kept_at)
