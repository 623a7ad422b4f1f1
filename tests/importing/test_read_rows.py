"""Every row ends imported, warned or rejected, with the row, the column, the text, the reason and what to do."""

from datetime import date

import pytest

from erp.importing.readings import Refused, RowReading
from erp.importing.words import _OTHERS, _phrases, read_word
from erp.vocabulary import EngagementStatus, FeedbackWay, PartnerKind, Recognition, Side, Who, Word
from tests.importing.county_files import reasons, rows_of

ENGAGEMENTS = "held_on,status,kind,purpose,partners,two_way,asked_by\n"
FEEDBACK = "received_on,partner,words,decision,decided_on,told_on,confirmed_on,reopened_on,person,anonymous\n"


def one(kind: str, text: str | bytes) -> RowReading:
    (reading,) = rows_of(kind, text)
    return reading


def test_a_finding_names_row_column_text_reason_and_what_to_do() -> None:
    good, bad = rows_of("engagements", "Date,Meeting\nJune 1 2015,Council\n2/30/2024,Council\n")
    (finding,) = bad.findings
    assert (finding.row, finding.column, finding.found) == (3, "Date", "2/30/2024")
    assert (finding.reason, bad.rejected, good.rejected) == ("There is no such day.", True, False)
    assert finding.advice.startswith("Write the whole day")


def test_all_problems_of_a_row_are_told_at_once() -> None:
    reading = one("commitments", "what,made_on,due_on\n,2/30/2024,2024\n")
    assert [finding.column for finding in reading.findings] == ["made_on", "due_on", "what"]


def test_how_slashed_dates_are_read_is_said_once_per_column_and_warns_nobody() -> None:
    rows = rows_of("commitments", "what,made_on,due_on\na,6/1/2015,6/2/2015\nb,6/3/2015,6/4/2015\n")
    assert [len(reading.findings) for reading in rows] == [2, 0]
    assert not any(reading.warned for reading in rows)


def test_text_is_kept_as_typed() -> None:
    reading = one("partners", 'name,notes,Fax\n"  Community Fund,  ","=cmd|x\n @SUM(1)", +1 555 010 0100 \n')
    assert reading.values == {"name": "Community Fund,", "notes": "=cmd|x\n @SUM(1)"}
    assert reading.extras == {"Fax": "+1 555 010 0100"}


def test_a_nul_byte_rejects_its_row_only() -> None:
    rows = rows_of("partners", b"name,notes\nCedar\0House,x\nHeron Circle,y\nAlder,\0\n")
    assert [reading.rejected for reading in rows] == [True, False, True]
    assert rows[0].findings[0].found == "Cedar␀House"


def test_more_filled_cells_than_headings_reject_the_row_and_blank_ones_do_not() -> None:
    rows = rows_of("partners", "name,notes\nCedar House,a,,b\nHeron Circle,y,,\n")
    assert [reading.rejected for reading in rows] == [True, False]
    assert rows[0].beyond == ["", "b"]


def test_a_short_row_comes_in_with_blanks() -> None:
    reading = one("partners", "name,kind,languages\nCedar House\n")
    assert (reading.findings, reading.values) == ([], {"name": "Cedar House", "kind": None, "languages": ""})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("partners", "name,notes\n\u200b,x\n"),
        ("contacts", "name,role,notes\n,,met once\n"),
        ("engagements", "purpose,forum,notes\n\u00a0,,x\n"),
        ("commitments", "what,notes\n,x\n"),
        ("feedback", "words,partner\n,Cedar House\n"),
        ("feedback", "words,partner,person,anonymous\nhello,,,\n"),
        ("feedback", "words,partner,anonymous\nhello,,no\n"),
        ("ratings", "partner,side,rated_on,item_1\n,partner,2024-01-01,3\n"),
        ("ratings", "partner,side,rated_on,item_1\nCedar House,,2024-01-01,3\n"),
        ("ratings", "partner,side,rated_on,item_1\nCedar House,partner,,3\n"),
        ("partners", "name,notes\n#REF!,x\n"),
    ],
)
def test_a_row_whose_needed_cell_is_empty_is_rejected(kind: str, text: str) -> None:
    reading = one(kind, text)
    assert reading.rejected
    assert "Every row needs" in reasons(reading)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("contacts", "name,role\n,Health Officer\n"),
        ("engagements", "purpose,forum\n,Council\n"),
        ("feedback", "words,partner,person,anonymous\nhello,,,yes\n"),
        ("feedback", "words,person\nhello,Mira Tallgrass\n"),
    ],
)
def test_one_of_several_needed_cells_is_enough(kind: str, text: str) -> None:
    assert one(kind, text).findings == []


