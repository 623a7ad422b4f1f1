"""The floor of a rebuild: the same facts read plainly by sqlite3, one plausible figure a partner and month by numpy.

It is not our definition (docs/health.md): windows are whole months, a cadence is a quarter, told is told. It asks for
the same facts and makes a table of the same size, as somebody would in an afternoon. Run as
`python bench/health_floor.py DATABASE ROUNDS`; prints one line of JSON.
"""

import json
import resource
import sqlite3
import statistics
import sys
import time
from contextlib import closing

import numpy as np

MONTHS, WINDOW = 120, 12
ASKED = "partner_id, kind, source_id, on_day, done_on, withdrawn_on, side, respondent, value, marks_n, marks_shared"


def read(database: str) -> dict[str, np.ndarray]:
    """Read every fact held true, a column an array."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"SELECT {ASKED} FROM fact WHERE known_to IS NULL").fetchall()
    facts: dict[str, np.ndarray] = {}
    for name, cells in zip(ASKED.split(", "), zip(*rows, strict=True), strict=True):
        if name.endswith(("_on", "_day")):
            facts[name] = np.array(cells, dtype="datetime64[D]")
        elif name in ("kind", "side", "respondent"):
            facts[name] = np.array(cells, dtype=object)
        else:
            facts[name] = np.array(cells, dtype=float if name == "value" else np.int64)
    return facts


def figures(facts: dict[str, np.ndarray], partners: int) -> np.ndarray:
    """Return one figure for each partner and month, NaN where there is nothing to go by."""
    first = np.datetime64("today").astype("datetime64[M]") - (MONTHS - 1)
    ends = (first + np.arange(1, MONTHS + 1)).astype("datetime64[D]") - 1
    slot = (facts["on_day"].astype("datetime64[M]") - first).astype(np.int64)
    inside = ~np.isnat(facts["on_day"]) & (slot >= 0) & (slot < MONTHS)

    def count(chosen: np.ndarray, amount: np.ndarray | None = None) -> np.ndarray:
        chosen = chosen & inside
        cell = (facts["partner_id"][chosen] - 1) * MONTHS + slot[chosen]
        weights = None if amount is None else amount[chosen]
        table = np.bincount(cell, weights, partners * MONTHS).reshape(partners, MONTHS)
        running = np.cumsum(table, axis=1)
        running[:, WINDOW:] -= running[:, :-WINDOW].copy()
        return running

    is_kind = {kind: facts["kind"] == kind for kind in ("contact", "promise", "received", "told", "rating")}
    newest = np.full(partners * MONTHS, -(10**9))
    met = is_kind["contact"] & inside
    cell = (facts["partner_id"][met] - 1) * MONTHS + slot[met]
    np.maximum.at(newest, cell, facts["on_day"][met].astype(np.int64))
    since = ends.astype(np.int64) - np.maximum.accumulate(newest.reshape(partners, MONTHS), axis=1)
    owed = is_kind["promise"] & (facts["side"] == "county") & np.isnat(facts["withdrawn_on"])
    kept = np.where(facts["done_on"] <= facts["on_day"], 1.0, np.where(np.isnat(facts["done_on"]), 0.0, 0.5))
    rated = is_kind["rating"] & (facts["side"] == "partner")
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [
            (10, np.where(since < 10**8, 100 * np.exp2(-np.maximum(0, since - 91) / 91), np.nan)),
            (25, 100 * count(owed, kept) / count(owed)),
            (20, 100 * np.minimum(1, count(is_kind["told"]) / count(is_kind["received"]))),
            (
                15,
                200 * np.minimum(0.5, count(met, facts["marks_shared"]) / count(met, facts["marks_n"])),
            ),
            (30, 25 * (count(rated, facts["value"]) / count(rated) - 1)),
        ]
        weighed = sum(np.where(np.isnan(part), 0, weight * part) for weight, part in parts)
        return weighed / sum(np.where(np.isnan(part), 0, weight) for weight, part in parts)


def main() -> None:
    """Print the median seconds of reading and of both, and the memory at its highest."""
    database, rounds = sys.argv[1], int(sys.argv[2])
    with closing(sqlite3.connect(database)) as connection:
        (partners,) = connection.execute("SELECT max(id) FROM partner").fetchone()
    reads, alls = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        facts = read(database)
        reads.append(time.perf_counter() - start)
        table = figures(facts, partners)
        alls.append(time.perf_counter() - start)
        assert table.shape == (partners, MONTHS)
        assert np.isfinite(table).mean() > 0.5  # else it figured nothing
        del facts
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts it in KiB
    figured = {"read": statistics.median(reads), "all": statistics.median(alls), "highest_mib": highest}
    json.dump(figured, sys.stdout)


if __name__ == "__main__":
    main()
