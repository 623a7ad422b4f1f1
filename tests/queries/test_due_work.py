"""What is due of barriers, reviews and decisions."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from erp.access import Actor
from erp.queries.barriers import BarrierFilter, barrier_list
from erp.queries.county import today
from erp.queries.due_work import due_work
from erp.services.barrier_work import ACTION, OWNER, ActionDraft, OwnerDraft
from erp.services.barriers import take_barrier_step, void_barrier
from erp.services.decisions import DecisionDraft, check_decision, record_decision
from erp.services.parts import add_part, change_part
from erp.services.reviews import GROUP, RECOMMENDATION, GroupDraft, RecommendationDraft
from erp.vocabulary import BarrierState, Worked
from tests.conftest import Cast
from tests.services.givers import given, tribe
from tests.services.test_barriers import named, own
from tests.services.test_reviews import planned, told


def due(session: Session, actor: Actor, holder_id: int | None = None) -> list[tuple[str, str, int]]:
    work = due_work(session, actor, holder_id)
    return list(work[["kind", "what", "days_over"]].itertuples(index=False, name=None))


def action(session: Session, cast: Cast, in_days: int, what: str = "Ask") -> tuple[Any, Any]:
    barrier = named(session, cast.coordinator)
    owner = own(session, cast.coordinator, barrier, account_id=1)
    draft = ActionDraft(what=what, owner_id=owner, due_on=today(session) + timedelta(days=in_days))
    return barrier, add_part(session, cast.coordinator, ACTION, barrier.id or 0, draft)


def test_without_anything_nothing_is_due(session: Session, cast: Cast) -> None:
    assert due(session, cast.viewer) == []


def test_actions_recommendations_tellings_and_checks_are_due_the_longest_overdue_first(
    session: Session, cast: Cast
) -> None:
    day = today(session)
    action(session, cast, 30, "Soon")
    action(session, cast, 31, "Later")
    action(session, cast, -4, "Late")
    review = planned(session, cast.coordinator, ended_on=day - timedelta(days=9))
    told(session, cast.coordinator, review, "Parents")
    told(session, cast.coordinator, review, "Visit unit", told_on=day, how="In person")
    advice = RecommendationDraft(what="A text", owner="visit unit", due_on=day)
    kept = add_part(session, cast.coordinator, RECOMMENDATION, review.id or 0, advice)
    item, _ = given(session)
    check = {"check_on": day + timedelta(days=2), "items": (item.id,), "decided_on": day}
    decision = record_decision(
        session, cast.coordinator, DecisionDraft.of(what="At four", decided_by="the director", **check)
    )
    assert due(session, cast.viewer) == [
        ("system_review", "Parents", 9),
        ("barrier", "Late", 4),
        ("system_review", "A text", 0),
        ("decision", "At four", -2),
        ("barrier", "Soon", -30),
    ]
    check_decision(session, cast.coordinator, decision.id or 0, 1, day, Worked.YES, "They come")
    done = advice.model_copy(update={"done_on": day, "became": "Sent"})
    change_part(session, cast.coordinator, RECOMMENDATION, kept.id, 1, done)
    assert [what for _, what, _ in due(session, cast.viewer)] == ["Parents", "Late", "Soon"]


def test_what_is_done_dropped_or_voided_is_not_due(session: Session, cast: Cast) -> None:
    for update in ({"done_on": today(session)}, {"dropped": "The law changed"}):
        _, part = action(session, cast, 3)
        draft = ActionDraft(**part.model_dump(include=set(ActionDraft.model_fields)) | update)
        change_part(session, cast.coordinator, ACTION, part.id, 1, draft)
    barrier, _ = action(session, cast, 3)
    void_barrier(session, cast.coordinator, barrier.id, barrier.version, "entered twice")
    aside, _ = action(session, cast, 3)
    args = (aside.id, aside.version, BarrierState.SET_ASIDE, today(session), "The court decides it")
    take_barrier_step(session, cast.coordinator, *args)
    assert due(session, cast.viewer) == []
    assert barrier_list(session, cast.viewer, BarrierFilter("set_aside"))["open_actions"].sum() == 0


def test_only_mine_is_what_i_own_or_wrote_down(session: Session, cast: Cast) -> None:
    action(session, cast, 3)
    review = planned(session, cast.leadership, ended_on=today(session))
    told(session, cast.leadership, review, "Parents")
    assert [what for _, what, _ in due(session, cast.coordinator, 1)] == ["Ask"]
    assert [what for _, what, _ in due(session, cast.coordinator, 2)] == ["Parents"]


@pytest.mark.parametrize("closed", ["barrier", "review"])
def test_what_one_may_not_see_is_not_due_for_them(session: Session, cast: Cast, closed: str) -> None:
    band = tribe(session, cast)
    if closed == "barrier":
        barrier, _ = action(session, cast, 3)
        barrier.recorded_by = cast.tribal_liaison.user_id
        add_part(session, cast.tribal_liaison, OWNER, barrier.id, OwnerDraft(partner_id=band))
    else:
        review = planned(session, cast.tribal_liaison, ended_on=today(session))
        add_part(session, cast.tribal_liaison, GROUP, review.id or 0, GroupDraft(name="Council", partner_id=band))
    assert due(session, cast.coordinator) == []
    assert len(due(session, cast.leadership)) == 1
