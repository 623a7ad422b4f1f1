"""Standings of many partners on many days, as arrays: a state's ten years fit where a frame of rows would not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from erp.health.formula import BANDS
from erp.health.ledger import Floats, Ints

#: The columns of a standing as a row.
STANDING_COLUMNS = ("partner_id", "as_of", "standing", "standing_n", "band")
_BAND_TYPE = pd.CategoricalDtype(list(BANDS), ordered=True)


@dataclass(frozen=True)
class Standings:
    """A row for each partner (ids rising), a column for each day (rising). Nobody alters the arrays.

    `standing`: 0–100, NaN where there is not enough evidence; `n`: how many dimensions entered it; `band`: codes into
    `formula.BANDS`.
    """

    partner_ids: Ints
    days: NDArray[np.datetime64]
    standing: Floats
    n: NDArray[np.int8]
    band: NDArray[np.int8]

    def __len__(self) -> int:
        """Say how many partners there are."""
        return len(self.partner_ids)

    def of(self, partner_ids: Collection[int] | Ints) -> "Standings":
        """Keep these partners; one that has no standings is left out."""
        asked = np.unique(np.fromiter(partner_ids, dtype=np.int64, count=len(partner_ids)))
        return self._rows(np.isin(self.partner_ids, asked, assume_unique=True))

    def without(self, partner_ids: Collection[int]) -> "Standings":
        """Leave these partners out."""
        gone = np.fromiter(partner_ids, dtype=np.int64, count=len(partner_ids))
        return self._rows(~np.isin(self.partner_ids, gone))

    def last(self, days: int) -> "Standings":
        """Keep the last days."""
        shown = slice(-days, None)
        return replace(
            self,
            days=self.days[shown],
            standing=self.standing[:, shown],
            n=self.n[:, shown],
            band=self.band[:, shown],
        )

    def joined(self, others: "Standings") -> "Standings":
        """Return these partners and others, on the same days."""
        ids = np.concatenate([self.partner_ids, others.partner_ids])
        order = np.argsort(ids, kind="stable")
        tables = {
            name: np.concatenate([getattr(self, name), getattr(others, name)])[order]
            for name in ("standing", "n", "band")
        }
        return Standings(ids[order], self.days, **tables)

    def frame(self) -> pd.DataFrame:
        """Return a row for each partner and day, ordered by both. Columns: STANDING_COLUMNS."""
        rows = {
            "partner_id": np.repeat(self.partner_ids, len(self.days)),
            "as_of": np.tile(self.days.astype("datetime64[s]"), len(self)),
            "standing": self.standing.reshape(-1),
            "standing_n": self.n.reshape(-1),
            "band": pd.Categorical.from_codes(self.band.reshape(-1), dtype=_BAND_TYPE),
        }
        return pd.DataFrame(rows, copy=False)

    def moves(self) -> pd.DataFrame:
        """Return how each partner's standing changed over the days, a row for each.

        Columns: partner_id, first, last, change; NaN where it never stood.
        """
        known = ~np.isnan(self.standing)
        any_known = known.any(axis=1)
        places = np.arange(len(self))
        first = self.standing[places, known.argmax(axis=1)] if len(self.days) else np.full(len(self), np.nan)
        newest = known.shape[1] - 1 - known[:, ::-1].argmax(axis=1) if len(self.days) else places
        last = self.standing[places, newest] if len(self.days) else first
        ends = pd.DataFrame({"partner_id": self.partner_ids, "first": first, "last": last})
        ends.loc[~any_known, ["first", "last"]] = np.nan
        return ends.assign(change=ends["last"] - ends["first"])

    def bands_by_quarter(self) -> pd.DataFrame:
        """Count partnerships per band at each quarter's last day.

        Columns: quarter ("2026 Q1"), band, partnerships int; ordered by quarter; bands without any have no row.
        """
        days = pd.DatetimeIndex(self.days)
        quarters = [f"{day.year} Q{day.quarter}" for day in days]
        last = {quarter: place for place, quarter in enumerate(quarters)}
        rows: list[tuple[str, str, int]] = []
        for quarter, place in last.items():
            counts = np.bincount(self.band[:, place], minlength=len(BANDS))
            rows += [(quarter, band, int(n)) for band, n in sorted(zip(BANDS, counts, strict=True)) if n]
        return pd.DataFrame(rows, columns=["quarter", "band", "partnerships"])

    def _rows(self, chosen: NDArray[Any]) -> "Standings":
        return Standings(self.partner_ids[chosen], self.days, self.standing[chosen], self.n[chosen], self.band[chosen])


def no_standings(days: Sequence[date]) -> Standings:
    """Return the standings of nobody."""
    shape = (0, len(days))
    table = {"standing": np.empty(shape), "n": np.empty(shape, np.int8), "band": np.empty(shape, np.int8)}
    return Standings(np.empty(0, np.int64), np.array(days, dtype="datetime64[D]"), **table)
