"""What pick lists offer: partners, people, forums, accounts. One row each, by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Contact, Forum
from erp.models.engagements import Engagement, EngagementPartner, EngagementPerson
from erp.models.partners import Partner, PartnerName
from erp.queries.visible import engagements_visible_to, name_shown
from erp.queries.word_index import FORUM, PERSON
from erp.vocabulary import NameKind, PartnerKind, RecordKind, Verb

#: Partners, and people, that a pick list sends to the browser.
MOST_OFFERED = 500
#: Rows of who took part that are looked through for those met last.
_LOOKED_THROUGH = 10_000


def partner_choices(session: Session, actor: Actor, only: Collection[int] | None = None) -> pd.DataFrame:
    """Return partners that are not archived; `only`: of these. By name.

    Columns: partner_id int, name str, kind str, listed str (the name with all others the partner goes or went by, as a
    pick list shows it, so that each of them finds it).
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    question = select(col(Partner.id).label("partner_id"), Partner.name, Partner.kind).where(
        col(Partner.archived_at).is_(None)
    )
    names = select(PartnerName.partner_id, PartnerName.name, PartnerName.kind)
    if only is not None:
        question, names = question.where(col(Partner.id).in_(only)), names.where(col(PartnerName.partner_id).in_(only))
    partners = _frame(session, question.order_by(Partner.name), ["partner_id", "name", "kind"])
    also: dict[int, list[str]] = {}
    names = names.order_by(col(PartnerName.kind).desc(), col(PartnerName.id))  # former ones last
    for partner_id, name, kind in session.execute(names):
        also.setdefault(partner_id, []).append(f"formerly {name}" if kind == NameKind.FORMER else name)
    listed = [
        f"{name} ({'; '.join(also[partner_id])})" if partner_id in also else name
        for partner_id, name in zip(partners["partner_id"].tolist(), partners["name"].tolist(), strict=True)
    ]
    return partners.assign(listed=pd.Series(listed, dtype=str))


@dataclass(frozen=True)
class PartnersOffered:
    """What the filter by partner lists: id as text → as `partner_choices` lists it, by name; unalterable.

    `are_some`: these are those met last, of more than a browser should be sent.
    """

    listed: Mapping[str, str]
    are_some: bool


def partners_offered(session: Session, actor: Actor) -> PartnersOffered:
    """Return the partners that a filter lists: all, in a large county those met last."""
    here = session.scalar(select(func.count()).select_from(Partner).where(col(Partner.archived_at).is_(None))) or 0
    are_some = here > MOST_OFFERED
    only = _met_last(session, actor, EngagementPartner.partner_id) if are_some else None
    partners = partner_choices(session, actor, only)
    listed = dict(zip(partners["partner_id"].astype(str).tolist(), partners["listed"].tolist(), strict=True))
    return PartnersOffered(MappingProxyType(listed), are_some)


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
    `offered`: what the field for who took part lists: partners by their number, forums as "f3", people as "c12";
    in a large county those met last, and whoever else is typed is looked for. `partner_of`: those people's partners.
    """

    partners: Mapping[int, str]
    listed: Mapping[int, str]
    tribes: frozenset[int]
    forums: Mapping[int, str]
    offered: Mapping[int | str, str]
    partner_of: Mapping[str, int]


def form_choices(session: Session, actor: Actor) -> FormChoices:
    """Return what the form of an engagement offers."""
    partners, forums = partner_choices(session, actor), forum_choices(session, actor)
    ids = partners["partner_id"].tolist()
    names = dict(zip(ids, partners["name"].tolist(), strict=True))
    listed = dict(zip(ids, partners["listed"].tolist(), strict=True))
    tables = dict(zip(forums["forum_id"].tolist(), forums["name"].tolist(), strict=True))
    met_last = _met_last(session, actor, EngagementPartner.partner_id) if len(ids) > MOST_OFFERED else set(ids)
    offered: dict[int | str, str] = {number: listed[number] for number in ids if number in met_last}
    offered |= {f"{FORUM}{number}": f"{name} (forum)" for number, name in tables.items()}
    people = _people_offered(session, actor, names)
    return FormChoices(
        MappingProxyType(names),
        MappingProxyType(listed),
        frozenset(partners.loc[partners["kind"] == PartnerKind.TRIBAL_GOVERNMENT, "partner_id"].tolist()),
        MappingProxyType(tables),
        MappingProxyType(offered | {person: shown for person, (shown, _) in people.items()}),
        MappingProxyType({person: partner_id for person, (_, partner_id) in people.items()}),
    )


def _people_offered(session: Session, actor: Actor, partners: Mapping[int, str]) -> dict[str, tuple[str, int]]:
    """Return people of these partners as "c12" → as a list shows them, and the partner; of many those met last."""
    few = session.scalar(select(func.count()).select_from(Contact)) or 0
    met = _met_last(session, actor, EngagementPerson.contact_id) if few > MOST_OFFERED else None
    shown = name_shown(actor)
    question = select(Contact.id, Contact.partner_id, shown, Contact.role).where(col(Contact.archived_at).is_(None))
    if met is not None:
        question = question.where(col(Contact.id).in_(met))
    return {
        f"{PERSON}{number}": (person_in_list(name, role, partners[partner_id]), partner_id)
        for number, partner_id, name, role in session.execute(question.order_by(shown))
        if partner_id in partners
    }


def person_in_list(name: str, role: str, partner: str) -> str:
    """Return a person as a pick list shows them: name or role, and the partner they belong to."""
    return f"{', '.join(filter(None, dict.fromkeys((name, role))))} – {partner}"


def _met_last(session: Session, actor: Actor, who: Any) -> set[int]:
    """Return those who took part in what was recorded last, as far as the actor may see it."""
    newest = (
        select(who)
        .join(Engagement, col(Engagement.id) == who.class_.engagement_id)
        .where(who.is_not(None), col(Engagement.voided_at).is_(None), engagements_visible_to(actor))
        .order_by(who.class_.id.desc())
        .limit(_LOOKED_THROUGH)
    )
    return set(list(dict.fromkeys(session.scalars(newest)))[:MOST_OFFERED])


def holder_choices(session: Session, actor: Actor) -> pd.DataFrame:
    """Return accounts that may hold a partnership. Columns: account_id int, name str. By name."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    question = select(col(Account.id).label("account_id"), Account.name).where(col(Account.disabled_at).is_(None))
    return _frame(session, question.order_by(Account.name), ["account_id", "name"])


def _frame(session: Session, question: object, columns: list[str]) -> pd.DataFrame:
    rows = session.execute(question).all()  # pyright: ignore[reportArgumentType, reportCallIssue]
    # Column by column: pandas looks into each row of a database in a way that takes longer than the question.
    cells = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return pd.DataFrame({name: list(of_column) for name, of_column in zip(columns, cells, strict=True)})
