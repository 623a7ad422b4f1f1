"""CPM leadership behaviors: how many held engagements show each, by kind of partner and quarter, and the evidence."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Select, case, distinct, extract, func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.frameworks import BEHAVIORS
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner
from erp.models.partners import Partner
from erp.queries.engagements import partner_names, with_letters
from erp.queries.frameworks import frameworks_of
from erp.queries.visible import engagements_visible_to
from erp.vocabulary import EngagementKind, EngagementStatus, PartnerKind, RecordKind, Verb

#: Stands for every kind of partner together. An engagement with two kinds counts once here, and once in each kind.
ANY_KIND = "any"

COVERAGE_COLUMNS = ["entry_id", "kind", "quarter", "engagements"]
EVIDENCE_COLUMNS = [
    "engagement_id",
    "held_on",
    "engagement_kind",
    "purpose",
    "partners",
    "shown_id",
    "shown_version",
    "evidence",
]


def behavior_coverage(session: Session, actor: Actor, first: date, last: date) -> pd.DataFrame:
    """Return how many held engagements from `first` to `last` show each behavior, of those the actor may see.

    Columns: entry_id str (a numbered one; lettered ones count to their heading), kind str (a PartnerKind's value,
    or ANY_KIND), quarter str ("2026-Q1", calendar quarters), engagements int (at least 1: what has no evidence has no
    row). Grain: behavior × kind × quarter, in that order. A partner that did not take part does not count for its kind,
    except by e-mail, where the county's side shows the behavior; ANY_KIND counts every engagement. What has no exact
    day is in no quarter.
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    held, known = _held(actor, first, last), frameworks_of(session)
    headings = known.heading_of(BEHAVIORS)
    counts: Counter[tuple[str, str, str]] = Counter()
    for entry_id, year, month, n in session.execute(_counted(held, headings)):
        counts[entry_id, ANY_KIND, quarter_of(date(int(year), int(month), 1))] += n
    for entry_id, year, month, n, kind in session.execute(_counted(_with_partners(held), headings, col(Partner.kind))):
        counts[entry_id, kind.value, quarter_of(date(int(year), int(month), 1))] += n
    place = {behavior.id: number for number, behavior in enumerate(known.framework(BEHAVIORS).entries)}
    rows = sorted(counts.items(), key=lambda row: (place.get(row[0][0], len(place)), *row[0]))
    return pd.DataFrame([(*cell, n) for cell, n in rows], columns=COVERAGE_COLUMNS)


def behavior_evidence(
    session: Session, actor: Actor, entry_id: str, kind: str, first: date, last: date
) -> pd.DataFrame:
    """Return the held engagements behind cells of the grid, newest first.

    Columns: engagement_id int, held_on date, engagement_kind, purpose, partners, shown_id (the behavior tagged, maybe a
    lettered one), shown_version (of the framework it was tagged under), evidence str. Grain: engagement × behavior
    tagged. `kind` is a PartnerKind's value or ANY_KIND.
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    held = _held(actor, first, last).where(col(BehaviorTag.entry_id).in_(with_letters(session, entry_id)))
    if kind != ANY_KIND:
        of_kind = _with_partners(select(col(EngagementPartner.engagement_id)).select_from(Engagement))
        held = held.where(col(Engagement.id).in_(of_kind.where(col(Partner.kind) == PartnerKind(kind))))
    columns = (Engagement.id, Engagement.held_on, Engagement.kind, Engagement.purpose)
    tag = (BehaviorTag.entry_id, BehaviorTag.framework_version, BehaviorTag.evidence)
    question = held.with_only_columns(*(col(each) for each in (*columns, *tag))).order_by(
        col(Engagement.held_on).desc(), col(Engagement.id).desc(), col(BehaviorTag.entry_id)
    )
    rows = session.execute(question).all()
    names = partner_names(session, held.with_only_columns(col(Engagement.id)))
    return pd.DataFrame(
        [
            (number, day, how.value, purpose, names.get(number, ""), *shown)
            for number, day, how, purpose, *shown in rows
        ],
        columns=EVIDENCE_COLUMNS,
    )


def evidence_n(session: Session, actor: Actor, kind: str, first: date, last: date) -> int:
    """Return how many held engagements show at least one behavior, with a kind of partner or ANY_KIND."""
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    held = _held(actor, first, last)
    if kind != ANY_KIND:
        held = _with_partners(held).where(col(Partner.kind) == PartnerKind(kind))
    return session.execute(held.with_only_columns(func.count(distinct(col(Engagement.id))))).scalar_one()


def undated_evidence(session: Session, actor: Actor) -> int:
    """Return how many held engagements show a behavior but have no exact day, and so are in no quarter."""
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    question = _tagged(actor).where(col(Engagement.held_on).is_(None))
    return session.execute(question.with_only_columns(func.count(distinct(col(Engagement.id))))).scalar_one()


def quarter_of(day: date) -> str:
    """Return the calendar quarter of a day, as "2026-Q1"."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_days(quarter: str) -> tuple[date, date]:
    """Return the first and last day of a quarter such as "2026-Q1"."""
    year, number = int(quarter[:4]), int(quarter[-1])
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), after - timedelta(days=1)


def quarters_until(day: date, n: int) -> list[str]:
    """Return the last `n` quarters up to the one of a day, oldest first."""
    start = day.year * 4 + (day.month - 1) // 3
    return [f"{q // 4}-Q{q % 4 + 1}" for q in range(start - n + 1, start + 1)]


def _tagged(actor: Actor) -> Select:
    return (
        select(col(Engagement.id))
        .join(BehaviorTag, col(BehaviorTag.engagement_id) == col(Engagement.id))
        .where(
            engagements_visible_to(actor),
            col(Engagement.status) == EngagementStatus.HELD,
            col(Engagement.voided_at).is_(None),
        )
    )


def _held(actor: Actor, first: date, last: date) -> Select:
    return _tagged(actor).where(col(Engagement.held_on).between(first, last))


def _with_partners(question: Select) -> Select:
    there = or_(col(EngagementPartner.two_way), col(Engagement.kind) == EngagementKind.EMAIL)
    return (
        question.join(EngagementPartner, col(EngagementPartner.engagement_id) == col(Engagement.id))
        .join(Partner, col(Partner.id) == col(EngagementPartner.partner_id))
        .where(there)
    )


def _counted(question: Select, headings: dict[str, str], *by: Any) -> Select:
    """Return heading, year, month, number of engagements – and what they are counted by – from a question.

    A day lies in one month and a month in one quarter, so months add up to quarters.
    """
    entry_id = col(BehaviorTag.entry_id)
    heading = case(headings, value=entry_id, else_=entry_id) if headings else entry_id
    month = (extract("year", col(Engagement.held_on)), extract("month", col(Engagement.held_on)))
    engagements = func.count(distinct(col(Engagement.id)))
    return question.with_only_columns(heading, *month, engagements, *by).group_by(heading, *month, *by)
