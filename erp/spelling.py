"""How words are compared: without accents, case and apostrophes, joined or apart, short or long, with slips."""

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

#: Short form → long form of words that stand in the names of bodies. Ours.
SHORT_FORMS = {
    "dept": "department",
    "co": "county",
    "svcs": "services",
    "svc": "service",
    "ctr": "center",
    "assn": "association",
    "govt": "government",
    "univ": "university",
    "st": "saint",
    "comm": "commission",
}
_LONG_FORMS = {long: short for short, long in SHORT_FORMS.items()}
#: Words that no initials are made of. English and Spanish. Ours.
_SMALL = frozenset(["of", "the", "and", "for", "in", "on", "at", "to", "de", "del", "la", "las", "los", "el", "y", "e"])
#: Apostrophes, also those that are letters of Tribal languages, and accents once split off, are no part of a word.
_DROPPED = str.maketrans(
    dict.fromkeys("'’‘ʼʻʾʿ`´′ʔꞌ", "") | dict.fromkeys(map(chr, range(0x300, 0x370)), "")
)  # fmt: skip
#: Letters that Unicode does not part from their accents.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_WORD = re.compile(r"[^\W_]+")
#: Words written together by hyphens, or initials by dots: Me-Wuk, Y.M.C.A.
_JOINED = re.compile(r"\b[^\W_]++(?:-[^\W_]+)+|\b(?:[^\W\d_]\.){2,}")

#: Words of fewer letters are taken as they are; longer ones may have one slip, long ones two. Ours.
_ONE_SLIP, _TWO_SLIPS = 4, 6
#: So many of the words closest to a mistyped one are looked for instead of it.
MOST_CLOSE = 8


def folded(text: str) -> str:
    """Return text in small letters without accents and apostrophes: "Peña" is pena, "Dee-ni'" is dee-ni."""
    plain = text.casefold() if text.isascii() else unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    return plain.translate(_DROPPED)


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded, in order; whatever is no letter or digit parts words."""
    return _WORD.findall(folded(text))


def joined(text: str) -> str:
    """Return a text's words without anything between them."""
    return "".join(words_of(text))


def also_written(text: str) -> list[str]:
    """Return the words that a text's hyphens and dots make when they are left out: Me-Wuk is also mewuk."""
    if "-" not in text and "." not in text:
        return []
    return [joined(found) for found in _JOINED.findall(folded(text))]


def forms_of_name(name: str) -> list[str]:
    """Return what else a body's name is found by: short forms written out and the other way round, its initials."""
    words = words_of(name)
    other_forms = [SHORT_FORMS.get(word) or _LONG_FORMS.get(word, "") for word in words]
    telling = [word for word in words if word not in _SMALL]
    initials = {"".join(word[0] for word in said) for said in (words, telling) if len(said) > 1}
    return [*filter(None, other_forms), *sorted(initials)]


def slips_allowed(word: str) -> int:
    """Return how many letters of a word may be wrong, missing, too many or changed about; none where it has digits."""
    if not word.isalpha() or len(word) < _ONE_SLIP:
        return 0
    return 2 if len(word) >= _TWO_SLIPS else 1


def closest(word: str, among: Iterable[str]) -> list[str]:
    """Return the words that a mistyped one may mean, the closest first, at most MOST_CLOSE; without the word itself."""
    found = process.extract(
        word, list(among), scorer=OSA.distance, score_cutoff=slips_allowed(word), limit=MOST_CLOSE + 1
    )
    return [other for other, _, _ in found if other != word][:MOST_CLOSE]
