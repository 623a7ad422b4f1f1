"""The demonstration: its counts, its stories by their figures, nothing identifying, the same again for a seed."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import time_machine
from sqlalchemy import text
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor, operator
from erp.models import Table
from erp.models.accounts import Account, RoleGrant
from erp.models.barriers import Barrier, BarrierStep
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum, ForumMember
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Partner, PartnerName
from erp.models.ratings import Rating
from erp.privacy import find_identifying
from erp.queries.barriers import GROUPS, BarrierFilter, barriers_of_partner, group_counts
from erp.queries.county import day_of, end_of_day
from erp.queries.health import figures_by_day
from erp.queries.publishing import told_to_everybody
from erp.queries.reviews import beside, review_detail, review_list
from erp.services import guards, upkeep
from erp.services.demo import build_demo
from erp.services.facts import sync_commitment, sync_engagement, sync_feedback, sync_rating
from erp.services.records import now
from erp.settings import ROOT, settings
from erp.states import BARRIER_TRANSITIONS, FEEDBACK_TRANSITIONS, commitment_state
from erp.vocabulary import (
    Band,
    BarrierState,
    CommitmentState,
    Door,
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackState,
    FeedbackWay,
    Interpreter,
    NameKind,
    PartnerKind,
    PartnerStatus,
    Readers,
    Recognition,
    ReviewState,
    Role,
    Side,
    Signed,
    Who,
    Word,
)

TODAY = date(2026, 6, 17)
SEED = 20260101

MENDED = "Bramble House Family Resource Center"
FADING = "Emberton Neighborhood Alliance"
BROKEN = "Parents Leading Together"
FEW_CONTACTS = "Juvenile Court of Larkmoor County"
BUSY = "Larkmoor County Behavioral Health"
UNSCORED_TRIBE = "Example Tribe of Oxbow Creek"
SCORED_TRIBE = "Example Rancheria of Tarrow Valley"


@dataclass(frozen=True)
class Figures:
    """Health at the end of each of the last 36 months and today, by partner's name."""

    table: pd.DataFrame

    def of(self, name: str, months_ago: int = 0) -> pd.Series:
        own = self.table[self.table["partner"] == name].sort_values("as_of")
        return own.iloc[-1 - months_ago]

    def standing(self, name: str, months_ago: int = 0) -> float:
        return float(self.of(name, months_ago)["standing"])

    def bands(self) -> Counter[str]:
        return Counter(self.table[self.table["as_of"] == self.table["as_of"].max()]["band"].astype(str))


def build(folder: Path, today: date, seed: int, patch: pytest.MonkeyPatch) -> None:
    """Make a fresh database in the folder and fill it with the demonstration."""
    patch.setenv("ERP_DATA_DIR", str(folder))
    patch.delenv("ERP_DATABASE_URL", raising=False)
    patch.delenv("ERP_DEMO", raising=False)
    settings.cache_clear()
    upkeep.migrate(db.engine())
    with db.writing() as session:
        build_demo(session, today, seed)


def figures(session: Session, today: date) -> Figures:
    months = [(pd.Timestamp(today) - pd.offsets.MonthEnd(n)).date() for n in range(36, 0, -1)]
    return Figures(figures_by_day(session, operator(), [*months, today]))


