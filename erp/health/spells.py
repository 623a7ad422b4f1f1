"""From facts to spells: the stretches of days over which a fact counts for the same points.

Every rule of the five dimensions is here once; the figures and their explanations both read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from erp.health.formula import Formula
from erp.health.ledger import ALWAYS, NEVER, Ints, Ledger


class Note(IntEnum):
    """Why a fact counts as it does; the lower-case name is the code that pages turn into words."""

    CONTACT = 0
    CADENCE = 1
    MARKS = 2
    RATING = 3
    DONE_BY_DUE = 4
    DONE_LATE = 5
    NOT_DONE = 6
    CONFIRMED = 7
    TOLD_IN_TIME = 8
    TOLD_LATE = 9
    TOLD_AGAIN = 10
    REOPENED = 11
    NOT_TOLD = 12


#: Note → half points (2 is a full point): whole numbers add up exactly. Source: docs/health.md, the five dimensions.
HALF_POINTS: Final = np.zeros(len(Note), dtype=np.int64)
HALF_POINTS[[Note.DONE_BY_DUE, Note.CONFIRMED, Note.TOLD_IN_TIME]] = 2
HALF_POINTS[[Note.DONE_LATE, Note.TOLD_LATE, Note.TOLD_AGAIN]] = 1

#: What can happen to a feedback item after it came in. On one day and at one position the later in this list is taken
#: to have come last, so that what is unsettled never counts as closed.
_FEEDBACK_EVENTS: Final = ("told", "confirmed", "reopened")

#: More records than a county's database can hold, which leaves room for eight million partners in 63 bits.
_IDS: Final = 2**40


@dataclass(frozen=True)
class Spells:
    """One row per fact and stretch of as-of days `start <= t < end` (day numbers) over which it counts alike.

    `row` is the place of the deciding fact in the ledger, `newest` the day of the newest thing known about it.
    """

    row: Ints
    partner: Ints
    start: Ints
    end: Ints
    newest: Ints
    note: Ints

    def where(self, chosen: NDArray[np.bool_]) -> "Spells":
        """Keep some of the spells."""
        return Spells(*(getattr(self, column.name)[chosen] for column in fields(self)))


def _spells(ledger: Ledger, row: Ints, start: Ints, end: Ints, newest: Ints, note: Ints | int) -> Spells:
    every = Spells(row, ledger.partner[row], start, end, newest, np.broadcast_to(note, row.shape))
    return every.where(start < end)


def _joined(parts: Sequence[Spells]) -> Spells:
    return Spells(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Spells)))


def contacts(ledger: Ledger) -> Spells:
    """Count each two-way engagement from its day on, for ever."""
    row, day = ledger.dated("contact")
    return _spells(ledger, row, day, np.full(len(day), NEVER), day, Note.CONTACT)


def cadences(ledger: Ledger) -> Spells:
    """Hold each agreed cadence from its day until the next one; an undated one was always agreed.

    Of two agreed on one day the later `position` holds, then the shorter: the closer promise.
    """
    row = ledger.rows("cadence")
    day = ledger.days("on_day", row, blank=ALWAYS)
    order = np.lexsort((-ledger.floats("value", row), ledger.ints("position", row), day, ledger.partner[row]))
    row, day = row[order], day[order]
    return _spells(ledger, row, day, _until_next(day, ledger.partner[row]), day, Note.CADENCE)


def promises(ledger: Ledger, side: str, formula: Formula) -> Spells:
    """Count each promise owed by a side from its due day, for the window or until it was withdrawn by agreement."""
    row, due = ledger.dated("promise")
    owed = ledger.says("side", row, side)
    row, due = row[owed], due[owed]
    done = ledger.days("done_on", row, blank=NEVER)
    end = np.minimum(due + formula.window_days, ledger.days("withdrawn_on", row, blank=NEVER))
    kept = done <= due
    at_first = _spells(
        ledger,
        row,
        due,
        np.where(kept, end, np.minimum(end, done)),
        due,
        np.where(kept, Note.DONE_BY_DUE, Note.NOT_DONE),
    )
    late = np.where(kept, NEVER, done)  # never: what was kept in time is not counted twice
    return _joined([at_first, _spells(ledger, row, late, end, late, Note.DONE_LATE)])


def marks(ledger: Ledger, formula: Formula) -> Spells:
    """Count each two-way engagement with an answered mark for the window."""
    row, day = ledger.dated("contact")
    answered = ledger.ints("marks_n", row) > 0
    row, day = row[answered], day[answered]
    return _spells(ledger, row, day, day + formula.window_days, day, Note.MARKS)


def ratings(ledger: Ledger, side: str, formula: Formula) -> Spells:
    """Count each rating of a side for the window, or until the same person rates again.

    Ratings without a name count as one person's, so that n never claims more voices than are known. Of two on one day
    the later `position` holds, then the lower.
    """
    row, day = ledger.dated("rating")
    value = ledger.floats("value", row)
    counts = ledger.says("side", row, side) & ~np.isnan(value)
    row, day, value = row[counts], day[counts], value[counts]
    person, person_count = ledger.codes("respondent", row)
    whose = ledger.partner[row] * (person_count + 1) + person + 1  # the code of no name is -1
    order = np.lexsort((-value, ledger.ints("position", row), day, whose))
    row, day, whose = row[order], day[order], whose[order]
    end = np.minimum(_until_next(day, whose), day + formula.window_days)
    return _spells(ledger, row, day, end, day, Note.RATING)


def feedback_items(ledger: Ledger, formula: Formula) -> Spells:
    """Count each feedback item from its target day for the window; the latest event decides for how much.

    A telling counts as in time when the item was told within the target days and never reopened. An item whose day of
    receipt is unknown has no target day and counts nowhere.
    """
    received, received_on = ledger.dated("received")
    received, received_on, key = _earliest_of_each(received, received_on, _item_key(ledger, received))
    event, day, rank, event_key = _events(ledger)
    item = np.searchsorted(key, event_key)
    known = item < len(key)
    known[known] = key[item[known]] == event_key[known]
    event, day, rank, item = event[known], day[known], rank[known], item[known]

    opens = received_on + formula.target_days
    closes = opens + formula.window_days
    first_event = np.full(len(key), NEVER)
    np.minimum.at(first_event, item, day)
    waiting = _spells(ledger, received, opens, np.minimum(closes, first_event), received_on, Note.NOT_TOLD)
    decided = _spells(
        ledger,
        event,
        np.maximum(day, opens[item]),
        np.minimum(_until_next(day, item), closes[item]),
        np.maximum(day, received_on[item]),
        _event_notes(rank, item, day - received_on[item] <= formula.target_days),
    )
    return _joined([waiting, decided])


def _events(ledger: Ledger) -> tuple[Ints, Ints, Ints, Ints]:
    """Give row, day, rank and item key of what happened to feedback items, in the order in which it happened."""
    rows, days = zip(*(ledger.dated(kind) for kind in _FEEDBACK_EVENTS), strict=True)
    rank = np.repeat(np.arange(len(rows)), [len(part) for part in rows])
    row, day = np.concatenate(rows), np.concatenate(days)
    key = _item_key(ledger, row)
    order = np.lexsort((rank, ledger.ints("position", row), day, key))
    return row[order], day[order], rank[order], key[order]


def _event_notes(rank: Ints, item: Ints, in_time: NDArray[np.bool_]) -> Ints:
    """Note what each event makes of its item; events come item by item in the order in which they happened."""
    told, confirmed, reopened = (rank == code for code in range(len(_FEEDBACK_EVENTS)))
    ever_reopened = _so_far(reopened, item)
    # The first telling is what counts as in time: saying more later takes nothing back.
    told_in_time = _so_far(told & in_time, item)
    told_note = np.where(ever_reopened, Note.TOLD_AGAIN, np.where(told_in_time, Note.TOLD_IN_TIME, Note.TOLD_LATE))
    return np.where(confirmed, Note.CONFIRMED, np.where(reopened, Note.REOPENED, told_note))


def _so_far(happened: NDArray[np.bool_], group: Ints) -> NDArray[np.bool_]:
    """Say for each row whether it happened in the row or an earlier one of its group (rows come group by group)."""
    if not len(group):
        return happened
    count = np.cumsum(happened)
    begins = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    before = np.repeat(count[begins] - happened[begins], np.diff(begins, append=len(group)))
    return count > before


def _item_key(ledger: Ledger, row: Ints) -> Ints:
    # Partner and item: one item that two partners gave is told to, and confirmed by, each of them.
    return ledger.partner[row] * _IDS + ledger.ints("source_id", row)


def _earliest_of_each(row: Ints, day: Ints, key: Ints) -> tuple[Ints, Ints, Ints]:
    """Keep the earliest row of each key, ordered by key."""
    order = np.lexsort((day, key))
    row, day, key = row[order], day[order], key[order]
    first = np.diff(key, prepend=-1) != 0
    return row[first], day[first], key[first]


def _until_next(day: Ints, group: Ints) -> Ints:
    """Give the day of the next row of the same group, NEVER for the last (rows come group by group, days rising)."""
    end = np.full(len(day), NEVER)
    same = group[1:] == group[:-1]
    end[:-1][same] = day[1:][same]
    return end
