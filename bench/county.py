"""A made-up large county, written straight into a migrated database: the same again for a seed, a size and a month.

Run as `python bench/county.py M`, with ERP_DATA_DIR naming a folder without a database. `sign_in` opens a real sign-in.
"""

import argparse
import itertools
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from check import check_ledger
from sqlalchemy import text
from sqlmodel import Session, select
from writing import BODIES, CAUSES, FAMILY, GIVEN, PLACES, SIDES, SIZES, SPAN, Size, Writer, keys

from erp import db
from erp.access import operator
from erp.frameworks import as_shipped
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
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Cadence, Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.county import today
from erp.services import facts
from erp.services.accounts import InvitationDraft, SetUpDraft, accept_invitation, invite_account, set_up_county
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.search import catch_up
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

#: The person who is signed in: a coordinator, whose every question is narrowed to what a coordinator may see.
EMAIL, PASSWORD = "coordinator@bench.example", "a few words in a row"

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


class County(Writer):
    """Everything that happened in the county."""

    def fill(self) -> None:
        """Write everything, parents first."""
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
        self.write(
            RoleGrant, account_id=numbers, role=self.pick([Role.COORDINATOR, Role.COMMUNITY_LIAISON, Role.VIEWER], n)
        )
        self.holders = numbers

    def _partners(self) -> None:
        n, rng = self.size.partners, self.rng
        ids = np.arange(1, n + 1)
        enough = n <= len(PLACES) * len(CAUSES) * len(BODIES)
        named = itertools.product(SIDES[:1] if enough else SIDES, PLACES, CAUSES, BODIES)
        every = [f"{side}{place} {cause} {body}" for side, place, cause, body in named]
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
            key=keys("P", ids),
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
        squeezed = np.array([name.replace(" ", "").casefold() for name in old_names], dtype=object)
        self.write(PartnerName, partner_id=former, name=old_names, name_key=squeezed, kind=NameKind.FORMER)
        agreed = np.sort(rng.choice(ids, n // 2, replace=False))
        days, since = rng.choice([14, 30, 45, 60, 120], len(agreed)), self.days(len(agreed), 200)
        numbers = np.arange(1, len(agreed) + 1)
        self.write(Cadence, id=numbers, partner_id=agreed, days=days, from_on=since, recorded_at=self.moments(since))
        self.write_facts("cadence", numbers, agreed, since, value=days.astype(float))
        contacts = np.arange(1, 2 * n + 1)
        self.write(
            Contact,
            id=contacts,
            key=keys("C", contacts),
            partner_id=(contacts + 1) // 2,
            name=self.pick([f"{given} {family}" for given, family in itertools.product(GIVEN, FAMILY)], 2 * n),
            role=self.pick(["Director", "Program manager", "Board member", "Community worker"], 2 * n),
            may_be_named=True,
            recorded_at=np.repeat(recorded, 2),
        )
        forums = np.arange(1, 41)
        at_tables = np.array(
            [
                f"{place} {kind}"
                for place, kind in itertools.islice(
                    itertools.product(PLACES, ("Steering Committee", "Leadership Table")), len(forums)
                )
            ],
            dtype=object,
        )
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
            key=keys("E", ids),
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
        self.write(
            EngagementPerson,
            engagement_id=here[people],
            contact_id=2 * partner[people] - rng.integers(0, 2, len(people)),
        )
        counts = np.where(two_way & ~planned[place] & ~in_words[place])[0]
        answered = sum((np.isin(marks[name], list(facts.ANSWERS))).astype(int) for name in marks)
        shared = sum((np.isin(marks[name], [Who.PARTNER, Who.BOTH])).astype(int) for name in marks)
        rows = place[counts]
        self.write_facts(
            "contact", ids[rows], partner[counts], day[rows], marks_n=answered[rows], marks_shared=shared[rows]
        )
        self._tags(ids[~planned])
        return ids[~planned], day[~planned], first[~planned]

    def _tags(self, held: np.ndarray) -> None:
        rng = self.rng
        shown = np.sort(rng.choice(held, int(len(held) * 0.6)))
        behaviors = [entry.id for entry in as_shipped().leadership_behaviors()]
        tags = pd.DataFrame({"engagement": shown, "entry": self.pick(behaviors, len(shown))}).drop_duplicates()
        evidence = self.texts(len(tags), 5, 14)
        self.write(
            BehaviorTag,
            engagement_id=tags["engagement"].to_numpy(),
            entry_id=tags["entry"].to_numpy(object),
            evidence=evidence,
        )
        touched = np.sort(rng.choice(held, int(len(held) * 0.3), replace=False))
        topics = self.pick([entry.id for entry in as_shipped().erp_topics()], len(touched))
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
            key=keys("K", ids),
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
        course = (
            (FeedbackState.RECEIVED, 1.0, 0),
            (FeedbackState.ACKNOWLEDGED, 0.95, 4),
            (FeedbackState.DECIDED, 0.93, 20),
            (FeedbackState.TOLD, 0.92, 10),
            (FeedbackState.REOPENED, 0.12, 15),
            (FeedbackState.TOLD, 0.8, 25),
            (FeedbackState.CONFIRMED, 0.6, 15),
        )  # step, how many of those before go on to it, days it takes (median)
        day, going, state = received, np.ones(n, dtype=bool), self.pick([FeedbackState.RECEIVED], n)
        steps, position = [], np.zeros(n, dtype=int)
        reopened = np.zeros(n, dtype=bool)
        for step, chance, median in course:
            later = day + rng.lognormal(np.log(median + 0.01), 0.9, n).astype(int).astype("timedelta64[D]")
            later = received if step is FeedbackState.RECEIVED else later
            goes = going & (rng.random(n) < chance) & (later <= self.today)
            if step is FeedbackState.TOLD and reopened.any():  # told again; what was reopened waits where it is not
                goes &= reopened
                going = np.where(reopened, goes, going)
            elif step is FeedbackState.REOPENED:
                reopened = goes
            else:
                going = goes
            day, position = np.where(goes, later, day), position + goes
            state[goes] = step
            steps.append(
                pd.DataFrame({"item": ids[goes], "step": step.value, "position": position[goes], "day": day[goes]})
            )
        every = pd.concat(steps).sort_values(["item", "position"], kind="stable")
        self.write(
            FeedbackItem,
            id=ids,
            key=keys("F", ids),
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
        in_ledger = np.isin(kinds, [FeedbackState.RECEIVED.value, *(step.value for step in facts.LOOP_STEPS)])
        place = np.where(kinds == FeedbackState.RECEIVED.value, 0, place)
        at = item[in_ledger]
        self.write_facts(kinds[in_ledger], at, partner[at - 1], on_day[in_ledger], position=place[in_ledger])

    def _ratings(self) -> None:
        n, rng = self.size.ratings, self.rng
        ids, day = np.arange(1, n + 1), np.sort(self.days(n))
        partner = rng.integers(1, self.size.partners + 1, n)
        side = self.pick({Side.PARTNER: 0.6, Side.COUNTY: 0.4}, n)
        who = np.array([f"person{number}" for number in rng.integers(1, 7, n)], dtype=object)
        answers = np.clip(np.rint(rng.normal(3.4, 0.9, n)[:, None] + rng.normal(0, 0.6, (n, 10))), 1, 5).astype(int)
        items = {f"item_{number + 1}": answers[:, number] for number in range(10)}
        stamp = {"recorded_at": self.moments(day), "recorded_by": rng.choice(self.holders, n)}
        self.write(
            Rating,
            id=ids,
            key=keys("R", ids),
            partner_id=partner,
            respondent=who,
            side=side,
            rated_on=day,
            **items,
            **stamp,
        )
        sides = np.array([each.value for each in side], dtype=object)
        self.write_facts(
            "rating",
            ids,
            partner,
            day,
            side=sides,
            respondent=who,
            value=answers.mean(axis=1),
        )


def make_county(size: Size) -> None:
    """Write the county into the database that the settings name, which holds nothing yet; check a sample of it."""
    migrate(db.engine())
    with db.writing() as session:
        draft = SetUpDraft(
            county="Made-up County",
            time_zone="America/Los_Angeles",
            name="First Administrator",
            email="admin@bench.example",
        )
        set_up_county(session, draft, PASSWORD)
        person = InvitationDraft(name="Bench Coordinator", email=EMAIL, roles=frozenset({Role.COORDINATOR}))
        accept_invitation(session, invite_account(session, operator(), person).token, PASSWORD)
    with db.writing() as session:
        County(session.connection(), size, today(session)).fill()
    with db.writing() as session:
        check_ledger(session)
        keep_for_the_floor(session)
    catch_up(db.writing)


def keep_for_the_floor(session: Session) -> None:
    """Keep what the floor app's monthly chart draws from: held engagements by month and kind, counted beforehand."""
    session.execute(text("CREATE TABLE bench_months (month TEXT, kind TEXT, n INTEGER)"))
    counted = "SELECT substr(held_on, 1, 7), kind, count(*) FROM engagement WHERE status = 'held' GROUP BY 1, 2"
    session.execute(text(f"INSERT INTO bench_months {counted}"))


def sign_in() -> str:
    """Open a sign-in for the coordinator and return its token."""
    with db.writing(counts=False) as session:
        account = session.exec(select(Account.id).where(Account.email == EMAIL)).one()
        assert account is not None
        return open_sign_in(session, account, "Bench")


def change(partner_id: int) -> None:
    """Save a meeting with a partner, as a colleague would: what was kept of the county's figures is stale."""
    with db.writing() as session:
        there = (PartnerAt(partner_id=partner_id),)
        log_engagement(session, operator(), EngagementDraft.of(purpose="Bench", held_on=today(session), partners=there))


def main() -> None:
    """Make the county named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", choices=SIZES)
    make_county(SIZES[parser.parse_args().size])


if __name__ == "__main__":
    main()
