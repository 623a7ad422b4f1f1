"""What was exported comes into a fresh database and is exported alike; into its own it changes nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from erp.documents.tables import csv_bytes, xlsx_bytes
from erp.importing.fields import FIELDS, KINDS, FieldType
from erp.models.facts import Fact
from tests.services.county_imports import (
    all_exported,
    bring,
    changes,
    counts,
    exported,
    said,
    sheet,
    stored,
)

#: Texts as hostile as counties and spreadsheets make them.
TEXTS = st.sampled_from(
    [
        "=cmd|' /C calc'!A0", "+1 555 010 0100", "-2+3", "-5", "@SUM(1)", "'=1", "''", "'", "＝1", "007", "1e5", "TRUE",
        'say "hi"', '"', "a;b,c|d", "line\nbreak", "line\r\nbreak", "tab\tin it", "Núñez – “así” 👍", "#REF!", "n/a",
        "  inner   spaces ", "none", "0", "<b>&amp;</b>", "x" * 300, "http://a.example/?a=1&b=2", "_x0041_",
        "a\u200bb", "\u2028x", "yes", "2/30/2024", "anonymous", "county", "FY 23-26", "; ;",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["Cedar House", "Heron; Bay", "=Alder", "Núñez Center", "Line\nBreak", "nobody known", "Cedar  House"]
)
DAYS = st.sampled_from(
    [
        "2024-03-05", "3/5/2024", "June 4, 2015 7:30 – 8:30 am", "late last month", "FY 23-26", "45000", "6/7/24",
        "2030-01-01", "2024-02-01; 2024-05-01", "2024-04-02; TBD",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    ["meeting", "e-mail", "Probation", "Tribe", "carrier pigeon", "county", "both", "held", "concern", "CBO"]
)


def cells_of(kind: str, place: int) -> st.SearchStrategy[list[str]]:
    """Return rows of cells under the canonical headings, and one column that has no place."""

    def cell(name: str, holds: FieldType) -> st.SearchStrategy[str]:
        if name == "key":
            return st.sampled_from(["", f"k{place}", f"=k{place}"])
        if name == "engagement":
            return st.sampled_from(["", "k0", "nowhere"])
        if name in ("partner", "partners") or (kind, name) == ("partners", "name"):
            return NAMES
        kinds = {
            FieldType.DAY: DAYS, FieldType.DAYS: DAYS, FieldType.CHOICE: WORDS,
            FieldType.YES_NO: st.sampled_from(["yes", "no", "maybe"]), FieldType.WHOLE: st.sampled_from(["30", "91"]),
            FieldType.RATING: st.sampled_from(["1", "5"]),
            FieldType.ENTRIES: st.sampled_from(["LB1; LB2", "being kind; LB1"]),
        }  # fmt: skip
        filled = kinds.get(holds, TEXTS)
        return filled if name in ("words", "what", "purpose", "side", "rated_on", "item_1") else filled | st.just("")

    fields = [cell(field.name, field.holds) for field in FIELDS[kind]]
    return st.tuples(*fields, TEXTS).map(list)


def county() -> st.SearchStrategy[dict[str, list[list[str]]]]:
    """Return a file of every kind."""
    return st.fixed_dictionaries({kind: st.tuples(*(cells_of(kind, n) for n in range(3))).map(list) for kind in KINDS})


def written(files: dict[str, list[list[str]]]) -> dict[str, bytes]:
    """Return the files as CSV; one of the columns without a place has a heading that a spreadsheet would run."""
    headings = {kind: [*(field.name for field in FIELDS[kind]), "=Fund"] for kind in KINDS}
    return {kind: sheet([headings[kind], *files[kind]]) for kind in KINDS}  # the roster first


#: No shrinking: an example takes half a second, and the rows of a failure are short enough to read.
EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


@pytest.mark.parametrize("form", [csv_bytes, xlsx_bytes])
@EXAMPLES
@given(files=county())
def test_an_export_comes_into_a_fresh_database_and_is_exported_alike(
    form: Any, anew: Callable[[], None], files: dict[str, list[list[str]]]
) -> None:
    anew()
    for kind, data in written(files).items():
        bring(kind, data)
    before = all_exported()
    sent = {kind: form(exported(kind)) for kind in KINDS}
    anew()
    for kind in KINDS:
        result = bring(kind, sent[kind])
        assert result.rejected == 0, said(result)
    assert changes(before, all_exported()) == []


@EXAMPLES
@given(files=county())
def test_a_file_and_its_export_change_nothing_the_second_time(
    anew: Callable[[], None], files: dict[str, list[list[str]]]
) -> None:
    anew()
    data = written(files)
    first = {kind: bring(kind, data[kind]) for kind in KINDS}
    before = all_exported()
    for kind in KINDS:
        again = bring(kind, data[kind])
        came_in = first[kind].imported + first[kind].warned
        assert counts(again) == (came_in, 0, first[kind].rejected, 0), said(again)
        back = bring(kind, csv_bytes(exported(kind)))
        assert counts(back) == (back.rows, 0, 0, 0), said(back)
    assert changes(before, all_exported()) == []


OTHER = {
    "partners": "key,name,kind,status\nP1,Acme,other,other\nP2,ACME,,\nP3,Lark,Fax tree,dormant\n",
    "engagements": "key,held_on,kind,status,purpose,partners,two_way\n"
    "E1,2024-01-02,other,other,Seats,Acme; ACME,\n"
    "E2,2024-01-03,,postponed,Visits,Acme,perhaps\n"
    "E3,2024-01-04,meeting,held,Rooms,ACME,no\n",
    "feedback": "key,words,partner,way,kind,received_on\nF1,Later,Acme,other,other,2024-01-02\n",
}


@pytest.mark.parametrize("form", [csv_bytes, xlsx_bytes])
def test_what_is_other_and_what_only_the_county_calls_so_comes_back_alike(form: Any, anew: Callable[[], None]) -> None:
    for kind, data in OTHER.items():
        assert counts(bring(kind, data))[2] == 0
    sent = {kind: exported(kind) for kind in OTHER}
    engagements = sent["engagements"].set_index("key")
    assert engagements.loc["E1", ["kind", "status", "partners"]].tolist() == ["other", "other", "Acme; ACME"]
    assert engagements.loc["E2", ["status", "two_way"]].tolist() == ["postponed", "perhaps"]
    assert [fact.kind for fact in stored(Fact)] == ["received"]  # only E3 was held, and not two-way
    before = all_exported()
    anew()
    for kind, frame in sent.items():
        bring(kind, form(frame))
    assert changes(before, all_exported()) == []


def test_a_rejected_row_says_why_and_nothing_of_coming_in(database: Path) -> None:
    result = bring("ratings", "partner,respondent,side,rated_on,item_1\nNobody,r1,partner,soon,4\n")
    assert counts(result) == (0, 0, 1, 0)
    assert {finding.severity for finding in result.findings} == {"rejected"}
