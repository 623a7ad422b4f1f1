"""One partner's health: its figures, what is behind them and what changed them, from one reading of its ledger."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import NotFound
from erp.health.engine import health_by_day
from erp.health.explain import SUBJECTS, Change, Line, Moved, Timeline
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.queries.health import default_cadences, formula_of, ledger, tracked_partners
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    figures_visible_to,
)
from erp.vocabulary import RecordKind, Verb

#: What of the ledger has words and may be closed to an actor: the record, its words, and who may open it.
_WORDS: dict[str, tuple[Any, Any, Callable[[Actor], ColumnElement[bool]]]] = {
    "engagement": (Engagement, Engagement.purpose, engagements_visible_to),
    "commitment": (Commitment, Commitment.what, commitments_visible_to),
    "feedback": (FeedbackItem, FeedbackItem.words, feedback_visible_to),
}
Fact = TypeVar("Fact", Line, Moved)

#: A database takes only so many values in one question.
_AT_ONCE = 500


class PartnerHealth:
    """The health of a partner as this actor may see it. Figures rest on all facts; facts are listed where visible.

    `version`: of the formula; empty: the one in force.
    Raises: NotFound where the partner has no figures or the actor may not see them, or there is no such version.
    """

    def __init__(self, session: Session, actor: Actor, partner_id: int, version: str = "") -> None:
        actor.require(Verb.SEE, RecordKind.PARTNER)
        partner = tracked_partners(session, figures_visible_to(actor), partner_id)
        if not partner["tracked"].any():
            raise NotFound("This partner has no health figures that you may see.")
        self.formula = formula_of(session, version)
        self._session, self._actor, self._partner = session, actor, partner
        self._facts = ledger(session, [partner_id])
        self._timeline = Timeline(self._facts, partner_id, self.formula)

    def figures(self, days: Sequence[date]) -> pd.DataFrame:
        """Return health on each day. Columns: as `erp.health.engine.health_by_day`."""
        defaults = default_cadences(self._session)
        return health_by_day(self._facts, self._partner, defaults, days, self.formula)

    def behind(self, day: date) -> list[Line]:
        """Return the facts behind the figures on a day, as `Timeline.behind`; only those the actor may see."""
        return self._visible(self._timeline.behind(day))

    def events(self, first: date, last: date) -> list[Line]:
        """Return the records behind the figures of day `last`, from day `first` on, only those the actor may see.

        Ratings and cadences are none.
        """
        return [
            line
            for line in self._timeline.behind(last)
            if line.on_day is not None and line.on_day.date() >= first and (line.subject, line.source_id) in self._words
        ]

    def change(self, figures: pd.DataFrame, start: date, end: date) -> Change:
        """Explain the change between two days of `figures`, listing only facts the actor may see."""
        row_of = {stamp.date(): place for place, stamp in enumerate(figures["as_of"])}
        before, after = (
            {str(name): value for name, value in figures.iloc[row_of[day]].items()} for day in (start, end)
        )
        change = self._timeline.change(before, after)
        return replace(change, facts=self._visible(change.facts))

    def words_of(self, fact: Line | Moved) -> str:
        """Return the words of a fact's record; empty for ratings, which name nobody, and for cadences."""
        return self._words.get((fact.subject, fact.source_id), "")

    def _visible(self, facts: list[Fact]) -> list[Fact]:
        """Drop facts whose record the actor may not open; ratings stay as a line that names nobody."""
        return [fact for fact in facts if fact.subject not in _WORDS or (fact.subject, fact.source_id) in self._words]

    @cached_property
    def _words(self) -> dict[tuple[str, int], str]:
        """The words of every record in the ledger that the actor may open, by subject and id."""
        found: dict[tuple[str, int], str] = {}
        subjects = [SUBJECTS.get(kind, "feedback") for kind in self._facts["kind"].tolist()]
        records = set(zip(subjects, self._facts["source_id"].tolist(), strict=True))
        for subject, (noun, words, visible) in _WORDS.items():
            ids = sorted(source_id for named, source_id in records if named == subject)
            may_open = visible(self._actor)
            for start in range(0, len(ids), _AT_ONCE):
                some = col(noun.id).in_(ids[start : start + _AT_ONCE])
                rows = self._session.execute(select(col(noun.id), words).where(some, may_open))
                found.update({(subject, source_id): text for source_id, text in rows})
        return found
