"""When the names of two bodies look alike, and why: a question for a person, never an answer. Pure."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from erp.settings import ROOT
from erp.spelling import SHORT_FORMS, folded, slips_allowed

#: Names that score this much alike (0–100, rapidfuzz) are a question for a person. Ours.
ALIKE = 90
#: From so many words on, a name that says all of another's and more is a question, too. Ours.
WORDS_CONTAINED = 2
#: Initials of fewer letters stand for too many bodies. Ours.
_SHORTEST_INITIALS, _LONGEST_INITIALS = 3, 6
#: A short form has so many letters, and at most this share of the word's. Ours.
_SHORTEST_SHORT_FORM, _MOST_OF_A_WORD = 2, 0.8
#: An address without its town is the same with it from so many words on: "12 Marsh Lane". Ours.
ADDRESS_WORDS = 3
_SAID: dict[str, Any] = tomllib.loads((ROOT / "data" / "look_alikes" / "words.toml").read_text(encoding="utf-8"))
_ARTICLES = frozenset[str](_SAID["articles"])
_UNTELLING = _ARTICLES | frozenset[str](_SAID["untelling"])
_SEVERAL_WORDS: dict[str, str] = _SAID["several_words"]
_NUMBERS: dict[str, str] = {word: str(number) for number, word in enumerate(_SAID["numbers"], 1)}
_OPPOSITES = tuple(frozenset[str](group) for group in _SAID["opposites"])
_STREETS: dict[str, str] = _SAID["streets"]
_NO_PLACE = frozenset[str](_SAID["no_place"])
_FOR_EVERYBODY = frozenset[str](_SAID["mail_for_everybody"])
_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\s*$")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_WORDS = re.compile(r"[^\W_]+")
_MAIL = re.compile(r"[\w.+'-]+@([\w-]+(?:\.[\w-]+)+)")


@dataclass(frozen=True)
class Body:
    """A partner as it is compared. `also`: other and former names. `domains`: where its people write from."""

    number: int
    name: str
    also: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """All names it goes or went by, its own first."""
        return (self.name, *self.also)


@dataclass(frozen=True)
class Likeness:
    """That two bodies may be one: of the two their numbers, the reason as a sentence without its full stop.

    `score`: 0–100, to put the likeliest first; nothing is decided by it.
    """

    number: int
    other: int
    reason: str
    score: float


def likeness(body: Body, other: Body) -> Likeness | None:
    """Say why two bodies may be one by their names or addresses; None where nothing says so."""
    named = (_names_alike(body, other, name, theirs) for name in body.names for theirs in other.names)
    found = max((each for each in named if each), key=lambda each: each.score, default=None)
    if found is not None:
        return found
    if any(same_address(here, there) for here in body.addresses for there in other.addresses):
        return Likeness(body.number, other.number, f"“{body.name}” has the address of “{other.name}”", 60)
    return None


def _names_alike(body: Body, other: Body, name: str, theirs: str) -> Likeness | None:
    """Say how one of the names of a body is like one of another's."""
    form, their_form = plain_form(name), plain_form(theirs)
    if not form or not their_form:
        return None
    spelled = fuzz.ratio(form, their_form)
    if form == their_form or run_together(name) == run_together(theirs):
        score, how = 100.0, "looks like"
    elif spelled >= ALIKE:
        score, how = spelled - 1, "looks like"
    elif says_all_of(name, theirs) or says_all_of(theirs, name):
        score, how = 60 + 0.3 * spelled, "looks like"
    elif form in initials(theirs) or their_form in initials(name):
        score, how = 70.0, "has the initials of"
    else:
        return None
    if _opposed(frozenset(form.split()), frozenset(their_form.split())):
        return None
    return Likeness(body.number, other.number, _reason(body, other, name, theirs, how, same=form == their_form), score)


def _reason(body: Body, other: Body, name: str, theirs: str, how: str, *, same: bool) -> str:
    """Put into words by which of their names two bodies are alike."""
    if name == body.name and theirs == other.name:
        return f"“{name}” {how} “{theirs}”"
    if name == body.name:
        return f"“{name}” {'is' if same else f'{how} “{theirs}”,'} another name of “{other.name}”"
    if theirs == other.name:
        return f"“{body.name}” is also called “{theirs if same else f'{name}”, which {how} “{theirs}'}”"
    if same:
        return f"“{body.name}” and “{other.name}” are both called “{name}”"
    return f"“{body.name}” is also called “{name}”, which {how} “{theirs}”, another name of “{other.name}”"


