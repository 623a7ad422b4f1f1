"""Exports: the canonical headings, the county's own columns, only what one may see, and nothing a spreadsheet runs."""

import io
import json

import pytest
from openpyxl import load_workbook

from erp import db
from erp.access import operator
from erp.documents.tables import csv_bytes, json_text, xlsx_bytes
from erp.errors import Invalid, NotAllowed
from erp.importing.fields import KINDS, field_names
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.queries.exports import export_rows
from erp.services.engagements import void_engagement
from erp.services.partners import agree_cadence, archive_partner
from erp.vocabulary import RecordKind, Verb
from tests.conftest import Cast
from tests.services.county_imports import bring, exported, stored

pytestmark = pytest.mark.usefixtures("database")

RECORDS = {
    "engagements": RecordKind.ENGAGEMENT,
    "commitments": RecordKind.COMMITMENT,
    "feedback": RecordKind.FEEDBACK_ITEM,
    "ratings": RecordKind.RATING,
}
ROSTER = "key,name,kind\nc1,Cedar House,CBO\nt1,Heron Bay Tribe,Tribe\n"


def cell(kind: str, heading: str, row: int = 0) -> str:
    return str(exported(kind).loc[row, heading])


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_county_exports_the_canonical_headings(kind: str) -> None:
    frame = exported(kind)
    assert (list(frame.columns), len(frame)) == (list(field_names(kind)), 0)


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="no kind of record"):
        exported("meetings")


def test_the_words_of_a_county_are_written_where_they_mean_what_is_kept() -> None:
    bring(
        "partners",
        "name,kind\nCedar House,CBO\nHeron Bay Tribe,non-federally recognized Tribe\nFern,seats\nAlder,court\n",
    )
    assert exported("partners")["kind"].tolist() == ["CBO", "non-federally recognized Tribe", "seats", "court"]
    bring("commitments", "what,due_on,owed_by\nlist,3/9/2024 9:00 AM,us\nreport,every year,Clerk of the Board\n")
    assert exported("commitments")["due_on"].tolist() == ["3/9/2024 9:00 AM", "every year"]
    assert exported("commitments")["owed_by"].tolist() == ["us", "Clerk of the Board"]


def test_a_time_that_would_make_words_of_its_day_is_left_out(cast: Cast) -> None:
    bring("engagements", "held_on,purpose\n2024-03-05 9:00 AM,Seats\n2024-03-06,Budget\n")
    with db.writing() as session:
        late = session.get_one(Engagement, 2)
        late.held_at = "after lunch"
    assert exported("engagements")["held_on"].tolist() == ["2024-03-05 9:00 AM", "2024-03-06"]


def test_a_name_that_would_be_parted_in_a_list_is_written_as_its_key() -> None:
    bring("partners", "key,name\nc1,Heron; Bay\nc2,Cedar House\n")
    bring("engagements", "purpose,partners\nSeats,c1; c2\n")
    bring("contacts", "name,partner\nMira,Heron; Bay\n")
    assert cell("engagements", "partners") == "c1; Cedar House"
    assert cell("contacts", "partner") == "Heron; Bay"


def test_the_cadence_that_holds_latest_is_written(cast: Cast) -> None:
    bring("partners", "name,cadence_days,cadence_from\nCedar House,91,2025-01-01\n")
    with db.writing() as session:
        agree_cadence(session, cast.coordinator, 1, 30, None)
    assert (cell("partners", "cadence_days"), cell("partners", "cadence_from")) == ("91", "2025-01-01")


def test_a_countys_own_heading_that_is_ours_too_is_told_apart_and_comes_back() -> None:
    bring("partners", "name,Comments,Notes,FUND\nCedar House,a,b,c\n", told={"Comments": "notes", "Notes": None})
    bring("partners", "name,Fund\nHeron Circle,d\n")
    frame = exported("partners")
    assert list(frame.columns)[-3:] == ["notes", "Notes (kept)", "FUND"]
    assert frame[["notes", "Notes (kept)", "FUND"]].to_numpy().tolist() == [["a", "b", "c"], ["", "", "d"]]
    again = bring("partners", csv_bytes(frame))
    assert (again.imported, again.rejected) == (2, 0)


