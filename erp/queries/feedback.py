"""The feedback queue: what came in, where it stands, what comes next and by when; one item with its history."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Subquery, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.contacts import Contact
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Partner
from erp.queries.county import day_of, today
from erp.queries.following import to_ask_again
from erp.queries.paging import ids_in_turn, is_one_of
from erp.queries.targets import COUNTY_NEXT, DaysAfter, FeedbackTargets, about_target_on, feedback_targets, past_target
from erp.queries.visible import engagements_visible_to, feedback_visible_to
from erp.queries.word_index import saying
from erp.vocabulary import FeedbackKind, FeedbackState, Readers, RecordKind, Signed, Verb

#: Rows on one page of the queue: each is a card with its own form.
PAGE_ROWS = 25

COLUMNS = [
    "item_id", "version", "key", "partner_id", "partner", "giver", "anonymous", "kind", "way", "words", "language",
    "translation", "received_on", "received_words", "state", "decision", "target_on", "days_past", "voided",
    "void_reason", "signed", "readers", "assigned_to", "assignee", "paused_on", "paused_because", "duplicate_of",
    "duplicate_key",
]  # fmt: skip


#: What is said of somebody who gave feedback on a public page; who it is, is opened apart, and that is written down.
LEFT = {Signed.NAMED: "somebody who left their name", Signed.REACHABLE: "somebody who left a way to reach them"}


#: The item that a duplicate belongs to.
_other: Any = aliased(FeedbackItem)


@dataclass(frozen=True)
class FeedbackFilters:
    """What to show. `holder_id`: items of the partnerships this account holds, or that it wrote down itself.

    `assigned_to`: items that this account works on; `unassigned`: those nobody works on. `ask_again`: told 28 days ago
    or longer, not answered, and the giver can be asked once more. `for_file`: without what its giver opened to some
    readers only, because a file cannot keep who may read it.
    """

    states: tuple[FeedbackState, ...] = ()
    partner_id: int | None = None
    kind: FeedbackKind | None = None
    words: str = ""
    holder_id: int | None = None
    past_target: bool = False
    ask_again: bool = False
    assigned_to: int | None = None
    unassigned: bool = False
    voided: bool = False
    for_file: bool = False


WAITING = FeedbackFilters(states=COUNTY_NEXT)


@dataclass(frozen=True)
class FeedbackDetail:
    """One item: its row of the queue, what a correction needs, and its steps.

    `steps`: step (FeedbackState), on_day (None: not recorded), how, said, counts, recorded_on, by; in order.
    """

    row: dict[str, Any]
    contact_id: int | None
    person: str
    may_quote: bool
    notes: str
    as_written: dict[str, str]
    extras: dict[str, str]
    engagement_id: int | None
    engagement: str
    steps: pd.DataFrame


def feedback_list(
    session: Session, actor: Actor, filters: FeedbackFilters, page: int = 1, rows: int | None = PAGE_ROWS
) -> pd.DataFrame:
    """Return a page of feedback items, one row each (`rows` None: all of them).

    Columns: item_id, version int; key; partner_id (None: unlinked), partner (a name not linked yet as written);
    giver (who gave it, in words; named only to those who may see names); anonymous bool; kind, way (labels, or as
    written); words, language, translation; received_on date (None: not a known day), received_words; state
    (FeedbackState); decision; target_on date (None: nothing is the county's to do); days_past int (past the target;
    negative: days left; None); voided bool; void_reason; signed (Signed), readers (Readers): as the giver chose;
    assigned_to int (account, None: nobody), assignee (name); paused_on date (the targets rest since then, None),
    paused_because; duplicate_of int (item, None), duplicate_key (its key).
    What is the county's to do first, about by target day; then newest first. Duplicates are left out.
    Empty: the same columns, no rows.
    """
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    targets = feedback_targets(session)
    question, target, since, reopened = _items(targets)
    chosen = _conditions(session, actor, filters, since)
    newest = (col(FeedbackItem.received_on).desc().nulls_last(), col(FeedbackItem.id).desc())
    waits, ids_of = col(FeedbackItem.state).in_(COUNTY_NEXT), _of_holder(filters, select(col(FeedbackItem.id)))
    waiting = _with(ids_of, reopened).where(*chosen, waits).order_by(target.asc().nulls_last(), *newest)
    others = (_with(ids_of, reopened) if filters.past_target else ids_of).where(*chosen, ~waits).order_by(*newest)
    ids = ids_in_turn(session, [waiting, others], page, rows)
    this_day, names = today(session), actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    here = session.execute(question.where(is_one_of(col(FeedbackItem.id), ids))) if ids else ()
    by_id = {each[0].id: each for each in here}
    found = [_row(*by_id[number], targets=targets, this_day=this_day, names=names) for number in ids]
    types = {"item_id": int, "version": int, "partner_id": "Int64", "days_past": "Int64", "anonymous": bool}
    types |= {"assigned_to": "Int64", "duplicate_of": "Int64"}
    return pd.DataFrame(found, columns=COLUMNS, dtype=object).astype(types | {"voided": bool})


def feedback_counts(session: Session, actor: Actor, filters: FeedbackFilters) -> pd.DataFrame:
    """Return how many items are in each state, by the filters but for states and past target.

    Columns: state (FeedbackState), n int, past int (past their target). One row per state of the loop, in its order.
    """
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    reopened = _last_reopened()
    since = _since(reopened)
    past = past_target(feedback_targets(session), since, today(session))
    unbound = _conditions(session, actor, replace(filters, states=(), past_target=False), since)
    count = _of_holder(filters, select(col(FeedbackItem.state), func.count()).select_from(FeedbackItem))
    count = count.where(*unbound).group_by(col(FeedbackItem.state))
    # Apart: when it was last reopened is asked only of items whose next step is the county's.
    of_county = _with(count, reopened).where(col(FeedbackItem.state).in_(COUNTY_NEXT), past)
    here, late = (dict(session.execute(each).all()) for each in (count, of_county))
    rows = [(state, here.get(state, 0), late.get(state, 0)) for state in FeedbackState]
    return pd.DataFrame(rows, columns=["state", "n", "past"], dtype=object).astype({"n": int, "past": int})


def feedback_waiting(session: Session, actor: Actor, holder_id: int | None = None, rows: int = 50) -> pd.DataFrame:
    """Return items whose next step is the county's, the one longest past its target first. Columns: `feedback_list`."""
    return feedback_list(session, actor, FeedbackFilters(states=COUNTY_NEXT, holder_id=holder_id), rows=rows)