@pytest.mark.parametrize(
    ("written", "kind", "kept"),
    [
        ("system partner", PartnerKind.SYSTEM_PARTNER, {}),
        ("Probation", PartnerKind.SYSTEM_PARTNER, {"kind": "Probation"}),
        ("Courts / legal", PartnerKind.SYSTEM_PARTNER, {"kind": "Courts / legal"}),
        ("CBO", PartnerKind.COMMUNITY_ORGANIZATION, {"kind": "CBO"}),
        ("Foster Youth", PartnerKind.LIVED_EXPERIENCE, {"kind": "Foster Youth"}),
        ("other", PartnerKind.OTHER, {}),
    ],
)
def test_known_words_for_a_kind_are_read_in_silence_and_kept(written: str, kind: PartnerKind, kept: dict) -> None:
    reading = one("partners", f"name,kind\nCedar House,{written}\n")
    assert (reading.values["kind"], reading.as_written, reading.findings) == (kind, kept, [])


@pytest.mark.parametrize(
    ("written", "recognition"),
    [
        ("Tribe", Recognition.NOT_SAID),
        ("tribal_government", Recognition.NOT_SAID),
        ("Tribal government (federally recognized)", Recognition.RECOGNIZED),
        ("Tribal government (not federally recognized)", Recognition.NOT_RECOGNIZED),
        ("non-federally recognized Tribe", Recognition.NOT_RECOGNIZED),
    ],
)
def test_a_tribe_is_a_government_and_its_recognition_is_read_only_where_said(
    written: str, recognition: Recognition
) -> None:
    reading = one("partners", f"name,kind\nHeron Bay Tribe,{written}\n")
    assert reading.values["kind"] is PartnerKind.TRIBAL_GOVERNMENT
    assert reading.values["recognition"] is recognition


@pytest.mark.parametrize(
    ("kind", "text", "field", "value"),
    [
        ("partners", "name,kind\nA,Executive Committee\n", "kind", PartnerKind.OTHER),
        ("feedback", "words,partner,way\nhello,A,carrier pigeon\n", "way", FeedbackWay.OTHER),
        ("engagements", "forum,asked_by\nCouncil,the weather\n", "asked_by", Who.UNKNOWN),
        ("engagements", "forum,status\nCouncil,tentative\n", "status", EngagementStatus.OTHER),
    ],
)
def test_unknown_words_are_kept_counted_as_other_and_warned(kind: str, text: str, field: str, value: str) -> None:
    reading = one(kind, text)
    assert reading.warned
    assert reading.values[field] is value
    assert reading.as_written[field] == text.rsplit(",", 1)[1].strip()


def test_an_unknown_side_is_rejected_because_it_must_not_pass_for_the_partners() -> None:
    assert one("ratings", "partner,side,rated_on,item_1\nA,somebody,2024-01-01,3\n").rejected


def test_columns_without_a_place_are_kept_with_the_row() -> None:
    reading = one("commitments", "What,Status,Fund\nname a person,on the agenda,\n")
    assert (reading.extras, reading.findings) == ({"Status": "on the agenda"}, [])


def test_several_names_in_a_cell_are_parted_and_each_spelling_stands_once() -> None:
    one_line = one(
        "engagements", ENGAGEMENTS + '2024-01-02,,,x,"Court, Juvenile; Probation;; probation ; Probation",,\n'
    )
    by_line = one("engagements", ENGAGEMENTS + '2024-01-02,,,x,"Court, Juvenile\nProbation",,\n')
    assert one_line.values["partners"] == (*by_line.values["partners"], "probation")
    assert by_line.values["partners"] == ("Court, Juvenile", "Probation")


@pytest.mark.parametrize(
    ("kind", "two_way", "said"),
    [("meeting", "", True), ("", "", True), ("e-mail", "", False), ("e-mail", "yes", True), ("call", "No", False)],
)
def test_a_blank_two_way_is_yes_and_for_emails_no(kind: str, two_way: str, said: bool) -> None:
    assert one("engagements", ENGAGEMENTS + f"2024-01-02,,{kind},x,A,{two_way},\n").values["two_way"] is said


