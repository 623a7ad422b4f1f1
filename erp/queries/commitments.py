"""Promises: who owes what to whom, what is overdue and what comes next; one promise for its page."""

from dataclasses import dataclass, replace
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
from erp.queries.visible import commitments_visible_to, engagements_visible_to
from erp.queries.word_index import saying
from erp.vocabulary import RecordKind, Side, Verb, Word, commitment_state

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
    finished_on = func.coalesce(Commitment.withdrawn_on, Commitment.done_on)
    question = _promises(actor, this_day).where(*_conditions(session, actor, filters, this_day))
    question = question.order_by(
        case({group.value: place for place, group in enumerate(PromiseGroup)}, value=_group(this_day)),
        finished_on.desc().nulls_first(),
        col(Commitment.due_on).asc().nulls_last(),
        col(Commitment.id),
    )
    if rows is not None:
        question = question.limit(rows).offset((page - 1) * rows)
    found = [_row(*each, this_day=this_day) for each in session.execute(question)]
    whole = dict.fromkeys(("partner_id", "engagement_id", "days_over"), "Int64")
    types = {"commitment_id": int, "version": int, "voided": bool} | whole
    return pd.DataFrame(found, columns=COLUMNS, dtype=object).astype(types)  # words of a set keep their labels


def promise_counts(session: Session, actor: Actor, filters: PromiseFilters) -> pd.DataFrame:
    """Return how many promises are in each group, by the filters but for the groups.

    Columns: group (PromiseGroup), n int. One row per group, in its order.
    """
    actor.require(Verb.SEE, RecordKind.COMMITMENT)
    this_day = today(session)
    question = select(_group(this_day).label("promise_group"), func.count()).select_from(Commitment)
    if filters.holder_id is not None:  # else nothing is asked of the partner, and each promise would look it up
        question = question.outerjoin(Partner, col(Partner.id) == col(Commitment.partner_id))
    question = question.where(*_conditions(session, actor, replace(filters, groups=()), this_day))
    question = question.group_by("promise_group")  # by its name: PostgreSQL cannot tell that two expressions are one
    found: dict[str, int] = dict(session.execute(question).all())
    rows = [(group, found.get(group.value, 0)) for group in PromiseGroup]
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
    """Return the group of a Commitment row as an expression; agrees with erp.vocabulary.commitment_state."""
    due = col(Commitment.due_on)
    return case(
        (col(Commitment.withdrawn_on) <= this_day, PromiseGroup.WITHDRAWN.value),
        (col(Commitment.done_on) <= this_day, PromiseGroup.KEPT.value),
        (due.is_(None), PromiseGroup.NO_DAY.value),
        (due < this_day, PromiseGroup.OVERDUE.value),
        (due <= this_day + timedelta(days=SOON_DAYS), PromiseGroup.SOON.value),
        else_=PromiseGroup.LATER.value,
    )


def _conditions(session: Session, actor: Actor, filters: PromiseFilters, this_day: date) -> list[ColumnElement[bool]]:
    voided = col(Commitment.voided_at)
    chosen = [commitments_visible_to(actor), voided.is_not(None) if filters.voided else voided.is_(None)]
    if filters.groups:
        chosen.append(_group(this_day).in_([group.value for group in filters.groups]))
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
