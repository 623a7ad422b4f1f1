"""Confirming that people and names of partners are still right, and how often that is due."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.accounts import Setting
from erp.models.contacts import Confirmation, Contact
from erp.queries.confirming import usual_days
from erp.queries.county import today
from erp.services.checks import known_partner
from erp.services.records import now, record_change
from erp.vocabulary import RecordKind, Verb

#: The longest rhythm: ten years, in days.
MOST_DAYS = 3660


def confirm(session: Session, actor: Actor, partner_ids: Collection[int], contact_ids: Collection[int]) -> int:
    """Record that the names and areas of these partners, and these people, are still right today; returns how many.

    What was confirmed today already is not confirmed twice. Raises: NotAllowed, NotFound.
    """
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    actor.require(Verb.CHANGE, RecordKind.CONTACT)
    day, at = today(session), now()
    if not partner_ids and not contact_ids:
        raise Invalid("Choose first what is still right.")
    for partner_id in partner_ids:
        known_partner(session, partner_id)
    here = (col(Contact.id).in_(list(contact_ids)), col(Contact.archived_at).is_(None))
    of_contact = {
        number: partner_id
        for number, partner_id in session.execute(select(col(Contact.id), Contact.partner_id).where(*here))
        if partner_id is not None
    }
    if missing := set(contact_ids) - set(of_contact):
        raise NotFound(f"{len(missing)} of these people are not here any more. Look at the list again.")
    wanted: list[tuple[int, int | None]] = [(number, None) for number in dict.fromkeys(partner_ids)]
    wanted += [(of_contact[number], number) for number in dict.fromkeys(contact_ids)]
    today_so_far = select(Confirmation.partner_id, Confirmation.contact_id).where(
        col(Confirmation.partner_id).in_({partner_id for partner_id, _ in wanted}), Confirmation.confirmed_on == day
    )
    done_today = {tuple(row) for row in session.execute(today_so_far)}
    new = [one for one in wanted if one not in done_today]
    for partner_id, contact_id in new:
        session.add(
            Confirmation(
                partner_id=partner_id,
                contact_id=contact_id,
                confirmed_on=day,
                recorded_at=at,
                recorded_by=actor.user_id,
            )
        )
        kind = RecordKind.PARTNER if contact_id is None else RecordKind.CONTACT
        told = {"confirmed_on": day.isoformat()}
        record_change(session, actor, "confirm", kind, contact_id or partner_id, after=told)
    session.flush()
    return len(new)


def set_confirming_days(session: Session, actor: Actor, opened: int, days: int) -> None:
    """Set after how many days people and names are to be confirmed again. `opened`: the days when the form was opened.

    Raises: NotAllowed, Invalid; Conflict where they changed since.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    before = usual_days(session)
    if opened != before:
        raise Conflict("Somebody changed this setting while you had it open. Save once more if your number still fits.")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"The rhythm is a number of days from 1 to {MOST_DAYS:,}.")
    kept = Setting(name="confirming", value={"days": days}, recorded_at=now(), recorded_by=actor.user_id)
    session.add(kept)
    session.flush()
    was, becomes = {"days": before}, {"days": days}
    record_change(session, actor, "change confirming", RecordKind.SETTING, kept.id, before=was, after=becomes)
