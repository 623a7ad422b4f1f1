"""The ledger of facts: what was known when, and its columns as arrays of whole numbers."""

from datetime import datetime
from typing import Any, Final

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
    return facts.loc[held, :]


class Ledger:
    """The facts of some partners, each column turned into an array once, when it is first asked for.

    `partner` holds for each row the place of its partner among the ids given, -1 for any other partner.
    """

    def __init__(self, facts: pd.DataFrame, partner_ids: Ints) -> None:
        """Take the facts for the partners with these ids (each once)."""
        self._facts = facts
        self._arrays: dict[str, NDArray[Any]] = {}
        self._words: dict[str, dict[Any, int]] = {}
        ids = facts["partner_id"].to_numpy(dtype=np.int64)
        self.partner: Ints = pd.Index(partner_ids).get_indexer(pd.Index(ids))

    def rows(self, kind: str) -> Ints:
        """Give the places of the rows of this kind, of the partners asked about."""
        return np.flatnonzero((self._coded("kind")[0] == self._code("kind", kind)) & (self.partner >= 0))

    def dated(self, kind: str) -> tuple[Ints, Ints]:
        """Give rows of this kind with their day numbers; what has no day enters no figure."""
        rows = self.rows(kind)
        day = self.days("on_day", rows, blank=NEVER)
        has_day = day < NEVER
        return rows[has_day], day[has_day]

    def days(self, column: str, rows: Ints, blank: int) -> Ints:
        """Read a column of days as days since 1970."""
        if column not in self._arrays:
            days = self._facts[column]
            if days.dtype.kind != "M":  # a column without a single day may come without a type
                days = pd.to_datetime(days)
            self._arrays[column] = days.to_numpy()
        chosen = self._arrays[column][rows].astype("datetime64[D]")
        return np.where(np.isnat(chosen), blank, chosen.astype(np.int64))

    def ints(self, column: str, rows: Ints) -> Ints:
        """Read a column of whole numbers; blank is 0."""
        return np.nan_to_num(self.floats(column, rows)).astype(np.int64)

    def floats(self, column: str, rows: Ints) -> Floats:
        """Read a column of numbers; blank is NaN."""
        if column not in self._arrays:
            numbers = self._facts[column]
            plain = isinstance(numbers.dtype, np.dtype) and numbers.dtype.kind in "iuf"
            self._arrays[column] = numbers.to_numpy() if plain else numbers.to_numpy(np.float64, na_value=np.nan)
        return self._arrays[column][rows].astype(np.float64)

    def codes(self, column: str, rows: Ints) -> tuple[Ints, int]:
        """Read a column of words as codes, equal for equal words, and say how many words there are; blank is -1."""
        codes, words = self._coded(column)
        return codes[rows], len(words)

    def says(self, column: str, rows: Ints, word: str) -> NDArray[np.bool_]:
        """Say where a column of words holds this word."""
        return self._coded(column)[0][rows] == self._code(column, word)

    def _code(self, column: str, word: str) -> int:
        return self._coded(column)[1].get(word, -2)

    def _coded(self, column: str) -> tuple[Ints, dict[Any, int]]:
        if column not in self._arrays:
            codes, words = pd.factorize(self._facts[column])
            self._arrays[column] = codes
            self._words[column] = {word: code for code, word in enumerate(words.tolist())}
        return self._arrays[column], self._words[column]
