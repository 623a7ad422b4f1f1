"""The guard that spots words which may identify a child or family, before they are saved.

Source: W&I 10850 and 827, by way of the product's rule that no case information is held; the patterns are ours.

A first version in English with some Spanish. It asks and never decides, so where in doubt it asks. Every repetition
in a pattern is bounded and names are sought only near numbers, so that its time grows no faster than the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SOCIAL_SECURITY = "social security number"
BIRTH_DATE = "birth date"
CASE_NUMBER = "case number"
NAME_AND_AGE = "name with an age"
INITIALS_AND_AGE = "initials with an age"

WHY = {
    SOCIAL_SECURITY: "This looks like a social security number, which is never kept here.",
    BIRTH_DATE: "This looks like a person's birth date.",
    CASE_NUMBER: "This looks like the number of a case, referral, court file or client.",
    NAME_AND_AGE: "A name beside an age can identify a child or a family.",
    INITIALS_AND_AGE: "Initials beside an age can identify a child to people who know the family.",
}

Find = tuple[int, int, str]  # start, end, kind


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text that may identify somebody: text[start:end] == words."""

    start: int
    end: int
    words: str
    kind: str
    why: str


def find_identifying(text: str) -> list[Mark]:
    """Return the stretches that may identify a child or family, in order, none overlapping another."""
    found = sorted([*_numbers(text), *_birth_dates(text), *_names_with_ages(text)])
    return [Mark(start, end, text[start:end], kind, WHY[kind]) for start, end, kind in _joined(found)]


def mark_html_free(text: str, marks: Iterable[Mark]) -> str:
    """Return the text with ⟦…⟧ around each marked stretch: plain text, to be shown as text and not as HTML."""
    pieces: list[str] = []
    done = 0
    for mark in sorted(marks, key=lambda each: (each.start, each.end)):
        if mark.start >= done:
            pieces += [text[done : mark.start], "⟦", text[mark.start : mark.end], "⟧"]
            done = mark.end
    return "".join([*pieces, text[done:]])


def _joined(found: Iterable[Find]) -> list[Find]:
    """Join finds that overlap into one of the first one's kind, so that no identifying end is left bare."""
    joined: list[Find] = []
    for start, end, kind in found:
        if joined and start < joined[-1][1]:
            first_start, first_end, first_kind = joined[-1]
            joined[-1] = (first_start, max(first_end, end), first_kind)
        else:
            joined.append((start, end, kind))
    return joined


# --- Numbers that stand for a person or a case ------------------------------------------------------------

_DASH = r"[-\u2010-\u2015\u2212]"  # counties paste every kind of dash

_SOCIAL_SECURITY = re.compile(
    rf"""(?=[\dx*s]) (?:
        (?<![\w-]) (?:\d{{3}}|[x*]{{3}}) (?P<gap>{_DASH}|[ .]) (?:\d\d|[x*]{{2}}) (?P=gap) \d{{4}} (?![\w-])
      | (?:\bssn|\bsocial[ ]security|\bseguro[ ]social) [^\d\n]{{0,25}}
        \d{{3}} [-. ]? \d\d [-. ]? \d{{4}} (?!\d)
      | (?:\bssn|\bsocial[ ]security) [^\d\n]{{0,25}} (?:ending|ends|last[ ]four|last[ ]4) [^\d\n]{{0,12}}
        \d{{4}} (?!\d) )
    """,
    re.IGNORECASE | re.VERBOSE,
)

# CWS/CMS prints its nineteen digits as 4-4-4-7; a client index number of Medi-Cal is 9, seven digits and a letter.
_STATE_ID = re.compile(
    rf"""(?<![\w-]) (?: \d{{19}} | (?:\d{{4}}(?:{_DASH}|[ ])){{3}} (?:\d{{7}}|\d{{4}}(?:{_DASH}|[ ])\d{{3}})
                      | 9\d{{7}}[A-Z]\d? ) (?![\w-])""",
    re.VERBOSE,
)

