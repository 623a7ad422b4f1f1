"""The counts add up, the rejected rows can be mended and come back, and no export runs as a formula."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from erp.importing.formulas import as_typed, harmless
from erp.importing.mapping import guess_mapping
from erp.importing.outcome import ImportResult, findings_file, rejected_file
from erp.importing.readings import Refused
from erp.importing.rows import read_rows
from tests.importing.county_files import HERE, rows_of, table_of

MESSY = "name,kind,Fax,cadence_days\nCedar House,CBO,=1+1,91\nHeron Circle,seats,,\n,CBO,-2+3,\nAlder,CBO,-5,often\n"


def test_the_three_counts_add_up_and_the_json_holds_the_agreed_names() -> None:
    result = ImportResult()
    for reading in rows_of("partners", MESSY):
        result.count(reading, added=not reading.rejected)
    told = json.loads(result.to_json())
    findings = told.pop("findings")
    assert told == {"rows": 4, "added": 2, "imported": 1, "warned": 1, "rejected": 2, "refused": False}
    assert [finding["row"] for finding in findings] == [3, 4, 5]
    assert set(findings[0]) == {"row", "column", "found", "reason", "advice"}
    assert result.exit_status == 1


def test_a_refused_file_tells_its_reason_as_its_one_finding() -> None:
    result = ImportResult.of_refusal(Refused("The file is empty.", "Choose another."))
    told = json.loads(result.to_json())
    assert (told["refused"], told["rows"], told["findings"][0]["reason"]) == (True, 0, "The file is empty.")
    assert result.exit_status == 2


def test_findings_are_a_file_too() -> None:
    findings = [finding for reading in rows_of("partners", MESSY) for finding in reading.findings]
    table = table_of(findings_file(findings))
    assert table.headings == ["row", "column", "found", "reason", "advice"]
    assert [row.cells[0] for row in table.rows()] == ["3", "4", "5"]


def test_rejected_rows_come_back_after_mending_and_nothing_else_does() -> None:
    rejected = [reading for reading in rows_of("partners", MESSY) if reading.rejected]
    data = rejected_file(rejected, table_of(MESSY).headings)
    assert b",'-2+3," in data
    mended = data.replace(b"\n,CBO", b"\nFern Hollow,CBO").replace(b"often", b"30")
    again = rows_of("partners", mended)
    assert [reading.findings for reading in again] == [[], []]
    assert [reading.values["name"] for reading in again] == ["Fern Hollow", "Alder"]
    assert [reading.extras for reading in again] == [{"Fax": "-2+3"}, {"Fax": "-5"}]


def test_a_rejected_file_says_why_and_can_itself_be_rejected_again() -> None:
    table = table_of("name\nCedar House,beyond\n")
    rejected = list(read_rows("partners", table, guess_mapping("partners", table.headings), HERE))
    again = table_of(rejected_file(rejected, table.headings))
    assert again.headings == ["name", "why not imported"]
    (row,) = again.rows()
    assert row.cells[0] == "Cedar House"
    assert "more filled cells" in row.cells[1]
    assert row.cells[2] == "beyond"
    (twice,) = read_rows("partners", again, guess_mapping("partners", again.headings), HERE)
    assert twice.rejected
    assert rejected_file([twice], again.headings) == rejected_file(rejected, table.headings)


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "-A1", "=", "-"]
)
def test_what_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "-5", "-2.50", "Cedar House", "a=b", "'tis", "'", "’=1"])
def test_plain_text_and_negative_numbers_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == as_typed(cell) == cell


@given(st.text(alphabet="'=+-@\t 5aＣ＝\r\n", max_size=8))
@example("''-5")
def test_every_cell_comes_back_from_an_export_as_it_was(cell: str) -> None:
    assert as_typed(harmless(cell)) == cell
