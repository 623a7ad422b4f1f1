"""One partner's health: its figures, what is behind them and what changed them, from one reading of its ledger."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import NotFound
from erp.health.engine import health_by_day
from erp.health.explain import SUBJECTS, Change, Timeline
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

    def behind(self, day: date) -> pd.DataFrame:
        """Return the facts behind the figures on a day, only those the actor may see.

        Columns: as `erp.health.explain.Timeline.behind`, and `what`, the words of the record. Ratings name nobody.
        """
        return self._visible(self._timeline.behind(day))

    def events(self, first: date, last: date) -> list[tuple[pd.Timestamp, str, str]]:
        """Return the records behind the figures of day `last`, from day `first` on, only those the actor may see.

        Each as its day, the note of `behind`, and its words. Ratings and cadences are none.
        """
        return [
            (line.on_day, line.note, self._words[line.subject, line.source_id])
            for line in self._timeline.counting(last)
            if line.on_day is not None and line.on_day.date() >= first and (line.subject, line.source_id) in self._words
        ]

    def change(self, figures: pd.DataFrame, start: date, end: date) -> Change:
        """Explain the change between two days of `figures`, listing only facts the actor may see."""
        row_of = {stamp.date(): place for place, stamp in enumerate(figures["as_of"])}
        before, after = (
            {str(name): value for name, value in figures.iloc[row_of[day]].items()} for day in (start, end)
        )
        change = self._timeline.change(before, after)
        return Change(**{**change.__dict__, "facts": self._visible(change.facts)})

    def _visible(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Drop facts whose record the actor may not open; ratings stay as a line that names nobody."""
        records = list(zip(facts["subject"].tolist(), facts["source_id"].tolist(), strict=True))
        shown = [subject not in _WORDS or (subject, source_id) in self._words for subject, source_id in records]
        told = facts.assign(what=[self._words.get(record, "") for record in records])
        return told if all(shown) else told[np.array(shown, dtype=bool)].reset_index(drop=True)

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
