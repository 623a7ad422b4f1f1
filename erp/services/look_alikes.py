"""Whether two partners that look alike are the same: finding them, and keeping what a person said."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, or_, select

from erp.access import Actor
from erp.errors import Conflict, Invalid
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, ForumMember
from erp.models.engagements import EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Cadence, LookAlike, Partner, PartnerName, Relationship
from erp.models.ratings import Rating
from erp.services.bodies import bodies_in_use, body_of
from erp.services.checks import keep_sealed, known_partner
from erp.services.likeness import Likeness
from erp.services.likeness_index import Bodies
from erp.services.linking import also_known_as, close_names_of_tribes
from erp.services.records import get_or_refuse, now, record_change, revise, snapshot, squeeze
from erp.vocabulary import LookAlikeAnswer, PartnerKind, RecordKind, Verb

#: Of so many partners a new one is asked whether it is the same; the likeliest come first.
MOST_ASKED = 3


def alike_to(session: Session, actor: Actor, name: str) -> list[Likeness]:
    """Return the partners in use that a new one of this name may be the same as, the likeliest first, at most three.

    None where a partner has this very name: that is no question, and it cannot be added.
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    if session.exec(select(Partner.id).where(Partner.name_key == squeeze(name))).first() is not None:
        return []
    return Bodies(bodies_in_use(session)).like(body_of(0, name, (), {}), MOST_ASKED)


