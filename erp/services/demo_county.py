"""The made-up county as data/demo tells it: its people, partners, courses, stories and sentences, checked as read."""

import tomllib
from functools import cache, cached_property
from typing import Any

from pydantic import Field

from erp.services.demo_reviewed import NamedBarrier, Reviewed
from erp.services.demo_told import Told
from erp.settings import ROOT
from erp.vocabulary import (
    EngagementKind,
    FeedbackKind,
    FeedbackWay,
    PartnerKind,
    PartnerStatus,
    Readers,
    Recognition,
    Role,
    Signed,
    Who,
    Worked,
)

FOLDER = ROOT / "data" / "demo"

#: Points of a line: days ago, level 0–100.
Line = tuple[tuple[int, float], ...]


class DemoAccount(Told):
    """Somebody of the agency; `left`: days since the account was disabled."""

    id: str
    name: str
    roles: tuple[Role, ...]
    left: int | None = None


class DemoSeat(Told):
    """A partner's seat at a forum, between two days."""

    partner: str
    role: str = ""
    since: int | None = Field(default=None, alias="from")
    until: int | None = None


class DemoForum(Told):
    """A standing table that meets `every` so many days; `shared`: how often a partner has a say in its marks, 0–1."""

    id: str
    name: str
    purpose: str
    every: int
    place: str
    shared: float
    language: str = ""
    members: tuple[DemoSeat, ...]
    purposes: tuple[str, ...]
    facts: tuple[str, ...]
    decisions: tuple[str, ...]
    topics: tuple[str, ...]


class DemoTie(Told):
    """A tie between two partners."""

    from_partner: str
    to_partner: str
    what: str
    since: int
    until: int | None = None


class DemoPerson(Told):
    """One of a partner's people; without a name known by role only."""

    name: str = ""
    role: str = ""
    language: str = ""
    do_not_contact: bool = False
    may_be_named: bool | None = None


class DemoPartner(Told):
    """A partner and how the partnership goes: `pace`, `promises` and `feedback` a year, how many rate it and when."""

    id: str
    name: str
    kind: PartnerKind
    recognition: Recognition = Recognition.NOT_SAID
    other_names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    area: str
    languages: tuple[str, ...] = ("English",)
    status: PartnerStatus = PartnerStatus.ACTIVE
    status_reason: str = ""
    holder: str
    scored: bool | None = None
    notes: str = ""
    cadences: tuple[tuple[int, int], ...] = ()
    strands: tuple[str, ...]
    course: str
    since: int = 1085
    pace: float
    paces: Line = ()
    promises: float = 0
    feedback: float = 0
    raters: int = 0
    rated: tuple[int, ...] = ()
    aims: dict[str, float] = Field(default_factory=dict)
    people: tuple[DemoPerson, ...]

    @property
    def is_tribal_government(self) -> bool:
        """Whether this is a Tribal government, whose records are sealed and hold facts only."""
        return self.kind == PartnerKind.TRIBAL_GOVERNMENT

    @property
    def speaks_spanish(self) -> bool:
        """Whether some of what it says comes in Spanish."""
        return "Spanish" in self.languages


class Strand(Told):
    """A subject that county and partners talk about, with its sentences."""

    topics: tuple[str, ...]
    purposes: tuple[str, ...]
    facts: tuple[str, ...]
    quotes: tuple[str, ...]
    opinions: tuple[str, ...]
    decisions: tuple[str, ...]
    points: tuple[tuple[str, str], ...]
    promises: tuple[str, ...]
    partner_promises: tuple[str, ...]
    feedback: tuple[tuple[FeedbackKind, str, str], ...]
    spanish: tuple[tuple[FeedbackKind, str, str, str], ...] = ()


class DemoBehavior(Told):
    """How often a leadership behavior is shown, against the others, and the evidence for it."""

    id: str
    weight: float
    weights: dict[PartnerKind, float] = Field(default_factory=dict)
    evidence: tuple[str, ...]


class ShownInStory(Told):
    """A behavior that a moment of a story shows."""

    id: str
    evidence: str


class Met(Told):
    """A moment of a story: an engagement."""

    partner: str
    ago: int
    kind: EngagementKind
    purpose: str
    facts: str
    quotes: str = ""
    decisions: str = ""
    asked_by: Who
    agenda_by: Who
    decided_by: Who
    behaviors: tuple[ShownInStory, ...] = ()
    topics: tuple[str, ...] = ()


class Promised(Told):
    """A moment of a story: a promise of the county. A negative day lies ahead."""

    partner: str
    what: str
    made: int
    due: int
    done: int | None = None


