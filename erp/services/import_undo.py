"""Undoing an import whole: what it added is put away, what it changed is as before, while nothing later depends on it.

Like an import it opens its own transactions, some hundred rows each; broken off, the same undo takes up the rest.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, delete
from sqlmodel import col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict
from erp.models.imports import ImportedRow
from erp.models.partners import Cadence, Partner, PartnerName
from erp.services.facts import sync_commitment, sync_engagement, sync_feedback, sync_rating
from erp.services.import_hindrances import PARTNER_COLUMNS, Undo, hindrances, in_use, its_changes, opened
from erp.services.records import change_record, now, put_away, record_change, squeeze
from erp.services.search import catch_up
from erp.vocabulary import RecordKind

#: Rows undone in one transaction, and seconds between two in which others that wait to save find the lock free.
STRETCH, PAUSE = 100, 0.015
_SYNC: dict[str, Any] = {
    "engagements": sync_engagement,
    "commitments": sync_commitment,
    "feedback": sync_feedback,
    "ratings": sync_rating,
}


def undo_import(actor: Actor, import_id: int, progress: Callable[[int, int], None] | None = None) -> int:
    """Undo an import: put away what it added, give back what it changed; returns how many records.

    Nothing is deleted: what it added is archived or voided with the reason, under a key and name that leave the file's
    own free for another import. Raises: as `what_hinders`; Conflict where something depends on it.
    """
    with db.reading() as session:
        undo = opened(session, actor, import_id)
        if hindering := hindrances(undo):
            raise Conflict(" ".join(hindering))
        ids = list(dict.fromkeys(session.scalars(undo.rows("added", "changed").order_by(col(ImportedRow.id).desc()))))
    done = 0
    for start in range(0, len(ids), STRETCH):
        with db.writing() as session:
            undo = replace(opened(session, actor, import_id), within=tuple(ids[start : start + STRETCH]))
            if hindering := hindrances(undo):  # somebody saved since this undo began
                raise Conflict(f"{done:,} of {len(ids):,} records are undone. {' '.join(hindering)}")
            for number in undo.within or ():
                done += _undo_record(undo, number)
        if progress:
            progress(min(start + STRETCH, len(ids)), len(ids))
        time.sleep(PAUSE)
    with db.writing() as session:
        undo = opened(session, actor, import_id)
        done += _undo_settled(undo)
        undo.file.undone_at = now()
        told = {"file": undo.file.file_name, "kind": undo.file.kind}
        record_change(session, actor, "undo import", RecordKind.IMPORT_FILE, import_id, after=told)
    catch_up(db.writing, PAUSE)
    return done


def _undo_record(undo: Undo, number: int) -> int:
    """Undo one record; returns 1, or 0 where it was undone before this undo was broken off."""
    record = undo.session.get_one(undo.table, number)
    changes = its_changes(undo, [number])
    added = any(change.before is None for change in changes)
    if added:
        if _is_away(record):
            return 0
        values = _away(undo, record)
    else:
        values: dict[str, Any] = {}
        for change in changes:  # the newest first, so that what was there before the first of them stays
            values |= _typed(undo.table, change.before or {})
    _change(undo, record, values)
    return 1


def _change(undo: Undo, record: Any, values: dict[str, Any]) -> None:
    sync = _SYNC.get(undo.file.kind)
    change_record(undo.session, undo.actor, record, record.version, "undo import", undo.record_kind, values, sync)


def _is_away(record: Any) -> bool:
    return (record.voided_at if hasattr(record, "voided_at") else record.archived_at) is not None


def _away(undo: Undo, record: Any) -> dict[str, Any]:
    """Return what puts a record away, and leaves its key and a partner's name free for another import."""
    reason = f"The import of “{undo.file.file_name}” was undone."
    values = {"voided_at": now(), "void_reason": reason} if hasattr(record, "voided_at") else put_away(reason)
    if hasattr(record, "key"):
        values["key"] = f"{record.key} (import {undo.file.id} undone)"
    if isinstance(record, Partner):
        name = f"{record.name} (import {undo.file.id} undone)"
        values |= {"name": name, "name_key": squeeze(name)}
    return values


def _typed(table: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Return what the history tells of fields as the columns hold it."""
    values = {
        name: TypeAdapter(table.model_fields[name].annotation).validate_python(value)
        for name, value in told.items()
        if name in table.model_fields and name != "version"
    }
    if "name" in values and "name_key" in table.model_fields:
        values["name_key"] = squeeze(values["name"])
    return values


def _undo_settled(undo: Undo) -> int:
    """Put away the partners that were added for its names, unless others use them, and take its names back."""
    session, done = undo.session, 0
    for partner_id, words in undo.file.settled.get("named", []):
        mine = and_(col(PartnerName.partner_id) == partner_id, col(PartnerName.name) == words)
        if session.execute(delete(PartnerName).where(mine)).rowcount:  # pyright: ignore[reportAttributeAccessIssue]
            told = {"name": words}
            record_change(
                session, undo.actor, "take name back", RecordKind.PARTNER, partner_id, before=told, after={"name": None}
            )
    for partner_id in undo.file.settled.get("added", []):
        partner = session.get_one(Partner, partner_id)
        used, unseen = in_use(undo, PARTNER_COLUMNS, [partner_id])
        agreed = session.exec(select(Cadence.id).where(Cadence.partner_id == partner_id).limit(1)).first()
        if not _is_away(partner) and not (used or unseen or agreed) and partner.version == 1:
            change_record(
                session, undo.actor, partner, partner.version, "undo import", RecordKind.PARTNER, _away(undo, partner)
            )
            done += 1
    return done
