"""How well look-alikes are found, counted on pairs of names that were labelled by hand."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from erp.services.bodies import body_of
from erp.services.likeness import Body
from erp.services.likeness_index import Bodies
from erp.services.records import squeeze
from erp.settings import ROOT

#: Share (0–1) of the pairs that are the same which is to be suggested. Ours, for the county to confirm.
GOAL = 0.9
LABELLED = ROOT / "data" / "look_alikes" / "labelled_pairs.csv"


@dataclass(frozen=True)
class Found:
    """What became of the labelled pairs. `missed` and `asked_needlessly`: the names of the pairs."""

    same: int
    different: int
    missed: tuple[tuple[str, str], ...]
    asked_needlessly: tuple[tuple[str, str], ...]
    said_same_by_itself: tuple[tuple[str, str], ...]

    @property
    def suggested_share(self) -> float:
        """Which share (0–1) of the pairs that are the same is suggested."""
        return 1 - len(self.missed) / self.same


def measure() -> Found:
    """Compare all bodies of the labelled pairs with each other, as the look through all partners does.

    A pair counts as suggested where the one is among what is found for the other, and as said to be the same by itself
    where an import would take both names for one partner without asking.
    """
    pairs = _pairs()
    known = Bodies(body for _, one, other in pairs for body in (one, other))
    suggested = {(one.number, each.other) for _, one, _ in pairs for each in known.like(one)}
    rows = [
        (same, (one.name, other.name), (one.number, other.number) in suggested, _is_one(one, other))
        for same, one, other in pairs
    ]
    return Found(
        same=sum(same for same, *_ in rows),
        different=sum(not same for same, *_ in rows),
        missed=tuple(names for same, names, found, _ in rows if same and not found),
        asked_needlessly=tuple(names for same, names, found, _ in rows if found and not same),
        said_same_by_itself=tuple(names for _, names, _, is_one in rows if is_one),
    )


def _is_one(one: Body, other: Body) -> bool:
    return squeeze(one.name) == squeeze(other.name)


def _pairs() -> list[tuple[bool, Body, Body]]:
    """Return the labelled pairs: whether they are the same, and both."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["same"] == "yes", _body(2 * place, row, ""), _body(2 * place + 1, row, "other_"))
        for place, row in enumerate(rows)
    ]


def _body(number: int, row: Mapping[str, str], side: str) -> Body:
    name = row["other" if side else "name"]
    also = [words.strip() for words in row[f"{side}also"].split(";") if words.strip()]
    return body_of(number, name, also, {"Address": row[f"{side}address"], "E-mail": row[f"{side}email"]})