# Prefixes of California's juvenile dockets. JV with three digits is a form of the court (JV-290), not a case.
_DOCKET = re.compile(
    r"""(?=[djirs\d]) (?:
        (?<![\w-]) (?:jvsq|jv|jdsq|jd|jw|juv|dk|dp|rij|swj|inj) [-\#. ]{0,2}
        (?: (?:20)?\d\d[-. ]\d{3,7} | (?!(?:19|20)\d\d(?!\d))\d{4,9} ) (?:-\d{1,2})? [a-z]? (?!\w)
      | (?<![\w-]) \d\d -? (?:ccjp|cej|jvsq|jv|jdp|jd|jw|juv|dp) -? \d{3,8} (?:[a-z]|-\d{1,2})? (?!\w)
      | (?<![\w-]) j -? (?:\d\d-\d{5}|\d{6}) (?!\w) )
    """,
    re.IGNORECASE | re.VERBOSE,
)

_CODE = rf"(?P<prefix>(?:[a-z]{{1,6}}[- ]?)?) (?P<code>\d[a-z\d]{{0,20}}(?:(?:{_DASH}|[/.])[a-z\d]{{1,12}}){{0,4}})"
_CALLED_A_NUMBER = re.compile(
    rf"""\b (?=[cdfijmprsy])
         (?:case|referral|client|docket|petition|court|juvenile|dependency|cws|cms|cps|medi-cal|medical[ ]record
           |police[ ]report|incident[ ]report|investigation|intake|child|minor|youth|family|person|student)
         (?:['’]s)? (?:[ -]file)? [ ]{{0,2}} (?: (?:number|num|nbr|no|id)\b | \# )
         [\s:\#=.(]{{0,4}} (?:(?:is|was):?[ ])? {_CODE}""",
    re.IGNORECASE | re.VERBOSE,
)
_CALLED_A_NUMBER_IN_SPANISH = re.compile(
    rf"""\b (?: n[úu]m(?:ero)?\.?[ ]de[ ](?:caso|expediente|referencia)
              | (?:caso|expediente)[ ](?:n[úu]m(?:ero)?|no|n\.?º|\#) )
         [\s:\#.]{{0,4}} (?:es:?[ ])? {_CODE}""",
    re.IGNORECASE | re.VERBOSE,
)
_CALLED_A_CASE = re.compile(
    rf"\b(?:case|referral|docket|petition|cin|ssid|mrn|cws/cms|cws|cms)(?:[ ]numbers)? [\s:\#(]{{1,3}} {_CODE}",
    re.IGNORECASE | re.VERBOSE,
)
_YEARS = re.compile(rf"(?:19|20)\d\d(?:(?:{_DASH}|/)(?:19|20)?\d\d)?")
_DATE_OR_PHONE = re.compile(
    rf"""\d{{1,2}}(?P<gap>[-/.])\d{{1,2}}(?P=gap)\d{{2,4}} | \d{{4}}-\d{{1,2}}-\d{{1,2}}
       | (?:\d{{3}}[-.])?\d{{3}}{_DASH}\d{{4}}""",
    re.VERBOSE,
)
_LAWS_AND_LETTERS = _words("AB SB ACR ACL ACIN CFL FY WIC PC HR CCR SOC LIC COVID")


def _numbers(text: str) -> Iterator[Find]:
    for pattern, kind in ((_SOCIAL_SECURITY, SOCIAL_SECURITY), (_STATE_ID, CASE_NUMBER), (_DOCKET, CASE_NUMBER)):
        yield from ((match.start(), match.end(), kind) for match in pattern.finditer(text))
    for pattern in (_CALLED_A_NUMBER, _CALLED_A_NUMBER_IN_SPANISH):
        for match in pattern.finditer(text):
            if _digits(match) >= 3 and not _YEARS.fullmatch(match["code"]) and not match["prefix"].islower():
                yield match.start(), match.end(), CASE_NUMBER
    for match in _CALLED_A_CASE.finditer(text):
        if _looks_like_a_case(match):
            yield match.start(), match.end(), CASE_NUMBER


def _digits(match: re.Match[str]) -> int:
    return sum(character.isdigit() for character in match["code"])


