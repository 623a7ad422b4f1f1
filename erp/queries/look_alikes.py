"""Questions whether two partners are the same, and what is known of both."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.accounts import Account
from erp.models.contacts import Contact
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.queries.visible import engagements_visible_to
from erp.vocabulary import LookAlikeAnswer, PartnerKind, RecordKind, Verb

COLUMNS = ("id", "version", "partner_id", "other_id", "name", "other", "reason", "answer")


@dataclass(frozen=True)
class Side:
    """What tells one partner from another. `engagements`: those the actor may see; `domains`: where its people write
    from, none to who may not see e-mail addresses."""

    partner_id: int
    name: str
    key: str
    kind: PartnerKind
    also: tuple[str, ...]
    area: str
    languages: str
    holder: str
    extras: tuple[tuple[str, str], ...]
    domains: tuple[str, ...]
    people: int
    engagements: int


def look_alike_questions(
    session: Session, actor: Actor, answers: Collection[LookAlikeAnswer], most: int
) -> tuple[int, pd.DataFrame]:
    """Return how many questions have one of these answers, and the first `most` of them, in order of asking.

    Columns: COLUMNS (other: the other's name). Unless both were made one, both partners are in use.
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    other = aliased(Partner)
    columns = (LookAlike.id, LookAlike.version, LookAlike.partner_id, LookAlike.other_id)
    question = (
        select(*map(col, columns), col(Partner.name), col(other.name), col(LookAlike.reason), col(LookAlike.answer))
        .join(Partner, col(Partner.id) == col(LookAlike.partner_id))
        .join(other, col(other.id) == col(LookAlike.other_id))
        .where(col(LookAlike.answer).in_(list(answers)))
    )
    if LookAlikeAnswer.SAME not in answers:
        question = question.where(col(Partner.archived_at).is_(None), col(other.archived_at).is_(None))
    total = session.scalar(select(func.count()).select_from(question.subquery())) or 0
    rows = session.execute(question.order_by(col(LookAlike.id)).limit(most)).all()
    return total, pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def sides(session: Session, actor: Actor, partner_ids: Sequence[int]) -> dict[int, Side]:
    """Return what is known of these partners, by their ids; of one that is not here nothing."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    wanted = list(partner_ids)
    question = (
        select(Partner, func.coalesce(col(Account.name), ""))
        .outerjoin(Account, col(Account.id) == col(Partner.holder_id))
        .where(col(Partner.id).in_(wanted))
    )
    also: dict[int, list[str]] = defaultdict(list)
    names = select(PartnerName).where(col(PartnerName.partner_id).in_(wanted)).order_by(col(PartnerName.name))
    for name in session.scalars(names):
        also[name.partner_id].append(f"{name.name} ({name.kind.label.lower()})")
    people, domains = _people(session, actor, wanted)
    met = dict(_counted(session, actor, wanted))
    return {
        partner.id or 0: Side(
            partner_id=partner.id or 0,
            name=partner.name,
            key=partner.key,
            kind=partner.kind,
            also=tuple(also[partner.id or 0]),
            area=partner.area,
            languages=partner.languages,
            holder=holder,
            extras=tuple(partner.extras.items()),
            domains=tuple(sorted(domains[partner.id or 0])),
            people=people[partner.id or 0],
            engagements=met.get(partner.id or 0, 0),
        )
        for partner, holder in session.execute(question)
    }


def _people(session: Session, actor: Actor, partner_ids: list[int]) -> tuple[Counter[int], dict[int, set[str]]]:
    """Return of each partner how many people it has, and the domains of their addresses for who may see them."""
    people, domains = Counter[int](), defaultdict[int, set[str]](set)
    may_see = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    found = select(col(Contact.partner_id), col(Contact.email)).where(
        col(Contact.partner_id).in_(partner_ids), col(Contact.archived_at).is_(None)
    )
    for partner_id, email in session.execute(found):
        people[partner_id] += 1
        if may_see and "@" in email:
            domains[partner_id].add(email.rpartition("@")[2].casefold())
    return people, domains


def _counted(session: Session, actor: Actor, partner_ids: list[int]) -> list[Any]:
    """Return pairs: partner, how many engagements of it the actor may see."""
    link = EngagementPartner
    return list(
        session.execute(
            select(col(link.partner_id), func.count())
            .join(Engagement, col(Engagement.id) == col(link.engagement_id))
            .where(
                col(link.partner_id).in_(partner_ids),
                engagements_visible_to(actor),
                col(Engagement.voided_at).is_(None),
            )
            .group_by(col(link.partner_id))
        ).all()
    )
