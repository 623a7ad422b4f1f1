"""The list of engagements with its filters; a page of it at a time."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.frameworks import BEHAVIORS
from erp.models.contacts import Forum
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner
from erp.models.partners import Partner
from erp.queries.frameworks import frameworks_of
from erp.queries.visible import engagements_visible_to
from erp.queries.word_index import saying
from erp.vocabulary import EngagementKind, EngagementStatus, RecordKind, Verb

#: Rows on one page of a list.
PAGE_ROWS = 50

LIST_COLUMNS = ["engagement_id", "held_on", "when_words", "status", "kind", "forum", "purpose", "partners"]


@dataclass(frozen=True)
class EngagementFilter:
    """What a list of engagements is narrowed to; `behavior` includes its lettered ones.

    `first` and `last` leave out what has no exact day; `undated` leaves only that. `holder_id`: an account's own, with
    partners it holds or written down by it. Voided records are apart.
    """

    words: str = ""
    partner_id: int | None = None
    kind: EngagementKind | None = None
    status: EngagementStatus | None = None
    first: date | None = None
    last: date | None = None
    forum_id: int | None = None
    behavior: str | None = None
    undated: bool = False
    holder_id: int | None = None
    voided: bool = False


def engagement_list(session: Session, actor: Actor, wanted: EngagementFilter, page: int | None = 1) -> pd.DataFrame:
    """Return a page of the engagements the actor may see, newest first, those without an exact day last.

    Columns: engagement_id int, held_on date or None, when_words str (where there is no day), status and kind (words),
    forum (one not known yet as written), purpose, partners (names; those not linked yet are marked) str. `page` from 1,
    PAGE_ROWS each; None: all. Without rows: an empty frame with these columns.
    """
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    question = (
        select(
            col(Engagement.id),
            col(Engagement.held_on),
            col(Engagement.as_written),
            col(Engagement.status),
            col(Engagement.kind),
            col(Forum.name),
            col(Engagement.purpose),
        )
        .outerjoin(Forum, col(Forum.id) == col(Engagement.forum_id))
        .where(*conditions_of(session, actor, wanted))
        .order_by(col(Engagement.held_on).desc().nulls_last(), col(Engagement.id).desc())
    )
    if page is not None:
        question = question.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)
    rows = session.execute(question).all()
    # A page's few ids are given as they are; for a whole list the question is, as databases limit parameters.
    everything = question.with_only_columns(col(Engagement.id)).order_by(None)
    names = partner_names(session, everything if page is None else [row[0] for row in rows])
    return pd.DataFrame(
        [
            (
                number,
                day,
                written.get("held_on", ""),
                status,
                kind,
                forum or written.get("forum", ""),
                purpose,
                names.get(number, ""),
            )
            for number, day, written, status, kind, forum, purpose in rows
        ],
        columns=LIST_COLUMNS,
    ).astype({"held_on": object})


def engagement_count(session: Session, actor: Actor, wanted: EngagementFilter) -> int:
    """Return how many engagements a filter leaves of those the actor may see."""
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    return session.execute(
        select(func.count()).select_from(Engagement).where(*conditions_of(session, actor, wanted))
    ).scalar_one()


def with_letters(session: Session, entry_id: str) -> list[str]:
    """Return the ids of a leadership behavior and its lettered ones."""
    headings = frameworks_of(session).heading_of(BEHAVIORS)
    return [entry_id, *(lettered for lettered, heading in headings.items() if heading == entry_id)]


def partner_names(session: Session, engagements: Select | list[int]) -> dict[int, str]:
    """Return engagement id → its partners' names, joined with semicolons, for ids or a question that selects ids."""
    name = func.coalesce(col(Partner.name), col(EngagementPartner.name_written) + " (not linked yet)")
    rows = session.execute(
        select(col(EngagementPartner.engagement_id), name)
        .outerjoin(Partner, col(Partner.id) == col(EngagementPartner.partner_id))
        .where(col(EngagementPartner.engagement_id).in_(engagements))
        .order_by(col(EngagementPartner.id))
    )
    names: dict[int, list[str]] = {}
    for engagement_id, partner in rows:
        names.setdefault(engagement_id, []).append(partner)
    return {engagement_id: "; ".join(listed) for engagement_id, listed in names.items()}


def conditions_of(session: Session, actor: Actor, wanted: EngagementFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter on Engagement rows that the actor may see."""
    voided = col(Engagement.voided_at)
    conditions = [engagements_visible_to(actor), voided.is_not(None) if wanted.voided else voided.is_(None)]
    same = {Engagement.kind: wanted.kind, Engagement.status: wanted.status, Engagement.forum_id: wanted.forum_id}
    conditions += [col(column) == value for column, value in same.items() if value is not None]
    if wanted.first is not None:
        conditions.append(col(Engagement.held_on) >= wanted.first)
    if wanted.last is not None:
        conditions.append(col(Engagement.held_on) <= wanted.last)
    if wanted.undated:
        conditions.append(col(Engagement.held_on).is_(None))
    if wanted.partner_id is not None:
        conditions.append(_has(EngagementPartner, col(EngagementPartner.partner_id) == wanted.partner_id))
    if wanted.holder_id is not None:
        held = select(col(Partner.id)).where(col(Partner.holder_id) == wanted.holder_id)
        with_one = _has(EngagementPartner, col(EngagementPartner.partner_id).in_(held))
        conditions.append(or_(with_one, col(Engagement.recorded_by) == wanted.holder_id))
    if wanted.behavior is not None:
        conditions.append(_has(BehaviorTag, col(BehaviorTag.entry_id).in_(with_letters(session, wanted.behavior))))
    if wanted.words.strip():
        seen = tuple(conditions[:2])
        said = saying(session, actor, RecordKind.ENGAGEMENT, col(Engagement.id), wanted.words, *seen)
        conditions.append(said.condition)
    return conditions


def _has(part: type[EngagementPartner | BehaviorTag], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Engagement.id).in_(select(col(part.engagement_id)).where(condition))
