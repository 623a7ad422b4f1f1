"""Which people and names of partners were last confirmed when and by whom, and which are due again."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, literal, null, select, union_all
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Confirmation, Contact
from erp.models.partners import Partner
from erp.queries.contacts import name_shown
from erp.queries.county import county_zone, setting, today
from erp.vocabulary import PartnerStatus, RecordKind, Verb

#: After so many days people and names are to be confirmed again, where the county says nothing else. Ours.
USUAL_DAYS = 180

COLUMNS = (
    "partner_id", "partner", "contact_id", "what", "confirmed_on", "confirmed_by", "recorded_on", "every_days",
    "due_on", "days_over",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """What is due to be confirmed: the first `rows` (COLUMNS), and how many there are in all."""

    rows: pd.DataFrame
    total: int


def usual_days(session: Session) -> int:
    """Return after how many days the county has people and names confirmed again."""
    return int(setting(session, "confirming").get("days", USUAL_DAYS))  # pyright: ignore[reportArgumentType]


def confirming_days(session: Session, actor: Actor) -> int:
    """Return the county's rhythm in days."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return usual_days(session)


def confirmations(session: Session, actor: Actor, partner_id: int) -> pd.DataFrame:
    """Return the names and the people of one partner with their last confirmation, the names first.

    Columns: COLUMNS. A row each; `contact_id` None: the partner's names and area.
    """
    return _asked(session, actor, [col(Partner.id) == partner_id])


def due_to_confirm(session: Session, actor: Actor, holder_id: int | None, most: int) -> Due:
    """Return what is due to be confirmed, the longest overdue first; `holder_id`: partners this account holds.

    Left out are archived partners and people, partnerships that paused or ended, and people who asked not to be
    contacted.
    """
    conditions: list[ColumnElement[bool]] = [
        col(Partner.archived_at).is_(None),
        col(Partner.status).not_in((PartnerStatus.PAUSED, PartnerStatus.ENDED)),
    ]
    if holder_id is not None:
        conditions.append(col(Partner.holder_id) == holder_id)
    rows = _asked(session, actor, conditions)
    rows = rows[rows["days_over"] >= 0].sort_values("days_over", ascending=False, kind="stable", ignore_index=True)
    return Due(rows.head(most), len(rows))


def _asked(session: Session, actor: Actor, conditions: list[ColumnElement[bool]]) -> pd.DataFrame:
    actor.require(Verb.SEE, RecordKind.PARTNER)
    newest = select(func.max(col(Confirmation.id)).label("id")).group_by(
        col(Confirmation.partner_id), col(Confirmation.contact_id)
    )
    last = select(Confirmation).where(col(Confirmation.id).in_(newest)).subquery()
    by = func.coalesce(col(Account.name), case((last.c.id.is_not(None), literal("the operator")), else_=""))
    every = func.coalesce(col(Partner.confirm_days), usual_days(session))
    shared = (last.c.confirmed_on, by, every, col(Partner.id), col(Partner.name))
    names = (
        select(*shared, null().label("contact_id"), literal("").label("what"), col(Partner.recorded_at))
        .outerjoin(last, and_(last.c.partner_id == col(Partner.id), last.c.contact_id.is_(None)))
        .outerjoin(Account, col(Account.id) == last.c.recorded_by)
        .where(*conditions)
    )
    people = (
        select(*shared, col(Contact.id), name_shown(actor), col(Contact.recorded_at))
        .join(Contact, col(Contact.partner_id) == col(Partner.id))
        .outerjoin(last, last.c.contact_id == col(Contact.id))
        .outerjoin(Account, col(Account.id) == last.c.recorded_by)
        .where(*conditions, col(Contact.archived_at).is_(None), col(Contact.do_not_contact).is_(False))
    )
    asked = [names, people] if actor.may(Verb.SEE, RecordKind.CONTACT) else [names]
    this_day, zone = today(session), county_zone(session)
    rows = [
        _row(
            this_day,
            confirmed_on,
            who,
            int(days),
            partner_id,
            partner,
            contact_id,
            what,
            recorded_at.astimezone(zone).date(),
        )
        for confirmed_on, who, days, partner_id, partner, contact_id, what, recorded_at in session.execute(
            union_all(*asked)
        )
    ]
    rows.sort(key=lambda row: (str(row[1]).casefold(), row[2] is not None, str(row[3]).casefold()))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _row(
    this_day: date,
    confirmed_on: date | None,
    who: str,
    every: int,
    partner_id: int,
    partner: str,
    contact_id: int | None,
    what: str,
    recorded_on: date,
) -> tuple[object, ...]:
    due_on = (confirmed_on or recorded_on) + timedelta(days=every)
    over = (this_day - due_on).days
    return (partner_id, partner, contact_id, what, confirmed_on, who, recorded_on, every, due_on, over)
