"""The engine, and the two ways to use it: reading() and writing(). Nothing else opens a transaction.

The records are in an embedded SQLite file, or in a PostgreSQL database; both behave alike. What is said twice because
the two speak differently asks `embedded`, or is compiled for each.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session, create_engine, select

from erp.models.changes import DataRevision
from erp.settings import settings

#: Milliseconds a connection waits for another process's write (the command line beside the app).
BUSY_MS = 15_000
#: What every SQLite connection is told. synchronous=FULL: a save that was confirmed survives a power cut.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-20000",  # 20 MB a connection
    "PRAGMA mmap_size=134217728",  # 128 MiB
    "PRAGMA journal_size_limit=67108864",  # 64 MiB
)
#: What every PostgreSQL connection is told: days of moments are those of UTC, as SQLite's are.
SERVER_SETTINGS = (
    f"SET lock_timeout = {BUSY_MS}",
    "SET TIME ZONE 'UTC'",
    "SET datestyle = 'ISO'",
    "SET synchronous_commit = on",  # a save that was confirmed survives a power cut
)
#: The lock that a PostgreSQL transaction holds while it writes, as SQLite's own one does.
WRITER_LOCK = 0x657270

#: One writer at a time within the process keeps waiting fair; between processes the database's own lock does.
_one_writer = threading.RLock()


def connect(url: str, schema: str = "") -> Engine:
    """Open the database at `url`; nothing is created or changed by opening. `schema`: of a server, instead of its own.

    Whatever writes takes the one writer's lock first: to read, then write without it loses updates or fails. Reads
    must not take it.
    """
    if url.startswith("sqlite:"):
        return _on_file(url)
    return _on_server(url, schema)


def _on_file(url: str) -> Engine:
    waits = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    engine = create_engine(url, connect_args=waits, pool_size=10, max_overflow=40)

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        _tell(connection, PRAGMAS)

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")

    return engine


def _on_server(url: str, schema: str) -> Engine:
    from psycopg.types.string import StrDumperUnknown  # noqa: PLC0415 -- where the records are in a file, nobody needs it

    class WithoutNul(StrDumperUnknown):
        """Leaves the sign of code 0 out of a text: PostgreSQL refuses the whole text for it."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    letters = {"client_encoding": "utf8"}
    engine = create_engine(
        url,
        connect_args=letters,
        isolation_level="READ COMMITTED",  # whoever waited for the lock sees what was written meanwhile
        pool_size=10,
        max_overflow=40,
        pool_pre_ping=True,
    )
    said = (*SERVER_SETTINGS, f"SET search_path = {schema}") if schema else SERVER_SETTINGS

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record) -> None:
        connection.adapters.register_dumper(str, WithoutNul)
        _tell(connection, said)
        connection.commit()

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:
        if _writes(connection):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    return engine


def _tell(connection: Any, statements: Iterable[str]) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def _writes(connection: Connection) -> bool:
    return connection.get_execution_options().get("erp_writes", False)


def embedded(session: Session | Connection) -> bool:
    """Say whether the records are in the embedded SQLite file, rather than in a PostgreSQL database."""
    return (session if isinstance(session, Connection) else session.get_bind()).dialect.name == "sqlite"


@lru_cache(maxsize=4)
def _engine_at(url: str) -> Engine:
    return connect(url)


def engine() -> Engine:
    """Return the engine of the database that the settings name."""
    return _engine_at(settings().database)


def write_through() -> bool:
    """Bring what was written into the embedded file itself, so that nothing that was overwritten stays beside it.

    False where somebody is just reading, who still needs it; it is then done with a later change. A server does it by
    itself (VACUUM).
    """
    if settings().database_file is None:
        return True
    with engine().connect() as connection:
        busy = connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]  # pyright: ignore[reportOptionalMemberAccess]
    return busy == 0


def make_folder() -> None:
    """Make the folder of the embedded database where there is none yet."""
    if file := settings().database_file:
        file.parent.mkdir(parents=True, exist_ok=True)


def forget_engines() -> None:
    """Close every connection: after the database file was replaced, or the settings were changed."""
    engine().dispose()
    _engine_at.cache_clear()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session for questions; it never takes the write lock."""
    with Session(_as_one_moment(engine()), expire_on_commit=False, autoflush=False) as session:
        yield session


def _as_one_moment(opened: Engine) -> Engine:
    """Let every question of a reading be answered from one moment, as SQLite does by itself."""
    if opened.dialect.name == "sqlite":
        return opened
    return opened.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def writing(*, counts: bool = True) -> Iterator[Session]:
    """Open the one transaction of a change and commit it at the end, or roll everything back.

    `counts` False is for sign-in bookkeeping, which changes no figure and so leaves kept figures valid.
    """
    for_writes = engine().execution_options(erp_writes=True)
    with _one_writer, Session(for_writes, expire_on_commit=False) as session, session.begin():
        yield session
        if counts:
            session.flush()
            session.execute(text("UPDATE data_revision SET number = number + 1 WHERE id = 1"))


def data_revision(session: Session) -> int:
    """Return the number that every commit raises; figures kept under an older number are stale."""
    return session.exec(select(DataRevision.number).where(DataRevision.id == 1)).one()
