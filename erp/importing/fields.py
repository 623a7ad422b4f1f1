"""The canonical headings of every kind of record, the same for import and export, and the words counties use for them."""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

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
    """One canonical heading. `aliases` are counties' words for it, likeliest first, separated by commas.

    choices: for CHOICE. future: for DAY and DAYS. framework: for ENTRIES. when_unclear: what a yes or no that is
    neither counts as (the cautious answer; None: as if blank).
    """

    name: str
    type: FieldType
    help: str
    aliases: str = ""
    choices: type[Word] | None = None
    future: Future = "reject"
    framework: str = ""
    when_unclear: bool | None = None


_KEY = Field(
    "key",
    FieldType.TEXT,
    "Your own stable reference for the record; made for you if blank.",
    "id, record id, reference, reference number, ref, ref no, record number",
)
_NOTES = Field(
    "notes", FieldType.TEXT, "Anything else worth keeping.", "note, comments, comment, remarks, additional notes"
)
_WHO_HELP = "county, partner, both, none or unknown."


def _who(name: str, what: str, aliases: str) -> Field:
    return Field(name, FieldType.CHOICE, f"{what}: {_WHO_HELP}", aliases, Who)


_PARTNERS = (
    _KEY,
    Field(
        "name",
        FieldType.TEXT,
        "The partner's name, as the partner writes it.",
        "organization, organization name, agency, agency name, partner, partner name, name of organization, "
        "name of agency, name of partner, organisation, member organization, partner organization, partner agency, "
        "tribe, tribe or organization, organization or tribe, agency organization, organization agency, entity, "
        "group, department, company, body, member agency, member, stakeholder",
    ),
    Field(
        "kind",
        FieldType.CHOICE,
        "tribal government, tribal organization, community organization, system partner, lived experience or other.",
        "type, kind as listed, category, partner type, partner kind, organization type, type of organization, "
        "type of partner, kind of partner, agency type, sector",
        PartnerKind,
    ),
    Field(
        "other_names",
        FieldType.NAMES,
        'Other names in use, separated by ";".',
        "other name, aka, also known as, acronym, abbreviation, short name, alias, aliases, nickname, known as",
    ),
    Field(
        "former_names",
        FieldType.NAMES,
        'Names no longer in use, separated by ";".',
        "former name, formerly, formerly known as, fka, previous name, previous names, old name",
    ),
    Field(
        "area",
        FieldType.TEXT,
        "The area the partner serves.",
        "city county, service area, services area, area served, region, city, location, county, communities served",
    ),
    Field("languages", FieldType.TEXT, 'Languages, separated by ";".', "language, languages spoken"),
    Field(
        "cadence_days",
        FieldType.WHOLE,
        "At most how many days between contacts, as agreed with the partner (1 to 3660).",
        "cadence, contact every days, days between contacts, cadence in days",
    ),
    Field(
        "cadence_from",
        FieldType.DAY,
        "The day from which that cadence holds.",
        "cadence since, cadence agreed on, cadence agreed",
        future="allow",
    ),
    Field(
        "status",
        FieldType.CHOICE,
        "prospective, active, paused, ended or other.",
        "partner status, partnership status",
        PartnerStatus,
    ),
    Field(
        "holder",
        FieldType.TEXT,
        "Who in the county holds the relationship.",
        "relationship holder, liaison, county liaison, county lead, county contact, our contact, staff lead, "
        "assigned to, owner, county staff",
    ),
    Field(
        "scored",
        FieldType.YES_NO,
        "Whether health is figured for this partner (yes or no). A Tribal government only where it agreed.",
        "score, health figured",
    ),
    _NOTES,
)

