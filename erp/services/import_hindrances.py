"""What hinders an import from being undone whole: what was changed since, and what belongs to it by now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, ForumMember
from erp.models.engagements import Engagement, EngagementPartner, EngagementPerson
from erp.models.feedback import FeedbackItem
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import Cadence, LookAlike, Partner, Relationship
from erp.models.ratings import Rating
from erp.queries.exports import RECORD_KINDS
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.services.import_stretch import SAVERS
from erp.services.records import get_or_refuse, now, squeeze
from erp.vocabulary import Door, LookAlikeAnswer, Readers, RecordKind, Verb

#: Rows of the file named in a sentence; the others are counted.
_NAMED = 5

_VISIBLE: dict[str, Any] = {
    "engagements": engagements_visible_to,
    "commitments": commitments_visible_to,
    "feedback": feedback_visible_to,
    "ratings": ratings_visible_to,
}
_SEEN: dict[Any, Any] = {
    Commitment: commitments_visible_to,
    FeedbackItem: feedback_visible_to,
    Rating: ratings_visible_to,
}
#: Where other records name a partner.
PARTNER_COLUMNS = (
    EngagementPartner.partner_id,
    Commitment.partner_id,
    FeedbackItem.partner_id,
    Rating.partner_id,
    Contact.partner_id,
    ForumMember.partner_id,
    Relationship.from_partner_id,
    Relationship.to_partner_id,
)
#: Kind of import → what may belong to its records, and the words for it.
_BELONGS: dict[str, tuple[tuple[Any, ...], str]] = {
    "partners": (
        PARTNER_COLUMNS,
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
class Undo:
    """One import being undone, or some of its records (`within`)."""

    session: Session
    actor: Actor
    file: ImportFile
    within: tuple[int, ...] | None = None

    @property
    def table(self) -> Any:
        return SAVERS[self.file.kind].table

    @property
    def record_kind(self) -> RecordKind:
        return RECORD_KINDS[self.file.kind]

    def rows(self, *did: str) -> Any:
        """Return the question for the records of rows that did this to them."""
        mine = and_(col(ImportedRow.import_id) == self.file.id, col(ImportedRow.did).in_(did))
        question = select(ImportedRow.record_id).where(mine)
        return question if self.within is None else question.where(col(ImportedRow.record_id).in_(self.within))

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
    undo = opened(session, actor, import_id)
    return tuple(hindrances(undo))


def opened(session: Session, actor: Actor, import_id: int) -> Undo:
    """Return an import that may be undone by the actor. Raises: as `what_hinders`."""
    actor.require(Verb.IMPORT, RecordKind.IMPORT_FILE)
    file = get_or_refuse(session, ImportFile, import_id, "import")
    actor.require(Verb.ARCHIVE, RECORD_KINDS[file.kind])
    if file.undone_at is not None:
        raise Invalid("This import was undone already; nothing was changed.")
    return Undo(session, actor, file)


def hindrances(undo: Undo) -> list[str]:
    """Say what depends on an import; records that the actor may not see are not described."""
    if unseen := _out_of_sight(undo) or _would_open(undo):
        return [unseen]
    checks: Sequence[Callable[[Undo], str]] = (
        _later_imports, _changed_since, _belongs_to, _not_ours, _name_taken, _linked_others
    )  # fmt: skip
    return [sentence for check in checks if (sentence := check(undo))]


def _out_of_sight(undo: Undo) -> str:
    visible = _VISIBLE.get(undo.file.kind)
    if visible is None:
        return ""
    ids = undo.rows("added", "changed")
    seen = select(undo.table.id).where(undo.table.id.in_(ids), visible(undo.actor))
    if set(undo.session.scalars(ids)) <= set(undo.session.scalars(seen)):
        return ""
    return "It brought records that are not open to you. Ask a Tribal liaison or leadership to undo it."


def _would_open(undo: Undo) -> str:
    """Leave to those who see a Tribe's records what may take a record away from a Tribal government."""
    sealing = {"kind", "scored", "partner_id", "engagement_id"}
    if undo.actor.sees_tribal_records or not any(
        sealing & set(change.before or {}) for change in its_changes(undo, undo.rows("changed"))
    ):
        return ""
    return (
        "It changed the kind of partners, or to whom records belong, and undoing that could open what a Tribe shared. "
        "Ask a Tribal liaison or leadership to undo it."
    )


