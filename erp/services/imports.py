"""A county's file into records: read, match with what is here, save in stretches, say what became of every row.

The one service that opens its own transactions: a stretch of rows each, so that others can save while a long file
comes in, and memory stays bounded. A stretch is all or nothing, and the same file again takes up what is missing.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import islice
from types import MappingProxyType

from sqlmodel import Session, col, func, select

from erp import db
from erp.access import Actor
from erp.importing.mapping import ColumnMap, corrected, guess_mapping, need_required, parse_map_options
from erp.importing.outcome import ImportResult
from erp.importing.read import Table, open_table
from erp.importing.readings import Finding, Here, Refused, RowReading
from erp.importing.rows import read_rows
from erp.models.changes import Change
from erp.models.imports import ImportFile
from erp.queries.county import today
from erp.queries.exports import RECORD_KINDS
from erp.queries.frameworks import frameworks_of
from erp.services.import_memory import remembered, settle_names
from erp.services.import_names import Names
from erp.services.import_stretch import Fingerprints, Stretch, told
from erp.services.linking import close_names_of_tribes, link_known_names
from erp.services.records import keep_marked_words, now, record_change
from erp.services.search import catch_up
from erp.services.trial import trial_copy
from erp.vocabulary import Door, PartnerKind, RecordKind, Verb

#: Rows saved in one transaction: long enough to be quick, short enough that nobody waits a second for the write lock.
STRETCH = 100

#: Seconds between two stretches, in which another process that waits to save finds the lock free.
PAUSE = 0.015

#: Records whose changes may change what is known by which name.
_NAMED = (RecordKind.PARTNER, RecordKind.CONTACT, RecordKind.FORUM, RecordKind.ACCOUNT)

#: Told how many rows are done and how many there are.
Progress = Callable[[int, int], None]
Opening = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Opened:
    """A file that was read: its table and how its headings are understood; `as_last_time`: those read so only since a
    person said so of an earlier file."""

    kind: str
    file_name: str
    sha256: str
    table: Table
    mapping: ColumnMap
    as_last_time: frozenset[str] = frozenset()


def open_file(kind: str, data: bytes, file_name: str, told: Mapping[str, str | None] | None = None) -> Opened:
    """Read a file and say what its columns are: as `told` (heading → field), as the last time, or guessed.

    Raises: Refused.
    """
    table = open_table(data, file_name)
    guess = guess_mapping(kind, table.headings)
    with db.reading() as session:
        as_last_time = remembered(session, kind, guess)
    mapping = corrected(guess, as_last_time | dict(told or {}))
    kept = {heading for heading in as_last_time if mapping[heading] == as_last_time[heading]} - set(told or {})
    return Opened(kind, file_name, hashlib.sha256(data).hexdigest(), table, mapping, frozenset(kept))


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
    kept_because: str = "",
    settle: Mapping[str, int | PartnerKind] = MappingProxyType({}),
    progress: Progress | None = None,
) -> ImportResult:
    """Import a file, or with `save` False say what would happen; a file that cannot be used comes back as refused.

    `map_options`: "Their heading=field" as on the command line; `told`: the same as heading → field.
    `kept_because`: why words that look identifying are kept; the history tells it with the file.
    `settle`: what a person said of names that no partner has: the partner it is, or the kind of a new one of this name.
    `update`: rows with a known key may change the record, and names that have become known are linked.
    Raises: NotAllowed, Invalid (a bad map option, no such kind).
    """
    actor.require(Verb.IMPORT, RecordKind.IMPORT_FILE)
    if update:
        actor.require(Verb.CHANGE, RECORD_KINDS[kind])
    actor = replace(actor, door=Door.IMPORT)
    try:
        opened = open_file(kind, data, file_name, told)
        if map_options:
            options = parse_map_options(kind, opened.table.headings, map_options)
            kept = opened.as_last_time - set(options)
            opened = replace(opened, mapping=corrected(opened.mapping, options), as_last_time=kept)
        need_required(kind, opened.mapping)
        rows, keys = _looked_through(opened)
    except Refused as refused:
        return ImportResult.of_refusal(refused)
    if save:
        run = _Import(actor, opened, db.writing, db.reading, update, rows, keys, kept_because, settle)
        result = run.bring_in(progress)
        catch_up(db.writing, PAUSE)
        return result
    with trial_copy() as trying:
        return _Import(actor, opened, trying, trying, update, rows, keys, kept_because, settle).bring_in(progress)


def unplaced_notes(opened: Opened) -> list[Finding]:
    """List the columns without a place, a note each: their cells are kept with the rows, and exported."""
    reason = "This column has no place here. Its cells are kept with their rows, and exported."
    advice = "Give it a place in the column map if one fits."
    row = opened.table.heading_row
    return [Finding(row, h, h, reason, advice, "note") for h, placed in opened.mapping.items() if placed is None]


def remembered_notes(opened: Opened) -> list[Finding]:
    """List the columns read as somebody said of an earlier file, a note each."""
    row = opened.table.heading_row
    advice = "Say what it is in the column map, if it is something else in this file."
    read = {heading: field for heading, field in opened.mapping.items() if heading in opened.as_last_time and field}
    return [Finding(row, h, h, f"Read as {field}, as in an earlier file.", advice, "note") for h, field in read.items()]


@dataclass
class _Import:
    """One run over a file."""

    actor: Actor
    opened: Opened
    writing: Opening
    reading: Opening
    update: bool
    rows: int
    keys: Collection[str]
    kept_because: str
    settle: Mapping[str, int | PartnerKind]
    result: ImportResult = field(default_factory=ImportResult)
    _names: Names | None = None
    _seen: int = 0

    def bring_in(self, progress: Progress | None) -> ImportResult:
        """Save every row, a stretch at a time."""
        opened, result = self.opened, self.result
        result.findings += [*opened.table.notes, *unplaced_notes(opened), *remembered_notes(opened)]
        here, import_id = self._begin()
        readings = read_rows(opened.kind, opened.table, opened.mapping, here)
        prints = Fingerprints(opened.kind, opened.mapping)
        while rows := list(islice(readings, STRETCH)):
            prints.mark(rows)
            self._look_ahead(rows)
            with self.writing() as session:
                names = self._names_now(session)
                stretch = Stretch(session, self.actor, opened.kind, opened.mapping, names, self.keys, import_id, here)
                added = stretch.save(rows, prints, update=self.update)
                self._seen = _newest_change(session)
            for reading in rows:
                result.count(reading, added=reading.number in added)
            result.unknown_names.update(stretch.batch.unknown)
            if progress:
                progress(result.rows, self.rows)
            time.sleep(PAUSE)
        with self.writing() as session:
            if opened.kind == "partners":
                close_names_of_tribes(session, self.actor)
            if self.update and self.actor.may(Verb.CHANGE, RecordKind.PARTNER):
                link_known_names(session, self.actor)
            file = session.get(ImportFile, import_id)
            assert file is not None  # it was written above
            counted = ("rows", "added", "imported", "warned", "rejected")
            file.counts = {name: getattr(result, name) for name in counted}
            file.ended_at = now()
        return result

    def _begin(self) -> tuple[Here, int]:
        opened = self.opened
        with self.writing() as session:
            settled = settle_names(session, self.actor, self.settle)
            file = ImportFile(
                kind=opened.kind,
                file_name=opened.file_name,
                sha256=opened.sha256,
                mapping={heading: place or "" for heading, place in opened.mapping.items()},
                recorded_at=now(),
                recorded_by=self.actor.user_id,
                settled=settled,
                findings=[told(finding) for finding in self.result.findings],
            )
            session.add(file)
            session.flush()
            assert file.id is not None  # it was flushed
            after = {"file": opened.file_name, "kind": opened.kind}
            keep_marked_words(session, self.kept_because)
            record_change(session, self.actor, "import", RecordKind.IMPORT_FILE, file.id, after=after)
            return Here(today(session), frameworks_of(session)), file.id

    def _look_ahead(self, rows: list[RowReading]) -> None:
        """Do before the write lock is taken what takes its time: reading names, and seeking what looks like them."""
        with self.reading() as session:
            names = self._names_now(session)
        spoken_of = [row.values.get(field) or () for row in rows for field in ("name", "partner", "partners")]
        several = ((one,) if isinstance(one, str) else one for one in spoken_of)
        names.look_ahead({name for some in several for name in some}, as_partners=self.opened.kind == "partners")

    def _names_now(self, session: Session) -> Names:
        """Return the names as they are now: those held from the stretch before, unless somebody else changed any."""
        changed = select(Change.id).where(col(Change.id) > self._seen, col(Change.record_kind).in_(_NAMED)).limit(1)
        if self._names is None or session.exec(changed).first() is not None:
            self._seen = _newest_change(session)
            self._names = Names(session)
        return self._names


def _newest_change(session: Session) -> int:
    return session.scalar(select(func.max(Change.id))) or 0


def _looked_through(opened: Opened) -> tuple[int, set[str]]:
    """Count the rows and gather the keys of a file; one that breaks in the middle is refused before a row is saved."""
    place = next((n for n, h in enumerate(opened.table.headings) if opened.mapping.get(h) == "key"), None)
    if place is None and opened.table.expected_rows is not None:
        return opened.table.expected_rows, set()
    rows, keys = 0, set[str]()
    for rows, row in enumerate(opened.table.rows(), 1):  # noqa: B007 -- how many there were
        if place is not None and place < len(row.cells):
            keys.add(row.cells[place])
    return rows, keys
