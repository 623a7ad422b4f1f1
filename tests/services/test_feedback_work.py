"""Working on feedback: who works on it, targets that rest, the same thing entered twice, office days."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.accounts import Account
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.queries.county import today
from erp.queries.feedback import FeedbackFilters, feedback_counts, feedback_detail, feedback_list
from erp.queries.feedback_links import linked_feedback
from erp.queries.following import followed
from erp.queries.history import record_history
from erp.queries.targets import feedback_targets
from erp.services.county_settings import change_office_days
from erp.services.feedback import StepDraft, feedback_steps, take_step, void_feedback
from erp.services.feedback_work import assign, assignable, go_on, link_feedback, mark_duplicate, pause, unlink_feedback
from erp.services.following import say_not_mended
from erp.services.records import now
from erp.vocabulary import FeedbackState, LinkedAs, Readers, RecordKind, Signed
from tests.conftest import Cast
from tests.services.givers import days_later, given, last_change, link_for, named, partner, tell, tribe

S = FeedbackState


def keyed(item: FeedbackItem) -> tuple[int, int]:
    return item.id or 0, item.version


def listed(session: Session, actor: Actor, **filters: Any) -> list[int]:
    return list(feedback_list(session, actor, FeedbackFilters(**filters))["item_id"])


# --- who works on it ------------------------------------------------------------------------------------------


def test_somebody_works_on_it_and_finds_it_under_mine(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    other, _ = given(session)
    assign(session, cast.leadership, *keyed(item), 1)
    assert listed(session, cast.coordinator, assigned_to=1) == [item.id]
    assert listed(session, cast.coordinator, unassigned=True) == [other.id]
    [row] = feedback_list(session, cast.viewer, FeedbackFilters(assigned_to=1)).to_dict("records")
    assert row["assignee"] == "Cora Coordinator"
    assert last_change(session).after == {"assigned_to": 1, "version": 2}
    assign(session, cast.coordinator, *keyed(item), 4)
    assign(session, cast.coordinator, *keyed(item), None)
    assert set(listed(session, cast.coordinator, unassigned=True)) == {item.id, other.id}
    assert item.assigned_to is None


def test_only_who_may_read_and_change_it_can_work_on_it(session: Session, cast: Cast) -> None:
    for_all, _ = given(session)
    assert set(assignable(session, for_all.id or 0)) == {1, 2, 3, 4}
    for_one, _ = given(session, readers=Readers.COMMUNITY_LIAISON)
    assert assignable(session, for_one.id or 0) == {4: "Colin Liaison"}
    of_a_tribe, _ = given(session, link_for(session, cast, partner_id=tribe(session, cast)))
    assert set(assignable(session, of_a_tribe.id or 0)) == {2, 3}
    with pytest.raises(Invalid, match="may not read or change"):
        assign(session, cast.community_liaison, *keyed(for_one), 1)
    with pytest.raises(NotAllowed):
        assign(session, cast.viewer, *keyed(for_all), 1)
    with pytest.raises(NotFound):
        assign(session, cast.coordinator, *keyed(for_one), 1)
    with pytest.raises(Conflict):
        assign(session, cast.coordinator, for_all.id or 0, 7, 1)
    session.get(Account, 1).disabled_at = now()  # pyright: ignore[reportOptionalMemberAccess]
    session.flush()
    assert 1 not in assignable(session, for_all.id or 0)


def test_what_one_person_alone_may_read_is_theirs_from_the_start(session: Session, cast: Cast) -> None:
    item, _ = given(session, readers=Readers.ONE_PERSON, reader_id=4)
    assert listed(session, cast.community_liaison, assigned_to=4) == [item.id]


# --- resting --------------------------------------------------------------------------------------------------


def test_what_rests_has_no_target_tells_its_giver_why_and_goes_on_later(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    take_step(session, cast.coordinator, *keyed(item), S.ACKNOWLEDGED, StepDraft(on_day=today(session)))
    due = feedback_detail(session, cast.viewer, item.id or 0).row["target_on"]
    pause(session, cast.coordinator, *keyed(item), " The board meets in May ")
    row = feedback_detail(session, cast.viewer, item.id or 0).row
    assert (row["target_on"], row["paused_because"]) == (None, "The board meets in May")
    read = followed(session, receipt)
    assert read is not None
    assert (read.paused_because, read.next_by) == ("The board meets in May", None)
    with days_later(90):
        assert listed(session, cast.coordinator, past_target=True) == []
        assert int(feedback_counts(session, cast.coordinator, FeedbackFilters())["past"].sum()) == 0
        go_on(session, cast.coordinator, *keyed(item))
        row = feedback_detail(session, cast.viewer, item.id or 0).row
        assert (row["target_on"] - due).days == 90
        assert listed(session, cast.coordinator, past_target=True) == []
    with days_later(90 + 31):
        assert listed(session, cast.coordinator, past_target=True) == [item.id]


def test_resting_needs_a_reason_and_something_that_is_the_countys_to_do(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    with pytest.raises(Invalid, match="Say why"):
        pause(session, cast.coordinator, *keyed(item), " ")
    with pytest.raises(Invalid, match="does not rest"):
        go_on(session, cast.coordinator, *keyed(item))
    pause(session, cast.coordinator, *keyed(item), "The board meets in May")
    with pytest.raises(Invalid, match="rests already"):
        pause(session, cast.coordinator, *keyed(item), "again")
    with pytest.raises(Invalid, match="Go on with it first"):
        take_step(session, cast.coordinator, *keyed(item), S.ACKNOWLEDGED, StepDraft(on_day=today(session)))
    go_on(session, cast.coordinator, *keyed(item))
    tell(session, cast, item)
    with pytest.raises(Invalid, match="Nothing is the county's to do"):
        pause(session, cast.coordinator, *keyed(item), "too late")


def test_a_loop_that_begins_anew_does_not_keep_the_days_it_rested(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    pause(session, cast.coordinator, *keyed(item), "The board meets in May")
    with days_later(20):
        go_on(session, cast.coordinator, *keyed(item))
        tell(session, cast, item)
        assert item.paused_days == 20
        say_not_mended(session, receipt, "")
        assert item.paused_days == 0


# --- entered twice --------------------------------------------------------------------------------------------


def test_a_duplicate_leaves_the_queue_and_the_figures_and_its_giver_is_told_too(session: Session, cast: Cast) -> None:
    link = link_for(session, cast, partner_id=partner(session, cast))
    (first, _), (twice, receipt) = given(session, link), given(session, link)
    mark_duplicate(session, cast.coordinator, *keyed(twice), f" {first.key} ")
    assert listed(session, cast.coordinator) == [first.id]
    assert int(feedback_counts(session, cast.coordinator, FeedbackFilters())["n"].sum()) == 1
    held = session.exec(select(Fact.source_id).where(col(Fact.known_to).is_(None))).all()
    assert list(held) == [first.id]
    tell(session, cast, first)
    assert twice.state is S.TOLD
    assert [s.step for s in feedback_steps(session, twice.id or 0)] == [S.RECEIVED, S.DECIDED, S.TOLD]
    read = followed(session, receipt)
    assert read is not None
    assert [s.said for s in read.steps][1:] == ["We begin at four from now on"] * 2
    row = feedback_detail(session, cast.coordinator, twice.id or 0).row
    assert row["duplicate_key"] == first.key
    mark_duplicate(session, cast.coordinator, *keyed(twice), "")
    assert set(listed(session, cast.coordinator)) == {first.id, twice.id}


def test_what_cannot_be_a_duplicate(session: Session, cast: Cast) -> None:
    link = link_for(session, cast, partner_id=partner(session, cast))
    (first, _), (second, _), (third, _) = (given(session, link) for _ in range(3))
    elsewhere, _ = given(session)
    hidden, _ = given(session, link, readers=Readers.COMMUNITY_LIAISON)
    mark_duplicate(session, cast.coordinator, *keyed(second), first.key)
    for item, key, sentence in (
        (third, third.key, "the item itself"),
        (third, second.key, "itself a duplicate"),
        (first, third.key, "Others are duplicates"),
        (third, elsewhere.key, "of different partners"),
    ):
        with pytest.raises(Invalid, match=sentence):
            mark_duplicate(session, cast.coordinator, *keyed(item), key)
    for key in (hidden.key, "F-99999"):
        with pytest.raises(NotFound, match="There is no feedback"):
            mark_duplicate(session, cast.coordinator, *keyed(third), key)


# --- office days ----------------------------------------------------------------------------------------------


def test_the_county_corrects_its_office_days(session: Session, cast: Cast) -> None:
    opened = feedback_targets(session).workdays
    change_office_days(session, cast.administrator, opened, ["12/24/2026", "12/31/2026"], ["Cesar Chavez Day"])
    workdays = feedback_targets(session).workdays
    assert workdays.closed == {date(2026, 12, 24), date(2026, 12, 31)}
    assert workdays.is_open(date(2026, 3, 31))
    with pytest.raises(Conflict):
        change_office_days(session, cast.administrator, opened, [], [])
    for wrong in ("24.12.2026", "13/45/2026", "soon"):
        with pytest.raises(Invalid, match="is not a day"):
            change_office_days(session, cast.administrator, workdays, [wrong], [])
    with pytest.raises(NotAllowed):
        change_office_days(session, cast.coordinator, workdays, [], [])


def test_a_county_that_set_days_of_the_calendar_before_keeps_about_the_same(session: Session, cast: Cast) -> None:
    from erp.models.accounts import Setting

    session.add(Setting(name="feedback_targets", value={"acknowledge": 7, "decide": 20}, recorded_at=now()))
    session.flush()
    assert feedback_targets(session).acknowledge == 5


def test_acknowledging_is_due_after_five_office_days(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    due = feedback_detail(session, cast.viewer, item.id or 0).row["target_on"]
    assert due == feedback_targets(session).workdays.after(today(session), 5)
    days = (due - today(session)).days
    with days_later(days):
        assert listed(session, cast.viewer, past_target=True) == []
    with days_later(days + 1):
        assert listed(session, cast.viewer, past_target=True) == [item.id]
        assert feedback_detail(session, cast.viewer, item.id or 0).row["days_past"] == 1


def links(session: Session, actor: Actor, item: FeedbackItem) -> list[tuple[str, LinkedAs]]:
    return list(linked_feedback(session, actor, item.id or 0)[["key", "linked_as"]].itertuples(index=False, name=None))


def test_what_belongs_together_is_linked_from_both_sides_once(session: Session, cast: Cast) -> None:
    (one, _), (two, _), (three, _) = given(session), given(session), given(session)
    number = one.id or 0
    for _ in range(2):
        link_feedback(session, cast.coordinator, number, two.key, LinkedAs.SAME_THING)
    again = link_feedback(session, cast.coordinator, two.id or 0, one.key, LinkedAs.SAME_THING)
    link_feedback(session, cast.coordinator, number, three.key, LinkedAs.SAME_THING)
    assert links(session, cast.viewer, one) == [(two.key, LinkedAs.SAME_THING), (three.key, LinkedAs.SAME_THING)]
    assert links(session, cast.viewer, two) == [(one.key, LinkedAs.SAME_THING)]
    unlink_feedback(session, cast.coordinator, again.id or 0)
    unlink_feedback(session, cast.coordinator, again.id or 0)
    assert links(session, cast.viewer, two) == []
    history = record_history(session, cast.viewer, RecordKind.FEEDBACK_ITEM, two.id or 0)
    assert list(history["verb"])[:2] == ["unlink feedback", "link feedback"]
    void_feedback(session, cast.coordinator, three.id or 0, three.version, "entered twice")
    assert links(session, cast.viewer, one) == []


def test_a_link_shows_only_where_both_may_be_read_and_its_history_names_nobody(session: Session, cast: Cast) -> None:
    open_, _ = given(session)
    quiet, _ = given(session, readers=Readers.COMMUNITY_LIAISON)
    link = link_feedback(session, cast.community_liaison, open_.id or 0, quiet.key, LinkedAs.SAME_THING)
    assert [actor.name for actor in cast if links(session, actor, open_)] == ["Colin Liaison"]
    history = record_history(session, cast.viewer, RecordKind.FEEDBACK_ITEM, open_.id or 0)
    assert history["after"].iloc[0] == {"linked_as": "Says the same thing"}
    with pytest.raises(NotFound):
        unlink_feedback(session, cast.coordinator, link.id or 0)
    with pytest.raises(NotFound):
        link_feedback(session, cast.coordinator, open_.id or 0, quiet.key, LinkedAs.SAME_THING)
    with pytest.raises(NotFound):
        unlink_feedback(session, cast.coordinator, 99)


def test_nobody_is_told_apart_by_what_else_they_said(session: Session, cast: Cast) -> None:
    by_name, _ = given(session, **named())
    for signed in (Signed.ANONYMOUS, Signed.REACHABLE):
        without, _ = given(session, signed=signed, **({"reach": "555 0100"} if signed is Signed.REACHABLE else {}))
        for one, other in ((by_name, without), (without, by_name)):
            with pytest.raises(Invalid, match="without a name"):
                link_feedback(session, cast.coordinator, one.id or 0, other.key, LinkedAs.SAME_GIVER)
    other, _ = given(session, **named())
    link_feedback(session, cast.coordinator, by_name.id or 0, other.key, LinkedAs.SAME_GIVER)
    assert links(session, cast.viewer, other) == [(by_name.key, LinkedAs.SAME_GIVER)]
    with pytest.raises(Invalid, match="itself"):
        link_feedback(session, cast.coordinator, other.id or 0, other.key, LinkedAs.SAME_THING)
    with pytest.raises(NotAllowed):
        link_feedback(session, cast.viewer, other.id or 0, by_name.key, LinkedAs.SAME_THING)
