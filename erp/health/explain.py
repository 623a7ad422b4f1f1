"""Why a figure is what it is: contributions, the facts behind it, what changed, what is missing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from erp.health.formula import DIMENSIONS, LABELS, STANDING_ANCHORS, STANDING_NEEDS, Formula
from erp.health.ledger import ALWAYS, Ledger
from erp.health.spells import HALF_POINTS, Note, Spells, cadences, contacts, feedback_items, marks, promises, ratings
from erp.vocabulary import Side

#: Fact kind → the record that `source_id` names; every other kind is an event of a feedback item.
SUBJECTS: Final = {"contact": "engagement", "promise": "commitment", "rating": "rating", "cadence": "cadence"}
#: Why a fact stops counting before its window ends.
_CUT_SHORT: Final = {"commitment": "withdrawn", "rating": "newer_rating", "cadence": "newer_cadence"}

#: What to do about a dimension without enough evidence: enter what is true already, never act for the figure's sake.
_QUICKEST_WAY: Final = {
    "trust": "Ask somebody on the partner's side for the ten short answers, on paper or spoken, and enter them.",
    "loop_closure": "Enter what this partner has told you over the past year, each with the day it came in and, "
    "where they have been told what became of it, that day.",
    "follow_through": "Enter what the county has already promised, with the day it was due.",
    "shared_power": "Open this year's engagements and note who asked for each, who set the agenda and who decided.",
    "contact": "Enter the latest engagement in which somebody of the partner took part or gave input.",
}
#: The quickest to get first, where as much is missing.
_QUICKEST_FIRST: Final = ("trust", "contact", "shared_power", "follow_through", "loop_closure")


@dataclass(frozen=True)
class Change:
    """What changed in a partner's health from the end of one day to the end of another.

    `before` and `after` are the rows of `health_by_day`. Where standing exists on both days, `standing_change` is the
    sum of `contribution_change` (dimension → points of standing) and `reason` is None; else both are None and `reason`
    says on which day standing is missing. `facts`: what entered, left or changed, by dimension, on_day, source_id.
    """

    partner_id: int
    day_before: date
    day_after: date
    before: dict[str, Any]
    after: dict[str, Any]
    standing_change: float | None
    contribution_change: dict[str, float] | None
    reason: str | None
    facts: "list[Moved]"


def contributions(row: Mapping[str, Any], formula: Formula) -> dict[str, float]:
    """Split a standing into its dimensions: weight × score / sum of the weights that entered.

    `row` is a row of `health_by_day`, by column name. A dimension that did not enter gives 0, and so does
    every one where there is no standing.

    Source: docs/health.md, Explaining a figure.
    """
    entered = [d for d in DIMENSIONS if row[f"{d}_evidence"] == "enough" and not np.isnan(row["standing"])]
    weight = sum(formula.weights[d] for d in entered)
    return {d: formula.weights[d] * float(row[f"{d}_score"]) / weight if d in entered else 0.0 for d in DIMENSIONS}


class Timeline:
    """When each fact of a partner counts in which dimension, laid out once for every question about it."""

    def __init__(self, facts: pd.DataFrame, partner_id: int, formula: Formula) -> None:
        self.partner_id = partner_id
        self.formula = formula
        self._lines = _timeline(facts, partner_id, formula)

    def behind(self, day: date) -> "list[Line]":
        """List the facts that made each dimension's figure at the end of a day, a line for each that counts.

        A feedback item is one, with the event that decides it. Ordered by dimension, on_day, source_id, the
        cadence last in its dimension.
        """
        return _counting(self._lines, day)

    def change(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
        """Say exactly what changed between two days. `before` and `after`: rows of `health_by_day`, by column name."""
        reason = _why_no_difference(before, after)
        split_before, split_after = contributions(before, self.formula), contributions(after, self.formula)
        day_a, day_b = (row["as_of"].date() for row in (before, after))
        return Change(
            self.partner_id,
            day_a,
            day_b,
            dict(before),
            dict(after),
            standing_change=None if reason else after["standing"] - before["standing"],
            contribution_change=None if reason else {d: split_after[d] - split_before[d] for d in DIMENSIONS},
            reason=reason,
            facts=_changed(self._lines, day_a, day_b),
        )


def missing_for_standing(row: Mapping[str, Any], formula: Formula) -> list[str]:
    """Say in plain sentences what a standing still needs, the quickest honest way to get it first.

    `row` is a row of `health_by_day`, by column name. Where standing exists nothing is missing and the list is empty.
    """
    if not np.isnan(row["standing"]):
        return []
    enough = [d for d in DIMENSIONS if row[f"{d}_evidence"] == "enough"]
    have = ", ".join(LABELS[d] for d in enough) or "none"
    anchors = " or ".join(LABELS[d] for d in STANDING_ANCHORS)
    rule = f"Standing needs enough evidence in three of the five dimensions, one of them {anchors}."
    anchored = any(d in enough for d in STANDING_ANCHORS)
    # With three dimensions at hand and no anchor, only an anchor helps; until then every dimension does.
    useful = STANDING_ANCHORS if len(enough) >= STANDING_NEEDS else DIMENSIONS
    wanting = [d for d in _QUICKEST_FIRST if d in useful and d not in enough]
    wanting.sort(key=lambda d: (not anchored and d not in STANDING_ANCHORS, _lacking(row, d, formula)))
    return [f"{rule} With enough now: {have}.", *(_wanting_sentence(row, d, formula) for d in wanting)]


def _lacking(row: Mapping[str, Any], dimension: str, formula: Formula) -> int:
    return formula.minimums[dimension] - int(row[f"{dimension}_n"])


def _wanting_sentence(row: Mapping[str, Any], dimension: str, formula: Formula) -> str:
    n, minimum = int(row[f"{dimension}_n"]), formula.minimums[dimension]
    window, target = formula.window_days, formula.target_days
    counted = {
        "contact": "two-way engagements",
        "follow_through": f"county promises that came due in the last {window} days",
        "loop_closure": f"feedback items received between {target} and {target + window} days ago",
        "shared_power": f"engagements with an answered mark in the last {window} days",
        "trust": f"people of the partner who rated in the last {window} days",
    }[dimension]
    return f"{LABELS[dimension]}: {n} so far, {minimum} needed ({counted}). {_QUICKEST_WAY[dimension]}"


def _why_no_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    missing = [row["as_of"] for row in (before, after) if np.isnan(row["standing"])]
    if not missing:
        return None
    when = " and ".join(f"{day:%B} {day.day}, {day.year}" for day in dict.fromkeys(missing))
    return f"There is no standing on {when}: not enough evidence. The dimensions can be compared one by one."


@dataclass(frozen=True)
class Line:
    """One fact of one partner, and the days (numbers, `start <= day < end`) over which it counts alike.

    `subject`: "engagement", "commitment", "feedback", "rating", "cadence". `kind`: of the deciding fact. `source_id`:
    of the record. `counts_as`: promises and feedback 0, 0.5, 1; marks the share that says partner or both; NaN for the
    others: a person's rating is never shown alone. `note`: a code (latest_contact, earlier_contact, cadence, marks,
    rating, done_by_due, done_late, not_done, confirmed, told_in_time, told_late, told_again, reopened, not_told);
    `note_after_end`: why it counts no more.
    """

    dimension: str
    subject: str
    kind: str
    source_id: int
    fact_id: int
    on_day: pd.Timestamp | None
    start: int
    end: int
    counts_as: float
    note: str
    note_after_end: str

    @property
    def record(self) -> tuple[str, str, int]:
        """Say what the line is about; what decides a feedback item may change, the item stays."""
        return self.dimension, self.subject, self.source_id


@dataclass(frozen=True)
class Moved:
    """One fact that entered, left or changed between two days; `subject` and `source_id` as in `Line`.

    For both days: fact_id (None where it did not count), counts_as and note as in `Line`; a fact that does not count
    notes why: "not_yet", "aged_out", "withdrawn", "newer_rating", "newer_cadence".
    """

    dimension: str
    subject: str
    source_id: int
    on_day: pd.Timestamp | None
    #: "entered", "left" or "changed".
    change: str
    fact_id_before: int | None
    counts_as_before: float
    note_before: str
    fact_id_after: int | None
    counts_as_after: float
    note_after: str


def _timeline(facts: pd.DataFrame, partner_id: int, formula: Formula) -> list[Line]:
    """Lay out when each fact of a partner counts in which dimension, by dimension, day and record."""
    own = facts.loc[facts["partner_id"] == partner_id, :]
    ledger = Ledger(own, np.array([partner_id], dtype=np.int64))
    spells = {
        "contact": [contacts(ledger), cadences(ledger)],
        "follow_through": [promises(ledger, Side.COUNTY, formula)],
        "loop_closure": [feedback_items(ledger, formula)],
        "shared_power": [marks(ledger, formula)],
        "trust": [ratings(ledger, Side.PARTNER, formula)],
    }
    cells = list(zip(*(own[name].tolist() for name in ("kind", "source_id", "fact_id", "on_day")), strict=True))
    return [line for d in DIMENSIONS for part in spells[d] for line in _lines(cells, ledger, d, part, formula)]


def _lines(
    cells: list[tuple[Any, ...]], ledger: Ledger, dimension: str, spells: Spells, formula: Formula
) -> list[Line]:
    """Lay out one kind of spells. `cells`: kind, source_id, fact_id and on_day of every row of the ledger."""
    # Feedback and marks leave by age alone; a promise, rating or cadence whose window was still open was cut short.
    open_until = ledger.days("on_day", spells.row, blank=ALWAYS) + formula.window_days
    lines = []
    for row, start, end, note, until, counts_as in zip(
        *(part.tolist() for part in (spells.row, spells.start, spells.end, spells.note, open_until)),
        _counts_as(ledger, dimension, spells),
        strict=True,
    ):
        kind, source_id, fact_id, on_day = cells[row]
        subject = SUBJECTS.get(kind, "feedback")
        cut_short = subject == "cadence" or end < until
        after = _CUT_SHORT.get(subject, "aged_out") if cut_short else "aged_out"
        day = None if pd.isna(on_day) else on_day
        name = Note(note).name.lower()
        lines.append(Line(dimension, subject, kind, source_id, fact_id, day, start, end, counts_as, name, after))
    return sorted(lines, key=lambda line: (line.on_day or pd.Timestamp.min, line.source_id))


def _counts_as(ledger: Ledger, dimension: str, spells: Spells) -> list[float]:
    """Give the points of promises and feedback and the share of marks; a person's rating is never shown alone."""
    if dimension in ("follow_through", "loop_closure"):
        return (HALF_POINTS[spells.note] / 2).tolist()
    if dimension == "shared_power":
        return (ledger.ints("marks_shared", spells.row) / ledger.ints("marks_n", spells.row)).tolist()
    return [math.nan] * len(spells.row)


