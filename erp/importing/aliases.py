"""The words counties use for headings, per kind and field, likeliest first. Source: ours, from public records."""

#: Fields that every kind has (ratings have no key).
_SHARED: dict[str, str] = {
    "key": "id, record id, reference, reference number, ref, ref no, record number",
    "notes": "note, comments, comment, remarks, additional notes",
}

_PARTNERS: dict[str, str] = {
    "name": (
        "organization, organization name, agency, agency name, partner, partner name, name of organization, name of "
        "agency, name of partner, organisation, member organization, partner organization, partner agency, tribe, "
        "tribe or organization, organization or tribe, agency organization, organization agency, entity, group, "
        "department, company, body, member agency, member, stakeholder"
    ),
    "kind": (
        "type, kind as listed, category, partner type, partner kind, organization type, type of organization, type "
        "of partner, kind of partner, agency type, sector"
    ),
    "other_names": (
        "other name, aka, also known as, acronym, abbreviation, short name, alias, aliases, nickname, known as"
    ),
    "former_names": "former name, formerly, formerly known as, fka, previous name, previous names, old name",
    "area": "city county, service area, services area, area served, region, city, location, county, communities served",
    "languages": "language, languages spoken",
    "cadence_days": "cadence, contact every days, days between contacts, cadence in days",
    "cadence_from": "cadence since, cadence agreed on, cadence agreed",
    "status": "partner status, partnership status",
    "holder": (
        "relationship holder, liaison, county liaison, county lead, county contact, our contact, staff lead, "
        "assigned to, owner, county staff"
    ),
    "scored": "score, health figured",
}

_CONTACTS: dict[str, str] = {
    "partner": (
        "organization, organization name, agency, agency name, partner name, partner organization, tribe, company, "
        "affiliation, representing, department, organization or tribe, employer, group"
    ),
    "name": (
        "contact, contact name, contact person, full name, person, name of contact, representative, member name, "
        "representative name, attendee"
    ),
    "role": "title, position, job title, representative title only, role title, role on council, title role",
    "language": "preferred language, languages",
    "email": "e mail, email address, e mail address, work email",
    "phone": "telephone, phone number, telephone number, cell, cell phone, mobile, work phone, phone no",
    "do_not_contact": "no contact, opt out, opted out, do not call, do not email",
    "may_be_named": "consent to be named, ok to name, can be named, agreed to be named, named consent",
}

_ENGAGEMENTS: dict[str, str] = {
    "held_on": (
        "date, meeting date, date held, date of meeting, date of contact, contact date, event date, day, when, date "
        "and time, date time, start date, held"
    ),
    "status": "meeting status",
    "kind": (
        "type, meeting type, type of meeting, type of contact, contact type, engagement type, kind of meeting, kind "
        "of contact, activity type, activity, method, category"
    ),
    "forum": (
        "meeting, meeting name, name of meeting, meeting title, committee, council, forum name, series, event, "
        "event name, meeting group, group, title"
    ),
    "partners": (
        "attendee organizations, attendees, organizations, agencies, who attended, attendance, participants, "
        "present, organizations present, agencies present, partner, organization, agency, attended by, attended, "
        "members present, participating organizations, attending organizations, attendees organizations, sign in, "
        "sign in sheet, who was there, invitees"
    ),
    "county_people": (
        "county staff, staff, staff present, county attendees, county staff present, county participants, our "
        "staff, staff attending, county representatives"
    ),
    "two_way": "two way contact, partner took part",
    "asked_by": "requested by, called by, initiated by, asked for by, who asked, convened by",
    "agenda_by": "agenda set by, agenda by, who set the agenda, agenda owner",
    "decided_by": "decision by, decision made by, who decided, decision maker",
    "purpose": (
        "subject, reason, reason for meeting, purpose of meeting, meeting purpose, topics discussed, agenda, agenda "
        "items, discussion topics, topic, topics, re, about"
    ),
    "facts": (
        "summary, minutes, discussion, what happened, discussed, meeting notes, meeting summary, description, details"
    ),
    "quotes": "quote, in their words",
    "opinions": "opinion, impressions, observations",
    "decisions": (
        "decision, outcome, outcomes, decisions made, motions, votes, action taken, actions taken, result, results"
    ),
    "behaviors": "behavior, leadership behaviors, cpm behaviors, cpm leadership behaviors, behaviours",
    "topics": "erp topics, toolkit topics, erp toolkit topics",
}

