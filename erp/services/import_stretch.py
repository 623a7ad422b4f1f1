"""Some hundred rows of an import in one transaction: which are here already, which are added, which change a record."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import ERPError
from erp.importing.fields import FIELDS, Field, FieldType
from erp.importing.mapping import ColumnMap
from erp.importing.readings import Finding, Here, RowReading
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import Partner
from erp.models.ratings import Rating
from erp.privacy import find_identifying
from erp.services import import_feedback, import_partners, import_records
from erp.services.import_batch import Batch, new
from erp.services.import_names import Names
from erp.services.import_stored import Difference, Stored, may_tell
from erp.services.records import now

_DAYS = (FieldType.DAY, FieldType.DAYS)
_NUMBERS = (FieldType.WHOLE, FieldType.RATING)
#: Text fields that hold no free text: nothing in them is looked through for case information.
_NO_FREE_TEXT = ("key", "email", "phone", "engagement")

#: How a warning about words that look identifying ends.
_CAME_IN = "The row came in as it is."


@dataclass(frozen=True)
class Saver:
    """How a kind of record is saved: its table, and what adds and updates one."""

    table: Any
    add: Callable[[Batch, RowReading], int]
    update: Callable[[Batch, Any, RowReading, Collection[str]], None]


SAVERS: dict[str, Saver] = {
    "partners": Saver(Partner, import_partners.add_partner, import_partners.update_partner),
    "contacts": Saver(Contact, import_partners.add_contact, import_partners.update_contact),
    "engagements": Saver(Engagement, import_records.add_engagement, import_records.update_engagement),
    "commitments": Saver(Commitment, import_records.add_commitment, import_records.update_commitment),
    "feedback": Saver(FeedbackItem, import_feedback.add_feedback, import_feedback.update_feedback),
    "ratings": Saver(Rating, import_records.add_rating, import_records.update_rating),
}


class Fingerprints:
    """What rows are known again by where nothing else tells: a hash of their kind and cells, in any order of columns.

    A day or a number counts by its value, so that a sheet saved as CSV and as a workbook is the same.
    """

    def __init__(self, kind: str, mapping: ColumnMap) -> None:
        self._kind = kind
        fields = {field.name: field for field in FIELDS[kind]}
        self._fields = {heading: fields[place] for heading, place in mapping.items() if place}
        self._seen: Counter[str] = Counter()
        self._of: dict[int, str] = {}

    def mark(self, readings: list[RowReading]) -> None:
        """Take the fingerprints of the next rows; who rated is filled in by it where a rating names nobody."""
        self._of = {reading.number: self._taken(reading) for reading in readings}
        for reading in readings:
            if self._kind == "ratings" and not reading.rejected and not reading.values.get("respondent"):
                mark = self._of[reading.number]
                self._seen[mark] += 1  # two who answered alike are two
                reading.values["respondent"] = f"not named {mark[:12]}-{self._seen[mark]}"

    def of(self, reading: RowReading) -> str:
        """Return the fingerprint of a row."""
        return self._of[reading.number]

    def all(self) -> Collection[str]:
        """Return the fingerprints of the rows marked last."""
        return set(self._of.values())

    def _taken(self, reading: RowReading) -> str:
        cells = sorted(
            (heading, self._meant(heading, cell, reading)) for heading, cell in reading.cells.items() if cell
        )
        told = json.dumps([self._kind, cells, reading.beyond])
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def _meant(self, heading: str, cell: str, reading: RowReading) -> str:
        field: Field | None = self._fields.get(heading)
        if field is None or field.name in reading.as_written or field.holds not in (*_DAYS, *_NUMBERS):
            return cell
        value = reading.values.get(field.name)
        if value in (None, ()):
            return cell
        days = value if isinstance(value, tuple) else (value,)
        time = reading.values.get("held_at") or "" if field.name == "held_on" else ""
        return "; ".join(str(day) for day in days) + time


class Stretch:
    """Saves the rows of one transaction."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        kind: str,
        mapping: ColumnMap,
        names: Names,
        file_keys: Collection[str],
        import_id: int,
        read_by: Here,
    ) -> None:
        heading_of = {place: heading for heading, place in mapping.items() if place}
        self.batch = Batch(session, actor, now(), heading_of, names, file_keys)
        self.kind = kind
        self.saver = SAVERS[kind]
        self.import_id = import_id
        self.read_by = read_by
        self._free_text = _free_text(kind, mapping)

    def save(self, readings: list[RowReading], prints: Fingerprints, *, update: bool) -> set[int]:
        """Save the rows and keep each as it was read; returns the numbers of those that are new."""
        here = self._here(prints.all())
        waiting = [r for r in readings if not r.rejected]
        stored = Stored(self.batch, self.kind, self.saver.table, waiting, self.read_by)
        added: set[int] = set()
        for reading in readings:
            number: int | None = None
            if not reading.rejected:
                number = stored.known(reading)
            if number is None and not reading.rejected:
                again = None if self.kind == "ratings" else here.get(prints.of(reading))
                if again is None and self.kind != "partners":
                    self.batch.hold_shared_name(reading)
                if reading.rejected:
                    pass  # it waits until somebody says whose it is
                elif again is None:
                    number = self._add(stored, reading)
                    added.add(reading.number)
                    here[prints.of(reading)] = (number, self.import_id, reading.number)
                else:
                    number = self._repeated(reading, again)
            elif number is not None and not reading.rejected:
                once_before = prints.of(reading) in here and not reading.values.get("key") and not update
                self._meet(stored, number, reading, update=update, once_before=once_before)
            did = "added" if reading.number in added else "changed" if number in self.batch.changed else ""
            self._keep(reading, prints.of(reading), None if reading.rejected else number, did)
        self.batch.flush()
        return added

    def _add(self, stored: Stored, reading: RowReading) -> int:
        self._warn_identifying(reading)
        number = self.saver.add(self.batch, reading)
        stored.remember(reading, number)
        return number

    def _repeated(self, reading: RowReading, again: tuple[int, int, int]) -> int:
        number, import_id, row = again
        _silence(reading)
        if import_id == self.import_id:
            self.batch.note(reading, "", "", f"The same row stands above, in row {row}.", "Nothing was added for it.")
        return number

    def _meet(self, stored: Stored, number: int, reading: RowReading, *, update: bool, once_before: bool) -> None:
        """Lay a row beside the record it speaks of: the same, beside it, an update, or rejected as different."""
        if once_before and self.kind == "partners":
            _silence(reading)  # this roster was kept beside the partner when it came the first time
            return
        by_name = stored.by_name_only(reading)
        differing = stored.differing(number, reading)
        if reading.rejected:
            return
        if differing and update:
            self._update(stored, number, reading, differing)
        elif differing and by_name:
            self._warn_beside(number, reading, differing)
        elif differing:
            self._reject_different(reading, differing)
        else:
            _silence(reading)
        if self.kind == "partners" and not reading.rejected:
            self.batch.flush()
            partner = self.batch.session.get_one(Partner, number)
            if by_name:
                import_partners.keep_beside(self.batch, partner, reading)
            else:
                import_partners.take_key(self.batch, partner, reading.values["key"])
            stored.forget(number)
            stored.remember(reading, number)

    def _update(self, stored: Stored, number: int, reading: RowReading, differing: list[Difference]) -> None:
        changed = {one.name for one in differing if one.is_field}
        merged = stored.merged(number, reading, changed)
        if reading.rejected:
            return
        self.batch.flush()
        record = self.batch.session.get_one(self.saver.table, number)
        try:
            self.saver.update(self.batch, record, merged, changed)
        except ERPError as refusal:
            one = differing[0]
            self.batch.reject(reading, one.name, one.found, str(refusal), "Nothing of this row was saved.")
            return
        columns = {self.batch.heading_of[field] for field in changed}
        reading.findings += [finding for finding in merged.findings if finding.column in columns]
        self._warn_identifying(reading)
        stored.forget(number)

    def _warn_beside(self, number: int, reading: RowReading, differing: list[Difference]) -> None:
        cells = ", ".join(f"{one.name} is “{one.there}”" if one.there else f"{one.name} is blank" for one in differing)
        self.batch.warn(
            reading,
            "name",
            self.batch.names.partner_name[number],
            f"This partner is here already, and there {cells}.",
            "The record stays as it was; change it on its page, or import with update.",
        )

    def _reject_different(self, reading: RowReading, differing: list[Difference]) -> None:
        one = differing[0]
        others = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
        there = ""
        if may_tell(self.batch.actor, self.kind, one.name):
            there = f", where this is “{one.there}”" if one.there else ", where this is blank"
        self.batch.reject(
            reading,
            one.name,
            one.found,
            f"The row differs from the record that is here in {one.name}{others}{there}.",
            "Import with update to let the file change the record, or correct the row.",
        )

    def _warn_identifying(self, reading: RowReading) -> None:
        """Warn where free text looks as if it could identify a child or family. Source: product notes, promise 9."""
        texts = {heading: cell for heading in self._free_text if (cell := reading.cells.get(heading))}
        if not texts or not find_identifying("\n".join(texts.values())):  # one look for all: it is the slowest step
            return
        for heading, cell in texts.items():
            if marks := find_identifying(cell):
                self.batch.warn(
                    reading,
                    heading,
                    "; ".join(mark.words for mark in marks),
                    f"{marks[0].why} {_CAME_IN}",
                    "No child or family may be identified here: mend the record, or keep it if it identifies nobody.",
                )

    def _here(self, prints: Collection[str]) -> dict[str, tuple[int, int, int]]:
        """Return rows that came in before: fingerprint → (record, import, row)."""
        question = (
            select(ImportedRow.fingerprint, ImportedRow.record_id, ImportedRow.import_id, ImportedRow.row)
            .join(ImportFile, col(ImportFile.id) == col(ImportedRow.import_id))
            .where(
                col(ImportedRow.fingerprint).in_(prints),
                col(ImportedRow.record_id).is_not(None),
                col(ImportFile.undone_at).is_(None),
            )
        )
        rows = self.batch.session.execute(question)
        return {mark: (number, import_id, row) for mark, number, import_id, row in rows if number is not None}

    def _keep(self, reading: RowReading, mark: str, record_id: int | None, did: str) -> None:
        row = new(
            ImportedRow,
            import_id=self.import_id,
            row=reading.number,
            fingerprint=mark,
            outcome="rejected" if reading.rejected else "warned" if reading.warned else "imported",
            record_id=record_id,
            did=did,
            cells=reading.cells,
            findings=[told(one) for one in reading.findings if not reading.rejected or one.severity == "rejected"],
        )
        self.batch.add(row)


def told(finding: Finding) -> dict[str, object]:
    """Return a finding as it is kept with its row, or with the file."""
    return {name: getattr(finding, name) for name in ("row", "column", "found", "reason", "advice", "severity")}


def looks_identifying(findings: Iterable[Finding]) -> bool:
    """Say whether any finding marks words that could identify a child or family."""
    return any(finding.reason.endswith(_CAME_IN) for finding in findings)


def _silence(reading: RowReading) -> None:
    """Drop what would be said of a row if it were new: nothing is done with it."""
    reading.findings = [finding for finding in reading.findings if finding.severity == "note"]


def _free_text(kind: str, mapping: ColumnMap) -> list[str]:
    """List the headings whose cells are free text: text fields, and columns without a place."""
    texts = {f.name for f in FIELDS[kind] if f.holds is FieldType.TEXT and f.name not in _NO_FREE_TEXT}
    return [heading for heading, place in mapping.items() if place is None or place in texts]