def says_all_of(name: str, other: str) -> bool:
    """Say whether a name says every word of another, in full, short ("Hlth"), as initials or with a slip.

    One word at least is said in full, or the two have as many words in the same order.
    """
    if _beginnings(other) & ~_beginnings(name):  # quick: short forms and initials begin as what they stand for
        return False
    words, theirs = _telling(name), _telling(other)
    if min(len(words), len(theirs)) < WORDS_CONTAINED:
        return False
    said = frozenset(map(_plain, words))
    whole, beside = _split(name), frozenset(one + two for one, two in pairwise(words))
    in_full, at = 0, 0
    while at < len(theirs):
        word, together = theirs[at], "".join(theirs[at : at + 2])
        if _plain(word) in said or word in beside:
            in_full += 1
        elif together in words:
            in_full, at = in_full + 1, at + 1
        elif not (_is_run_of(word, whole) or any(_is_short_for(word, ours) or _is_slip(word, ours) for ours in words)):
            return False
        at += 1
    return in_full > 0 or first_letters(name) == first_letters(other)


def plain_form(name: str) -> str:
    """Return a name for comparing: folded, short forms written out, the words that tell it apart, in order.

    Y.M.C.A. is ymca, Five is 5; a plural s, “the” and “Inc.” tell nothing apart.
    """
    return " ".join(sorted(plain_words(name)))


@lru_cache(maxsize=50_000)
def plain_words(name: str) -> tuple[str, ...]:
    """Return the words of `plain_form` as they stand in the name."""
    return tuple(_plain(part) for word in _telling(name) for part in SHORT_FORMS.get(word, word).split())


@lru_cache(maxsize=50_000)
def initials(name: str) -> frozenset[str]:
    """Return what a name of several words may be called by its first letters; none where that says too little."""
    words = _split(name)
    ways = (words, tuple(word for word in words if word not in _ARTICLES))
    return frozenset(_plain("".join(word[0] for word in way)) for way in ways if len(way) >= _SHORTEST_INITIALS)


def _opposed(words: frozenset[str], others: frozenset[str]) -> bool:
    """Say whether two names say what makes two of them: another number, north and south."""
    numbers, their_numbers = ({word for word in some if word.isdigit()} for some in (words, others))
    if numbers and their_numbers and numbers != their_numbers:
        return True
    return any((ours := words & group) and (theirs := others & group) and ours != theirs for group in _OPPOSITES)


def first_letters(name: str) -> str:
    """Return the first letters of a name's words: names of which one is a shortened other have the same."""
    return "".join(word[0] for word in _telling(name))


@lru_cache(maxsize=50_000)
def _telling(name: str) -> tuple[str, ...]:
    """Return the words that tell a name apart, as they stand in it."""
    words = [part for word in _split(name) for part in _SEVERAL_WORDS.get(word, word).split()]
    return tuple(word for word in words if word not in _UNTELLING) or tuple(words)


@lru_cache(maxsize=50_000)
def _beginnings(name: str) -> int:
    """Return with which letters the words of a name begin, a bit for each."""
    return sum(1 << place for place in {ord(_plain(word)[0]) % 61 for word in _telling(name)})


def _plain(word: str) -> str:
    """Return a word written out, as a digit, and without a plural s."""
    long = SHORT_FORMS.get(word, word)
    return _NUMBERS.get(long, long if len(long) < _SHORTEST_INITIALS else long.removesuffix("s"))


def _is_short_for(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    if len(short) < _SHORTEST_SHORT_FORM or len(short) > _MOST_OF_A_WORD * len(long) or short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _is_slip(word: str, other: str) -> bool:
    return slips_allowed(word) > 1 and OSA.distance(word, other, score_cutoff=1) == 1


def _is_run_of(short: str, words: tuple[str, ...]) -> bool:
    """Say whether a word is the first letters of words that stand beside each other."""
    if not _SHORTEST_INITIALS <= len(short) <= _LONGEST_INITIALS:
        return False
    ways = (words, tuple(word for word in words if word not in _ARTICLES))
    return any(short in "".join(word[0] for word in way) for way in ways)


@lru_cache(maxsize=50_000)
def _split(name: str) -> tuple[str, ...]:
    joined = _INITIALS.sub(lambda match: match[0].replace(".", ""), name)
    return tuple(_WORDS.findall(folded(joined)))


def run_together(name: str) -> str:
    """Return a name's words without anything between them: "After School" is "Afterschool"."""
    return "".join(plain_words(name))


def address_form(address: str) -> str:
    """Return an address for comparing: number and street before the town; blank where it is none, without a number."""
    joined = _INITIALS.sub(lambda match: match[0].replace(".", ""), _ZIP.sub("", address.strip()))
    words: list[str] = _WORDS.findall(folded(joined))
    said = [_STREETS.get(word, word) for word in words if word not in _NO_PLACE]
    numbered = len(said) >= ADDRESS_WORDS and any(word[0].isdigit() for word in said)
    return " ".join(said) if numbered else ""


def same_address(one: str, other: str) -> bool:
    """Say whether two forms of addresses are one place; one may go on where the other ends."""
    short, long = (side.replace(" ", "") for side in sorted((one, other), key=len))
    return bool(short) and long.startswith(short)


def mail_domains(text: str) -> frozenset[str]:
    """Return the domains of the e-mail addresses in a text, without those that everybody may have."""
    return frozenset(found.casefold() for found in _MAIL.findall(text)) - _FOR_EVERYBODY
