"""The health formula: dimensions, weights, minimums, bands, and what a county may set in them."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Final

from erp.errors import Invalid
from erp.vocabulary import Band

#: The five dimensions, in the order in which they are drawn.
DIMENSIONS: Final = ("contact", "follow_through", "loop_closure", "shared_power", "trust")

LABELS: Final[dict[str, str]] = {
    "contact": "Contact",
    "follow_through": "Follow-through",
    "loop_closure": "Loop closure",
    "shared_power": "Shared power",
    "trust": "Partner-rated trust",
}

#: Grades of evidence, weakest first: nothing, fewer facts than the minimum, enough for the roll-up.
EVIDENCE: Final = ("none", "thin", "enough")

#: Bands, lowest first; not enough evidence is a band of its own and stands before them.
BANDS: Final = tuple(str(b) for b in (Band.NOT_ENOUGH, Band.AT_RISK, Band.STRAINED, Band.STEADY, Band.STRONG))

#: Standing exists only when so many dimensions have enough evidence ...
STANDING_NEEDS: Final = 3
#: ... and one of these is among them: what the partner says, or what became of what the partner said.
STANDING_ANCHORS: Final = ("trust", "loop_closure")

#: Bands are read off standing rounded to so many decimals: dust of floating point moves nobody across a line.
BAND_DECIMALS: Final = 9

_WEIGHTS: Final = {"contact": 10, "follow_through": 25, "loop_closure": 20, "shared_power": 15, "trust": 30}
_MINIMUMS: Final = {"contact": 1, "follow_through": 3, "loop_closure": 3, "shared_power": 3, "trust": 1}
_BANDS: Final = ((str(Band.STRONG), 75.0), (str(Band.STEADY), 55.0), (str(Band.STRAINED), 35.0))


@dataclass(frozen=True)
class Formula:
    """One version of the formula. Figures are stored with `version`, so a version never changes.

    Source: the health definition h1 (docs/health.md). Weights, minimums, bands and the target days are ours,
    for the county to confirm; the contact weighs least and trust most because sharing power, and not how recent
    the last meeting was, went with trust in a study of 40 partnerships (Jones & Barry 2016).
    """

    version: str = "h1"
    #: Dimension → weight in standing; they add up to 100.
    weights: Mapping[str, float] = field(default_factory=lambda: dict(_WEIGHTS), hash=False)
    #: Dimension → the n from which its evidence is enough.
    minimums: Mapping[str, int] = field(default_factory=lambda: dict(_MINIMUMS), hash=False)
    #: Band and the standing from which it holds, highest first; anything lower is at risk.
    bands: tuple[tuple[str, float], ...] = _BANDS
    #: Days the county gives itself to tell the giver what became of feedback ("T").
    target_days: int = 45
    #: Days a fact stays in the window; a year, so that seasons do not show. Not a setting.
    window_days: int = 365
    #: Days between contacts where neither the partner nor the county's defaults say: a quarter. Not a setting.
    default_cadence_days: int = 91

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> "Formula":
        """Make a formula from a county's settings; what they leave out stays as in h1.

        Settings: `version` ("h1.1", "h1.2", …), `weights` and `minimums` (dimension → number), `bands` (strong,
        steady, strained → lowest standing), `target_days`.

        Raises:
            Invalid: with a sentence saying which setting cannot be kept, and what it may be.
        """
        _refuse_unknown(settings, ("version", "weights", "minimums", "bands", "target_days"), "settings")
        formula = cls(
            version=_version(settings.get("version", "h1")),
            weights=_weights(_group(settings, "weights")),
            minimums=_minimums(_group(settings, "minimums")),
            bands=_bands(_group(settings, "bands")),
            target_days=_whole("The target days", settings.get("target_days", 45), 1, 365),
        )
        if formula.version == FORMULA_H1.version and formula != FORMULA_H1:
            raise Invalid(
                "Version h1 is the published formula. Give the changed settings a version of their own, such as h1.1."
            )
        return formula

    def band_of(self, standing: float | None) -> str:
        """Name the band of a standing; none (None or NaN) is "not_enough"."""
        if standing is None or math.isnan(standing):
            return str(Band.NOT_ENOUGH)
        rounded = round(standing, BAND_DECIMALS)
        return next((name for name, lowest in self.bands if rounded >= lowest), str(Band.AT_RISK))


def _refuse_unknown(given: Mapping[str, object], known: tuple[str, ...], group: str) -> None:
    unknown = sorted(str(name) for name in given if name not in known)
    if unknown:
        raise Invalid(f"The health {group} have no place for “{unknown[0]}”. They may hold: {', '.join(known)}.")


def _group(settings: Mapping[str, object], name: str) -> Mapping[str, object]:
    group = settings.get(name, {})
    if not isinstance(group, Mapping):
        raise Invalid(f"The health {name} must be a list of names with a number each.")
    return group


def _number(what: str, given: object, lowest: float, highest: float) -> float:
    if isinstance(given, bool) or not isinstance(given, Real) or not lowest <= float(given) <= highest:
        raise Invalid(f"{what} must be a number from {lowest:g} to {highest:g}; “{given}” is not.")
    return float(given)


def _whole(what: str, given: object, lowest: int, highest: int) -> int:
    number = given if isinstance(given, int) else None
    if number is None or isinstance(given, bool) or not lowest <= number <= highest:
        raise Invalid(f"{what} must be a whole number from {lowest} to {highest}; “{given}” is not.")
    return number


def _version(given: object) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"h1(\.[1-9]\d*)?", given):
        raise Invalid(f"A formula version is named h1.1, h1.2 and so on; “{given}” is not.")
    return given


def _weights(given: Mapping[str, object]) -> dict[str, float]:
    _refuse_unknown(given, DIMENSIONS, "weights")
    # A weight of 0 would let a standing exist with nothing to weigh; who cares little gives it 1.
    weights = {d: _number(f"The weight of {LABELS[d]}", given.get(d, _WEIGHTS[d]), 1, 100) for d in DIMENSIONS}
    total = math.fsum(weights.values())
    if not math.isclose(total, 100, abs_tol=1e-9):
        raise Invalid(f"The five weights add up to {total:g}. Change them so that they add up to 100.")
    return weights


def _minimums(given: Mapping[str, object]) -> dict[str, int]:
    _refuse_unknown(given, DIMENSIONS, "minimums")
    return {d: _whole(f"The minimum for {LABELS[d]}", given.get(d, _MINIMUMS[d]), 1, 100) for d in DIMENSIONS}


def _bands(given: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    _refuse_unknown(given, tuple(name for name, _ in _BANDS), "bands")
    bands = tuple(
        (name, _number(f"The band “{Band(name).label}”", given.get(name, lowest), 1, 100)) for name, lowest in _BANDS
    )
    if not bands[0][1] > bands[1][1] > bands[2][1]:
        raise Invalid("Strong must begin above Steady, and Steady above Strained. Change the bands so that they do.")
    return bands


#: The formula as published.
FORMULA_H1: Final = Formula()