class Said(Told):
    """A moment of a story: feedback, and the days of its loop."""

    partner: str
    kind: FeedbackKind
    way: FeedbackWay
    words: str
    language: str = ""
    translation: str = ""
    received: int
    acknowledged: int | None = None
    decided: int | None = None
    decision: str = ""
    told: int | None = None
    confirmed: int | None = None
    reopened: int | None = None
    reopened_said: str = ""


class PublicWords(Told):
    """Feedback that came without a partner."""

    kind: FeedbackKind
    way: FeedbackWay
    words: str
    decision: str


class GivenAnswer(Told):
    """What "You said, we did" says of something given on a public page, published so many days ago."""

    said: str
    decided: str
    changed: str = ""
    said_es: str = ""
    decided_es: str = ""
    changed_es: str = ""
    ago: int


class GivenDecision(Told):
    """A decision taken because of something given on a public page; days ago."""

    what: str
    why: str
    decided_by: str
    policy: str = ""
    practice: str = ""
    training: str = ""
    ago: int
    check_ago: int | None = None
    check_words: str = ""
    worked: Worked | None = None


class Given(Told):
    """Feedback given on a public page: what its giver chose, and the days of its loop."""

    forum: str = ""
    kind: FeedbackKind
    giver: Signed
    name: str = ""
    reach: str = ""
    readers: Readers = Readers.TEAM
    language: str = ""
    words: str
    translation: str = ""
    may_quote: bool = False
    received: int
    acknowledged: int | None = None
    decided: int | None = None
    decision: str = ""
    told: int | None = None
    not_mended: int | None = None
    not_mended_said: str = ""
    again: int | None = None
    again_said: str = ""
    confirmed: int | None = None
    unconfirmed: int | None = None
    unconfirmed_said: str = ""
    messages: tuple[tuple[int, str, str], ...] = ()
    published: GivenAnswer | None = None
    decided_as: GivenDecision | None = None


class OtherBody(Told):
    """A promise that another body owes."""

    partner: str
    what: str
    owed_by: str
    due: str


class Words(Told):
    """The words for the frame of records."""

    places: tuple[str, ...]
    times: tuple[str, ...]
    inexact: tuple[str, ...]
    county_people: tuple[str, ...]
    county_people_with_tribes: tuple[str, ...]
    acknowledged: tuple[str, ...]
    told_how: tuple[str, ...]
    told_said: tuple[str, ...]
    confirmed: tuple[str, ...]
    reopened: tuple[str, ...]
    told_again: tuple[str, ...]
    withdrawn: tuple[str, ...]
    emails: tuple[str, ...]
    inputs: tuple[str, ...]
    others: tuple[str, ...]
    voided_twice: str
    voided_wrong: str
    unlinked: tuple[str, ...]
    respondents: tuple[str, ...]
    public: tuple[PublicWords, ...]
    other_body: tuple[OtherBody, ...]


class DemoCounty(Told):
    """Everything that data/demo tells."""

    name: str
    time_zone: str
    towns: tuple[str, ...]
    feedback_targets: dict[str, int]
    default_cadences: dict[PartnerKind, int]
    account: tuple[DemoAccount, ...]
    forum: tuple[DemoForum, ...]
    tie: tuple[DemoTie, ...]
    partner: tuple[DemoPartner, ...]
    common: Strand
    strand: dict[str, Strand]
    course: dict[str, Line]
    behavior: tuple[DemoBehavior, ...]
    met: tuple[Met, ...]
    promise: tuple[Promised, ...]
    said: tuple[Said, ...]
    given: tuple[Given, ...]
    theme: dict[str, tuple[str, ...]]
    review: tuple[Reviewed, ...]
    barrier: tuple[NamedBarrier, ...]
    words: Words

    def number_of(self, partner: str) -> int:
        """Return the id under which a partner is saved: its place in the list, from 1."""
        return self._numbers[partner]

    def account_number(self, account: str) -> int:
        """Return the id under which an account is saved."""
        return self._accounts[account]

    def people_of(self, partner: str) -> range:
        """Return the ids under which a partner's people are saved."""
        place = self.number_of(partner) - 1
        first = 1 + sum(len(earlier.people) for earlier in self.partner[:place])
        return range(first, first + len(self.partner[place].people))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {one.id: number for number, one in enumerate(self.partner, 1)}

    @cached_property
    def _accounts(self) -> dict[str, int]:
        return {one.id: number for number, one in enumerate(self.account, 1)}


@cache
def demo_county() -> DemoCounty:
    """Read the county from data/demo. Raises: pydantic.ValidationError naming the entry that is wrong."""
    names = ("county", "partners", "strands", "courses", "behaviors", "stories", "public", "barriers")
    read: dict[str, Any] = {}
    for name in names:
        read |= tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    read["words"] = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
    return DemoCounty.model_validate(read)
