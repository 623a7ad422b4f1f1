"""Undoing an import whole: what it added is put away, what it changed is as before, while nothing later depends on it.

Like an import it opens its own transactions, some hundred rows each; broken off, the same undo takes up the rest.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, func, not_, or_
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, ForumMember
from erp.models.engagements import Engagement, EngagementPartner, EngagementPerson
from erp.models.feedback import FeedbackItem
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import Cadence, LookAlike, Partner, PartnerName, Relationship
from erp.models.ratings import Rating
from erp.queries.exports import RECORD_KINDS
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.services.facts import sync_commitment, sync_engagement, sync_feedback, sync_rating
from erp.services.import_stretch import SAVERS
from erp.services.records import change_record, get_or_refuse, now, put_away, record_change, squeeze
from erp.services.search import catch_up
from erp.vocabulary import Door, LookAlikeAnswer, RecordKind, Verb

#: Rows undone in one transaction, and seconds between two in which others that wait to save find the lock free.
STRETCH, PAUSE = 100, 0.015
#: Rows of the file named in a sentence; the others are counted.
_NAMED = 5

_SYNC: dict[str, Any] = {
    "engagements": sync_engagement,
    "commitments": sync_commitment,
    "feedback": sync_feedback,
    "ratings": sync_rating,
}
_VISIBLE: dict[str, Any] = {
    "engagements": engagements_visible_to,
    "commitments": commitments_visible_to,
    "feedback": feedback_visible_to,
    "ratings": ratings_visible_to,
}
#: Kind of import → what may belong to its records, and the words for it.
_BELONGS: dict[str, tuple[tuple[Any, ...], str]] = {
    "partners": (
        (
            EngagementPartner.partner_id,
            Commitment.partner_id,
            FeedbackItem.partner_id,
            Rating.partner_id,
            Contact.partner_id,
            ForumMember.partner_id,
            Relationship.from_partner_id,
            Relationship.to_partner_id,
        ),
        "have engagements, promises, feedback, ratings, people, seats or ties by now",
    ),
    "contacts": (
        (EngagementPerson.contact_id, ForumMember.contact_id, FeedbackItem.contact_id),
        "took part in engagements, gave feedback or hold a seat by now",
    ),
    "engagements": ((Commitment.engagement_id, FeedbackItem.engagement_id), "have promises or feedback by now"),
}
#: Verbs of the history that leave a record as it is; an undo that was broken off goes on.
_NO_CHANGES = ("undo import", "ask look-alike", "answer look-alike")


@dataclass(frozen=True)
class _Undo:
    """One import being undone, with its kind of record."""

    session: Session
    actor: Actor
    file: ImportFile

    @property
    def table(self) -> Any:
        return SAVERS[self.file.kind].table

    @property
    def record_kind(self) -> RecordKind:
        return RECORD_KINDS[self.file.kind]

    def rows(self, *did: str) -> Any:
        """Return the question for the records of rows that did this to them."""
        mine = and_(col(ImportedRow.import_id) == self.file.id, col(ImportedRow.did).in_(did))
        return select(ImportedRow.record_id).where(mine)

    def of_this_import(self) -> ColumnElement[bool]:
        """Say which changes this import made."""
        until = self.file.ended_at or now()
        return and_(col(Change.door) == Door.IMPORT, col(Change.at) >= self.file.recorded_at, col(Change.at) <= until)

    def said(self, numbers: Iterable[int]) -> str:
        """Name records by the rows of the file that brought them."""
        wanted = set(numbers)
        question = select(ImportedRow.row, ImportedRow.record_id).where(ImportedRow.import_id == self.file.id)
        found = self.session.execute(question.where(col(ImportedRow.did) != "").order_by(col(ImportedRow.row)))
        rows = [row for row, number in found if number in wanted]
        more = f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
        return f"{'row' if len(rows) == 1 else 'rows'} {', '.join(map(str, rows[:_NAMED]))}{more}"


def what_hinders(session: Session, actor: Actor, import_id: int) -> tuple[str, ...]:
    """Return why an import cannot be undone, a sentence each; nothing where it can.

    Raises: NotAllowed (who may not import, or not archive this kind), NotFound, Invalid (undone already).
    """
    undo = _opened(session, actor, import_id)
    return tuple(_hindrances(undo))


def undo_import(actor: Actor, import_id: int, progress: Callable[[int, int], None] | None = None) -> int:
    """Undo an import: put away what it added, give back what it changed; returns how many records.

    Nothing is deleted: what it added is archived or voided with the reason, under a key and name that leave the file's
    own free for another import. Raises: as `what_hinders`; Conflict where something depends on it.
    """
    with db.reading() as session:
        undo = _opened(session, actor, import_id)
        if hindrances := _hindrances(undo):
            raise Conflict(" ".join(hindrances))
        ids = list(dict.fromkeys(session.scalars(undo.rows("added", "changed").order_by(col(ImportedRow.id).desc()))))
    done = 0
    for start in range(0, len(ids), STRETCH):
        with db.writing() as session:
            undo = _opened(session, actor, import_id)
            for number in ids[start : start + STRETCH]:
                done += _undo_record(undo, number)
        if progress:
            progress(min(start + STRETCH, len(ids)), len(ids))
        time.sleep(PAUSE)
    with db.writing() as session:
        undo = _opened(session, actor, import_id)
        done += _undo_settled(undo)
        undo.file.undone_at = now()
        told = {"file": undo.file.file_name, "kind": undo.file.kind}
        record_change(session, actor, "undo import", RecordKind.IMPORT_FILE, import_id, after=told)
    catch_up(db.writing, PAUSE)
    return done


def _opened(session: Session, actor: Actor, import_id: int) -> _Undo:
    actor.require(Verb.IMPORT, RecordKind.IMPORT_FILE)
    file = get_or_refuse(session, ImportFile, import_id, "import")
    actor.require(Verb.ARCHIVE, RECORD_KINDS[file.kind])
    if file.undone_at is not None:
        raise Invalid("This import was undone already; nothing was changed.")
    return _Undo(session, actor, file)


def _hindrances(undo: _Undo) -> list[str]:
    """Say what depends on an import; records that the actor may not see are not described."""
    checks: Sequence[Callable[[_Undo], str]] = (_out_of_sight, _later_imports, _changed_since, _belongs_to, _not_ours)
    return [sentence for check in checks if (sentence := check(undo))]


def _out_of_sight(undo: _Undo) -> str:
    visible = _VISIBLE.get(undo.file.kind)
    if visible is None:
        return ""
    ids = undo.rows("added", "changed")
    seen = select(undo.table.id).where(undo.table.id.in_(ids), visible(undo.actor))
    if set(undo.session.scalars(ids)) <= set(undo.session.scalars(seen)):
        return ""
    return "It brought records that are not open to you. Ask a Tribal liaison or leadership to undo it."


def _later_imports(undo: _Undo) -> str:
    later = (
        select(ImportFile.file_name, func.count())
        .join(ImportedRow, col(ImportedRow.import_id) == col(ImportFile.id))
        .where(
            ImportFile.kind == undo.file.kind,
            col(ImportFile.id) > undo.file.id,
            col(ImportFile.undone_at).is_(None),
            col(ImportedRow.record_id).in_(undo.rows("added", "changed")),
        )
        .group_by(col(ImportFile.id), col(ImportFile.file_name))
    )
    files = [f"“{name}” ({rows:,} rows)" for name, rows in undo.session.execute(later)]
    return f"Later imports hold the same records: {', '.join(files)}. Undo them first." if files else ""


def _changed_since(undo: _Undo) -> str:
    changed = (
        select(Change.record_id)
        .where(
            Change.record_kind == undo.record_kind.value,
            col(Change.record_id).in_(undo.rows("added", "changed")),
            col(Change.at) >= undo.file.recorded_at,
            not_(undo.of_this_import()),
            col(Change.verb).not_in(_NO_CHANGES),
        )
        .distinct()
    )
    numbers = list(undo.session.scalars(changed))
    return f"Somebody changed what it brought: {undo.said(numbers)}. Look at their histories." if numbers else ""


def _belongs_to(undo: _Undo) -> str:
    columns, words = _BELONGS.get(undo.file.kind, ((), ""))
    numbers = _in_use(undo.session, columns, undo.rows("added"))
    if undo.file.kind == "partners":
        numbers |= _made_one_or_agreed(undo)
    return f"Records of it {words}: {undo.said(numbers)}. Void or move those first." if numbers else ""


def _in_use(session: Session, columns: Iterable[Any], ids: Any) -> set[int]:
    """Return those of the ids that other records, neither voided nor archived, name in these columns."""
    numbers: set[int] = set()
    for column in columns:
        table = column.class_
        here = select(column).where(column.in_(ids))
        if table in (EngagementPartner, EngagementPerson):
            held = select(Engagement.id).where(col(Engagement.voided_at).is_(None))
            here = here.where(col(table.engagement_id).in_(held))
        for gone in {"voided_at", "archived_at"} & set(table.model_fields):
            here = here.where(getattr(table, gone).is_(None))
        numbers |= set(session.scalars(here.distinct()))
    return numbers


def _made_one_or_agreed(undo: _Undo) -> set[int]:
    """Return the partners it added that were said to be the same as others, or with whom a cadence was agreed since."""
    added, until = undo.rows("added"), undo.file.ended_at or now()
    cadences = select(Cadence.partner_id).where(
        col(Cadence.partner_id).in_(added), col(Cadence.recorded_at) > until, col(Cadence.voided_at).is_(None)
    )
    same = select(LookAlike.partner_id, LookAlike.other_id).where(
        LookAlike.answer == LookAlikeAnswer.SAME,
        or_(col(LookAlike.partner_id).in_(added), col(LookAlike.other_id).in_(added)),
    )
    pairs = {number for pair in undo.session.execute(same) for number in pair}
    return set(undo.session.scalars(cadences)) | pairs


def _not_ours(undo: _Undo) -> str:
    """Name the records whose change went beyond their own fields: those are put right by a person."""
    columns = set(undo.table.model_fields)
    numbers = [
        change.record_id
        for change in _its_changes(undo, undo.rows("changed"))
        if change.before is not None and not set(change.before) <= columns
    ]
    if not numbers:
        return ""
    return (
        f"It changed more than single fields of records that were here: {undo.said(numbers)}. Put those right on their "
        "pages, where the history tells what was there."
    )


def _its_changes(undo: _Undo, of_records: Any) -> list[Change]:
    question = select(Change).where(
        Change.record_kind == undo.record_kind.value,
        col(Change.record_id).in_(of_records),
        undo.of_this_import(),
    )
    return list(undo.session.exec(question.order_by(col(Change.id).desc())))


def _undo_record(undo: _Undo, number: int) -> int:
    """Undo one record; returns 1, or 0 where it was undone before this undo was broken off."""
    record = undo.session.get_one(undo.table, number)
    changes = _its_changes(undo, [number])
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


def _change(undo: _Undo, record: Any, values: dict[str, Any]) -> None:
    sync = _SYNC.get(undo.file.kind)
    change_record(undo.session, undo.actor, record, record.version, "undo import", undo.record_kind, values, sync)


def _is_away(record: Any) -> bool:
    return (record.voided_at if hasattr(record, "voided_at") else record.archived_at) is not None


def _away(undo: _Undo, record: Any) -> dict[str, Any]:
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


def _undo_settled(undo: _Undo) -> int:
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
        used = _in_use(session, _BELONGS["partners"][0], [partner_id])
        if not _is_away(partner) and not used:
            change_record(
                session, undo.actor, partner, partner.version, "undo import", RecordKind.PARTNER, _away(undo, partner)
            )
            done += 1
    return done
