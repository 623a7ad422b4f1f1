"""A made-up large county, written straight into a migrated database: the same again for a seed, a size and a month.

Run as `python bench/county.py M`, with ERP_DATA_DIR naming a folder without a database. `sign_in` opens a real sign-in.
"""

import argparse
import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert, text
from sqlmodel import Session, col, select

from erp import db, frameworks
from erp.access import operator
from erp.health.months import month_ends
from erp.models.accounts import Account, RoleGrant
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum, ForumMember
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Cadence, Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.health import bands_by_quarter, figures_by_day
from erp.services import facts
from erp.services.accounts import InvitationDraft, SetUpDraft, accept_invitation, invite_account, set_up_county
from erp.services.sign_in import open_sign_in
from erp.services.upkeep import migrate
from erp.vocabulary import (
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackState,
    FeedbackWay,
    NameKind,
    PartnerKind,
    PartnerStatus,
    Role,
    Side,
    Who,
)

SEED = 20260101
#: Days of history; the newest day is the day on which the county is made.
SPAN = 3650
#: Rows written with one statement.
CHUNK = 20_000
#: The person who is signed in: a coordinator, whose every question is narrowed to what a coordinator may see.
EMAIL, PASSWORD = "coordinator@bench.example", "a few words in a row"

PLACES = (
    "Alder Bend,Birch Hollow,Clover Reach,Dunmore Flat,Elderberry Point,Fennel Creek,Gull Harbor,Hazel Crossing,"
    "Iron Meadow,Juniper Gate,Kestrel Hill,Larkspur Cove,Marten Falls,Nettle Ridge,Otter Landing,Pepper Grove,"
    "Quail Spring,Rowan Shore,Sorrel Park,Teasel Bay,Upland Mill,Vetch Valley,Wren Lake,Yarrow Heights"
).split(",")
CAUSES = (
    "Family,Youth,Community,Health,Housing,Workforce,Learning,Legal,Kinship,Wellness,Early Childhood,Neighborhood,"
    "Recovery,Food,Parent,Foster Care"
).split(",")
BODIES = "Resource Center,Alliance,Coalition,Services,Council,Network,Foundation,Collaborative,Association,Clinic".split(",")
GIVEN = "Ana,Ben,Carla,Dev,Elena,Farid,Grace,Hiro,Ines,Jamal,Kira,Luis,Mina,Noah,Olga,Pedro,Rosa,Sam,Tara,Yusuf".split(",")
FAMILY = "Alvarez,Brown,Chen,Diaz,Evans,Flores,Garcia,Hill,Ito,Jones,Khan,Lopez,Moore,Nguyen,Ortiz,Patel,Reyes".split(",")
WORDS = (
    "we met to review referrals and agreed next steps on intake the team asked about shared data and named two "
    "barriers staff will report back after the board meets the partner offered space for the training and asked that "
    "notices go out earlier in both languages"
).split()

KINDS = {
    PartnerKind.COMMUNITY_ORGANIZATION: 0.45,
    PartnerKind.SYSTEM_PARTNER: 0.30,
    PartnerKind.LIVED_EXPERIENCE: 0.10,
    PartnerKind.TRIBAL_ORGANIZATION: 0.05,
    PartnerKind.TRIBAL_GOVERNMENT: 0.03,
    PartnerKind.OTHER: 0.07,
}
WHO = {Who.COUNTY: 0.4, Who.PARTNER: 0.2, Who.BOTH: 0.15, Who.NONE: 0.05, Who.UNKNOWN: 0.2}
HELD_AS = {
    EngagementKind.MEETING: 0.42,
    EngagementKind.CALL: 0.20,
    EngagementKind.EMAIL: 0.16,
    EngagementKind.VISIT: 0.08,
    EngagementKind.EVENT: 0.08,
    EngagementKind.TRAINING: 0.04,
    EngagementKind.INPUT: 0.02,
}


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


SIZES = {"S": Size(150, 3_000, 800), "M": Size(1_500, 60_000, 15_000)}