_CONTACTS = (
    _KEY,
    Field(
        "partner",
        FieldType.TEXT,
        "The partner this person belongs to, by name or key.",
        "organization, organization name, agency, agency name, partner name, partner organization, tribe, company, "
        "affiliation, representing, department, organization or tribe, employer, group",
    ),
    Field(
        "name",
        FieldType.TEXT,
        "The person's name (or give the role alone).",
        "contact, contact name, contact person, full name, person, name of contact, representative, member name, "
        "representative name, attendee",
    ),
    Field(
        "role",
        FieldType.TEXT,
        "The person's role or title.",
        "title, position, job title, representative title only, role title, role on council, title role",
    ),
    Field("language", FieldType.TEXT, "The language the person prefers.", "preferred language, languages"),
    Field("email", FieldType.TEXT, "E-mail address.", "e mail, email address, e mail address, work email"),
    Field(
        "phone",
        FieldType.TEXT,
        "Telephone number.",
        "telephone, phone number, telephone number, cell, cell phone, mobile, work phone, phone no",
    ),
    Field(
        "do_not_contact",
        FieldType.YES_NO,
        "Whether the person asked not to be contacted (yes or no).",
        "no contact, opt out, opted out, do not call, do not email",
        when_unclear=True,
    ),
    Field(
        "may_be_named",
        FieldType.YES_NO,
        "Whether the person agreed to be named in lists (yes or no; blank: nobody asked).",
        "consent to be named, ok to name, can be named, agreed to be named, named consent",
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
        "date, meeting date, date held, date of meeting, date of contact, contact date, event date, day, when, "
        "date and time, date time, start date, held",
        future="planned",
    ),
    Field(
        "status",
        FieldType.CHOICE,
        "planned, held or cancelled; blank follows from the day.",
        "meeting status",
        EngagementStatus,
    ),
    Field(
        "kind",
        FieldType.CHOICE,
        "meeting, call, visit, event, training, email, input or other.",
        "type, meeting type, type of meeting, type of contact, contact type, engagement type, kind of meeting, "
        "kind of contact, activity type, activity, method, category",
        EngagementKind,
    ),
    Field(
        "forum",
        FieldType.TEXT,
        "The council, committee or meeting it was.",
        "meeting, meeting name, name of meeting, meeting title, committee, council, forum name, series, event, "
        "event name, meeting group, group, title",
    ),
    Field(
        "partners",
        FieldType.NAMES,
        'Partners who took part, by name or key, separated by ";".',
        "attendee organizations, attendees, organizations, agencies, who attended, attendance, participants, "
        "present, organizations present, agencies present, partner, organization, agency, attended by, attended, "
        "members present, participating organizations, attending organizations, attendees organizations, sign in, "
        "sign in sheet, who was there, invitees",
    ),
    Field(
        "county_people",
        FieldType.TEXT,
        "Who took part for the county.",
        "county staff, staff, staff present, county attendees, county staff present, county participants, our staff, "
        "staff attending, county representatives",
    ),
    Field(
        "two_way",
        FieldType.YES_NO,
        "Whether somebody of the partners took part or gave input; blank: yes, for e-mails no.",
        "two way contact, partner took part",
    ),
    _who("asked_by", "Who asked for it", "requested by, called by, initiated by, asked for by, who asked, convened by"),
    _who("agenda_by", "Who set the agenda", "agenda set by, agenda by, who set the agenda, agenda owner"),
    _who("decided_by", "Who decided", "decision by, decision made by, who decided, decision maker"),
    Field(
        "purpose",
        FieldType.TEXT,
        "What it was for.",
        "subject, reason, reason for meeting, purpose of meeting, meeting purpose, topics discussed, agenda, "
        "agenda items, discussion topics, topic, topics, re, about",
    ),
    Field(
        "facts",
        FieldType.TEXT,
        "What was said and done, without opinion.",
        "summary, minutes, discussion, what happened, discussed, meeting notes, meeting summary, description, details",
    ),
    Field("quotes", FieldType.TEXT, "Words as they were said.", "quote, in their words"),
    Field("opinions", FieldType.TEXT, "What the writer thinks of it.", "opinion, impressions, observations"),
    Field(
        "decisions",
        FieldType.TEXT,
        "What was decided.",
        "decision, outcome, outcomes, decisions made, motions, votes, action taken, actions taken, result, results",
    ),
    Field(
        "behaviors",
        FieldType.ENTRIES,
        'CPM leadership behaviors shown, by id or label, separated by ";".',
        "behavior, leadership behaviors, cpm behaviors, cpm leadership behaviors, behaviours",
        framework="cpm_leadership_behaviors",
    ),
    Field(
        "topics",
        FieldType.ENTRIES,
        'ERP toolkit topics touched, by id or label, separated by ";".',
        "erp topics, toolkit topics, erp toolkit topics",
        framework="erp_topics",
    ),
    _NOTES,
)

