"""Partner × day tables, filled by stretches of days instead of partner by partner."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from erp.health.ledger import ALWAYS, Ints
from erp.health.spells import Spells


@dataclass(frozen=True)
class Placed:
    """Spells laid on a grid: each covers the slots `first` up to, not including, `last` of its partner."""

    spells: Spells
    first: Ints
    last: Ints


@dataclass(frozen=True)
class Grid:
    """A table of partners (rows) by as-of days (columns); `days` are day numbers, rising."""

    partner_count: int
    days: Ints

    @property
    def shape(self) -> tuple[int, int]:
        """Say how many partners and days there are."""
        return self.partner_count, len(self.days)

    def place(self, spells: Spells) -> Placed:
        """Find the as-of days that each spell covers, and drop the spells which cover none."""
        first, last = self._slot(spells.start), self._slot(spells.end)
        covers = first < last
        return Placed(spells.where(covers), first[covers], last[covers])

    def _slot(self, day: Ints) -> Ints:
        if not len(self.days):
            return np.zeros_like(day)
        # A table from day to slot: a million look-ups cost a tenth of a million binary searches.
        lowest, highest = int(self.days[0]), int(self.days[-1]) + 1
        slot_of = np.searchsorted(self.days, np.arange(lowest, highest + 1))
        return slot_of[np.clip(day, lowest, highest) - lowest]

    def count(self, placed: Placed) -> NDArray[np.int32]:
        """Count the spells running on each day, partner by partner."""
        return self._running(placed, None).astype(np.int32)

    def total(self, placed: Placed, amount: Ints) -> Ints:
        """Add up the amounts of the spells running on each day, partner by partner.

        Amounts are whole numbers below 2**53 in sum: the order of the facts changes nothing, not even a last bit.
        """
        return self._running(placed, amount).astype(np.int64)

    def _running(self, placed: Placed, amount: Ints | None) -> NDArray[Any]:
        width = len(self.days) + 1
        row = placed.spells.partner * width
        size = self.partner_count * width
        change = np.bincount(row + placed.first, amount, size) - np.bincount(row + placed.last, amount, size)
        return np.cumsum(change.reshape(self.partner_count, width)[:, :-1], axis=1)

    def latest_started(self, placed: Placed, number: Ints) -> Ints:
        """Give the highest `number` among the spells begun by each day, ended or not; ALWAYS if none."""
        table = np.full(self.shape, ALWAYS)
        np.maximum.at(table.reshape(-1), placed.spells.partner * len(self.days) + placed.first, number)
        return np.maximum.accumulate(table, axis=1)

    def latest_running(self, placed: Placed, number: Ints) -> Ints:
        """Give the highest `number` among the spells running on each day; ALWAYS if none."""
        table = np.full(self.shape, ALWAYS)
        length = placed.last - placed.first
        begins = placed.spells.partner * len(self.days) + placed.first
        cells = np.repeat(begins - np.cumsum(length) + length, length) + np.arange(length.sum())
        np.maximum.at(table.reshape(-1), cells, np.repeat(number, length))
        return table


def as_days(numbers: Ints) -> NDArray[np.datetime64]:
    """Turn day numbers into days (datetime64[s], as pandas keeps them); ALWAYS becomes NaT."""
    seconds = numbers * 86_400
    seconds[numbers <= ALWAYS] = np.iinfo(np.int64).min  # numpy's NaT
    return seconds.view("datetime64[s]")
