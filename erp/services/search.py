"""Keeping the index of words: made from every record once, then brought up to the newest change.

Every change is audited, so the history says what has to be read again; saving pays nothing for it.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import Session, col

from erp.models.barriers import Barrier, BarrierAction, BarrierOption, BarrierOwner, BarrierStep, BarrierVerdict
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum, ForumMember
from erp.models.decisions import Decision
from erp.models.engagements import BehaviorTag, DiscussionPoint, Engagement, EngagementPartner, EngagementPerson
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Partner, PartnerName
from erp.models.reviews import ReviewDebrief, ReviewFinding, ReviewGroup, ReviewRecommendation, SystemReview
from erp.models.search import IndexedWord, IndexState
from erp.queries.word_grammar import grammar_of, table_of
from erp.queries.word_index import (
    FORUM,
    FOUND_BY_WORDS,
    LONGEST_WORD,
    PARTNER,
    PERSON,
    SHORTEST_WORD,
    own,
    place_of,
)
from erp.services.records import add_missing
from erp.spelling import also_written, forms_of_name, joined, words_of
from erp.vocabulary import RecordKind

K = RecordKind

#: Records that are put into the index in one transaction: some tenths of a second, so that nobody waits to save.
STRETCH = 500


@dataclass
class Said:
    """A record as the index knows it. `day`: the newest come first. `people`: names that not everybody may read.

    `belongs`: the marks of what it belongs with, "p12" for partner 12.
    """

    record_id: int
    day: date | None = None
    names: Sequence[str] = ()
    words: Sequence[str] = ()
    people: Sequence[str] = ()
    belongs: Sequence[str] = ()

    def columns(self) -> dict[str, list[str]]:
        """Return the words of each column of the index."""
        names = [word for name in self.names for word in (*words_of(name), *also_written(name), *forms_of_name(name))]
        return {
            "names": names,
            "words": _plain(self.words),
            "people": _plain(self.people),
            "links": [own(self.record_id), *self.belongs],
        }


def something_missing(session: Session) -> bool:
    """Say whether a record or a change is not in the index yet."""
    state = session.get(IndexState, 1)
    return state is None or not state.complete or state.changes_read < _newest_change(session)


def has_to_be_made(session: Session) -> bool:
    """Say whether there are records, and the index was never made from all of them."""
    state = session.get(IndexState, 1)
    made = state is not None and state.complete
    return not made and session.scalar(select(col(Partner.id)).limit(1)) is not None


def bring_up_to_date(session: Session, most: int = STRETCH) -> bool:
    """Put what is missing into the index, at most `most` records; return whether something is missing still."""
    state = session.get(IndexState, 1)
    if state is None:
        # what changes while the index is made is read from here on
        state = IndexState(changes_read=_newest_change(session))
        session.add(state)
    if not state.complete:
        _go_on_making(session, state, most)
        return True
    return _read_changes(session, state, most)


def catch_up(writing: Callable[[], AbstractContextManager[Session]], pause: float = 0) -> None:
    """Bring the index up to date in as many transactions as it takes, `pause` seconds between them."""
    missing = True
    while missing:
        with writing() as session:
            missing = bring_up_to_date(session)
        time.sleep(pause)


def _go_on_making(session: Session, state: IndexState, most: int) -> None:
    """Put the next records into the index that is being made from all of them."""
    for kind, reader in _READERS.items():
        table, upto = FOUND_BY_WORDS[kind], state.built.get(kind.value, 0)
        ids = list(session.scalars(select(table.id).where(table.id > upto).order_by(table.id).limit(most)))
        if ids:
            _put(session, kind, reader(session, ids), ids)
            state.built = state.built | {kind.value: ids[-1]}
            return
    state.complete = True


def _read_changes(session: Session, state: IndexState, most: int) -> bool:
    question = (
        select(col(Change.id), col(Change.record_kind), col(Change.record_id))
        .where(col(Change.id) > state.changes_read)
        .order_by(col(Change.id))
        .limit(most)
    )
    changes = session.execute(question).all()
    changed: dict[RecordKind, set[int]] = defaultdict(set)
    for _, kind, record_id in changes:
        if kind in _READERS:
            changed[K(kind)].add(record_id)
    for kind, ids in changed.items():
        _put(session, kind, _READERS[kind](session, sorted(ids)), sorted(ids))
    if changes:
        state.changes_read = changes[-1][0]
    return len(changes) == most


def _newest_change(session: Session) -> int:
    return session.execute(select(func.coalesce(func.max(col(Change.id)), 0))).scalar_one()


def _put(session: Session, kind: RecordKind, said: Iterable[Said], ids: Sequence[int]) -> None:
    """Write records of a kind into the index, in the place of what it said of these ids before."""
    index = table_of(kind)
    grammar = grammar_of(session)
    mine = grammar.any_of(grammar.word(own(record_id), ["links"]) for record_id in ids)
    before = list(session.scalars(select(index.c.rowid).where(grammar.matches(index, mine))))
    if before:
        session.execute(delete(index).where(index.c.rowid == bindparam("place")), [{"place": n} for n in before])
    rows = [(place_of(each.record_id, each.day), each.columns()) for each in said]
    if not rows:
        return
    session.execute(insert(index), [grammar.row(place, columns) for place, columns in rows])
    told = {word for _, columns in rows for name in ("names", "words", "people") for word in columns[name]}
    new = [
        {"word": word, "turned": word[::-1]}
        for word in sorted(told)
        if word.isalpha() and SHORTEST_WORD <= len(word) <= LONGEST_WORD
    ]
    if new:
        add_missing(session, IndexedWord, new)


def _plain(texts: Sequence[str]) -> list[str]:
    """Return texts as words of the index; what hyphens join stands at the end, so that phrases stay phrases."""
    text = "\n".join(str(text) for text in texts if text)
    return words_of(text) + also_written(text)


def _partners(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    names = _grouped(session, PartnerName.partner_id, [PartnerName.name], ids)
    for partner in session.scalars(select(Partner).where(col(Partner.id).in_(ids))):
        number = _id(partner)
        words = (partner.key, partner.kind.label, partner.area, partner.languages, partner.notes, partner.status_reason)
        yield Said(number, names=(partner.name, *names[number]), words=words)


def _contacts(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    for contact in session.scalars(select(Contact).where(col(Contact.id).in_(ids))):
        held_apart = (contact.name, contact.email, joined(contact.phone))
        belongs = [f"{PARTNER}{contact.partner_id}"] if contact.partner_id else []
        yield Said(_id(contact), words=(contact.role, contact.language), people=held_apart, belongs=belongs)


def _forums(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    seats = _grouped(
        session, ForumMember.forum_id, [ForumMember.partner_id], ids, col(ForumMember.archived_at).is_(None)
    )
    for forum in session.scalars(select(Forum).where(col(Forum.id).in_(ids))):
        belongs = [f"{PARTNER}{partner}" for partner in seats[_id(forum)]]
        yield Said(_id(forum), names=(forum.name,), words=(forum.purpose, forum.language), belongs=belongs)


def _engagements(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    there = _grouped(session, EngagementPartner.engagement_id, [EngagementPartner.partner_id], ids)
    unlinked = _grouped(session, EngagementPartner.engagement_id, [EngagementPartner.name_written], ids)
    people = _grouped(session, EngagementPerson.engagement_id, [EngagementPerson.contact_id], ids)
    points = _grouped(session, DiscussionPoint.engagement_id, [DiscussionPoint.what, DiscussionPoint.follow_up], ids)
    evidence = _grouped(session, BehaviorTag.engagement_id, [BehaviorTag.evidence], ids)
    for met in session.scalars(select(Engagement).where(col(Engagement.id).in_(ids))):
        number = _id(met)
        own_texts = (met.purpose, met.facts, met.quotes, met.opinions, met.decisions, met.notes)
        around = (met.key, met.kind.label, met.place, met.county_people, met.language, *met.as_written.values())
        belongs = [f"{PARTNER}{partner}" for partner in there[number] if partner]
        belongs += [f"{PERSON}{person}" for person in people[number]]
        belongs += [f"{FORUM}{met.forum_id}"] if met.forum_id else []
        words = (*own_texts, *around, *points[number], *evidence[number], *unlinked[number])
        yield Said(number, met.held_on, words=words, belongs=belongs)


def _commitments(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    for promise in session.scalars(select(Commitment).where(col(Commitment.id).in_(ids))):
        words = (promise.what, promise.notes, promise.reason, promise.key, *promise.as_written.values())
        belongs = [f"{PARTNER}{promise.partner_id}"] if promise.partner_id else []
        yield Said(_id(promise), promise.due_on or promise.made_on, words=words, belongs=belongs)


def _feedback(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    steps = _grouped(session, FeedbackStep.item_id, [FeedbackStep.said], ids)
    for item in session.scalars(select(FeedbackItem).where(col(FeedbackItem.id).in_(ids))):
        number = _id(item)
        words = (item.words, item.translation, item.decision, item.key, item.kind.label, *steps[number])
        partner = item.as_written.get("partner", "")
        belongs = [f"{PARTNER}{item.partner_id}"] if item.partner_id else []
        people: tuple[str, ...] = ()
        if not item.anonymous:  # whoever wants no name to it is not found by one
            people = (item.person,)
            belongs += [f"{PERSON}{item.contact_id}"] if item.contact_id else []
        yield Said(number, item.received_on, words=(*words, partner), people=people, belongs=belongs)


def _barriers(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    said: dict[int, list[Any]] = defaultdict(list)
    for part, columns in _SAID_OF_BARRIERS:
        for number, texts in _grouped(session, part.barrier_id, columns, ids, *_not_voided(part)).items():
            said[number] += texts
    partners: dict[int, list[Any]] = defaultdict(list)
    for part in (BarrierOwner, BarrierOption):
        for number, of in _grouped(session, part.barrier_id, [part.partner_id], ids, *_not_voided(part)).items():
            partners[number] += of
    for barrier in session.scalars(select(Barrier).where(col(Barrier.id).in_(ids))):
        number = _id(barrier)
        belongs = [f"{PARTNER}{partner}" for partner in partners[number] if partner]
        words = (barrier.words, barrier.said_by, barrier.affected, *said[number])
        yield Said(number, barrier.named_on, words=words, belongs=belongs)


def _decisions(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    for decision in session.scalars(select(Decision).where(col(Decision.id).in_(ids))):
        changed = (decision.policy, decision.practice, decision.training, decision.check_words)
        words = (decision.what, decision.why, decision.decided_by, *changed)
        yield Said(_id(decision), decision.decided_on, words=words)


def _reviews(session: Session, ids: Sequence[int]) -> Iterable[Said]:
    said: dict[int, list[Any]] = defaultdict(list)
    for part, columns in _SAID_OF_REVIEWS:
        for number, texts in _grouped(session, part.review_id, columns, ids, *_not_voided(part)).items():
            said[number] += texts
    partners = _grouped(session, ReviewGroup.review_id, [ReviewGroup.partner_id], ids, *_not_voided(ReviewGroup))
    for review in session.scalars(select(SystemReview).where(col(SystemReview.id).in_(ids))):
        number = _id(review)
        belongs = [f"{PARTNER}{partner}" for partner in partners[number] if partner]
        words = (review.question, review.trigger, *said[number])
        yield Said(number, review.started_on, words=words, belongs=belongs)


def _not_voided(part: Any) -> list[Any]:
    return [col(part.voided_at).is_(None)] if hasattr(part, "voided_at") else []


#: Parts → what they say.
_SAID_OF_BARRIERS: tuple[tuple[Any, list[Any]], ...] = (
    (BarrierStep, [BarrierStep.said]),
    (BarrierOption, [BarrierOption.what, BarrierOption.proposed_by, BarrierOption.answer]),
    (BarrierAction, [BarrierAction.what]),
    (BarrierVerdict, [BarrierVerdict.said]),
)
_SAID_OF_REVIEWS: tuple[tuple[Any, list[Any]], ...] = (
    (ReviewDebrief, [ReviewDebrief.subject, ReviewDebrief.at_step, ReviewDebrief.insight]),
    (ReviewFinding, [ReviewFinding.words, ReviewFinding.correction]),
    (ReviewRecommendation, [ReviewRecommendation.what, ReviewRecommendation.owner, ReviewRecommendation.became]),
    (ReviewGroup, [ReviewGroup.name]),
)


def _grouped(
    session: Session, of: Any, columns: Sequence[Any], ids: Sequence[int], *where: Any
) -> dict[int, list[Any]]:
    """Return record → what the columns of its rows say."""
    listed: dict[int, list[Any]] = defaultdict(list)
    for number, *told in session.execute(select(of, *columns).where(col(of).in_(ids), *where)):
        listed[number] += told
    return listed


def _id(record: Any) -> int:
    return record.id


_READERS: dict[RecordKind, Callable[[Session, Sequence[int]], Iterable[Said]]] = {
    K.PARTNER: _partners,
    K.CONTACT: _contacts,
    K.FORUM: _forums,
    K.ENGAGEMENT: _engagements,
    K.COMMITMENT: _commitments,
    K.FEEDBACK_ITEM: _feedback,
    K.BARRIER: _barriers,
    K.DECISION: _decisions,
    K.SYSTEM_REVIEW: _reviews,
}
