"""The command line: what it prints, its exit status, and that it does what the pages do."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from erp import db
from erp.cli import main
from erp.importing.fields import field_names
from erp.models.changes import Change
from erp.models.partners import Partner
from erp.settings import ROOT, settings
from erp.vocabulary import Door
from tests.conftest import Cast
from tests.services.county_imports import stored

Run = Callable[..., tuple[int, str, str]]

ROSTER = "key,name,kind\nc1,Cedar House,CBO\nt1,Heron Bay Tribe,Tribe\n"
MEETINGS = "key,held_on,purpose,partners\ne1,2024-03-05,Seats,Cedar House\ne2,2024-03-06,Land,Heron Bay Tribe\n"


@pytest.fixture
def erp(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run a command in this process: exit status, what it printed, what it complained of."""

    def run(*words: object) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        printed = capsysbinary.readouterr()
        return status, printed.out.decode("utf-8-sig"), printed.err.decode()

    return run


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Name a data folder that does not exist yet: a machine on which nobody signed in."""
    folder = tmp_path / "not yet there"
    monkeypatch.setenv("ERP_DATA_DIR", str(folder))
    monkeypatch.delenv("ERP_DATABASE_URL", raising=False)
    settings.cache_clear()
    yield folder
    db.forget_engines()
    settings.cache_clear()


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of this text."""

    def write(text: str | bytes, name: str = "county.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def rows_of(printed: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed)))


# --- import --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        (ROSTER, 0, {"rows": 2, "added": 2, "imported": 2, "warned": 0, "rejected": 0, "refused": False}),
        (
            "name,kind\nA,seats\n,x\n",
            1,
            {"rows": 2, "added": 1, "imported": 0, "warned": 1, "rejected": 1, "refused": False},
        ),
        ("<html><table>", 2, {"rows": 0, "added": 0, "imported": 0, "warned": 0, "rejected": 0, "refused": True}),
    ],
)
def test_json_is_all_that_is_printed_and_the_exit_status_says_how_it_went(
    fresh: Path, erp: Run, file: Callable[..., Path], text: str, status: int, told: dict[str, object]
) -> None:
    code, out, _ = erp("import", "partners", file(text), "--json")
    result = json.loads(out)
    findings = result.pop("findings")
    assert (code, result) == (status, told)
    assert all(list(finding) == ["row", "column", "found", "reason", "advice"] for finding in findings)
    assert bool(findings) is bool(status)


def test_importing_before_anyone_signed_in_acts_as_the_operator_and_is_audited_so(
    fresh: Path, erp: Run, file: Callable[..., Path]
) -> None:
    assert erp("import", "partners", file(ROSTER))[0] == 0
    assert {(c.actor_id, c.actor_name, c.door) for c in stored(Change)} == {
        (None, "operator of this machine", Door.IMPORT)
    }
    status, out, _ = erp("verify")
    whole = "The history of changes is whole, what Tribal governments shared is closed, and last contacts are right.\n"
    assert (status, out) == (0, whole)


def test_check_says_the_same_and_saves_nothing(fresh: Path, erp: Run, file: Callable[..., Path]) -> None:
    path = file("name,kind\nA,seats\n,x\n")
    status, checked, _ = erp("import", "partners", path, "--check", "--json")
    assert (status, stored(Partner), stored(Change)) == (1, [], [])
    assert erp("import", "partners", path, "--json")[1] == checked
    assert "nothing was saved" in erp("import", "partners", path, "--check")[1]


def test_in_words_the_counts_come_first_and_then_a_line_per_finding(
    fresh: Path, erp: Run, file: Callable[..., Path]
) -> None:
    _, out, _ = erp("import", "partners", file("name,kind,Fund\nA,seats,x\n,x,\n"))
    lines = out.splitlines()
    assert lines[0] == "2 rows: 0 imported, 1 imported with a warning, 1 rejected (1 new)."
    assert lines[1].startswith("  Row 1, Fund: This column has no place here.")
    assert lines[2].startswith("  Row 2, kind: “seats” The word is not one of ours.")
    assert lines[-1].startswith("  Row 3, name: Every row needs name")


def test_findings_go_into_a_file_that_a_spreadsheet_may_open(
    fresh: Path, erp: Run, file: Callable[..., Path], tmp_path: Path
) -> None:
    erp("import", "partners", file("name,kind\nA,=HYPERLINK(1)\n"), "--findings", tmp_path / "out.csv")
    (row,) = rows_of((tmp_path / "out.csv").read_text("utf-8-sig"))
    assert list(row) == ["row", "column", "found", "reason", "advice"]
    assert (row["row"], row["column"], row["found"]) == ("2", "kind", "'=HYPERLINK(1)")


def test_a_place_for_findings_that_cannot_be_written_to_is_told_before_anything_is_saved(
    fresh: Path, erp: Run, file: Callable[..., Path], tmp_path: Path
) -> None:
    status, _, err = erp("import", "partners", file(ROSTER), "--findings", tmp_path / "nowhere" / "out.csv")
    assert (status, stored(Partner)) == (2, [])
    assert "No such file or directory" in err


