"""A PostgreSQL server in the place of the embedded file: what is its own about it."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from erp import cli, db
from erp.errors import Invalid
from erp.models.feedback import FeedbackItem
from erp.queries.search import search
from erp.queries.word_grammar import OnServer
from erp.services import copies, guards, trial, upkeep, versions
from erp.services.feedback import FeedbackDraft, receive_feedback, void_feedback
from erp.services.partners import PartnerDraft, add_partner
from erp.settings import settings
from erp.vocabulary import PartnerKind
from tests.conftest import POSTGRESQL, Cast, make_findable
from tests.server import Server

on_server = pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)


@pytest.fixture
def empty(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Name an empty database in the settings."""
    with server.database("empty") as url:
        yield _named(url, tmp_path, monkeypatch)
        db.forget_engines()
    settings.cache_clear()


def _named(url: str, folder: Path, patch: pytest.MonkeyPatch) -> str:
    patch.setenv("ERP_DATA_DIR", str(folder))
    patch.setenv("ERP_DATABASE_URL", url)
    settings.cache_clear()
    return url


def test_an_empty_database_gets_its_tables_and_nothing_is_written_beside_it(empty: str, tmp_path: Path) -> None:
    done = upkeep.migrate(db.engine())
    assert (done.before, done.after, done.copy) == (None, versions.newest_version(), None)
    assert upkeep.migrate(db.engine()).before == done.after
    with db.reading() as session:
        assert guards.verify_changes(session) == guards.verify_closed(session) == guards.verify_figures(session) == []
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_failed_in_the_middle_of_an_update_is_as_before(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(upkeep, "write_guards", fail)
    with pytest.raises(RuntimeError):
        upkeep.migrate(db.engine())
    assert versions.database_version(db.engine()) is None


@on_server
def test_a_database_newer_than_the_code_is_refused(database: Path) -> None:
    with db.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(Invalid, match=r"newer version of the program .*not\s+touched"):
            upkeep.migrate(db.engine())
    finally:
        with db.writing() as session:  # the version is among what is put back, but only before the next test
            session.execute(text(f"UPDATE alembic_version SET version_num = '{versions.newest_version()}'"))


def test_a_database_that_does_not_keep_every_letter_is_refused_with_the_way_to_make_one(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.database("unfit", "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'") as url:
        _named(url, tmp_path, monkeypatch)
        with pytest.raises(Invalid, match=r"keeps text as SQL_ASCII and orders it by letter.*CREATE DATABASE"):
            upkeep.migrate(db.engine())
        assert versions.database_version(db.engine()) is None
        db.forget_engines()
    settings.cache_clear()


@on_server
def test_a_database_that_orders_words_by_a_language_is_refused(database: Path) -> None:
    """The server of these tests knows no language's order, so the order itself is turned about."""
    with db.engine().connect() as connection:
        connection.execute(text("CREATE FUNCTION otherwise(text, text) RETURNS boolean RETURN $1 > $2"))
        connection.execute(text("CREATE SCHEMA before_all"))
        operator = "CREATE OPERATOR before_all.< (FUNCTION = otherwise, LEFTARG = text, RIGHTARG = text)"
        connection.execute(text(operator))
        connection.execute(text("SET LOCAL search_path = before_all, pg_catalog, public"))
        with pytest.raises(Invalid, match="by the rules of a language"):
            upkeep._check_server(connection)


def _raise_by_two() -> None:
    """Two engines, as of two processes, raise one number: reading it first, none loses what the other wrote."""
    engines = [db.connect(settings().database) for _ in range(2)]

    def raise_it(engine: object) -> None:
        for _ in range(20):
            with Session(engine.execution_options(erp_writes=True)) as session, session.begin():  # pyright: ignore[reportAttributeAccessIssue]
                number = session.scalar(text("SELECT number FROM data_revision"))
                session.execute(text("UPDATE data_revision SET number = :n"), {"n": number + 1})

    with db.reading() as session:
        before = db.data_revision(session)
    threads = [threading.Thread(target=raise_it, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    with db.reading() as session:
        assert db.data_revision(session) == before + 40


@on_server
def test_writers_of_two_processes_wait_for_each_other(database: Path) -> None:
    _raise_by_two()


@on_server
def test_a_reading_sees_one_moment_and_writes_nothing(database: Path, cast: Cast) -> None:
    with db.reading() as session:
        before = db.data_revision(session)
        with db.writing() as other:
            add_partner(other, cast.coordinator, PartnerDraft(name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER))
        assert db.data_revision(session) == before
    with db.reading() as session, pytest.raises(DBAPIError, match="read-only"):
        session.execute(text("UPDATE data_revision SET number = 0"))


@on_server
@pytest.mark.parametrize("statement", ["TRUNCATE change", "TRUNCATE change_head"])
def test_a_server_refuses_to_empty_the_history(database: Path, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), db.writing() as session:
        session.execute(text(statement))


@on_server
def test_a_check_works_in_a_copy_and_leaves_none_behind(database: Path, cast: Cast) -> None:
    def schemas() -> list[str]:
        with db.reading() as session:
            return list(session.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'erp_check_%'")))

    with db.writing() as session:
        session.execute(text("CREATE SCHEMA erp_check_999999999"))  # left by a process that was stopped
        tribe = PartnerDraft(name="A Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT)
        known = add_partner(session, cast.leadership, tribe).id
    with trial.trial_copy() as trying:
        (here,) = schemas()
        assert here != "erp_check_999999999"
        with trying() as session:
            names = session.scalars(text("SELECT name FROM partner")).all()
            added = add_partner(session, cast.coordinator, PartnerDraft(name="Tried", kind=PartnerKind.SYSTEM_PARTNER))
            assert (names, added.id) == (["A Tribe"], (known or 0) + 1)
        with trying() as session:
            assert session.scalar(text("SELECT count(*) FROM partner")) == 2
    assert schemas() == []
    with db.reading() as session:
        assert session.scalars(text("SELECT name FROM partner")).all() == ["A Tribe"]


@on_server
def test_several_checks_at_once_do_not_disturb_each_other(database: Path, cast: Cast) -> None:
    faults: list[Exception] = []

    def check() -> None:
        try:
            with trial.trial_copy() as trying, trying() as session:
                add_partner(session, cast.coordinator, PartnerDraft(name="Tried", kind=PartnerKind.SYSTEM_PARTNER))
        except Exception as fault:  # noqa: BLE001 -- told by the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=check) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@on_server
def test_a_check_ends_well_though_its_copy_cannot_be_taken_away_at_once(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "SERVER_SETTINGS", ("SET lock_timeout = 200", *db.SERVER_SETTINGS[1:]))
    db.forget_engines()
    schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'erp_check_%'"
    with db.engine().connect() as dump:
        with trial.trial_copy():
            name = dump.scalar(text(schemas))
            dump.execute(text(f"LOCK TABLE {name}.partner IN ACCESS SHARE MODE"))  # as a dump that runs beside
        assert dump.scalar(text(schemas)) == name
    with trial.trial_copy():
        pass
    with db.reading() as session:
        assert session.scalars(text(schemas)).all() == []


@on_server
def test_writers_see_each_other_whatever_the_database_is_set_to(database: Path) -> None:
    def setting(statement: str) -> None:
        with closing(psycopg.connect(settings().database_url, autocommit=True)) as connection:
            connection.execute(statement)

    setting("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
    try:
        _raise_by_two()
    finally:
        setting("ALTER ROLE postgres RESET default_transaction_isolation")


@on_server
def test_words_and_texts_beyond_what_a_server_can_index_are_kept_all_the_same(database: Path, cast: Cast) -> None:
    long = "x" * 5_000
    with db.writing() as session:
        partner = add_partner(session, cast.coordinator, PartnerDraft(name="Lark", kind=PartnerKind.SYSTEM_PARTNER))
        many = " ".join(f"word{n}" for n in range(120_000))
        words = f"first {long} 'quoted' back\\slash {many} last"
        receive_feedback(session, cast.coordinator, FeedbackDraft(words=words, partner_id=partner.id))
        make_findable(session)
        index = "SELECT count(*) FROM words_of_feedback_item WHERE said @@ CAST(:asked AS tsquery)"

        def found(word: str) -> bool:
            asked = OnServer().word(word, ["words"])
            return session.scalar(text(index), {"asked": asked}) == 1

        assert all(map(found, ("first", long, "quoted", "slash", "word100")))
        assert session.scalar(text(index), {"asked": OnServer().phrase(("word100", "word101"), ["words"])}) == 1
        assert session.scalar(text(index), {"asked": OnServer().phrase(("word30000", "word30001"), ["words"])}) == 0
        assert not found("last")  # behind the bytes that a row may have
        item = session.exec(select(FeedbackItem)).one()
        void_feedback(session, cast.coordinator, item.id or 0, item.version, "Entered twice")
        make_findable(session)  # its row is found again, however long it is
        assert session.scalar(text("SELECT count(*) FROM words_of_feedback_item")) == 1


@on_server
def test_backups_are_left_to_the_servers_own_tools(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("backup", "restore"):
        assert cli.main([command, str(tmp_path / "b.db")]) == 2
        assert "pg_dump" in capsys.readouterr().err
    with pytest.raises(Invalid, match="pg_restore"):
        copies.backup_database(tmp_path / "b.db")


@on_server
def test_a_dump_is_proven_by_restoring_it(
    database: Path, cast: Cast, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.writing() as session:
        tribe = PartnerDraft(name="A Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT)
        add_partner(session, cast.leadership, tribe)
        make_findable(session)
    dump = str(tmp_path / "d.dump")
    only_ours = ["--schema=public"]  # beside the tables the tests keep what they put back
    command = [server.tool("pg_dump"), "--format=custom", *only_ours, f"--file={dump}", settings().database_url]
    subprocess.run(command, check=True)
    db.forget_engines()
    with server.database("restored") as url:
        subprocess.run([server.tool("pg_restore"), "--clean", "--if-exists", f"--dbname={url}", dump], check=True)
        _named(url, tmp_path, monkeypatch)
        assert upkeep.migrate(db.engine()).before == versions.newest_version()
        with db.writing() as session:
            assert (
                guards.verify_changes(session) == guards.verify_closed(session) == guards.verify_figures(session) == []
            )
            assert [hit.title for found in search(session, cast.leadership, "tribe") for hit in found.rows] == [
                "A Tribe"
            ]
            add_partner(session, cast.leadership, PartnerDraft(name="Lark", kind=PartnerKind.SYSTEM_PARTNER))
        db.forget_engines()
    settings.cache_clear()


def test_a_server_that_does_not_answer_is_told_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _named("postgresql://clerk:hunter2@127.0.0.1:1/erp", tmp_path, monkeypatch)
    assert cli.main(["verify"]) == 2
    told = capsys.readouterr().err
    assert "clerk" in told
    assert "hunter2" not in told
    assert told.count("\n") == 1
    db.forget_engines()
    settings.cache_clear()


def test_a_wrong_address_is_told_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_DATABASE_URL", "postgres://clerk:hunter2@server/erp")
    settings.cache_clear()
    with pytest.raises(Invalid, match="postgresql://user@host/name") as refusal:
        settings()
    assert "hunter2" not in str(refusal.value)
    settings.cache_clear()
