"""Linking names that came from spreadsheets to partners, and answering whether two look-alikes are the same."""

from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, ForumMember
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.services.facts import sync_commitment, sync_engagement, sync_feedback, sync_rating
from erp.services.partners import known_partner
from erp.services.records import get_or_refuse, now, record_change, revise, snapshot, squeeze
from erp.vocabulary import LookAlikeAnswer, NameKind, RecordKind, Verb

#: Records with one partner each → how their ledger is kept in step (None: they are no facts).
_SYNC: dict[Any, Any] = {Commitment: sync_commitment, FeedbackItem: sync_feedback, Rating: sync_rating, Contact: None}
_KINDS = {
    Commitment: RecordKind.COMMITMENT,
    FeedbackItem: RecordKind.FEEDBACK_ITEM,
    Rating: RecordKind.RATING,
    Contact: RecordKind.CONTACT,
}
_VISIBLE = {
    Commitment: commitments_visible_to,
    FeedbackItem: feedback_visible_to,
    Rating: ratings_visible_to,
}


def link_name(session: Session, actor: Actor, words: str, partner_id: int) -> int:
    """Link every record the actor may see that carries this unlinked name to a partner; returns how many.

    The name becomes another name of the partner, so that the next spreadsheet is understood by itself.
    Raises: NotAllowed, NotFound (no such partner, or no record with this name).
    """
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    partner = known_partner(session, partner_id)
    linked = _link_engagements(session, actor, words, partner_id)
    linked += sum(_link_records(session, actor, noun, words, partner_id) for noun in _SYNC)
    if not linked:
        raise NotFound(f"No record waits under the name “{words}”. It may have been linked already.")
    _also_known_as(session, actor, partner, words)
    session.flush()
    return linked


def answer_look_alike(
    session: Session, actor: Actor, question_id: int, version: int, answer: LookAlikeAnswer
) -> LookAlike:
    """Record whether two look-alikes are the same. "Same" archives the newer one, which may have no records yet, and
    keeps its name as another name of the older one. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    question = get_or_refuse(session, LookAlike, question_id, "question")
    if answer is LookAlikeAnswer.SAME:
        _fold_into(session, actor, question.partner_id, question.other_id)
    before = snapshot(question)
    revise(question, version, {"answer": answer})
    session.flush()
    record_change(
        session,
        actor,
        "answer look-alike",
        RecordKind.PARTNER,
        question.partner_id,
        before=before,
        after=snapshot(question),
    )
    return question


def _link_engagements(session: Session, actor: Actor, words: str, partner_id: int) -> int:
    waiting = session.exec(
        select(EngagementPartner, Engagement)
        .join(Engagement, col(Engagement.id) == col(EngagementPartner.engagement_id))
        .where(
            col(EngagementPartner.partner_id).is_(None),
            EngagementPartner.name_written == words,
            engagements_visible_to(actor),
        )
    ).all()
    for link, engagement in waiting:
        link.partner_id, link.name_written = partner_id, ""
        engagement.version += 1
        session.flush()
        sync_engagement(session, engagement, now())
        record_change(
            session,
            actor,
            "link name",
            RecordKind.ENGAGEMENT,
            engagement.id,
            before={"unlinked name": words},
            after={"unlinked name": None, "partner_id": partner_id},
        )
    return len(waiting)


def _link_records(session: Session, actor: Actor, noun: Any, words: str, partner_id: int) -> int:
    question = select(noun).where(noun.partner_id.is_(None), noun.as_written["partner"].as_string() == words)
    if noun in _VISIBLE:
        question = question.where(_VISIBLE[noun](actor))
    waiting = session.exec(question).all()
    for record in waiting:
        before = snapshot(record)
        written = {field: text for field, text in record.as_written.items() if field != "partner"}
        revise(record, record.version, {"partner_id": partner_id, "as_written": written})
        session.flush()
        if _SYNC[noun]:
            _SYNC[noun](session, record, now())
        record_change(session, actor, "link name", _KINDS[noun], record.id, before=before, after=snapshot(record))
    return len(waiting)


def _also_known_as(session: Session, actor: Actor, partner: Partner, words: str) -> None:
    name_key = squeeze(words)
    known = {partner.name_key, *session.exec(select(PartnerName.name_key).where(PartnerName.partner_id == partner.id))}
    if name_key not in known:
        session.add(PartnerName(partner_id=partner.id or 0, name=words, name_key=name_key, kind=NameKind.OTHER))
        record_change(
            session, actor, "add name", RecordKind.PARTNER, partner.id, before={"name": None}, after={"name": words}
        )


def _fold_into(session: Session, actor: Actor, newer_id: int, older_id: int) -> None:
    newer = get_or_refuse(session, Partner, newer_id, "partner")
    older = known_partner(session, older_id)
    for noun in (EngagementPartner, Commitment, FeedbackItem, Rating, Contact, ForumMember):
        if session.exec(select(noun.id).where(noun.partner_id == newer_id).limit(1)).first() is not None:
            raise Invalid(
                f"{newer.name} and {older.name} both have records of their own. Keep the question open for now; "
                "nothing was changed."
            )
    before = snapshot(newer)
    revise(newer, newer.version, {"archived_at": now(), "archive_reason": f"The same as {older.name} ({older.key})."})
    session.flush()
    record_change(session, actor, "archive", RecordKind.PARTNER, newer.id, before=before, after=snapshot(newer))
    _also_known_as(session, actor, older, newer.name)