def _counting(timeline: list[Line], day: date) -> list[Line]:
    """Keep what counts at the end of a day; of the contacts, tell the latest day's from the earlier ones."""
    number = _day_number(day)
    counting = [line for line in timeline if line.start <= number < line.end]
    latest = max((line.start for line in counting if line.note == "contact"), default=None)
    names = {True: "latest_contact", False: "earlier_contact"}
    return [replace(line, note=names[line.start == latest]) if line.note == "contact" else line for line in counting]


def _changed(timeline: list[Line], day_a: date, day_b: date) -> list[Moved]:
    """List the facts that entered, left or changed between two days."""
    before, after = ({line.record: line for line in _counting(timeline, day)} for day in (day_a, day_b))
    course: dict[tuple[str, str, int], list[Line]] = {}
    for line in timeline:
        course.setdefault(line.record, []).append(line)
    changed = []
    for record, lines in course.items():
        old, new = before.get(record), after.get(record)
        if (old or new) and (old is None or new is None or old.note != new.note):
            changed.append(_change_of(lines, old, new, day_a, day_b))
    place = {dimension: number for number, dimension in enumerate(DIMENSIONS)}
    changed.sort(key=lambda fact: (place[fact.dimension], fact.on_day or pd.Timestamp.min, fact.source_id))
    return changed


def _change_of(lines: list[Line], old: Line | None, new: Line | None, day_a: date, day_b: date) -> Moved:
    known = new or old or lines[0]
    return Moved(
        known.dimension,
        known.subject,
        known.source_id,
        known.on_day,
        change="entered" if old is None else "left" if new is None else "changed",
        fact_id_before=old.fact_id if old else None,
        counts_as_before=old.counts_as if old else math.nan,
        note_before=old.note if old else _why_not_counting(lines, day_a),
        fact_id_after=new.fact_id if new else None,
        counts_as_after=new.counts_as if new else math.nan,
        note_after=new.note if new else _why_not_counting(lines, day_b),
    )


def _why_not_counting(lines: list[Line], day: date) -> str:
    return "not_yet" if _day_number(day) < lines[0].start else lines[-1].note_after_end


def _day_number(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))
