"""The meetings of the made-up county's forums: who came, what was talked about, and what is planned next."""

from datetime import timedelta
from random import Random
from typing import Any

from erp.services.demo_county import DemoCounty, DemoForum
from erp.services.demo_meetings import entered, shown, topics
from erp.services.demo_partnership import Partnership, in_service
from erp.services.demo_records import Clock, Deck, EngagementLife, Share
from erp.services.engagements import EngagementDraft, PartnerAt
from erp.services.recurrence import day_of_turn
from erp.vocabulary import EngagementStatus, Interpreter, Repeats, Who

#: Days since the forums' first meetings.
FIRST_MEETING = 1070
#: Days from one meeting to the next → how the coming ones are planned.
REPEATS = {30: Repeats.MONTHLY_WEEKDAY, 91: Repeats.QUARTERLY}
#: Meetings of such a row that are planned.
MEETINGS_AHEAD = 4
SATURDAY = 5
#: From this level on somebody of the partner always comes.
ALWAYS_COMES = 75


class Table:
    """A forum through the three years, with its sentences and its luck."""

    def __init__(
        self, county: DemoCounty, forum: DemoForum, partnerships: dict[str, Partnership], clock: Clock, seed: int
    ) -> None:
        self.county = county
        self.forum = forum
        self.partnerships = partnerships
        self.clock = clock
        self.rng = Random(f"{seed}/{forum.id}")  # noqa: S311 -- made-up data, and the same again for a seed
        self._decks = {what: Deck(getattr(forum, what), self.rng) for what in ("purposes", "facts", "decisions")}
        self._say = Share(self.rng)

    def meetings(self) -> list[EngagementLife]:
        """Return its meetings and those planned next; each is remembered at the partnerships that came."""
        newest = self.rng.randint(3, self.forum.every - 8)
        first = newest + (FIRST_MEETING - newest) // self.forum.every * self.forum.every
        lives: list[EngagementLife] = []
        for ago in range(first, 0, -self.forum.every):
            came = self._who_came(ago)
            if came:
                lives.append(self._meeting(came, ago))
                for partnership in came:
                    partnership.meetings.append(lives[-1])
        return [*lives, *self._coming(self.forum.every - newest)]

    def _who_came(self, ago: int) -> list[Partnership]:
        came: list[Partnership] = []
        for seat in self.forum.members:
            partnership = self.partnerships[seat.partner]
            is_seated = (seat.since is None or seat.since >= ago) and ago >= (seat.until or 0)
            level = partnership.level(ago)
            comes = level >= ALWAYS_COMES or self.rng.random() < 0.35 + level / 150
            if is_seated and comes and partnership.partner.since > ago:
                came.append(partnership)
        return came

    def _meeting(self, came: list[Partnership], ago: int) -> EngagementLife:
        rng, forum, day = self.rng, self.forum, self.clock.day(ago)
        words = self.county.words
        draft = EngagementDraft(
            held_on=day,
            facts=came[0].fill(self._decks["facts"].deal(), day),
            decisions=self._decks["decisions"].deal() if rng.random() < 0.7 else "",
            asked_by=self._mark(),
            agenda_by=self._mark(),
            decided_by=self._mark(),
            behaviors=shown(self.county, came[0].partner.kind, rng) if rng.random() < 0.5 else (),
            topics=topics(forum.topics, rng) if rng.random() < 0.6 else (),
            people=tuple(p.people[0] for p in came if not p.partner.people[0].do_not_contact),
            county_people=rng.choice(words.county_people_with_tribes if _is_sealed(came) else words.county_people),
            **self._frame(came),
        )
        by = in_service(rng.choice(["coordinator", "second_coordinator"]), ago)
        planned = rng.random() < 0.5 and ago < FIRST_MEETING - 30
        return entered(self.clock, rng, draft, ago, "tribal_liaison" if _is_sealed(came) else by, planned=planned)

    def _coming(self, ahead: int) -> list[EngagementLife]:
        """Return the next meetings, planned the day before yesterday: of a monthly or quarterly table a row of them."""
        seated = [self.partnerships[seat.partner] for seat in self.forum.members if seat.until is None]
        first, frame = self.clock.day(-ahead), self._frame(seated)
        if first.weekday() >= SATURDAY:
            first += timedelta(days=7 - first.weekday())
        at = self.clock.moment(self.clock.today - timedelta(days=2), 9, 12)
        by = "tribal_liaison" if _is_sealed(seated) else "coordinator"
        repeats = REPEATS.get(self.forum.every)
        turns = range(MEETINGS_AHEAD if repeats else 1)
        days = [day_of_turn(repeats, first, turn) if repeats else first for turn in turns]
        row = {"series": f"forum-{self.forum.id}", "repeats": repeats.value, "counted_from": first} if repeats else {}
        return [
            EngagementLife(
                EngagementDraft(status=EngagementStatus.PLANNED, held_on=day, **frame),
                at,
                by,
                turn=row and row | {"slot_on": day},
            )
            for day in days
        ]

    def _frame(self, partnerships: list[Partnership]) -> dict[str, Any]:
        return {
            "forum_id": self.county.forum.index(self.forum) + 1,
            "purpose": self._decks["purposes"].deal(),
            "place": self.forum.place,
            "held_at": self.rng.choice(self.county.words.times),
            "language": self.forum.language,
            "interpreter": Interpreter.PROVIDED if self.forum.language else Interpreter.NOT_NEEDED,
            "partners": tuple(PartnerAt(partner_id=p.number) for p in partnerships),
        }

    def _mark(self) -> Who:
        shared = self._say.deal(self.forum.shared, (0.0, 1.0))
        return self.rng.choice([Who.BOTH, Who.PARTNER]) if shared else Who.COUNTY


def _is_sealed(partnerships: list[Partnership]) -> bool:
    """Say whether a Tribal government is among them: then the Tribal liaison keeps the record."""
    return any(p.partner.is_tribal_government for p in partnerships)
