"""Why a figure is what it is: contributions, the facts behind it, what changed, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from erp.errors import NotFound
from erp.health.engine import health_by_day
from erp.health.formula import DIMENSIONS, LABELS, STANDING_ANCHORS, STANDING_NEEDS, Formula
from erp.health.ledger import ALWAYS, Ledger
from erp.health.spells import HALF_POINTS, Note, Spells, cadences, contacts, feedback_items, marks, promises, ratings
from erp.vocabulary import Side

#: What a row of `facts_behind` is about, and so which record `source_id` names.
_SUBJECT_OF_KIND: Final = {"contact": "engagement", "promise": "commitment", "rating": "rating", "cadence": "cadence"}
#: Why a fact stops counting before its window ends.
_CUT_SHORT: Final = {"commitment": "withdrawn", "rating": "newer_rating", "cadence": "newer_cadence"}
#: The dimensions whose facts count for points; a rating's points stay closed: nobody's answers are shown alone.
_POINTED: Final = ("follow_through", "loop_closure")

_BEHIND: Final = ["dimension", "subject", "kind", "source_id", "fact_id", "on_day", "counts_as", "note"]
_CHANGED: Final = [
    *("dimension", "subject", "source_id", "on_day", "change"),
    *("fact_id_before", "counts_as_before", "note_before", "fact_id_after", "counts_as_after", "note_after"),
]
#: A fact is the same on two days when it is about the same record; what decides a feedback item may have changed.
_KEY: Final = ["dimension", "subject", "source_id"]
_COMPARED: Final = ["fact_id", "on_day", "counts_as", "note"]

#: What to do about a dimension without enough evidence. Only what is true may be entered: no promise is made for a figure.
_QUICKEST_WAY: Final = {
    "trust": "Ask somebody on the partner's side for the ten short answers, on paper or in conversation, and enter them.",
    "loop_closure": "Enter what this partner has told you over the past year, with the day it came in and the day they were told what became of it.",
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
    says on which day standing is missing. `facts` has one row per fact that entered, left or changed:
        dimension, subject ("engagement", "commitment", "feedback", "rating", "cadence"), source_id (of that record),
        on_day, change ("entered", "left", "changed"), and for both days fact_id (blank where it did not count),
        counts_as and note as in `facts_behind`; a fact that does not count notes why: "not_yet", "aged_out",
        "withdrawn", "newer_rating", "newer_cadence". Ordered by dimension, on_day, source_id.
    """

    partner_id: int
    day_before: date
    day_after: date
    before: dict[str, Any]
    after: dict[str, Any]
    standing_change: float | None
    contribution_change: dict[str, float] | None
    reason: str | None
    facts: pd.DataFrame


def contributions(row: Mapping[str, Any] | pd.Series, formula: Formula) -> dict[str, float]:
    """Split a standing into its dimensions: weight × score / sum of the weights that entered.

    `row` is a row of `health_by_day`. A dimension that did not enter gives 0; so does each where there is no standing.
    Source: docs/health.md, Explaining a figure.
    """
    entered = [d for d in DIMENSIONS if row[f"{d}_evidence"] == "enough" and not np.isnan(row["standing"])]
    weight = sum(formula.weights[d] for d in entered)
    return {d: formula.weights[d] * float(row[f"{d}_score"]) / weight if d in entered else 0.0 for d in DIMENSIONS}


def facts_behind(facts: pd.DataFrame, partner_id: int, day: date, formula: Formula) -> pd.DataFrame:
    """List the facts that made each dimension's figure for a partner at the end of a day.

    Gives one row per fact that counts, a feedback item being one row with the event that decides it: dimension,
    subject ("engagement", "commitment", "feedback", "rating", "cadence"), kind (of the deciding fact), source_id (of the
    record), fact_id, on_day, counts_as (promises and feedback 0, 0.5, 1; marks the share that says partner or both;
    NaN for the others: a person's rating is never shown alone), note (a code: latest_contact, earlier_contact, cadence,
    marks, rating, done_by_due, done_late, not_done, confirmed, told_in_time, told_late, told_again, reopened, not_told).
    Ordered by dimension, on_day, source_id. No facts give an empty frame.
    """
    return _counting(_timeline(facts, partner_id, formula), day)[_BEHIND].reset_index(drop=True)


