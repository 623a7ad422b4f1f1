"""A county's file into records: read, match with what is here, save in stretches, say what became of every row.

The one service that opens its own transactions: a stretch of rows each, so that others can save while a long file
comes in, and memory stays bounded. A stretch is all or nothing, and the same file again takes up what is missing.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor, operator
from erp.importing.fields import field_names
from erp.importing.formulas import harmless
from erp.importing.mapping import ColumnMap, corrected, guess_mapping, need_required, parse_map_options
from erp.importing.outcome import ImportResult
from erp.importing.read import Table, open_table
from erp.importing.readings import Refused, RowReading
from erp.importing.rows import read_rows
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import Partner
from erp.models.ratings import Rating
from erp.queries.county import today
from erp.queries.exports import export_rows
from erp.queries.visible import commitments_visible_to, engagements_visible_to, feedback_visible_to
from erp.services import import_partners, import_records, upkeep
from erp.services.import_batch import Batch, Names
from erp.services.records import now, record_change, squeeze
from erp.settings import settings
from erp.vocabulary import Door, RecordKind, Verb

#: Rows saved in one transaction: long enough to be quick, short enough that nobody waits a second for the write lock.
STRETCH = 500

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Saver:
    """How a kind of record is saved: its table, and what adds and updates one."""

    table: Any
    record_kind: RecordKind
    add: Callable[[Batch, RowReading], Any]
    update: Callable[[Batch, Any, RowReading], None]


SAVERS: dict[str, Saver] = {
    "partners": Saver(Partner, RecordKind.PARTNER, import_partners.add_partner, import_partners.update_partner),
    "contacts": Saver(Contact, RecordKind.CONTACT, import_partners.add_contact, import_partners.update_contact),
    "engagements": Saver(
        Engagement, RecordKind.ENGAGEMENT, import_records.add_engagement, import_records.update_engagement
    ),
    "commitments": Saver(
        Commitment, RecordKind.COMMITMENT, import_records.add_commitment, import_records.update_commitment
    ),
    "feedback": Saver(
        FeedbackItem, RecordKind.FEEDBACK_ITEM, import_records.add_feedback, import_records.update_feedback
    ),
    "ratings": Saver(Rating, RecordKind.RATING, import_records.add_rating, import_records.update_rating),
}


@dataclass(frozen=True)
class Opened:
    """A file that was read: its table and how its headings are understood."""

    kind: str
    file_name: str
    sha256: str
    table: Table
    mapping: ColumnMap


def open_file(kind: str, data: bytes, file_name: str, told: Mapping[str, str | None] | None = None) -> Opened:
    """Read a file and guess its columns, `told` (heading → field) coming before the guess. Raises: Refused."""
    table = open_table(data, file_name)
    mapping = corrected(guess_mapping(kind, table.headings), told or {})
    return Opened(kind, file_name, hashlib.sha256(data).hexdigest(), table, mapping)


def import_file(
    actor: Actor,
    kind: str,
    data: bytes,
    file_name: str,
    *,
    map_options: list[str] | None = None,
    told: Mapping[str, str | None] | None = None,
    save: bool = True,
    update: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import a file, or with `save` False say what would happen; a file that cannot be used comes back as refused.

    `map_options`: "Their heading=field" as on the command line; `told`: the same as heading → field.
    `update`: rows with a known key may change the record. Raises: NotAllowed, Invalid (a bad map option).
    """
    actor.require(Verb.IMPORT, RecordKind.IMPORT_FILE)
    actor = replace(actor, door=Door.IMPORT)
    try:
        opened = open_file(kind, data, file_name, told)
        if map_options:
            options = parse_map_options(kind, opened.table.headings, map_options)
            opened = replace(opened, mapping=corrected(opened.mapping, options))
        need_required(kind, opened.mapping)
        if opened.table.expected_rows is None:
            for _ in opened.table.rows():  # a workbook may break in the middle: known before anything is saved
                pass
    except Refused as refused:
        return ImportResult.of_refusal(refused)
    if save:
        return _bring_in(actor, opened, db.writing, update=update, progress=progress)
    with _trial_copy() as writing:
        return _bring_in(actor, opened, writing, update=update, progress=progress)


