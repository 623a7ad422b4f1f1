"""Planned engagements that repeat: planned at once, one, the following or all changed, cancelled, planned further."""

from datetime import date

import pytest
import time_machine
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.engagements import DiscussionPoint, Engagement, EngagementPartner
from erp.queries.engagement_detail import engagement_detail
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import (
    EngagementDraft,
    PartnerAt,
    PointDraft,
    cancel_engagement,
    change_engagement,
    void_engagement,
)
from erp.services.series import RowDraft, cancel_row, change_row, draft_of, plan_more, plan_row
from erp.vocabulary import EngagementStatus, PartnerKind, Reach, Repeats
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner

PLANNED, HELD, CANCELLED = EngagementStatus.PLANNED, EngagementStatus.HELD, EngagementStatus.CANCELLED
#: Second Tuesdays.
DAYS = [date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9), date(2027, 4, 13)]
MONTHLY = RowDraft(repeats=Repeats.MONTHLY_WEEKDAY, until=date(2027, 4, 30))


def planned(*partners: int, **more: object) -> EngagementDraft:
    return meeting(*partners, **({"status": PLANNED, "held_on": DAYS[0], "held_at": "10 am"} | more))


def row(session: Session) -> list[Engagement]:
    return list(session.exec(select(Engagement).order_by(col(Engagement.slot_on), col(Engagement.id))))


def days(session: Session) -> list[date | None]:
    return [each.held_on for each in row(session)]


def edit(session: Session, actor: Actor, one: Engagement, reach: Reach, **values: object) -> Engagement:
    draft = draft_of(session, one).model_copy(update=values)
    return change_row(session, actor, one.id or 0, one.version, draft, reach)


@pytest.fixture
def fern(session: Session, cast: Cast) -> int:
    fern = partner(session, cast, "Fern House")
    plan_row(session, cast.coordinator, planned(fern), MONTHLY, token="form-1")
    return fern


