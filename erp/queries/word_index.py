"""Asking the index of words: what somebody typed becomes an expression that the database's full text search answers.

A record is found by its own words and by those it belongs with: an engagement whose notes say "van" and whose partner
is, or was, called Riverside Library is found by "library van". The index keeps the partner's number with the
engagement, not its name, so that another name is found at once.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    TableClause,
    and_,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.barriers import Barrier
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.decisions import Decision
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.reviews import SystemReview
from erp.models.search import IndexedWord
from erp.queries.visible import may_see_name
from erp.queries.word_grammar import Grammar, grammar_of, table_of
from erp.spelling import closest, folded, joined, slips_allowed, words_of
from erp.vocabulary import RecordKind, Verb

K = RecordKind

#: What can be found by its words: kind → table, in the order in which results stand.
FOUND_BY_WORDS: dict[RecordKind, Any] = {
    K.PARTNER: Partner,
    K.CONTACT: Contact,
    K.FORUM: Forum,
    K.ENGAGEMENT: Engagement,
    K.COMMITMENT: Commitment,
    K.FEEDBACK_ITEM: FeedbackItem,
    K.BARRIER: Barrier,
    K.DECISION: Decision,
    K.SYSTEM_REVIEW: SystemReview,
}
#: How the number of a partner, person or forum is written in the index of what belongs with it.
PARTNER, PERSON, FORUM = "p", "c", "f"
#: Partners, people and forums whose names are looked for in other records too; what is called so more often tells
#: nothing apart.
MOST_NAMED = 50
#: A row's number is its day (as a count of days) and, in the lower 32 bits, the record's: the newest come first
#: without sorting a million of them.
_RECORD_BITS = 32
_RECORD = (1 << _RECORD_BITS) - 1
#: Words of one letter are looked for as they are: half of all words begin so.
_LEAST_BEGINNING = 2
_MOST_WORDS = 12
_MOST_BEGUN = 30
#: The vocabulary of the index has no numbers, and neither shorter nor longer words.
SHORTEST_WORD, LONGEST_WORD = 2, 24
_PART = re.compile(r'"([^"]*)"|(\S+)')


def place_of(record_id: int, day: date | None) -> int:
    """Return the number of a record's row in the index."""
    return ((day.toordinal() if day else 0) << _RECORD_BITS) | record_id


def record_of(index: TableClause) -> ColumnElement[int]:
    """Return the record's number, from its row's number in the index."""
    return index.c.rowid.op("&")(literal_column(str(_RECORD)))


def own(record_id: int) -> str:
    """Return the word under which a record's own row is found again."""
    return f"id{record_id}"


@dataclass(frozen=True)
class Part:
    """One thing that was typed between spaces: its words, all of them wanted. `exactly`: in this order, as they are."""

    words: tuple[str, ...]
    exactly: bool = False

    @property
    def joined(self) -> str:
        """Its words without anything between them: somebody writes Me-Wuk, and somebody else Mewuk."""
        return "".join(self.words)


@dataclass(frozen=True)
class Spellings:
    """How what was typed is spelt in the index.

    `begun`: word → the words of the index that begin so; a word that is missing here begins too many, or is no plain
    word: the index itself looks for its beginning. `close`: word → words it may mean, where slips are looked past.
    """

    begun: dict[str, tuple[str, ...]]
    close: dict[str, tuple[str, ...]]

    def expression(self, part: Part, grammar: Grammar, columns: Collection[str]) -> str:
        """Return the expression of one part: its words as they begin, joined, or as they may have been meant."""
        if part.exactly:
            return grammar.phrase(part.words, columns)
        each = grammar.all_of(self._of(word, grammar, columns) for word in part.words)
        if len(part.words) == 1:
            return each
        return grammar.any_of([each, self._of(part.joined, grammar, columns)])

    def said_by(self, text: str, part: Part) -> bool:
        """Say whether a folded text says a part of what was typed, as the index would."""
        if part.exactly:
            return f" {' '.join(part.words)} " in f" {text} "
        standing = text.split()

        def said(word: str) -> bool:
            others = self.close.get(word, ())
            return any(_begins(other, word) or other in others for other in standing)

        return all(map(said, part.words)) or said(part.joined)

    def _of(self, word: str, grammar: Grammar, columns: Collection[str]) -> str:
        begins = word not in self.begun and len(word) >= _LEAST_BEGINNING
        others = (*self.begun.get(word, ()), *self.close.get(word, ()))
        whole = grammar.word(word, columns, begins=begins)
        return grammar.any_of([whole, *(grammar.word(other, columns) for other in others)])


