"""Headings are guessed from the words counties use, and a person corrects the guess."""

import pytest

from erp.errors import Invalid
from erp.importing.fields import FIELDS, KINDS, field_names, template_csv
from erp.importing.mapping import corrected, guess_mapping, need_required, parse_map_options
from erp.importing.readings import Refused
from tests.importing.county_files import table_of


@pytest.mark.parametrize(
    ("kind", "headings", "fields"),
    [
        ("partners", "Organization|Kind (as listed)|Sector|City/County|Notes", "name|kind||area|notes"),
        ("partners", "Agency|Type|AKA|Formerly|County liaison", "name|kind|other_names|former_names|holder"),
        ("contacts", "Agency|Contact Name|Job Title|E-mail|Phone #", "partner|name|role|email|phone"),
        ("engagements", "Date|Meeting|Where|Attendee organizations|Topics|Decisions|File #",
         "held_on|forum||partners|purpose|decisions|"),
        ("engagements", "date|meeting|attendees|topics|decisions|notes",
         "held_on|forum|partners|purpose|decisions|notes"),
        ("engagements", "Meeting date|Purpose|Topics|Attended by|Staff",
         "held_on|purpose|topics|partners|county_people"),
        ("commitments", "What|Who owes it|Due|Status|Notes", "what|owed_by|due_on||notes"),
        ("commitments", "Action Item|Owner|Due Date|Date Completed", "what|owed_by|due_on|done_on"),
        ("feedback", "date_received|raised_by|summary|county_response|date_responded|notes",
         "received_on|partner|words|decision|told_on|notes"),
        ("feedback", "Raised by|Concern|Response|Responded", "partner|words|decision|told_on"),
        ("ratings", "Agency|Rater|Side|Date|Q1|Question 2|10",
         "partner|respondent|side|rated_on|item_1|item_2|item_10"),
    ],
)  # fmt: skip
def test_counties_headings_find_their_fields(kind: str, headings: str, fields: str) -> None:
    assert list(guess_mapping(kind, headings.split("|")).values()) == [field or None for field in fields.split("|")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_maps_every_heading_to_itself(kind: str) -> None:
    headings = table_of(template_csv(kind)).headings
    assert guess_mapping(kind, headings) == {name: name for name in field_names(kind)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_help_and_every_kind_has_notes(kind: str) -> None:
    assert all(field.help.endswith(".") for field in FIELDS[kind])
    assert field_names(kind)[-1] == "notes"


def test_no_field_is_guessed_twice_and_the_canonical_heading_wins() -> None:
    assert guess_mapping("partners", ["Agency", "Organization", "name"]) == {
        "Agency": None,
        "Organization": None,
        "name": "name",
    }


def test_the_reasons_of_a_rejected_file_are_no_column() -> None:
    assert guess_mapping("partners", ["name", "why not imported"]) == {"name": "name"}


def test_a_person_corrects_the_guess() -> None:
    headings = ["Agency", "Lead agency", "Kind"]
    told = parse_map_options("partners", headings, ["lead  AGENCY=name", "Kind="])
    assert corrected(guess_mapping("partners", headings), told) == {"Agency": None, "Lead agency": "name", "Kind": None}


def test_a_heading_may_hold_an_equals_sign() -> None:
    assert parse_map_options("partners", ["a=b"], ["a=b=name"]) == {"a=b": "name"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["Nowhere=name"], "no heading of the file"),
        (["Agency"], "no heading of the file"),
        (["Agency=shoe_size"], "no field of partners"),
        (["Agency=name", "Group=name"], "two columns"),
    ],
)
def test_a_wrong_correction_is_refused_in_a_sentence(options: list[str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        parse_map_options("partners", ["Agency", "Group"], options)


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("partners", ["Kind"]),
        ("engagements", ["Date", "Attendees"]),
        ("commitments", ["Owner"]),
        ("feedback", ["Date received", "Raised by"]),
        ("feedback", ["Summary"]),
        ("ratings", ["Agency", "Date", "Q1"]),
    ],
)
def test_a_file_without_a_needed_column_is_refused(kind: str, headings: list[str]) -> None:
    with pytest.raises(Refused, match="No column of this file"):
        need_required(kind, guess_mapping(kind, headings))
