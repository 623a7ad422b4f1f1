"""The ledger of facts: what was known when, and its columns as arrays of whole numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Day numbers beyond every calendar (days since 1970): a blank that means "not yet", and one that means "ever since".
NEVER: Final = 10_000_000
ALWAYS: Final = -10_000_000


def as_known(facts: pd.DataFrame, known_until: datetime) -> pd.DataFrame:
    """Keep the rows that were held true at an instant: entered before it, and neither voided nor corrected before it.

    `known_until` is naive UTC, the end of the day one asks about (the first instant of the next day in the county's
    time zone). Needs `known_from`; a frame without `known_to` (the county's default cadences) never lost a row.
    """
    held = facts["known_from"] < known_until
    if "known_to" in facts:
        held &= facts["known_to"].isna() | (facts["known_to"] >= known_until)
    return facts[held]


@dataclass(frozen=True)
class Ledger:
    """The facts of some partners, read column by column only where needed.

    `partner` holds for each row the place of its partner among the ids given, -1 for any other partner.
    """

    facts: pd.DataFrame
    partner: Ints
    kind_code: Ints
    kinds: dict[str, int]

    @classmethod
    def of(cls, facts: pd.DataFrame, partner_ids: Ints) -> "Ledger":
        """Read the ledger for the partners with these ids (sorted, each once)."""
        codes, kinds = pd.factorize(facts["kind"])
        partner = pd.Index(partner_ids).get_indexer(facts["partner_id"])  # pyright: ignore[reportArgumentType]  # a series is array-like
        return cls(facts, partner, codes, {str(kind): code for code, kind in enumerate(kinds)})

    def rows(self, kind: str) -> Ints:
        """Give the places of the rows of this kind, of the partners asked about."""
        return np.flatnonzero((self.kind_code == self.kinds.get(kind, -2)) & (self.partner >= 0))

    def dated(self, kind: str) -> tuple[Ints, Ints]:
        """Give rows of this kind with their day numbers; what has no day enters no figure."""
        rows = self.rows(kind)
        day = self.days("on_day", rows, blank=NEVER)
        has_day = day < NEVER
        return rows[has_day], day[has_day]

    def days(self, column: str, rows: Ints, blank: int) -> Ints:
        """Read a column of days as days since 1970."""
        column_days = self.facts[column].iloc[rows]
        if column_days.dtype.kind != "M":  # a column without a single day may come without a type
            column_days = pd.to_datetime(column_days)
        days = column_days.to_numpy().astype("datetime64[D]")
        return np.where(np.isnat(days), blank, days.astype(np.int64))

    def ints(self, column: str, rows: Ints) -> Ints:
        """Read a column of whole numbers; blank is 0."""
        return np.nan_to_num(self.floats(column, rows)).astype(np.int64)

    def floats(self, column: str, rows: Ints) -> Floats:
        """Read a column of numbers; blank is NaN."""
        return self.facts[column].iloc[rows].to_numpy(dtype=np.float64, na_value=np.nan)

    def codes(self, column: str, rows: Ints) -> tuple[Ints, int]:
        """Read a column of words as codes, equal for equal words, and say how many words there are; blank is -1."""
        codes, words = pd.factorize(self.facts[column].iloc[rows])
        return codes.astype(np.int64), len(words)

    def says(self, column: str, rows: Ints, word: str) -> NDArray[np.bool_]:
        """Say where a column of words holds this word."""
        return (self.facts[column].iloc[rows] == word).to_numpy(dtype=np.bool_, na_value=False)
