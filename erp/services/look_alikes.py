"""Which partner a name looks like: a suggestion or a question for a person, never a link and never a merge."""

import re
from collections import Counter, defaultdict
from functools import lru_cache

from rapidfuzz import fuzz, process

from erp.spelling import SHORT_FORMS

#: Names that score this much alike (0–100, rapidfuzz) are a question for a person, never a merge. Ours.
ALIKE = 90
#: From so many words on, a name that says all of another's and more is a question, too. Ours.
_WORDS_CONTAINED = 2
#: Words that make no other body of a name. Ours.
_UNTELLING = frozenset(["the", "inc", "incorporated", "llc", "nonprofit", "office"])
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_POSSESSIVE = re.compile(r"['’]s\b")
_WORDS = re.compile(r"[^\W_]+")


class LookAlikes:
    """The partners' names in the form in which they are compared; a question costs some milliseconds among 20,000."""

    def __init__(self) -> None:
        self._forms: list[str] = []
        self._ids: list[int] = []
        self._frequency: Counter[str] = Counter()
        self._of_word: dict[str, list[int]] = defaultdict(list)
        self._of_rarest: dict[str, list[int]] = defaultdict(list)
        self._compared: dict[str, tuple[int | None, float, int]] = {}

    def add(self, number: int, name: str) -> None:
        """Let a partner's name be found from now on."""
        form = plain_form(name)
        if not form:
            return
        place = len(self._forms)
        self._forms.append(form)
        self._ids.append(number)
        words = set(form.split())
        self._frequency.update(words)
        for word in words:
            self._of_word[word].append(place)
        # under one word alone, and a rare one, so that few names are looked at in `_contained`
        self._of_rarest[min(words, key=lambda word: (self._frequency[word], word))].append(place)

    def find(self, name: str) -> int | None:
        """Return the partner whose name is most like this one, or None where none is alike enough."""
        form = plain_form(name)
        if not form:
            return None
        contained = self._contained(set(form.split()))
        if contained is not None:
            return self._ids[contained]
        spelled = self._spelled_like(form)
        return None if spelled is None else self._ids[spelled]

    def forget_compared(self) -> None:
        """Let go of what names were compared with so far: it saves comparing twice, and takes memory."""
        self._compared.clear()

    def _spelled_like(self, form: str) -> int | None:
        """Return the name whose spelling is most like this one, going on from where it was last compared.

        The words of a form stand in order, so this is likeness whatever the order of the words.
        """
        place, score, upto = self._compared.get(form, (None, ALIKE, 0))
        best = process.extractOne(form, self._forms[upto:], scorer=fuzz.ratio, score_cutoff=score)
        if best is not None and (place is None or best[1] > score):
            place, score = best[2] + upto, best[1]
        self._compared[form] = (place, score, len(self._forms))
        return place

    def _contained(self, words: set[str]) -> int | None:
        """Return a name that says all these words and more, or that these words say all of."""
        if len(words) < _WORDS_CONTAINED:
            return None
        smaller = (place for word in words for place in self._of_rarest.get(word, ()))
        for place in smaller:
            theirs = set(self._forms[place].split())
            if len(theirs) >= _WORDS_CONTAINED and theirs <= words:
                return place
        postings = sorted((self._of_word.get(word, []) for word in words), key=len)
        return next((place for place in postings[0] if words <= set(self._forms[place].split())), None)


@lru_cache(maxsize=50_000)
def plain_form(name: str) -> str:
    """Return a name for comparing: small letters, short forms written out, the words that tell it apart, in order.

    Y.M.C.A. is ymca; a plural s, “the” and “Inc.” tell nothing apart.
    """
    joined = _INITIALS.sub(lambda match: match[0].replace(".", ""), name.casefold())
    words: list[str] = _WORDS.findall(_POSSESSIVE.sub("s", joined))
    telling = [word for word in words if word not in _UNTELLING] or words
    return " ".join(sorted(SHORT_FORMS.get(word, word).removesuffix("s") for word in telling))
