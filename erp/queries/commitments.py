"""Promises: who owes what to whom, what is overdue and what comes next; one promise for its page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.models.partners import Partner
from erp.queries.county import today
from erp.queries.paging import ids_in_turn, is_one_of
from erp.queries.visible import commitments_visible_to, engagements_visible_to
from erp.queries.word_index import saying
from erp.states import commitment_state
from erp.vocabulary import RecordKind, Side, Verb, Word

#: Rows on one page of the list: each is a card with its own form.
PAGE_ROWS = 25
#: "Due soon" looks this many days ahead. Ours.
SOON_DAYS = 30


class PromiseGroup(Word):
    """How the list is grouped, in its order."""

    OVERDUE = "overdue", "Overdue"
    SOON = "soon", f"Due in {SOON_DAYS} days"
    LATER = "later", "Due later"
    NO_DAY = "no_day", "No due day"
    KEPT = "kept", "Kept"
    WITHDRAWN = "withdrawn", "Withdrawn by agreement"


class OwedBy(Word):
    """Who owes a promise."""

    COUNTY = "county", "County"
    PARTNER = "partner", "Partner"
    OTHER = "other", "Another body"


#: Groups of promises that are still to be kept.
OPEN_GROUPS = (PromiseGroup.OVERDUE, PromiseGroup.SOON, PromiseGroup.LATER, PromiseGroup.NO_DAY)

COLUMNS = [
    "commitment_id", "version", "key", "what", "owed_by", "owed_by_words", "partner_id", "partner", "engagement_id",
    "engagement", "made_on", "due_on", "due_words", "done_on", "done_words", "withdrawn_on", "reason", "notes", "group",
    "state", "days_over", "voided", "void_reason",
]  # fmt: skip


@dataclass(frozen=True)
class PromiseFilters:
    """What to show. `holder_id`: promises of the partnerships this account holds, or that it wrote down itself."""

    groups: tuple[PromiseGroup, ...] = ()
    partner_id: int | None = None
    owed_by: OwedBy | None = None
    words: str = ""
    holder_id: int | None = None
    voided: bool = False


def promise_list(
    session: Session, actor: Actor, filters: PromiseFilters, page: int = 1, rows: int | None = PAGE_ROWS
) -> pd.DataFrame:
    """Return a page of promises, one row each (`rows` None: all of them).

    Columns: commitment_id, version int; key; what; owed_by (OwedBy), owed_by_words (another body's name); partner_id
    (None: unlinked), partner (a name not linked yet as written); engagement_id, engagement (None and "" where the
    actor may not see it); made_on, due_on, done_on, withdrawn_on date or None; due_words, done_words: words that are
    not a day; reason; notes; group (PromiseGroup); state (CommitmentState today); days_over int (past the due day,
    negative: days left; None); voided bool; void_reason. By group; within it by due day, finished ones newest first.
    Empty: the same columns, no rows.
    """
    actor.require(Verb.SEE, RecordKind.COMMITMENT)
    this_day = today(session)
    every = _of_holder(filters, select(col(Commitment.id))).where(*_conditions(session, actor, filters))
    groups = [group for group in PromiseGroup if group in filters.groups or not filters.groups]
    parts = [part for group in groups for part in _parts(group, this_day)]
    ids = ids_in_turn(session, [every.where(which).order_by(*order) for which, order in parts], page, rows)
    question = _promises(actor, this_day).where(is_one_of(col(Commitment.id), ids))
    by_id = {each[0].id: each for each in session.execute(question)} if ids else {}
    found = [_row(*by_id[number], this_day=this_day) for number in ids]
    whole = dict.fromkeys(("partner_id", "engagement_id", "days_over"), "Int64")
    types = {"commitment_id": int, "version": int, "voided": bool} | whole
    return pd.DataFrame(found, columns=COLUMNS, dtype=object).astype(types)  # words of a set keep their labels


def promise_counts(session: Session, actor: Actor, filters: PromiseFilters) -> pd.DataFrame:
    """Return how many promises are in each group, by the filters but for the groups.

    Columns: group (PromiseGroup), n int. One row per group, in its order.
    """
    actor.require(Verb.SEE, RecordKind.COMMITMENT)
    this_day = today(session)
    count = _of_holder(filters, select(func.count()).select_from(Commitment))
    count = count.where(*_conditions(session, actor, filters))
    to_end = select(_group(this_day).label("promise_group"), func.count()).select_from(Commitment)
    to_end = _of_holder(filters, to_end).where(*_conditions(session, actor, filters), _to_end(this_day))
    # by its name: PostgreSQL cannot tell that two expressions are one
    more: dict[str, int] = dict(session.execute(to_end.group_by("promise_group")).all())
    rows = []
    for group in PromiseGroup:
        which, _ = _parts(group, this_day)[0]
        rows.append((group, (session.scalar(count.where(which)) or 0) + more.get(group.value, 0)))
    return pd.DataFrame(rows, columns=["group", "n"], dtype=object).astype({"n": int})


def promises_due(session: Session, actor: Actor, holder_id: int | None = None, rows: int = 50) -> pd.DataFrame:
    """Return promises that are overdue or due soon, the longest overdue first. Columns: `promise_list`."""
    groups = (PromiseGroup.OVERDUE, PromiseGroup.SOON)
    return promise_list(session, actor, PromiseFilters(groups=groups, holder_id=holder_id), rows=rows)


def promise_detail(session: Session, actor: Actor, commitment_id: int) -> dict[str, Any]:
    """Return one promise: the columns of `promise_list` by name, and extras, the county's columns without a place.

    Raises: NotFound, the same whether it is not there or not for this person.
    """
    actor.require(Verb.SEE, RecordKind.COMMITMENT)
    this_day = today(session)
    question = _promises(actor, this_day).where(col(Commitment.id) == commitment_id, commitments_visible_to(actor))
    found = session.execute(question).first()
    if found is None:
        raise NotFound("This promise is not here. It may have been moved, or the address is wrong.")
    row = _row(*found, this_day=this_day)
    return dict(zip(COLUMNS, row, strict=True)) | {"extras": dict(found[0].extras)}


def _promises(actor: Actor, this_day: date) -> Any:
    seen = and_(col(Engagement.id) == col(Commitment.engagement_id), engagements_visible_to(actor))
    return (
        select(Commitment, col(Partner.name), Engagement, _group(this_day))
        .outerjoin(Partner, col(Partner.id) == col(Commitment.partner_id))
        .outerjoin(Engagement, seen)
    )


def _group(this_day: date) -> ColumnElement[str]:
    """Return the group of a Commitment row as an expression; agrees with erp.states.commitment_state."""
    due = col(Commitment.due_on)
    return case(
        (col(Commitment.withdrawn_on) <= this_day, PromiseGroup.WITHDRAWN.value),
        (col(Commitment.done_on) <= this_day, PromiseGroup.KEPT.value),
        (due.is_(None), PromiseGroup.NO_DAY.value),
        (due < this_day, PromiseGroup.OVERDUE.value),
        (due <= this_day + timedelta(days=SOON_DAYS), PromiseGroup.SOON.value),
        else_=PromiseGroup.LATER.value,
    )


def _parts(group: PromiseGroup, this_day: date) -> list[tuple[ColumnElement[bool], tuple[ColumnElement[Any], ...]]]:
    """Return the parts of a group of Commitment rows, each with its order, as ranges that an index has.

    They agree with `_group`. A spreadsheet may say that a promise is kept, or withdrawn, on a day to come: it is open
    until then, and stands behind those of its group of which nothing is said.
    """
    due, done, withdrawn = col(Commitment.due_on), col(Commitment.done_on), col(Commitment.withdrawn_on)
    newest = func.coalesce(withdrawn, done).desc()
    by_due_day = (due.asc().nulls_last(), col(Commitment.id).asc())
    if group is PromiseGroup.WITHDRAWN:
        return [(withdrawn <= this_day, (newest, *by_due_day))]
    not_withdrawn = or_(withdrawn.is_(None), withdrawn > this_day)
    if group is PromiseGroup.KEPT:
        return [(and_(done <= this_day, not_withdrawn), (newest, *by_due_day))]
    soon = this_day + timedelta(days=SOON_DAYS)
    is_due = {
        PromiseGroup.OVERDUE: due < this_day,
        PromiseGroup.SOON: and_(due >= this_day, due <= soon),
        PromiseGroup.LATER: due > soon,
        PromiseGroup.NO_DAY: due.is_(None),
    }[group]
    return [
        (and_(is_due, done.is_(None), withdrawn.is_(None)), by_due_day),
        (and_(is_due, _to_end(this_day)), (newest, *by_due_day)),
    ]


def _to_end(this_day: date) -> ColumnElement[bool]:
    """Return the condition that a Commitment row is kept or withdrawn on a day to come."""
    done, withdrawn = col(Commitment.done_on), col(Commitment.withdrawn_on)
    is_open = and_(or_(done.is_(None), done > this_day), or_(withdrawn.is_(None), withdrawn > this_day))
    return and_(or_(done > this_day, withdrawn > this_day), is_open)


def _of_holder(filters: PromiseFilters, question: Any) -> Any:
    """Join the partner where something is asked of it: each promise would look it up."""
    if filters.holder_id is None:
        return question
    return question.outerjoin(Partner, col(Partner.id) == col(Commitment.partner_id))


def _conditions(session: Session, actor: Actor, filters: PromiseFilters) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter on Commitment rows that the actor may see, but for the groups."""
    voided = col(Commitment.voided_at)
    chosen = [commitments_visible_to(actor), voided.is_not(None) if filters.voided else voided.is_(None)]
    if filters.partner_id is not None:
        chosen.append(col(Commitment.partner_id) == filters.partner_id)
    if filters.owed_by is OwedBy.OTHER:
        chosen.append(col(Commitment.owed_by).is_(None))
    elif filters.owed_by is not None:
        chosen.append(col(Commitment.owed_by) == Side(filters.owed_by.value))
    if filters.words.strip():
        said = saying(session, actor, RecordKind.COMMITMENT, col(Commitment.id), filters.words, *chosen[:2])
        chosen.append(said.condition)
    if filters.holder_id is not None:
        mine = (col(Partner.holder_id) == filters.holder_id, col(Commitment.recorded_by) == filters.holder_id)
        chosen.append(or_(*mine))
    return chosen


def _row(
    promise: Commitment, partner: str | None, meeting: Engagement | None, group: str, *, this_day: date
) -> tuple[Any, ...]:
    written = promise.as_written
    return (
        promise.id,
        promise.version,
        promise.key,
        promise.what,
        OwedBy(promise.owed_by.value) if promise.owed_by else OwedBy.OTHER,
        written.get("owed_by", ""),
        promise.partner_id,
        partner or written.get("partner", ""),
        meeting.id if meeting else None,
        _meeting(meeting) if meeting else "",
        promise.made_on,
        promise.due_on,
        written.get("due_on", ""),
        promise.done_on,
        written.get("done_on", ""),
        promise.withdrawn_on,
        promise.reason,
        promise.notes,
        PromiseGroup(group),
        commitment_state(promise.due_on, promise.done_on, promise.withdrawn_on, this_day),
        (this_day - promise.due_on).days if promise.due_on else None,
        promise.voided_at is not None,
        promise.void_reason,
    )


def _meeting(meeting: Engagement) -> str:
    held = f" on {meeting.held_on:%b %-d, %Y}" if meeting.held_on else ""
    return f"{meeting.purpose or 'A meeting'}{held}"
