"""One made-up partnership through its three years: how it goes on each day, its sentences, its people, its luck."""

from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

from erp.health.formula import DIMENSIONS, FORMULA_H1
from erp.services.demo_county import DemoCounty, DemoPartner, Line, Strand
from erp.services.demo_records import Clock, Deck, EngagementLife, Share
from erp.vocabulary import PartnerKind, Who

#: From this level on a cadence that was agreed is kept.
KEEPS_CADENCE = 58
#: Below this level nobody praises, and little is shown or quoted.
GOES_BADLY = 42
#: How far the dimensions of partnerships without a story lie from their level, at most: no two profiles are alike.
LEAN = 5
LEANS = ("strong", "steady_high", "steady", "strained")
#: Days since the second coordinator took over from the former one, who left a little later.
HANDED_OVER = 430


class Partnership:
    """A partner of the made-up county, with everything its records are made of. Days are counted back ("ago")."""

    def __init__(self, county: DemoCounty, partner: DemoPartner, clock: Clock, seed: int) -> None:
        self.county = county
        self.partner = partner
        self.clock = clock
        self.rng = Random(f"{seed}/{partner.id}")  # noqa: S311 -- made-up data, and the same again for a seed
        self.number = county.number_of(partner.id)
        self.people = county.people_of(partner.id)
        self.meetings: list[EngagementLife] = []
        lean = LEAN if partner.course in LEANS else 0
        self._lean = {dimension: self.rng.uniform(-lean, lean) for dimension in DIMENSIONS[1:]}
        self._say = Share(self.rng)
        self._decks: dict[tuple[str, str], Deck[Any]] = {}

    # --- How it goes ---

    def level(self, ago: int, dimension: str = "") -> float:
        """Return how the partnership goes on a day, 0–100; a dimension may have an aim of its own, and a lean."""
        level = self.partner.aims.get(dimension, on_line(self.county.course[self.partner.course], ago))
        return level + self._lean.get(dimension, 0)

    def pace(self, ago: int) -> float:
        """Return how many contacts a year are usual on a day; 0: there are none any more."""
        later = [pace for since, pace in self.partner.paces if since >= ago]
        return later[-1] if later else self.partner.pace

    def cadence(self, ago: int) -> int:
        """Return the days between contacts that are agreed on a day, else the county's default."""
        agreed = [days for since, days in self.partner.cadences if since < 0 or since >= ago]
        usual = self.county.default_cadences.get(self.partner.kind, FORMULA_H1.default_cadence_days)
        return agreed[-1] if agreed else usual

    def attended(self, first_ago: int, last_ago: int) -> list[EngagementLife]:
        """Return the meetings between two days, the older one first."""
        first, last = self.clock.day(first_ago), self.clock.day(last_ago)
        return [m for m in self.meetings if m.draft.held_on is not None and first <= m.draft.held_on <= last]

    # --- Who asks, who sets the agenda, who decides ---

    def mark(self, ago: int, *, may_be_none: bool = False) -> Who:
        """Choose who asked, set the agenda or decided, so that the shares come out as the level says."""
        chance = self.rng.random()
        if chance < 0.1 and self.partner.pace > 5:
            return Who.UNKNOWN
        if may_be_none and chance < 0.25:
            return Who.NONE
        shared = self._say.deal(self._wanted_say(ago), (0.0, 1.0))
        return self.rng.choice([Who.PARTNER, Who.BOTH]) if shared else Who.COUNTY

    def take_into_account(self, ago: int, marks: tuple[Who, Who, Who]) -> None:
        """Let marks that were not chosen here count: a forum's, a story's."""
        for who in marks:
            if who not in (Who.NONE, Who.UNKNOWN):
                self._say.happened(self._wanted_say(ago), 0.0 if who is Who.COUNTY else 1.0)

    def _wanted_say(self, ago: int) -> float:
        """Return the wanted share of marks, 0–1: half of them is full score (docs/health.md, shared power)."""
        level = self.level(ago, "shared_power")
        return level / 200 if level <= 70 else 0.35 + (level - 70) / 100

    # --- Words and people ---

    def strand(self) -> str:
        """Choose what something is about: mostly the partner's own subjects; a Tribe's records keep to them."""
        names = [*self.partner.strands, *self.partner.strands, *self.partner.strands, "common"]
        return self.rng.choice(self.partner.strands if self.partner.is_tribal_government else names)

    def words_of(self, strand: str) -> Strand:
        """Return a strand's sentences."""
        return self.county.common if strand == "common" else self.county.strand[strand]

    def card(self, strand: str, what: str) -> Any:
        """Deal the next entry of a kind from a strand, as it is."""
        if (strand, what) not in self._decks:
            self._decks[strand, what] = Deck(getattr(self.words_of(strand), what), self.rng)
        return self._decks[strand, what].deal()

    def sentence(self, strand: str, what: str, day: date) -> str:
        """Deal the next sentence of a kind from a strand, filled in; empty where it has none."""
        return self.fill(self.card(strand, what), day) if getattr(self.words_of(strand), what) else ""

    def sentence_at(self, chance: float, strand: str, what: str, day: date) -> str:
        """Deal a sentence with a chance (0–1), else an empty one."""
        return self.sentence(strand, what, day) if self.rng.random() < chance else ""

    def fill(self, sentence: str, day: date) -> str:
        """Put a number, the month and a town into a sentence."""
        town = next((t for t in self.county.towns if t in self.partner.area), self.county.towns[0])
        number = str(self.rng.randint(4, 28))
        return sentence.replace("{n}", number).replace("{month}", f"{day:%B}").replace("{town}", town)

    def author(self, ago: int) -> str:
        """Choose who writes something down: mostly the relationship holder, of those in service on that day."""
        holder = self.partner.holder
        if self.partner.is_tribal_government:
            chosen = self.rng.choice(["tribal_liaison", "tribal_liaison", "tribal_liaison", "director"])
        elif self.partner.kind == PartnerKind.TRIBAL_ORGANIZATION:
            chosen = self.rng.choice(["tribal_liaison", "tribal_liaison", "coordinator"])
        else:
            others = ["coordinator", "second_coordinator", "community_liaison"]
            chosen = self.rng.choice([holder, holder, holder, holder, *others])
        return in_service(chosen, ago)


def on_line(line: Line, ago: float) -> float:
    """Return the level on a line of points (days ago, level), straight between them and flat beyond."""
    if ago >= line[0][0]:
        return line[0][1]
    for (from_ago, from_level), (to_ago, to_level) in pairwise(line):
        if from_ago >= ago >= to_ago:
            return from_level + (to_level - from_level) * (from_ago - ago) / (from_ago - to_ago)
    return line[-1][1]


def in_service(account: str, ago: int) -> str:
    """Return the account, or who did that work on the day: the second coordinator followed the former one."""
    if account == "second_coordinator" and ago > HANDED_OVER:
        return "former_coordinator"
    return "coordinator" if account == "former_coordinator" and ago <= HANDED_OVER else account
