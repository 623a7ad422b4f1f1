"""What becomes of every row of a county's file: once, twice, changed, with a known key, with names nobody knows."""

import io
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlmodel import func, select

from erp import db
from erp.access import Actor, operator
from erp.errors import Invalid, NotAllowed
from erp.importing.fields import KINDS
from erp.importing.outcome import rejected_file
from erp.importing.read import open_table
from erp.models import Table
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner, TopicTag
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.commitments import PromiseFilters, promise_list
from erp.queries.county import today
from erp.queries.engagement_detail import engagement_detail
from erp.queries.engagements import EngagementFilter, engagement_count, engagement_list
from erp.services import guards
from erp.services.engagements import EngagementDraft, PartnerAt, change_engagement, void_engagement
from erp.services.feedback import StepDraft, take_step
from erp.services.import_undo import undo_import
from erp.services.imports import STRETCH
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.vocabulary import (
    Door,
    EngagementKind,
    EngagementStatus,
    FeedbackState,
    PartnerKind,
    PartnerStatus,
    Readers,
    RecordKind,
    Side,
)
from tests.conftest import Cast
from tests.services.county_imports import all_exported, bring, changes, counts, exported, said, sheet, stored
from tests.services.givers import given, link_for

pytestmark = pytest.mark.usefixtures("database")

#: A file of every kind, its rows without keys.
FILES = {
    "partners": "name,kind,languages,Fund\nCedar House,CBO,English; Spanish,A\nHeron Circle,parent group,,B\n",
    "contacts": "partner,name,role,phone\nCedar House,Mira Tallgrass,Director,555 010 0100\nCedar House,,Clerk,\n",
    "engagements": "Date,Meeting,Attendees,Purpose\n3/5/2024,Council,Cedar House; Heron Circle,Seats\n,Board,,x\n",
    "commitments": "what,owed_by,partner,due_on\nsend the list,county,Cedar House,3/9/2024\nname a person,partner,,\n",
    "feedback": "words,partner,received_on,decision,told_on\nlater,Cedar House,2/1/2024,we do,2/9/2024\nthanks,Fern,\n",
    "ratings": "partner,respondent,side,rated_on,item_1\nCedar House,r1,partner,2/1/2024,4\nFern,,partner,2/1/2024,5\n",
}
ROSTER = "key,name,kind\nc1,Cedar House,CBO\nt1,Heron Bay Tribe,Tribe\n"


def records() -> dict[str, int]:
    """Count the rows of every table."""
    with db.reading() as session:
        return {
            name: session.connection().exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() or 0
            for name in Table.metadata.tables
        }


def only(table: type) -> object:
    (record,) = stored(table)
    return record


# --- what becomes of a row -----------------------------------------------------------------------------------------


def test_every_row_ends_imported_warned_or_rejected_and_a_rejected_row_stops_no_other() -> None:
    result = bring(
        "partners", "name,kind,cadence_days\nCedar House,CBO,91\nHeron Circle,seats,\n,CBO,\nAlder,CBO,often\nFern,,\n"
    )
    assert counts(result) == (2, 1, 2, 3)
    assert [partner.name for partner in stored(Partner)] == ["Cedar House", "Heron Circle", "Fern"]
    rejected = [finding for finding in result.findings if finding.severity == "rejected"]
    assert [(f.row, f.column, f.found) for f in rejected] == [(4, "name", ""), (5, "cadence_days", "often")]
    assert all(finding.reason and finding.advice for finding in result.findings)


def test_rejected_rows_are_mended_and_come_in_later() -> None:
    text = "name,Fund,cadence_days\nCedar House,=1+1,often\nHeron Circle,B,91\n"
    result = bring("partners", text)
    mended = rejected_file(result.rejected_readings, open_table(text.encode(), "x").headings).replace(b"often", b"30")
    assert counts(bring("partners", mended)) == (1, 0, 0, 1)
    assert [partner.extras for partner in stored(Partner)] == [{"Fund": "B"}, {"Fund": "=1+1"}]


def test_every_row_is_kept_as_it_was_read_with_its_findings() -> None:
    bring("partners", "name,kind\nCedar House,seats\n,x\n")
    kept = stored(ImportedRow)
    assert [(row.row, row.outcome, row.cells["kind"]) for row in kept] == [(2, "warned", "seats"), (3, "rejected", "x")]
    assert kept[0].findings[0]["found"] == "seats"
    assert only(ImportFile).counts == {"rows": 2, "added": 1, "imported": 0, "warned": 1, "rejected": 1}  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_file_leaves_nothing_behind(kind: str) -> None:
    before = records()
    result = bring(kind, "<html><body>Please sign in</body></html>")
    assert (result.refused, result.rows, result.exit_status) == (True, 0, 2)
    assert "web page" in said(result)
    assert records() == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_saves_nothing_and_says_what_saving_says(kind: str) -> None:
    bring("partners", ROSTER)
    before = records()
    checked = bring(kind, FILES[kind], save=False)
    assert records() == before
    assert bring(kind, FILES[kind]).to_json() == checked.to_json()


def test_columns_without_a_place_are_kept_listed_and_exported() -> None:
    result = bring("partners", "name,Fund,Seat\nCedar House,First 5,vacant\n")
    assert [f.column for f in result.findings if "no place" in f.reason] == ["Fund", "Seat"]
    assert counts(result) == (1, 0, 0, 1)
    frame = exported("partners")
    assert list(frame.columns)[-2:] == ["Fund", "Seat"]
    assert frame.loc[0, ["Fund", "Seat"]].tolist() == ["First 5", "vacant"]


def test_a_map_says_which_column_is_which() -> None:
    bring("partners", "Body,Sort\nCedar House,CBO\n", map_options=["Body=name", "Sort=kind"])
    assert only(Partner).kind == PartnerKind.COMMUNITY_ORGANIZATION  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(Invalid, match="no field"):
        bring("partners", "Body\nCedar House\n", map_options=["Body=nmae"])


def test_text_is_kept_as_typed_also_where_a_spreadsheet_would_run_it() -> None:
    bring("partners", 'name,languages,notes\n=Cedar House,"English;Spanish"," +1  two\nlines "\n')
    partner = stored(Partner)[0]
    assert (partner.name, partner.languages, partner.notes) == ("=Cedar House", "English;Spanish", "+1  two\nlines")


