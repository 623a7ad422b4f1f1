"""Linking names that came from spreadsheets to partners."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import NotFound
from erp.importing.cells import several
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.linking import unlinked_names
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.services.checks import known_partner
from erp.services.facts import sync_commitment, sync_engagement, sync_feedback, sync_rating
from erp.services.import_names import Names
from erp.services.records import now, record_change, revise, snapshot, squeeze
from erp.vocabulary import NameKind, RecordKind, Role, Verb

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
    linked = _link(session, actor, words, partner_id)
    if not linked:
        raise NotFound(f"No record waits under the name “{words}”. It may have been linked already.")
    also_known_as(session, actor, partner, words)
    session.flush()
    return linked


def known_by_now(session: Session, actor: Actor) -> dict[str, int]:
    """Return the waiting names that have become a partner's since they came in: name → partner."""
    names = Names(session)
    waiting = unlinked_names(session, actor)["name"]
    return {words: partner_id for words in waiting if (partner_id := names.partner(words)) is not None}


def suggested_partner(session: Session, actor: Actor, words: str) -> int | None:
    """Return the partner whose name looks most like a waiting one, or None. A suggestion only."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return Names(session).alike(words)


def link_known_names(session: Session, actor: Actor) -> int:
    """Link the waiting names that have become a partner's since they came in; returns how many records.

    For files that came in another order: the meetings first, the roster after them. Raises: NotAllowed.
    """
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    known = known_by_now(session, actor)
    linked = sum(_link(session, actor, words, partner_id) for words, partner_id in known.items())
    session.flush()
    return linked


def close_names_of_tribes(session: Session, actor: Actor) -> int:
    """Link the waiting names that are a Tribal government's by now; returns how many records.

    What a Tribe shared may come in before the roster that says it is one. It is closed as soon as that is known, and
    waits for nobody's click; a name that only looks alike stays a question. Where one cell names several, the record
    is the Tribe's, and the words stay. Where several Tribes go by one name, it is kept with the first of them, and the
    words stay until a person says which: until then it must not be open to everybody.
    """
    seer = replace(actor, roles=frozenset(Role))  # also what this actor may not open is linked; the history names them
    names, linked = Names(session), 0
    for words in unlinked_names(session, seer)["name"]:
        said = (words, *several(words))
        tribe = next(filter(None, map(names.tribe, said)), None)
        kept_with = tribe or next(filter(None, map(names.first_tribe, said)), None)
        if kept_with is not None:
            linked += _link(session, seer, words, kept_with, sure=tribe is not None)
    session.flush()
    return linked


def also_known_as(session: Session, actor: Actor, partner: Partner, words: str) -> None:
    """Let a partner be found under another name, where it is not known under it yet."""
    name_key = squeeze(words)
    if several(words) != (words,):
        return  # several names in one cell are no name
    known = {partner.name_key, *session.exec(select(PartnerName.name_key).where(PartnerName.partner_id == partner.id))}
    if name_key not in known:
        session.add(PartnerName(partner_id=partner.id or 0, name=words, name_key=name_key, kind=NameKind.OTHER))
        record_change(
            session, actor, "add name", RecordKind.PARTNER, partner.id, before={"name": None}, after={"name": words}
        )


def _link(session: Session, actor: Actor, words: str, partner_id: int, *, sure: bool = True) -> int:
    linked = _link_engagements(session, actor, words, partner_id)
    return linked + sum(_link_records(session, actor, noun, words, partner_id, sure=sure) for noun in _SYNC)


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
    there = set(session.scalars(_engagements_of(partner_id)))
    two_way = {engagement.id: link.two_way for link, engagement in waiting}
    for link, engagement in waiting:
        if engagement.id in there:
            session.delete(link)  # the partner was listed under two names; the history keeps this one
        else:
            link.partner_id, link.name_written = partner_id, ""
        engagement.version += 1
    session.flush()
    for _, engagement in waiting:
        sync_engagement(session, engagement, now())
        record_change(
            session,
            actor,
            "link name",
            RecordKind.ENGAGEMENT,
            engagement.id,
            before={"unlinked name": words, "two_way": two_way[engagement.id]},
            after={"unlinked name": None, "partner_id": partner_id, "two_way": two_way[engagement.id]},
        )
    return len(waiting)


def _engagements_of(partner_id: int) -> Any:
    return select(EngagementPartner.engagement_id).where(EngagementPartner.partner_id == partner_id)


def _link_records(session: Session, actor: Actor, noun: Any, words: str, partner_id: int, *, sure: bool) -> int:
    question = select(noun).where(noun.partner_id.is_(None), noun.as_written["partner"].as_string() == words)
    visible = _VISIBLE[noun](actor) if noun in _VISIBLE else noun.archived_at.is_(None)
    waiting = session.exec(question.where(visible)).all()
    before = [snapshot(record) for record in waiting]
    for record in waiting:
        whole = sure and several(words) == (words,)
        written = {field: text for field, text in record.as_written.items() if field != "partner" or not whole}
        revise(record, record.version, {"partner_id": partner_id, "as_written": written})
    session.flush()
    for record, was in zip(waiting, before, strict=True):
        if _SYNC[noun]:
            _SYNC[noun](session, record, now())
        record_change(session, actor, "link name", _KINDS[noun], record.id, before=was, after=snapshot(record))
    return len(waiting)
