"""The canonical headings of every kind of record, the same for import and export."""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

from erp.importing.aliases import ALIASES
from erp.importing.cells import plain
from erp.vocabulary import (
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackWay,
    PartnerKind,
    PartnerStatus,
    Side,
    Who,
    Word,
)


class FieldType(StrEnum):
    """What a column's cells are read as. NAMES, DAYS and ENTRIES hold several values, separated by ";"."""

    TEXT = "text"
    NAMES = "names"
    DAY = "day"
    DAYS = "days"
    CHOICE = "choice"
    YES_NO = "yes or no"
    WHOLE = "whole number"
    RATING = "rating 1 to 5"
    ENTRIES = "framework entries"


#: What a day after today means: a plan, a slip, or nothing special.
Future = Literal["planned", "reject", "allow"]


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical heading: what its cells hold, and a sentence of help for whoever fills or maps it.

    choices: for CHOICE. future: for DAY and DAYS. framework: for ENTRIES. when_unclear: what a yes or no that is
    neither counts as (the cautious answer; None: as if blank).
    """

    name: str
    holds: FieldType
    help: str
    choices: type[Word] | None = None
    future: Future = "reject"
    framework: str = ""
    when_unclear: bool | None = None


_KEY = Field("key", FieldType.TEXT, "Your own stable reference for the record; made for you if blank.")
_NOTES = Field("notes", FieldType.TEXT, "Anything else worth keeping.")
ITEMS = tuple(f"item_{n}" for n in range(1, 11))


def _who(name: str, what: str) -> Field:
    return Field(name, FieldType.CHOICE, f"{what}: county, partner, both, none or unknown.", choices=Who)


_PARTNERS = (
    _KEY,
    Field("name", FieldType.TEXT, "The partner's name, as the partner writes it."),
    Field(
        "kind",
        FieldType.CHOICE,
        "tribal government, tribal organization, community organization, system partner, lived experience or other.",
        choices=PartnerKind,
    ),
    Field("other_names", FieldType.NAMES, 'Other names in use, separated by ";".'),
    Field("former_names", FieldType.NAMES, 'Names no longer in use, separated by ";".'),
    Field("area", FieldType.TEXT, "The area the partner serves."),
    Field("languages", FieldType.TEXT, 'Languages, separated by ";".'),
    Field(
        "cadence_days",
        FieldType.WHOLE,
        "At most how many days between contacts, as agreed with the partner (1 to 3660).",
    ),
    Field("cadence_from", FieldType.DAY, "The day from which that cadence holds.", future="allow"),
    Field("status", FieldType.CHOICE, "prospective, active, paused, ended or other.", choices=PartnerStatus),
    Field("holder", FieldType.TEXT, "Who in the county holds the relationship."),
    Field(
        "scored",
        FieldType.YES_NO,
        "Whether health is figured for this partner (yes or no). A Tribal government only where it agreed.",
    ),
    _NOTES,
)

_CONTACTS = (
    _KEY,
    Field("partner", FieldType.TEXT, "The partner this person belongs to, by name or key."),
    Field("name", FieldType.TEXT, "The person's name (or give the role alone)."),
    Field("role", FieldType.TEXT, "The person's role or title."),
    Field("language", FieldType.TEXT, "The language the person prefers."),
    Field("email", FieldType.TEXT, "E-mail address."),
    Field("phone", FieldType.TEXT, "Telephone number."),
    Field(
        "do_not_contact",
        FieldType.YES_NO,
        "Whether the person asked not to be contacted (yes or no).",
        when_unclear=True,
    ),
    Field(
        "may_be_named",
        FieldType.YES_NO,
        "Whether the person agreed to be named in lists (yes or no; blank: nobody asked).",
        when_unclear=False,
    ),
    _NOTES,
)

_ENGAGEMENTS = (
    _KEY,
    Field(
        "held_on",
        FieldType.DAY,
        "The day, with the time if you have it; or words that are not a day.",
        future="planned",
    ),
    Field(
        "status",
        FieldType.CHOICE,
        "planned, held, cancelled or other; blank follows from the day.",
        choices=EngagementStatus,
    ),
    Field(
        "kind",
        FieldType.CHOICE,
        "meeting, call, visit, event, training, email, input or other.",
        choices=EngagementKind,
    ),
    Field("forum", FieldType.TEXT, "The council, committee or meeting it was."),
    Field("partners", FieldType.NAMES, 'Partners who took part, by name or key, separated by ";".'),
    Field("county_people", FieldType.TEXT, "Who took part for the county."),
    Field(
        "two_way",
        FieldType.YES_NO,
        "Whether somebody of the partners took part or gave input; blank: yes, for e-mails no.",
    ),
    _who("asked_by", "Who asked for it"),
    _who("agenda_by", "Who set the agenda"),
    _who("decided_by", "Who decided"),
    Field("purpose", FieldType.TEXT, "What it was for."),
    Field("facts", FieldType.TEXT, "What was said and done, without opinion."),
    Field("quotes", FieldType.TEXT, "Words as they were said."),
    Field("opinions", FieldType.TEXT, "What the writer thinks of it."),
    Field("decisions", FieldType.TEXT, "What was decided."),
    Field(
        "behaviors",
        FieldType.ENTRIES,
        'CPM leadership behaviors shown, by id or label, separated by ";".',
        framework="cpm_leadership_behaviors",
    ),
    Field(
        "topics",
        FieldType.ENTRIES,
        'ERP toolkit topics touched, by id or label, separated by ";".',
        framework="erp_topics",
    ),
    _NOTES,
)

_COMMITMENTS = (
    _KEY,
    Field("what", FieldType.TEXT, "What was promised."),
    Field("owed_by", FieldType.CHOICE, "county, partner, or the name of the body that owes it.", choices=Side),
    Field("partner", FieldType.NAMES, "The partner it was promised to or by, by name or key."),
    Field("engagement", FieldType.TEXT, "The key of the engagement in which it was made."),
    Field("made_on", FieldType.DAY, "The day it was made."),
    Field("due_on", FieldType.DAY, "The day it is due; blank where none was set.", future="allow"),
    Field("done_on", FieldType.DAY, "The day it was done."),
    Field("withdrawn_on", FieldType.DAY, "The day both sides agreed to drop it."),
    Field("reason", FieldType.TEXT, "Why it was dropped."),
    _NOTES,
)

_FEEDBACK = (
    _KEY,
    Field("partner", FieldType.NAMES, "The partner it came from, by name or key."),
    Field("person", FieldType.TEXT, "The person who gave it, if they agreed to be named."),
    Field("anonymous", FieldType.YES_NO, "Whether the giver stays unnamed (yes or no).", when_unclear=True),
    Field(
        "way",
        FieldType.CHOICE,
        "meeting, conversation, call, email, letter, survey, form, public comment or other.",
        choices=FeedbackWay,
    ),
    Field("kind", FieldType.CHOICE, "praise, concern, request, idea, question or other.", choices=FeedbackKind),
    Field("words", FieldType.TEXT, "What was said, in the giver's words."),
    Field("language", FieldType.TEXT, "The language it was said in."),
    Field("translation", FieldType.TEXT, "The same in English."),
    Field("received_on", FieldType.DAY, "The day it was received."),
    Field("acknowledged_on", FieldType.DAY, "The day the giver heard that it had come in."),
    Field("decided_on", FieldType.DAY, "The day the county decided."),
    Field("decision", FieldType.TEXT, "The county's answer."),
    Field("told_on", FieldType.DAYS, 'The day the giver was told the answer; several days separated by ";".'),
    Field("told_how", FieldType.TEXT, "How the giver was told."),
    Field("confirmed_on", FieldType.DAY, "The day the giver said it is settled."),
    Field("confirmed_how", FieldType.TEXT, "How the giver said so."),
    Field("reopened_on", FieldType.DAYS, 'The day the giver said it is not settled; several days separated by ";".'),
    _NOTES,
)

_RATINGS = (
    Field("partner", FieldType.TEXT, "The partner whose partnership is rated, by name or key."),
    Field(
        "respondent",
        FieldType.TEXT,
        "Who rated, in words or a number of your own that stays the same; need not be a contact.",
    ),
    Field("side", FieldType.CHOICE, "partner or county.", choices=Side),
    Field("rated_on", FieldType.DAY, "The day of the rating."),
    *(
        Field(item, FieldType.RATING, "The answer, 1 (not at all) to 5 (fully); blank where not answered.")
        for item in ITEMS
    ),
    _NOTES,
)

FIELDS: dict[str, tuple[Field, ...]] = {
    "partners": _PARTNERS,
    "contacts": _CONTACTS,
    "engagements": _ENGAGEMENTS,
    "commitments": _COMMITMENTS,
    "feedback": _FEEDBACK,
    "ratings": _RATINGS,
}

KINDS: tuple[str, ...] = tuple(FIELDS)

#: Per kind: of each group at least one field must be filled. A rating's side is never guessed, because a county's own
#: rating must not stand in for the partner's; its day is needed because ratings are known by it.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "partners": (("name",),),
    "contacts": (("name", "role", "email", "phone"),),
    "engagements": (("purpose", "forum"),),
    "commitments": (("what",),),
    "feedback": (("words",), ("partner", "person", "anonymous")),
    "ratings": (("partner",), ("side",), ("rated_on",), ITEMS),
}


def named(group: tuple[str, ...]) -> str:
    """Return the fields of a required group as a sentence names them: “name or role”, “item_1 to item_10”."""
    if group == ITEMS:
        return f"{group[0]} to {group[-1]}"
    return " or ".join(group)


#: The last column of a file of rejected rows; it is no data when the file comes back.
WHY_NOT = "why not imported"


def field_names(kind: str) -> tuple[str, ...]:
    """Return the canonical headings of a kind, in their order."""
    return tuple(field.name for field in FIELDS[kind])


def template_csv(kind: str) -> bytes:
    """Return an empty file with the canonical headings of a kind, as spreadsheets open it (UTF-8 with a mark)."""
    written = io.StringIO()
    csv.writer(written).writerow(field_names(kind))
    return written.getvalue().encode("utf-8-sig")


def words_for(kind: str, field: str) -> tuple[str, ...]:
    """Return the field's name and counties' words for it, likeliest first, in the form of `plain`."""
    return (plain(field), *filter(None, map(plain, ALIASES[kind].get(field, "").split(","))))


@cache
def heading_words() -> frozenset[str]:
    """Return every heading that any kind knows, in the form of `plain`."""
    return frozenset(words for kind in KINDS for field in FIELDS[kind] for words in words_for(kind, field.name))
