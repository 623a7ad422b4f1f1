"""Bodies in a form in which the one that looks like another is found quickly among 20,000."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from erp.services.likeness import (
    ADDRESS_WORDS,
    ALIKE,
    Body,
    Likeness,
    first_letters,
    initials,
    likeness,
    plain_form,
    run_together,
)

#: So many names that share a word are compared: in a state thousands have "county", and a rarer word tells more. Ours.
_MOST_SHARING = 100
#: Addresses that are one begin with the same letters, however they are parted.
_ADDRESS_LETTERS = 6
#: A domain of which more bodies write is their host's or the county's, and tells nothing. Ours.
_MOST_OF_A_DOMAIN = 3


class Bodies:
    """The bodies that others are compared with, as `likeness` does it; of endless names with the same words, some."""

    def __init__(self, known: Iterable[Body] = ()) -> None:
        self._bodies: list[Body] = []
        self._forms: list[str] = []
        self._body_of_form: list[int] = []
        self._of_word: dict[str, list[int]] = defaultdict(list)
        self._of_mark: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._compared: dict[str, tuple[list[int], int]] = {}
        for body in known:
            self.add(body)

    def add(self, body: Body) -> None:
        """Let a body be found from now on."""
        place = len(self._bodies)
        self._bodies.append(body)
        for name in body.names:
            self._add_form(plain_form(name), place)
        for mark in _marks(body):
            self._of_mark[mark].append(place)

    def like(self, body: Body, most: int | None = None) -> list[Likeness]:
        """Return which bodies may be the same as this one and why, the likeliest first, itself left out."""
        places = {place for name in body.names for place in self._named_like(plain_form(name))}
        places |= {place for mark in _wanted(body) for place in self._of_mark.get(mark, ())}
        others = (self._bodies[place] for place in places)
        found = {other.number: likeness(body, other) for other in others if other.number != body.number}
        for other in self._of_a_domain(body):
            found[other.number] = found.get(other.number) or _of_one_domain(body, other)
        sure = sorted(filter(None, found.values()), key=lambda each: (-each.score, each.other))
        return sure[:most]

    def forget_compared(self) -> None:
        """Let go of what names were compared with so far: it saves comparing twice, and takes memory."""
        self._compared.clear()

    def _add_form(self, form: str, body: int) -> None:
        words = set(form.split())
        if not words:
            return
        place = len(self._forms)
        self._forms.append(form)
        self._body_of_form.append(body)
        for word in words:
            self._of_word[word].append(place)

    def _named_like(self, form: str) -> set[int]:
        if not form:
            return set()
        return {self._body_of_form[place] for place in (*self._spelled_like(form), *self._sharing_words(form))}

    def _spelled_like(self, form: str) -> list[int]:
        """Return the names spelt like this one, going on from where it was last compared.

        The words of a form stand in order, so this is likeness whatever the order of the words.
        """
        places, upto = self._compared.get(form, ([], 0))
        more = process.extract(form, self._forms[upto:], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None)
        places = [*places, *(place + upto for _, _, place in more)]
        self._compared[form] = (places, len(self._forms))
        return places

    def _sharing_words(self, form: str) -> list[int]:
        """Return the names that share a word with this one, a rare one first; not endless ones."""
        found: list[int] = []
        for word in sorted(set(form.split()), key=lambda word: len(self._of_word.get(word, ()))):
            found += self._of_word.get(word, ())
            if len(found) >= _MOST_SHARING:
                break
        return found[:_MOST_SHARING]

    def _of_a_domain(self, body: Body) -> list[Body]:
        holders = (self._of_mark.get(("domain", domain), []) for domain in body.domains)
        return [
            self._bodies[place]
            for places in holders
            if len({*(self._bodies[place].number for place in places), body.number}) <= _MOST_OF_A_DOMAIN
            for place in places
            if self._bodies[place].number != body.number
        ]


def _of_one_domain(body: Body, other: Body) -> Likeness:
    """The domain itself is not said: who may not see e-mail addresses may read the reason."""
    reason = f"People of “{body.name}” and of “{other.name}” write from one e-mail domain"
    return Likeness(body.number, other.number, reason, 50)


def _shared(body: Body) -> set[tuple[str, str]]:
    """Return what two that are alike have both."""
    marks = {("address", _beginning(address)) for address in body.addresses}
    for name in body.names:
        marks |= {("together", run_together(name)), ("letters", first_letters(name))}
    return marks


def _marks(body: Body) -> set[tuple[str, str]]:
    """Return what a body is kept under, beside the words of its names."""
    marks = _shared(body) | {("domain", domain) for domain in body.domains}
    for name in body.names:
        marks |= {("form", plain_form(name))} | {("initials", short) for short in initials(name)}
    return marks


def _wanted(body: Body) -> set[tuple[str, str]]:
    """Return what others like this body are kept under: its name may be their initials, and the other way round."""
    marks = _shared(body)
    for name in body.names:
        marks |= {("initials", plain_form(name))} | {("form", short) for short in initials(name)}
    return marks


def _beginning(address: str) -> str:
    return "".join(address.split()[:ADDRESS_WORDS])[:_ADDRESS_LETTERS]
