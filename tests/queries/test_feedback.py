"""The feedback queue: what waits, since when, by which target, for whom, and who may not even see it."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pandas as pd
import pytest
import time_machine
from sqlalchemy import literal
from sqlalchemy.dialects import postgresql
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Setting
from erp.models.contacts import Contact
from erp.models.feedback import FeedbackItem
from erp.queries.feedback import (
    WAITING,
    FeedbackFilters,
    feedback_counts,
    feedback_detail,
    feedback_list,
    feedback_waiting,
)
from erp.queries.targets import COUNTY_NEXT, DaysAfter, FeedbackTargets, feedback_targets
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import FeedbackDraft, StepDraft, receive_feedback, take_step, void_feedback
from erp.services.partners import PartnerDraft, add_partner
from erp.services.records import now
from erp.vocabulary import FeedbackKind, FeedbackState, PartnerKind
from tests.conftest import Cast, make_findable

S = FeedbackState
RECEIVED = date(2026, 3, 5)
#: The day the tests are run on, in Alder County.
TODAY = "2026-05-01T20:00:00Z"


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


def partner(session: Session, actor: Actor, name: str = "Fern House", **more: Any) -> int:
    values = {"kind": PartnerKind.COMMUNITY_ORGANIZATION} | more
    return add_partner(session, actor, PartnerDraft(name=name, **values)).id or 0


def item(session: Session, actor: Actor, *steps: FeedbackState, **more: Any) -> int:
    """Receive an item and take steps, a day each."""
    values = {"words": "Start later", "received_on": RECEIVED} | more
    if "partner_id" not in values:
        values.setdefault("person", "a parent")
    item_id = receive_feedback(session, actor, FeedbackDraft.of(**values)).id or 0
    for n, step in enumerate(steps, 1):
        day = RECEIVED + timedelta(days=n)
        take_step(session, actor, item_id, n, step, StepDraft(on_day=day, how="By phone", said="From ten"))
    return item_id


def test_each_item_says_what_waits_by_which_day_and_how_far_past(session: Session, cast: Cast) -> None:
    who = cast.coordinator
    reopened = item(session, who, S.DECIDED, S.TOLD, S.REOPENED)
    decided = item(session, who, S.DECIDED)
    acknowledged = item(session, who, S.ACKNOWLEDGED)
    received = item(session, who)
    fresh = item(session, who, received_on=date(2026, 4, 30))
    undated = item(session, who, received_on=None)
    item(session, who, S.DECIDED, S.TOLD)
    queue = feedback_list(session, who, WAITING)
    assert queue[["item_id", "target_on", "days_past"]].astype(object).values.tolist() == [
        [received, date(2026, 3, 12), 50],
        [acknowledged, date(2026, 4, 4), 27],
        [decided, date(2026, 4, 19), 12],
        [reopened, date(2026, 4, 22), 9],  # 45 days from the day it was reopened
        [fresh, date(2026, 5, 7), -6],
        [undated, None, pd.NA],
    ]


def test_told_waits_for_the_giver_and_has_no_target(session: Session, cast: Cast) -> None:
    told = item(session, cast.coordinator, S.DECIDED, S.TOLD)
    row = feedback_detail(session, cast.coordinator, told).row
    assert (row["state"], row["target_on"], row["days_past"]) == (S.TOLD, None, None)
    assert feedback_waiting(session, cast.coordinator).empty


def test_the_countys_own_targets_count_and_telling_follows_the_health_formula(session: Session, cast: Cast) -> None:
    assert feedback_targets(session) == FeedbackTargets(acknowledge=5, decide=30, tell=45)
    session.add(Setting(name="feedback_targets", value={"acknowledge_office_days": 3, "decide": 10}, recorded_at=now()))
    session.add(Setting(name="health_formula", value={"version": "h1.1", "target_days": 20}, recorded_at=now()))
    session.flush()
    assert feedback_targets(session) == FeedbackTargets(acknowledge=3, decide=10, tell=20)
    item(session, cast.coordinator, S.DECIDED)
    assert feedback_waiting(session, cast.coordinator)["target_on"].tolist() == [date(2026, 3, 25)]


def test_past_target_and_the_target_day_agree_for_every_state_and_day(session: Session, cast: Cast) -> None:
    ways = {S.RECEIVED: (), S.ACKNOWLEDGED: (S.ACKNOWLEDGED,), S.DECIDED: (S.DECIDED,)}
    for (state, steps), ago in product(ways.items(), (6, 7, 8, 29, 30, 31, 44, 45, 46)):
        day = date(2026, 5, 1) - timedelta(days=ago)
        item_id = receive_feedback(
            session, cast.coordinator, FeedbackDraft.of(words=f"{state} {ago}", person="p", received_on=day)
        ).id
        for n, step in enumerate(steps, 1):
            take_step(session, cast.coordinator, item_id or 0, n, step, StepDraft(on_day=day, said="x"))
    everything = feedback_list(session, cast.coordinator, WAITING, rows=None)
    by_day = set(everything.loc[everything["days_past"] > 0, "words"])
    late = feedback_list(session, cast.coordinator, FeedbackFilters(past_target=True), rows=None)
    assert set(late["words"]) == by_day
    assert len(by_day) == 7 + 4 + 1
    counts = feedback_counts(session, cast.coordinator, FeedbackFilters()).set_index("state")
    assert counts["past"].to_dict() == dict.fromkeys(S, 0) | {S.RECEIVED: 7, S.ACKNOWLEDGED: 4, S.DECIDED: 1}


def test_a_day_and_days_after_it_are_said_in_postgresqls_words_too() -> None:
    expression = DaysAfter(col(FeedbackItem.received_on), literal(7))
    said = str(expression.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    assert said == "(feedback_item.received_on + 7)"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (FeedbackFilters(), {"one", "two", "three"}),
        (FeedbackFilters(states=(S.DECIDED,)), {"two"}),
        (FeedbackFilters(states=COUNTY_NEXT), {"one", "two", "three"}),
        (FeedbackFilters(kind=FeedbackKind.PRAISE), {"one"}),
        (FeedbackFilters(words="TW"), {"two"}),
        (FeedbackFilters(words="50%"), set()),  # no wildcard of the database's
        (FeedbackFilters(words="from ten"), {"two"}),  # in the answer
        (FeedbackFilters(words="lark"), {"three"}),  # in the partner's name
        (FeedbackFilters(voided=True), {"void"}),
    ],
)
def test_filters_choose_rows(session: Session, cast: Cast, chosen: FeedbackFilters, words: set[str]) -> None:
    who = cast.coordinator
    item(session, who, words="one", kind=FeedbackKind.PRAISE)
    item(session, who, S.DECIDED, words="two")
    item(session, who, words="three", partner_id=partner(session, who, "Lark Clinic"))
    void_feedback(session, who, item(session, who, words="void"), 1, "Entered twice")
    make_findable(session)
    assert set(feedback_list(session, who, chosen)["words"]) == words


def test_by_partner_and_mine_are_partnerships_i_hold_and_what_i_wrote_down(session: Session, cast: Cast) -> None:
    held = partner(session, cast.leadership, "Held House", holder_id=cast.coordinator.user_id)
    other = partner(session, cast.leadership, "Other House")
    item(session, cast.leadership, words="held", partner_id=held)
    item(session, cast.leadership, words="other", partner_id=other)
    item(session, cast.coordinator, words="written", partner_id=other)
    mine = FeedbackFilters(holder_id=cast.coordinator.user_id)
    assert set(feedback_list(session, cast.coordinator, mine)["words"]) == {"held", "written"}
    assert set(feedback_waiting(session, cast.coordinator, cast.coordinator.user_id)["words"]) == {"held", "written"}
    of_other = FeedbackFilters(partner_id=other)
    assert set(feedback_list(session, cast.coordinator, of_other)["words"]) == {"other", "written"}


def test_a_page_is_cut_in_the_database_and_pages_do_not_overlap(session: Session, cast: Cast) -> None:
    for n in range(7):
        item(session, cast.coordinator, words=str(n))
    pages = [feedback_list(session, cast.coordinator, FeedbackFilters(), page, rows=3)["words"] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert {words for page in pages for words in page} == set("0123456")


def test_pages_laid_end_to_end_are_the_list_whatever_waits_and_was_reopened(session: Session, cast: Cast) -> None:
    actor, fern = cast.coordinator, partner(session, cast.coordinator)
    courses: list[tuple[S, ...]] = [(), (S.ACKNOWLEDGED,), (S.ACKNOWLEDGED, S.DECIDED, S.TOLD, S.CONFIRMED)]
    courses += [(S.ACKNOWLEDGED, S.DECIDED, S.TOLD, S.REOPENED), (S.ACKNOWLEDGED, S.DECIDED, S.TOLD)]
    for n in range(12):
        item(session, actor, *courses[n % 5], partner_id=fern, received_on=RECEIVED + timedelta(days=-n))
    everything = feedback_list(session, actor, FeedbackFilters(), rows=None)
    for rows in (1, 4, 5, 12, 50):
        pages = [feedback_list(session, actor, FeedbackFilters(), page, rows) for page in range(1, 12 // rows + 3)]
        assert [n for page in pages for n in page["item_id"]] == everything["item_id"].tolist()
    waits = [state in COUNTY_NEXT for state in everything["state"]]
    assert waits == sorted(waits, reverse=True)
    targets = everything["target_on"].dropna().tolist()
    assert targets == sorted(targets)
    told = everything["received_on"][[not each for each in waits]].tolist()
    assert told == sorted(told, reverse=True)
    counts = feedback_counts(session, actor, FeedbackFilters()).set_index("state")
    past = everything[everything["days_past"] > 0]["state"].tolist()
    for state in S:
        assert counts.loc[state, "n"] == everything["state"].tolist().count(state)
        assert counts.loc[state, "past"] == past.count(state)


def test_an_empty_queue_has_its_columns_and_counts_of_zero(session: Session, cast: Cast) -> None:
    empty = feedback_list(session, cast.viewer, WAITING)
    assert empty.empty
    assert {"item_id", "state", "target_on", "days_past"} <= set(empty.columns)
    assert feedback_counts(session, cast.viewer, WAITING)["n"].tolist() == [0] * len(FeedbackState)


def test_a_tribes_feedback_is_in_no_list_count_or_detail_of_those_who_may_not_see_it(
    session: Session, cast: Cast
) -> None:
    tribe = partner(session, cast.leadership, "Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT)
    shared = item(session, cast.tribal_liaison, partner_id=tribe)
    for actor in (cast.tribal_liaison, cast.leadership):
        assert feedback_list(session, actor, FeedbackFilters())["item_id"].tolist() == [shared]
        assert feedback_counts(session, actor, FeedbackFilters())["n"].sum() == 1
        assert feedback_detail(session, actor, shared).row["partner"] == "Example Rancheria"
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        for chosen in (FeedbackFilters(), WAITING, FeedbackFilters(partner_id=tribe), FeedbackFilters(words="start")):
            assert feedback_list(session, actor, chosen).empty
            assert feedback_counts(session, actor, chosen)["n"].sum() == 0
        with pytest.raises(NotFound) as unseen:
            feedback_detail(session, actor, shared)
        with pytest.raises(NotFound) as absent:
            feedback_detail(session, actor, 999)
        assert str(unseen.value) == str(absent.value)


def test_a_person_is_named_only_where_they_agreed_or_the_reader_may_see_names(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    people = [
        Contact(
            key=f"K{n}", partner_id=fern, name=f"Rosa {n}", role="parent partner", may_be_named=may, recorded_at=now()
        )
        for n, may in enumerate((None, True))
    ]
    session.add_all(people)
    session.flush()
    for person in people:
        item(session, cast.coordinator, partner_id=fern, contact_id=person.id, words=person.name)
    item(session, cast.coordinator, partner_id=fern, anonymous=True, words="anonymous")
    item(session, cast.coordinator, person="Ana Example", words="typed")

    def givers(actor: Actor) -> dict[str, str]:
        queue = feedback_list(session, actor, FeedbackFilters())
        return dict(zip(queue["words"], queue["giver"], strict=True))

    assert givers(cast.coordinator) == {
        "Rosa 0": "Fern House · Rosa 0",
        "Rosa 1": "Fern House · Rosa 1",
        "anonymous": "Fern House · anonymous",
        "typed": "Ana Example",
    }
    for actor in (cast.viewer, cast.administrator):
        make_findable(session)
        assert givers(actor) == {
            "Rosa 0": "Fern House · parent partner",
            "Rosa 1": "Fern House · Rosa 1",
            "anonymous": "Fern House · anonymous",
            "typed": "a person",
        }
        typed = feedback_list(session, actor, FeedbackFilters(words="typed"))["item_id"].item()
        assert feedback_detail(session, actor, typed).person == ""
        assert feedback_list(session, actor, FeedbackFilters(words="Ana")).empty


def test_the_detail_has_the_steps_in_order_with_who_recorded_them(session: Session, cast: Cast) -> None:
    told = item(session, cast.coordinator, S.ACKNOWLEDGED, S.DECIDED)
    take_step(
        session, cast.leadership, told, 3, S.TOLD, StepDraft(on_day=date(2026, 3, 9), how="By letter", said="Yes")
    )
    steps = feedback_detail(session, cast.viewer, told).steps
    assert steps["step"].tolist() == [S.RECEIVED, S.ACKNOWLEDGED, S.DECIDED, S.TOLD]
    assert steps["by"].tolist() == ["Cora Coordinator"] * 3 + ["Lena Leader"]
    assert steps.iloc[-1][["how", "said"]].tolist() == ["By letter", "Yes"]


def test_a_spreadsheets_own_words_are_shown_where_no_value_could_hold_them(session: Session, cast: Cast) -> None:
    came = session.get(FeedbackItem, item(session, cast.coordinator, received_on=None, kind=FeedbackKind.OTHER))
    assert came is not None
    came.as_written = {"partner": "Fern Hse", "kind": "gripe", "received_on": "2023-2024"}
    session.flush()
    row = feedback_list(session, cast.coordinator, FeedbackFilters()).iloc[0]
    assert (row["partner"], row["kind"], row["received_words"]) == ("Fern Hse", "gripe", "2023-2024")
    assert pd.isna(row["partner_id"])


def test_what_was_said_at_a_closed_meeting_is_closed_with_it(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast.leadership, "Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT)
    fern = partner(session, cast.leadership)
    meeting = log_engagement(
        session,
        cast.tribal_liaison,
        EngagementDraft.of(held_on=RECEIVED, purpose="Joint table", partners=(PartnerAt(partner_id=tribe),)),
    )
    said = item(session, cast.tribal_liaison, partner_id=fern, engagement_id=meeting.id)
    assert feedback_detail(session, cast.leadership, said).engagement == "Joint table on Mar 5, 2026"
    with pytest.raises(NotFound):
        feedback_detail(session, cast.coordinator, said)
