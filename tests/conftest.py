"""The cast: one county, one named user per role, and a database file for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.models.accounts import Account, County, RoleGrant
from erp.services import upkeep
from erp.services.records import now
from erp.services.search import bring_up_to_date
from erp.settings import settings
from erp.vocabulary import Role


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
def database(template_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a database file of its own, with the county and the cast and nothing else."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(template_database, folder / "erp.db")
    _use(folder, monkeypatch)
    yield folder / "erp.db"
    db.forget_engines()
    settings.cache_clear()


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
