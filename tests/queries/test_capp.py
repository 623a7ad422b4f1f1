"""The CAPP page's figures: what stands under each systemic issue, and what moved in a year."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from erp.queries.capp import capp_movement, findings_by_issue
from erp.queries.county import today
from erp.services.barriers import BarrierDraft, EvidenceDraft, name_barrier, take_barrier_step, void_barrier
from erp.services.reviews import ReviewDraft, plan_review
from erp.vocabulary import BarrierState, Compared, Readers, Verdict
from tests.conftest import Cast
from tests.services.givers import given, partner, tribe
from tests.services.test_barriers import own, say
from tests.services.test_reviews import QUESTION, find, planned, told

S = BarrierState


def barrier(session: Session, cast: Cast, days_ago: int, **more: Any) -> Any:
    named_on = today(session) - timedelta(days=days_ago)
    return name_barrier(session, cast.coordinator, BarrierDraft(words="Letters", named_on=named_on, **more))


def step(session: Session, cast: Cast, of: Any, to: BarrierState, days_ago: int) -> None:
    on = today(session) - timedelta(days=days_ago)
    take_barrier_step(session, cast.coordinator, of.id, of.version, to, on, "Agreed")


def row(session: Session, cast: Cast, issue: str, actor: Any = None) -> dict[str, int]:
    movement = capp_movement(session, actor or cast.viewer).set_index("issue")
    return {name: n for name, n in movement.to_dict("index")[issue].items() if n}  # pyright: ignore


def test_without_anything_every_issue_has_a_row_of_zeros(session: Session, cast: Cast) -> None:
    movement = capp_movement(session, cast.viewer)
    assert list(movement["issue"]) == ["CAPP-I1", "CAPP-I2", "CAPP-I3", "CAPP-I4", "none"]
    assert movement.drop(columns="issue").to_numpy().sum() == 0
    assert findings_by_issue(session, cast.viewer).empty


def test_what_moved_in_a_year_is_counted_by_its_days(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    old = barrier(session, cast, 500, issue="CAPP-I3")
    for who in ({"account_id": 1}, {"partner_id": fern}):
        own(session, cast.coordinator, old, **who)
    step(session, cast, old, S.TAKEN_UP, 400)
    step(session, cast, old, S.ASKED, 30)
    say(session, cast.coordinator, old, fern, Verdict.GONE)
    barrier(session, cast, 20, issue="CAPP-I3")
    aside = barrier(session, cast, 366, issue="CAPP-I3")
    step(session, cast, aside, S.SET_ASIDE, 10)
    barrier(session, cast, 365, issue="CAPP-I1")
    barrier(session, cast, 5)
    voided = barrier(session, cast, 5)
    void_barrier(session, cast.coordinator, voided.id, 1, "entered twice")
    assert row(session, cast, "CAPP-I3") == {"open_then": 2, "named": 1, "gone": 1, "set_aside": 1, "open_now": 1}
    assert row(session, cast, "CAPP-I1") == {"open_then": 1, "open_now": 1}
    assert row(session, cast, "none") == {"named": 1, "open_now": 1}


def test_what_came_back_is_told(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    here = barrier(session, cast, 500, issue="CAPP-I2")
    for who in ({"account_id": 1}, {"partner_id": fern}):
        own(session, cast.coordinator, here, **who)
    for to in (S.TAKEN_UP, S.ASKED):
        step(session, cast, here, to, 100)
    say(session, cast.coordinator, here, fern, Verdict.GONE)
    step(session, cast, here, S.BACK, 0)
    assert row(session, cast, "CAPP-I2") == {"open_then": 1, "gone": 1, "back": 1, "open_now": 1}


def test_a_finding_stands_until_a_later_review_looks_at_it_again(session: Session, cast: Cast) -> None:
    day = today(session)
    first = planned(session, cast.coordinator, started_on=day - timedelta(days=700))
    letters = find(session, cast.coordinator, first, "Letters", issue="CAPP-I3")
    calls = find(session, cast.coordinator, first, "Calls", issue="CAPP-I3")
    find(session, cast.coordinator, first, "Rides", issue="CAPP-I1")
    again = plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, started_on=day, again_of=first.id))
    find(session, cast.coordinator, again, "No letters", earlier_id=letters.id, compared=Compared.GONE, issue="CAPP-I3")
    find(session, cast.coordinator, again, "Calls still", earlier_id=calls.id, compared=Compared.SAME, issue="CAPP-I3")
    find(session, cast.coordinator, again, "Rooms", issue="CAPP-I3")
    standing = findings_by_issue(session, cast.viewer)
    assert sorted(standing["words"]) == ["Calls still", "Rides", "Rooms"]
    assert row(session, cast, "CAPP-I3") == {"findings": 2, "new_findings": 1}
    assert row(session, cast, "CAPP-I1") == {"findings": 1}


def test_what_one_may_not_see_is_not_counted(session: Session, cast: Cast) -> None:
    quiet, _ = given(session, readers=Readers.COMMUNITY_LIAISON)
    draft = BarrierDraft(words="Letters", named_on=today(session), issue="CAPP-I1")
    name_barrier(session, cast.community_liaison, draft, (EvidenceDraft(item_id=quiet.id),))
    review = planned(session, cast.tribal_liaison)
    find(session, cast.tribal_liaison, review, "Letters", issue="CAPP-I1")
    told(session, cast.tribal_liaison, review, "Council", partner_id=tribe(session, cast))
    assert row(session, cast, "CAPP-I1") == {}
    assert row(session, cast, "CAPP-I1", cast.community_liaison) == {"named": 1, "open_now": 1}
    assert row(session, cast, "CAPP-I1", cast.leadership) == {"findings": 1, "new_findings": 1}
    assert findings_by_issue(session, cast.coordinator).empty
