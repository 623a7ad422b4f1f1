"""Names of records by their ids, also of those put away since: what a history speaks of has a name for ever."""

from collections.abc import Collection

import pandas as pd
from sqlalchemy import func
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Contact, Forum
from erp.models.partners import Partner
from erp.queries.visible import name_shown
from erp.vocabulary import PartnerKind, RecordKind, Verb


def account_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return every account, disabled ones too. Columns: id int, name str."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return _frame(session, select(Account.id, Account.name))


def partner_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return every partner, archived ones too. Columns: id int, name str."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return _frame(session, select(Partner.id, Partner.name))


def names_of_partners(session: Session, actor: Actor, partner_ids: Collection[int]) -> dict[int, str]:
    """Return the names of these partners by id."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    question = select(Partner.id, Partner.name).where(col(Partner.id).in_(partner_ids))
    return {number: name for number, name in session.exec(question) if number is not None}


def partners_by_name(session: Session, actor: Actor, kinds: Collection[str] = ()) -> list[int]:
    """Return the ids of partners not archived, by name; `kinds`: of these kinds only."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    question = select(Partner.id).where(col(Partner.archived_at).is_(None))
    if kinds:
        question = question.where(col(Partner.kind).in_([PartnerKind(kind) for kind in kinds]))
    found = session.exec(question.order_by(func.lower(Partner.name), col(Partner.id)))
    return [number for number in found if number is not None]


def contact_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return every contact, archived ones too, named as the actor may see them. Columns: id int, name str."""
    actor.require(Verb.SEE, RecordKind.CONTACT)
    return _frame(session, select(col(Contact.id), name_shown(actor).label("name")))


def forum_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return every forum, archived ones too. Columns: id int, name str."""
    actor.require(Verb.SEE, RecordKind.FORUM)
    return _frame(session, select(Forum.id, Forum.name))


def _frame(session: Session, question: object) -> pd.DataFrame:
    return pd.DataFrame(session.execute(question).all(), columns=["id", "name"])  # pyright: ignore[reportArgumentType, reportCallIssue]
