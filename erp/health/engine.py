"""Health of every scored partner on every day asked for, computed for all of them at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from erp.health.formula import (
    BAND_DECIMALS,
    BANDS,
    DIMENSIONS,
    EVIDENCE,
    STANDING_ANCHORS,
    STANDING_NEEDS,
    Formula,
)
from erp.health.grid import Grid, Placed, as_days
from erp.health.ledger import ALWAYS, Floats, Ints, Ledger
from erp.health.spells import HALF_POINTS, Spells, cadences, contacts, feedback_items, marks, promises, ratings
from erp.health.standings import Standings, no_standings
from erp.vocabulary import Side

Columns = dict[str, NDArray[Any]]

#: Ratings are added up in this fraction of a point: every mean of one to ten whole answers is a whole number of them
#: (2520 is their least common multiple), any other value is within 3e-12, and sums below 2**53 are exact.
RATING_FRACTION: Final = 2520 * 2**26

#: Partners figured at a time where only their standing is asked for: tables of them by 120 months take some 80 MiB.
PARTNERS_AT_ONCE: Final = 4_000

_EVIDENCE_TYPE: Final = pd.CategoricalDtype(list(EVIDENCE), ordered=True)
_BAND_TYPE: Final = pd.CategoricalDtype(list(BANDS), ordered=True)


def health_by_day(
    facts: pd.DataFrame,
    partners: pd.DataFrame,
    default_cadence: pd.DataFrame,
    days: Sequence[date],
    formula: Formula,
) -> pd.DataFrame:
    """Compute health of each tracked partner at the end of each day, from the facts on or before that day.

    All rows of `facts` are taken as true: keep what was known on a day with `ledger.as_known` first (the same goes for
    `default_cadence`). Columns of `facts`, one row per fact: fact_id, partner_id, kind, source_id, on_day, done_on,
    withdrawn_on, side, respondent, value, marks_n, marks_shared, position (kinds and columns: docs/health.md).
    `partners`: partner_id, kind, tracked (bool). `default_cadence`: kind, from_day (NaT = always), days, known_from.

    Gives one row per tracked partner and day, ordered by both:
        partner_id int, as_of datetime, formula (its version);
        for each dimension: <dimension>_score 0–100, NaN where there is no evidence; <dimension>_n; <dimension>_evidence
        "none", "thin" or "enough"; <dimension>_newest the day of the newest thing known behind it, NaT where none;
        partner_promises_score and _n, the partner's own promises; county_rating_score and _n, the county's own rating:
        both stand beside the dimensions and enter nothing;
        cadence_days, cadence_is_default; standing 0–100, NaN where there is not enough evidence; standing_n, how many
        dimensions entered it; band.
    No partner or no day gives an empty frame with all columns.

    Source: docs/health.md, version h1.
    """
    scored, as_of = _scored(partners), _as_of(days)
    columns = _columns(facts, scored, default_cadence, as_of, formula)
    return _frame(columns, scored["partner_id"].to_numpy(np.int64), as_of, formula)


def standings_by_day(
    facts: pd.DataFrame,
    partners: pd.DataFrame,
    default_cadence: pd.DataFrame,
    days: Sequence[date],
    formula: Formula,
) -> Standings:
    """Compute the standing alone of each tracked partner at the end of each day; what is given is as `health_by_day`.

    A stretch of partners at a time, so that a state's ten years need no more memory than a stretch of it.
    """
    scored, as_of = _scored(partners), _as_of(days)
    owners = facts["partner_id"].to_numpy(dtype=np.int64)
    stretches: list[Standings] = []
    for begin in range(0, len(scored), PARTNERS_AT_ONCE):
        some = scored.iloc[begin : begin + PARTNERS_AT_ONCE]
        ids = some["partner_id"].to_numpy(np.int64)
        theirs = facts
        if len(scored) > PARTNERS_AT_ONCE:
            theirs = facts.loc[(owners >= ids[0]) & (owners <= ids[-1]), :]
        columns = _columns(theirs, some, default_cadence, as_of, formula)
        n = columns["standing_n"].astype(np.int8)
        stretches.append(Standings(ids, as_of, columns["standing"], n, columns["band"]))
    if not stretches:
        return no_standings(days)
    ids, standing, n, band = (
        np.concatenate([getattr(each, name) for each in stretches]) for name in ("partner_ids", "standing", "n", "band")
    )
    return Standings(ids, as_of, standing, n, band)


def _scored(partners: pd.DataFrame) -> pd.DataFrame:
    return partners.loc[partners["tracked"].astype(bool), :].sort_values("partner_id")


def _as_of(days: Sequence[date]) -> NDArray[np.datetime64]:
    return np.unique(np.array(days, dtype="datetime64[D]"))


def _columns(
    facts: pd.DataFrame,
    scored: pd.DataFrame,
    default_cadence: pd.DataFrame,
    as_of: NDArray[np.datetime64],
    formula: Formula,
) -> Columns:
    """Compute every column as a table of partners by days."""
    ledger = Ledger(facts, scored["partner_id"].to_numpy(np.int64))
    grid = Grid(len(scored), as_of.astype(np.int64))
    columns = _contact(ledger, grid, _default_cadences(scored["kind"], default_cadence, grid, formula))
    columns |= _share_of_points("follow_through", grid, promises(ledger, Side.COUNTY, formula))
    columns |= _share_of_points("partner_promises", grid, promises(ledger, Side.PARTNER, formula))
    columns |= _share_of_points("loop_closure", grid, feedback_items(ledger, formula))
    columns |= _shared_power(ledger, grid, formula)
    columns |= _rated("trust", ledger, grid, Side.PARTNER, formula)
    columns |= _rated("county_rating", ledger, grid, Side.COUNTY, formula)
    for dimension in DIMENSIONS:
        columns[f"{dimension}_evidence"] = _evidence(columns[f"{dimension}_n"], formula.minimums[dimension])
    columns["standing"], columns["standing_n"] = _standing(columns, formula)
    columns["band"] = _bands(columns["standing"], formula)
    return columns


def _contact(ledger: Ledger, grid: Grid, default_days: Floats) -> Columns:
    """Score contact: 100 while the latest one is no older than the cadence, then halved for each cadence more."""
    placed = grid.place(contacts(ledger))
    newest = grid.latest_started(placed, placed.spells.newest)
    agreed = _agreed_cadences(ledger, grid)
    is_default = np.isnan(agreed)
    cadence = np.where(is_default, default_days, agreed)
    days_since = np.where(newest > ALWAYS, grid.days - newest, np.nan)
    score = 100 * np.exp2(-np.maximum(0, days_since - cadence) / cadence)
    return {
        "contact_score": score,
        "contact_n": grid.count(placed),
        "contact_newest": as_days(newest),
        "cadence_days": cadence,
        "cadence_is_default": is_default,
    }


def _agreed_cadences(ledger: Ledger, grid: Grid) -> Floats:
    """Give the agreed cadence in days in force, NaN where none is; an agreement without days ends the one before."""
    spells = cadences(ledger)
    placed = grid.place(spells)
    latest = grid.latest_started(placed, np.arange(len(placed.spells.row)))
    agreed = np.append(ledger.floats("value", placed.spells.row), np.nan)  # the last one stands for "none"
    agreed[~(agreed > 0)] = np.nan
    return agreed[np.where(latest > ALWAYS, latest, -1)]


def _default_cadences(kinds: pd.Series, default_cadence: pd.DataFrame, grid: Grid, formula: Formula) -> Floats:
    """Give the county's default cadence in days for the kind of each partner on each day."""
    codes, names = pd.factorize(kinds)
    of_kind = np.full((len(names), len(grid.days)), float(formula.default_cadence_days))
    begins = default_cadence["from_day"].astype("datetime64[s]").to_numpy().astype("datetime64[D]")
    from_day = np.where(np.isnat(begins), ALWAYS, begins.astype(np.int64))
    days = default_cadence["days"].to_numpy(dtype=np.float64)
    for place in np.lexsort((default_cadence["known_from"].to_numpy(), from_day)):  # later ones overwrite earlier ones
        of_kind[np.ix_(names == default_cadence["kind"].iloc[place], grid.days >= from_day[place])] = days[place]
    return of_kind[codes]


