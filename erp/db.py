"""The engine, and the two ways to use it: reading() and writing(). Nothing else opens a transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine, event, text
from sqlmodel import Session, create_engine, select

from erp.models.changes import DataRevision
from erp.settings import settings

#: Milliseconds a connection waits for another process's write (the command line beside the app).
BUSY_MS = 15_000
#: What every SQLite connection is told. synchronous=FULL: a save that was confirmed survives a power cut.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_MS}",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-20000",  # 20 MB a connection
    "mmap_size=134217728",  # 128 MiB
    "journal_size_limit=67108864",  # 64 MiB
)

#: One writer at a time within the process keeps waiting fair; between processes SQLite's own lock does.
_one_writer = threading.RLock()


def connect(url: str) -> Engine:
    """Open the database at `url`; nothing is created or changed by opening."""
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
        pool_size=10,
        max_overflow=40,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:
        # Read-then-write without IMMEDIATE loses updates or fails as "locked"; reads must not take the lock.
        writes = connection.get_execution_options().get("erp_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@lru_cache(maxsize=4)
def _engine_at(url: str) -> Engine:
    return connect(url)


def engine() -> Engine:
    """Return the engine of the database that the settings name."""
    return _engine_at(settings().database)


def forget_engines() -> None:
    """Close every connection: after the database file was replaced, or the settings were changed."""
    engine().dispose()
    _engine_at.cache_clear()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session for questions; it never takes the write lock."""
    with Session(engine(), expire_on_commit=False, autoflush=False) as session:
        yield session


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
