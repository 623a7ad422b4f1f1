"""Which people and names of partners were last confirmed when and by whom, and which are due again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Subquery,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor, operator
from erp.models.accounts import Account
from erp.models.contacts import Confirmation, Contact
from erp.models.partners import Partner
from erp.queries.county import setting, today
from erp.queries.targets import DaysAfter
from erp.queries.visible import name_shown
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
    asked = _asked(session, actor, [col(Partner.id) == partner_id])
    order = (asked.c.contact_id.is_not(None), func.lower(asked.c.what), asked.c.contact_id)
    return _frame(session, session.execute(select(asked).order_by(*order)).all())


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
    asked = _asked(session, actor, conditions)
    due = asked.c.due_on <= today(session)
    order = (asked.c.due_on, func.lower(asked.c.partner), asked.c.partner_id, asked.c.contact_id.is_not(None))
    # How many there are is counted in the same sweep: to look up every partner's last confirmation is what takes time.
    rows = select(asked, func.count().over()).where(due)
    found = session.execute(rows.order_by(*order, func.lower(asked.c.what), asked.c.contact_id).limit(most)).all()
    return Due(_frame(session, [row[:-1] for row in found]), found[0][-1] if found else 0)


def _asked(session: Session, actor: Actor, conditions: list[ColumnElement[bool]]) -> Subquery:
    """Return the question for the names and people of some partners. What nobody confirmed counts from the day (UTC)
    on which it came in."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    last = aliased(Confirmation)
    by = func.coalesce(col(Account.name), case((col(last.id).is_not(None), literal(operator().name)), else_=""))
    every = func.coalesce(col(Partner.confirm_days), usual_days(session))

    def columns(contact_id: Any, what: Any, recorded_at: Any) -> list[Any]:
        recorded_on = func.date(recorded_at, type_=Date())
        due_on = DaysAfter(func.coalesce(col(last.confirmed_on), recorded_on), every)
        said = (
            col(Partner.id), col(Partner.name), contact_id, what, col(last.confirmed_on), by, recorded_on, every, due_on
        )  # fmt: skip
        return [one.label(name) for one, name in zip(said, COLUMNS, strict=False)]

    names = (
        select(*columns(cast(null(), Integer), literal(""), col(Partner.recorded_at)))
        .select_from(Partner)
        .outerjoin(last, col(last.id) == _newest(col(Confirmation.contact_id).is_(None)))
        .outerjoin(Account, col(Account.id) == col(last.recorded_by))
        .where(*conditions)
    )
    people = (
        select(*columns(col(Contact.id), name_shown(actor), col(Contact.recorded_at)))
        .select_from(Partner)
        .join(Contact, col(Contact.partner_id) == col(Partner.id))
        .outerjoin(last, col(last.id) == _newest(col(Confirmation.contact_id) == col(Contact.id)))
        .outerjoin(Account, col(Account.id) == col(last.recorded_by))
        .where(*conditions, col(Contact.archived_at).is_(None), col(Contact.do_not_contact).is_(False))
    )
    return (union_all(names, people) if actor.may(Verb.SEE, RecordKind.CONTACT) else union_all(names)).subquery()


def _newest(of: ColumnElement[bool]) -> Any:
    """Return the newest confirmation of a partner's names, or of one of its people; one look into the index each."""
    mine = select(func.max(col(Confirmation.id))).where(col(Confirmation.partner_id) == col(Partner.id), of)
    return mine.correlate(Partner, Contact).scalar_subquery()


def _frame(session: Session, rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    this_day = today(session)
    told = [(*row, (this_day - row[-1]).days) for row in rows]
    return pd.DataFrame(told, columns=list(COLUMNS), dtype=object)