def _share_of_points(name: str, grid: Grid, spells: Spells) -> Columns:
    """Score the mean of 1, ½ and 0 over the promises or feedback items that count on each day."""
    placed = grid.place(spells)
    n = grid.count(placed)
    half_points = grid.total(placed, HALF_POINTS[placed.spells.note])
    return {
        f"{name}_score": 100 * _ratio(half_points, 2 * n),
        f"{name}_n": n,
        f"{name}_newest": as_days(grid.latest_running(placed, placed.spells.newest)),
    }


def _shared_power(ledger: Ledger, grid: Grid, formula: Formula) -> Columns:
    """Score the share of answered marks that say partner or both; half of them is full marks."""
    placed = grid.place(marks(ledger, formula))
    n = grid.count(placed)
    shared = grid.total(placed, ledger.ints("marks_shared", placed.spells.row))
    answered = grid.total(placed, ledger.ints("marks_n", placed.spells.row))
    return {
        "shared_power_score": 100 * np.minimum(1, _ratio(2 * shared, answered)),
        "shared_power_n": n,
        "shared_power_newest": _newest_while_any(grid, placed, n),
    }


def _rated(name: str, ledger: Ledger, grid: Grid, side: str, formula: Formula) -> Columns:
    """Score the mean over persons of each person's latest rating: 1 is 0, 5 is 100."""
    placed = grid.place(ratings(ledger, side, formula))
    n = grid.count(placed)
    fractions = np.rint(ledger.floats("value", placed.spells.row) * RATING_FRACTION).astype(np.int64)
    mean = _ratio(grid.total(placed, fractions), n) / RATING_FRACTION
    return {
        f"{name}_score": (mean - 1) / 4 * 100,
        f"{name}_n": n,
        f"{name}_newest": _newest_while_any(grid, placed, n),
    }


