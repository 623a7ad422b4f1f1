"""What the demonstration's generator hands to its writer: records with their days; and its calendar and its luck."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from erp.services.commitments import CommitmentDraft
from erp.services.engagements import EngagementDraft
from erp.services.feedback import FeedbackDraft, StepDraft
from erp.services.ratings import RatingDraft
from erp.vocabulary import FeedbackState

CardT = TypeVar("CardT")

#: Days after which something is entered, and how often: mostly at once, now and then weeks late.
LAGS = ((0, 44), (1, 24), (2, 14), (4, 10), (9, 5), (23, 3))
SATURDAY, THURSDAY, NOVEMBER = 5, 3, 11
HOLIDAYS = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 24), (12, 25), (12, 31))  # month and day


def _nobody_works(day: date) -> bool:
    """Say whether a day is a weekend or a holiday of the county."""
    thanksgiving = day.month == NOVEMBER and (
        (day.weekday() == THURSDAY and 22 <= day.day <= 28) or (day.weekday() == THURSDAY + 1 and 23 <= day.day <= 29)
    )
    return day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS or thanksgiving


@dataclass(frozen=True)
class Clock:
    """The demonstration's calendar: days counted back from today, and working hours in the county's time zone."""

    today: date
    zone: ZoneInfo

    def day(self, ago: int) -> date:
        """Return the day so many days ago, or the working day before it where nobody works."""
        day = self.today - timedelta(days=ago)
        while _nobody_works(day):
            day -= timedelta(days=1)
        return day

    def ago(self, day: date) -> int:
        """Return how many days ago a day was."""
        return (self.today - day).days

    def moment(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return a moment of the county's day, as aware UTC."""
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def entered(self, day: date, rng: Random, after: datetime | None = None) -> datetime:
        """Return when something of that day was entered: in working hours, after `after`, by yesterday."""
        lag = rng.choices([days for days, _ in LAGS], [weight for _, weight in LAGS])[0]
        on = max(day, self.day(max(1, self.ago(day) - lag)))
        first_hour = 15 if lag == 0 else 8
        at = self.moment(on, rng.randint(first_hour, 17), rng.randint(0, 59)) + timedelta(seconds=rng.randint(0, 59))
        return at if after is None or at > after else after + timedelta(minutes=rng.randint(1, 9))


class Deck(Generic[CardT]):
    """Sentences dealt in shuffled order; none comes again before all have been dealt."""

    def __init__(self, cards: Sequence[CardT], rng: Random) -> None:
        self._cards = list(cards)
        self._rng = rng
        self._left: list[CardT] = []

    def deal(self) -> CardT:
        """Return the next card."""
        if not self._left:
            self._left = self._cards.copy()
            self._rng.shuffle(self._left)
        return self._left.pop()


class Share:
    """Deals 1, ½ or 0 so that their mean follows a wanted share closely, whatever the luck."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._owed = 0.0

    def happened(self, wanted: float, got: float) -> None:
        """Take into account what was not dealt here: a story's own moment, a forum's marks."""
        self._owed += wanted - got

    def deal(self, wanted: float, choices: tuple[float, ...] = (0.0, 0.5, 1.0)) -> float:
        """Return the choice that brings the mean closest to `wanted` (0–1), with a little chance in it."""
        owed = self._owed + wanted
        got = min(choices, key=lambda choice: abs(owed - choice + self._rng.uniform(-0.2, 0.2)))
        self._owed = owed - got
        return got


@dataclass(eq=False)
class EngagementLife:
    """An engagement as logged; `planned_at`: entered before it was held; `unlinked`: names that no partner has.

    `of_story`: told in data/demo/stories.toml; nothing made up by chance comes out of it. `turn`: its columns `series`,
    `repeats` and `slot_on`, where it is one of a row.
    """

    draft: EngagementDraft
    at: datetime
    by: str
    planned_at: datetime | None = None
    cancelled_at: datetime | None = None
    voided_at: datetime | None = None
    void_reason: str = ""
    unlinked: tuple[str, ...] = ()
    of_story: bool = False
    turn: dict[str, Any] = field(default_factory=dict)

    @property
    def first_at(self) -> datetime:
        """When the record came in."""
        return self.planned_at or self.at


@dataclass(eq=False)
class CommitmentLife:
    """A promise, and how it ended: `ending` is "keep", "withdraw" or nothing yet."""

    draft: CommitmentDraft
    at: datetime
    by: str
    meeting: EngagementLife | None = None
    ending: str = ""
    ended_on: date | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    reason: str = ""
    voided_at: datetime | None = None
    void_reason: str = ""


@dataclass(frozen=True)
class StepTaken:
    """A step of the feedback loop, when and by whom it was entered."""

    step: FeedbackState
    draft: StepDraft
    at: datetime
    by: str


@dataclass(eq=False)
class FeedbackLife:
    """A feedback item and the steps of its loop; the first is receiving it.

    `chosen`: columns that a giver decided on a public page. `number`: its id, once it is written.
    """

    draft: FeedbackDraft
    steps: list[StepTaken]
    meeting: EngagementLife | None = None
    chosen: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    voided_at: datetime | None = None
    void_reason: str = ""


@dataclass(eq=False)
class RatingLife:
    """A rating as entered."""

    draft: RatingDraft
    at: datetime
    by: str
    voided_at: datetime | None = None
    void_reason: str = ""


@dataclass
class Lives:
    """All records of the made-up county, in no order."""

    engagements: list[EngagementLife] = field(default_factory=list)
    commitments: list[CommitmentLife] = field(default_factory=list)
    feedback: list[FeedbackLife] = field(default_factory=list)
    ratings: list[RatingLife] = field(default_factory=list)