def feedback_detail(session: Session, actor: Actor, item_id: int) -> FeedbackDetail:
    """Return one item with its steps. Raises: NotFound, the same whether it is not there or not for this person."""
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    targets = feedback_targets(session)
    question, *_ = _items(targets)
    found = session.execute(question.where(col(FeedbackItem.id) == item_id, feedback_visible_to(actor))).first()
    if found is None:
        raise NotFound("This feedback is not here. It may have been moved, or the address is wrong.")
    item, names = found[0], actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    meeting_id, meeting = _meeting(session, actor, item.engagement_id)
    return FeedbackDetail(
        row=dict(zip(COLUMNS, _row(*found, targets=targets, this_day=today(session), names=names), strict=True)),
        contact_id=item.contact_id,
        person=item.person if names else "",
        may_quote=item.may_quote,
        notes=item.notes,
        as_written=dict(item.as_written) if names else {},
        extras=dict(item.extras) if names else {},
        engagement_id=meeting_id,
        engagement=meeting,
        steps=_steps(session, item_id),
    )


def _steps(session: Session, item_id: int) -> pd.DataFrame:
    question = (
        select(FeedbackStep, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(FeedbackStep.recorded_by))
        .where(col(FeedbackStep.item_id) == item_id)
        .order_by(col(FeedbackStep.position))
    )
    return pd.DataFrame(
        [
            (s.step, s.on_day, s.how, s.said, s.counts, day_of(session, s.recorded_at), name or "")
            for s, name in session.execute(question)
        ],
        columns=["step", "on_day", "how", "said", "counts", "recorded_on", "by"],
        dtype=object,  # states stay states; as text pandas would forget their labels
    )


def _meeting(session: Session, actor: Actor, engagement_id: int | None) -> tuple[int | None, str]:
    question = select(col(Engagement.id), col(Engagement.purpose), col(Engagement.held_on)).where(
        col(Engagement.id) == engagement_id, engagements_visible_to(actor)
    )
    found = session.execute(question).first() if engagement_id is not None else None
    if found is None:
        return None, ""
    held = f" on {found.held_on:%b %-d, %Y}" if found.held_on else ""
    return found.id, f"{found.purpose or 'A meeting'}{held}"


def _last_reopened() -> Subquery:
    """Return the newest reopening of each item: targets count from there, as the loop began anew."""
    return (
        select(col(FeedbackStep.item_id), func.max(col(FeedbackStep.on_day)).label("on_day"))
        .where(col(FeedbackStep.step) == FeedbackState.REOPENED)
        .group_by(col(FeedbackStep.item_id))
        .subquery()
    )


def _since(reopened: Subquery) -> ColumnElement[date | None]:
    """Return the day that targets count from: received or reopened, and as much later as they rested since."""
    began = func.coalesce(reopened.c.on_day, col(FeedbackItem.received_on))
    return case((col(FeedbackItem.paused_days) > 0, DaysAfter(began, col(FeedbackItem.paused_days))), else_=began)


