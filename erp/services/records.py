"""What every verb needs: loading a record for change, revising it without overwriting anybody, and the audit row."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.changes import Change, ChangeHead, Submission
from erp.services.drafts import Draft
from erp.vocabulary import RecordKind

RecordT = TypeVar("RecordT", bound=SQLModel)

#: Columns that never enter the history: secrets, and what is derived from other columns.
UNTOLD = frozenset({"password_hash", "name_key", "closed", "last_contact_on", "agreed_days", "agreed_from"})
_KEPT_BECAUSE = "kept_because"
#: What is said where a form was open twice.
SAVED_ELSEWHERE = (
    "This form was open in two places, and was saved from the other one. What was typed here since is not saved: copy "
    "what is missing, open the saved record, and add it there."
)
#: The values that bring an archived record back.
BACK = {"archived_at": None, "archive_reason": ""}


def now() -> datetime:
    """Return this moment, aware UTC."""
    return datetime.now(UTC)


def keep_marked_words(session: Session, reason: str) -> None:
    """Say why words that look identifying are kept: every change of this transaction tells it in the history."""
    session.info[_KEPT_BECAUSE] = reason.strip()


def snapshot(record: SQLModel, **more: Any) -> dict[str, Any]:
    """Return the record as plain JSON values, with `more` beside it (its partners, its tags)."""
    plain = record.model_dump(mode="json", exclude=set(UNTOLD))
    return plain | json.loads(json.dumps(more, default=str))


def plain_value(value: Any) -> Any:
    """Return a column's value as the history of changes keeps it, in the way `snapshot` writes it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def record_change(
    session: Session,
    actor: Actor,
    verb: str,
    kind: RecordKind,
    record_id: int | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Write the audit row of a change into the same transaction, chained to the row before it.

    Where both are given only the fields that differ are kept; nothing is written when none does. `at` is this moment,
    but for the demonstration, whose made-up changes lie in the past.
    """
    if before is not None and after is not None:
        differing = {name for name in before | after if before.get(name) != after.get(name)}
        if not differing - {"version"}:
            return
        before = {name: before.get(name) for name in sorted(differing)}
        after = {name: after.get(name) for name in sorted(differing)}
    if reason := session.info.get(_KEPT_BECAUSE):
        after = (after or {}) | {_KEPT_BECAUSE: reason}
    head = session.get(ChangeHead, 1)
    if head is None:
        head = ChangeHead()
        session.add(head)
    change = Change(
        at=at or now(),
        actor_id=actor.user_id,
        actor_name=actor.name,
        door=actor.door,
        verb=verb,
        record_kind=kind.value,
        record_id=record_id or 0,
        before=before,
        after=after,
        previous_hash=head.hash,
        hash="",
    )
    change.hash = change_hash(change)
    head.hash = change.hash
    head.length += 1
    session.add(change)


def change_hash(change: Change) -> str:
    """Return the sha256 (hex) over a change's content and the hash before it."""
    content = [
        change.previous_hash,
        change.at.astimezone(UTC).isoformat(),
        change.actor_id,
        change.actor_name,
        str(change.door),
        change.verb,
        change.record_kind,
        change.record_id,
        change.before,
        change.after,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def revise(record: SQLModel, version: int, values: dict[str, Any]) -> None:
    """Set `values` on a record opened at `version`.

    Raises: Conflict where somebody changed it since; Invalid where it is archived and stays so, or is archived twice.
    """
    if record.version != version:  # pyright: ignore[reportAttributeAccessIssue] -- every Recorded table has it
        raise Conflict(
            "Somebody changed this record while you had it open. Your text is still in the form: "
            "open the record again, compare, and save once more."
        )
    archived = getattr(record, "archived_at", None) is not None
    if archived and values.get("archived_at", "kept") is not None:
        raise Invalid("This record is archived. Restore it first; nothing was changed.")
    if "archived_at" in values and values["archived_at"] is None and not archived:
        raise Invalid("This record is not archived; nothing was changed.")
    for name, value in values.items():
        setattr(record, name, value)
    record.version = version + 1  # pyright: ignore[reportAttributeAccessIssue]


def change_record(
    session: Session,
    actor: Actor,
    record: RecordT,
    version: int,
    verb: str,
    kind: RecordKind,
    values: dict[str, Any],
    sync: Callable[[Session, RecordT, datetime], None] | None = None,
    at: datetime | None = None,
) -> RecordT:
    """Set `values` on a record opened at `version` and tell it in the history; `sync` brings the ledger in step.

    Raises: Conflict, Invalid as `revise`.
    """
    before = snapshot(record)
    revise(record, version, values)
    session.flush()
    if sync is not None:
        sync(session, record, at or now())
    record_id: int | None = record.id  # pyright: ignore[reportAttributeAccessIssue] -- every Recorded table has it
    record_change(session, actor, verb, kind, record_id, before=before, after=snapshot(record))
    session.flush()
    return record


def set_void(
    session: Session,
    actor: Actor,
    record: RecordT,
    version: int,
    kind: RecordKind,
    reason: str,
    sync: Callable[[Session, RecordT, datetime], None],
) -> RecordT:
    """Void a record with a reason: from now on as if never entered; an empty reason restores it."""
    at = now()
    values = {"voided_at": at if reason else None, "void_reason": reason}
    return change_record(session, actor, record, version, "void" if reason else "restore", kind, values, sync, at)


def put_away(reason: str) -> dict[str, Any]:
    """Return the values that archive a record with a reason; BACK brings it back. Raises: Invalid without a reason."""
    return {"archived_at": now(), "archive_reason": need_reason(reason)}


def add_rows(session: Session, rows: Sequence[SQLModel]) -> None:
    """Add rows whose ids nobody asks for: those of a table in one statement, where one by one each asks for its id."""
    for table in dict.fromkeys(type(row) for row in rows):
        session.execute(insert(table), [row.model_dump(exclude={"id"}) for row in rows if type(row) is table])


def add_missing(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows but for those whose key is here already."""
    added = sqlite.insert(table) if db.embedded(session) else postgresql.insert(table)
    session.execute(added.on_conflict_do_nothing(), rows)


def count_on(session: Session | Connection, table: str) -> None:
    """Let ids of new rows go on after those that were given by hand: PostgreSQL counts apart from what is there."""
    if not db.embedded(session):
        highest = text(f"SELECT setval(pg_get_serial_sequence(:named, 'id'), max(id)) FROM {table}")  # noqa: S608 -- ours
        session.execute(highest, {"named": table})


def need_reason(reason: str) -> str:
    """Return the trimmed reason. Raises: Invalid where there is none."""
    if not reason.strip():
        raise Invalid("Say why in a few words: the reason stays with the record.")
    return reason.strip()


def get_or_refuse(session: Session, table: type[RecordT], record_id: int | None, what: str) -> RecordT:
    """Load a record by id. Raises: NotFound."""
    record = session.get(table, record_id) if record_id is not None else None
    if record is None:
        raise NotFound(f"This {what} is not here. It may have been archived, or the address is wrong.")
    return record


def saved_before(session: Session, token: str, *drafts: Draft) -> int | None:
    """Return the id of the record that this form already saved with these drafts, or None.

    Raises: Conflict where the form was open twice, and was saved with other words from the other place.
    """
    saved = session.get(Submission, token) if token else None
    if saved is None:
        return None
    if saved.content not in ("", _content(drafts)):
        raise Conflict(SAVED_ELSEWHERE)
    return saved.record_id


def remember_save(session: Session, token: str, kind: RecordKind, record_id: int, *drafts: Draft) -> None:
    """Remember that the form with this token was saved, so that a second click makes no second record."""
    if token:
        content = _content(drafts)
        session.add(Submission(token=token, record_kind=kind.value, record_id=record_id, at=now(), content=content))


def _content(drafts: tuple[Draft, ...]) -> str:
    return hashlib.sha256("\n".join(draft.model_dump_json() for draft in drafts).encode()).hexdigest()


def new_key(session: Session, table: Any, prefix: str, record_id: int) -> str:
    """Return a stable reference for a record whose county gave none: prefix and number, free of clashes."""
    key = f"{prefix}-{record_id:05d}"
    while session.exec(select(table.id).where(col(table.key) == key)).first() is not None:
        key += "x"  # a county's own key happens to look like ours
    return key


def person_key(name: str) -> str:
    """Return a rater's name for comparing: names alike but for spacing and case are one person."""
    return squeeze(name).casefold()


def squeeze(name: str) -> str:
    """Return a name without any spacing: names alike but for spacing are one."""
    return "".join(unicodedata.normalize("NFC", name).split())
