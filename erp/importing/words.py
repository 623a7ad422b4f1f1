"""The words counties use for kinds, ways, statuses and sides, and which word of ours each is read as."""

from erp.importing.cells import plain
from erp.vocabulary import (
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackWay,
    PartnerKind,
    PartnerStatus,
    Recognition,
    Side,
    Who,
    Word,
)

#: County's word (in the form of `plain`, singular) → ours. Source: ours, from public rosters and minutes.
_PARTNER_KINDS: dict[PartnerKind, str] = {
    PartnerKind.TRIBAL_GOVERNMENT: "tribe, tribal nation, tribal council, rancheria, band, nation, sovereign nation",
    PartnerKind.TRIBAL_ORGANIZATION: (
        "tribal org, tribal consortium, intertribal council, inter tribal council, indian health center, "
        "tribal health, tribal health program, tribal nonprofit, tribal agency, tribal service provider"
    ),
    PartnerKind.COMMUNITY_ORGANIZATION: (
        "community, community org, community based organization, community group, community nonprofit, cbo, ngo, "
        "nonprofit, non profit, nonprofit organization, non profit organization, faith, faith based, "
        "faith based organization, faith community, church, foundation, service provider, provider, "
        "community provider, family resource center"
    ),
    PartnerKind.SYSTEM_PARTNER: (
        "system, county system, state system, county department, county agency, public agency, government agency, "
        "state agency, city government, city, county, court, court legal, courts legal, juvenile court, "
        "superior court, dependency court, probation, probation department, "
        "education, school, school district, county office of education, office of education, college, university, "
        "behavioral health, mental health, public health, health department, health, social service, "
        "child welfare, regional center, law enforcement, police, police department, sheriff, sheriff office, "
        "district attorney, public defender, county counsel, housing, housing authority, hospital, first 5, "
        "library, child support, system of care partner"
    ),
    PartnerKind.LIVED_EXPERIENCE: (
        "lived experience, people with lived experience, lived expertise, parent, parent group, parent partner, "
        "parent leader, youth, youth group, youth council, foster youth, former foster youth, caregiver, "
        "caregiver group, relative, relative caregiver, kinship caregiver, resource parent, resource family, "
        "foster parent, family group"
    ),
}

_RECOGNITIONS: dict[Recognition, str] = {
    Recognition.RECOGNIZED: (
        "federally recognized, federally recognized tribe, federally recognized tribal government, "
        "tribal government federally recognized, tribe federally recognized, recognized tribe"
    ),
    Recognition.NOT_RECOGNIZED: (
        "not federally recognized, non federally recognized, non federally recognized tribe, "
        "not federally recognized tribe, not federally recognized tribal government, state recognized tribe, "
        "non federally recognized tribal government, tribal government not federally recognized, "
        "tribal government non federally recognized, tribe not federally recognized, tribe non federally recognized"
    ),
    Recognition.NOT_SAID: "tribal government not said",
}