def _items(targets: FeedbackTargets) -> tuple[Any, ColumnElement[date | None], ColumnElement[date | None], Subquery]:
    """Return the question for items with partner, person, the day targets count from and who works on it; about its
    target day; the day targets count from; and the newest reopenings that both rest on.
    """
    reopened = _last_reopened()
    since = _since(reopened)
    question = select(FeedbackItem, col(Partner.name), Contact, since, col(Account.name), _other.key).select_from(
        FeedbackItem
    )
    question = question.outerjoin(Partner, col(Partner.id) == col(FeedbackItem.partner_id))
    question = question.outerjoin(Contact, col(Contact.id) == col(FeedbackItem.contact_id))
    question = question.outerjoin(Account, col(Account.id) == col(FeedbackItem.assigned_to))
    question = question.outerjoin(_other, _other.id == col(FeedbackItem.duplicate_of))
    return _with(question, reopened), about_target_on(targets, since), since, reopened


def _with(question: Any, reopened: Subquery) -> Any:
    return question.outerjoin(reopened, reopened.c.item_id == col(FeedbackItem.id))


def _of_holder(filters: FeedbackFilters, question: Any) -> Any:
    """Join the partner where something is asked of it: each item would look it up."""
    if filters.holder_id is None:
        return question
    return question.outerjoin(Partner, col(Partner.id) == col(FeedbackItem.partner_id))


def _conditions(
    session: Session, actor: Actor, filters: FeedbackFilters, since: ColumnElement[date | None]
) -> list[ColumnElement[bool]]:
    voided = col(FeedbackItem.voided_at)
    chosen = [feedback_visible_to(actor), voided.is_not(None) if filters.voided else voided.is_(None)]
    if not filters.voided:
        chosen.append(col(FeedbackItem.duplicate_of).is_(None))
    if filters.states:
        chosen.append(col(FeedbackItem.state).in_(filters.states))
    if filters.partner_id is not None:
        chosen.append(col(FeedbackItem.partner_id) == filters.partner_id)
    if filters.kind is not None:
        chosen.append(col(FeedbackItem.kind) == filters.kind)
    if filters.words.strip():
        said = saying(session, actor, RecordKind.FEEDBACK_ITEM, col(FeedbackItem.id), filters.words, *chosen[:2])
        chosen.append(said.condition)
    if filters.holder_id is not None:
        mine = (col(Partner.holder_id) == filters.holder_id, col(FeedbackItem.recorded_by) == filters.holder_id)
        chosen.append(or_(*mine))
    if filters.for_file:
        chosen.append(col(FeedbackItem.readers) == Readers.TEAM)
    if filters.assigned_to is not None:
        chosen.append(col(FeedbackItem.assigned_to) == filters.assigned_to)
    if filters.unassigned:
        chosen.append(col(FeedbackItem.assigned_to).is_(None))
    if filters.ask_again:
        chosen.append(to_ask_again(today(session)))
    if filters.past_target:
        chosen.append(past_target(feedback_targets(session), since, today(session)))
    return chosen


def _row(
    item: FeedbackItem,
    partner: str | None,
    contact: Contact | None,
    since: date | None,
    assignee: str | None,
    original: str | None,
    *,
    targets: FeedbackTargets,
    this_day: date,
    names: bool,
) -> tuple[Any, ...]:
    written = item.as_written
    target = targets.target_on(item.state, since) if item.paused_on is None else None
    return (
        item.id,
        item.version,
        item.key,
        item.partner_id,
        partner or written.get("partner", ""),
        giver(item, partner or written.get("partner", ""), contact, names=names),
        item.anonymous,
        written.get("kind") or item.kind.label,
        written.get("way") or item.way.label,
        item.words,
        item.language,
        item.translation,
        item.received_on,
        written.get("received_on", ""),
        item.state,
        item.decision,
        target,
        (this_day - target).days if target else None,
        item.voided_at is not None,
        item.void_reason,
        item.signed,
        item.readers,
        item.assigned_to,
        assignee or "",
        item.paused_on,
        item.paused_because,
        item.duplicate_of,
        original or "",
    )


def giver(item: FeedbackItem, partner: str, contact: Contact | None, *, names: bool) -> str:
    """Say who gave an item; a person is named only where they agreed to it or the reader may see names.

    Source: W&I 10850, by way of the product notes: a person's own name can disclose that they received services.
    """
    if item.anonymous:
        person = "anonymous"
    elif contact is not None:
        may_be_named = names or contact.may_be_named is True
        person = contact.name if may_be_named and contact.name else contact.role or "a person"
    elif item.signed in LEFT:
        person = LEFT[item.signed]
    elif item.person:
        person = item.person if names else "a person"
    else:
        person = ""
    return " · ".join(part for part in (partner, person) if part) or "not said"