def test_map_and_update(fresh: Path, erp: Run, file: Callable[..., Path]) -> None:
    assert erp("import", "partners", file("No,Body\nc1,Cedar House\n"), "--map", "Body=name", "--map", "No=key")[0] == 0
    status, out, _ = erp("import", "partners", file("key,name\nc1,Cedar Home\n"))
    assert status == 1
    assert "differs" in out
    assert erp("import", "partners", file("key,name\nc1,Cedar Home\n"), "--update")[0] == 0
    assert stored(Partner)[0].name == "Cedar Home"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{folder}"], "Is a directory"),
        (["{folder}/none.csv"], "No such file"),
        (["{roster}", "--map", "Nowhere=name"], "no heading of the file"),
        (["{roster}", "--map", "name=shoe_size"], "no field of partners"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_cannot_be_used_is_one_sentence_and_status_2(
    fresh: Path, erp: Run, file: Callable[..., Path], tmp_path: Path, words: list[str], said: str, as_json: bool
) -> None:
    roster = file(ROSTER)
    given = [word.format(folder=tmp_path, roster=roster) for word in words]
    status, out, err = erp("import", "partners", *given, *(["--json"] if as_json else []))
    assert status == 2
    assert said in err
    assert err.count("\n") == 1
    if as_json:
        assert json.loads(out)["refused"] is True
        assert said in json.loads(out)["findings"][0]["reason"]
    else:
        assert out == ""


def test_a_database_that_is_none_is_one_sentence(fresh: Path, erp: Run, file: Callable[..., Path]) -> None:
    fresh.mkdir()
    (fresh / "erp.db").write_bytes(b"this is no database, only some text that stands in its place" * 20)
    status, _, err = erp("import", "partners", file(ROSTER))
    assert status == 2
    assert "cannot be used" in err
    assert err.count("\n") == 1


def test_the_reader_of_a_pipe_may_go_away(fresh: Path, file: Callable[..., Path], tmp_path: Path) -> None:
    many = "name,kind\n" + "".join(f"House number {n},seats\n" for n in range(3_000))
    command = [sys.executable, "-m", "erp", "import", "partners", str(file(many)), "--check", "--json"]
    # in a folder of its own, where nothing of ours lies beside it, and under an old-fashioned terminal
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=surroundings)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"rows": 3000, "added": 3000')
    process.stdout.close()
    complaints = process.stderr.read()
    assert (process.wait(120), complaints) == (0, b"")
    process.stderr.close()


# --- export --------------------------------------------------------------------------------------------------------


@pytest.fixture
def brought(database: Path, erp: Run, file: Callable[..., Path]) -> None:
    """Bring a small county in."""
    assert erp("import", "partners", file(ROSTER))[0] == 0
    assert erp("import", "engagements", file(MEETINGS))[0] == 0