def contents() -> dict[str, str]:
    """Return a hash per table of everything that was written."""
    with db.reading() as session:
        return {
            name: hashlib.sha256(repr(session.execute(text(f"SELECT * FROM {name}")).all()).encode()).hexdigest()
            for name in (table.name for table in Table.metadata.sorted_tables)
        }


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Build the demonstration once for the tests that only look at it."""
    with pytest.MonkeyPatch.context() as patch:
        build(tmp_path_factory.mktemp("demo"), TODAY, SEED, patch)
        yield
        db.forget_engines()
    settings.cache_clear()


@pytest.fixture
def session(demo: None) -> Iterator[Session]:
    with db.reading() as session:
        yield session


@pytest.fixture(scope="module")
def health(demo: None) -> Figures:
    with db.reading() as session:
        return figures(session, TODAY)


def partner(session: Session, name: str) -> Partner:
    return session.exec(select(Partner).where(Partner.name == name)).one()


def contacts_in_a_year(session: Session, name: str) -> int:
    """Count the two-way contacts of the last 365 days."""
    question = select(Fact.id).where(
        Fact.partner_id == partner(session, name).id,
        Fact.kind == "contact",
        col(Fact.known_to).is_(None),
        col(Fact.on_day) > TODAY - timedelta(days=365),
    )
    return len(session.exec(question).all())


# --- What is there ----------------------------------------------------------------------------------------


def test_58_partners_of_every_kind_and_three_years_of_records(session: Session) -> None:
    kinds = Counter(session.exec(select(Partner.kind)).all())
    assert kinds.total() == 58
    assert set(kinds) == set(PartnerKind)
    held_on = [day for day in session.exec(select(Engagement.held_on)) if day is not None]
    assert 1300 <= len(held_on) <= 1700
    assert 3 * 365 - 40 <= (TODAY - min(held_on)).days <= 3 * 365 + 5
    assert 7 <= (max(held_on) - TODAY).days <= 370  # a quarterly table is planned a year ahead
    rows = Counter(session.exec(select(Engagement.series).where(Engagement.series != "")))
    assert len(rows) >= 4
    assert set(rows.values()) == {4}
    for table, at_least in ((Commitment, 500), (FeedbackItem, 400), (Rating, 500), (Contact, 100), (BehaviorTag, 500)):
        assert len(session.exec(select(table.id)).all()) >= at_least, table
    assert "Interagency Leadership Team" in session.exec(select(Forum.name)).all()


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        (Partner, "kind", PartnerKind),
        (Partner, "recognition", Recognition),
        (Partner, "status", PartnerStatus),
        (PartnerName, "kind", NameKind),
        (RoleGrant, "role", Role),
        (Engagement, "kind", EngagementKind),
        (Engagement, "status", EngagementStatus),
        (Engagement, "interpreter", Interpreter),
        (Engagement, "decided_by", Who),
        (Commitment, "owed_by", Side),
        (Rating, "side", Side),
        (FeedbackItem, "kind", FeedbackKind),
        (FeedbackItem, "way", FeedbackWay),
        (FeedbackItem, "state", FeedbackState),
    ],
)
def test_every_word_of_a_closed_set_occurs(
    session: Session, table: type[Table], column: str, words: type[Word]
) -> None:
    found = set(session.exec(select(getattr(table, column))).all()) - {None}
    only_imported = {EngagementStatus.OTHER} if words is EngagementStatus else set()  # the demonstration imports none
    assert found == set(words) - only_imported


def test_promises_stand_in_every_state(session: Session) -> None:
    states = Counter(
        commitment_state(c.due_on, c.done_on, c.withdrawn_on, TODAY)
        for c in session.exec(select(Commitment).where(col(Commitment.voided_at).is_(None)))
    )
    assert set(states) == set(CommitmentState)
    assert 10 <= states[CommitmentState.OVERDUE] <= 60


def test_each_role_can_sign_in_and_nobody_has_a_password(session: Session) -> None:
    accounts = session.exec(select(Account)).all()
    assert {account.password_hash for account in accounts} == {None}
    active = {account.id for account in accounts if account.disabled_at is None}
    roles = Counter(g.role for g in session.exec(select(RoleGrant)) if g.account_id in active)
    assert roles[Role.COORDINATOR] == 2
    assert set(roles) == set(Role)


def test_some_engagements_have_no_exact_day_several_partners_or_an_unlinked_name(session: Session) -> None:
    undated = session.exec(select(Engagement).where(col(Engagement.held_on).is_(None))).all()
    assert len(undated) >= 3
    assert all(engagement.as_written["held_on"] for engagement in undated)
    there = Counter(session.exec(select(EngagementPartner.engagement_id)).all())
    assert max(there.values()) >= 5
    assert session.exec(select(EngagementPartner).where(col(EngagementPartner.partner_id).is_(None))).all()


def test_some_feedback_is_in_spanish_with_a_translation_beside_it(session: Session) -> None:
    spanish = session.exec(select(FeedbackItem).where(FeedbackItem.language == "Spanish")).all()
    assert len(spanish) >= 10
    assert all(item.translation and item.translation != item.words for item in spanish)


def test_some_behaviors_are_shown_often_and_some_hardly_ever(session: Session) -> None:
    tags = Counter(session.exec(select(BehaviorTag.entry_id)).all())
    assert tags["LB10"] > 50
    assert tags["LB9"] + tags["LB16"] <= 12
    assert all(tag.evidence for tag in session.exec(select(BehaviorTag)))


# --- The stories ------------------------------------------------------------------------------------------


def test_the_bands_of_today_look_like_a_county(health: Figures) -> None:
    bands = health.bands()
    wanted = {Band.STRONG: 9, Band.STEADY: 17, Band.STRAINED: 10, Band.AT_RISK: 4, Band.NOT_ENOUGH: 14}
    assert bands.total() == 54
    for band, count in wanted.items():
        assert abs(bands[band] - count) <= 2, bands


def test_a_partnership_was_mended_and_its_reasons_show(session: Session, health: Figures) -> None:
    assert health.standing(MENDED, 27) > 65
    assert health.standing(MENDED, 18) < 45
    assert health.of(MENDED)["band"] == Band.STRONG
    assert health.standing(MENDED) - health.standing(MENDED, 18) >= 30
    for dimension in ("follow_through", "loop_closure", "trust"):
        score = f"{dimension}_score"
        assert health.of(MENDED)[score] - health.of(MENDED, 18)[score] >= 30, dimension
    repaired = [c for c in session.exec(select(Commitment)) if c.what.startswith("Repair plan")]
    assert len(repaired) == 5
    assert all(c.done_on and c.due_on and c.done_on <= c.due_on for c in repaired)


def test_a_partnership_fades_while_nobody_writes_or_answers(session: Session, health: Figures) -> None:
    assert health.of(FADING, 18)["band"] == Band.STEADY
    now_ = health.of(FADING)
    assert now_["band"] == Band.STRAINED
    assert (now_["as_of"] - now_["contact_newest"]).days > 2 * now_["cadence_days"]
    assert now_["loop_closure_score"] < 50 < health.of(FADING, 18)["loop_closure_score"]
    assert partner(session, FADING).holder_id is None


def test_a_broken_promise_brought_a_strong_partnership_down_within_months(session: Session, health: Figures) -> None:
    assert health.of(BROKEN, 7)["band"] == Band.STRONG
    assert health.of(BROKEN)["band"] == Band.AT_RISK
    positions = session.exec(select(Commitment).where(Commitment.what == "Open six paid parent-partner positions"))
    assert commitment_state(positions.one().due_on, None, None, TODAY) == CommitmentState.OVERDUE
    group = partner(session, BROKEN).id
    states = Counter(session.exec(select(FeedbackItem.state).where(FeedbackItem.partner_id == group)).all())
    assert states[FeedbackState.REOPENED] >= 4


def test_few_contacts_can_be_healthy_and_many_can_leave_power_with_one_side(session: Session, health: Figures) -> None:
    assert contacts_in_a_year(session, FEW_CONTACTS) <= 8
    assert health.of(FEW_CONTACTS)["band"] == Band.STRONG
    assert health.of(FEW_CONTACTS)["contact_score"] == 100
    assert contacts_in_a_year(session, BUSY) >= 30
    assert health.of(BUSY)["shared_power_score"] < 20
    assert health.of(BUSY)["band"] == Band.STRAINED


def test_four_of_five_tribal_governments_have_no_figure_and_one_agreed_to_them(
    session: Session, health: Figures
) -> None:
    tribes = session.exec(select(Partner).where(Partner.kind == PartnerKind.TRIBAL_GOVERNMENT)).all()
    assert {tribe.name for tribe in tribes if tribe.scored} == {SCORED_TRIBE}
    assert len(tribes) == 5
    assert {tribe.recognition for tribe in tribes} == {Recognition.RECOGNIZED, Recognition.NOT_RECOGNIZED}
    with_figures = set(health.table["partner"]) & {tribe.name for tribe in tribes}
    assert with_figures == {SCORED_TRIBE}
    assert health.of(SCORED_TRIBE)["band"] == Band.STEADY
    assert contacts_in_a_year(session, UNSCORED_TRIBE) >= 6


def test_partnerships_without_enough_evidence_are_new_or_seldom_heard(health: Figures) -> None:
    thin = health.table[(health.table["as_of"] == pd.Timestamp(TODAY)) & (health.table["band"] == Band.NOT_ENOUGH)]
    assert thin["standing"].isna().all()
    assert (thin["contact_n"] <= 20).all()
    assert (thin["contact_n"] >= 1).all()


@pytest.mark.parametrize(("today", "seed"), [(date(2027, 2, 1), 7)])
def test_the_stories_hold_on_another_day_with_other_luck(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, today: date, seed: int
) -> None:
    with monkeypatch.context() as patch:
        build(tmp_path, today, seed, patch)
        with db.reading() as session:
            other = figures(session, today)
            faults = guards.verify_changes(session)
        db.forget_engines()
    settings.cache_clear()
    assert not faults
    assert other.standing(MENDED) - other.standing(MENDED, 18) >= 30
    assert [other.of(name)["band"] for name in (MENDED, FADING, BROKEN, FEW_CONTACTS, BUSY)] == [
        Band.STRONG,
        Band.STRAINED,
        Band.AT_RISK,
        Band.STRONG,
        Band.STRAINED,
    ]


# --- As if entered in its time --------------------------------------------------------------------------------


def test_the_history_is_whole_and_runs_forward_in_time(session: Session) -> None:
    assert guards.verify_changes(session) == []
    moments = session.exec(select(Change.at).order_by(col(Change.id))).all()
    assert list(moments) == sorted(moments)
    assert moments[-1] < end_of_day(session, TODAY - timedelta(days=1))
    assert set(session.exec(select(Change.door)).all()) == set(Door)


def test_records_come_in_after_they_happened_mostly_soon_and_a_few_late(session: Session) -> None:
    days_late = []
    for engagement in session.exec(select(Engagement).where(Engagement.status == EngagementStatus.HELD)):
        if engagement.held_on is not None and engagement.version == 1:
            days_late.append((day_of(session, engagement.recorded_at) - engagement.held_on).days)
    assert min(days_late) >= 0
    assert sum(late <= 5 for late in days_late) > 0.85 * len(days_late)
    assert max(days_late) > 14


def test_nothing_is_recorded_about_a_partner_before_the_partner_is(session: Session) -> None:
    known = dict(session.exec(select(Partner.id, Partner.recorded_at)).all())
    for table in (Commitment, FeedbackItem, Rating, Contact, ForumMember):
        for record in session.exec(select(table).where(col(table.partner_id).is_not(None))):
            assert record.recorded_at > known[record.partner_id]
    rows = session.exec(
        select(Engagement.recorded_at, EngagementPartner.partner_id)
        .join(EngagementPartner, col(EngagementPartner.engagement_id) == col(Engagement.id))
        .where(col(EngagementPartner.partner_id).is_not(None))
    ).all()
    assert all(recorded_at > known[partner_id] for recorded_at, partner_id in rows)


def test_the_ledger_is_what_the_services_would_have_kept(session: Session) -> None:
    before = len(session.exec(select(Fact.id)).all())
    at = now()
    for table, sync in (
        (Engagement, sync_engagement),
        (Commitment, sync_commitment),
        (FeedbackItem, sync_feedback),
        (Rating, sync_rating),
    ):
        for record in session.exec(select(table).where(col(table.id) % 5 == 0)):
            sync(session, record, at)
    assert not session.new
    assert not session.dirty
    assert len(session.exec(select(Fact.id)).all()) == before


def test_every_loop_goes_by_the_transitions(session: Session) -> None:
    steps: dict[int, list[FeedbackStep]] = {}
    for step in session.exec(select(FeedbackStep).order_by(col(FeedbackStep.item_id), col(FeedbackStep.position))):
        steps.setdefault(step.item_id, []).append(step)
    for item in session.exec(select(FeedbackItem)):
        taken = steps[item.id or 0]
        assert taken[0].step == FeedbackState.RECEIVED
        assert taken[-1].step == item.state
        for earlier, later in pairwise(taken):
            assert later.step in FEEDBACK_TRANSITIONS[earlier.step]
            assert later.on_day is not None
            assert earlier.on_day is not None
            assert later.on_day >= earlier.on_day
            assert later.recorded_at > earlier.recorded_at


def test_only_tribal_liaison_and_leadership_write_of_a_tribal_government(session: Session) -> None:
    sealed = set(session.exec(select(Partner.id).where(Partner.kind == PartnerKind.TRIBAL_GOVERNMENT)).all())
    roles: dict[int, set[Role]] = {}
    for grant in session.exec(select(RoleGrant)):
        roles.setdefault(grant.account_id, set()).add(grant.role)
    rows = session.exec(
        select(Engagement)
        .join(EngagementPartner, col(EngagementPartner.engagement_id) == col(Engagement.id))
        .where(col(EngagementPartner.partner_id).in_(sealed), col(Engagement.voided_at).is_(None))
    ).all()
    assert len(rows) > 60
    for engagement in rows:
        writer = Actor(engagement.recorded_by, "", frozenset(roles[engagement.recorded_by or 0]))
        assert writer.sees_tribal_records
        assert not engagement.quotes
        assert not engagement.opinions


# --- Nobody real, and the same again ------------------------------------------------------------------------


def test_no_text_looks_like_a_childs_or_familys_identity(session: Session) -> None:
    found = []
    for name in (table.name for table in Table.metadata.sorted_tables):
        for row in session.execute(text(f"SELECT * FROM {name}")).mappings():
            found += [(name, column, words) for column, words in row.items() if _identifies(words)]
    assert found == []


def _identifies(cell: object) -> bool:
    return isinstance(cell, str) and bool(find_identifying(cell))


def test_tribes_and_tribal_organizations_bear_names_that_nobody_has(session: Session) -> None:
    kinds = (PartnerKind.TRIBAL_GOVERNMENT, PartnerKind.TRIBAL_ORGANIZATION)
    names = session.exec(select(Partner.name).where(col(Partner.kind).in_(kinds))).all()
    assert len(names) == 9
    assert all(name.startswith("Example ") for name in names)


def test_addresses_and_phone_numbers_belong_to_nobody(session: Session) -> None:
    for contact in session.exec(select(Contact)):
        assert re.fullmatch(r"(\S+@\S+\.example)?", contact.email)
        assert re.fullmatch(r"(555-01\d\d)?", contact.phone)
    assert all(email.endswith(".example") for email in session.exec(select(Account.email)))


def test_the_same_seed_and_day_give_the_same_county(
    demo: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = contents()
    with monkeypatch.context() as patch:
        build(tmp_path, TODAY, SEED, patch)
        again = contents()
        db.forget_engines()
    settings.cache_clear()
    assert again == first


def test_the_guide_to_the_demonstration_names_partners_that_are_there(session: Session) -> None:
    guide = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\*\*(.+?)\*\*", guide, re.MULTILINE))
    assert named <= set(session.exec(select(Partner.name)).all())
    assert {MENDED, FADING, BROKEN, FEW_CONTACTS, BUSY, UNSCORED_TRIBE, SCORED_TRIBE} <= named


def test_the_public_pages_have_something_to_show(session: Session) -> None:
    given = session.exec(select(FeedbackItem).where(FeedbackItem.signed != Signed.NOTED)).all()
    assert {item.signed for item in given} == set(Signed) - {Signed.NOTED}
    assert {item.readers for item in given} == {Readers.TEAM, Readers.COMMUNITY_LIAISON}
    told = told_to_everybody(session)
    assert len(told) >= 4
    assert all(answer.decided_es for answer in told)
    [looped] = [item for item in given if "reunión del consejo" in item.words]
    steps = session.exec(
        select(FeedbackStep.step).where(FeedbackStep.item_id == looped.id).order_by(col(FeedbackStep.position))
    ).all()
    way = "received acknowledged decided told reopened told confirmed"
    assert [step.value for step in steps] == way.split()
    by_giver = session.exec(select(Change).where(Change.door == Door.PUBLIC_LINK)).all()
    assert {change.actor_id for change in by_giver} == {None}


def test_barriers_and_reviews_stand_in_every_state_and_went_by_the_transitions(session: Session) -> None:
    counts = group_counts(session, operator(), BarrierFilter())
    assert all(counts[group] for group in GROUPS if group != "voided")
    for barrier in session.exec(select(Barrier)):
        steps = session.exec(
            select(BarrierStep).where(BarrierStep.barrier_id == barrier.id).order_by(col(BarrierStep.id))
        ).all()
        assert (steps[0].step, steps[-1].step) == (BarrierState.NAMED, barrier.state)
        assert all(after.step in BARRIER_TRANSITIONS[before.step] for before, after in pairwise(steps))
        assert all(before.recorded_at < after.recorded_at for before, after in pairwise(steps))
    with time_machine.travel(datetime.combine(TODAY, time(20), UTC), tick=False):
        reviews = review_list(session, operator())
    assert set(reviews["state"]) == {ReviewState.PLANNED, ReviewState.TO_TELL, ReviewState.TOLD}
    again = reviews.loc[reviews["again_of"].notna(), "review_id"].iloc[0]
    compared = beside(review_detail(session, operator(), int(again)))["compared"]
    assert set(compared) == {"Found, and better", "Found as before", "Not looked at again", "New"}


def test_a_barrier_that_a_tribe_owns_is_seen_by_liaison_and_leadership_only(session: Session) -> None:
    tribe = partner(session, SCORED_TRIBE).id
    seen_by = {role for role in Role if barriers_of_partner(session, Actor(None, "", frozenset({role})), tribe or 0)}
    assert seen_by == {Role.LEADERSHIP, Role.TRIBAL_LIAISON}