def explain_change(
    facts: pd.DataFrame,
    partners: pd.DataFrame,
    default_cadence: pd.DataFrame,
    partner_id: int,
    day_before: date,
    day_after: date,
    formula: Formula,
) -> Change:
    """Say exactly what changed in a partner's health between two days (frames as for `health_by_day`).

    Raises:
        NotFound: the partner is not there, or is followed without figures.
    """
    own = facts[facts["partner_id"] == partner_id]
    days = [day_before, day_after]
    rows = health_by_day(own, partners[partners["partner_id"] == partner_id], default_cadence, days, formula)
    if rows.empty:
        raise NotFound("There are no health figures for this partner. Its page shows the last contact, open promises and feedback.")
    before, after = rows.iloc[0].to_dict(), rows.iloc[-1].to_dict()
    if day_after < day_before:
        before, after = after, before
    reason = _why_no_difference(before, after)
    split_before, split_after = contributions(before, formula), contributions(after, formula)
    return Change(
        partner_id,
        day_before,
        day_after,
        before,
        after,
        standing_change=None if reason else after["standing"] - before["standing"],
        contribution_change=None if reason else {d: split_after[d] - split_before[d] for d in DIMENSIONS},
        reason=reason,
        facts=_changed_facts(_timeline(own, partner_id, formula), day_before, day_after),
    )


def missing_for_standing(row: Mapping[str, Any] | pd.Series, formula: Formula) -> list[str]:
    """Say in plain sentences what a standing still needs, the quickest honest way to get it first.

    `row` is a row of `health_by_day`. Where standing exists nothing is missing and the list is empty.
    """
    if not np.isnan(row["standing"]):
        return []
    enough = [d for d in DIMENSIONS if row[f"{d}_evidence"] == "enough"]
    have = ", ".join(LABELS[d] for d in enough) or "none"
    rule = f"Standing needs enough evidence in three of the five dimensions, one of them {LABELS['trust']} or {LABELS['loop_closure']}."
    anchored = any(d in enough for d in STANDING_ANCHORS)
    # With three dimensions at hand and no anchor, only an anchor helps; until then every dimension does.
    useful = STANDING_ANCHORS if len(enough) >= STANDING_NEEDS else DIMENSIONS
    wanting = [d for d in _QUICKEST_FIRST if d in useful and d not in enough]
    wanting.sort(key=lambda d: (not anchored and d not in STANDING_ANCHORS, _lacking(row, d, formula)))
    return [f"{rule} With enough now: {have}.", *(_wanting_sentence(row, d, formula) for d in wanting)]


def _lacking(row: Mapping[str, Any] | pd.Series, dimension: str, formula: Formula) -> int:
    return formula.minimums[dimension] - int(row[f"{dimension}_n"])


def _wanting_sentence(row: Mapping[str, Any] | pd.Series, dimension: str, formula: Formula) -> str:
    minimum, n = formula.minimums[dimension], int(row[f"{dimension}_n"])
    one, many, when = _counted_as(dimension, formula)
    return f"{LABELS[dimension]}: {n} of {minimum} {one if minimum == 1 else many} {when}. {_QUICKEST_WAY[dimension]}"


def _counted_as(dimension: str, formula: Formula) -> tuple[str, str, str]:
    """Name what a dimension counts, for one and for many, and over which time."""
    window, target = formula.window_days, formula.target_days
    return {
        "contact": ("two-way engagement", "two-way engagements", "so far"),
        "follow_through": ("county promise", "county promises", f"that came due in the last {window} days"),
        "loop_closure": (
            "feedback item",
            "feedback items",
            f"received between {target} and {target + window} days ago",
        ),
        "shared_power": ("engagement", "engagements", f"with an answered mark in the last {window} days"),
        "trust": ("person of the partner", "people of the partner", f"who rated in the last {window} days"),
    }[dimension]


def _why_no_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    missing = [row["as_of"] for row in (before, after) if np.isnan(row["standing"])]
    if not missing:
        return None
    when = " and ".join(f"{day:%B} {day.day}, {day.year}" for day in dict.fromkeys(missing))
    return f"There is no standing on {when}: not enough evidence. The dimensions can be compared one by one."


