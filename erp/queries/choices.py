"""What pick lists offer: partners, people, forums, accounts. One row each, by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Contact, Forum
from erp.models.partners import Partner, PartnerName
from erp.queries.contacts import name_shown
from erp.vocabulary import NameKind, PartnerKind, RecordKind, Verb


def partner_choices(session: Session, actor: Actor) -> pd.DataFrame:
    """Return partners that are not archived. By name.

    Columns: partner_id int, name str, kind str, listed str (the name with all others the partner goes or went by, as a
    pick list shows it, so that each of them finds it).
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    question = select(col(Partner.id).label("partner_id"), Partner.name, Partner.kind).where(
        col(Partner.archived_at).is_(None)
    )
    partners = _frame(session, question.order_by(Partner.name), ["partner_id", "name", "kind"])
    also: dict[int, list[str]] = {}
    names = select(PartnerName.partner_id, PartnerName.name, PartnerName.kind)
    names = names.order_by(col(PartnerName.kind).desc(), col(PartnerName.id))  # former ones last
    for partner_id, name, kind in session.execute(names):
        also.setdefault(partner_id, []).append(f"formerly {name}" if kind == NameKind.FORMER else name)
    listed = [
        f"{name} ({'; '.join(also[partner_id])})" if partner_id in also else name
        for partner_id, name in zip(partners["partner_id"].tolist(), partners["name"].tolist(), strict=True)
    ]
    return partners.assign(listed=pd.Series(listed, dtype=str))


def contact_choices(session: Session, actor: Actor, partner_ids: Collection[int] | None = None) -> pd.DataFrame:
    """Return contacts not archived, of these partners or (None) all, named as the actor may see them.

    Columns: contact_id, partner_id (None: unlinked), name (or the role), role. By name.
    """
    actor.require(Verb.SEE, RecordKind.CONTACT)
    shown = name_shown(actor).label("name")
    question = select(col(Contact.id).label("contact_id"), Contact.partner_id, shown, Contact.role).where(
        col(Contact.archived_at).is_(None)
    )
    if partner_ids is not None:
        question = question.where(col(Contact.partner_id).in_(partner_ids))
    return _frame(session, question.order_by(shown), ["contact_id", "partner_id", "name", "role"])


def forum_choices(session: Session, actor: Actor) -> pd.DataFrame:
    """Return forums that are not archived. Columns: forum_id int, name str. By name."""
    actor.require(Verb.SEE, RecordKind.FORUM)
    question = select(col(Forum.id).label("forum_id"), Forum.name).where(col(Forum.archived_at).is_(None))
    return _frame(session, question.order_by(Forum.name), ["forum_id", "name"])


@dataclass(frozen=True)
class FormChoices:
    """What the form of an engagement offers: id → name of partners and forums, none of them archived; unalterable.

    `listed`: partner → as a pick list shows it. `tribes`: which of the partners are Tribal governments.
    """

    partners: Mapping[int, str]
    listed: Mapping[int, str]
    tribes: frozenset[int]
    forums: Mapping[int, str]


def form_choices(session: Session, actor: Actor) -> FormChoices:
    """Return what the form of an engagement offers."""
    partners, forums = partner_choices(session, actor), forum_choices(session, actor)
    ids = partners["partner_id"].tolist()
    return FormChoices(
        MappingProxyType(dict(zip(ids, partners["name"].tolist(), strict=True))),
        MappingProxyType(dict(zip(ids, partners["listed"].tolist(), strict=True))),
        frozenset(partners.loc[partners["kind"] == PartnerKind.TRIBAL_GOVERNMENT, "partner_id"].tolist()),
        MappingProxyType(dict(zip(forums["forum_id"].tolist(), forums["name"].tolist(), strict=True))),
    )


def holder_choices(session: Session, actor: Actor) -> pd.DataFrame:
    """Return accounts that may hold a partnership. Columns: account_id int, name str. By name."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    question = select(col(Account.id).label("account_id"), Account.name).where(col(Account.disabled_at).is_(None))
    return _frame(session, question.order_by(Account.name), ["account_id", "name"])


def _frame(session: Session, question: object, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(session.execute(question).all(), columns=columns)  # pyright: ignore[reportArgumentType, reportCallIssue]
