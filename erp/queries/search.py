"""Search: whatever a person may see that is called so or says these words, a few of each kind of record."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.barriers import Barrier
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.decisions import Decision
from erp.models.engagements import DiscussionPoint, Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, PartnerName
from erp.models.reviews import ReviewFinding, SystemReview
from erp.queries.barriers import owner_names
from erp.queries.county import today
from erp.queries.engagements import partner_names
from erp.queries.visible import (
    barriers_visible_to,
    commitments_visible_to,
    decisions_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    name_shown,
    reviews_visible_to,
)
from erp.queries.word_index import FOUND_BY_WORDS, Asked, asked_for, found, place_of, record_of, table_of
from erp.vocabulary import EngagementStatus, RecordKind, Verb

K = RecordKind

#: Records of a kind that are shown first, and when more of it are wanted.
FIRST, MORE = 5, 100
#: Counted no further: who finds more than so many looks for something else.
COUNTED = 100
#: A word of a text with what holds its parts together.
_PIECE = re.compile(r"[^\s,;:!?()/“”\"]+")
#: Letters of text shown around a word that was found.
_AROUND = 70


@dataclass(frozen=True)
class Hit:
    """A record that was found. `title`: what it is called; `facts`: what tells it from others like it.

    `excerpt`: where its text says what was asked, in three pieces: before, the words, after. `leads_to`: the partner
    on whose page a person stands. `put_away`: archived.
    """

    record_id: int
    title: str
    facts: tuple[str, ...] = ()
    day: date | None = None
    day_words: str = ""
    excerpt: tuple[str, str, str] | None = None
    leads_to: int | None = None
    put_away: bool = False


@dataclass(frozen=True)
class Hits:
    """What was found of a kind: the first, how many in all (COUNTED + 1: more than are counted).

    `meant`: nothing says the words as they were typed; these are spelt alike.
    """

    kind: RecordKind
    rows: tuple[Hit, ...]
    total: int
    meant: bool


def search(
    session: Session, actor: Actor, words: str, only: RecordKind | None = None, rows: int = FIRST
) -> tuple[Hits, ...]:
    """Return what these words find of every kind the actor may see, or `only` of one; kinds with nothing are left out.

    Partners, people (for who may read all names) and forums come by how well they fit, and mistyped words are looked
    past where none fits as typed. Everything else comes newest first, of engagements what is still to come after
    what was, and mistyped words are looked past where nothing at all fits.
    Voided records are not found, archived ones are marked. No words: nothing.
    """
    kinds = [kind for kind in FOUND_BY_WORDS if actor.may(Verb.SEE, kind) and only in (None, kind)]
    asked = asked_for(session, actor, words)
    if asked is None or not kinds:
        return ()
    by_kind = {kind: _hits(session, actor, kind, asked, rows) for kind in kinds}
    nothing = not any(hits.total for hits in by_kind.values())
    missing = [kind for kind in kinds if not by_kind[kind].total and (nothing or kind in _NAMED)]
    meant = asked_for(session, actor, words, slips=True) if missing else None
    if meant is not None and meant.looks_past_slips():
        for kind in missing:
            by_kind[kind] = replace(_hits(session, actor, kind, meant, rows), meant=True)
    return tuple(hits for hits in by_kind.values() if hits.total)


def called_so(session: Session, actor: Actor, name: str, rows: int = FIRST) -> tuple[Hits, ...]:
    """Return the partners, people and forums in use that go or went by this name, or one spelt alike where none does.

    As `search`, but nothing else than names is looked at.
    """
    kinds = [kind for kind in _NAMED if actor.may(Verb.SEE, kind)]
    for slips in (False, True):
        asked = asked_for(session, actor, name, slips=slips, names_only=True)
        if asked is None:
            return ()
        in_use = [_noun_in_use(kind) for kind in kinds]
        by_kind = [_hits(session, actor, kind, asked, rows, here) for kind, here in zip(kinds, in_use, strict=True)]
        if found_some := tuple(replace(hits, meant=slips) for hits in by_kind if hits.total):
            return found_some
    return ()


def _noun_in_use(kind: RecordKind) -> ColumnElement[bool]:
    in_use = FOUND_BY_WORDS[kind].archived_at.is_(None)
    if kind is not K.CONTACT:
        return in_use
    partners = select(col(Partner.id)).where(col(Partner.archived_at).is_(None))
    return and_(in_use, col(Contact.partner_id).in_(partners))


def _hits(
    session: Session, actor: Actor, kind: RecordKind, asked: Asked, rows: int, *where: ColumnElement[bool]
) -> Hits:
    index, noun = table_of(kind), FOUND_BY_WORDS[kind]
    said = asked.grammar.matches(index, asked.expression())
    if kind in _SELDOM and session.scalar(select(index.c.rowid).where(said).limit(1)) is None:
        return Hits(kind, (), 0, meant=False)
    best = asked.grammar.best_first(index, asked.expression())
    order = best if kind in _NAMED else [index.c.rowid.desc()]
    which = (
        select(record_of(index))
        .select_from(index.join(noun, noun.id == record_of(index)))
        .where(found(actor, kind, asked, index), *_seen(actor, kind), *where)
    )
    most = COUNTED + 1
    if kind is K.ENGAGEMENT:  # what was held comes first, then what is to come, the next first
        tomorrow = place_of(0, today(session) + timedelta(days=1))
        every = list(session.scalars(which.where(index.c.rowid < tomorrow).order_by(*order).limit(most)))
        to_come = which.where(index.c.rowid >= tomorrow).order_by(index.c.rowid).limit(most - len(every))
        every += session.scalars(to_come) if len(every) < most else []
    else:
        every = list(session.scalars(which.order_by(*order).limit(most)))
    ids, total = every[:rows], len(every)
    described = {hit.record_id: hit for hit in _TELLERS[kind](_Teller(session, actor, asked), ids)} if ids else {}
    return Hits(kind, tuple(described[number] for number in ids), total, meant=False)


def _seen(actor: Actor, kind: RecordKind) -> list[ColumnElement[bool]]:
    """Return the conditions on records of a kind that the actor may see and that were not voided."""
    visible: dict[RecordKind, Callable[[Actor], ColumnElement[bool]]] = {
        K.ENGAGEMENT: engagements_visible_to,
        K.COMMITMENT: commitments_visible_to,
        K.FEEDBACK_ITEM: feedback_visible_to,
        K.BARRIER: barriers_visible_to,
        K.DECISION: decisions_visible_to,
        K.SYSTEM_REVIEW: reviews_visible_to,
    }
    return [visible[kind](actor), FOUND_BY_WORDS[kind].voided_at.is_(None)] if kind in visible else []


@dataclass(frozen=True)
class _Teller:
    """Tells what records are called and what they say."""

    session: Session
    actor: Actor
    asked: Asked

    def partners(self, ids: Sequence[int]) -> list[Hit]:
        names = select(col(PartnerName.partner_id), col(PartnerName.name), col(PartnerName.kind)).where(
            col(PartnerName.partner_id).in_(ids)
        )
        others: dict[int, list[str]] = {}
        for partner_id, name, kind in self.session.execute(names.order_by(col(PartnerName.id))):
            if self.asked.says(name):
                others.setdefault(partner_id, []).append(f"{name} ({kind.label.lower()})")
        hits = []
        for partner in self.session.scalars(select(Partner).where(col(Partner.id).in_(ids))):
            also = [] if self.asked.says(partner.name) else others.get(partner.id or 0, [])
            facts = (*also, partner.kind.label, partner.area)
            excerpt = _excerpt((partner.notes,), self.asked)
            hits.append(
                Hit(partner.id or 0, partner.name, facts, excerpt=excerpt, put_away=partner.archived_at is not None)
            )
        return hits

    def contacts(self, ids: Sequence[int]) -> list[Hit]:
        shown = name_shown(self.actor)
        question = (
            select(
                col(Contact.id), shown, col(Contact.role), col(Partner.id), col(Partner.name), col(Contact.archived_at)
            )
            .outerjoin(Partner, col(Partner.id) == col(Contact.partner_id))
            .where(col(Contact.id).in_(ids))
        )
        return [
            Hit(number, name, (role if role != name else "", partner or ""), leads_to=of, put_away=archived is not None)
            for number, name, role, of, partner, archived in self.session.execute(question)
        ]

    def forums(self, ids: Sequence[int]) -> list[Hit]:
        return [
            Hit(f.id or 0, f.name, excerpt=_excerpt((f.purpose,), self.asked), put_away=f.archived_at is not None)
            for f in self.session.scalars(select(Forum).where(col(Forum.id).in_(ids)))
        ]

    def engagements(self, ids: Sequence[int]) -> list[Hit]:
        partners = partner_names(self.session, list(ids))
        points: dict[int, list[str]] = {}
        said = select(*map(col, (DiscussionPoint.engagement_id, DiscussionPoint.what, DiscussionPoint.follow_up)))
        for number, *texts in self.session.execute(said.where(col(DiscussionPoint.engagement_id).in_(ids))):
            points.setdefault(number, []).extend(texts)
        question = select(Engagement, col(Forum.name)).outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        hits = []
        for met, forum in self.session.execute(question.where(col(Engagement.id).in_(ids))):
            title = met.purpose.partition("\n")[0] or forum or met.as_written.get("forum", "") or met.kind.label
            texts = (
                met.purpose,
                met.decisions,
                met.facts,
                met.quotes,
                met.opinions,
                *points.get(met.id, ()),
                met.notes,
                met.place,
                met.county_people,
            )
            status = "" if met.status is EngagementStatus.HELD else met.status.label
            facts = (met.kind.label, status, partners.get(met.id, ""))
            words = met.as_written.get("held_on", "")
            hits.append(Hit(met.id, title, facts, met.held_on, words, _excerpt(texts, self.asked, title)))
        return hits

    def commitments(self, ids: Sequence[int]) -> list[Hit]:
        return [
            Hit(
                promise.id,
                promise.what,
                (partner,),
                promise.due_on or promise.made_on,
                excerpt=_excerpt((promise.notes, promise.reason), self.asked),
            )
            for promise, partner in self._with_partner(Commitment, ids)
        ]

    def feedback(self, ids: Sequence[int]) -> list[Hit]:
        return [
            Hit(
                item.id,
                item.words,
                (item.kind.label, partner, item.state.label),
                item.received_on,
                excerpt=_excerpt((item.translation, item.decision), self.asked),
            )
            for item, partner in self._with_partner(FeedbackItem, ids)
        ]

    def barriers(self, ids: Sequence[int]) -> list[Hit]:
        owners = owner_names(self.session, ids)
        return [
            Hit(
                barrier.id or 0,
                barrier.words,
                (barrier.state.label, ", ".join(owners.get(barrier.id or 0, ()))),
                barrier.named_on,
                excerpt=_excerpt((barrier.affected, barrier.said_by), self.asked),
            )
            for barrier in self.session.scalars(select(Barrier).where(col(Barrier.id).in_(ids)))
        ]

    def decisions(self, ids: Sequence[int]) -> list[Hit]:
        return [
            Hit(
                decision.id or 0,
                decision.what,
                (f"decided by {decision.decided_by}",),
                decision.decided_on,
                excerpt=_excerpt((decision.why, decision.policy, decision.practice, decision.training), self.asked),
            )
            for decision in self.session.scalars(select(Decision).where(col(Decision.id).in_(ids)))
        ]

    def reviews(self, ids: Sequence[int]) -> list[Hit]:
        found: dict[int, list[str]] = {}
        said = select(col(ReviewFinding.review_id), col(ReviewFinding.words)).where(
            col(ReviewFinding.review_id).in_(ids), col(ReviewFinding.voided_at).is_(None)
        )
        for number, words in self.session.execute(said):
            found.setdefault(number, []).append(words)
        return [
            Hit(
                review.id or 0,
                review.question,
                (),
                review.started_on,
                excerpt=_excerpt((review.trigger, *found.get(review.id or 0, ())), self.asked),
            )
            for review in self.session.scalars(select(SystemReview).where(col(SystemReview.id).in_(ids)))
        ]

    def _with_partner(self, noun: Any, ids: Sequence[int]) -> list[tuple[Any, str]]:
        """Return records with what their partner is called; one not linked yet as it was written."""
        question = select(noun, col(Partner.name)).outerjoin(Partner, col(Partner.id) == noun.partner_id)
        rows = self.session.execute(question.where(noun.id.in_(ids)))
        return [(record, partner or record.as_written.get("partner", "")) for record, partner in rows]


def _excerpt(texts: Collection[str], asked: Asked, but_for: str = "") -> tuple[str, str, str] | None:
    """Return where one of the texts first says a word that was asked for: before, the word, after; None: nowhere."""
    for text in texts:
        if not asked.may_say(text):
            continue
        for at in _PIECE.finditer(text):
            if not asked.says_some(at[0]):
                continue
            if but_for and at.end() <= len(but_for) and text.startswith(but_for):
                break  # the title says it already
            start = max(0, at.start() - _AROUND)
            before, after = text[start : at.start()], text[at.end() : at.end() + _AROUND]
            return ("… " * (start > 0) + before, at[0], after + " …" * (at.end() + _AROUND < len(text)))
    return None


_NAMED = (K.PARTNER, K.CONTACT, K.FORUM)
#: Kinds of which a county has few: mostly nothing says the words, and who may see it is a long question.
_SELDOM = (K.BARRIER, K.DECISION, K.SYSTEM_REVIEW)
_TELLERS: dict[RecordKind, Callable[[_Teller, Sequence[int]], list[Hit]]] = {
    K.PARTNER: _Teller.partners,
    K.CONTACT: _Teller.contacts,
    K.FORUM: _Teller.forums,
    K.ENGAGEMENT: _Teller.engagements,
    K.COMMITMENT: _Teller.commitments,
    K.FEEDBACK_ITEM: _Teller.feedback,
    K.BARRIER: _Teller.barriers,
    K.DECISION: _Teller.decisions,
    K.SYSTEM_REVIEW: _Teller.reviews,
}