def _bring_in(actor: Actor, opened: Opened, writing: Any, *, update: bool, progress: Progress | None) -> ImportResult:
    result = ImportResult(findings=list(opened.table.notes))
    with writing() as session:
        day = today(session)
        file = ImportFile(
            kind=opened.kind,
            file_name=opened.file_name,
            sha256=opened.sha256,
            mapping={heading: field or "" for heading, field in opened.mapping.items()},
            recorded_at=now(),
            recorded_by=actor.user_id,
        )
        session.add(file)
        session.flush()
        import_id = file.id or 0
        told = {"file": opened.file_name, "kind": opened.kind}
        record_change(session, actor, "import", RecordKind.IMPORT_FILE, import_id, after=told)
    readings = read_rows(opened.kind, opened.table, opened.mapping, day)
    while stretch := list(islice(readings, STRETCH)):
        with writing() as session:
            _save_stretch(session, actor, opened, import_id, stretch, result, update=update)
        if progress:
            progress(result.rows)
    with writing() as session:
        file = session.get(ImportFile, import_id)
        assert file is not None  # it was written above
        names = ("rows", "added", "imported", "warned", "rejected")
        file.counts = {name: getattr(result, name) for name in names}
    return result


def _save_stretch(
    session: Session,
    actor: Actor,
    opened: Opened,
    import_id: int,
    stretch: list[RowReading],
    result: ImportResult,
    *,
    update: bool,
) -> None:
    saver = SAVERS[opened.kind]
    heading_of = {field: heading for heading, field in opened.mapping.items() if field}
    batch = Batch(session, actor, now(), heading_of, Names(session))
    prints = {reading.number: _fingerprint(opened.kind, reading) for reading in stretch}
    here = _known_prints(session, set(prints.values()))
    stored = Stored(batch, opened.kind, saver, [r for r in stretch if prints[r.number] not in here])
    for reading in stretch:
        mark = prints[reading.number]
        if reading.rejected:
            session.add(_kept_row(import_id, reading, mark, None))
            result.count(reading, added=False)
        elif mark in here:
            result.count(_already_here(reading), added=False)
        else:
            record, added = _save_row(batch, saver, stored, reading, update=update)
            session.add(_kept_row(import_id, reading, mark, None if record is None else record.id))
            if record is not None:
                here[mark] = record.id
            result.count(reading, added=added)
    batch.flush()


def _already_here(reading: RowReading) -> RowReading:
    """Drop what would be said of a row if it were new: nothing is done with it."""
    reading.findings = [finding for finding in reading.findings if finding.severity == "note"]
    return reading


def _save_row(batch: Batch, saver: Saver, stored: "Stored", reading: RowReading, *, update: bool) -> tuple[Any, bool]:
    """Return the record of a row and whether it is new; None where the row is rejected after all."""
    known = stored.record(reading)
    if reading.rejected:
        return None, False
    if known is None:
        return saver.add(batch, reading), True
    by_name = isinstance(known, Partner) and known.key != reading.values.get("key")
    differing = stored.differing(known, reading, skip_notes=by_name)
    if reading.rejected:
        return None, False
    if differing and update:
        saver.update(batch, known, reading)
    elif differing and by_name:
        cells = ", ".join(f"{field} is “{there}” here" for field, _, there in differing)
        batch.warn(
            reading,
            "name",
            known.name,
            f"This partner is here already, and {cells}.",
            "The record stays as it was; change it on its page, or import with update.",
        )
    elif differing:
        field, found, there = differing[0]
        batch.reject(
            reading,
            field,
            found,
            f"The row differs from the record that is here, where this is “{there}”.",
            "Import with update to let the file change the record, or correct the row.",
        )
        return None, False
    else:
        _already_here(reading)
    if by_name:
        import_partners.keep_beside(batch, known, reading)
    return known, False


