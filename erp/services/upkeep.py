"""Keeping the database: migrating it, copying it, restoring it, proving that its history is whole."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid
from erp.models.accounts import Account
from erp.models.changes import Change, ChangeHead
from erp.services.records import change_hash, record_change
from erp.settings import ROOT, settings
from erp.vocabulary import RecordKind

#: What an embedded database's file begins with.
SQLITE_MAGIC = b"SQLite format 3\x00"
#: Trigger → what it refuses, on which table, when. Only the end mark moves on, by UPDATE.
_TRIGGERS = {
    "change_no_update": ("UPDATE", "change", ""),
    "change_no_delete": ("DELETE", "change", ""),
    "change_no_replace": ("INSERT", "change", "WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id)"),
    "change_head_no_delete": ("DELETE", "change_head", ""),
    "change_head_no_replace": ("INSERT", "change_head", "WHEN EXISTS (SELECT 1 FROM change_head WHERE id = NEW.id)"),
}


_A_TRIBE = "SELECT id FROM partner WHERE kind = 'tribal_government'"
_MEETING_OF_A_TRIBE = "SELECT engagement_id FROM engagement_partner WHERE partner_id IN (" + _A_TRIBE + ")"  # noqa: S608
_ITS_PARTNER_OR_MEETING = (
    f"coalesce(r.partner_id IN ({_A_TRIBE}), 0) OR coalesce(r.engagement_id IN ({_MEETING_OF_A_TRIBE}), 0)"
)
#: Table, what its rows are, and when a Tribal government closes one: the rule that the triggers of 0013 keep.
_CLOSED_BY = (
    ("engagement", "engagements", f"r.id IN ({_MEETING_OF_A_TRIBE})"),
    ("commitment", "promises", _ITS_PARTNER_OR_MEETING),
    ("feedback_item", "feedback items", _ITS_PARTNER_OR_MEETING),
)


@dataclass(frozen=True)
class Migration:
    """What migrating did: the version before (None: new database), after, and the copy set aside (None: none)."""

    before: str | None
    after: str
    copy: Path | None


def migrate(engine: Engine) -> Migration:
    """Bring the database to the code's version, after copying an existing embedded file aside.

    Raises: Invalid where the database is newer than the code; then it is left untouched.
    """
    from alembic import command  # noqa: PLC0415 -- takes 0.4 s to import, and most commands need none of it

    config, newest, known = _migrations()
    before = database_version(engine)
    if before == newest:
        return Migration(before, newest, None)
    if before is not None and before not in known:
        raise Invalid(
            f"This database was written by a newer version of the program (database version {before}). It was not "
            "touched. Install the newer version, or restore the copy made before the update (docs/operating.md)."
        )
    copy = set_aside("before-migration") if before is not None else None
    with (
        engine.execution_options(erp_writes=True).connect() as connection,
        _without_foreign_keys(connection),
        connection.begin(),
    ):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _write_triggers(connection)
        if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise Invalid(f"The update of the database failed and was taken back: rows point nowhere ({lost[0]}).")
    return Migration(before, newest, copy)


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let a table be made anew while others point to it; SQLite minds this setting outside a transaction only."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _migrations() -> tuple[Any, str, frozenset[str]]:
    """Return Alembic's settings, the newest version of the database that the code knows, and every one it knows."""
    from alembic.config import Config  # noqa: PLC0415 -- as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 -- as above

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    script = ScriptDirectory.from_config(config)
    known = frozenset(step.revision for step in script.walk_revisions())
    return config, str(script.get_current_head()), known