@pytest.mark.parametrize(
    ("held_on", "status", "read", "warned"),
    [
        ("2026-01-05", "", EngagementStatus.PLANNED, False),
        ("2026-01-05", "held", EngagementStatus.PLANNED, True),
        ("2026-01-05", "canceled", EngagementStatus.CANCELLED, False),
        ("2024-01-05", "", EngagementStatus.HELD, False),
        ("2024-01-05", "scheduled", EngagementStatus.PLANNED, False),
        ("", "", EngagementStatus.HELD, False),
    ],
)
def test_days_ahead_are_planned_engagements(held_on: str, status: str, read: EngagementStatus, warned: bool) -> None:
    reading = one("engagements", ENGAGEMENTS + f"{held_on},{status},,x,,,\n")
    assert (reading.values["status"], reading.warned) == (read, warned)


def test_a_time_of_an_engagement_has_its_own_value() -> None:
    reading = one("engagements", "Date,Meeting\n2025-07-08 9:00 AM,Board\n")
    assert (reading.values["held_on"], reading.values["held_at"]) == (date(2025, 7, 8), "9:00 AM")


def test_behaviors_are_found_by_id_and_unknown_ones_are_kept_and_warned() -> None:
    reading = one("engagements", "forum,behaviors\nCouncil,lb1; LB2; being kind\n")
    assert reading.values["behaviors"] == ("LB1", "LB2")
    assert (reading.as_written, reading.warned) == ({"behaviors": "being kind"}, True)


def test_words_for_a_day_are_kept_beside_no_day() -> None:
    reading = one("commitments", "what,due_on\nreport,every fiscal year\n")
    assert (reading.values["due_on"], reading.as_written, reading.warned) == (
        None,
        {"due_on": "every fiscal year"},
        True,
    )


@pytest.mark.parametrize(
    ("written", "side", "kept"),
    [
        ("county", Side.COUNTY, {}),
        ("Partner", Side.PARTNER, {}),
        ("Clerk of the Board", None, {"owed_by": "Clerk of the Board"}),
    ],
)
def test_a_promise_is_owed_by_a_side_or_a_body_by_name(written: str, side: Side | None, kept: dict) -> None:
    reading = one("commitments", f"what,owed_by\nreport,{written}\n")
    assert (reading.values["owed_by"], reading.as_written, reading.findings) == (side, kept, [])


def test_a_withdrawal_may_follow_the_due_day() -> None:
    assert one("commitments", "what,due_on,withdrawn_on\nreport,2024-01-01,2024-06-01\n").findings == []


def test_a_promise_done_before_it_was_made_is_warned() -> None:
    assert one("commitments", "what,made_on,done_on\nreport,2024-06-01,2024-01-01\n").warned


@pytest.mark.parametrize(
    "cells",
    [
        "2024-03-05,A,w,yes,,2024-03-04,,,,",
        "2024-03-05,A,w,yes,2024-03-04,2024-03-06,,,,",
        "2024-03-05,A,w,yes,,2024-03-06,2024-03-01,,,",
        "2024-03-05,A,w,yes,,2024-03-06; 2024-03-04,,,,",
        "2024-03-05,A,w,yes,,2024-03-06,,2024-03-01,,",
    ],
)
def test_told_before_received_is_rejected(cells: str) -> None:
    reading = one("feedback", FEEDBACK + cells + "\n")
    assert reading.rejected
    assert "before it was received" in reasons(reading)


def test_feedback_days_ahead_are_rejected() -> None:
    assert one("feedback", FEEDBACK + "2026-01-01,A,w,,,,,,,\n").rejected
    assert one("feedback", FEEDBACK + "2024-01-01,A,w,yes,,2026-01-01,,,,\n").rejected


@pytest.mark.parametrize(
    ("cells", "warned", "told"),
    [
        ("2024-03-05,A,w,we did it,,,,,,", True, False),
        ("2024-03-05,A,w,,,2024-04-01,,,,", True, False),
        ("2024-03-05,A,w,,2024-04-01,,,,,", True, False),
        ("2024-03-05,A,w,we did it,,last spring,,,,", True, False),
        ("2024-03-05,A,w,we will,2024-04-01,,,,,", False, False),
        ("2024-03-05,A,w,we did it,,2024-04-01,,,,", False, True),
        ("2024-03-05,A,w,,,,,,,", False, False),
        (",A,w,we did it,,2024-04-01; 2024-06-01,2024-07-01,2024-05-01,,", False, True),
    ],
)
def test_an_answer_without_a_day_or_a_day_without_an_answer_counts_as_not_told(
    cells: str, warned: bool, told: bool
) -> None:
    reading = one("feedback", FEEDBACK + cells + "\n")
    assert (reading.rejected, reading.warned, reading.values["told_counts"]) == (False, warned, told)


