"""Names of records by their ids, also of those put away since: what a history speaks of has a name for ever."""

import pandas as pd
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Contact, Forum
from erp.models.partners import Partner
from erp.queries.contacts import name_shown
from erp.vocabulary import RecordKind, Verb


def account_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return every account, disabled ones too. Columns: id int, name str."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return _frame(session, select(Account.id, Account.name))


def partner_names(session: Session, actor: Actor) -> pd.DataFrame:
    """Return every partner, archived ones too. Columns: id int, name str."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return _frame(session, select(Partner.id, Partner.name))


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
