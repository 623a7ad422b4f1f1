"""Copies of the embedded database: set aside before it is changed, backed up while it is in use, restored."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from erp.access import Actor
from erp.errors import Invalid
from erp.services.records import record_change
from erp.services.versions import known_versions
from erp.settings import settings
from erp.vocabulary import RecordKind

#: What an embedded database's file begins with.
SQLITE_MAGIC = b"SQLite format 3\x00"


def embedded_file() -> Path:
    """Return the embedded database's file. Raises: Invalid where a server keeps the records."""
    file = settings().database_file
    if file is None:
        raise Invalid(
            "The records are in a PostgreSQL database, which is copied and put back with PostgreSQL's own tools: "
            "pg_dump and pg_restore (docs/operating.md)."
        )
    return file


def set_aside(why: str) -> Path | None:
    """Copy the embedded database into the copies folder and drop the oldest copies; None where there is no file."""
    source = settings().database_file
    if source is None or not source.exists():
        return None
    folder = settings().data_dir / "copies"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"{source.stem}-{stamp}-{why}.db"
    for broken_off in folder.glob(f"{source.stem}-*.partial*"):  # by a process that was stopped while it copied
        broken_off.unlink()
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
    copy_database(embedded_file(), target)


def restore_database(backup: Path) -> Path | None:
    """Put a backup in the place of the embedded database; the database that was there is copied aside first.

    Returns that copy (None where there was none). Raises: Invalid where the file is no backup of this program.
    """
    target = embedded_file()
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
    if version is None or version[0] not in known_versions():
        raise Invalid(
            f"{backup} was written by a newer version of the program and was not restored. Install that version first."
        )
