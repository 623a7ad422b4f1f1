"""One stretch of an import being saved in one transaction: numbers, keys, rows to write, changes to audit, findings."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Literal, TypeVar

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, func, select

from erp.access import Actor
from erp.frameworks import Frameworks
from erp.importing.readings import Problem, RowReading
from erp.models import Table
from erp.models.changes import Change, ChangeHead
from erp.models.facts import Fact
from erp.queries.frameworks import frameworks_of
from erp.services.import_names import Names
from erp.services.records import UNTOLD, change_hash, count_on, now, plain_value, record_change
from erp.vocabulary import RecordKind

RecordT = TypeVar("RecordT", bound=SQLModel)

#: Keys are looked up this many at a time.
_KEYS_AT_ONCE = 500
#: Parents before what belongs to them, as the database checks.
_ORDER = {table.name: place for place, table in enumerate(Table.metadata.sorted_tables)}


@dataclass
class Batch:
    """One stretch of rows. New records are written together by `flush`: row by row takes five times as long.

    `file_keys`: every key that the file gives, also in later stretches, so that none is made twice.
    `unknown`: names that no partner has, and in how many cells; `changed`: records that were here and were changed.
    """

    session: Session
    actor: Actor
    at: datetime
    heading_of: Mapping[str, str]
    names: Names
    file_keys: Collection[str] = ()
    unknown: Counter[str] = field(default_factory=Counter[str])
    changed: set[int] = field(default_factory=set[int])
    _next: dict[Any, int] = field(default_factory=dict)
    _taken: dict[Any, set[str]] = field(default_factory=lambda: defaultdict(set))
    _asked: dict[Any, int] = field(default_factory=dict)
    _new: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _chain: ChangeHead | None = None
    _changes: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def frameworks(self) -> Frameworks:
        """The county's frameworks, asked for once."""
        return frameworks_of(self.session)

    def add(self, *records: SQLModel) -> None:
        """Write records with the others of this batch."""
        for record in records:
            self._new[type(record)].append(_columns(record))

    def add_facts(self, source_id: int, drafts: Iterable[dict[str, Any]]) -> None:
        """Write facts of a new record into the ledger."""
        for draft in drafts:
            self._new[Fact].append(_columns(new(Fact, source_id=source_id, known_from=self.at, **draft)))

    def flush(self) -> None:
        """Write what was added and changed so far."""
        self.session.flush()
        for table in sorted(self._new, key=lambda table: _ORDER[str(table.__tablename__)]):
            self.session.execute(insert(table), self._new[table])
            if table in self._next:
                count_on(self.session, str(table.__tablename__))
        self._new.clear()
        self._write_changes()

    def number(self, table: Any) -> int:
        """Return the next free id of a table; the write lock is held, so nobody else takes it."""
        if table not in self._next:
            self._next[table] = (self.session.scalar(select(func.max(table.id))) or 0) + 1
        number = self._next[table]
        self._next[table] += 1
        return number

    def key(self, table: Any, prefix: str, number: int) -> str:
        """Return a stable reference for a record whose county gave none."""
        if number >= self._asked.get(table, 0):
            upper = number + _KEYS_AT_ONCE
            ours = [_made_key(prefix, one) for one in range(number, upper)]
            self._taken[table].update(self.session.scalars(select(table.key).where(table.key.in_(ours))))
            self._asked[table] = upper
        key = _made_key(prefix, number)
        while key in self._taken[table] or key in self.file_keys:
            key += "x"  # a county's own key happens to look like ours
        self._taken[table].add(key)
        return key

    def stamp(self) -> dict[str, Any]:
        """Return when and by whom the records of this batch come in."""
        return {"recorded_at": self.at, "recorded_by": self.actor.user_id}

    def audit_new(self, kind: RecordKind, record: Any, **more: Any) -> None:
        """Audit a new record, chained to the change before it as `record_change` does, and written with the others."""
        head, told = self._head(), _columns(record) | more
        change = new(
            Change,
            at=now(),
            actor_id=self.actor.user_id,
            actor_name=self.actor.name,
            door=self.actor.door,
            verb="import",
            record_kind=kind.value,
            record_id=record.id,
            before=None,
            after={name: plain_value(value) for name, value in told.items() if name not in UNTOLD},
            previous_hash=head.hash,
            hash="",
        )
        head.hash = change_hash(change)
        head.length += 1
        self._changes.append(_columns(change) | {"hash": head.hash})

    def audit_change(self, kind: RecordKind, number: int, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Audit the change of a record that was here."""
        self.flush()
        self.changed.add(number)
        record_change(self.session, self.actor, "import", kind, number, before=before, after=after)
        self.session.flush()

    def warn(self, reading: RowReading, column: str, found: str, reason: str, advice: str) -> None:
        """Say on a row what a person should look at."""
        self._say(reading, column, found, "warning", reason, advice)

    def reject(self, reading: RowReading, column: str, found: str, reason: str, advice: str) -> None:
        """Say why a row cannot come in after all."""
        self._say(reading, column, found, "rejected", reason, advice)

    def note(self, reading: RowReading, column: str, found: str, reason: str, advice: str) -> None:
        """Say how something was read, without making it a warning."""
        self._say(reading, column, found, "note", reason, advice)

    def link(self, reading: RowReading, column: str, words: str) -> int | None:
        """Return the partner of this name, or warn that the name is kept unlinked."""
        if not words:
            return None
        partner_id = self.names.partner(words)
        if partner_id is not None:
            return partner_id
        tribe = self.names.tribe(words)
        if tribe is not None:
            reason = "This Tribal government is archived. The row is kept with it, and as closed as its other records."
            self.warn(reading, column, words, reason, "Restore it on its page if you work together again.")
        elif self.names.same_name(words) is not None:
            advice = "The row came in with the name kept. Restore the partner on its page; then link the name."
            self.warn(reading, column, words, "Only an archived partner has this name.", advice)
        else:
            self.unknown[words] += 1
            advice = "The row came in with the name kept; link it on the Import page, or add the partner."
            self.warn(reading, column, words, f"No partner has this name.{self._question(words)}", advice)
        return tribe

    def hold_shared_name(self, reading: RowReading) -> None:
        """Reject a row under a name of several Tribal governments: linked to none, it would be open to everybody."""
        for column in ("partner", "partners"):
            said: str | tuple[str, ...] = reading.values.get(column) or ()  # people and ratings have one partner
            for words in (said,) if isinstance(said, str) else said:
                if self.names.of_several_tribes(words):
                    reason = "Several Tribal governments go by this name, so the row cannot be closed with its own."
                    self.reject(reading, column, words, reason, "Write which one is meant, by its name or its key.")

    def link_one(self, reading: RowReading) -> int | None:
        """Link the one partner a promise or feedback is about; several names stay words, since nobody can be sure.

        Where one of them is a Tribal government, the record is closed with it all the same.
        """
        names: tuple[str, ...] = reading.values.get("partner") or ()
        if not names:
            return None
        words = "; ".join(names)
        if len(names) == 1 or (partner_id := self.names.partner(words)) is not None:
            partner_id = self.link(reading, "partner", words)
            if partner_id is None:
                reading.as_written["partner"] = words
            return partner_id
        tribe = next(filter(None, map(self.names.tribe, names)), None)
        kept = (
            "" if tribe is None else " One is a Tribal government: the record is kept with it, as closed as its others."
        )
        self.warn(
            reading,
            "partner",
            words,
            f"Several names stand here, and this record belongs to one partner.{kept}",
            "The row came in with the names kept; choose the partner on its page.",
        )
        reading.as_written["partner"] = words
        return tribe

    def _question(self, words: str) -> str:
        found = self.names.suggestion(words)
        return "" if found is None else f" It looks like “{self.names.partner_name[found]}”."

    def _say(
        self,
        reading: RowReading,
        column: str,
        found: str,
        severity: Literal["rejected", "warning", "note"],
        reason: str,
        advice: str,
    ) -> None:
        reading.say(self.heading_of.get(column, column), found, Problem("service", severity, reason, advice))

    def _head(self) -> ChangeHead:
        if self._chain is None:
            self._chain = self.session.get(ChangeHead, 1) or ChangeHead()
            self.session.add(self._chain)
            self.session.flush()
        return self._chain

    def _write_changes(self) -> None:
        if self._changes:
            self.session.execute(insert(Change), self._changes)
            self._changes.clear()


def new(table: type[RecordT], **columns: Any) -> RecordT:
    """Return a record that is to be written by `Batch.add` and by nothing else.

    The session does not know it, and so it is made in a tenth of the time: half of what an import took went there.
    """
    record = table.__new__(table)
    defaults: dict[str, Any] = _defaults(table)  # pyright: ignore[reportArgumentType] -- classes can be hashed
    vars(record).update(defaults | columns)
    return record


def set_changed(
    record: Any,
    columns: Mapping[str, Any],
    merged: RowReading,
    changed: Collection[str],
    columns_of: Mapping[str, tuple[str, ...]],
) -> None:
    """Set the columns of the fields that changed, and what a county wrote there that no column holds.

    `columns_of`: the columns of a field where they are not the one of its name.
    """
    for name in changed:
        for column in columns_of.get(name, (name,)):
            if column in columns:
                setattr(record, column, columns[column])
    kept = {name: words for name, words in record.as_written.items() if name not in changed}
    record.as_written = kept | {name: words for name, words in merged.as_written.items() if name in changed}
    record.extras = merged.extras
    record.version += 1


def _columns(record: SQLModel) -> dict[str, Any]:
    """Return a new record's columns; without an id the database gives the next one."""
    return {name: value for name, value in vars(record).items() if name[0] != "_" and (name != "id" or value)}


@cache
def _defaults(table: Any) -> dict[str, Any]:
    fields = table.model_fields.items()
    return {name: field.get_default(call_default_factory=True) for name, field in fields if not field.is_required()}


def was_made(key: str, prefix: str, number: int) -> bool:
    """Say whether a record has the key that it gets where its county gives none."""
    return key.rstrip("x") == _made_key(prefix, number)


def _made_key(prefix: str, number: int) -> str:
    return f"{prefix}-{number:05d}"