_COMMITMENTS = (
    _KEY,
    Field(
        "what",
        FieldType.TEXT,
        "What was promised.",
        "commitment, promise, action item, action, task, deliverable, next step, follow up, follow up item, "
        "commitment made, what was promised, description, item, to do, agreement, action items, next steps",
    ),
    Field(
        "owed_by",
        FieldType.CHOICE,
        "county, partner, or the name of the body that owes it.",
        "who owes it, owner, responsible, responsible party, person responsible, lead, assigned to, who, by whom, "
        "who is responsible, responsible person, responsible agency, owed by whom, assignee, responsibility",
        Side,
    ),
    Field(
        "partner",
        FieldType.NAMES,
        "The partner it was promised to or by, by name or key.",
        "to whom, owed to, promised to, organization, agency, partner name, for whom, partner organization, with",
    ),
    Field(
        "engagement",
        FieldType.TEXT,
        "The key of the engagement in which it was made.",
        "meeting, engagement key, made at, from meeting, source, where made, meeting date",
    ),
    Field(
        "made_on",
        FieldType.DAY,
        "The day it was made.",
        "date made, date, date promised, promised on, date assigned, assigned on, date agreed, start date, created",
    ),
    Field(
        "due_on",
        FieldType.DAY,
        "The day it is due; blank where none was set.",
        "due, due date, date due, deadline, by when, target date, complete by, when",
        future="allow",
    ),
    Field(
        "done_on",
        FieldType.DAY,
        "The day it was done.",
        "done, date done, completed, date completed, completed on, completion date, finished, date finished, closed on",
    ),
    Field(
        "withdrawn_on",
        FieldType.DAY,
        "The day both sides agreed to drop it.",
        "withdrawn, date withdrawn, dropped on, cancelled on, canceled on",
    ),
    Field("reason", FieldType.TEXT, "Why it was dropped.", "reason withdrawn, withdrawal reason, why withdrawn, why"),
    _NOTES,
)

