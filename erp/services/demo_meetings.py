"""The made-up county's engagements: each partnership's own, the forums', the stories', planned and cancelled ones."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from erp.health.formula import DIMENSIONS
from erp.services.demo_county import DemoCounty, DemoForum, DemoPartner, Line, Met, Strand
from erp.services.demo_records import Clock, Deck, EngagementLife, Share
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, PointDraft
from erp.vocabulary import EngagementKind, EngagementStatus, Interpreter, PartnerKind, Who

#: How contacts come about, and how often, against each other.
KINDS = {
    EngagementKind.MEETING: 47,
    EngagementKind.CALL: 20,
    EngagementKind.VISIT: 13,
    EngagementKind.EVENT: 7,
    EngagementKind.TRAINING: 5,
    EngagementKind.INPUT: 5,
    EngagementKind.OTHER: 1,
}
#: Contacts a year are a little more than a partner's pace, so that an agreed cadence is kept with room to spare.
LIVELIER = 1.12
#: From this level on a cadence that was agreed is kept.
KEEPS_CADENCE = 58
#: How far a partnership's dimensions lie apart from its level, at most: no two profiles are alike.
LEAN = 7
#: Below this level nobody praises, and little is shown or quoted.
GOES_BADLY = 42
#: Days since the second coordinator took over from the former one, who left a little later.
HANDED_OVER = 430
DAYS_A_YEAR = 365


class Partnership:
    """One partner through the three years: its level on each day, its sentences, its luck, its meetings so far."""

    def __init__(self, county: DemoCounty, partner: DemoPartner, clock: Clock, seed: int) -> None:
        self.county = county
        self.partner = partner
        self.clock = clock
        self.rng = Random(f"{seed}/{partner.id}")  # noqa: S311 -- made-up data, and the same again for a seed
        self.number = county.number_of(partner.id)
        self.people = county.people_of(partner.id)
        self.meetings: list[EngagementLife] = []
        self._lean = {dimension: self.rng.uniform(-LEAN, LEAN) for dimension in DIMENSIONS[1:]}
        self._say = Share(self.rng)
        self._decks: dict[tuple[str, str], Deck] = {}

    def level(self, ago: int, dimension: str = "") -> float:
        """Return how the partnership goes on a day, 0–100; a dimension may have an aim of its own."""
        level = self.partner.aims.get(dimension, on_line(self.county.course[self.partner.course], ago))
        return level + self._lean.get(dimension, 0)

    def strand(self) -> str:
        """Choose what a meeting is about: mostly the partner's own subjects."""
        names = [*self.partner.strands, *self.partner.strands, *self.partner.strands, "common"]
        return self.rng.choice(self.partner.strands if self.partner.is_tribal_government else names)

    def words_of(self, strand: str) -> Strand:
        """Return a strand's sentences."""
        return self.county.common if strand == "common" else self.county.strand[strand]

    def deal(self, strand: str, what: str, day: date) -> str:
        """Deal the next sentence of a kind from a strand; empty where it has none."""
        cards = getattr(self.words_of(strand), what)
        return self.fill(self.card(strand, what), day) if cards else ""

    def card(self, strand: str, what: str) -> str:
        """Deal the next entry of a kind from a strand, as it is."""
        if (strand, what) not in self._decks:
            self._decks[strand, what] = Deck(getattr(self.words_of(strand), what), self.rng)
        return self._decks[strand, what].deal()

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

    def attended(self, first_ago: int, last_ago: int) -> list[EngagementLife]:
        """Return the meetings between two days (days ago, the older one first)."""
        first, last = self.clock.day(first_ago), self.clock.day(last_ago)
        return [m for m in self.meetings if m.draft.held_on is not None and first <= m.draft.held_on <= last]

    def live(self, stories: Iterable[Met]) -> list[EngagementLife]:
        """Return the partner's own engagements, and remember them beside the forums' for what comes out of them."""
        told = {met.ago: met for met in stories}
        at_forums = {self.clock.ago(m.draft.held_on or self.clock.today): m.draft for m in self.meetings}
        days = {ago for ago in self._contact_days() if ago in told or _is_apart(ago, told, 9, at_forums, 3)}
        own: list[EngagementLife] = []
        for ago in sorted({*days, *told, *at_forums}, reverse=True):
            if ago in at_forums:
                self._count_marks(at_forums[ago])
                continue
            own.append(self._story(told[ago]) if ago in told else self._meeting(ago))
        self.meetings.extend(own)
        return own + self._beside()

    def _contact_days(self) -> list[int]:
        """Walk back from the last contact to the first (days ago)."""
        partner, rng = self.partner, self.rng
        days: list[int] = []
        ago = 0.0
        gap = self._newest()
        while ago + gap < partner.since:
            ago += gap
            if self.pace(int(ago)) > 0:
                days.append(max(1, int(ago)))
            gap = self._gap(int(ago)) * rng.uniform(0.75, 1.25)
            if self.level(int(ago)) >= KEEPS_CADENCE and partner.cadences and self._gap(int(ago)) <= self._cadence(0):
                gap = min(gap, 0.94 * self._cadence(int(ago)))
        return [*days, partner.since]

    def _newest(self) -> float:
        """Return the days since the last contact: past the cadence where it goes badly, now and then elsewhere, too."""
        rng, level, cadence = self.rng, self.level(0), self._cadence(0)
        if self.partner.course == "busy":
            return rng.uniform(2, 8)
        if level < KEEPS_CADENCE:
            return cadence * rng.uniform(1.05, 1.4 + (KEEPS_CADENCE - level) / 35)
        overdue = 1.25 if rng.random() < 0.08 else 0.8
        return min(self._gap(0) * 0.8, cadence * rng.uniform(overdue - 0.55, overdue))

    def _gap(self, ago: int) -> float:
        """Return the usual days between contacts."""
        livelier = LIVELIER if self.level(ago) >= KEEPS_CADENCE else 1
        return DAYS_A_YEAR / (max(self.pace(ago), 2) * livelier)

    def pace(self, ago: int) -> float:
        """Return how many contacts a year are usual on a day; 0: there are none any more."""
        later = [pace for since, pace in self.partner.paces if since >= ago]
        return later[-1] if later else self.partner.pace

    def _cadence(self, ago: int) -> int:
        agreed = [days for since, days in self.partner.cadences if since < 0 or since >= ago]
        return agreed[-1] if agreed else self.county.default_cadences.get(self.partner.kind, 91)

    def _count_marks(self, draft: EngagementDraft) -> None:
        wanted = self._wanted_say(self.clock.ago(draft.held_on or self.clock.today))
        for who in (draft.asked_by, draft.agenda_by, draft.decided_by):
            if who not in (Who.NONE, Who.UNKNOWN):
                self._say.happened(wanted, 0.0 if who is Who.COUNTY else 1.0)

    def _wanted_say(self, ago: int) -> float:
        level = self.level(ago, "shared_power")  # half of all marks is full score: docs/health.md, shared power
        return level / 200 if level <= 70 else 0.35 + (level - 70) / 100

    def _mark(self, ago: int, *, may_be_none: bool = False) -> Who:
        chance = self.rng.random()
        if chance < 0.1 and self.partner.pace > 5:
            return Who.UNKNOWN
        if may_be_none and chance < 0.25:
            return Who.NONE
        shared = self._say.deal(self._wanted_say(ago), (0.0, 1.0))
        return self.rng.choice([Who.PARTNER, Who.BOTH]) if shared else Who.COUNTY

    def _meeting(self, ago: int) -> EngagementLife:
        partner, rng, words = self.partner, self.rng, self.county.words
        day, strand = self.clock.day(ago), self.strand()
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        purpose = self.deal(strand, "purposes", day)
        if kind is EngagementKind.INPUT:
            purpose = rng.choice(words.inputs)
        elif kind is EngagementKind.OTHER:
            purpose = rng.choice(words.others)
        written = strand if kind not in (EngagementKind.INPUT, EngagementKind.OTHER) else "common"
        decided_by = self._mark(ago, may_be_none=True)
        plain = partner.is_tribal_government
        badly = self.level(ago) < GOES_BADLY
        draft = EngagementDraft(
            kind=kind,
            held_on=day,
            purpose=purpose,
            facts=self.deal(written, "facts", day) if rng.random() < 0.85 else "",
            quotes=self.deal(written, "quotes", day) if rng.random() < 0.33 and not plain and not badly else "",
            opinions=self.deal(written, "opinions", day) if rng.random() < 0.18 and not plain else "",
            decisions=self.deal(written, "decisions", day) if decided_by is not Who.NONE and rng.random() < 0.6 else "",
            asked_by=self._mark(ago),
            agenda_by=self._mark(ago),
            decided_by=decided_by,
            points=self._points(written, ago),
            behaviors=shown(self.county, partner.kind, rng) if rng.random() < self.level(ago) / 170 else (),
            topics=topics(self.words_of(strand).topics, rng) if rng.random() < 0.35 else (),
            partners=(PartnerAt(partner_id=self.number),),
            people=self._people(kind),
            county_people=rng.choice(words.county_people_with_tribes if plain else words.county_people),
            **self._frame(kind),
        )
        return self._entered(draft, ago, planned=rng.random() < 0.2)

    def _frame(self, kind: EngagementKind) -> dict[str, object]:
        """Choose place, time and language."""
        rng = self.rng
        away = kind in (EngagementKind.CALL, EngagementKind.INPUT)
        remote = away or (kind is EngagementKind.MEETING and rng.random() < 0.3)
        in_spanish = self.partner.speaks_spanish and rng.random() < (0.7 if len(self.partner.languages) == 1 else 0.2)
        return {
            "held_at": rng.choice(self.county.words.times) if rng.random() < 0.5 and not away else "",
            "remote": remote,
            "place": "" if remote else rng.choice(self.county.words.places),
            "language": "Spanish" if in_spanish else "",
            "interpreter": rng.choices([Interpreter.PROVIDED, Interpreter.ASKED, Interpreter.NOT_NEEDED], [7, 2, 2])[0]
            if in_spanish
            else rng.choices([Interpreter.NOT_SAID, Interpreter.NOT_NEEDED], [4, 1])[0],
        }

    def _people(self, kind: EngagementKind) -> tuple[int, ...]:
        if kind is EngagementKind.INPUT:
            return ()
        reachable = [n for n, p in zip(self.people, self.partner.people, strict=True) if not p.do_not_contact]
        took_part = [number for number in reachable if self.rng.random() < 0.6]
        return tuple(took_part or reachable[:1])

    def _points(self, strand: str, ago: int) -> tuple[PointDraft, ...]:
        if self.rng.random() > 0.35:
            return ()
        points: dict[str, PointDraft] = {}
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            what, follow_up = self.card(strand, "points")
            points[what] = self._point(what, follow_up, ago)
        return tuple(points.values())

    def _point(self, what: str, follow_up: str, ago: int) -> PointDraft:
        if not follow_up:
            return PointDraft(what=what)
        due = ago - self.rng.randint(7, 35)
        done = due + self.rng.randint(-6, 5)
        is_done = done >= 1 and self.rng.random() < 0.5 + self.level(ago) / 220
        return PointDraft(
            what=what,
            follow_up=follow_up,
            follow_up_due=self.clock.day(due) if self.rng.random() < 0.7 else None,
            follow_up_done_on=self.clock.day(min(done, ago)) if is_done else None,
        )

    def _story(self, met: Met) -> EngagementLife:
        draft = EngagementDraft(
            kind=met.kind,
            held_on=self.clock.day(met.ago),
            place="" if met.kind is EngagementKind.CALL else "Partner's office",
            remote=met.kind is EngagementKind.CALL,
            purpose=met.purpose,
            facts=met.facts,
            quotes=met.quotes,
            decisions=met.decisions,
            asked_by=met.asked_by,
            agenda_by=met.agenda_by,
            decided_by=met.decided_by,
            behaviors=tuple(BehaviorShown(entry_id=b.id, evidence=b.evidence) for b in met.behaviors),
            topics=met.topics,
            partners=(PartnerAt(partner_id=self.number),),
            people=tuple(self.people[:2]),
            county_people="Rosalind Achter" if self.partner.is_tribal_government else "Rosalind Achter, Marisol Quint",
        )
        self._count_marks(draft)
        life = self._entered(draft, met.ago, planned=False)
        life.of_story = True
        return life

    def _entered(self, draft: EngagementDraft, ago: int, *, planned: bool) -> EngagementLife:
        return entered(self.clock, self.rng, draft, ago, self.author(ago), planned=planned)

    def _beside(self) -> list[EngagementLife]:
        """Return what is no contact: e-mails that nobody answered, meetings cancelled, planned, or of no exact day."""
        partner, rng, words = self.partner, self.rng, self.county.words
        own: list[EngagementLife] = []
        if partner.pace >= 5:
            own += [self._email(rng.randint(2, partner.since)) for _ in range(rng.randint(1, 5))]
        if rng.random() < 0.35 and partner.since > 500:
            own.append(self._without_day(rng.randint(400, partner.since), rng.choice(words.inexact)))
        if rng.random() < 0.45 and partner.since > 300:
            own.append(self._cancelled(rng.randint(20, partner.since - 60)))
        if self.level(0) >= KEEPS_CADENCE and self.pace(0) and rng.random() < 0.6:
            ahead = rng.randint(6, 40) if rng.random() < 0.9 else -4  # now and then nobody said yet how it went
            own.append(self._planned(ahead))
        return own

    def _bare(self, kind: EngagementKind, purpose: str, *, two_way: bool = True, **more: object) -> EngagementDraft:
        taking_part = (PartnerAt(partner_id=self.number, two_way=two_way),)
        return EngagementDraft.of(kind=kind, purpose=purpose, partners=taking_part, **more)

    def _email(self, ago: int) -> EngagementLife:
        purpose = self.rng.choice(self.county.words.emails)
        draft = self._bare(EngagementKind.EMAIL, purpose, two_way=False, held_on=self.clock.day(ago), remote=True)
        return self._entered(draft, ago, planned=False)

    def _without_day(self, ago: int, when_words: str) -> EngagementLife:
        day = self.clock.day(ago)
        strand = self.strand()
        purpose, facts = self.deal(strand, "purposes", day), self.deal(strand, "facts", day)
        return self._entered(
            self._bare(EngagementKind.MEETING, purpose, when_words=when_words, facts=facts), ago, planned=False
        )

    def _cancelled(self, ago: int) -> EngagementLife:
        day = self.clock.day(ago)
        draft = self._bare(
            EngagementKind.MEETING,
            self.deal(self.strand(), "purposes", day),
            held_on=day,
            status=EngagementStatus.CANCELLED,
        )
        life = self._entered(draft, ago, planned=True)
        life.cancelled_at = life.at
        return life

    def _planned(self, ahead: int) -> EngagementLife:
        day = self.clock.day(-ahead)
        draft = self._bare(
            EngagementKind.MEETING,
            self.deal(self.strand(), "purposes", day),
            held_on=day,
            status=EngagementStatus.PLANNED,
            held_at=self.rng.choice(self.county.words.times),
            place=self.rng.choice(self.county.words.places),
        )
        return self._entered(draft, self.rng.randint(5, 16), planned=False)