@dataclass(frozen=True)
class Asked:
    """What was typed, ready to be looked for in the words of a database's own search (`grammar`).

    `named`: part → the marks of partners, people and forums that are called so. `names_seen`: the actor may read all
    people's names. `names_only`: nothing but names is looked at.
    """

    parts: tuple[Part, ...]
    grammar: Grammar
    spelt: Spellings
    named: dict[Part, tuple[str, ...]]
    names_seen: bool
    names_only: bool = False

    def expression(self) -> str:
        """Return what is looked for, for the database; people's names only where the actor may read all of them."""
        return self.grammar.all_of(map(self._one, self.parts))

    def looks_past_slips(self) -> bool:
        """Say whether other words than the typed ones are looked for."""
        return any(self.spelt.close.values())

    def says(self, name: str) -> bool:
        """Say whether a name alone says all that was typed."""
        standing = " ".join([*words_of(name), joined(name)])
        return all(self.spelt.said_by(standing, part) for part in self.parts)

    def may_say(self, text: str) -> bool:
        """Say whether it is worth the while to look for the words in a text, one after the other."""
        plain = folded(text)
        together = plain.replace("-", "")
        return any(word in plain or word in together for word in self._wanted)

    def says_some(self, word: str) -> bool:
        """Say whether a word of a text is one of those that were looked for."""
        standing = " ".join([*words_of(word), joined(word)])
        return any(self.spelt.said_by(standing, part) for part in self.parts)

    @cached_property
    def _wanted(self) -> frozenset[str]:
        typed = {word for part in self.parts for word in (*part.words, part.joined)}
        return frozenset({*typed, *(other for word in typed for other in self.spelt.close.get(word, ()))})

    def _one(self, part: Part) -> str:
        # What was typed is never looked for among the marks: "c12" would find what an unnamed person took part in.
        columns = ["names", *["words"] * (not self.names_only), *["people"] * self.names_seen]
        typed = self.spelt.expression(part, self.grammar, columns)
        marks = [self.grammar.word(mark, ["links"]) for mark in self.named.get(part, ())]
        return self.grammar.any_of([typed, *marks]) if marks else typed


def typed_parts(words: str) -> tuple[Part, ...]:
    """Part what was typed: at spaces, but for words in quotation marks, which are looked for as they stand."""
    parts = []
    for phrase, word in _PART.findall(words):
        said = tuple(words_of(phrase or word))
        if said:
            parts.append(Part(said, bool(phrase)))
    return tuple(parts[:_MOST_WORDS])


def asked_for(
    session: Session, actor: Actor, words: str, *, slips: bool = False, names_only: bool = False
) -> Asked | None:
    """Return what was typed, with the partners, people and forums called so; None where no word was typed.

    `slips`: also look for the words that a mistyped one may mean. `names_only`: look at names alone.
    """
    parts = typed_parts(words)
    if not parts:
        return None
    grammar = grammar_of(session)
    spelt = Spellings(_begun_words(session, parts), _close_words(session, parts) if slips else {})
    named = {} if names_only else _called_so(session, actor, parts, grammar, spelt)
    return Asked(parts, grammar, spelt, named, actor.may(Verb.SEE, K.CONTACT_CHANNEL), names_only)


def found(actor: Actor, kind: RecordKind, asked: Asked, index: TableClause) -> ColumnElement[bool]:
    """Return the condition that a row of the index is found; by a person's name only where the actor may read it."""
    matches = asked.grammar.matches
    here = matches(index, asked.expression())
    if kind is not K.CONTACT or asked.names_seen:
        return here
    every_name = replace(asked, names_seen=True)
    with_names = select(index.c.rowid).where(matches(index, every_name.expression()))
    return or_(
        index.c.rowid.in_(select(index.c.rowid).where(here)),
        and_(index.c.rowid.in_(with_names), record_of(index).in_(_people_named_to(actor))),
    )