def test_a_row_is_planned_at_once(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    draft = planned(fern, lark, points=(PointDraft(what="Open points"),), key="T1")
    first = plan_row(session, cast.coordinator, draft, MONTHLY, promises=(CommitmentDraft(what="A", partner_id=fern),))
    assert days(session) == DAYS
    assert {(each.status, each.held_at, each.purpose) for each in row(session)} == {
        (PLANNED, "10 am", "Spring planning")
    }
    assert len(session.exec(select(EngagementPartner)).all()) == 8
    assert len(session.exec(select(DiscussionPoint)).all()) == 4
    assert [promise.engagement_id for promise in session.exec(select(Commitment))] == [first.id]
    assert len({each.key for each in row(session)}) == 4
    assert first.key == "T1"
    logged = session.exec(select(Change).where(Change.verb == "log")).all()
    assert [change.after["repeats"] for change in logged if change.after] == ["monthly_weekday"] * 4


def test_the_same_form_twice_plans_one_row(session: Session, cast: Cast, fern: int) -> None:
    again = plan_row(session, cast.coordinator, planned(fern), MONTHLY, token="form-1")
    assert len(row(session)) == 4
    assert again.id == row(session)[0].id
    with pytest.raises(Conflict):
        plan_row(session, cast.coordinator, planned(fern, purpose="Else"), MONTHLY, token="form-1")


@pytest.mark.parametrize(
    ("values", "until", "said"),
    [
        ({"status": HELD, "held_on": date(2026, 1, 13)}, date(2026, 9, 1), "Only what is planned for a day"),
        ({"held_on": None, "when_words": "in spring"}, date(2027, 9, 1), "Only what is planned for a day"),
        ({}, date(2027, 2, 8), "does not come round before the last day"),
        ({}, date(2037, 12, 31), "132 engagements; 120 at most"),
    ],
)
def test_what_cannot_repeat_is_refused(
    session: Session, cast: Cast, values: dict[str, object], until: date, said: str
) -> None:
    fern = partner(session, cast, "Fern House")
    with pytest.raises(Invalid, match=said):
        plan_row(session, cast.coordinator, planned(fern, **values), MONTHLY.model_copy(update={"until": until}))
    assert not row(session)


def test_one_is_changed_alone(session: Session, cast: Cast, fern: int) -> None:
    edit(session, cast.community_liaison, row(session)[1], Reach.ONE, purpose="Budget", held_on=date(2027, 2, 10))
    assert [each.purpose for each in row(session)] == ["Spring planning", "Budget", *["Spring planning"] * 2]
    assert days(session) == [DAYS[0], date(2027, 2, 10), *DAYS[2:]]


@pytest.mark.parametrize(("reach", "changed"), [(Reach.FOLLOWING, [1, 2, 3]), (Reach.ALL, [0, 1, 2, 3])])
def test_what_was_changed_is_carried_over_and_nothing_else(
    session: Session, cast: Cast, fern: int, reach: Reach, changed: list[int]
) -> None:
    lark = partner(session, cast, "Lark Clinic")
    edit(session, cast.coordinator, row(session)[2], Reach.ONE, purpose="Budget", county_people="Lena")
    here = row(session)[1]
    edit(session, cast.coordinator, here, reach, place="Library", partners=(PartnerAt(partner_id=lark),))
    moved = [place for place, each in enumerate(row(session)) if each.place == "Library"]
    assert moved == changed
    assert [draft_of(session, each).partners[0].partner_id == lark for each in row(session)].count(True) == len(changed)
    assert (row(session)[2].purpose, row(session)[2].county_people) == ("Budget", "Lena")
    assert days(session) == DAYS


def test_a_row_moves_along_forward_and_back(session: Session, cast: Cast, fern: int) -> None:
    edit(session, cast.coordinator, row(session)[2], Reach.ALL, held_on=date(2027, 3, 10))
    second_wednesdays = [date(2027, 1, 13), date(2027, 2, 10), date(2027, 3, 10), date(2027, 4, 14)]
    assert days(session) == second_wednesdays
    assert [each.slot_on for each in row(session)] == second_wednesdays
    edit(session, cast.coordinator, row(session)[2], Reach.FOLLOWING, held_on=date(2027, 3, 17))
    assert days(session) == [*second_wednesdays[:2], date(2027, 3, 17), date(2027, 4, 21)]


def test_one_that_was_moved_by_itself_keeps_its_day(session: Session, cast: Cast, fern: int) -> None:
    edit(session, cast.coordinator, row(session)[1], Reach.ONE, held_on=date(2027, 2, 24))
    edit(session, cast.coordinator, row(session)[0], Reach.ALL, held_on=date(2027, 1, 13))
    assert days(session) == [date(2027, 1, 13), date(2027, 2, 24), date(2027, 3, 10), date(2027, 4, 14)]


def test_what_was_held_cancelled_or_voided_stays_as_it_is(session: Session, cast: Cast, fern: int) -> None:
    first, second, third, last = row(session)
    held = draft_of(session, first).model_copy(update={"status": HELD, "held_on": date(2026, 1, 12)})
    change_engagement(session, cast.coordinator, first.id or 0, 1, held)
    cancel_engagement(session, cast.coordinator, second.id or 0, 1)
    void_engagement(session, cast.leadership, third.id or 0, 1, "Entered twice")
    edit(session, cast.coordinator, last, Reach.ALL, purpose="Budget")
    assert [each.purpose for each in (first, second, third, last)] == [*["Spring planning"] * 3, "Budget"]


def test_only_what_stays_planned_changes_with_others(session: Session, cast: Cast, fern: int) -> None:
    with pytest.raises(Invalid, match="Change only this one"):
        edit(session, cast.coordinator, row(session)[0], Reach.ALL, status=HELD, held_on=date(2026, 1, 12))
    lone = partner(session, cast, "Lark Clinic")
    alone = plan_row(session, cast.coordinator, planned(lone), MONTHLY)
    alone.series = ""
    with pytest.raises(Invalid, match="does not repeat"):
        edit(session, cast.coordinator, alone, Reach.ALL, purpose="Budget")


@pytest.mark.parametrize(("reach", "left"), [(Reach.ONE, 3), (Reach.FOLLOWING, 1), (Reach.ALL, 0)])
def test_cancelling_reaches_as_far_as_it_says(session: Session, cast: Cast, fern: int, reach: Reach, left: int) -> None:
    second = row(session)[1]
    cancel_row(session, cast.coordinator, second.id or 0, 1, reach)
    assert [each.status for each in row(session)].count(PLANNED) == left
    assert second.status is CANCELLED


def test_a_row_is_planned_further_without_what_was_said(session: Session, cast: Cast, fern: int) -> None:
    last = row(session)[-1]
    edit(session, cast.coordinator, last, Reach.ONE, facts="The roof leaks", held_on=date(2027, 4, 20))
    assert plan_more(session, cast.coordinator, row(session)[0].id or 0, date(2027, 6, 30)) == 2
    assert days(session)[4:] == [date(2027, 5, 11), date(2027, 6, 8)]
    assert {(each.facts, each.status, each.purpose) for each in row(session)[4:]} == {("", PLANNED, "Spring planning")}
    with pytest.raises(Invalid, match="Every turn until June 30, 2027 is planned already"):
        plan_more(session, cast.coordinator, row(session)[0].id or 0, date(2027, 6, 30))


def test_of_what_are_several_only_what_was_added_or_taken_out_is_carried_over(
    session: Session, cast: Cast, fern: int
) -> None:
    lark, heron = partner(session, cast, "Lark Clinic"), partner(session, cast, "Heron Hall")
    own = {"partners": (PartnerAt(partner_id=fern), PartnerAt(partner_id=lark)), "points": (PointDraft(what="Rooms"),)}
    edit(session, cast.coordinator, row(session)[2], Reach.ONE, **own)
    here = {"partners": (PartnerAt(partner_id=heron),), "points": (PointDraft(what="Food"),)}
    edit(session, cast.coordinator, row(session)[1], Reach.FOLLOWING, **here)
    third, last = (draft_of(session, each) for each in row(session)[2:])
    assert [there.partner_id for there in third.partners] == [lark, heron]
    assert [point.what for point in third.points] == ["Rooms", "Food"]
    assert [there.partner_id for there in last.partners] == [heron]
    edit(
        session,
        cast.coordinator,
        row(session)[1],
        Reach.FOLLOWING,
        partners=(PartnerAt(partner_id=lark, two_way=False),),
    )
    assert draft_of(session, row(session)[2]).partners == (PartnerAt(partner_id=lark, two_way=False),)


def test_words_of_a_tribes_record_reach_no_open_one(session: Session, cast: Cast, fern: int) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    both = (PartnerAt(partner_id=fern), PartnerAt(partner_id=tribe))
    edit(session, cast.tribal_liaison, row(session)[1], Reach.ONE, partners=both)
    with pytest.raises(Invalid, match="open to everybody there"):
        edit(session, cast.tribal_liaison, row(session)[1], Reach.ALL, purpose="What the council asked for")


def test_a_tribe_may_join_the_whole_row(session: Session, cast: Cast, fern: int) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    both = (PartnerAt(partner_id=fern), PartnerAt(partner_id=tribe))
    edit(session, cast.tribal_liaison, row(session)[0], Reach.ALL, partners=both, purpose="Plans")
    assert {each.purpose for each in row(session)} == {"Plans"}
    assert len(engagement_detail(session, cast.tribal_liaison, row(session)[0].id or 0).row) == 4


def test_the_last_friday_stays_the_last(session: Session, cast: Cast) -> None:
    fern = partner(session, cast, "Fern House")
    until = MONTHLY.model_copy(update={"until": date(2027, 2, 28)})
    first = plan_row(session, cast.coordinator, planned(fern, held_on=date(2027, 1, 29)), until)
    plan_more(session, cast.coordinator, first.id or 0, date(2027, 4, 30))
    fridays = [date(2027, 1, 29), date(2027, 2, 26), date(2027, 3, 26), date(2027, 4, 30)]
    assert days(session) == fridays
    edit(session, cast.coordinator, row(session)[1], Reach.ALL, held_on=date(2027, 2, 25))
    assert days(session) == [date(2027, 1, 28), date(2027, 2, 25), date(2027, 3, 25), date(2027, 4, 29)]
    plan_more(session, cast.coordinator, first.id or 0, date(2027, 7, 31))
    assert days(session)[4:] == [date(2027, 5, 27), date(2027, 6, 24), date(2027, 7, 29)]  # Thursdays, the last ones


def test_a_row_moved_in_two_parts_goes_by_the_turns_next_to_it(session: Session, cast: Cast, fern: int) -> None:
    edit(session, cast.coordinator, row(session)[2], Reach.FOLLOWING, held_on=date(2027, 3, 10))
    edit(session, cast.coordinator, row(session)[0], Reach.ALL, held_on=date(2027, 1, 14))
    second_thursdays = [date(2027, 1, 14), date(2027, 2, 11), date(2027, 3, 11), date(2027, 4, 8)]
    assert days(session) == second_thursdays


def test_a_point_of_another_keeps_its_own_follow_up(session: Session, cast: Cast, fern: int) -> None:
    budget = PointDraft(what="Budget")
    edit(session, cast.coordinator, row(session)[0], Reach.ALL, points=(budget,))
    asked = budget.model_copy(update={"follow_up": "Ask the school"})
    edit(session, cast.coordinator, row(session)[1], Reach.ONE, points=(asked,))
    due = budget.model_copy(update={"follow_up_due": date(2027, 2, 1)})
    edit(session, cast.coordinator, row(session)[0], Reach.ALL, points=(due,))
    points = [draft_of(session, each).points for each in row(session)]
    assert points == [(due,), (asked.model_copy(update={"follow_up_due": date(2027, 2, 1)}),), (due,), (due,)]


def test_what_was_absent_is_asked_for_again_when_planned_further(session: Session, cast: Cast, fern: int) -> None:
    absent = (PartnerAt(partner_id=fern, two_way=False),)
    edit(session, cast.coordinator, row(session)[-1], Reach.ONE, partners=absent)
    plan_more(session, cast.coordinator, row(session)[0].id or 0, date(2027, 5, 31))
    assert draft_of(session, row(session)[-1]).partners == (PartnerAt(partner_id=fern),)


def test_a_turn_is_never_planned_twice_also_where_it_is_not_seen(session: Session, cast: Cast, fern: int) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    edit(session, cast.tribal_liaison, row(session)[-1], Reach.ONE, partners=(PartnerAt(partner_id=tribe),))
    assert plan_more(session, cast.community_liaison, row(session)[0].id or 0, date(2027, 5, 31)) == 1
    assert days(session) == [*DAYS, date(2027, 5, 11)]


def test_cancelled_turns_are_planned_again_and_a_voided_page_plans_none(
    session: Session, cast: Cast, fern: int
) -> None:
    third = row(session)[2]
    cancel_row(session, cast.coordinator, third.id or 0, 1, Reach.FOLLOWING)
    assert plan_more(session, cast.coordinator, row(session)[0].id or 0, DAYS[-1]) == 2
    void_engagement(session, cast.leadership, third.id or 0, third.version, "Entered twice")
    with pytest.raises(Conflict, match="was voided"):
        plan_more(session, cast.coordinator, third.id or 0, date(2027, 12, 31))


def test_days_that_are_past_wait_to_be_recorded_as_they_were(session: Session, cast: Cast, fern: int) -> None:
    with time_machine.travel("2027-02-20T20:00:00Z"):
        edit(session, cast.coordinator, row(session)[2], Reach.ALL, held_on=date(2027, 3, 10))
        assert days(session) == [*DAYS[:2], date(2027, 3, 10), date(2027, 4, 14)]
        cancel_row(session, cast.coordinator, row(session)[2].id or 0, 2, Reach.ALL)
    assert [each.status for each in row(session)] == [PLANNED, PLANNED, CANCELLED, CANCELLED]


def test_readers_change_no_row(session: Session, cast: Cast, fern: int) -> None:
    one = row(session)[0].id or 0
    for act in (
        lambda: plan_row(session, cast.viewer, planned(fern), MONTHLY),
        lambda: edit(session, cast.viewer, row(session)[0], Reach.ALL, purpose="X"),
        lambda: cancel_row(session, cast.viewer, one, 1, Reach.ALL),
        lambda: plan_more(session, cast.viewer, one, date(2027, 12, 1)),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_those_a_reader_may_not_see_are_in_no_row(session: Session, cast: Cast, fern: int) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    third = row(session)[2]
    edit(session, cast.tribal_liaison, third, Reach.ONE, partners=(PartnerAt(partner_id=tribe),))
    seen = [
        len(engagement_detail(session, actor, row(session)[0].id or 0).row)
        for actor in (cast.tribal_liaison, cast.viewer)
    ]
    assert seen == [4, 3]
    edit(session, cast.community_liaison, row(session)[0], Reach.ALL, purpose="Budget")
    assert third.purpose == "Spring planning"
    with pytest.raises(NotFound):
        cancel_row(session, cast.community_liaison, third.id or 0, third.version, Reach.ALL)


def test_two_at_once_the_second_is_told(session: Session, cast: Cast, fern: int) -> None:
    one = row(session)[0]
    edit(session, cast.coordinator, one, Reach.ALL, purpose="Budget")
    draft = draft_of(session, one).model_copy(update={"purpose": "Food"})
    with pytest.raises(Conflict):
        change_row(session, cast.leadership, one.id or 0, 1, draft, Reach.ALL)