def forum_meetings(
    county: DemoCounty, forum: DemoForum, partnerships: dict[str, Partnership], clock: Clock, seed: int
) -> list[EngagementLife]:
    """Return a forum's meetings, the next one planned, and add each to the meetings of those who came."""
    rng = Random(f"{seed}/{forum.id}")  # noqa: S311 -- made-up data, and the same again for a seed
    decks = {what: Deck(getattr(forum, what), rng) for what in ("purposes", "facts", "decisions")}
    share = Share(rng)
    lives: list[EngagementLife] = []
    last = rng.randint(3, forum.every - 8)
    for ago in range(last + (1070 - last) // forum.every * forum.every, 0, -forum.every):
        came = [partnerships[name] for name in _who_came(forum, partnerships, ago, rng)]
        if not came:
            continue
        life = _forum_meeting(county, forum, came, clock, ago, decks, share, rng)
        for partnership in came:
            partnership.meetings.append(life)
        lives.append(life)
    seated = [s for s in forum.members if s.until is None and (s.since is None or s.since > 0)]
    lives.append(
        _next_meeting(county, forum, [partnerships[s.partner] for s in seated], clock, forum.every - last, decks)
    )
    return lives


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


def _is_apart(ago: int, told: Iterable[int], from_story: int, at_forums: Iterable[int], from_forum: int) -> bool:
    """Say whether a day lies far enough from the stories' moments and the forums' meetings."""
    return all(abs(ago - day) > from_story for day in told) and all(abs(ago - day) > from_forum for day in at_forums)


def shown(county: DemoCounty, kind: PartnerKind, rng: Random) -> tuple[BehaviorShown, ...]:
    """Choose one to three leadership behaviors with their evidence."""
    weights = [behavior.weights.get(kind, behavior.weight) for behavior in county.behavior]
    chosen = {b.id: b for b in rng.choices(county.behavior, weights, k=rng.choice([1, 1, 1, 2, 2, 3]))}
    return tuple(BehaviorShown(entry_id=b.id, evidence=rng.choice(b.evidence)) for b in chosen.values())


def topics(listed: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    """Choose one or two toolkit topics."""
    return tuple(sorted(rng.sample(listed, rng.choice([1, 1, 2]))))


def entered(clock: Clock, rng: Random, draft: EngagementDraft, ago: int, by: str, *, planned: bool) -> EngagementLife:
    """Return an engagement as entered after its day; `planned`: also before it."""
    at = clock.entered(clock.day(ago), rng)
    ahead = clock.day(ago + rng.randint(8, 30))
    planned_at: datetime | None = clock.moment(ahead, rng.randint(8, 16), rng.randint(0, 59)) if planned else None
    return EngagementLife(draft, at, by, planned_at)


def _who_came(forum: DemoForum, partnerships: dict[str, Partnership], ago: int, rng: Random) -> list[str]:
    came = []
    for seat in forum.members:
        partnership = partnerships[seat.partner]
        seated = (seat.since or 9999) >= ago >= (seat.until or 0) and partnership.partner.since > ago
        level = partnership.level(ago)
        if seated and (level >= 75 or rng.random() < 0.35 + level / 150):
            came.append(seat.partner)
    return came


def _forum_meeting(
    county: DemoCounty,
    forum: DemoForum,
    came: list[Partnership],
    clock: Clock,
    ago: int,
    decks: dict[str, Deck],
    share: Share,
    rng: Random,
) -> EngagementLife:
    day = clock.day(ago)
    sealed = any(p.partner.is_tribal_government for p in came)
    marks = [
        rng.choice([Who.BOTH, Who.PARTNER]) if share.deal(forum.shared, (0.0, 1.0)) else Who.COUNTY for _ in range(3)
    ]
    draft = EngagementDraft(
        held_on=day,
        held_at=rng.choice(county.words.times),
        place=forum.place,
        language=forum.language,
        interpreter=Interpreter.PROVIDED if forum.language else Interpreter.NOT_NEEDED,
        forum_id=county.forum.index(forum) + 1,
        purpose=decks["purposes"].deal(),
        facts=came[0].fill(decks["facts"].deal(), day),
        decisions=decks["decisions"].deal() if rng.random() < 0.7 else "",
        asked_by=marks[0],
        agenda_by=marks[1],
        decided_by=marks[2],
        behaviors=shown(county, came[0].partner.kind, rng) if rng.random() < 0.5 else (),
        topics=topics(forum.topics, rng) if rng.random() < 0.6 else (),
        partners=tuple(PartnerAt(partner_id=p.number) for p in came),
        people=tuple(p.people[0] for p in came if not p.partner.people[0].do_not_contact),
        county_people=rng.choice(county.words.county_people_with_tribes if sealed else county.words.county_people),
    )
    by = "tribal_liaison" if sealed else in_service(rng.choice(["coordinator", "second_coordinator"]), ago)
    return entered(clock, rng, draft, ago, by, planned=rng.random() < 0.5)


def _next_meeting(
    county: DemoCounty, forum: DemoForum, seated: list[Partnership], clock: Clock, ahead: int, decks: dict[str, Deck]
) -> EngagementLife:
    draft = EngagementDraft(
        status=EngagementStatus.PLANNED,
        held_on=clock.day(-max(ahead, 4)),
        held_at=county.words.times[0],
        place=forum.place,
        language=forum.language,
        forum_id=county.forum.index(forum) + 1,
        purpose=decks["purposes"].deal(),
        partners=tuple(PartnerAt(partner_id=p.number) for p in seated),
    )
    sealed = any(p.partner.is_tribal_government for p in seated)
    at = clock.moment(clock.today - timedelta(days=2), 9, 12)
    return EngagementLife(draft, at, "tribal_liaison" if sealed else "coordinator")
