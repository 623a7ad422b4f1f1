"""Keeping the database: migrating, copying aside, refusing what is newer, restoring, proving the history whole."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from erp import db
from erp.errors import Invalid
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import Partner
from erp.queries.word_index import FOUND_BY_WORDS
from erp.services import copies, guards, upkeep, versions
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import EngagementDraft, PartnerAt, PointDraft, log_engagement
from erp.services.feedback import FeedbackDraft
from erp.services.import_undo import undo_import
from erp.services.partners import PartnerDraft, add_partner, agree_cadence
from erp.settings import settings
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import bring, stored

DAY = date(2026, 3, 5)
TABLES = ("engagement", "engagement_partner", "discussion_point", "partner", "fact", "change")
CLOSABLE = ("engagement", "commitment", "feedback_item")
#: Takes back what the migrations after the first three made.
FEEDBACK_COLUMNS = (
    "forum_id", "signed", "readers", "reader_id", "may_quote", "withdrawn_at", "assigned_to", "paused_on",
    "paused_because", "paused_days", "duplicate_of",
)  # fmt: skip
WITHOUT_NEWER = (
    "UPDATE sqlite_master SET sql = replace(sql, ' ''later'',', '') WHERE name = 'look_alike'",
    *(
        f"DROP TABLE {name}"
        for name in (
            "feedback_link",
            "barrier_verdict",
            "barrier_action",
            "barrier_option",
            "barrier_owner",
            "barrier_evidence",
            "barrier_step",
            "feedback_theme",
            "theme",
            "decision_telling",
            "decision_source",
            "barrier",
            "review_group",
            "review_recommendation",
            "review_finding",
            "review_debrief",
            "review_member",
            "system_review",
            "decision",
            "signing_key",
            "published_answer",
            "feedback_message",
            "giver_identity",
            "receipt",
            "public_link",
        )
    ),
    *(f"DROP INDEX ix_commitment_{name}" for name in ("open", "done", "withdrawn")),
    "DROP INDEX ix_feedback_step_reopened",
    *(f"DROP TRIGGER {name}" for name in (*guards._KEEP_CLOSED, *guards._KEEP_FIGURES)),
    *(f"ALTER TABLE partner DROP COLUMN {name}" for name in guards._FIGURES),
    *(f"DROP INDEX ix_{table}_counted" for table in CLOSABLE),
    "DROP INDEX ix_engagement_at_forum",
    "DROP INDEX ix_feedback_item_duplicate_of",
    *(f"ALTER TABLE feedback_item DROP COLUMN {name}" for name in FEEDBACK_COLUMNS),
    *(f"ALTER TABLE {table} DROP COLUMN closed" for table in CLOSABLE),
    "UPDATE sqlite_master SET sql = replace(sql, ', ''unconfirmed''', '') WHERE name LIKE 'feedback_%'",
    "DROP TABLE framework_edition",
    "DROP TABLE confirmation",
    "ALTER TABLE partner DROP COLUMN confirm_days",
    "DROP TABLE visit",
    "ALTER TABLE imported_row DROP COLUMN did",
    *(f"ALTER TABLE import_file DROP COLUMN {name}" for name in ("findings", "ended_at", "settled", "undone_at")),
    "DROP TABLE saved_view",
    *(f"DROP TABLE words_of_{kind.value}" for kind in FOUND_BY_WORDS),
    "DROP TABLE indexed_word",
    "DROP TABLE index_state",
    "DROP TABLE form_draft",
    "ALTER TABLE submission DROP COLUMN content",
    "DROP INDEX ix_engagement_series",
    *(f"ALTER TABLE engagement DROP COLUMN {name}" for name in ("series", "repeats", "slot_on", "counted_from")),
)
CLINIC = PartnerDraft(name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER)


def add(cast: Cast, name: str = "Lark Clinic") -> None:
    with db.writing() as session:
        add_partner(session, cast.coordinator, CLINIC.model_copy(update={"name": name}))


def sql(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(statement)
        connection.commit()


def alter(*statements: str) -> None:
    """Do on the database what its guards refuse, as whoever has the file or the server can."""
    with db.engine().connect() as connection:
        embedded = connection.dialect.name == "sqlite"
        if embedded:
            statements = (*(f"DROP TRIGGER {name}" for name in guards._ON_FILE), *statements)
        else:
            statements = ("SET LOCAL session_replication_role = replica", *statements)
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


def columns(connection: sqlite3.Connection, table: str) -> str:
    """Return the names of a table's columns, as a question lists them."""
    return ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))


