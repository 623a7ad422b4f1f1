"""Answers of queries, kept until the data change. The only cache of data in the app; it holds frames and frozen rows.

The key is the question, what the actor may see, the county's day, and the state of the data, which every commit
changes. Standings of all partners are brought up to date partner by partner instead: one save changes few of them.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from sqlalchemy import true
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.charts.specs import spec_of
from erp.queries.county import today
from erp.queries.health import (
    Ledgers,
    figures_open_to,
    last_months,
    ledger_reach,
    partners_with_news,
    standings,
    tracked_partners,
)
from erp.ui.session import require_actor

AnswerT = TypeVar("AnswerT")
State = tuple[str, int, str]

#: Months of standing that are kept; no page shows more.
KEPT_MONTHS = 37


def load(question: Callable[..., AnswerT], *args: Any) -> AnswerT:
    """Ask `question(session, actor, *args)`, or return the answer kept for the same scope, day and data."""
    actor = require_actor()
    name = f"{question.__module__}.{question.__qualname__}"
    return _kept(name, _scope(actor), _now(), args, _question=question, _actor=actor)


def county_today() -> date:
    """Return the day it is in the county."""
    return _now()[1]


def standing(months: int) -> pd.DataFrame:
    """Return standing at the last `months` month-ends of every scored partner whose figures the actor may see.

    Columns and grain: as `erp.queries.health.standing_by_month`.
    """
    state, day = _now()
    rows = _standings_of(state, day)
    first = pd.Timestamp(last_months(day, months)[0])
    return rows[(rows["as_of"] >= first) & rows["partner_id"].isin(load(figures_open_to))].reset_index(drop=True)


def chart_spec(draw: Callable[..., Any], *drawn: Any) -> dict[str, Any]:
    """Return the kept form of the chart `draw(*drawn)`; the same frames and values make the same chart."""
    return _kept_spec(f"{draw.__module__}.{draw.__qualname__}", drawn, _draw=draw)


def _now() -> tuple[State, date]:
    with db.reading() as session:
        return db.data_state(session), today(session)


@dataclass(frozen=True)
class _Standings:
    """Standings of every tracked partner, and how far the ledger reached when they were made."""

    state: State
    day: date
    reach: Ledgers
    partners: pd.DataFrame
    rows: pd.DataFrame


_book: dict[str, _Standings] = {}
_one_at_a_time = threading.Lock()


def _standings_of(state: State, day: date) -> pd.DataFrame:
    """Return the standings of this state of the data, making anew only those of partners with news."""
    with _one_at_a_time:
        kept = _book.get(state[0])
        if kept is None or (kept.state, kept.day) != (state, day):
            with db.reading() as session:
                kept = _brought_up_to_date(session, kept, state, day)
            _book[state[0]] = kept
    return kept.rows


def _brought_up_to_date(session: Session, kept: _Standings | None, state: State, day: date) -> _Standings:
    reach, partners = ledger_reach(session), tracked_partners(session, true())
    if kept is None or kept.day != day or kept.reach.rules != reach.rules or kept.reach.newest_fact > reach.newest_fact:
        return _Standings(state, day, reach, partners, standings(session, last_months(day, KEPT_MONTHS), partners))
    known = kept.partners.merge(partners, on=["partner_id", "kind", "tracked"])["partner_id"]
    news = partners_with_news(session, kept.reach)
    same = set(known) - news
    changed = partners[~partners["partner_id"].isin(same)]
    rows = kept.rows[kept.rows["partner_id"].isin(same)]
    if not changed.empty:
        rows = pd.concat([rows, standings(session, last_months(day, KEPT_MONTHS), changed)])
        rows = rows.sort_values(["partner_id", "as_of"], ignore_index=True)
    return _Standings(state, day, reach, partners, rows)


@st.cache_resource(max_entries=300, show_spinner=False)
def _kept_spec(name: str, drawn: tuple[Any, ...], *, _draw: Callable[..., Any]) -> dict[str, Any]:  # noqa: ARG001 -- part of the key
    return spec_of(_draw(*drawn))


@st.cache_data(max_entries=200, show_spinner=False)
def _kept(
    name: str,  # noqa: ARG001 -- part of the key
    scope: str,  # noqa: ARG001 -- part of the key
    key: tuple[State, date],  # noqa: ARG001 -- part of the key
    args: tuple[Any, ...],
    *,
    _question: Callable[..., Any],
    _actor: Actor,
) -> Any:
    with db.reading() as session:
        return _question(session, _actor, *args)


def _scope(actor: Actor) -> str:
    return f"{actor.scope}/{'+'.join(sorted(actor.roles))}"