_FEEDBACK = (
    _KEY,
    Field(
        "partner",
        FieldType.NAMES,
        "The partner it came from, by name or key.",
        "raised by, from, organization, agency, submitted by, given by, partner name, received from, tribe, who, "
        "from whom, giver, source, commenter, who said it, organization name, stakeholder, raised by organization",
    ),
    Field(
        "person",
        FieldType.TEXT,
        "The person who gave it, if they agreed to be named.",
        "person name, contact, name, contact name, individual, speaker, respondent, raised by person",
    ),
    Field(
        "anonymous",
        FieldType.YES_NO,
        "Whether the giver stays unnamed (yes or no).",
        "anon, is anonymous, unnamed",
        when_unclear=True,
    ),
    Field(
        "way",
        FieldType.CHOICE,
        "meeting, conversation, call, email, letter, survey, form, public comment or other.",
        "how received, channel, method, received by way of, received via, via, by which way, how, how raised, "
        "source type, how it came in",
        FeedbackWay,
    ),
    Field(
        "kind",
        FieldType.CHOICE,
        "praise, concern, request, idea, question or other.",
        "type, feedback type, type of feedback, kind of feedback, category",
        FeedbackKind,
    ),
    Field(
        "words",
        FieldType.TEXT,
        "What was said, in the giver's words.",
        "summary, feedback, comment, comments, what was said, what they said, what we heard, concern, issue, "
        "statement, input, recommendation, complaint, suggestion, question, request, description, details, text",
    ),
    Field("language", FieldType.TEXT, "The language it was said in.", "original language"),
    Field("translation", FieldType.TEXT, "The same in English.", "english translation, translated, english"),
    Field(
        "received_on",
        FieldType.DAY,
        "The day it was received.",
        "date received, received, date raised, raised on, date submitted, submitted on, date of feedback, "
        "feedback date, date of comment, comment date, date, day, when, opened",
    ),
    Field(
        "acknowledged_on",
        FieldType.DAY,
        "The day the giver heard that it had come in.",
        "acknowledged, date acknowledged, acknowledgement date, acknowledgment date",
    ),
    Field("decided_on", FieldType.DAY, "The day the county decided.", "decided, date decided, decision date"),
    Field(
        "decision",
        FieldType.TEXT,
        "The county's answer.",
        "county response, response, our response, answer, county answer, reply, county reply, response given, "
        "agency response, outcome, action taken, what we did, result, resolution",
    ),
    Field(
        "told_on",
        FieldType.DAYS,
        'The day the giver was told the answer; several days separated by ";".',
        "date responded, responded, responded on, response date, date of response, date answered, answered on, "
        "answered, date told, told, date replied, replied, date of reply, date of answer, date response sent",
    ),
    Field(
        "told_how",
        FieldType.TEXT,
        "How the giver was told.",
        "how told, response method, how responded, how answered, how we responded",
    ),
    Field("confirmed_on", FieldType.DAY, "The day the giver said it is settled.", "confirmed, date confirmed"),
    Field("confirmed_how", FieldType.TEXT, "How the giver said so.", "how confirmed"),
    Field(
        "reopened_on",
        FieldType.DAYS,
        'The day the giver said it is not settled; several days separated by ";".',
        "reopened, date reopened, raised again, raised again on",
    ),
    _NOTES,
)

_RATINGS = (
    Field(
        "partner",
        FieldType.TEXT,
        "The partner whose partnership is rated, by name or key.",
        "organization, agency, partner name, organization name, agency name, partnership, tribe",
    ),
    Field(
        "respondent",
        FieldType.TEXT,
        "Who rated, in words or a number of your own that stays the same; need not be a contact.",
        "rater, who rated, rated by, respondent id, response id, person, name, id",
    ),
    Field("side", FieldType.CHOICE, "partner or county.", "which side, side of respondent, respondent side", Side),
    Field(
        "rated_on",
        FieldType.DAY,
        "The day of the rating.",
        "date, date rated, rating date, date of rating, survey date, date of survey, day, timestamp, submitted on",
    ),
    *(
        Field(
            f"item_{n}",
            FieldType.RATING,
            f"The answer to item {n}, 1 (not at all) to 5 (fully); blank where not answered.",
            f"item {n}, question {n}, q{n}, q {n}, statement {n}, {n}",
        )
        for n in range(1, 11)
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

_ITEMS = tuple(f"item_{n}" for n in range(1, 11))

#: Per kind: of each group at least one field must be filled. A rating's side is never guessed, because a county's own
#: rating must not stand in for the partner's; its day is needed because ratings are known by it.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "partners": (("name",),),
    "contacts": (("name", "role"),),
    "engagements": (("purpose", "forum"),),
    "commitments": (("what",),),
    "feedback": (("words",), ("partner", "person", "anonymous")),
    "ratings": (("partner",), ("side",), ("rated_on",), _ITEMS),
}

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


@cache
def heading_words() -> frozenset[str]:
    """Return every heading that any kind knows, in the form of `plain`."""
    return frozenset(
        spelling
        for fields in FIELDS.values()
        for field in fields
        for spelling in (plain(field.name), *map(plain, field.aliases.split(",")))
    ) - {""}
