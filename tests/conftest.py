"""The cast: one county, one named user per role, and a database file for each test."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import time_machine
from hypothesis import settings as settings_of_properties
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.models.accounts import Account, County, RoleGrant
from erp.services import upkeep
from erp.services.records import count_on, now
from erp.services.search import bring_up_to_date
from erp.settings import settings
from erp.vocabulary import Role
from tests.server import Reused, Server, started

# Tests time nothing: a machine that pauses for a moment proves nothing about a property.
settings_of_properties.register_profile("untimed", deadline=None)
settings_of_properties.load_profile("untimed")

#: When the clock of the tests' own processes begins: an evening in the county, the next day in UTC. Always the same,
#: so that what passes today passes on any other day; peculiar days are chosen by the tests that are about them.
BEGUN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

SQLITE, POSTGRESQL = "sqlite", "postgresql"
#: Tests that run on both databases, beside those marked `on_both`; those marked `embedded_only` are about the file.
ON_BOTH = ("queries", "services", "health", "test_db")


def pytest_configure() -> None:
    time_machine.travel(BEGUN, tick=True).start()


@event.listens_for(Engine, "connect")
def _promise_no_order(connection: Any, _record: object) -> None:
    """Give rows that nobody asked an order for backwards: a server gives them in any."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON")


@dataclass(frozen=True)
class Cast:
    """The people every test is read with in mind. Alder County is made up."""

    coordinator: Actor
    leadership: Actor
    tribal_liaison: Actor
    community_liaison: Actor
    administrator: Actor
    viewer: Actor

    def __iter__(self) -> Iterator[Actor]:
        return iter(
            (
                self.coordinator,
                self.leadership,
                self.tribal_liaison,
                self.community_liaison,
                self.administrator,
                self.viewer,
            )
        )


PEOPLE = {
    Role.COORDINATOR: "Cora Coordinator",
    Role.LEADERSHIP: "Lena Leader",
    Role.TRIBAL_LIAISON: "Tara Liaison",
    Role.COMMUNITY_LIAISON: "Colin Liaison",
    Role.ADMINISTRATOR: "Ada Administrator",
    Role.VIEWER: "Vic Viewer",
}


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one database for all tests, and set up the county and its cast in it."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        _use(folder, patch)
        upkeep.migrate(db.engine())
        with db.writing() as session:
            _set_up(session)
        db.forget_engines()
    settings.cache_clear()
    return folder / "erp.db"


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a database of its own, with the county and the cast and nothing else.

    Yields the embedded file, which is not there where the test runs on a server.
    """
    folder = tmp_path / "data"
    folder.mkdir()
    _use(folder, monkeypatch)
    if getattr(request, "param", SQLITE) == SQLITE:
        shutil.copyfile(request.getfixturevalue("template_database"), folder / "erp.db")
        yield folder / "erp.db"
        db.forget_engines()
    else:
        monkeypatch.setenv("ERP_DATABASE_URL", request.getfixturevalue("on_server").as_it_was())
        settings.cache_clear()
        yield folder / "erp.db"
        db.forget_engines()
    settings.cache_clear()


@pytest.fixture
def anew(request: pytest.FixtureRequest, database: Path) -> Callable[[], None]:
    """Give a test a way to go over to a fresh database, with the same county and the same cast."""

    def put_back() -> None:
        db.forget_engines()
        if settings().database_file:
            shutil.copyfile(request.getfixturevalue("template_database"), database)
        else:
            request.getfixturevalue("on_server").as_it_was()

    return put_back


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start a PostgreSQL server for the tests of this process.

    Not below pytest's own folder: another run of pytest closes that to the server, which is not the superuser.
    """
    apart = TemporaryDirectory(prefix="erp_server_", ignore_cleanup_errors=True)
    with apart as folder, started(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def on_server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reused]:
    """Make one database on the server, with the county and its cast, that every test finds as it was."""
    with server.database("of_all_tests") as url, pytest.MonkeyPatch.context() as patch:
        _use(tmp_path_factory.mktemp("beside"), patch)
        patch.setenv("ERP_DATABASE_URL", url)
        settings.cache_clear()
        upkeep.migrate(db.engine())
        with db.writing() as session:
            _set_up(session)
        db.forget_engines()
        settings.cache_clear()
        yield Reused.keeping(url)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever asks and changes records on both databases."""
    on_both = any(metafunc.module.__name__.startswith(f"tests.{where}") for where in ON_BOTH)
    marked = metafunc.definition.get_closest_marker
    if "database" in metafunc.fixturenames and (on_both or marked("on_both")) and not marked("embedded_only"):
        metafunc.parametrize("database", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture
def session(database: Path) -> Iterator[Session]:
    """Open the transaction of one change; it is committed at the end of the test."""
    with db.writing() as session:
        yield session


@pytest.fixture(scope="session")
def cast() -> Cast:
    """Name the cast; the ids are those of the template database."""
    actors = {
        role.value: Actor(number, name, frozenset({role})) for number, (role, name) in enumerate(PEOPLE.items(), 1)
    }
    return Cast(**actors)


def make_findable(session: Session) -> None:
    """Put everything into the index of words, as a search does before it looks."""
    while bring_up_to_date(session):
        pass


def _use(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("ERP_DATA_DIR", str(folder))
    patch.delenv("ERP_DATABASE_URL", raising=False)
    patch.delenv("ERP_DEMO", raising=False)
    settings.cache_clear()


def _set_up(session: Session) -> None:
    at = now()
    session.add(County(name="Alder County", time_zone="America/Los_Angeles", recorded_at=at))
    for number, (role, name) in enumerate(PEOPLE.items(), 1):
        email = name.split()[0].lower() + "@alder.example"
        session.add(Account(id=number, email=email, name=name, recorded_at=at))
        session.flush()
        session.add(RoleGrant(account_id=number, role=role))
    count_on(session, "account")