def faults() -> list[str]:
    with db.reading() as session:
        return guards.verify_changes(session)


@pytest.mark.on_both
def test_the_tables_are_what_the_migrations_make(database: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from erp.models import Table

    with db.engine().connect() as connection:
        # the index of words is the database's own kind of table, which models cannot describe
        opts = {
            "compare_type": True,
            "render_as_batch": db.embedded(connection),
            "include_name": lambda name, *_: "words_of" not in str(name),
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.on_both
def test_an_up_to_date_database_is_left_alone(database: Path) -> None:
    assert upkeep.migrate(db.engine()).copy is None
    assert not (settings().data_dir / "copies").exists()


def test_a_database_newer_than_the_code_is_refused_and_untouched(database: Path) -> None:
    sql(database, "UPDATE alembic_version SET version_num = '9999'")
    before = database.read_bytes()
    with pytest.raises(Invalid, match=r"newer version of the program .*not\s+touched"):
        upkeep.migrate(db.engine())
    assert database.read_bytes() == before


def test_the_newest_step_is_known_by_its_files_name() -> None:
    known = versions.known_versions()
    assert versions.newest_version() == max(known)
    files = (versions.ROOT / "migrations" / "versions").glob("[0-9]*.py")
    assert {path.name.split("_")[0] for path in files} == known
    assert ScriptDirectory.from_config(versions.alembic_settings()).get_current_head() == versions.newest_version()


def test_a_database_is_copied_aside_before_it_is_migrated(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(versions.ROOT / "migrations", tmp_path / "migrations")
    now = versions.database_version(db.engine())
    newer = f"revision = '9999'\ndown_revision = '{now}'\n\n\ndef upgrade():\n    pass\n"
    (tmp_path / "migrations" / "versions" / "9999_next.py").write_text(newer)
    monkeypatch.setattr(versions, "ROOT", tmp_path)
    done = upkeep.migrate(db.engine())
    assert (done.before, done.after) == (now, "9999")
    assert done.copy is not None
    with closing(sqlite3.connect(done.copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (now,)
        assert connection.execute("SELECT name FROM county").fetchone() == ("Alder County",)


def test_a_database_of_the_first_version_keeps_every_row_and_rule(database: Path, cast: Cast) -> None:
    """Take the newest table back to what the first version made of it, with a meeting in it, and update it."""
    with db.writing() as session:
        partner = add_partner(session, cast.coordinator, CLINIC)
        points = (PointDraft(what="Rooms", follow_up="Ask"),)
        at = (PartnerAt(partner_id=partner.id or 0),)
        log_engagement(
            session, cast.coordinator, EngagementDraft(held_on=DAY, purpose="Seats", partners=at, points=points)
        )
    db.forget_engines()
    narrow = "status IN ('planned', 'held', 'cancelled')"
    with closing(sqlite3.connect(database)) as connection:
        here = rules(connection)
        take_back(connection, "0001")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'engagement'",
            ("status IN ('planned', 'held', 'cancelled', 'other')", narrow),
        )
        connection.commit()
    with closing(sqlite3.connect(database)) as connection:
        assert any(narrow in rule for rule in rules(connection))
        names = {table: columns(connection, table) for table in TABLES}
        rows = {table: connection.execute(f"SELECT {names[table]} FROM {table}").fetchall() for table in TABLES}
    done = upkeep.migrate(db.engine())
    assert (done.before, done.after) == ("0001", versions.database_version(db.engine()))
    with closing(sqlite3.connect(database)) as connection:
        assert rules(connection) == here
        for table in TABLES:
            assert connection.execute(f"SELECT {names[table]} FROM {table}").fetchall() == rows[table] != []
        connection.execute("UPDATE engagement SET status = 'other'")
        with pytest.raises(sqlite3.IntegrityError, match="ck_engagementstatus"):
            connection.execute("UPDATE engagement SET status = 'perhaps'")
    with db.writing() as session, pytest.raises(IntegrityError):  # foreign keys hold again
        session.execute(text("UPDATE engagement_partner SET engagement_id = 99"))
    assert faults() == []


def test_raters_written_in_two_ways_become_one(database: Path, cast: Cast) -> None:
    add(cast)
    for name in ("Maria Gomez", "maria  gomez"):
        columns = "partner_id, kind, source_id, known_from, side, respondent, marks_n, marks_shared, position"
        values = f"1, 'rating', 1, '2026-03-05', 'partner', '{name}', 0, 0, 0"
        sql(database, f"INSERT INTO fact ({columns}) VALUES ({values})")
    db.forget_engines()
    with closing(sqlite3.connect(database)) as connection:
        take_back(connection, "0002")
    upkeep.migrate(db.engine())
    with db.reading() as session:
        raters = session.execute(text("SELECT respondent FROM fact WHERE kind = 'rating'")).scalars()
        assert list(raters) == ["mariagomez"] * 2


def test_imports_of_before_know_which_rows_added_a_record(database: Path, cast: Cast) -> None:
    """What the update of the tables finds out of the history is what a new import writes down itself."""
    add(cast)
    roster = "name\nCedar House\nLark Clinic\n"  # the clinic was added by hand
    for kind, file in (("partners", roster), ("commitments", "what\ncall\n"), ("partners", roster)):
        bring(kind, file, by=cast.coordinator)
    here = [row.did for row in stored(ImportedRow)]
    assert here == ["added", "", "added", "", ""]
    db.forget_engines()
    with closing(sqlite3.connect(database)) as connection:
        take_back(connection, "0002")
    upkeep.migrate(db.engine())
    assert [row.did for row in stored(ImportedRow)] == here
    ended = [file.ended_at for file in stored(ImportFile)]
    began = [file.recorded_at for file in stored(ImportFile)]
    assert all(began[n] <= ended[n] <= began[n + 1] for n in range(2))
    for number in (3, 1):
        undo_import(cast.coordinator, number)
    assert [partner.archived_at is None for partner in stored(Partner)] == [True, False]


def take_back(connection: sqlite3.Connection, version: str) -> None:
    """Take the tables back to what an older version of the code made of them."""
    connection.execute("PRAGMA writable_schema=ON")
    for statement in WITHOUT_NEWER:
        connection.execute(statement)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()


def rules(connection: sqlite3.Connection) -> set[str]:
    """The SQL of every table, index and trigger, but for quotation marks."""
    return {sql.replace('"', "") for (sql,) in connection.execute("SELECT sql FROM sqlite_master") if sql}


def test_a_backup_of_a_newer_version_is_not_restored(database: Path, cast: Cast, tmp_path: Path) -> None:
    add(cast)
    copies.backup_database(tmp_path / "newer.db")
    sql(tmp_path / "newer.db", "UPDATE alembic_version SET version_num = '9999'")
    before = database.read_bytes()
    with pytest.raises(Invalid, match="newer version of the program and was not restored"):
        copies.restore_database(tmp_path / "newer.db")
    assert database.read_bytes() == before


def test_a_backup_makes_no_folders(database: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no folder"):
        copies.backup_database(tmp_path / "nowhere" / "copy.db")


def test_only_so_many_copies_are_kept(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_KEPT_COPIES", "2")
    settings.cache_clear()
    kept = [copies.set_aside("test") for _ in range(4)]
    left = sorted((settings().data_dir / "copies").iterdir())
    assert left == sorted(filter(None, kept))[-2:]


def test_a_copy_that_was_broken_off_is_taken_away(database: Path) -> None:
    first = copies.set_aside("test")
    assert first is not None
    for left in (f"{database.stem}-20260101T000000Z-test.db.partial", f"{database.stem}-2-test.db.partial-journal"):
        (first.parent / left).write_text("half")
    copies.set_aside("test")
    assert not list(first.parent.glob("*.partial*"))
    assert first.exists()


@pytest.mark.on_both
def test_the_history_is_whole_after_ordinary_work(database: Path, cast: Cast) -> None:
    add(cast)
    assert faults() == []


@pytest.mark.on_both
@pytest.mark.parametrize(
    "statement", ["UPDATE change SET actor_name = 'x'", "DELETE FROM change", "DELETE FROM change_head"]
)
def test_the_database_itself_refuses_to_alter_history(database: Path, cast: Cast, statement: str) -> None:
    add(cast)
    with pytest.raises((IntegrityError, OperationalError), match="append-only"), db.writing() as session:
        session.execute(text(statement))


@pytest.mark.on_both
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE change SET actor_name = 'somebody else' WHERE id = 1",
        "DELETE FROM change WHERE id = 1",
        "DELETE FROM change WHERE id = 2",
        "DELETE FROM change WHERE id = 3",
        "DELETE FROM change",
        "DELETE FROM change_head",
        "DELETE FROM change; DELETE FROM change_head",
        "UPDATE change SET after = '{}' WHERE id = 3",
    ],
)
def test_verify_finds_a_removed_or_altered_row(database: Path, cast: Cast, tampering: str) -> None:
    for name in ("One", "Two", "Three"):
        add(cast, name)
    alter(*tampering.split(";"))
    assert [fault for fault in faults() if "guard" not in fault]


@pytest.mark.on_both
def test_verify_finds_that_a_guard_is_missing(database: Path, cast: Cast) -> None:
    add(cast)
    with db.engine().connect() as connection:  # taken back in the end
        on_its_table = "" if db.embedded(connection) else " ON change"
        connection.execute(text(f"DROP TRIGGER change_no_update{on_its_table}"))
        assert guards.verify_changes(Session(connection)) == ["The guard “change_no_update” of the history is missing."]


@pytest.mark.on_both
def test_verify_finds_that_what_keeps_records_closed_is_missing(database: Path, cast: Cast) -> None:
    with db.engine().connect() as connection:
        on_its_table = "" if db.embedded(connection) else " ON engagement_partner"
        connection.execute(text(f"DROP TRIGGER engagement_gets_partner{on_its_table}"))
        (fault,) = guards.verify_closed(Session(connection))
    assert "engagement_gets_partner" in fault


@pytest.mark.parametrize(
    "tampering",
    [
        "INSERT OR REPLACE INTO change SELECT * FROM change ORDER BY id LIMIT 1",
        "INSERT OR REPLACE INTO change_head SELECT * FROM change_head",
        "DELETE FROM change_head",
    ],
)
def test_the_database_refuses_to_replace_history(database: Path, cast: Cast, tampering: str) -> None:
    add(cast, "One")
    db.engine().dispose()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql(database, tampering)
    assert faults() == []


def test_a_backup_is_proven_by_restoring_it(database: Path, cast: Cast, tmp_path: Path) -> None:
    add(cast, "Before the backup")
    copies.backup_database(tmp_path / "b.db")
    add(cast, "After the backup")
    db.forget_engines()
    kept = copies.restore_database(tmp_path / "b.db")
    with db.reading() as session:
        names = session.execute(text("SELECT name FROM partner")).scalars().all()
    assert names == ["Before the backup"]
    assert kept is not None
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM partner").fetchone() == (2,)
    assert faults() == []


def test_a_backup_never_overwrites_a_file(database: Path, tmp_path: Path) -> None:
    (tmp_path / "b.db").write_text("mine")
    with pytest.raises(Invalid, match="exists already"):
        copies.backup_database(tmp_path / "b.db")
    assert (tmp_path / "b.db").read_text() == "mine"


@pytest.mark.parametrize("content", [b"", b"not a database", copies.SQLITE_MAGIC + b"\0" * 100])
def test_what_is_no_backup_is_not_restored(database: Path, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(content)
    before = database.read_bytes()
    with pytest.raises(Invalid):
        copies.restore_database(wrong)
    assert database.read_bytes() == before


def test_another_programs_database_is_not_restored(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sql(other, "CREATE TABLE song (id INTEGER)")
    with pytest.raises(Invalid, match="not of this program"):
        copies.restore_database(other)


@pytest.mark.on_both
def test_verify_finds_a_record_that_was_opened_from_outside(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        tribe = add_partner(session, cast.leadership, PartnerDraft(name="A Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT))
        draft = EngagementDraft(held_on=DAY, purpose="Council", partners=(PartnerAt(partner_id=tribe.id or 0),))
        promise = CommitmentDraft(what="Send the notes", partner_id=tribe.id)
        log_engagement(session, cast.leadership, draft, promises=(promise,))
    with db.reading() as session:
        assert guards.verify_closed(session) == []
    with db.writing() as session:
        session.execute(text("UPDATE engagement SET closed = false"))  # the promise is its own partner's, too
    with db.reading() as session:
        (fault,) = guards.verify_closed(session)
    assert "1 engagements are open though a Tribal government closes them" in fault
    with db.writing() as session:
        session.execute(text("UPDATE commitment SET closed = false"))
    with db.reading() as session:
        assert len(guards.verify_closed(session)) == 2


@pytest.mark.on_both
def test_verify_finds_a_last_contact_that_is_not_the_ledgers(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        clinic = add_partner(session, cast.leadership, CLINIC)
        at = (PartnerAt(partner_id=clinic.id or 0),)
        log_engagement(session, cast.leadership, EngagementDraft(held_on=DAY, purpose="Visit", partners=at))
    with db.reading() as session:
        assert guards.verify_figures(session) == []
    with db.writing() as session:
        session.execute(text("UPDATE partner SET last_contact_on = NULL"))
    with db.reading() as session:
        (fault,) = guards.verify_figures(session)
    assert "The last contact or agreed cadence of partners is not what the ledger says (1)" in fault
    with db.engine().connect() as connection:
        on_its_table = "" if db.embedded(connection) else " ON fact"
        connection.execute(text(f"DROP TRIGGER contact_closes{on_its_table}"))
        assert any("contact_closes" in fault for fault in guards.verify_figures(Session(connection)))


def test_an_old_database_is_given_the_last_contact_and_cadence_of_each_partner(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        clinic = add_partner(session, cast.leadership, CLINIC)
        number = clinic.id or 0
        for day in (DAY, DAY - timedelta(days=30)):
            at = (PartnerAt(partner_id=number),)
            log_engagement(session, cast.leadership, EngagementDraft(held_on=day, purpose="Visit", partners=at))
        for days in (60, 30):
            agree_cadence(session, cast.leadership, number, days, DAY)
        add_partner(session, cast.leadership, CLINIC.model_copy(update={"name": "Fern House"}))
    db.forget_engines()
    with closing(sqlite3.connect(database)) as connection:
        take_back(connection, "0002")
    upkeep.migrate(db.engine())
    with db.reading() as session:
        kept = session.execute(text("SELECT last_contact_on, agreed_days, agreed_from FROM partner ORDER BY id")).all()
        assert [tuple(row) for row in kept] == [("2026-03-05", 30, "2026-03-05"), (None, None, None)]
        assert guards.verify_figures(session) == []


def test_an_old_database_closes_what_tribal_governments_shared(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        tribe = add_partner(session, cast.leadership, PartnerDraft(name="A Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT))
        clinic = add_partner(session, cast.leadership, CLINIC)
        for there in ((tribe, clinic), (clinic,)):
            at = tuple(PartnerAt(partner_id=partner.id or 0) for partner in there)
            draft = EngagementDraft(held_on=DAY, purpose="Session", partners=at)
            promise = CommitmentDraft(what="Send the notes", partner_id=clinic.id)
            heard = FeedbackDraft(words="Thank you", partner_id=clinic.id)
            log_engagement(session, cast.leadership, draft, promises=(promise,), feedback=(heard,))
    db.forget_engines()
    with closing(sqlite3.connect(database)) as connection:
        take_back(connection, "0002")
    upkeep.migrate(db.engine())
    with db.reading() as session:
        for table in CLOSABLE:
            assert session.scalars(text(f"SELECT closed FROM {table} ORDER BY id")).all() == [1, 0], table
        assert guards.verify_closed(session) == []