def _looks_like_a_case(match: re.Match[str]) -> bool:
    """Judge a number that only the word "case" or "referral" announces: dates, laws and counts are none."""
    prefix, code = match["prefix"], match["code"]
    if _YEARS.fullmatch(code) or _DATE_OR_PHONE.fullmatch(code):
        return False
    if prefix.islower() or prefix.strip("- ") in _LAWS_AND_LETTERS:
        return False
    return _digits(match) >= 5 or (_digits(match) == 4 and not code.isdigit())


# --- Birth dates ------------------------------------------------------------------------------------------

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_MES = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?[ ])?"
_DAY = rf"""{_WEEKDAY}
    (?: \d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}} | \d{{1,2}}/\d{{1,4}}
      | {_MONTH}[ ]?\d{{1,2}}(?:st|nd|rd|th)?\b (?:,?[ ]?(?:\d{{4}}|['’]\d\d))? | {_MONTH},?[ ]\d{{4}}
      | \d{{1,2}}(?:st|nd|rd|th)?(?:[ ]of)?[ ]{_MONTH} (?:,?[ ]?\d{{4}})?
      | \d{{1,2}}[ ]de[ ]{_MES} (?:[ ]del?[ ]\d{{4}})? )"""
_BIRTH_DATE = re.compile(
    rf"""(?=[bcdfghmnstwy\d]) (?:
        \b (?:d\.?[ ]?o\.?[ ]?b|date[ ]of[ ]birth|birth[ -]?date|birthday|fecha[ ]de[ ]nacimiento|cumpleaños)\b
        [^\w\n]{{0,4}}+ (?:(?:is|was|of|on|the|es|el|given[ ]as|listed[ ]as)\b[^\w\n]{{0,3}}+){{0,3}}+
        (?: {_DAY} | \d{{8}} | \d{{6}} | (?:19|20)\d\d\b )
      | \b (?:born|nacid[oa]|naci[óo])\b [ ,:]{{0,2}}+ (?:(?:on|in|el|en|the)\b[ ]){{0,2}}+ {_DAY}
      | \b b\.[ ]?\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}
      | \b (?:he|she|they|who|child|minor|son|daughter|boy|girl|baby|youth|brother|sister|foster[ ]child)[ ]
           (?:will[ ]|just[ ])?turn(?:s|ed|ing)?[ ]\d{{1,2}}[ ]on[ ] {_DAY}
      | (?<![\d/-]) \d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}} [ ]?\(?(?:dob|date[ ]of[ ]birth|birth[ ]?date)\b\)? )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BIRTH_IS_SPOKEN_OF = ("dob", "d.o", "d. o", "d o", "birth", "born", "nac", "cumple", "b.", "turn")
_A_BODY_WAS = re.compile(
    r"\b(?:council|program|coalition|agency|network|initiative|partnership|forum|collaborative|idea|model|project"
    r"|team|commission|center|group|organization) (?:that )?(?:was |were )?$",
    re.IGNORECASE,
)


def _birth_dates(text: str) -> Iterator[Find]:
    lowered = text.lower()
    if not any(hint in lowered for hint in _BIRTH_IS_SPOKEN_OF):
        return
    for match in _BIRTH_DATE.finditer(text):
        if not _A_BODY_WAS.search(text, max(0, match.start() - 40), match.start()):
            yield match.start(), match.end(), BIRTH_DATE


# --- Names and initials beside an age ---------------------------------------------------------------------

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"  # any letter but a small one: names come in every script
_LETTERS = r"(?:[^\W\d_]|[\u0300-\u036f'’]|-(?=[^\W\d_])){1,24}+"
_NOT_PART_OF_A_NAME = r"(?!(?i:ages?|aged|is|was|born|turn(?:s|ed)?)\b)"
_NAME = rf"""{_CAPITAL} (?<![\w'’-].)
    (?: \. (?:[ ]?[A-Z]\.){{0,2}}+ (?![^\W\d_])
      | [A-Z]\b (?![ ]{_CAPITAL})
      | {_LETTERS} (?: [ ] (?:(?:de[ ]la|de[ ]los|del|de|van|von)[ ])? {_NOT_PART_OF_A_NAME}
                       (?:{_CAPITAL}{_LETTERS}|[A-Z]\b\.?) ){{0,2}}+ )"""
_AGE = (
    r"(?:\d{1,2}(?:\.5|½|[ ]1/2)?(?!\d)|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)\b)"
)
_ONE_PERSON = r"(?![ ]?(?:[-–+%/:]|to\b|through\b|(?:and|or)[ ](?:up|older|over|under|younger|above|below)\b))"
_OLD = rf"""{_AGE} [ ]? -? (?:years?|yrs?|months?|mos?|weeks?|wks?)\.? (?:[ -]old|[ ]of[ ]age)\b
          | {_AGE} [ ]? (?:y/o|yo|y\.o\.|m/o)(?!\w)"""

# An age that says it is one: "age 7", "7 years old", "de 7 años".
_STRONG = rf"""(?i:
    (?: [ ]?[,(\[:/–—-][ ]?+ | [ ] )
    (?:(?:who|she|he|is|was|now|only|just|almost|nearly|a|an|the|our)\b[ ]){{0,3}}
    (?: age[sd]?:?[ ](?:of[ ])?{_AGE} (?:[ ](?:and|&)[ ]\d{{1,2}}\b)? {_ONE_PERSON}
      | {_OLD} | born[ ]in[ ](?:19|20)\d\d\b ) [)\]]?
  | [ ]?[,(\[][ ]? {_AGE}[ ](?:años|meses)\b [)\]]?
  | ,?[ ](?:que[ ])?(?:de|tiene|tenía|cumplió|con)[ ]{_AGE}[ ](?:años|meses)\b )"""
_ENDS = (
    rf"(?=[ ]?(?:\Z|[\r\n,;!?)\]—–]|\.(?!\d)|(?:who|lives|attends|quien|vive)\b"
    rf"|(?:and|y|&)[ ](?:{_CAPITAL}|her\b|his\b)))"
)
_NAME_THEN_AGE = re.compile(
    rf"""(?P<name>{_NAME}) (?: (?P<strong>{_STRONG})
       | ,[ ]?(?:(?:now|just|only|almost)[ ])?(?P<appended>\d{{1,2}}) {_ENDS}
       | [ ]?[(\[] (?P<bracketed>\d{{1,2}}) (?:(?:,|[ ]and|[ ]&)[ ]\d{{1,2}})?
             (?:[ ]?(?:years?|yrs?|months?|mos?|años|meses)\.?)? [)\]]
       | (?:,?[ ]who[ ](?:just[ ])?(?:is|was|turn(?:s|ed))|[ ](?:just[ ])?turn(?:s|ed))[ ](?P<turned>\d{{1,2}}) {_ENDS}
       | [ ](?:is|was)[ ](?P<being>\d{{1,2}}) {_ENDS} )""",
    re.VERBOSE,
)
_KIN = (
    r"(?:boy|girl|son|daughter|child|kid|twins?|sister|brother|nephew|niece|grandson|granddaughter|cousin|toddler|baby"
    r"|infant|minor|youth|teen|student|client|mother|father|mom|dad|foster)"
)
_AGE_THEN_NAME = re.compile(
    rf"""(?<![\w-]) (?: (?i:{_OLD}) ,? [ ] (?:(?:{_KIN}|named|called|is|,),?[ ]){{0,3}}
           | (?i:hij[oa]|niñ[oa]|niet[oa]|herman[oa]|sobrin[oa]|bebé|joven|menor) [ ]de[ ]{_AGE}[ ](?:años|meses) ,? [ ]
             (?:llamad[oa][ ]|que[ ]se[ ]llama[ ]|de[ ]nombre[ ])? )
         (?P<name>{_NAME})""",
    re.VERBOSE,
)

_NEAR = 90  # characters: longer than any name with the words between it and its age


def _run_of(hint: str) -> re.Pattern[str]:
    """Match from the first hint to the last of those that follow each other closely."""
    return re.compile(rf"(?:{hint})(?:.{{0,{_NEAR}}}(?:{hint}))*+", re.IGNORECASE | re.DOTALL)


_NUMBERS = _run_of(r"\d|[ -](?:year|yr|month|week)")
_AGES = _run_of(r"old\b|of age\b|y/o|y\.o|yo\b|m/o|años|meses")
_FAMILY = re.compile(rf"\b(?:{_KIN}s?|he|she|his|her|hij[oa]|niñ[oa]|placement|placed|removed)\b", re.IGNORECASE)
_BEFORE_A_PLACE = (" in ", " at ", " near ", " the ")
_SENTENCE_GOES_ON = re.compile(r", [a-z]")  # "Ana Ruiz, 34, said"; in a list of counts a name or an end follows
_NEXT_WORD = re.compile(r" ([^\W\d_]{2,20})")
_INITIALS = re.compile(r"(?:[A-Z]\. ?){1,3}|[A-Z]{2}")

# Words that stand before a name or in its place; they are taken off the front.
_BEFORE_A_NAME = _words(
    """a an and also then today yesterday when where while but so since after before because if as the this that these
    his her my our their your its it he she they we you i in at on from with for by of to not no yes
    child children kid kids boy boys girl girls son sons daughter daughters twin twins brother sister sibling siblings
    baby infant toddler teen teens teenager minor minors youth youths student students client clients foster person
    people persons man woman men women mother father mom dad parent parents caregiver caregivers grandmother grandfather
    aunt uncle cousin niece nephew adult adults everyone someone anyone participant participants attendee attendees
    speaker panelist member members resident residents respondent respondents victim victims survivor males females
    male female mr mrs ms miss dr judge hon name names re placed placement met met meet
    el la los las mi su un una mis sus y que con por para desde hace hijo hija hijos niño niña niños niñas menor joven
    jóvenes madre padre señor señora"""
)
# Words that make what they stand in a body, a place, a document or a thing on an agenda.
_NOT_A_PERSON = _words(
    """agency agencies alliance association authority band board bureau casa center centers centre chamber church city
    clinic club coalition collaborative college commission committee communities community consortium corporation
    council counties county court courts department departments district division education family families federation
    first forum foundation fund group groups health home homes hospital house housing initiative institute justice law
    league library mission nation network office organization organizations panel partner partners partnership police
    probation program programs project rancheria reservation resource room school schools section senate service
    services sheriff shelter social society state station superior system systems task team teams tribal tribe tribes
    unified union university village ward way workgroup works world
    action agenda agreement amendment appendix article assembly attachment attendance average aye ayes barrier behavior
    behaviors bill box break budget cadence capacity chapter closing cohort comment comments concern contract cost
    count data day days deadline decision discussion element exhibit feedback figure file form fy goal goals grade
    grand grant highway hour hours idea introductions issue item items jury limit line lunch maximum measure meeting
    meetings membership memorandum minimum minutes model motion mou nay nays noes number objective option ordinance
    page part phase plan plans point policy priority promise proposal proposition quarter question quorum recommendation
    reminders report request resolution review round row rule score season seats session shelf slide start statute
    step strategy suite summary survey table target term theme title topic topics total training turnout unit update
    updates version visit visits volume vote votes week welcome workshop year years zone plaza
    amount attempt balance caseload difference distance enrollment estimate fee growth income index interest lead
    length need price range rank rate rating ratio record score size speed staff status stock value wait weight
    accountability advocacy assessment development engagement exploration foundational inquiry leadership monitoring
    outreach permanency prevention safety support teaming transition workforce
    africa african america american asian black hispanic hmong indian indigenous latina latino latinx mexican native
    pacific pomo white yurok english spanish
    avenue ave bay beach blvd bridge city coast court creek drive east fort hills island lagoon lake lane los mount
    north park point port ranch region river road rock saint san santa south springs street valley west
    programa plan proyecto condado consejo agencia comité
    alameda amador berkeley calaveras california colusa costa fresno hayward humboldt imperial inyo kern lassen
    mariposa mendocino merced modoc mono monterey napa nevada oakland pasadena placer plumas pomona redding richmond
    riverside sacramento salinas shasta siskiyou solano sonoma stanislaus stockton sutter tehama tulare tuolumne ukiah
    vallejo ventura visalia willits yolo yuba
    monday tuesday wednesday thursday friday saturday sunday january february march july september october november
    december"""
)
# Given names that are also months, places or things: a bare number beside them is not enough.
_NOT_ALONE_A_PERSON = _words(
    """april may june august jan mar carmel clara eureka hopland jackson jordan kings lodi madera marin marina orange
    sierra trinity butte glenn glendale lincoln covelo laytonville gualala arcata tracy chino will mark bill grace hope
    faith chance summer autumn sage u.s d.c p.o a.m p.m"""
)
# Two letters without dots that counties use for something else; "J.R." with dots is always somebody.
_NOT_INITIALS = _words("US AM PM DC BH CW DA FC HR IT PD SW TA VP AB SB UC OK CA ID CY SY FY QI QA")


def _names_with_ages(text: str) -> Iterator[Find]:
    for start, end in _stretches_near(_NUMBERS, text):
        for match in _NAME_THEN_AGE.finditer(text, start, end):
            initials = _INITIALS.fullmatch(match["name"]) is not None
            begin = _start_of_name(match, initials)
            if begin is not None and _names_a_person(text, match, begin):
                yield begin, match.end(), INITIALS_AND_AGE if initials else NAME_AND_AGE
    for start, end in _stretches_near(_AGES, text):
        for match in _AGE_THEN_NAME.finditer(text, start, end):
            initials = _INITIALS.fullmatch(match["name"]) is not None
            if _start_of_name(match, initials) == match.start("name") and not _thing_after(text, match.end()):
                yield match.start(), match.end(), INITIALS_AND_AGE if initials else NAME_AND_AGE


def _stretches_near(run: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Give the parts of the text near hints of an age: most of a long text has none."""
    for match in run.finditer(text):
        yield max(0, match.start() - _NEAR), min(len(text), match.end() + _NEAR)


def _start_of_name(match: re.Match[str], initials: bool) -> int | None:
    """Return where the person's name begins, or None where the words name no person."""
    name, start = match["name"], match.start("name")
    if initials:
        return None if name in _NOT_INITIALS else start
    words = [_bare(word) for word in name.split(" ")]
    before = 0
    while before < len(words) and words[before] in _BEFORE_A_NAME:
        before += 1
    if before == len(words) or not _NOT_A_PERSON.isdisjoint(words[before:]):
        return None
    return start + sum(len(word) + 1 for word in name.split(" ")[:before])


def _bare(word: str) -> str:
    word = word.casefold()
    if word.isalpha():
        return word
    return word.rstrip(".").removesuffix("'s").removesuffix("’s").rstrip("'’")


def _names_a_person(text: str, match: re.Match[str], begin: int) -> bool:
    """Weigh how the age is written: a bare number beside a word needs more than "aged 7" does."""
    if match["strong"]:
        return not _thing_after(text, match.end())
    name = text[begin : match.end("name")]
    if _bare(name) in _NOT_ALONE_A_PERSON:
        return False
    if f" {text[max(0, begin - 5) : begin].lower()}".endswith(_BEFORE_A_PLACE):
        return False
    age = int(match["appended"] or match["bracketed"] or match["turned"] or match["being"])
    if match["appended"] and age > 21 and _SENTENCE_GOES_ON.match(text, match.end()):
        return True
    if (match["being"] and age > 17) or age > 21 or (name.isupper() and "." not in name):
        return _FAMILY.search(text, max(0, begin - 60), match.end() + 60) is not None
    return True


def _thing_after(text: str, end: int) -> bool:
    """Tell whether the age is that of a program or a building: "Ana's 7-year-old program"."""
    following = _NEXT_WORD.match(text, end)
    return following is not None and following[1] in _NOT_A_PERSON