def test_voided_and_archived_records_are_left_out(cast: Cast) -> None:
    bring("partners", ROSTER)
    bring("engagements", "purpose\nSeats\nBudget\n")
    with db.writing() as session:
        void_engagement(session, cast.leadership, 1, 1, "entered twice")
        archive_partner(session, cast.leadership, 1, 1, "closed")
    assert exported("engagements")["purpose"].tolist() == ["Budget"]
    assert exported("partners")["name"].tolist() == ["Heron Bay Tribe"]


def test_nobody_gets_out_what_they_may_not_see(cast: Cast) -> None:
    bring("partners", ROSTER)
    tribe = {
        "engagements": "purpose,partners\nSeats,Heron Bay Tribe\n",
        "commitments": "what,partner\nlist,Heron Bay Tribe\n",
        "feedback": "words,partner\nwe were not asked,Heron Bay Tribe\n",
        "ratings": "partner,respondent,side,rated_on,item_1\nHeron Bay Tribe,Chair,partner,2024-03-05,4\n",
    }
    for kind, text in tribe.items():
        bring(kind, text, by=cast.tribal_liaison)
        may = [actor for actor in cast if actor.may(Verb.EXPORT, RECORDS[kind])]
        seeing = {actor.name for actor in may if len(exported(kind, actor))}
        assert seeing == {actor.name for actor in may if actor in (cast.leadership, cast.tribal_liaison)}
        assert cast.leadership.name in seeing


def test_a_file_of_ratings_names_who_rated_and_leaves_with_leadership_alone(cast: Cast) -> None:
    bring("ratings", "partner,respondent,side,rated_on,item_1\nNobody Known,Chair,partner,2024-03-05,4\n")
    for actor in cast:
        if actor is cast.leadership:
            assert exported("ratings", actor)["respondent"].tolist() == ["Chair"]
        else:
            with pytest.raises(NotAllowed):
                exported("ratings", actor)


def test_phone_numbers_leave_only_with_who_may_see_them(cast: Cast) -> None:
    bring("contacts", "name,phone,email\nMira,555 010 0100,mira@example.org\n")
    assert exported("contacts", cast.coordinator).loc[0, ["phone", "email"]].tolist() == [
        "555 010 0100",
        "mira@example.org",
    ]
    assert exported("contacts", cast.administrator).loc[0, ["phone", "email"]].tolist() == ["", ""]
    with pytest.raises(NotAllowed), db.reading() as session:
        export_rows(session, cast.viewer, "contacts")


HOSTILE = ["=cmd|' /C calc'!A0", "+1 555 010 0100", "-2+3", "@SUM(1)", "'=1", "\t=1", "＝1"]


def test_no_cell_or_heading_of_a_spreadsheet_export_runs_and_json_has_the_exact_text() -> None:
    rows = "".join(f'"{text}","{text}"\n' for text in HOSTILE)
    bring("commitments", f"what,=HYPERLINK(1)\n{rows}")
    kept = [promise.what for promise in stored(Commitment)]
    frame = exported("commitments")
    text = csv_bytes(frame).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(xlsx_bytes(frame))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    written = [*text.replace('"', "").replace("\r\n", ",").split(","), *(str(cell.value) for cell in cells)]
    assert not [one for one in written if one.startswith(("=", "+", "-", "@", "\t", "＝"))]
    assert [row["what"] for row in json.loads(json_text(frame))] == kept


def test_a_text_too_long_for_an_excel_cell_is_refused_with_the_way_out() -> None:
    bring("commitments", f"what\n{'x' * 40_000}\n")
    with pytest.raises(Invalid, match="Take CSV instead"):
        xlsx_bytes(exported("commitments", operator()))
    assert b"x" * 40_000 in csv_bytes(exported("commitments"))
