"""Writing made-up rows in bulk: dice that fall the same way each time, and the facts that go with the records."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert

from erp.models.facts import Fact

SEED = 20260101
#: Days of history; the newest day is the day on which the county is made.
SPAN = 3650
#: Rows written with one statement.
CHUNK = 20_000


def listed(words: str) -> list[str]:
    """Part words or names at their commas."""
    return words.split(",")


PLACES = listed(
    "Alder Bend,Birch Hollow,Clover Reach,Dunmore Flat,Elderberry Point,Fennel Creek,Gull Harbor,Hazel Crossing,"
    "Iron Meadow,Juniper Gate,Kestrel Hill,Larkspur Cove,Marten Falls,Nettle Ridge,Otter Landing,Pepper Grove,"
    "Quail Spring,Rowan Shore,Sorrel Park,Teasel Bay,Upland Mill,Vetch Valley,Wren Lake,Yarrow Heights"
)
#: Sides of a place: a state has more partners than there are names without them.
SIDES = listed(",North ,South ,East ,West ,Old ")
CAUSES = listed(
    "Family,Youth,Community,Health,Housing,Workforce,Learning,Legal,Kinship,Wellness,Early Childhood,Neighborhood,"
    "Recovery,Food,Parent,Foster Care"
)
BODIES = listed(
    "Resource Center,Alliance,Coalition,Services,Council,Network,Foundation,Collaborative,Association,Clinic"
)
GIVEN = listed("Ana,Ben,Carla,Dev,Elena,Farid,Grace,Hiro,Ines,Jamal,Kira,Luis,Mina,Noah,Olga,Pedro,Rosa,Sam,Tara,Yusuf")
FAMILY = listed("Alvarez,Brown,Chen,Diaz,Evans,Flores,Garcia,Hill,Ito,Jones,Khan,Lopez,Moore,Nguyen,Ortiz,Patel,Reyes")
WORDS = listed(
    "we met to review,referrals and agreed,next steps on intake,the team asked,about shared data,"
    "and named two barriers,staff will report back,after the board meets,the partner offered,"
    "space for the training,and asked that notices,go out earlier,in both languages"
)


@dataclass(frozen=True)
class Size:
    """How many of each; a partner has two contacts, an engagement one to four partners."""

    partners: int
    engagements: int
    feedback: int

    @property
    def commitments(self) -> int:
        """Promises: two for every five engagements."""
        return self.engagements * 2 // 5

    @property
    def ratings(self) -> int:
        """Ratings: one for every three engagements."""
        return self.engagements // 3


SIZES = {"S": Size(150, 3_000, 800), "M": Size(1_500, 60_000, 15_000), "L": Size(20_000, 1_000_000, 250_000)}


class Writer:
    """A county while it is being written: its size, its dice, its connection, and the facts so far."""

    def __init__(self, connection: Connection, size: Size, today: date) -> None:
        self.connection = connection
        self.size = size
        self.today = np.datetime64(today, "D")
        self.rng = np.random.default_rng([SEED, size.partners])
        self.facts = itertools.count(1)
        # A few partners are met often, many seldom.
        weights = self.rng.lognormal(0, 1.1, size.partners)
        self.weights = weights / weights.sum()

    def write(self, table: type, **columns: Any) -> None:
        """Write rows of a table: arrays give a value per row, single values one for all, the rest is the default."""
        n = next(len(values) for values in columns.values() if isinstance(values, np.ndarray))
        given = {
            name: _plain(values) if isinstance(values, np.ndarray) else [values] * n for name, values in columns.items()
        }
        for name, field in table.model_fields.items():
            if name not in given and not field.is_required():
                given[name] = [field.get_default(call_default_factory=True)] * n
        names = list(given)
        rows = zip(*given.values(), strict=True)
        while chunk := [dict(zip(names, row, strict=True)) for row in itertools.islice(rows, CHUNK)]:
            self.connection.execute(insert(table), chunk)

    def write_facts(
        self, kind: str | np.ndarray, source: np.ndarray, partner: np.ndarray, day: np.ndarray, **more: Any
    ) -> None:
        """Write facts of the ledger, held true since the day after they happened."""
        self.write(
            Fact,
            id=np.array(list(itertools.islice(self.facts, len(source)))),
            kind=kind,
            source_id=source,
            partner_id=partner,
            on_day=day,
            known_from=self.moments(day),
            **more,
        )

    def moments(self, days: np.ndarray) -> np.ndarray:
        """Return a moment on the evening of each day, of the newest day where there is none."""
        stamps = np.where(np.isnat(days), self.today, np.minimum(days, self.today)).astype("datetime64[s]") + 19 * 3600
        return np.array([moment.replace(tzinfo=UTC) for moment in stamps.tolist()], dtype=object)

    def pick(self, options: Any, n: int, weights: Any = None) -> np.ndarray:
        """Draw `n` of the options; a mapping holds its weights."""
        if isinstance(options, dict):
            options, weights = list(options), list(options.values())
        pool = np.empty(len(options), dtype=object)
        pool[:] = list(options)
        return pool[self.rng.choice(len(pool), n, p=weights)]

    def texts(self, n: int, shortest: int, longest: int) -> np.ndarray:
        """Return `n` short texts out of a pool of 3,000."""
        pool = [
            " ".join(self.rng.choice(WORDS, self.rng.integers(shortest, longest) // 3 + 1)).capitalize() + "."
            for _ in range(3000)
        ]
        return self.pick(pool, n)

    def days(self, n: int, newest: int = 0) -> np.ndarray:
        """Return `n` days of the span, ending `newest` days before today; more of them late than early."""
        ago = newest + (self.rng.random(n) ** 1.3 * (SPAN - newest)).astype(int)
        return self.today - ago.astype("timedelta64[D]")

    def partners_by_weight(self, n: int) -> np.ndarray:
        """Return `n` partner ids, by how often each is met."""
        return self.rng.choice(self.size.partners, n, p=self.weights) + 1


def keys(prefix: str, ids: np.ndarray) -> np.ndarray:
    """Return the county's references: prefix and number."""
    return np.array([f"{prefix}-{number:05d}" for number in ids], dtype=object)


def _plain(values: np.ndarray) -> list[Any]:
    """Turn an array into what the database takes: whole numbers, days, None for no day."""
    return values.tolist()