_COMMITMENTS: dict[str, str] = {
    "what": (
        "commitment, promise, action item, action, task, deliverable, next step, follow up, follow up item, "
        "commitment made, what was promised, description, item, to do, agreement, action items, next steps"
    ),
    "owed_by": (
        "who owes it, owner, responsible, responsible party, person responsible, lead, assigned to, who, by whom, "
        "who is responsible, responsible person, responsible agency, owed by whom, assignee, responsibility"
    ),
    "partner": (
        "to whom, owed to, promised to, organization, agency, partner name, for whom, partner organization, with"
    ),
    "engagement": "meeting, engagement key, made at, from meeting, source, where made, meeting date",
    "made_on": (
        "date made, date, date promised, promised on, date assigned, assigned on, date agreed, start date, created"
    ),
    "due_on": "due, due date, date due, deadline, by when, target date, complete by, when",
    "done_on": (
        "done, date done, completed, date completed, completed on, completion date, finished, date finished, closed on"
    ),
    "withdrawn_on": "withdrawn, date withdrawn, dropped on, cancelled on, canceled on",
    "reason": "reason withdrawn, withdrawal reason, why withdrawn, why",
}

_FEEDBACK: dict[str, str] = {
    "partner": (
        "raised by, from, organization, agency, submitted by, given by, partner name, received from, tribe, who, "
        "from whom, giver, source, commenter, who said it, organization name, stakeholder, raised by organization"
    ),
    "person": "person name, contact, name, contact name, individual, speaker, respondent, raised by person",
    "anonymous": "anon, is anonymous, unnamed",
    "way": (
        "how received, channel, method, received by way of, received via, via, by which way, how, how raised, "
        "source type, how it came in"
    ),
    "kind": "type, feedback type, type of feedback, kind of feedback, category",
    "words": (
        "summary, feedback, comment, comments, what was said, what they said, what we heard, concern, issue, "
        "statement, input, recommendation, complaint, suggestion, question, request, description, details, text"
    ),
    "language": "original language",
    "translation": "english translation, translated, english",
    "received_on": (
        "date received, received, date raised, raised on, date submitted, submitted on, date of feedback, feedback "
        "date, date of comment, comment date, date, day, when, opened"
    ),
    "acknowledged_on": "acknowledged, date acknowledged, acknowledgement date, acknowledgment date",
    "decided_on": "decided, date decided, decision date",
    "decision": (
        "county response, response, our response, answer, county answer, reply, county reply, response given, "
        "agency response, outcome, action taken, what we did, result, resolution"
    ),
    "told_on": (
        "date responded, responded, responded on, response date, date of response, date answered, answered on, "
        "answered, date told, told, date replied, replied, date of reply, date of answer, date response sent"
    ),
    "told_how": "how told, response method, how responded, how answered, how we responded",
    "confirmed_on": "confirmed, date confirmed",
    "confirmed_how": "how confirmed",
    "reopened_on": "reopened, date reopened, raised again, raised again on",
}

_RATINGS: dict[str, str] = {
    "partner": "organization, agency, partner name, organization name, agency name, partnership, tribe",
    "respondent": "rater, who rated, rated by, respondent id, response id, person, name, id",
    "side": "which side, side of respondent, respondent side",
    "rated_on": (
        "date, date rated, rating date, date of rating, survey date, date of survey, day, timestamp, submitted on"
    ),
} | {f"item_{n}": f"item {n}, question {n}, q{n}, q {n}, statement {n}, {n}" for n in range(1, 11)}

#: kind → field → counties' words, separated by commas.
ALIASES: dict[str, dict[str, str]] = {
    "partners": _SHARED | _PARTNERS,
    "contacts": _SHARED | _CONTACTS,
    "engagements": _SHARED | _ENGAGEMENTS,
    "commitments": _SHARED | _COMMITMENTS,
    "feedback": _SHARED | _FEEDBACK,
    "ratings": _SHARED | _RATINGS,
}