@dataclass(frozen=True)
class Saying:
    """Which records are found: the condition on them, and what was looked for (None: no word was typed)."""

    condition: ColumnElement[bool]
    asked: Asked | None


def saying(session: Session, actor: Actor, kind: RecordKind, record_id: Any, words: str, *seen: Any) -> Saying:
    """Return which records of a kind (by their `record_id` column) these words find.

    Where none of those the actor sees (`seen`: the conditions) says them as they were typed, slips are looked past.
    """
    asked = asked_for(session, actor, words)
    if asked is None:
        return Saying(false(), None)
    as_typed = Saying(_among_found(actor, kind, asked, record_id), asked)
    if session.execute(select(record_id).where(as_typed.condition, *seen).limit(1)).first() is not None:
        return as_typed
    meant = asked_for(session, actor, words, slips=True)
    if meant is None or not meant.looks_past_slips():
        return as_typed
    return Saying(_among_found(actor, kind, meant, record_id), meant)


def _begins(standing: str, word: str) -> bool:
    return standing.startswith(word) if len(word) >= _LEAST_BEGINNING else standing == word


def _among_found(actor: Actor, kind: RecordKind, asked: Asked, record_id: Any) -> ColumnElement[bool]:
    index = table_of(kind)
    return record_id.in_(select(record_of(index)).where(found(actor, kind, asked, index)))


def _people_named_to(actor: Actor) -> Select[Any]:
    return select(col(Contact.id)).where(may_see_name(actor))


def _called_so(
    session: Session, actor: Actor, parts: Sequence[Part], grammar: Grammar, spelt: Spellings
) -> dict[Part, tuple[str, ...]]:
    """Return part → marks of the partners, people and forums called so: those that fit most of what was typed."""
    marks: dict[Part, list[str]] = defaultdict(list)
    for kind, mark in ((K.PARTNER, PARTNER), (K.CONTACT, PERSON), (K.FORUM, FORUM)):
        index = table_of(kind)
        named = index.c.people if kind is K.CONTACT else index.c.names
        said = grammar.any_of(spelt.expression(part, grammar, [named.name]) for part in parts)
        question = select(record_of(index), named).where(grammar.matches(index, said))
        if kind is K.CONTACT:
            question = question.where(record_of(index).in_(_people_named_to(actor)))
        for number, text in session.execute(question.order_by(*grammar.best_first(index, said)).limit(MOST_NAMED)):
            for part in parts:
                if spelt.said_by(text, part):
                    marks[part].append(f"{mark}{number}")
    return {part: tuple(found) for part, found in marks.items()}


def _begun_words(session: Session, parts: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    """Return word → the words of the index that begin so, where they are few.

    Named one by one they are read as far as they are wanted; a beginning is read to its end before the first is found.
    """
    begun = {}
    for word in _typed(parts):
        if word.isalpha() and _LEAST_BEGINNING <= len(word) <= LONGEST_WORD:
            beginning = col(IndexedWord.word)
            here = select(beginning).where(beginning >= word, beginning < _after(word)).limit(_MOST_BEGUN + 1)
            found = tuple(session.scalars(here))
            if len(found) <= _MOST_BEGUN:
                begun[word] = tuple(other for other in found if other != word)
    return begun


def _close_words(session: Session, parts: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    """Return word → the words of the index that it may mean; slips leave a word's beginning or its end as it is."""
    close = {}
    for word in filter(slips_allowed, _typed(parts)):
        kept = 1 if slips_allowed(word) == 1 else 2
        ranges = [
            and_(column >= edge, column < _after(edge))
            for column, edge in ((col(IndexedWord.word), word[:kept]), (col(IndexedWord.turned), word[::-1][:kept]))
        ]
        longest = len(word) + slips_allowed(word)
        near = func.length(IndexedWord.word).between(len(word) - slips_allowed(word), longest)
        close[word] = tuple(closest(word, session.scalars(select(col(IndexedWord.word)).where(or_(*ranges), near))))
    return close


def _typed(parts: Sequence[Part]) -> set[str]:
    """Return the words that may be spelt otherwise than they were typed, also without what parts them."""
    return {word for part in parts if not part.exactly for word in (*part.words, part.joined)}


def _after(edge: str) -> str:
    """Return the text that stands behind every word beginning so."""
    return edge[:-1] + chr(ord(edge[-1]) + 1)