class Stored:
    """The records that rows speak of, and what these say otherwise.

    A record is written out as an export does and read back as a file is, so both sides are understood alike.
    """

    def __init__(self, batch: Batch, kind: str, saver: Saver, readings: list[RowReading]) -> None:
        self.batch = batch
        self.kind = kind
        self.table = saver.table
        self.day = today(batch.session)
        self._read: dict[int, RowReading] = {}
        if kind == "ratings":
            return
        keys = {key for reading in readings if (key := reading.values.get("key"))}
        numbers = list(batch.session.scalars(select(saver.table.id).where(saver.table.key.in_(keys))))
        if kind == "partners":
            names = (batch.names.partner_of_name.get(squeeze(r.values.get("name") or "")) for r in readings)
            numbers += [number for number in names if number is not None]
        self._read_back(numbers)

    def record(self, reading: RowReading) -> Any:
        """Return the record a row speaks of: by key, a partner also by name, a rating by who, side and day."""
        values = reading.values
        if self.kind == "ratings":
            return import_records.known_rating(self.batch, reading)
        key = values.get("key")
        known = self._of_key(key, reading) if key else None
        if known is not None or reading.rejected or self.kind != "partners":
            return known
        number = self.batch.names.partner_of_name.get(squeeze(values["name"]))
        known = self.batch.session.get(Partner, number) if number is not None else None
        if known is not None and key:
            self.batch.reject(
                reading,
                "key",
                key,
                f"“{known.name}” is here already under the key {known.key}.",
                "Use that key, or leave the key blank.",
            )
        return known

    def differing(self, record: Any, reading: RowReading, *, skip_notes: bool) -> list[tuple[str, str, str]]:
        """Return what a row's filled cells say otherwise: (field, as the row has it, as the record has it)."""
        if isinstance(record, Rating):
            return [
                (field, str(value), str(getattr(record, field) or ""))
                for field, value in reading.values.items()
                if field.startswith("item_") and value is not None and value != getattr(record, field)
            ]
        if record.id not in self._read:
            self.batch.flush()
            self._read_back([record.id])
        there = self._read.get(record.id)
        if there is None:
            self.batch.reject(
                reading, "key", record.key, "This record was archived or voided.", "Restore it on its page first."
            )
            return []
        return [
            (field, cell, there.cells.get(field, ""))
            for field, heading in self.batch.heading_of.items()
            if (cell := reading.cells.get(heading, "")) and field != "key" and not (skip_notes and field == "notes")
            if self._said(field, reading) != self._said(field, there)
        ]

    def _of_key(self, key: str, reading: RowReading) -> Any:
        question = select(self.table).where(self.table.key == key)
        known = self.batch.session.exec(question).first()
        visible = _VISIBLE.get(self.kind)
        if known is None or visible is None:
            return known
        if self.batch.session.exec(question.where(visible(self.batch.actor))).first() is None:
            self.batch.reject(reading, "key", key, "This key is taken.", "Use another key for this row.")
        return known

    def _said(self, field: str, reading: RowReading) -> Any:
        value = reading.values.get(field) or None
        words = reading.as_written.get(field)
        if field in ("partner", "partners"):
            names = (value,) if isinstance(value, str) else value or ((words,) if words else ())
            return sorted(str(self.batch.names.partner(name) or name) for name in names)
        if field == "holder":
            return self.batch.names.account(str(value or words)) or words or value
        return value, words

    def _read_back(self, numbers: list[int]) -> None:
        if not numbers:
            return
        written = export_rows(self.batch.session, operator(Door.IMPORT), self.kind, only=numbers)
        headings = [str(heading) for heading in written.columns]
        lines = [[harmless(str(cell)) for cell in row] for row in written.itertuples(index=False)]
        table = Table(headings, 1, [], len(lines), lambda: enumerate(lines, 2))
        ours = set(field_names(self.kind))
        question = select(self.table.key, self.table.id).where(self.table.id.in_(numbers))
        key_of = dict(self.batch.session.execute(question).tuples().all())
        for reading in read_rows(self.kind, table, {h: h if h in ours else None for h in headings}, self.day):
            self._read[key_of[reading.cells["key"]]] = reading


_VISIBLE: dict[str, Callable[[Actor], Any]] = {
    "engagements": engagements_visible_to,
    "commitments": commitments_visible_to,
    "feedback": feedback_visible_to,
}


def _fingerprint(kind: str, reading: RowReading) -> str:
    """Return the hash of a row's kind and cells, in whatever order its columns stand."""
    cells = sorted((heading, cell) for heading, cell in reading.cells.items() if cell)
    return hashlib.sha256(json.dumps([kind, cells, reading.beyond]).encode("utf-8", "surrogatepass")).hexdigest()


def _known_prints(session: Session, prints: set[str]) -> dict[str, int]:
    known = select(ImportedRow.fingerprint, ImportedRow.record_id).where(
        col(ImportedRow.fingerprint).in_(prints), col(ImportedRow.record_id).is_not(None)
    )
    return {mark: number for mark, number in session.execute(known).tuples() if number is not None}


def _kept_row(import_id: int, reading: RowReading, mark: str, record_id: int | None) -> ImportedRow:
    outcome = "rejected" if reading.rejected else "warned" if reading.warned else "imported"
    findings: list[dict[str, object]] = [
        {"column": f.column, "found": f.found, "reason": f.reason, "advice": f.advice, "severity": f.severity}
        for f in reading.findings
    ]
    return ImportedRow(
        import_id=import_id,
        row=reading.number,
        fingerprint=mark,
        outcome=outcome,
        record_id=record_id,
        cells=dict(reading.cells),
        findings=findings,
    )


@contextmanager
def _trial_copy() -> Iterator[Any]:
    """Give a way to write into a throw-away copy of the database: a check runs the same code and saves nothing."""
    with tempfile.TemporaryDirectory(prefix="erp-check-") as folder:
        copy = Path(folder) / "copy.db"
        upkeep.copy_database(settings().database_file, copy)
        engine = db.connect(f"sqlite:///{copy}")

        @contextmanager
        def writing() -> Iterator[Session]:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session

        try:
            yield writing
        finally:
            engine.dispose()
