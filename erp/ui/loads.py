"""Answers of queries, kept until the data change. The only cache of data in the app; it holds frames and frozen rows.

The key is the question, what the actor may see, the county's day, and the state of the data, which every commit changes.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from erp import db
from erp.access import Actor
from erp.queries.county import today
from erp.ui.session import require_actor

AnswerT = TypeVar("AnswerT")


def load(question: Callable[..., AnswerT], *args: Any) -> AnswerT:
    """Ask `question(session, actor, *args)`, or return the answer kept for the same scope, day and data."""
    actor = require_actor()
    with db.reading() as session:
        key = (db.data_state(session), today(session))
    name = f"{question.__module__}.{question.__qualname__}"
    return _kept(name, _scope(actor), key, args, _question=question, _actor=actor)


def county_today() -> date:
    """Return the day it is in the county."""
    with db.reading() as session:
        return today(session)


@st.cache_data(max_entries=200, show_spinner=False)
def _kept(
    name: str,  # noqa: ARG001 -- part of the key
    scope: str,  # noqa: ARG001 -- part of the key
    key: tuple[tuple[str, int, str], date],  # noqa: ARG001 -- part of the key
    args: tuple[Any, ...],
    *,
    _question: Callable[..., Any],
    _actor: Actor,
) -> Any:
    with db.reading() as session:
        return _question(session, _actor, *args)


def _scope(actor: Actor) -> str:
    return f"{actor.scope}/{'+'.join(sorted(actor.roles))}"