def _name_taken(undo: Undo) -> str:
    """Name the partners whose earlier name somebody else has by now."""
    if undo.file.kind != "partners":
        return ""
    names = {
        change.record_id: squeeze(str(change.before["name"]))
        for change in its_changes(undo, undo.rows("changed"))
        if change.before and change.before.get("name")
    }
    theirs = select(Partner.name_key, col(Partner.id)).where(col(Partner.name_key).in_(list(names.values())))
    taken = {row.name_key: row.id for row in undo.session.execute(theirs)}
    numbers = [number for number, name in names.items() if taken.get(name, number) != number]
    return f"Another partner has the earlier name by now: {undo.said(numbers)}." if numbers else ""


def _linked_others(undo: Undo) -> str:
    """Say that an import with update also linked names in records that waited."""
    if undo.within is not None:
        return ""
    linked = select(Change.id).where(Change.verb == "link name", undo.of_this_import()).limit(1)
    if undo.session.exec(linked).first() is None:
        return ""
    return "It also linked names in records that waited for a partner; those links are taken back by a person only."


def _later_imports(undo: Undo) -> str:
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


def _changed_since(undo: Undo) -> str:
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


def _belongs_to(undo: Undo) -> str:
    columns, words = _BELONGS.get(undo.file.kind, ((), ""))
    numbers, unseen = in_use(undo, columns, undo.rows("added"))
    if unseen:
        return "Something that is not open to you belongs to what it brought. Ask a Tribal liaison or leadership."
    if undo.file.kind == "partners":
        numbers |= _made_one_or_agreed(undo)
    return f"Records of it {words}: {undo.said(numbers)}. Void or move those first." if numbers else ""


def in_use(undo: Undo, columns: Iterable[Any], ids: Any) -> tuple[set[int], bool]:
    """Return those of the ids that other records, neither voided nor archived, name in these columns; of records that
    the actor may not see only that there are any."""
    numbers: set[int] = set()
    unseen = False
    for column in columns:
        table = column.class_
        here = select(column).where(column.in_(ids))
        visible = _SEEN.get(table)
        if table in (EngagementPartner, EngagementPerson):
            held = select(Engagement.id).where(col(Engagement.voided_at).is_(None))
            here = here.where(col(table.engagement_id).in_(held))
            seen = here.where(col(table.engagement_id).in_(held.where(engagements_visible_to(undo.actor))))
        else:
            for gone in {"voided_at", "archived_at"} & set(table.model_fields):
                here = here.where(getattr(table, gone).is_(None))
            if table is FeedbackItem:  # that there is some which its giver opened to others only is told to nobody
                here = here.where(or_(col(FeedbackItem.readers) == Readers.TEAM, feedback_visible_to(undo.actor)))
            seen = here if visible is None else here.where(visible(undo.actor))
        every = set(undo.session.scalars(here.distinct()))
        open_ones = set(undo.session.scalars(seen.distinct()))
        numbers |= open_ones
        unseen |= every != open_ones
    return numbers, unseen


def _made_one_or_agreed(undo: Undo) -> set[int]:
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


def _not_ours(undo: Undo) -> str:
    """Name the records whose change went beyond their own fields: those are put right by a person."""
    columns = set(undo.table.model_fields)
    numbers = [
        change.record_id
        for change in its_changes(undo, undo.rows("changed"))
        if change.before is not None and not set(change.before) <= columns
    ]
    if not numbers:
        return ""
    return (
        f"It changed more than single fields of records that were here: {undo.said(numbers)}. Put those right on their "
        "pages, where the history tells what was there."
    )


def its_changes(undo: Undo, of_records: Any) -> list[Change]:
    """Return what the import changed of these records, the newest first."""
    question = select(Change).where(
        Change.record_kind == undo.record_kind.value,
        col(Change.record_id).in_(of_records),
        undo.of_this_import(),
    )
    return list(undo.session.exec(question.order_by(col(Change.id).desc())))
