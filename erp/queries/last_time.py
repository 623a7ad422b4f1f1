"""How it was the last time: what the next engagement with the same partners, or at the same forum, may begin with."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.contacts import Contact
from erp.models.engagements import Engagement, EngagementPartner, EngagementPerson
from erp.queries.visible import engagements_visible_to, with_another_tribe
from erp.vocabulary import EngagementStatus, Interpreter, RecordKind, Verb


@dataclass(frozen=True)
class LastTime:
    """Where, when and with whom the last one was held; `people`: contacts that are still on file."""

    held_on: date
    held_at: str
    place: str
    remote: bool
    language: str
    interpreter: Interpreter
    county_people: str
    people: tuple[int, ...]


def last_time(session: Session, actor: Actor, partner_ids: tuple[int, ...], forum_id: int | None) -> LastTime | None:
    """Return the newest engagement held at the forum, or (None) with all these partners, that the actor may see.

    None where there was none, or nobody was named. One with a Tribal government that is not among the partners is left
    out: the new record would be open to more people than that one.
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    if forum_id is None and not partner_ids:
        return None
    question = select(Engagement).where(
        Engagement.status == EngagementStatus.HELD,
        col(Engagement.held_on).is_not(None),
        col(Engagement.voided_at).is_(None),
        engagements_visible_to(actor),
        ~with_another_tribe(partner_ids),
    )
    if forum_id is not None:
        question = question.where(Engagement.forum_id == forum_id)
    else:
        for partner_id in partner_ids:
            there = select(EngagementPartner.engagement_id).where(EngagementPartner.partner_id == partner_id)
            question = question.where(col(Engagement.id).in_(there))
    last = session.exec(question.order_by(col(Engagement.held_on).desc(), col(Engagement.id).desc()).limit(1)).first()
    if last is None or last.held_on is None:
        return None
    took_part = (
        select(EngagementPerson.contact_id)
        .join(Contact, col(Contact.id) == col(EngagementPerson.contact_id))
        .where(EngagementPerson.engagement_id == last.id, col(Contact.archived_at).is_(None))
    )
    same = {name: getattr(last, name) for name in LastTime.__dataclass_fields__ if name not in ("people", "held_on")}
    people = tuple(session.exec(took_part.order_by(col(EngagementPerson.id))))
    return LastTime(held_on=last.held_on, people=people, **same)
