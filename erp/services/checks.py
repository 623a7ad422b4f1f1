"""What promises, feedback and ratings check alike before they are changed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.partners import Partner
from erp.queries.county import today
from erp.queries.visible import engagements_visible_to
from erp.services.records import get_or_refuse
from erp.vocabulary import PartnerKind


def refuse_stale(record: Any, version: int, what: str) -> None:
    """Refuse a change of a record that somebody changed since it was opened; asked before any other rule.

    Raises: Conflict – else the second of two people would be told that their step is not possible, and not why.
    """
    if record.version != version:
        raise Conflict(
            f"Somebody changed this {what} while you had it open. What you typed is still here: "
            f"look at the {what} as it is now, and save once more if it still fits."
        )


def refuse_voided(record: Any, what: str) -> None:
    """Refuse to go on with a voided record. Raises: Invalid."""
    if record.voided_at is not None:
        raise Invalid(f"This {what} was voided. Restore it first, then go on.")


def refuse_void_twice(record: Any, what: str, *, restoring: bool) -> None:
    """Refuse to void what is voided, and to restore what is not. Raises: Invalid."""
    if (record.voided_at is None) == restoring:
        raise Invalid(f"This {what} is {'not voided' if restoring else 'voided already'}; nothing was changed.")


def refuse_future(session: Session, day: date | None, advice: str) -> None:
    """Refuse a day after the county's today. Raises: Invalid."""
    if day is not None and day > today(session):
        raise Invalid(f"{day:%B %-d, %Y} is still to come. {advice}")


def require_meeting(session: Session, actor: Actor, engagement_id: int | None) -> None:
    """Refuse a meeting that is not here, or not for this person. Raises: NotFound."""
    if engagement_id is None:
        return
    here = select(Engagement.id).where(Engagement.id == engagement_id, engagements_visible_to(actor))
    if session.exec(here).first() is None:
        raise NotFound("The meeting this belongs to is not here. Choose it again, or leave it out.")


def keep_sealed(session: Session, actor: Actor, from_partner_id: int | None, to_partner_id: int | None) -> None:
    """Refuse to move a record away from a Tribal government by somebody who may not see its records.

    Raises: NotAllowed. Source: product notes, promise 5; the author alone could otherwise open it to everybody.
    """
    if from_partner_id is None or from_partner_id == to_partner_id or actor.sees_tribal_records:
        return
    was_a_tribe, is_a_tribe = (_is_a_tribe(session, partner_id) for partner_id in (from_partner_id, to_partner_id))
    if was_a_tribe and not is_a_tribe:
        raise NotAllowed(
            "This belongs to a Tribal government; under another partner everybody could read it. "
            "Ask a Tribal liaison or leadership to move it."
        )


def keep_meeting_sealed(
    session: Session, actor: Actor, from_engagement_id: int | None, to_engagement_id: int | None, what: str
) -> None:
    """Refuse to take a promise or feedback away from a closed meeting by somebody who may not see Tribal records.

    Raises: NotAllowed. Source: as keep_sealed.
    """
    if actor.sees_tribal_records or from_engagement_id is None or from_engagement_id == to_engagement_id:
        return
    tribe = tribe_at(session, from_engagement_id, ())
    if tribe is not None and (to_engagement_id is None or tribe_at(session, to_engagement_id, ()) is None):
        raise NotAllowed(
            f"This {what} belongs to a meeting with {tribe}; away from it everybody could read it. "
            "Ask a Tribal liaison or leadership to move it."
        )


def tribe_at(session: Session, engagement_id: int, but: Collection[int | None]) -> str | None:
    """Return the name of a Tribal government at an engagement, other than these partners; None where there is none."""
    return session.exec(
        select(Partner.name)
        .join(EngagementPartner, col(EngagementPartner.partner_id) == col(Partner.id))
        .where(
            EngagementPartner.engagement_id == engagement_id,
            Partner.kind == PartnerKind.TRIBAL_GOVERNMENT,
            col(Partner.id).not_in(but),
        )
    ).first()


def known_partner(session: Session, partner_id: int | None) -> Partner:
    """Load a partner that is not archived. Raises: NotFound."""
    partner = get_or_refuse(session, Partner, partner_id, "partner")
    if partner.archived_at is not None:
        raise NotFound(f"{partner.name} is archived. Restore it first, or choose another partner.")
    return partner


def known_partners(session: Session, partner_ids: Collection[int]) -> None:
    """Refuse partners that are not here or are archived, in one question. Raises: NotFound."""
    if not partner_ids:
        return
    columns = (col(Partner.id), col(Partner.archived_at))
    found = session.execute(sa_select(*columns).where(columns[0].in_(partner_ids)))
    here = {partner_id: archived_at for partner_id, archived_at in found}  # noqa: C416 -- rows are no pairs to the type checker
    for partner_id in partner_ids:
        if here.get(partner_id, "not here") is not None:
            known_partner(session, partner_id)  # says what is wrong with it


def _is_a_tribe(session: Session, partner_id: int | None) -> bool:
    partner = session.get(Partner, partner_id) if partner_id is not None else None
    return partner is not None and partner.kind == PartnerKind.TRIBAL_GOVERNMENT