def database_version(engine: Engine) -> str | None:
    """Return the version the database is at, or None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def set_aside(why: str) -> Path | None:
    """Copy the embedded database into the copies folder and drop the oldest copies; None where there is no file."""
    source = settings().database_file
    if not source.exists():
        return None
    folder = settings().data_dir / "copies"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"{source.stem}-{stamp}-{why}.db"
    copy_database(source, target)
    for old in sorted(folder.glob(f"{source.stem}-*.db"))[: -settings().kept_copies]:
        old.unlink()
    return target


def copy_database(source: Path, target: Path) -> None:
    """Copy an embedded database while it is in use; the copy is one consistent moment, checked before it is kept."""
    if not source.exists():
        raise Invalid(f"There is no database at {source} to copy.")
    if target.exists():
        raise Invalid(f"{target} exists already. Name a file that does not exist yet.")
    if not target.parent.is_dir():
        raise Invalid(f"There is no folder {target.parent}. Make it first, or name another one.")
    half_done = target.with_name(target.name + ".partial")
    with closing(sqlite3.connect(source)) as from_db, closing(sqlite3.connect(half_done)) as to_db:
        from_db.backup(to_db)
        to_db.execute("PRAGMA journal_mode=DELETE")
        if to_db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise Invalid(f"The copy of {source} did not pass its check; nothing was kept. Try again.")
    half_done.replace(target)


def backup_database(target: Path) -> None:
    """Copy the embedded database to a new file, while it is in use."""
    copy_database(settings().database_file, target)


def restore_database(backup: Path) -> Path | None:
    """Put a backup in the place of the embedded database; the database that was there is copied aside first.

    Returns that copy (None where there was none). Raises: Invalid where the file is no backup of this program.
    """
    target = settings().database_file
    if not backup.exists():
        raise Invalid(f"There is no file {backup}.")
    _check_backup(backup)
    kept = set_aside("before-restore")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".restoring")
    shutil.copyfile(backup, fresh)
    for left_over in (f"{target}-wal", f"{target}-shm"):
        Path(left_over).unlink(missing_ok=True)
    fresh.replace(target)
    return kept


def record_restore(session: Session, actor: Actor, backup: Path, kept: Path | None) -> None:
    """Tell in the history of the database now in place that it was put back from a backup."""
    after = {"backup": backup.name, "kept_as": kept.name if kept else None}
    record_change(session, actor, "restore database", RecordKind.SETTING, 1, after=after)


def _check_backup(backup: Path) -> None:
    with backup.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise Invalid(f"{backup} is not a backup of this program. Name a file that 'erp backup' made.")
    try:
        with closing(sqlite3.connect(backup)) as candidate:
            names = {row[0] for row in candidate.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            whole = candidate.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            ours = {"alembic_version", "change", "partner"} <= names
            version = candidate.execute("SELECT version_num FROM alembic_version").fetchone() if ours else None
    except sqlite3.DatabaseError as problem:
        raise Invalid(f"{backup} is damaged and was not restored. Use an older backup.") from problem
    if not ours:
        raise Invalid(f"{backup} is a database, but not of this program. Name a file that 'erp backup' made.")
    if not whole:
        raise Invalid(f"{backup} is damaged and was not restored. Use an older backup.")
    if version is None or version[0] not in _migrations()[2]:
        raise Invalid(
            f"{backup} was written by a newer version of the program and was not restored. Install that version first."
        )


def verify_changes(session: Session) -> list[str]:
    """Check the chain of changes from its first row to its end. Returns a sentence per fault; empty: all is whole."""
    faults: list[str] = []
    previous, length = "", 0
    for change in session.exec(select(Change).order_by(col(Change.id)).execution_options(yield_per=1000)):
        length += 1
        if change.previous_hash != previous:
            faults.append(f"Change {change.id}: a row before it is missing or was altered.")
        if change.hash != change_hash(change):
            faults.append(f"Change {change.id}: the row was altered after it was written.")
        previous = change.hash
        session.expunge(change)
    head = session.get(ChangeHead, 1)
    if head is not None and (head.length, head.hash) != (length, previous):
        faults.append(f"The history should end after {head.length} changes, but {length} are here.")
    if head is None and (length or session.exec(select(Account.id).limit(1)).first() is not None):
        faults.append("The end mark of the history is missing.")
    here = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    faults += [f"The guard “{name}” of the history is missing." for name in sorted(set(_TRIGGERS) - here)]
    return faults


def verify_closed(session: Session) -> list[str]:
    """Check that each record is kept as closed exactly where a Tribal government closes it. A sentence per fault.

    Triggers keep it, so that no way in can forget it; a row altered from outside could open what a Tribe shared.
    """
    faults: list[str] = []
    for table, named, rule in _CLOSED_BY:
        wrong = session.scalar(text(f"SELECT count(*) FROM {table} AS r WHERE r.closed <> ({rule})"))  # noqa: S608 -- words of this module
        if wrong:
            faults.append(
                f"{wrong:,} {named} are open though a Tribal government closes them, or closed though none does: the "
                "database was altered from outside. Restore the newest backup from before."
            )
    return faults


def _write_triggers(connection: Connection) -> None:
    """Let the database itself refuse to alter or remove history, also by replacing a row or the end mark."""
    for name, (act, table, when) in _TRIGGERS.items():
        refusal = "BEGIN SELECT RAISE(ABORT, 'the history of changes is append-only'); END"
        connection.execute(text(f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act} ON {table} {when} {refusal}"))