#: Pairs, no mapping: words of two kinds with one value, as EngagementKind.CALL and FeedbackWay.CALL, are equal keys.
_OTHERS: tuple[tuple[Word, str], ...] = (
    (PartnerStatus.PROSPECTIVE, "prospect, potential, proposed, new, invited, to be contacted"),
    (PartnerStatus.ACTIVE, "current, ongoing, engaged, in good standing"),
    (PartnerStatus.PAUSED, "on hold, inactive, dormant, pause"),
    (PartnerStatus.ENDED, "closed, former, past, dissolved, disbanded, withdrawn, end"),
    (
        EngagementKind.MEETING,
        (
            "mtg, regular meeting, special meeting, committee meeting, team meeting, conference, video meeting, "
            "zoom, zoom meeting, teams meeting, virtual meeting, in person meeting, roundtable, focus group, hearing"
        ),
    ),
    (EngagementKind.CALL, "phone call, phone, telephone, telephone call, conference call"),
    (EngagementKind.VISIT, "site visit, home visit, tour"),
    (EngagementKind.EVENT, "community event, celebration, gathering, fair, resource fair, summit, convening"),
    (EngagementKind.TRAINING, "workshop, class, webinar"),
    (EngagementKind.EMAIL, "e mail"),
    (EngagementKind.INPUT, "written input, survey, comment, public comment, written comment"),
    (EngagementStatus.PLANNED, "scheduled, upcoming, tentative date set, plan, future, confirmed"),
    (EngagementStatus.HELD, "occurred, completed, complete, done, took place, happened, met, past, attended"),
    (EngagementStatus.CANCELLED, "canceled, cancel, called off, did not happen, not held, no meeting"),
    (Who.COUNTY, "the county, county staff, us, we, agency, department, staff, child welfare"),
    (Who.PARTNER, "the partner, them, they, tribe, community, partner agency"),
    (Who.BOTH, "joint, jointly, together, shared, both sides, county and partner, partner and county, co created"),
    (Who.NONE, "no one, nobody, no decision, no agenda, n a, na"),
    (Who.UNKNOWN, "not known, unsure, not sure, not recorded, don t know"),
    (Side.COUNTY, "the county, county staff, county side, us, we, agency, staff"),
    (Side.PARTNER, "the partner, partner side, them, they, partner agency, tribe, community"),
    (FeedbackKind.PRAISE, "thanks, thank you, compliment, appreciation, positive, kudos, commendation"),
    (FeedbackKind.CONCERN, "complaint, issue, problem, criticism, negative, worry, finding, grievance"),
    (FeedbackKind.REQUEST, "ask, need, demand"),
    (FeedbackKind.IDEA, "suggestion, recommendation, proposal, input"),
    (FeedbackKind.QUESTION, "inquiry, query"),
    (FeedbackWay.MEETING, "in a meeting, at a meeting, at meeting, mtg, focus group, forum"),
    (
        FeedbackWay.CONVERSATION,
        "in conversation, in person, face to face, verbal, spoken, talk, conversation in person",
    ),
    (FeedbackWay.CALL, "phone, phone call, telephone, telephone call, by phone, voicemail"),
    (FeedbackWay.EMAIL, "e mail, by e mail, by email"),
    (FeedbackWay.LETTER, "mail, by letter, by mail, written letter, us mail"),
    (FeedbackWay.SURVEY, "in a survey, questionnaire, poll, by survey"),
    (FeedbackWay.FORM, "by form, comment card, online form, web form, website, feedback form, suggestion box"),
    (FeedbackWay.PUBLIC_COMMENT, "public comments, comment, public hearing, written public comment, at public comment"),
)

YES = frozenset(("yes", "y", "true", "t", "1", "x", "si", "sí", "✓", "✔", "☑"))
NO = frozenset(("no", "n", "false", "f", "0", "none", "☐"))

#: What people write where a name would stand for somebody who gave none.
_NAMELESS = frozenset(("anonymous", "anon", "anonymous caller", "anonymous comment", "anonymous commenter", "no name"))


def _phrases(listed: str) -> list[str]:
    return [phrase.strip() for phrase in listed.split(",")]


_OF_WORD: dict[type[Word], dict[str, Word]] = {}
for _kind in (PartnerStatus, EngagementKind, EngagementStatus, Who, Side, FeedbackKind, FeedbackWay, PartnerKind):
    _OF_WORD[_kind] = {plain(spelling): word for word in _kind for spelling in (word.value, word.label)}
for _word, _listed in (*_PARTNER_KINDS.items(), *_OTHERS):
    _OF_WORD[type(_word)] |= dict.fromkeys(_phrases(_listed), _word)
_OURS: dict[type[Word], frozenset[str]] = {
    _kind: frozenset(plain(spelling) for word in _kind for spelling in (word.value, word.label)) for _kind in _OF_WORD
}
_RECOGNITION_OF = {phrase: word for word, listed in _RECOGNITIONS.items() for phrase in _phrases(listed)}


def read_word(kind: type[Word], written: str) -> Word | None:
    """Return our word for the county's, None where it is not known. Case, punctuation, a plural s do not matter."""
    key = plain(written)
    known = _OF_WORD[kind]
    return known.get(key) or known.get(key.removesuffix("s"))


def is_known_word(written: str) -> bool:
    """Say whether the words are a value of any kind of choice: a partner's kind, a status, a side and so on."""
    return any(read_word(kind, written) for kind in _OF_WORD) or plain(written) in _RECOGNITION_OF


def is_our_word(kind: type[Word], written: str) -> bool:
    """Say whether the words are our own value or label, so that nothing is lost by keeping the value alone."""
    return plain(written) in _OURS[kind]


def read_partner_kind(written: str) -> tuple[PartnerKind, Recognition] | None:
    """Return a partner's kind, with the recognition that a Tribal government's words say; None where not known."""
    recognition = _RECOGNITION_OF.get(plain(written))
    if recognition is not None:
        return PartnerKind.TRIBAL_GOVERNMENT, recognition
    kind = read_word(PartnerKind, written)
    return None if kind is None else (PartnerKind(kind), Recognition.NOT_SAID)


def read_yes_no(written: str) -> bool | None:
    """Return what a yes or no says, or None where it is neither."""
    key = plain(written) or written.strip()
    if key in YES:
        return True
    return False if key in NO else None


def is_nameless(name: str) -> bool:
    """Say whether the words stand for somebody who gave no name."""
    return plain(name) in _NAMELESS