def _newest_while_any(grid: Grid, placed: Placed, n: NDArray[np.integer]) -> NDArray[np.datetime64]:
    """Give the newest day behind marks or ratings: the newest leaves the window last, so while any counts, it does."""
    newest = grid.latest_started(placed, placed.spells.newest)
    newest[n == 0] = ALWAYS
    return as_days(newest)


def _ratio(part: NDArray[np.integer], whole: NDArray[np.integer]) -> Floats:
    """Divide, leaving NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def _evidence(n: NDArray[np.integer], minimum: int) -> NDArray[np.int8]:
    """Grade evidence as codes into EVIDENCE."""
    return (n > 0).astype(np.int8) + (n >= minimum).astype(np.int8)


def _standing(columns: Columns, formula: Formula) -> tuple[Floats, NDArray[np.int8]]:
    """Weigh the dimensions with enough evidence; NaN unless there are three, one of them trust or loop closure.

    Gives the standing and how many dimensions entered it.
    """
    enough = {d: columns[f"{d}_evidence"] == EVIDENCE.index("enough") for d in DIMENSIONS}
    weighed = sum(np.where(enough[d], formula.weights[d] * columns[f"{d}_score"], 0) for d in DIMENSIONS)
    weight = sum(formula.weights[d] * enough[d] for d in DIMENSIONS)
    anchored = np.logical_or.reduce([enough[d] for d in STANDING_ANCHORS])
    n = np.sum([enough[d] for d in DIMENSIONS], axis=0, dtype=np.int8)
    exists = anchored & (n >= STANDING_NEEDS)
    return np.divide(weighed, weight, out=np.full(exists.shape, np.nan), where=exists), np.where(exists, n, 0)


def _bands(standing: Floats, formula: Formula) -> NDArray[np.int8]:
    """Find the band of each standing as codes into BANDS."""
    lowest = [floor for _, floor in reversed(formula.bands)]
    codes = 1 + np.searchsorted(lowest, np.round(standing, BAND_DECIMALS), side="right")
    return np.where(np.isnan(standing), 0, codes).astype(np.int8)


def _frame(columns: Columns, partner_ids: Ints, as_of: NDArray[np.datetime64], formula: Formula) -> pd.DataFrame:
    """Lay the partner × day tables out as rows; words that repeat are categories, so millions of rows stay small."""
    row_count = len(partner_ids) * len(as_of)
    frame: dict[str, Any] = {
        "partner_id": np.repeat(partner_ids, len(as_of)),
        "as_of": np.tile(as_of.astype("datetime64[s]"), len(partner_ids)),
        "formula": pd.Categorical.from_codes(
            np.zeros(row_count, dtype=np.int8), dtype=pd.CategoricalDtype([formula.version])
        ),
    }
    for dimension in DIMENSIONS:
        for measure in ("score", "n", "evidence", "newest"):
            frame[f"{dimension}_{measure}"] = columns[f"{dimension}_{measure}"].reshape(-1)
        frame[f"{dimension}_evidence"] = pd.Categorical.from_codes(frame[f"{dimension}_evidence"], dtype=_EVIDENCE_TYPE)
    for beside in ("partner_promises", "county_rating"):
        for measure in ("score", "n"):
            frame[f"{beside}_{measure}"] = columns[f"{beside}_{measure}"].reshape(-1)
    for name in ("cadence_days", "cadence_is_default", "standing", "standing_n"):
        frame[name] = columns[name].reshape(-1)
    frame["band"] = pd.Categorical.from_codes(columns["band"].reshape(-1), dtype=_BAND_TYPE)
    return pd.DataFrame(frame, copy=False)