class County:
    """The county while it is being written: its size, its dice, its connection, and the facts so far."""

    def __init__(self, connection: Connection, size: Size, today: date) -> None:
        self.connection = connection
        self.size = size
        self.today = np.datetime64(today, "D")
        self.rng = np.random.default_rng([SEED, size.partners])
        self.facts = itertools.count(1)

    def write(self, table: type, **columns: Any) -> None:
        """Write rows of a table: arrays give a value per row, single values one for all, the rest is the default."""
        n = next(len(values) for values in columns.values() if isinstance(values, np.ndarray))
        given = {name: _plain(values) if isinstance(values, np.ndarray) else [values] * n for name, values in columns.items()}
        for name, field in table.model_fields.items():
            if name not in given and not field.is_required():
                given[name] = [field.get_default(call_default_factory=True)] * n
        names = list(given)
        rows = zip(*given.values(), strict=True)
        while chunk := [dict(zip(names, row, strict=True)) for row in itertools.islice(rows, CHUNK)]:
            self.connection.execute(insert(table), chunk)

    def write_facts(self, kind: str | np.ndarray, source: np.ndarray, partner: np.ndarray, day: np.ndarray, **more: Any) -> None:
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
        pool = [" ".join(self.rng.choice(WORDS, self.rng.integers(shortest, longest))).capitalize() + "." for _ in range(3000)]
        return self.pick(pool, n)

    def days(self, n: int, newest: int = 0) -> np.ndarray:
        """Return `n` days of the span, ending `newest` days before today; more of them late than early."""
        ago = newest + (self.rng.random(n) ** 1.3 * (SPAN - newest)).astype(int)
        return self.today - ago.astype("timedelta64[D]")

    def partners_by_weight(self, n: int) -> np.ndarray:
        """Return `n` partner ids: a few partners are met often, many seldom."""
        return self.rng.choice(self.size.partners, n, p=self.weights) + 1

    def fill(self) -> None:
        """Write everything, parents first."""
        weights = self.rng.lognormal(0, 1.1, self.size.partners)
        self.weights = weights / weights.sum()
        self._people()
        self._partners()
        held = self._engagements()
        self._commitments(held)
        self._feedback(held)
        self._ratings()

    def _people(self) -> None:
        n = 60
        names = [f"{given} {family}" for given, family in itertools.product(GIVEN, FAMILY)]
        now = datetime.now(UTC)
        numbers = np.arange(101, 101 + n)
        people = np.array(self.rng.choice(names, n, replace=False), dtype=object)
        emails = np.array([f"person{number}@bench.example" for number in numbers], dtype=object)
        self.write(Account, id=numbers, name=people, email=emails, recorded_at=now)
        self.write(RoleGrant, account_id=numbers, role=self.pick([Role.COORDINATOR, Role.COMMUNITY_LIAISON, Role.VIEWER], n))
        self.holders = numbers

    def _partners(self) -> None:
        n, rng = self.size.partners, self.rng
        ids = np.arange(1, n + 1)
        every = [f"{place} {cause} {body}" for place, cause, body in itertools.product(PLACES, CAUSES, BODIES)]
        names = np.array(rng.choice(every, n, replace=False), dtype=object)
        kinds = self.pick(KINDS, n)
        tribes = kinds == PartnerKind.TRIBAL_GOVERNMENT
        names[tribes] = [f"Made-up Tribal Nation {number}" for number in range(1, tribes.sum() + 1)]
        status = self.pick({PartnerStatus.ACTIVE: 0.9, PartnerStatus.PAUSED: 0.07, PartnerStatus.ENDED: 0.03}, n)
        start = self.today - np.timedelta64(SPAN, "D")
        recorded = self.moments(np.full(n, start))
        self.write(
            Partner,
            id=ids,
            key=_keys("P", ids),
            name=names,
            name_key=np.array([name.replace(" ", "").casefold() for name in names], dtype=object),
            kind=kinds,
            area=self.pick(PLACES, n),
            status=status,
            holder_id=rng.choice(self.holders, n),
            scored=~tribes,
            recorded_at=recorded,
        )
        former = rng.choice(ids, n // 10, replace=False)
        old_names = np.array([f"Former {names[number - 1]}" for number in former], dtype=object)
        keys = np.array([name.replace(" ", "").casefold() for name in old_names], dtype=object)
        self.write(PartnerName, partner_id=former, name=old_names, name_key=keys, kind=NameKind.FORMER)
        agreed = np.sort(rng.choice(ids, n // 2, replace=False))
        days, since = rng.choice([14, 30, 45, 60, 120], len(agreed)), self.days(len(agreed), 200)
        numbers = np.arange(1, len(agreed) + 1)
        self.write(Cadence, id=numbers, partner_id=agreed, days=days, from_on=since, recorded_at=self.moments(since))
        self.write_facts("cadence", numbers, agreed, since, value=days.astype(float))
        contacts = np.arange(1, 2 * n + 1)
        self.write(
            Contact,
            id=contacts,
            key=_keys("C", contacts),
            partner_id=(contacts + 1) // 2,
            name=self.pick([f"{given} {family}" for given, family in itertools.product(GIVEN, FAMILY)], 2 * n),
            role=self.pick(["Director", "Program manager", "Board member", "Community worker"], 2 * n),
            may_be_named=True,
            recorded_at=np.repeat(recorded, 2),
        )
        forums = np.arange(1, 41)
        at_tables = np.array([f"{place} {kind}" for place, kind in itertools.islice(
            itertools.product(PLACES, ("Steering Committee", "Leadership Table")), len(forums))], dtype=object)
        self.write(Forum, id=forums, name=at_tables, name_key=at_tables, recorded_at=recorded[0])
        seats = np.repeat(forums, 8)
        self.write(ForumMember, forum_id=seats, partner_id=rng.integers(1, n + 1, len(seats)), recorded_at=recorded[0])

    def _engagements(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Write engagements and return id, day and first partner of each."""
        n, rng = self.size.engagements, self.rng
        ids, day = np.arange(1, n + 1), np.sort(self.days(n))
        planned = ids > n - max(20, n // 300)
        day[planned] = self.today + rng.integers(1, 60, planned.sum()).astype("timedelta64[D]")
        in_words = (rng.random(n) < 0.02) & ~planned
        kind, status = self.pick(HELD_AS, n), self.pick([EngagementStatus.HELD], n)
        status[planned] = EngagementStatus.PLANNED
        marks = {name: self.pick(WHO, n) for name in ("asked_by", "agenda_by", "decided_by")}
        forum = rng.integers(1, 41, n).astype(object)
        forum[rng.random(n) < 0.7] = None
        known_day = np.where(in_words, np.datetime64("NaT", "D"), day)
        as_written = np.array([{"held_on": "late last season"} if words else {} for words in in_words], dtype=object)
        recorded = self.moments(day)
        self.write(
            Engagement,
            id=ids,
            key=_keys("E", ids),
            status=status,
            kind=kind,
            held_on=known_day,
            as_written=as_written,
            forum_id=forum,
            county_people=self.pick(GIVEN, n),
            purpose=self.texts(n, 5, 12),
            facts=self.texts(n, 12, 40),
            decisions=np.where(rng.random(n) < 0.4, self.texts(n, 6, 15), ""),
            recorded_at=recorded,
            recorded_by=rng.choice(self.holders, n),
            **marks,
        )
        how_many = rng.choice([1, 2, 3, 4], n, p=[0.7, 0.18, 0.08, 0.04])
        at = pd.DataFrame({"engagement": np.repeat(ids, how_many), "partner": self.partners_by_weight(how_many.sum())})
        at = at.drop_duplicates().reset_index(drop=True)
        place = at["engagement"].to_numpy() - 1
        two_way = (kind[place] != EngagementKind.EMAIL) & (rng.random(len(at)) < 0.92)
        here, partner = at["engagement"].to_numpy(), at["partner"].to_numpy()
        self.write(EngagementPartner, engagement_id=here, partner_id=partner, two_way=two_way)
        first = at.drop_duplicates("engagement")["partner"].to_numpy()
        people = np.where(two_way & (rng.random(len(at)) < 0.6))[0]
        self.write(EngagementPerson, engagement_id=here[people], contact_id=2 * partner[people] - rng.integers(0, 2, len(people)))
        counts = np.where(two_way & ~planned[place] & ~in_words[place])[0]
        answered = sum((np.isin(marks[name], list(facts.ANSWERS))).astype(int) for name in marks)
        shared = sum((np.isin(marks[name], [Who.PARTNER, Who.BOTH])).astype(int) for name in marks)
        rows = place[counts]
        self.write_facts("contact", ids[rows], partner[counts], day[rows], marks_n=answered[rows], marks_shared=shared[rows])
        self._tags(ids[~planned])
        return ids[~planned], day[~planned], first[~planned]

    def _tags(self, held: np.ndarray) -> None:
        rng = self.rng
        shown = np.sort(rng.choice(held, int(len(held) * 0.6)))
        behaviors = [entry.id for entry in frameworks.leadership_behaviors()]
        tags = pd.DataFrame({"engagement": shown, "entry": self.pick(behaviors, len(shown))}).drop_duplicates()
        evidence = self.texts(len(tags), 5, 14)
        self.write(BehaviorTag, engagement_id=tags["engagement"].to_numpy(), entry_id=tags["entry"].to_numpy(object), evidence=evidence)
        touched = np.sort(rng.choice(held, int(len(held) * 0.3), replace=False))
        topics = self.pick([entry.id for entry in frameworks.erp_topics()], len(touched))
        self.write(TopicTag, engagement_id=touched, entry_id=topics)
        discussed = np.sort(rng.choice(held, int(len(held) * 0.3), replace=False))
        self.write(DiscussionPoint, engagement_id=discussed, position=1, what=self.texts(len(discussed), 6, 14))

    def _commitments(self, held: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        n, rng = self.size.commitments, self.rng
        chosen = np.sort(rng.choice(len(held[0]), n))
        made = held[1][chosen]
        due = made + rng.integers(7, 90, n).astype("timedelta64[D]")
        done = np.maximum(made, due + rng.integers(-20, 40, n).astype("timedelta64[D]"))
        withdrawn = made + rng.integers(5, 60, n).astype("timedelta64[D]")
        fate, never = rng.random(n), np.datetime64("NaT", "D")
        done = np.where((fate < 0.92) & (done <= self.today), done, never)
        withdrawn = np.where((fate > 0.97) & (withdrawn <= self.today), withdrawn, never)
        side = self.pick({Side.COUNTY: 0.65, Side.PARTNER: 0.35}, n)
        ids, partner = np.arange(1, n + 1), held[2][chosen]
        self.write(
            Commitment,
            id=ids,
            key=_keys("K", ids),
            what=self.texts(n, 6, 16),
            owed_by=side,
            partner_id=partner,
            engagement_id=held[0][chosen],
            made_on=made,
            due_on=due,
            done_on=done,
            withdrawn_on=withdrawn,
            recorded_at=self.moments(made),
            recorded_by=rng.choice(self.holders, n),
        )
        sides = np.array([each.value for each in side], dtype=object)
        self.write_facts("promise", ids, partner, due, done_on=done, withdrawn_on=withdrawn, side=sides)

    def _feedback(self, held: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        """Write feedback whose loop may stop at every step; some is told again after it was reopened."""
        n, rng = self.size.feedback, self.rng
        chosen = np.sort(rng.choice(len(held[0]), n))
        ids, partner, received = np.arange(1, n + 1), held[2][chosen], held[1][chosen]
        S = FeedbackState
        course = ((S.RECEIVED, 1.0, 0), (S.ACKNOWLEDGED, 0.95, 4), (S.DECIDED, 0.93, 20), (S.TOLD, 0.92, 10))
        after = ((S.REOPENED, 0.12, 15), (S.TOLD, 0.8, 25), (S.CONFIRMED, 0.6, 15))
        day, going, state = received, np.ones(n, dtype=bool), self.pick([S.RECEIVED], n)
        steps, position = [], np.zeros(n, dtype=int)
        reopened = np.zeros(n, dtype=bool)
        for step, chance, median in (*course, *after):
            later = day + rng.lognormal(np.log(median + 0.01), 0.9, n).astype(int).astype("timedelta64[D]")
            later = received if step is S.RECEIVED else later
            goes = going & (rng.random(n) < chance) & (later <= self.today)
            if step is S.TOLD and reopened.any():  # told again: only what was reopened, and that waits if it is not
                goes &= reopened
                going = np.where(reopened, goes, going)
            elif step is S.REOPENED:
                reopened = goes
            else:
                going = goes
            day, position = np.where(goes, later, day), position + goes
            state[goes] = step
            steps.append(pd.DataFrame({"item": ids[goes], "step": step.value, "position": position[goes], "day": day[goes]}))
        every = pd.concat(steps).sort_values(["item", "position"], kind="stable")
        self.write(
            FeedbackItem,
            id=ids,
            key=_keys("F", ids),
            partner_id=partner,
            engagement_id=held[0][chosen],
            way=self.pick(list(FeedbackWay), n),
            kind=self.pick(list(FeedbackKind), n),
            words=self.texts(n, 8, 40),
            received_on=received,
            state=state,
            recorded_at=self.moments(received),
            recorded_by=rng.choice(self.holders, n),
        )
        item, on_day = every["item"].to_numpy(), every["day"].to_numpy().astype("datetime64[D]")
        kinds, place = every["step"].to_numpy(object), every["position"].to_numpy()
        recorded = self.moments(on_day)
        self.write(FeedbackStep, item_id=item, step=kinds, position=place, on_day=on_day, recorded_at=recorded)
        in_ledger = np.isin(kinds, [S.RECEIVED.value, *(step.value for step in facts.LOOP_STEPS)])
        place = np.where(kinds == S.RECEIVED.value, 0, place)
        at = item[in_ledger]
        self.write_facts(kinds[in_ledger], at, partner[at - 1], on_day[in_ledger], position=place[in_ledger])

    def _ratings(self) -> None:
        n, rng = self.size.ratings, self.rng
        ids, day = np.arange(1, n + 1), np.sort(self.days(n))
        partner = rng.integers(1, self.size.partners + 1, n)
        side = self.pick({Side.PARTNER: 0.6, Side.COUNTY: 0.4}, n)
        who = np.array([f"person {number}" for number in rng.integers(1, 7, n)], dtype=object)
        answers = np.clip(np.rint(rng.normal(3.4, 0.9, n)[:, None] + rng.normal(0, 0.6, (n, 10))), 1, 5).astype(int)
        items = {f"item_{number + 1}": answers[:, number] for number in range(10)}
        stamp = {"recorded_at": self.moments(day), "recorded_by": rng.choice(self.holders, n)}
        self.write(Rating, id=ids, key=_keys("R", ids), partner_id=partner, respondent=who, side=side, rated_on=day, **items, **stamp)
        sides = np.array([each.value for each in side], dtype=object)
        self.write_facts("rating", ids, partner, day, side=sides, respondent=who, value=answers.mean(axis=1))


def make_county(size: Size, today: date) -> None:
    """Write the county into the database that the settings name, which holds nothing yet; check a sample of it."""
    migrate(db.engine())
    with db.writing() as session:
        draft = SetUpDraft(county="Made-up County", time_zone="America/Los_Angeles", name="First Administrator", email="admin@bench.example")
        set_up_county(session, draft, PASSWORD)
        person = InvitationDraft(name="Bench Coordinator", email=EMAIL, roles=frozenset({Role.COORDINATOR}))
        accept_invitation(session, invite_account(session, operator(), person).token, PASSWORD)
    with db.writing() as session:
        County(session.connection(), size, today).fill()
    with db.writing() as session:
        check_ledger(session)
        keep_for_the_floor(session, today)


def check_ledger(session: Session, n: int = 300) -> None:
    """Compare the ledger of a sample of records with what the app's own functions make of them."""
    rng = np.random.default_rng(SEED)

    def sample(table: Any) -> list[Any]:
        ids = session.exec(select(table.id)).all()
        chosen = [int(number) for number in rng.choice(ids, min(n, len(ids)), replace=False)]
        return list(session.exec(select(table).where(table.id.in_(chosen))))

    def parts(table: Any, column: Any, number: int) -> list[Any]:
        return list(session.exec(select(table).where(column == number).order_by(col(table.id))))

    loop = ("received", *(step.value for step in facts.LOOP_STEPS))
    for record in sample(Engagement):
        at = parts(EngagementPartner, EngagementPartner.engagement_id, record.id)
        _compare(session, ("contact",), record.id, facts.engagement_facts(record, at))
    for record in sample(Commitment):
        _compare(session, ("promise",), record.id, facts.commitment_facts(record))
    for record in sample(FeedbackItem):
        steps = parts(FeedbackStep, FeedbackStep.item_id, record.id)
        assert record.state == steps[-1].step, f"feedback {record.id} is {record.state}, its newest step {steps[-1].step}"
        _compare(session, loop, record.id, facts.feedback_facts(record, steps))
    for record in sample(Rating):
        _compare(session, ("rating",), record.id, facts.rating_facts(record))
    for record in sample(Cadence):
        _compare(session, ("cadence",), record.id, facts.cadence_facts(record))


def _compare(session: Session, kinds: tuple[str, ...], number: int, wanted: list[facts.Draft]) -> None:
    kept = session.exec(select(Fact).where(col(Fact.kind).in_(kinds), Fact.source_id == number))
    mine = sorted(_content(fact) for fact in kept)
    theirs = sorted(_content(Fact(source_id=number, **draft)) for draft in wanted)
    assert mine == theirs, f"the ledger of {kinds[0]} {number} differs:\n{mine}\n{theirs}"


def _content(fact: Fact) -> str:
    return str(sorted(fact.model_dump(exclude={"id", "known_from", "known_to"}).items()))


def keep_for_the_floor(session: Session, today: date) -> None:
    """Keep what the floor app's health page draws from: partnerships per band and quarter, counted beforehand."""
    months = month_ends((today.year - 1, today.month), (today.year, today.month), today)
    figures = figures_by_day(session, operator(), months)
    session.execute(text("CREATE TABLE bench_bands (quarter TEXT, band TEXT, partnerships INTEGER)"))
    bands = bands_by_quarter(figures)
    rows = [{"q": row.quarter, "b": str(row.band), "n": int(row.partnerships)} for row in bands.itertuples()]
    session.execute(text("INSERT INTO bench_bands VALUES (:q, :b, :n)"), rows)


def sign_in() -> str:
    """Open a sign-in for the coordinator and return its token."""
    with db.writing(counts=False) as session:
        account = session.exec(select(Account.id).where(Account.email == EMAIL)).one()
        assert account is not None
        return open_sign_in(session, account, "Bench")


def change() -> None:
    """Raise the data revision as a colleague's save does: every figure that was kept is stale."""
    with db.writing():
        pass


def _keys(prefix: str, ids: np.ndarray) -> np.ndarray:
    return np.array([f"{prefix}-{number:05d}" for number in ids], dtype=object)


def _plain(values: np.ndarray) -> list[Any]:
    """Turn an array into what the database takes: whole numbers, days, None for no day."""
    return values.tolist()


def main() -> None:
    """Make the county named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    make_county(SIZES[parser.parse_args().size], date.today())


if __name__ == "__main__":
    main()