@pytest.mark.usefixtures("brought")
def test_an_export_has_the_canonical_headings_in_each_format(
    erp: Run, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    headings = list(field_names("engagements"))
    table = rows_of(erp("export", "engagements")[1])
    assert [list(row) for row in table] == [headings, headings]
    told = json.loads(erp("export", "engagements", "--format", "json")[1])
    assert told == table
    assert main(["export", "engagements", "--format", "xlsx"]) == 0
    sheet = load_workbook(io.BytesIO(capsysbinary.readouterr().out)).active
    assert sheet is not None
    cells = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == [headings, *(list(row.values()) for row in table)]


@pytest.mark.usefixtures("brought")
def test_an_export_as_somebody_shows_only_what_that_person_may_see(erp: Run) -> None:
    seen = {
        person: [row["key"] for row in rows_of(erp("export", "engagements", "--as", f"{person}@alder.example")[1])]
        for person in ("cora", "LENA", "tara", "vic")
    }
    assert seen == {"cora": ["e1"], "LENA": ["e1", "e2"], "tara": ["e1", "e2"], "vic": ["e1"]}


@pytest.mark.usefixtures("brought")
def test_an_export_as_nobody_known_or_as_somebody_who_may_not_is_refused(erp: Run, cast: Cast) -> None:
    status, out, err = erp("export", "partners", "--as", "nobody@alder.example")
    assert (status, out) == (2, "")
    assert "no account" in err
    assert erp("export", "contacts", "--as", "vic@alder.example")[0] == 2
    assert erp("user", "disable", "cora@alder.example")[0] == 0
    status, _, err = erp("export", "partners", "--as", "cora@alder.example")
    assert status == 2
    assert "can no longer sign in" in err


# --- health --------------------------------------------------------------------------------------------------------

DIMENSIONS = ("contact", "follow_through", "loop_closure", "shared_power", "trust")
COLUMNS = [
    "partner", "key", "as_of", "formula",
    *(f"{dimension}_{part}" for dimension in DIMENSIONS for part in ("score", "n", "evidence")),
    "standing", "band",
]  # fmt: skip


@pytest.mark.usefixtures("brought")
def test_health_prints_a_row_per_scored_partner_with_the_agreed_columns(erp: Run) -> None:
    status, out, _ = erp("health", "--as-of", "2024-06-20")
    (row,) = rows_of(out)  # the Tribe is unscored, so it has no row
    assert (status, list(row)) == (0, COLUMNS)
    assert (row["partner"], row["key"], row["as_of"], row["formula"]) == ("Cedar House", "c1", "2024-06-20", "h1")
    assert (row["contact_n"], row["contact_evidence"]) == ("1", "enough")
    assert 0 < float(row["contact_score"]) < 100
    assert len(row["contact_score"].partition(".")[2]) > 6  # unrounded
    assert (row["trust_score"], row["trust_n"], row["trust_evidence"]) == ("", "0", "none")
    assert (row["standing"], row["band"]) == ("", "not_enough")


@pytest.mark.usefixtures("brought")
def test_thin_scores_are_printed(erp: Run, file: Callable[..., Path]) -> None:
    erp("import", "commitments", file("what,owed_by,partner,due_on,done_on\nlist,county,c1,2024-03-09,2024-03-08\n"))
    (row,) = rows_of(erp("health", "--as-of", "2024-04-01")[1])
    assert (row["follow_through_score"], row["follow_through_evidence"]) == ("100.0", "thin")


@pytest.mark.usefixtures("brought")
def test_health_by_month_has_a_row_per_month_end_and_json_says_null(erp: Run) -> None:
    status, out, _ = erp("health", "--from", "2024-01", "--to", "2024-03", "--format", "json")
    rows = json.loads(out)
    assert [row["as_of"] for row in rows] == ["2024-01-31", "2024-02-29", "2024-03-31"]
    assert (status, list(rows[0])) == (0, COLUMNS)
    assert [row["contact_score"] for row in rows] == [None, None, 100.0]


@pytest.mark.usefixtures("brought")
def test_health_as_known_before_the_import_knows_nothing_of_it(erp: Run) -> None:
    (row,) = rows_of(erp("health", "--as-of", "2024-03-31", "--known-on", "2024-04-01")[1])
    assert (row["contact_n"], row["contact_score"]) == ("0", "")


@pytest.mark.usefixtures("database")
def test_health_of_months_that_run_backwards_is_refused(erp: Run) -> None:
    status, out, err = erp("health", "--from", "2024-05", "--to", "2024-01")
    assert (status, out) == (2, "")
    assert "--to lies before --from" in err


@pytest.mark.usefixtures("database")
def test_health_of_a_county_without_partners_prints_its_headings(erp: Run) -> None:
    status, out, _ = erp("health")
    assert (status, out.strip().split(",")) == (0, COLUMNS)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "words", [["--from", "2024-01"], ["--as-of", "2024-01-01", "--from", "2024-01", "--to", "2024-02"]]
)
def test_half_a_stretch_of_months_is_refused(erp: Run, words: list[str]) -> None:
    status, out, err = erp("health", *words)
    assert (status, out) == (2, "")
    assert err.startswith("Give ")


@pytest.mark.usefixtures("database")
def test_a_day_that_is_none_is_told_by_the_name_of_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["health", "--as-of", "2024-02-30"])
    assert refused.value.code == 2
    assert "--as-of: '2024-02-30' is not a day" in capsys.readouterr().err


# --- the rest ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("brought")
def test_a_backup_is_restored_and_what_was_there_is_kept(erp: Run, tmp_path: Path, file: Callable[..., Path]) -> None:
    assert erp("backup", tmp_path / "copy.db")[0] == 0
    erp("import", "partners", file("name\nFern Hollow\n"))
    status, out, _ = erp("restore", tmp_path / "copy.db")
    db.forget_engines()
    assert status == 0
    assert "is kept as" in out
    last = stored(Change)[-1]
    assert (last.verb, last.actor_name, (last.after or {})["backup"]) == (
        "restore database",
        "operator of this machine",
        "copy.db",
    )
    assert erp("verify")[0] == 0
    assert [partner.name for partner in stored(Partner)] == ["Cedar House", "Heron Bay Tribe"]
    assert erp("backup", tmp_path / "copy.db")[0] == 2  # never over a file that is there


@pytest.mark.usefixtures("database")
def test_a_changed_history_is_found(erp: Run, file: Callable[..., Path]) -> None:
    erp("import", "partners", file(ROSTER))
    with db.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER change_no_update")
        connection.exec_driver_sql("UPDATE change SET actor_name = 'somebody else' WHERE id = 2")
    status, out, _ = erp("verify")
    assert status == 1
    assert "Change 2" in out


def test_accounts_are_added_reset_and_disabled_before_anyone_signed_in(fresh: Path, erp: Run) -> None:
    status, out, _ = erp("user", "add", "ana@alder.example", "--name", "Ana Brook", "--role", "coordinator")
    assert status == 0
    assert "one-time link" in out
    assert erp("user", "reset", "ana@alder.example")[0] == 0
    assert "can no longer sign in" in erp("user", "disable", "ana@alder.example")[1]
    status, _, err = erp("user", "reset", "bo@alder.example")
    assert status == 2
    assert "no account" in err
