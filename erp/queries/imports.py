"""The imports so far: files, counts, and what was found in them."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, false, or_, select, true
from sqlmodel import Session, col

from erp.access import Actor, operator
from erp.models.accounts import Account
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.imports import ImportedRow, ImportFile
from erp.models.ratings import Rating
from erp.queries.county import county_zone
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.vocabulary import RecordKind, Verb

COUNTS = ("rows", "added", "imported", "warned", "rejected")
FINDING_COLUMNS = ("row", "severity", "column", "found", "reason", "advice")


def import_history(session: Session, actor: Actor) -> pd.DataFrame:
    """Return the newest hundred imports, newest first.

    Columns: import_id, file, kind, at (in the county's zone), by, undone_at (as at; None: it holds), rows, added,
    imported, warned, rejected (None each where the import did not reach its end).
    """
    actor.require(Verb.SEE, RecordKind.IMPORT_FILE)
    question = (
        select(ImportFile, col(Account.name))
        .join(Account, col(Account.id) == col(ImportFile.recorded_by), isouter=True)
        .order_by(col(ImportFile.id).desc())
        .limit(100)
    )
    zone = county_zone(session)
    rows = [
        (
            file.id,
            file.file_name,
            file.kind,
            file.recorded_at.astimezone(zone),
            by or operator().name,
            file.undone_at and file.undone_at.astimezone(zone),
            *(file.counts.get(name) for name in COUNTS),
        )
        for file, by in session.execute(question)
    ]
    return pd.DataFrame(rows, columns=["import_id", "file", "kind", "at", "by", "undone_at", *COUNTS], dtype=object)


def import_findings(session: Session, actor: Actor, import_id: int, most: int) -> tuple[int, pd.DataFrame]:
    """Return how many findings of an import the actor may see, and the first `most`, in the order of the file.

    Columns: FINDING_COLUMNS. A finding repeats what stood in a row: it is open to who imported the file, and to others
    where the row's record is. Of an import that is not here nothing.
    """
    actor.require(Verb.SEE, RecordKind.IMPORT_FILE)
    file = session.get(ImportFile, import_id)
    if file is None:
        return 0, pd.DataFrame(columns=list(FINDING_COLUMNS))
    rows = (
        select(col(ImportedRow.row), col(ImportedRow.findings))
        .where(col(ImportedRow.import_id) == import_id, _open_to(actor, file))
        .order_by(col(ImportedRow.row))
    )
    found = [*file.findings, *({"row": row} | finding for row, told in session.execute(rows) for finding in told)]
    shown = [[finding.get(name, "") for name in FINDING_COLUMNS] for finding in found[:most]]
    return len(found), pd.DataFrame(shown, columns=list(FINDING_COLUMNS), dtype=object)


def _open_to(actor: Actor, file: ImportFile) -> ColumnElement[bool]:
    """Say which rows of an import the actor may read."""
    tables: dict[str, tuple[Any, Any]] = {
        "engagements": (Engagement, engagements_visible_to),
        "commitments": (Commitment, commitments_visible_to),
        "feedback": (FeedbackItem, feedback_visible_to),
        "ratings": (Rating, ratings_visible_to),
    }
    if actor.user_id == file.recorded_by or actor.sees_tribal_records:
        return true()
    if file.kind == "contacts" and not actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL):
        return false()
    if file.kind not in tables:
        return true()
    table, visible_to = tables[file.kind]
    return or_(col(ImportedRow.record_id).in_(select(table.id).where(visible_to(actor))))