def test_the_loop_may_go_round_several_times() -> None:
    reading = one("feedback", FEEDBACK + ",A,w,done,,7/23/2024; 12/17/2024,,2024-09-01,,\n")
    assert reading.values["told_on"] == (date(2024, 7, 23), date(2024, 12, 17))
    assert reading.values["reopened_on"] == (date(2024, 9, 1),)


def test_anonymous_in_the_place_of_a_name_is_no_partner() -> None:
    reading = one("feedback", "Raised by,Summary\nAnonymous,thank you\n")
    assert (reading.values["partner"], reading.values["anonymous"], reading.findings) == ((), True, [])


def test_a_named_anonymous_giver_is_asked_about() -> None:
    assert one("feedback", FEEDBACK + "2024-03-05,,w,,,,,,Mira Tallgrass,yes\n").warned


def test_a_wish_not_to_be_called_counts_even_where_it_is_not_a_plain_yes() -> None:
    reading = one("contacts", "name,do_not_contact,may_be_named\nMira Tallgrass,only by letter,ask first\n")
    assert (reading.values["do_not_contact"], reading.values["may_be_named"], reading.warned) == (True, False, True)


@pytest.mark.parametrize(("cell", "days"), [("91", 91), ("91.0", 91), ("3660", 3660), ("", None)])
def test_a_cadence_is_a_whole_number_of_days(cell: str, days: int | None) -> None:
    assert one("partners", f"name,cadence_days\nA,{cell}\n").values["cadence_days"] == days


@pytest.mark.parametrize("cell", ["0", "3661", "-5", "1.5", "quarterly", "٣"])
def test_any_other_cadence_is_rejected(cell: str) -> None:
    assert one("partners", f"name,cadence_days\nA,{cell}\n").rejected


@pytest.mark.parametrize("cell", ["0", "6", "3.5", "four", "-1"])
def test_an_answer_outside_one_to_five_is_rejected(cell: str) -> None:
    assert one("ratings", f"partner,side,rated_on,item_1\nA,partner,2024-01-01,{cell}\n").rejected


def test_a_rating_without_a_real_day_is_rejected() -> None:
    assert one("ratings", "partner,side,rated_on,item_1\nA,partner,last spring,3\n").rejected


def test_an_error_of_the_spreadsheet_is_kept_and_warned() -> None:
    reading = one("partners", "name,area,Fax\nCedar House,#N/A,#REF!\n")
    assert (reading.values["area"], reading.extras, reading.warned) == ("#N/A", {"Fax": "#REF!"}, True)


def test_a_rating_without_any_answer_comes_in_with_a_warning() -> None:
    reading = one("ratings", "partner,side,rated_on,item_1,notes\nCedar House,partner,2024-01-01,,x\n")
    assert not reading.rejected
    assert "enters no figure" in reading.findings[0].reason


def test_a_person_known_by_an_address_alone_comes_in() -> None:
    reading = one("contacts", "partner,name,role,email\nCedar House,,,front@cedar.example\n")
    assert (reading.rejected, reading.values["email"]) == (False, "front@cedar.example")


@pytest.mark.parametrize("cell", ["1e5", "1E+3", "２０", "19999", "60001"])
def test_a_number_that_is_no_day_is_rejected(cell: str) -> None:
    assert one("engagements", f"held_on,purpose\n{cell},Seats\n").rejected


def test_days_of_a_cadence_from_nobody_knows_when_are_kept_as_words() -> None:
    reading = one("partners", "name,cadence_days,cadence_from\nCedar House,5,next year\n")
    assert reading.as_written == {"cadence_from": "next year", "cadence_days": "5"}


@pytest.mark.parametrize(("word", "listed"), _OTHERS)
def test_every_word_of_a_county_is_read_as_the_one_it_is_listed_under(word: Word, listed: str) -> None:
    assert {phrase: read_word(type(word), phrase) for phrase in _phrases(listed)} == dict.fromkeys(
        _phrases(listed), word
    )


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01,meeting,Cedar House,budget\n2024-05-02,meeting,Cedar House,x\n",
        "5/1/2024,Cedar House,Steering Committee,meeting\n5/2/2024,Heron Circle,Steering,call\n",
        "Cedar House,front@cedar.example,concern\nHeron Circle,desk@heron.example,praise\n",
    ],
)
def test_a_file_whose_first_row_is_a_record_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="no headings"):
        rows_of("engagements", text)