def seek_look_alikes(session: Session, actor: Actor) -> list[Likeness]:
    """Return every two partners in use that look alike and about whom nobody was asked yet, the likeliest first.

    Reads only; `ask_look_alikes` keeps them.
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    asked, known, found = _pairs_asked(session), Bodies(), list[Likeness]()
    for body in bodies_in_use(session):
        found += [each for each in known.like(body) if _pair(each.number, each.other) not in asked]
        known.forget_compared()
        known.add(body)
    return sorted(found, key=lambda each: -each.score)


def ask_look_alikes(session: Session, actor: Actor, found: Iterable[Likeness]) -> int:
    """Keep questions about partners that look alike; returns how many are new. Raises: NotAllowed, NotFound."""
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    asked, new = _pairs_asked(session), 0
    for each in found:
        if _pair(each.number, each.other) not in asked:
            asked.add(_pair(each.number, each.other))
            _ask(session, actor, each, LookAlikeAnswer.OPEN)
            new += 1
    session.flush()
    return new


def keep_answers(session: Session, actor: Actor, partner: Partner, answers: Mapping[int, LookAlikeAnswer]) -> None:
    """Keep what was said of those that a partner which was just added looks like: not the same, or later."""
    if not answers:
        return
    asked = [body for body in bodies_in_use(session) if body.number in answers]  # not all: nobody else can save now
    for likeness in Bodies(asked).like(body_of(partner.id or 0, partner.name, (), {})):
        answer = answers.get(likeness.other)
        if answer is not None:
            _ask(session, actor, likeness, answer)


def call_also(session: Session, actor: Actor, partner_id: int, words: str) -> Partner:
    """Let a partner be found under another name from now on. Raises: NotAllowed, NotFound."""
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    partner = known_partner(session, partner_id)
    also_known_as(session, actor, partner, words)
    session.flush()
    if partner.kind == PartnerKind.TRIBAL_GOVERNMENT:
        close_names_of_tribes(session, actor)
    return partner


def answer_look_alike(
    session: Session, actor: Actor, question_id: int, version: int, answer: LookAlikeAnswer
) -> LookAlike:
    """Record whether two look-alikes are the same; no record of either is lost or moved.

    "Same" lets each be found under the other's name. Where one has no records at all, it is archived behind the other
    (the newer, where neither has any). Taking "same" back takes the names back. Raises: NotAllowed, NotFound,
    Conflict, Invalid (one of two that were made one is still archived; a Tribal government and somebody else).
    """
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    question = get_or_refuse(session, LookAlike, question_id, "question")
    before = snapshot(question)
    was = question.answer
    newer = get_or_refuse(session, Partner, question.partner_id, "partner")
    older = get_or_refuse(session, Partner, question.other_id, "partner")
    if was is LookAlikeAnswer.SAME is not answer and (newer.archived_at or older.archived_at):
        raise Invalid("These two were made one. Restore the archived one on its page if they are not the same.")
    revise(question, version, {"answer": answer})
    if answer is LookAlikeAnswer.SAME is not was:
        _make_one(session, actor, newer, older)
    elif was is LookAlikeAnswer.SAME is not answer:
        _part(session, actor, newer, older)
    session.flush()
    number = question.partner_id
    record_change(
        session, actor, "answer look-alike", RecordKind.PARTNER, number, before=before, after=snapshot(question)
    )
    return question


def _make_one(session: Session, actor: Actor, newer: Partner, older: Partner) -> None:
    going, staying = (older, newer) if _has_records(session, newer) else (newer, older)
    for partner in (going, staying):
        if partner.archived_at is not None:
            raise Conflict(f"{partner.name} was archived in the meantime; nothing was changed.")
    actor.require(Verb.ARCHIVE, RecordKind.PARTNER)
    keep_sealed(session, actor, going.id, staying.id)
    if _has_records(session, going):
        if (going.kind == PartnerKind.TRIBAL_GOVERNMENT) != (staying.kind == PartnerKind.TRIBAL_GOVERNMENT):
            raise Invalid(
                f"One of {newer.name} and {older.name} is recorded as a Tribal government, the other is not, and both "
                "have records. Give both the same kind first, so that what the Tribe shared stays closed."
            )
        also_known_as(session, actor, going, staying.name)
    else:
        before = snapshot(going)
        reason = f"The same as {staying.name} ({staying.key})."
        revise(going, going.version, {"archived_at": now(), "archive_reason": reason})
        session.flush()
        record_change(session, actor, "archive", RecordKind.PARTNER, going.id, before=before, after=snapshot(going))
    also_known_as(session, actor, staying, going.name)
    session.flush()
    close_names_of_tribes(session, actor)


def _part(session: Session, actor: Actor, one: Partner, other: Partner) -> None:
    """Take back that each is also called as the other, where "same" had said so; the history keeps it."""
    for partner, twin in ((one, other), (other, one)):
        added = select(Change).where(
            Change.record_kind == RecordKind.PARTNER.value,
            Change.record_id == partner.id,
            Change.verb == "add name",
        )
        if not any((change.after or {}).get("name") == twin.name for change in session.exec(added)):
            continue
        theirs = select(PartnerName).where(PartnerName.partner_id == partner.id, PartnerName.name_key == twin.name_key)
        for name in session.exec(theirs).all():
            session.delete(name)
            told = {"name": name.name}
            record_change(
                session, actor, "take name back", RecordKind.PARTNER, partner.id, before=told, after={"name": None}
            )


def _ask(session: Session, actor: Actor, likeness: Likeness, answer: LookAlikeAnswer) -> None:
    question = LookAlike(
        partner_id=likeness.number,
        other_id=likeness.other,
        reason=likeness.reason,
        answer=answer,
        recorded_at=now(),
        recorded_by=actor.user_id,
    )
    session.add(question)
    session.flush()
    record_change(session, actor, "ask look-alike", RecordKind.PARTNER, likeness.number, after=snapshot(question))


def _pairs_asked(session: Session) -> set[frozenset[int]]:
    return {_pair(*pair) for pair in session.execute(select(LookAlike.partner_id, LookAlike.other_id))}


def _pair(one: int, other: int) -> frozenset[int]:
    return frozenset((one, other))


def _has_records(session: Session, partner: Partner) -> bool:
    nouns = (EngagementPartner, Commitment, FeedbackItem, Rating, Contact, ForumMember, Cadence)
    conditions = [noun.partner_id == partner.id for noun in nouns]
    tied = or_(Relationship.from_partner_id == partner.id, Relationship.to_partner_id == partner.id)
    return any(session.exec(select(1).where(condition).limit(1)).first() for condition in (*conditions, tied))
