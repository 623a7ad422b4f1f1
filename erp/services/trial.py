"""A throw-away copy of the records: a check runs the very code that would save, and nothing of it is kept."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from erp import db
from erp.models import Table
from erp.services.copies import copy_database
from erp.services.records import count_on
from erp.services.upkeep import make_tables
from erp.settings import settings

_log = logging.getLogger(__name__)
#: How a schema that records are copied into is called, before the number of the connection that watches over it.
_SCHEMA = "erp_check_"
_LEFT_BEHIND = (
    "SELECT nspname FROM pg_namespace WHERE nspname ~ '^erp_check_[0-9]+$' "
    "AND nspname NOT IN (SELECT 'erp_check_' || pid FROM pg_stat_activity)"
)
#: Tables whose one row the first migration wrote.
_MADE_WITH_A_ROW = ("data_revision", "change_head")


@contextmanager
def trial_copy() -> Iterator[Callable[[], AbstractContextManager[Session]]]:
    """Give a way to read and write in a copy of the records, which is gone in the end."""
    with (_copied_file if settings().database_file else _copied_schema)() as engine:

        @contextmanager
        def writing() -> Iterator[Session]:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session

        yield writing


@contextmanager
def _copied_file() -> Iterator[Engine]:
    file = settings().database_file
    assert file is not None  # where there is none, the records are a server's
    with tempfile.TemporaryDirectory(prefix="erp-check-") as folder:
        copy = Path(folder) / "copy.db"
        copy_database(file, copy)
        engine = db.connect(f"sqlite:///{copy}")
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _copied_schema() -> Iterator[Engine]:
    """Copy the tables into a schema of their own, named after the connection that watches over it.

    A schema whose connection is gone was left behind by a process that was stopped; the next check takes it away.
    """
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
        left = watch.exec_driver_sql(_LEFT_BEHIND).scalars().all()
        here = watch.exec_driver_sql("SELECT current_schema()").scalar_one()
        name = f"{_SCHEMA}{watch.exec_driver_sql('SELECT pg_backend_pid()').scalar_one()}"
        for schema in [*left, name]:
            _drop(watch, schema)
        watch.exec_driver_sql(f"CREATE SCHEMA {name}")
        engine = db.connect(settings().database, schema=name)
        try:
            as_one_moment = engine.execution_options(isolation_level="REPEATABLE READ")
            with as_one_moment.begin() as connection:
                make_tables(connection)
                _fill(connection, here)
            yield engine
        finally:
            engine.dispose()
            _drop(watch, name)


def _drop(watch: Connection, schema: str) -> None:
    try:
        watch.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    except OperationalError:
        # A dump that runs beside holds its tables, or the server is gone: what the check found stands all the same,
        # and the next check takes the schema away.
        _log.info("The schema %s of a check of an import is left for the next check to take away.", schema)


def _fill(connection: Connection, schema: str) -> None:
    """Copy every row of the tables that models describe, and let new rows be counted on from there."""
    for table in Table.metadata.sorted_tables:
        source = table.to_metadata(MetaData(), schema=schema)
        if table.name in _MADE_WITH_A_ROW:
            connection.execute(update(table).values(**connection.execute(select(source)).mappings().one()))
        else:
            connection.execute(insert(table).from_select(list(table.columns.keys()), select(source)))
        if "id" in table.primary_key.columns:
            count_on(connection, table.name)
