"""Answers of queries, kept until the data change. The only cache of data in the app; it holds frames and plain rows.

The key is the question, what the actor may see, the county's day, and the state of the data, which every commit
changes. Standings of all partners are brought up to date partner by partner instead: one save changes few of them.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from sqlalchemy import true
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.frameworks import Frameworks
from erp.health.standings import Standings
from erp.queries.county import Now, now
from erp.queries.frameworks import frameworks_of
from erp.queries.health import (
    Ledgers,
    figures_open_to,
    last_months,
    ledger_reach,
    partners_with_news,
    standing_by_month,
    standings,
    tracked_partners,
)
from erp.ui.session import require_actor

AnswerT = TypeVar("AnswerT")

#: The state of the data within this run. Not in the session's state, which cannot be reached once a page was stopped.
_now: ContextVar[Now | None] = ContextVar("_now", default=None)
#: Months of standing that are kept; no page shows more.
KEPT_MONTHS = 37
#: From this many partners on, all are figured: an import changed so many, or a page asks for so many.
MUCH_NEWS = 400


def load(question: Callable[..., AnswerT], *args: Any) -> AnswerT:
    """Ask `question(session, actor, *args)`, or return the answer kept for the same scope, day and data."""
    return _asked(_kept, question, args)


def load_unalterable(question: Callable[..., AnswerT], *args: Any) -> AnswerT:
    """As `load`, but hand everybody the answer itself and no copy: for a large answer that nobody can alter."""
    return _asked(_kept_as_it_is, question, args)


@contextmanager
def one_state() -> Iterator[None]:
    """Within it the state of the data is asked for once: what a run of a page, or of a part, draws belongs together.

    Callbacks run before the page does, and ask again.
    """
    if _now.get() is not None:  # a part of a page, within the run of the whole
        yield
        return
    asked = _now.set(_ask_now())
    try:
        yield
    finally:
        _now.reset(asked)


def look_again() -> None:
    """Ask for the state of the data again at the next question: something was saved."""
    _now.set(None)


def county_now() -> Now:
    """Return the state of the data, the county's day and its name."""
    return _now.get() or _ask_now()


def county_today() -> date:
    """Return the day it is in the county."""
    return county_now().day


def frameworks() -> Frameworks:
    """Return the county's frameworks, kept for this state of the data and this day: the same for everybody."""
    require_actor()
    here = county_now()
    kept = _frameworks.get(here.state[0])
    if kept is None or kept[0] != here:
        with db.reading() as session:
            kept = _frameworks[here.state[0]] = (here, frameworks_of(session))
    return kept[1]


def standing(months: int, version: str = "", partner_ids: Collection[int] | None = None) -> Standings:
    """Return standing at the last `months` month-ends of every scored partner whose figures the actor may see.

    `partner_ids`: of these only. `version`: of the formula; empty: the one in force, whose figures are kept up to date.
    """
    seen = load_unalterable(figures_open_to)
    if partner_ids is not None:
        seen = seen[np.isin(seen, list(partner_ids))]
    if version:
        return load_unalterable(standing_by_month, months, version).of(seen)
    here = county_now()
    if partner_ids is not None and len(seen) <= MUCH_NEWS and here.state[0] not in _book:
        return _figured(here.day, seen.tolist()).last(months)  # all of a state's take seconds; keep_standings is at it
    return _standings_of(here).last(months).of(seen)


def keep_standings() -> None:
    """Figure all standings when the server starts, so that no visitor waits for them."""
    _standings_of(_ask_now())


def _ask_now() -> Now:
    with db.reading() as session:
        return now(session)


@dataclass(frozen=True)
class _Standings:
    """Standings of every tracked partner, and how far the ledger reached when they were made."""

    now: Now
    reach: Ledgers
    figures: Standings


#: Database → its frameworks, and the state of the data of which they are.
_frameworks: dict[str, tuple[Now, Frameworks]] = {}
_book: dict[str, _Standings] = {}
_one_at_a_time = threading.Lock()


def _standings_of(here: Now) -> Standings:
    """Return the standings of this state of the data, making anew only those of partners with news."""
    database = here.state[0]
    with _one_at_a_time:
        kept = _book.get(database)
        if kept is None or kept.now != here:
            with db.reading() as session:
                kept = _brought_up_to_date(session, kept, here)
            _book[database] = kept
    return kept.figures


def _figured(day: date, partner_ids: list[int]) -> Standings:
    """Return the standings of some partners, which nobody keeps."""
    with db.reading() as session:
        return standings(session, last_months(day, KEPT_MONTHS), tracked_partners(session, true(), set(partner_ids)))


def _brought_up_to_date(session: Session, kept: _Standings | None, here: Now) -> _Standings:
    reach, days = ledger_reach(session), last_months(here.day, KEPT_MONTHS)
    news = None
    if (
        kept is not None
        and kept.now.day == here.day
        and kept.reach.rules == reach.rules
        and kept.reach.newest_fact <= reach.newest_fact
        and kept.reach.newest_change <= reach.newest_change
    ):
        news = partners_with_news(session, kept.reach, reach)
    if kept is None or news is None or len(news) > MUCH_NEWS:
        return _Standings(here, reach, standings(session, days, tracked_partners(session, true())))
    if not news:
        return _Standings(here, reach, kept.figures)
    newer = standings(session, days, tracked_partners(session, true(), news))
    return _Standings(here, reach, kept.figures.without(news).joined(newer))


def _asked(kept: Callable[..., Any], question: Callable[..., AnswerT], args: tuple[Any, ...]) -> AnswerT:
    actor = require_actor()
    # As one text: Streamlit takes ten times as long over a key of parts. The arguments are numbers, words, days and
    # frozen filters, whose repr tells them apart.
    key = repr((question.__module__, question.__qualname__, _scope(actor), county_now(), args))
    return kept(key, _question=question, _actor=actor, _args=args)


def _answer(
    key: str,  # noqa: ARG001 -- what the answer is kept under
    *,
    _question: Callable[..., Any],
    _actor: Actor,
    _args: tuple[Any, ...],
) -> Any:
    with db.reading() as session:
        return _question(session, _actor, *_args)


_kept = st.cache_data(max_entries=200, show_spinner=False)(_answer)
_kept_as_it_is = st.cache_resource(max_entries=50, show_spinner=False)(_answer)


def _scope(actor: Actor) -> str:
    return f"{actor.scope}/{'+'.join(sorted(actor.roles))}"