def test_words_that_may_identify_a_child_come_in_with_a_warning() -> None:
    rows = ['Seats,"we spoke of Ana Brook, age 6",Case No. 24-JV-00123', "Budget,nothing of the kind,12"]
    text = "\n".join(["purpose,facts,Room", *rows])
    result = bring("engagements", text)
    assert counts(result) == (1, 1, 0, 2)
    assert [(f.row, f.column) for f in result.findings if "identi" in f.advice] == [(2, "facts"), (2, "Room")]
    assert counts(bring("engagements", text)) == (2, 0, 0, 0)


def test_progress_is_told_after_each_stretch_with_how_many_there_are() -> None:
    told: list[tuple[int, int]] = []
    bring(
        "commitments",
        sheet([["what"], *([f"promise {n}"] for n in range(STRETCH + 5))]),
        progress=lambda *now: told.append(now),
    )
    assert told == [(STRETCH, STRETCH + 5), (STRETCH + 5, STRETCH + 5)]


# --- the same file twice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_twice_adds_nothing_the_second_time(kind: str) -> None:
    bring("partners", FILES["partners"])
    first = bring(kind, FILES[kind])
    before = {
        name: rows
        for name, rows in records().items()
        if name not in ("import_file", "imported_row", "change", "data_revision")
    }
    second = bring(kind, FILES[kind])
    assert counts(second) == (first.rows, 0, 0, 0)
    after = records()
    assert {name: after[name] for name in before} == before


def test_a_sheet_saved_as_csv_and_as_a_workbook_is_the_same() -> None:
    bring("engagements", "Date,Meeting,Seats\n3/5/2024,Council,12\n6/7/24,Board,\n")
    book = Workbook()
    assert book.active is not None
    for row in (["Date", "Meeting", "Seats"], [date(2024, 3, 5), "Council", 12], [date(2024, 6, 7), "Board", None]):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    assert counts(bring("engagements", written.getvalue())) == (2, 0, 0, 0)


def test_columns_in_another_order_are_the_same_row() -> None:
    bring("commitments", "what,due_on\nsend the list,2024-03-09\n")
    assert counts(bring("commitments", "due_on,what\n2024-03-09,send the list\n")) == (1, 0, 0, 0)


def test_a_row_that_repeats_one_above_adds_nothing_and_is_told() -> None:
    result = bring("commitments", "what\nsend the list\nname a person\nsend the list\n")
    assert counts(result) == (3, 0, 0, 2)
    assert "The same row stands above, in row 2." in said(result)


