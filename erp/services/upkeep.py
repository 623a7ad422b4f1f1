"""Bringing a database to the code's version."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from erp import db
from erp.errors import Invalid
from erp.services.copies import set_aside
from erp.services.guards import write_guards
from erp.services.versions import alembic_settings, database_version, known_versions, newest_version

#: Alembic knows one update at a time in a process; on a server, each check of an import makes tables.
_one_at_a_time = threading.Lock()


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
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            _check_server(connection)
    newest, before = newest_version(), database_version(engine)
    if before == newest:
        return Migration(before, newest, None)
    if before is not None and before not in known_versions():
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
        make_tables(connection)
    return Migration(before, newest, copy)


def make_tables(connection: Connection) -> None:
    """Take every step to the newest tables, in the transaction that is open.

    Raises: Invalid where the result would not be whole, or the database cannot be used for this program.
    """
    from alembic import command  # noqa: PLC0415 -- takes 0.4 s to import, and most commands need none of it

    config = alembic_settings()
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")
    write_guards(connection)
    if db.embedded(connection) and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise Invalid(f"The update of the database failed and was taken back: rows point nowhere ({lost[0]}).")


def _check_server(connection: Connection) -> None:
    """Look whether a server's database keeps every letter, and orders words as the search needs it: as SQLite does."""
    told = connection.execute(text("SELECT current_database(), current_setting('server_encoding'), 'Z' < 'a'")).one()
    name, encoding, by_code = told
    if encoding != "UTF8" or not by_code:
        raise Invalid(
            f"The PostgreSQL database {name} keeps text as {encoding} and orders it "
            f"{'by letter' if by_code else 'by the rules of a language'}; the program needs UTF8 and order by letter. "
            f"Make an empty one: CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        )


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let a table be made anew while others point to it; SQLite minds this setting outside a transaction only."""
    if not db.embedded(connection):
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
