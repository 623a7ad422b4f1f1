"""Keeping what was typed into a form and not saved, and letting go of it. A draft is nobody's record but a working
note of the one who typed it: it is not audited, and raises no data revision.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from erp.access import Actor
from erp.errors import Conflict, NotAllowed
from erp.models.changes import Submission
from erp.models.drafts import FormDraft
from erp.privacy import find_identifying
from erp.queries.form_drafts import own_row
from erp.services.records import SAVED_ELSEWHERE, now


def keep_draft(
    session: Session, actor: Actor, form: str, fields: dict[str, Any], token: str
) -> tuple[datetime, list[str]]:
    """Keep what differs from the empty form, in place of what was kept before; return when, and the fields left out.

    Texts that look like a child's or family's identity are left out: the person is asked about them when the form is
    saved, and until then they are stored nowhere. `fields`: field → JSON value; days as ISO text.
    Raises: NotAllowed (the operator of the machine fills in no forms); Conflict (saved already under this token, from
    another tab or device).
    """
    if actor.user_id is None:
        raise NotAllowed("Drafts belong to an account.")
    if session.get(Submission, token) is not None:
        raise Conflict(SAVED_ELSEWHERE)
    left_out = [name for name, value in fields.items() if isinstance(value, str) and find_identifying(value)]
    kept = {name: value for name, value in fields.items() if name not in left_out}
    row = own_row(session, actor, form)
    if row is None:
        row = FormDraft(account_id=actor.user_id, form=form, token=token, kept_at=now())
    row.fields, row.token, row.kept_at = kept, token, now()
    session.add(row)
    session.flush()
    return row.kept_at, left_out


def end_draft(session: Session, actor: Actor, form: str) -> None:
    """Empty the draft of a form that was saved, or that is not wanted any more."""
    row = own_row(session, actor, form)
    if row is not None:
        row.fields, row.kept_at = {}, now()
        session.add(row)
        session.flush()