def test_an_interrupted_import_is_taken_up_by_the_same_file() -> None:
    rows = sheet([["what"], *([f"promise {n}"] for n in range(STRETCH * 2 + 7))])

    def pull_the_plug(_done: int, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring("commitments", rows, progress=pull_the_plug)
    assert len(stored(Commitment)) == STRETCH
    assert counts(bring("commitments", rows)) == (STRETCH * 2 + 7, 0, 0, STRETCH + 7)
    assert [file.counts.get("rows") for file in stored(ImportFile)] == [None, STRETCH * 2 + 7]


def test_an_old_roster_that_comes_again_does_not_undo_what_was_changed_since() -> None:
    bring("commitments", "what,due_on\nsend the list,2024-03-09\n")
    with db.writing() as session:
        session.exec(select(Commitment)).one().done_on = date(2024, 3, 1)
    bring("commitments", "what,due_on\nsend the list,2024-03-09\n", update=True)
    assert only(Commitment).done_on == date(2024, 3, 1)  # pyright: ignore[reportAttributeAccessIssue]


def test_two_people_who_bring_the_same_file_at_once_bring_each_row_once(cast: Cast) -> None:
    rows = sheet([["what", "partner"], *([f"promise {n}", "Cedar House"] for n in range(STRETCH * 2 + 3))])
    bring("partners", ROSTER)
    with ThreadPoolExecutor() as both:
        results = list(
            both.map(lambda actor: bring("commitments", rows, by=actor), (cast.coordinator, cast.leadership))
        )
    assert sum(result.added for result in results) == len(stored(Commitment)) == STRETCH * 2 + 3
    assert [counts(result)[0] for result in results] == [STRETCH * 2 + 3] * 2
    with db.reading() as session:
        assert guards.verify_changes(session) == []


# --- known keys ----------------------------------------------------------------------------------------------------

KEYED = {
    "partners": ("key,name,area\nc1,Cedar House,Alder\n", "key,name,area\nc1,Cedar House,Fern Hollow\n"),
    "contacts": ("key,name,role\nk1,Mira Tallgrass,Director\n", "key,name,role\nk1,Mira Tallgrass,Chair\n"),
    "engagements": ("key,held_on,purpose\ne1,2024-03-05,Seats\n", "key,held_on,purpose\ne1,2024-03-06,Seats\n"),
    "commitments": ("key,what,due_on\np1,list,2024-03-05\n", "key,what,due_on\np1,list,every spring\n"),
    "feedback": ("key,words,anonymous\nf1,thanks,yes\n", "key,words,anonymous\nf1,thank you,yes\n"),
}


@pytest.mark.parametrize("kind", KEYED)
def test_a_known_key_with_other_values_is_rejected_as_different(kind: str) -> None:
    old, new = KEYED[kind]
    bring(kind, old)
    before = all_exported()
    result = bring(kind, new)
    assert counts(result) == (0, 0, 1, 0)
    assert "differs" in said(result)
    assert changes(before, all_exported()) == []


@pytest.mark.parametrize("kind", KEYED)
def test_with_update_the_file_changes_the_record_and_an_older_file_changes_it_back(kind: str) -> None:
    old, new = KEYED[kind]
    bring(kind, old)
    first = all_exported()
    changed = bring(kind, new, update=True)
    assert (changed.rejected, changed.added, len(exported(kind))) == (0, 0, 1)
    second = all_exported()
    assert changes(first, second) != []
    assert counts(bring(kind, new)) == (1, 0, 0, 0)
    bring(kind, old, update=True)
    assert changes(first, all_exported()) == []
    bring(kind, new, update=True)
    assert changes(second, all_exported()) == []


def test_one_key_twice_in_a_file_is_one_record_and_the_other_values_are_rejected() -> None:
    result = bring("commitments", "key,what\np1,send the list\np1,send the list\np1,something else\n")
    assert counts(result) == (2, 0, 1, 1)
    assert only(Commitment).what == "send the list"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_blank_cell_says_nothing_and_a_new_column_does() -> None:
    bring("commitments", "key,what,due_on,Fund\np1,send the list,2024-03-09,A\n")
    assert counts(bring("commitments", "key,what,due_on,Fund\np1,send the list,,\n")) == (1, 0, 0, 0)
    assert "differs" in said(bring("commitments", "key,what,Seat\np1,send the list,3\n"))
    bring("commitments", "key,what,FUND,Seat\np1,send the list,B,3\n", update=True)
    assert only(Commitment).extras == {"Fund": "B", "Seat": "3"}  # pyright: ignore[reportAttributeAccessIssue]


def test_made_keys_keep_clear_of_the_countys_own_further_down() -> None:
    result = bring("commitments", "key,what\n,first\nC-00001,second\n,third\nC-00003,fourth\n")
    assert counts(result) == (4, 0, 0, 4)
    assert [promise.key for promise in stored(Commitment)] == ["C-00001x", "C-00001", "C-00003x", "C-00003"]


def test_an_updated_day_moves_the_ledger_and_words_that_are_no_day_leave_it() -> None:
    bring("partners", ROSTER)
    bring("engagements", "key,held_on,purpose,partners\ne1,2024-03-05,Seats,Cedar House\n")
    bring("engagements", "key,held_on,purpose\ne1,2024-04-06,Seats\n", update=True)
    contacts = [fact for fact in stored(Fact) if fact.kind == "contact"]
    assert [(fact.on_day, fact.known_to is None) for fact in contacts] == [
        (date(2024, 3, 5), False),
        (date(2024, 4, 6), True),
    ]
    bring("engagements", "key,held_on,purpose\ne1,late last month,Seats\n", update=True)
    assert all(fact.known_to for fact in stored(Fact) if fact.kind == "contact")
    engagement = stored(Engagement)[0]
    assert (engagement.held_on, engagement.as_written["held_on"]) == (None, "late last month")
    bring("engagements", "key,held_on,purpose\ne1,2024-05-07,Seats\n", update=True)
    assert "held_on" not in stored(Engagement)[0].as_written


def test_an_update_of_one_day_keeps_the_other_steps_of_a_feedback_item() -> None:
    head = "key,words,partner,received_on,acknowledged_on,decision,told_on,told_how,reopened_on\n"
    bring("feedback", head + "f1,later please,Cedar House,2024-01-02,2024-01-05,we will,2024-02-01,by letter,\n")
    result = bring(
        "feedback", head + "f1,later please,Cedar House,,,,2024-02-01; 2024-04-01,,2024-03-01\n", update=True
    )
    assert result.rejected == 0, said(result)
    steps = [(step.step, step.on_day) for step in stored(FeedbackStep)]
    assert steps == [
        (FeedbackState.RECEIVED, date(2024, 1, 2)),
        (FeedbackState.ACKNOWLEDGED, date(2024, 1, 5)),
        (FeedbackState.DECIDED, None),
        (FeedbackState.TOLD, date(2024, 2, 1)),
        (FeedbackState.REOPENED, date(2024, 3, 1)),
        (FeedbackState.TOLD, date(2024, 4, 1)),
    ]
    refused = bring("feedback", head + "f1,later please,Cedar House,2024-02-15,,,,,\n", update=True)
    assert "before it was received" in said(refused)
    assert refused.rejected == 1


def test_an_update_replaces_tags_and_keeps_the_evidence_of_those_that_stay() -> None:
    bring("engagements", "key,purpose,behaviors,topics\ne1,Seats,LB1; LB2,\n")
    with db.writing() as session:
        session.exec(select(BehaviorTag).where(BehaviorTag.entry_id == "LB2")).one().evidence = "asked first"
    bring("engagements", "key,purpose,behaviors\ne1,Seats,LB2; LB3\n", update=True)
    assert [(tag.entry_id, tag.evidence) for tag in stored(BehaviorTag)] == [("LB2", "asked first"), ("LB3", "")]
    assert stored(TopicTag) == []


def test_an_update_of_a_partner_adds_names_and_agrees_a_new_cadence() -> None:
    bring("partners", "key,name,other_names,cadence_days\nc1,Cedar House,CH,91\n")
    bring("partners", "key,name,other_names,cadence_days,status\nc1,Cedar House,Cedar,30,paused\n", update=True)
    assert [name.name for name in stored(PartnerName)] == ["CH", "Cedar"]
    cadences = [(fact.value, fact.known_to is None) for fact in stored(Fact) if fact.kind == "cadence"]
    assert cadences == [(91.0, False), (30.0, True)]
    assert only(Partner).status == PartnerStatus.PAUSED  # pyright: ignore[reportAttributeAccessIssue]
    assert counts(bring("partners", "key,name,other_names,cadence_days\nc1,Cedar House,CH,30\n")) == (1, 0, 0, 0)


def test_an_update_may_not_take_another_partners_name() -> None:
    bring("partners", "key,name\nc1,Cedar House\nc2,Heron Circle\n")
    result = bring("partners", "key,name\nc2,Cedar  House\n", update=True)
    assert result.rejected == 1
    assert "Another partner is called" in said(result)


def test_a_voided_or_archived_record_is_not_changed_by_a_file(cast: Cast) -> None:
    bring("engagements", KEYED["engagements"][0])
    with db.writing() as session:
        void_engagement(session, cast.leadership, 1, 1, "entered twice")
    result = bring("engagements", KEYED["engagements"][1], update=True)
    assert "archived or voided" in said(result)
    assert only(Engagement).held_on == date(2024, 3, 5)  # pyright: ignore[reportAttributeAccessIssue]


# --- ratings -------------------------------------------------------------------------------------------------------

RATED = "partner,respondent,side,rated_on,item_1,item_2\n"


def test_ratings_are_known_by_partner_respondent_side_and_day() -> None:
    bring("partners", ROSTER)
    first = RATED + "Cedar House,Parent 4,partner,2024-03-05,4,5\n"
    assert counts(bring("ratings", first)) == (1, 0, 0, 1)
    assert counts(bring("ratings", RATED + "c1, parent  4,partner,3/5/2024,4,5\n")) == (1, 0, 0, 0)
    differing = bring("ratings", RATED + "Cedar House,Parent 4,partner,2024-03-05,4,2\n")
    assert counts(differing) == (0, 0, 1, 0)
    assert "differs" in said(differing)
    assert "“5”" not in said(differing)  # nobody's answers are told
    others = ("Parent 5,partner,2024-03-05", "Parent 4,county,2024-03-05", "Parent 4,partner,2024-03-06")
    rows = "".join(f"Cedar House,{other},1,1\n" for other in others)
    assert counts(bring("ratings", RATED + rows)) == (3, 0, 0, 3)
    bring("ratings", RATED + "Cedar House,Parent 4,partner,2024-03-05,4,2\n", update=True)
    assert (stored(Rating)[0].item_1, stored(Rating)[0].item_2) == (4, 2)
    facts = [fact.value for fact in stored(Fact) if fact.kind == "rating" and fact.known_to is None]
    assert sorted(facts) == [1.0, 1.0, 1.0, 3.0]


def test_two_who_name_themselves_not_and_answer_alike_are_two_also_the_second_time() -> None:
    rows = RATED + "Cedar House,,partner,2024-03-05,4,5\nCedar House,,partner,2024-03-05,4,5\n"
    bring("partners", ROSTER)
    assert counts(bring("ratings", rows)) == (2, 0, 0, 2)
    assert counts(bring("ratings", rows)) == (2, 0, 0, 0)
    assert len({rating.respondent for rating in stored(Rating)}) == 2


def test_a_rating_of_an_unknown_name_is_known_again_too() -> None:
    rows = RATED + "Nobody Known,r1,partner,2024-03-05,4,5\n"
    assert counts(bring("ratings", rows)) == (0, 1, 0, 1)
    assert "differs" in said(bring("ratings", rows.replace("4,5", "4,4")))
    assert counts(bring("ratings", rows)) == (1, 0, 0, 0)


# --- names ---------------------------------------------------------------------------------------------------------


def test_names_alike_but_for_spacing_are_one_partner() -> None:
    result = bring(
        "partners",
        "name,Role\nCedar House,Chair\nCedar  House,Member\nCedarHouse ,Chair\n\u00a0Cedar\u00a0House,Host\n",
    )
    assert counts(result) == (4, 0, 0, 1)
    partner = stored(Partner)[0]
    assert (partner.name, partner.extras) == ("Cedar House", {"Role": "Chair; Member; Host"})


def test_what_is_less_sure_is_a_question_and_never_a_merge() -> None:
    result = bring("partners", "name\nDept. of Social Services\nDepartment of Social Services\n")
    assert counts(result) == (1, 1, 0, 2)
    question = only(LookAlike)
    assert (question.partner_id, question.other_id, question.answer) == (2, 1, "open")  # pyright: ignore[reportAttributeAccessIssue]
    assert "looks like “Dept. of Social Services”. Both are kept." in said(result)


def test_near_identical_names_of_different_bodies_stay_two() -> None:
    result = bring(
        "partners", "name\nHeron Bay Tribe\nBig Heron Tribe\nHeron Bay\nSanta Alba Band\nSanta Alba Youth Circle\n"
    )
    assert counts(result)[3] == len(stored(Partner)) == 5


@pytest.mark.parametrize(
    "rows", ["Tall Oak Nation,Marsh Landing\nMarsh Landing,\n", "Marsh Landing,\nTall Oak Nation,Marsh Landing\n"]
)
def test_a_former_name_that_stands_alone_is_a_question(rows: str) -> None:
    assert counts(bring("partners", "name,former_names\n" + rows)) == (1, 1, 0, 2)
    assert "Marsh Landing" in only(LookAlike).reason  # pyright: ignore[reportAttributeAccessIssue]


def test_a_second_roster_says_what_differs_and_is_kept_beside() -> None:
    bring("partners", "name,area,Seat,notes\nCedar House,Alder,1,first\n")
    result = bring("partners", "name,area,Seat,notes\nCedar House,Fern Hollow,2,second\n")
    assert counts(result) == (0, 1, 0, 0)
    assert "area is “Alder”" in said(result)
    partner = stored(Partner)[0]
    assert (partner.area, partner.extras, partner.notes) == ("Alder", {"Seat": "1; 2"}, "first\nsecond")


def test_a_key_that_comes_later_takes_the_place_of_a_made_one_and_of_no_other() -> None:
    bring("partners", "name\nCedar House\n")
    assert counts(bring("partners", "key,name\nc1,Cedar House\n")) == (1, 0, 0, 0)
    assert only(Partner).key == "c1"  # pyright: ignore[reportAttributeAccessIssue]
    assert [change.after for change in stored(Change)][-1] == {"key": "c1", "version": 2}
    result = bring("partners", "key,name\nc2,Cedar House\n")
    assert counts(result) == (0, 0, 1, 0)
    assert "under the key c1" in said(result)


UNKNOWN = {
    "engagements": "purpose,partners\nSeats,Nobody Known\n",
    "commitments": "what,partner\nsend the list,Nobody Known\n",
    "feedback": "words,partner\nthanks,Nobody Known\n",
    "ratings": RATED + "Nobody Known,r1,partner,2024-03-05,4,5\n",
    "contacts": "name,partner\nMira Tallgrass,Nobody Known\n",
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_name_makes_no_partner_is_warned_and_kept(kind: str) -> None:
    result = bring(kind, UNKNOWN[kind])
    assert counts(result) == (0, 1, 0, 1)
    assert "No partner has this name." in said(result)
    assert stored(Partner) == []
    assert "Nobody Known" in exported(kind).to_numpy().tolist()[0]
    assert [fact for fact in stored(Fact) if fact.partner_id] == []


def test_a_warning_of_an_unknown_name_says_whom_it_looks_like_and_links_nobody() -> None:
    bring("partners", "name\nAlder Family Resource Center\n")
    result = bring("engagements", "purpose,partners\nSeats,Alder Family Resource Ctr.\n")
    assert "It looks like “Alder Family Resource Center”." in said(result)
    assert [link.partner_id for link in stored(EngagementPartner)] == [None]


def test_partners_are_found_by_name_other_name_former_name_and_key() -> None:
    bring("partners", "key,name,other_names,former_names\nc1,Cedar House,CH; Cedar,Old Mill\n")
    result = bring(
        "engagements",
        sheet([["purpose", "partners"], *(["Seats", name] for name in ("Cedar House", "CH", "Old  Mill", "c1"))]),
    )
    assert result.warned == 0, said(result)
    assert {link.partner_id for link in stored(EngagementPartner)} == {1}


def test_one_partner_under_two_names_took_part_once() -> None:
    bring("partners", "name,other_names\nCedar House,CH\n")
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Seats,Cedar House; CH\n")
    assert len(stored(EngagementPartner)) == 1
    assert len([fact for fact in stored(Fact) if fact.kind == "contact"]) == 1


def test_a_name_that_two_partners_share_is_nobody_to_be_sure_of() -> None:
    bring("partners", "name,other_names\nHeron Bay Tribe,Heron\nBig Heron Tribe,Heron\n")
    assert bring("commitments", "what,partner\nsend the list,Heron\n").warned == 1


def test_an_archived_partners_name_is_kept_unlinked_and_its_row_is_rejected(cast: Cast) -> None:
    bring("partners", ROSTER)
    with db.writing() as session:
        archive_partner(session, cast.leadership, 1, 1, "closed")
    result = bring("commitments", "what,partner\nsend the list,Cedar House\n")
    assert "Only an archived partner has this name." in said(result)
    assert "archived or voided" in said(bring("partners", ROSTER))


def test_several_givers_in_one_cell_stay_words_unless_they_are_one_partners_name() -> None:
    bring("partners", "name\nCedar House\nHeron; Bay\n")
    result = bring("feedback", "words,partner\nthanks,Cedar House; Heron Circle\nlater,Heron; Bay\n")
    assert counts(result) == (1, 1, 0, 2)
    assert [item.partner_id for item in stored(FeedbackItem)] == [None, 2]


def test_a_partner_that_somebody_adds_while_a_file_comes_in_is_known_to_the_rows_that_follow(cast: Cast) -> None:
    rows = sheet([["what", "partner"], *([f"promise {n}", "Late House"] for n in range(STRETCH + 1))])

    def add_it(done: int, _rows: int) -> None:
        if done == STRETCH:
            with db.writing() as session:
                add_partner(session, cast.coordinator, PartnerDraft(name="Late House", kind=PartnerKind.OTHER))

    assert bring("commitments", rows, progress=add_it).warned == STRETCH
    assert stored(Commitment)[-1].partner_id == 1


# --- what each kind keeps ------------------------------------------------------------------------------------------


def test_engagements_bring_partners_marks_and_the_ledger() -> None:
    bring("partners", ROSTER)
    rows = [
        "2024-03-05 9:00 AM,meeting,Cedar House,partner,,a",
        "2024-03-06,e-mail,Cedar House,,,b",
        "2024-03-07,meeting,c1,,no,c",
        f"{today_there() + timedelta(days=40)},meeting,Cedar House,,,d",
        "April,meeting,Cedar House,,,e",
    ]
    bring("engagements", "\n".join(["held_on,kind,partners,asked_by,two_way,purpose", *rows]))
    first, mail, _, planned, words = stored(Engagement)
    assert (first.held_on, first.held_at, first.kind) == (date(2024, 3, 5), "9:00 AM", EngagementKind.MEETING)
    assert mail.kind == EngagementKind.EMAIL
    assert planned.status == EngagementStatus.PLANNED
    assert (words.held_on, words.as_written) == (None, {"held_on": "April"})
    contacts = [fact for fact in stored(Fact) if fact.kind == "contact"]
    assert [(fact.on_day, fact.marks_n, fact.marks_shared) for fact in contacts] == [(date(2024, 3, 5), 1, 1)]


def test_promises_are_owed_by_a_side_or_a_body_and_know_their_meeting() -> None:
    bring("partners", ROSTER)
    result = bring(
        "commitments",
        "what,owed_by,partner,engagement,due_on\nlist,county,c1,e1,2024-03-09\nminutes,Clerk of the Board,c1,,\n",
    )
    assert "No engagement has this key." in said(result)
    bring("engagements", KEYED["engagements"][0])
    bring("commitments", "what,owed_by,partner,engagement\nseats,partner,c1,e1\n")
    by_county, by_body, by_partner = stored(Commitment)
    assert (by_county.owed_by, by_county.as_written) == (Side.COUNTY, {"engagement": "e1"})
    assert (by_body.owed_by, by_body.as_written) == (None, {"owed_by": "Clerk of the Board"})
    assert (by_partner.owed_by, by_partner.engagement_id) == (Side.PARTNER, 1)
    assert len([fact for fact in stored(Fact) if fact.kind == "promise"]) == 2


@pytest.mark.parametrize(
    ("cells", "state", "facts"),
    [
        ("2024-01-02,,,,,,", FeedbackState.RECEIVED, ["received"]),
        ("2024-01-02,2024-01-03,,,,,", FeedbackState.ACKNOWLEDGED, ["received"]),
        ("2024-01-02,,2024-02-01,we will,,,", FeedbackState.DECIDED, ["received"]),
        ("2024-01-02,,,we will,2024-02-01,,", FeedbackState.TOLD, ["received", "told"]),
        ("2024-01-02,,,,2024-02-01,,", FeedbackState.RECEIVED, ["received"]),
        ("2024-01-02,,,we will,,,", FeedbackState.DECIDED, ["received"]),
        ("2024-01-02,,,we will,2024-02-01,2024-02-09,", FeedbackState.CONFIRMED, ["received", "told", "confirmed"]),
        ("2024-01-02,,,we will,2024-02-01,,2024-02-09", FeedbackState.REOPENED, ["received", "told", "reopened"]),
        (
            "2024-01-02,,,we will,2024-02-01; 2024-03-01,,2024-02-09",
            FeedbackState.TOLD,
            ["received", "told", "reopened", "told"],
        ),
        (",,,we will,2024-02-01,,", FeedbackState.TOLD, []),
        ("FY 23-24,,,we will,2024-02-01,,", FeedbackState.TOLD, []),
    ],
)
def test_feedback_may_skip_states_and_what_is_not_told_is_no_telling(
    cells: str, state: FeedbackState, facts: list[str]
) -> None:
    bring("partners", ROSTER)
    head = "words,partner,received_on,acknowledged_on,decided_on,decision,told_on,confirmed_on,reopened_on\n"
    bring("feedback", head + "later please,Cedar House," + cells + "\n")
    assert only(FeedbackItem).state == state  # pyright: ignore[reportAttributeAccessIssue]
    assert [fact.kind for fact in stored(Fact)] == facts


def test_a_tribal_government_comes_in_unscored_unless_it_agreed() -> None:
    bring(
        "partners",
        "name,kind,scored\nHeron Bay Tribe,Tribe,\nBig Heron Tribe,Tribe,yes\nCedar House,CBO,\nFern,CBO,no\n",
    )
    assert [partner.scored for partner in stored(Partner)] == [False, True, True, False]


# --- who may, and what the history says ----------------------------------------------------------------------------


def test_whoever_may_import_may_and_the_viewer_may_not(cast: Cast) -> None:
    for number, actor in enumerate(cast):
        if actor is cast.viewer:
            with pytest.raises(NotAllowed):
                bring("partners", "name\nCedar House\n", by=actor)
        else:
            assert bring("partners", f"name\nHouse number {number} of {actor.name}\n", by=actor).added == 1


def test_every_new_and_changed_record_is_in_the_history_through_the_door_of_imports(cast: Cast) -> None:
    for kind in KINDS:
        bring(kind, FILES[kind], by=cast.coordinator)
    bring("commitments", KEYED["commitments"][0])
    bring("commitments", KEYED["commitments"][1], update=True)
    history = stored(Change)
    assert {change.door for change in history} == {Door.IMPORT}
    assert {change.verb for change in history} == {"import"}
    assert {(c.actor_id, c.actor_name) for c in history} == {
        (cast.coordinator.user_id, "Cora Coordinator"),
        (None, "operator of this machine"),
    }
    told = {kind: [c.record_id for c in history if c.record_kind == kind] for kind in RecordKind}
    assert told[RecordKind.PARTNER] == [1, 2]
    assert told[RecordKind.COMMITMENT] == [1, 2, 3, 3]
    last = history[-1]
    assert (last.before["due_on"], last.after["due_on"]) == ("2024-03-05", None)
    assert history[1].after["name"] == "Cedar House"
    with db.reading() as session:
        assert guards.verify_changes(session) == []


def test_the_history_of_an_imported_record_reads_like_that_of_an_entered_one(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n", by=cast.coordinator)
    with db.writing() as session:
        add_partner(session, cast.coordinator, PartnerDraft(name="Heron Circle", kind=PartnerKind.OTHER))
    imported, entered = (change.after for change in stored(Change) if change.record_kind == "partner")
    assert set(entered) - {"names"} == set(imported)
    assert type(imported["recorded_at"]) is type(entered["recorded_at"])
    assert imported["recorded_at"][-1] == entered["recorded_at"][-1] == "Z"


def sealed(cast: Cast) -> None:
    """Bring in what a Tribe shared with its liaison."""
    bring("partners", ROSTER)
    tribe = {
        "engagements": "key,held_on,purpose,partners\ns-e,2024-03-05,Seats,Heron Bay Tribe\n",
        "commitments": "key,what,owed_by,partner\ns-c,send the list,county,Heron Bay Tribe\n",
        "feedback": "key,words,partner\ns-f,we were not asked,Heron Bay Tribe\n",
        "ratings": RATED + "Heron Bay Tribe,Chair,partner,2024-03-05,4,5\n",
    }
    for kind, text in tribe.items():
        assert bring(kind, text, by=cast.tribal_liaison).added == 1


GUESSES = {
    "engagements": "key,held_on,purpose\ns-e,2024-03-05,Other\n",
    "commitments": "key,what\ns-c,something else\n",
    "feedback": "key,words,anonymous\ns-f,something else,yes\n",
    "ratings": RATED + "Heron Bay Tribe,Chair,partner,2024-03-05,1,1\n",
}


@pytest.mark.parametrize("kind", GUESSES)
@pytest.mark.parametrize("update", [False, True])
def test_a_coordinators_import_neither_learns_of_nor_changes_what_a_tribe_shared(
    cast: Cast, kind: str, update: bool
) -> None:
    sealed(cast)
    before = all_exported()
    result = bring(kind, GUESSES[kind], by=cast.coordinator, update=update)
    assert counts(result) == (0, 0, 1, 0)
    assert "differs" not in said(result)
    for secret in ("Seats", "send the list", "not asked", "“4”", "“5”"):
        assert secret not in said(result)
    assert changes(before, all_exported()) == []


def test_a_tribal_liaison_may_update_it_by_key(cast: Cast) -> None:
    sealed(cast)
    for kind, text in GUESSES.items():
        assert bring(kind, text, by=cast.tribal_liaison, update=True).rejected == 0


def test_a_sealed_meeting_is_no_meeting_for_a_promise_that_names_its_key(cast: Cast) -> None:
    sealed(cast)
    result = bring("commitments", "what,engagement\nseats,s-e\nseats,nowhere\n", by=cast.coordinator)
    reasons = [finding.reason for finding in result.findings]
    assert reasons == ["No engagement has this key."] * 2
    assert [promise.engagement_id for promise in stored(Commitment)[1:]] == [None, None]


def test_a_coordinators_update_opens_nothing_that_a_tribe_shared_and_begins_no_figures(cast: Cast) -> None:
    bring("partners", ROSTER)
    mine = {
        "engagements": "key,held_on,purpose,partners\nm-e,2024-03-05,Seats,{}\n",
        "commitments": "key,what,partner\nm-c,send the list,{}\n",
        "feedback": "key,words,partner\nm-f,we were not asked,{}\n",
    }
    for kind, text in mine.items():
        assert bring(kind, text.format("Heron Bay Tribe"), by=cast.coordinator).added == 1
        moved = bring(kind, text.format("Cedar House"), by=cast.coordinator, update=True)
        assert moved.rejected == 1, said(moved)
        assert "Tribal liaison" in said(moved)
    for text in ("key,name,kind\nt1,Heron Bay Tribe,CBO\n", "key,name,scored\nt1,Heron Bay Tribe,yes\n"):
        refused = bring("partners", text, by=cast.coordinator, update=True)
        assert refused.rejected == 1
        assert "Tribal liaison" in said(refused)
        assert bring("partners", text, by=cast.leadership, update=True, save=False).rejected == 0
    made = "key,what,engagement\nm-p,name a person,{}\n"
    assert bring("commitments", made.format("m-e"), by=cast.coordinator).added == 1
    assert "Tribal liaison" in said(bring("commitments", made.format("nowhere"), by=cast.coordinator, update=True))
    new = bring("partners", "name,kind,scored\nBig Heron Tribe,Tribe,yes\n", by=cast.coordinator)
    assert counts(new) == (0, 1, 0, 1)
    assert stored(Partner)[-1].scored is False


def test_phone_numbers_are_neither_told_nor_changed_for_who_may_not_see_them(cast: Cast) -> None:
    bring("contacts", "key,name,phone\nk1,Mira Tallgrass,555 010 0100\n")
    guess = "key,name,phone\nk1,Mira Tallgrass,555 010 0199\n"
    differing = bring("contacts", guess, by=cast.administrator)
    assert "0100" not in said(differing)
    with pytest.raises(NotAllowed):
        bring("contacts", guess, by=cast.administrator, update=True)
    assert "0100" in said(bring("contacts", guess, by=cast.coordinator))
    assert bring("contacts", guess, by=cast.coordinator, update=True).rejected == 0


def test_what_was_imported_is_true_in_the_ledger_from_then_on() -> None:
    bring("partners", ROSTER)
    bring("ratings", RATED + "Cedar House,r1,partner,2024-03-05,4,5\n")
    with db.reading() as reading:
        fact = reading.exec(select(Fact)).one()
        newest = reading.exec(select(func.max(Change.at))).one()
        assert (fact.value, fact.side, fact.known_to) == (4.5, "partner", None)
        assert fact.known_from <= newest
        assert fact.on_day < today(reading)


@pytest.mark.parametrize("actor", [operator()])
def test_contacts_keep_their_consent_and_wishes(actor: Actor) -> None:
    bring("contacts", "name,do_not_contact,may_be_named\nMira,yes,no\nAna,,\nBo,maybe,maybe\n", by=actor)
    kept = [(contact.do_not_contact, contact.may_be_named) for contact in stored(Contact)]
    assert kept == [(True, False), (False, None), (True, False)]


def test_ids_given_by_an_import_are_followed_by_those_of_the_pages(cast: Cast) -> None:
    bring("partners", "name\nCedar House\nHeron Circle\n")
    with db.writing() as session:
        added = add_partner(session, cast.coordinator, PartnerDraft(name="Fern", kind=PartnerKind.OTHER))
    bring("partners", "name\nAlder\n")
    assert [added.id, stored(Partner)[-1].id] == [3, 4]
    assert [a.id < b.id for a, b in itertools.pairwise(stored(Change))]


# --- what a second look found ---------------------------------------------------------------------------------------


def test_an_update_links_names_that_have_become_known() -> None:
    meetings = "key,held_on,purpose,partners\ne1,2024-05-01,x,Gamma House\n"
    bring("engagements", meetings)
    assert stored(Fact) == []
    bring("partners", "name\nGamma House\n")
    assert counts(bring("engagements", meetings, update=True)) == (1, 0, 0, 0)
    assert [fact.kind for fact in stored(Fact)] == ["contact"]


def test_a_partner_that_becomes_a_tribe_is_unscored_until_it_agrees() -> None:
    bring("partners", "key,name,kind\nx9,Heron Bay,\n")
    bring("partners", "key,name,kind\nx9,Heron Bay,Tribe\n", update=True)
    assert only(Partner).scored is False


def test_a_cadence_from_a_day_nobody_knows_is_no_agreement() -> None:
    bring("partners", "key,name,cadence_days,cadence_from\nc5,Cedar House,5,next year\n")
    assert stored(Fact) == []
    assert exported("partners")[["cadence_days", "cadence_from"]].to_numpy().tolist() == [["5", "next year"]]


def test_an_update_keeps_who_took_a_step_and_how_and_the_history_tells_both_sides(cast: Cast) -> None:
    bring("feedback", "key,words,person,received_on,acknowledged_on\nf1,Later,a parent,2024-01-01,2024-01-03\n")
    with db.writing() as session:
        item = session.exec(select(FeedbackItem)).one()
        decided = StepDraft(on_day=date(2024, 1, 5), said="Evening hours")
        take_step(session, cast.coordinator, 1, item.version, FeedbackState.DECIDED, decided)
        told = StepDraft(on_day=date(2024, 1, 9), how="by phone", said="Hours start in May")
        take_step(session, cast.coordinator, 1, item.version, FeedbackState.TOLD, told)
    result = bring(
        "feedback", "key,words,person,told_on\nf1,Later,a parent,2024-01-10\n", by=cast.leadership, update=True
    )
    assert counts(result) == (1, 0, 0, 0), said(result)
    steps = [(s.step, s.on_day, s.how, s.said, s.recorded_by) for s in stored(FeedbackStep)]
    coordinator = cast.coordinator.user_id
    assert steps[-2:] == [
        (FeedbackState.DECIDED, date(2024, 1, 5), "", "Evening hours", coordinator),
        (FeedbackState.TOLD, date(2024, 1, 10), "by phone", "Hours start in May", coordinator),
    ]
    change = stored(Change)[-1]
    assert (change.before["steps"][-1]["on_day"], change.after["steps"][-1]["on_day"]) == ("2024-01-09", "2024-01-10")


def test_whether_a_partner_took_part_is_told_in_the_history() -> None:
    bring("partners", "name\nCedar House\n")
    bring("engagements", "key,held_on,purpose,partners,two_way\ne1,2024-05-01,x,Cedar House,yes\n")
    bring("engagements", "key,purpose,partners,two_way\ne1,x,Cedar House,no\n", update=True)
    change = stored(Change)[-1]
    assert [part["two_way"] for side in (change.before, change.after) for part in side["partners"]] == [True, False]


def test_who_may_import_but_not_change_may_not_update(cast: Cast) -> None:
    bring("partners", "key,name\nc1,Cedar House\n", by=cast.administrator)
    with pytest.raises(NotAllowed):
        bring("partners", "key,name\nc1,Cedar Home\n", by=cast.administrator, update=True)


def test_a_finding_names_nobody_who_did_not_agree(cast: Cast) -> None:
    bring("contacts", "key,name,may_be_named\nn8,Bo Realname,no\n")
    bring("feedback", "key,words,person,received_on\nf1,Later,Juana Realname,2024-01-01\n")
    for kind, rows in (("contacts", "key,name\nn8,Guess\n"), ("feedback", "key,words,person\nf1,Later,Guess\n")):
        told = said(bring(kind, rows, by=cast.administrator))
        assert "differs" in told
        assert "Realname" not in told


def test_a_partner_that_was_absent_stays_absent_when_another_is_added(cast: Cast) -> None:
    bring("partners", "name\nCedar House\nHeron Circle\nAlder Band\n")
    bring("engagements", "key,held_on,purpose,partners\nm1,2024-03-05,Seats,Cedar House; Heron Circle\n")
    with db.writing() as session:
        absent = session.exec(select(EngagementPartner).where(EngagementPartner.partner_id == 2)).one()
        absent.two_way = False
    changed = "key,held_on,purpose,partners\nm1,2024-03-05,Seats,Cedar House; Heron Circle; Alder Band\n"
    assert bring("engagements", changed, update=True).rejected == 0
    assert {link.partner_id: link.two_way for link in stored(EngagementPartner)} == {1: True, 2: False, 3: True}
    assert sorted(fact.partner_id for fact in stored(Fact) if fact.kind == "contact" and not fact.known_to) == [1, 3]
    no_more = "key,held_on,purpose,partners,two_way\nm1,2024-03-05,Seats,Cedar House; Heron Circle; Alder Band,no\n"
    bring("engagements", no_more, update=True)
    assert not any(link.two_way for link in stored(EngagementPartner))


def test_a_forum_that_is_not_known_is_shown_found_and_need_not_be_chosen(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n")
    bring("engagements", "held_on,forum,partners\n2024-03-05,Interagency Table,Cedar House\n")
    with db.writing() as session:
        [row] = engagement_list(session, cast.viewer, EngagementFilter(words="interagency")).to_dict("records")
        detail = engagement_detail(session, cast.viewer, row["engagement_id"])
        assert row["forum"] == detail.forum == "Interagency Table"
        partners = (PartnerAt(partner_id=1),)
        draft = EngagementDraft(held_on=detail.held_on, partners=partners, decisions="We meet again")
        change_engagement(session, cast.coordinator, detail.engagement_id, detail.version, draft)
    assert [one.as_written["forum"] for one in stored(Engagement)] == ["Interagency Table"]


def test_a_row_under_a_name_of_two_tribes_waits_until_it_is_said_which(database: object, cast: Cast) -> None:
    """Linked to neither it would be open to everybody."""
    with db.writing() as session:
        for name in ("North Rancheria", "South Rancheria"):
            draft = PartnerDraft(name=name, kind=PartnerKind.TRIBAL_GOVERNMENT, other_names=("Mewuk",))
            add_partner(session, cast.leadership, draft)
    for kind, file in (
        ("engagements", "purpose,partners,held_on\nCouncil,Mewuk,2026-03-05\nVisit,North Rancheria,2026-03-05\n"),
        ("commitments", "what,partner\nCall back,Mewuk\n"),
        ("feedback", "words,partner\nToo late,Mewuk\n"),
        ("contacts", "name,partner\nSam Reed,Mewuk\n"),
        ("ratings", "partner,respondent,side,rated_on,item_1\nMewuk,Sam Reed,partner,2026-03-05,4\n"),
    ):
        result = bring(kind, file, by=cast.coordinator)
        assert result.rejected == 1
        assert "Several Tribal governments go by this name" in result.findings[0].reason
    with db.reading() as session:
        assert engagement_count(session, cast.viewer, EngagementFilter()) == 0
        assert engagement_count(session, cast.leadership, EngagementFilter()) == 1


def test_what_came_in_before_two_tribes_of_its_name_is_closed_with_the_first(database: object, cast: Cast) -> None:
    for kind, file in (
        ("engagements", "purpose,partners,held_on\nCouncil,Mewuk,2026-03-05\n"),
        ("commitments", "what,partner\nCall back,Mewuk\n"),
        ("partners", "name,kind,other_names\nNorth Rancheria,Tribal government,Mewuk\n"
         "South Rancheria,Tribal government,Mewuk\n"),
    ):  # fmt: skip
        bring(kind, file, by=cast.leadership)
    assert [promise.as_written for promise in stored(Commitment)] == [{"partner": "Mewuk"}]
    with db.reading() as session:
        assert guards.verify_closed(session) == []
        assert engagement_count(session, cast.viewer, EngagementFilter()) == 0
        assert promise_list(session, cast.viewer, PromiseFilters()).empty
        assert len(promise_list(session, cast.leadership, PromiseFilters())) == 1


def test_a_file_comes_in_again_though_another_tribe_has_the_name_meanwhile(database: object, cast: Cast) -> None:
    tribe = PartnerDraft(name="North Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT, other_names=("Mewuk",))
    file = "what,partner\nCall back,Mewuk\n"
    with db.writing() as session:
        add_partner(session, cast.leadership, tribe)
    bring("commitments", file, by=cast.leadership)
    with db.writing() as session:
        add_partner(session, cast.leadership, tribe.model_copy(update={"name": "South Rancheria"}))
    assert bring("commitments", file, by=cast.leadership).rejected == 0


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("partners", {"name": "n" * 301}),
        ("partners", {"name": "Lark", "key": "k" * 6_000}),
        ("partners", {"name": "Lark", "other_names": f"Short;{'o' * 301}"}),
        ("commitments", {"what": "Call", "partner": "p" * 301}),
    ],
)
def test_a_text_where_a_name_should_be_is_rejected(
    database: object, cast: Cast, kind: str, row: dict[str, str]
) -> None:
    result = bring(kind, f"{','.join(row)}\n{','.join(row.values())}\n", by=cast.coordinator)
    assert result.rejected == 1
    assert "more than 300 letters" in result.findings[0].reason


def test_a_file_changes_neither_words_nor_loop_of_what_a_giver_sent_and_undoing_tells_nobody(
    database: Path, cast: Cast
) -> None:
    with db.writing() as session:
        item, _ = given(session, words="It begins too early")
        key = item.key
    for column, cell in (
        ("words", "Everything is wonderful"),
        ("confirmed_on", f"{today_there()}"),
        ("person", "Maria"),
    ):
        row = {"key": key, "anonymous": "yes", "words": "It begins too early"} | {column: cell}
        file = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
        brought = bring("feedback", file, by=cast.coordinator, update=True)
        assert "given on the public page" in said(brought), column
    assert [(each.words, each.state.value) for each in stored(FeedbackItem)] == [("It begins too early", "received")]


def test_undoing_an_import_says_nothing_of_feedback_for_others(database: Path, cast: Cast) -> None:
    bring("partners", "name\nCedar House\n", by=cast.leadership)
    with db.writing() as session:
        cedar = stored(Partner)[-1].id
        given(session, link_for(session, cast, partner_id=cedar), readers=Readers.COMMUNITY_LIAISON)
    undo_import(cast.leadership, 1)
    assert stored(Partner)[-1].archived_at is not None


def today_there() -> date:
    with db.reading() as session:
        return today(session)