def _timeline(facts: pd.DataFrame, partner_id: int, formula: Formula) -> pd.DataFrame:
    """Lay out when each fact of a partner counts in which dimension: the columns of `facts_behind`, start and end."""
    own = facts[facts["partner_id"] == partner_id].reset_index(drop=True)
    ledger = Ledger.of(own, np.array([partner_id], dtype=np.int64))
    spells = {
        "contact": [contacts(ledger), cadences(ledger)],
        "follow_through": [promises(ledger, Side.COUNTY, formula)],
        "loop_closure": [feedback_items(ledger, formula)],
        "shared_power": [marks(ledger, formula)],
        "trust": [ratings(ledger, Side.PARTNER, formula)],
    }
    parts = [_lines(ledger, dimension, part, formula) for dimension, group in spells.items() for part in group]
    # Parts without rows are left out: their columns carry no types, and the joined columns would lose theirs.
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _lines(ledger: Ledger, dimension: str, spells: Spells, formula: Formula) -> pd.DataFrame:
    """Write one dimension's spells as rows, with what each counts as and the note for the time after it ends."""
    lines = ledger.facts.iloc[spells.row][["kind", "source_id", "fact_id", "on_day"]].reset_index(drop=True)
    lines["dimension"] = dimension
    lines["subject"] = [_SUBJECT_OF_KIND.get(kind, "feedback") for kind in lines["kind"]]
    lines["note"] = [Note(code).name.lower() for code in spells.note]
    lines["start"], lines["end"] = spells.start, spells.end
    lines["counts_as"] = np.nan
    if dimension in _POINTED:
        lines["counts_as"] = HALF_POINTS[spells.note] / 2
    elif dimension == "shared_power":
        lines["counts_as"] = ledger.ints("marks_shared", spells.row) / ledger.ints("marks_n", spells.row)
    ran_out = np.full(len(lines), True)
    if dimension != "loop_closure":  # feedback leaves by age alone; the rest may be cut short before the window ends
        ran_out = spells.end >= ledger.days("on_day", spells.row, blank=ALWAYS) + formula.window_days
    cut_short = lines["subject"].map(_CUT_SHORT)
    lines["note_after_end"] = cut_short.where(~ran_out | (lines["subject"] == "cadence"), "aged_out")
    return lines.sort_values(["on_day", "source_id"], kind="stable", na_position="first")


def _counting(timeline: pd.DataFrame, day: date) -> pd.DataFrame:
    """Keep what counts at the end of a day; of the contacts, tell the latest day's from the earlier ones."""
    number = np.datetime64(day, "D").astype(np.int64)
    counting = timeline[(timeline["start"] <= number) & (number < timeline["end"])].copy()
    contact = counting["note"] == "contact"
    latest = contact & (counting["start"] == counting.loc[contact, "start"].max())
    counting.loc[contact, "note"] = "earlier_contact"
    counting.loc[latest, "note"] = "latest_contact"
    return counting


def _changed_facts(timeline: pd.DataFrame, day_before: date, day_after: date) -> pd.DataFrame:
    """List the facts that entered, left or changed between two days; columns as in `Change`."""
    before, after = (_counting(timeline, day)[[*_KEY, *_COMPARED]] for day in (day_before, day_after))
    both = before.merge(after, on=_KEY, how="outer", suffixes=("_before", "_after"))
    spans = timeline.groupby(_KEY, as_index=False).agg(begins=("start", "min"), note_after_end=("note_after_end", "last"))
    both = both.merge(spans, on=_KEY, how="left")
    entered, left = both["fact_id_before"].isna(), both["fact_id_after"].isna()
    for day, absent, note in ((day_before, entered, "note_before"), (day_after, left, "note_after")):
        not_yet = both["begins"] > np.datetime64(day, "D").astype(np.int64)
        both.loc[absent, note] = both["note_after_end"].where(~not_yet, "not_yet")[absent]
    both["change"] = np.select([entered, left], ["entered", "left"], "changed")
    both["on_day"] = both["on_day_after"].fillna(both["on_day_before"])
    both["place"] = both["dimension"].map({d: place for place, d in enumerate(DIMENSIONS)})
    differs = both["note_before"] != both["note_after"]  # the note decides what a fact counts as
    return both[differs].sort_values(["place", "on_day", "source_id"], kind="stable")[_CHANGED].reset_index(drop=True)
