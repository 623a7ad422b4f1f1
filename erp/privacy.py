"""The guard that spots words which may identify a child or family, before they are saved.

Source: W&I 10850 and 827 by way of the product's rule that no case information is held; the patterns are ours.

A first version: it knows English and some Spanish, and it asks rather than decides, so it leans toward asking.
Every repetition in a pattern is bounded, and names are sought only near numbers, so that time grows with length.
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


@dataclass(frozen=True)
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


# --- Numbers that stand for a person or a case -----------------------------------------------------------

_DASH = r"[-\u2010-\u2015\u2212]"  # counties paste every kind of dash

_SOCIAL_SECURITY = re.compile(
    rf"""(?<![\w-]) (?:\d{{3}}|[x*]{{3}}) (?P<gap>{_DASH}|[ .]) (?:\d\d|[x*]{{2}}) (?P=gap) \d{{4}} (?![\w-])
      | (?:\bssn|\bsocial\ security|\bseguro\ social) [^\d\n]{{0,25}} \d{{3}} {_DASH}? \d\d {_DASH}? \d{{4}} (?!\d)
      | (?:\bssn|\bsocial\ security) [^\d\n]{{0,25}} (?:ending|ends|last\ four|last\ 4) [^\d\n]{{0,12}} \d{{4}} (?!\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)

# CWS/CMS prints its nineteen digits as 4-4-4-7.
_NINETEEN_DIGITS = re.compile(
    rf"(?<![\d-])(?:\d{{19}}|(?:\d{{4}}(?:{_DASH}|[ ])){{3}}(?:\d{{7}}|\d{{4}}(?:{_DASH}|[ ])\d{{3}}))(?![\d-])"
)

# Court prefixes of California's juvenile courts. JV with three digits is a form (JV-290), not a case.
_DOCKET = re.compile(
    r"""(?<![\w-]) (?:jvsq|jv|jdsq|jd|jw|juv|dk|dp|rij|swj|inj) [-\#. ]{0,2}
        (?: (?:\d\d|20\d\d)[-. ]\d{3,7} | (?!(?:19|20)\d\d(?!\d))\d{4,9} ) (?:-\d{1,2})? [a-z]? (?!\w)
      | (?<![\w-]) \d\d -? (?:ccjp|cej|jvsq|jv|jdp|jd|jw|juv|dp) -? \d{3,8} (?:[a-z]|-\d{1,2})? (?!\w)
      | (?<![\w-]) j -? (?:\d\d-\d{5}|\d{6}) (?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)

_MEDI_CAL = re.compile(r"(?<!\w)9\d{7}[A-Z]\d?(?!\w)")  # a client index number

_CODE = rf"(?P<prefix>(?:[a-z]{{1,6}}[- ]?)?)(?P<code>\d[a-z\d]{{0,20}}(?:(?:{_DASH}|[/.])[a-z\d]{{1,12}}){{0,4}})"

_CALLED_NUMBER = re.compile(
    rf"""\b (?: (?P<sure>case|referral|client|docket|petition|court|juvenile|dependency|cws|cms|cps|medi-cal
                    |medical\ record|police\ report|incident\ report|investigation|intake)
              | child|minor|youth|family|person|student )
         (?:['’]s)? (?:[ -]file)? [ ]{{0,2}} (?: (?:number|num|nbr|no|id)\b | \# ) [\s:\#=.(]{{0,4}} (?:(?:is|was)[ ])?
         {_CODE}
      | \b (?P<sure_es>n[úu]mero[ ]de[ ](?:caso|expediente|referencia)|(?:caso|expediente)[ ](?:n[úu]m(?:ero)?|no|n\.?º|\#))
         [\s:\#.]{{0,4}} (?:es[ ])? {_CODE.replace("<prefix>", "<prefix_es>").replace("<code>", "<code_es>")}
    """,
    re.IGNORECASE | re.VERBOSE,
)

_CALLED_BY_ITSELF = re.compile(
    rf"\b(?:cases?|referrals?|docket|petition|cin|ssid|mrn)(?:[ -]numbers?)?[\s:#(]{{1,3}}{_CODE}", re.IGNORECASE
)
_DATE_PHONE_OR_YEARS = re.compile(
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:\d{3}[-.])?\d{3}[-.]\d{4}"
    r"|(?:19|20)\d\d(?:[-/–](?:(?:19|20)?\d\d))?"
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:[-/–](?:(?:19|20)?\d\d))?")
_LAW = frozenset("AB SB ACR SCR HR ACL ACIN CFL FY WIC PC CCR SOC LIC COVID TITLE".split())
