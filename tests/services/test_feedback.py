"""Feedback: receiving, every step of the loop, correcting, voiding, restoring."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, ERPError, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.contacts import Contact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.queries.feedback import FeedbackFilters, feedback_counts
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import (
    FeedbackDraft,
    StepDraft,
    change_feedback,
    feedback_steps,
    receive_feedback,
    restore_feedback,
    take_step,
    visible_feedback,
    void_feedback,
)
from erp.services.partners import PartnerDraft, add_partner
from erp.services.records import keep_marked_words, now
from erp.states import FEEDBACK_TRANSITIONS
from erp.vocabulary import PUBLISHED, FeedbackKind, FeedbackState, FeedbackWay, PartnerKind
from tests.conftest import Cast

S = FeedbackState
RECEIVED = date(2026, 3, 5)
#: The shortest way into each state.
WAY_TO = {
    S.RECEIVED: (),
    S.ACKNOWLEDGED: (S.ACKNOWLEDGED,),
    S.DECIDED: (S.DECIDED,),
    S.TOLD: (S.DECIDED, S.TOLD),
    S.CONFIRMED: (S.DECIDED, S.TOLD, S.CONFIRMED),
    S.REOPENED: (S.DECIDED, S.TOLD, S.REOPENED),
    S.UNCONFIRMED: (S.DECIDED, S.TOLD, S.UNCONFIRMED),
}


def partner(
    session: Session, cast: Cast, name: str = "Fern House", kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION
) -> int:
    return add_partner(session, cast.coordinator, PartnerDraft(name=name, kind=kind)).id or 0


def draft(**more: Any) -> FeedbackDraft:
    return FeedbackDraft.of(**({"words": "Start later, please", "received_on": RECEIVED} | more))


def item(session: Session, cast: Cast, state: FeedbackState = S.RECEIVED, **more: Any) -> FeedbackItem:
    """Receive an item and bring it into a state, a day per step."""
    who = {} if "partner_id" in more else {"partner_id": partner(session, cast)}
    received = receive_feedback(session, cast.coordinator, draft(**who, **more))
    for n, step in enumerate(WAY_TO[state], 1):
        take_step(session, closer(cast, step), id_of(received), n, step, done(n))
    return received


def closer(cast: Cast, step: FeedbackState) -> Actor:
    """Who takes a step: only leadership closes without the giver."""
    return cast.leadership if step is S.UNCONFIRMED else cast.coordinator


def done(days: int = 0, how: str = "By phone", said: str = "We start at ten from now on") -> StepDraft:
    return StepDraft(on_day=RECEIVED + timedelta(days=days), how=how, said=said)


def id_of(received: FeedbackItem) -> int:
    assert received.id is not None
    return received.id


def last_change(session: Session) -> Change:
    return session.exec(select(Change).order_by(col(Change.id).desc())).first()  # pyright: ignore[reportReturnType] -- there is one


# --- receiving --------------------------------------------------------------------------------------------


def test_feedback_is_kept_in_the_givers_words_with_a_translation_beside_them(session: Session, cast: Cast) -> None:
    received = item(
        session,
        cast,
        words="Empiecen más tarde",
        language="Spanish",
        translation="Start later",
        way=FeedbackWay.LETTER,
        kind=FeedbackKind.REQUEST,
    )
    assert (received.words, received.language, received.translation) == ("Empiecen más tarde", "Spanish", "Start later")
    assert (received.state, received.version, received.key) == (S.RECEIVED, 1, f"F-{received.id:05d}")
    [first] = feedback_steps(session, id_of(received))
    assert (first.step, first.on_day, first.position, first.recorded_by) == (S.RECEIVED, RECEIVED, 1, 1)
    change = last_change(session)
    assert (change.verb, change.record_kind, change.record_id) == ("receive", "feedback_item", received.id)


def test_a_day_nobody_knows_is_left_open_and_not_made_up(session: Session, cast: Cast) -> None:
    received = item(session, cast, received_on=None)
    assert [s.on_day for s in feedback_steps(session, id_of(received))] == [None]


@pytest.mark.parametrize(
    "who", [{"partner_id": None, "person": "a foster parent"}, {"partner_id": None, "anonymous": True}, {}]
)
def test_a_partner_a_role_or_nobody_named_may_have_given_it(session: Session, cast: Cast, who: dict[str, Any]) -> None:
    assert item(session, cast, **who).id is not None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": " "}, "what was said"),
        ({"partner_id": None}, "Say who gave it"),
        ({"received_on": date(2999, 1, 1)}, "still to come"),
        ({"anonymous": True, "person": "Rosa Example"}, "marked anonymous"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        item(session, cast, **wrong)
    assert not session.exec(select(FeedbackItem)).all()


def test_the_person_who_gave_it_must_be_here_and_of_that_partner(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    person = Contact(key="K-1", partner_id=lark, name="Rosa Example", role="parent partner", recorded_at=now())
    session.add(person)
    session.flush()
    with pytest.raises(Invalid, match="another partner"):
        receive_feedback(session, cast.coordinator, draft(partner_id=fern, contact_id=person.id))
    with pytest.raises(NotFound):
        receive_feedback(session, cast.coordinator, draft(partner_id=fern, contact_id=999))
    assert receive_feedback(session, cast.coordinator, draft(partner_id=lark, contact_id=person.id)).contact_id


def test_a_partner_or_a_meeting_that_is_not_here_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        item(session, cast, partner_id=999)
    with pytest.raises(NotFound, match="meeting"):
        item(session, cast, partner_id=None, person="a parent", engagement_id=999)


# --- the steps of the loop --------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "step"), list(product(FeedbackState, FeedbackState)))
def test_the_table_of_transitions_and_nothing_else_says_what_may_follow(
    session: Session, cast: Cast, state: FeedbackState, step: FeedbackState
) -> None:
    received = item(session, cast, state)
    version = received.version
    if step in FEEDBACK_TRANSITIONS[state]:
        take_step(session, closer(cast, step), id_of(received), version, step, done(9))
        assert (received.state, received.version) == (step, version + 1)
        assert last_change(session).verb == FEEDBACK_TRANSITIONS[state][step]
    else:
        with pytest.raises(Invalid, match="What can follow"):
            take_step(session, closer(cast, step), id_of(received), version, step, done(9))
        assert (received.state, received.version) == (state, version)


def test_only_a_told_item_can_be_confirmed_so_the_county_cannot_close_a_loop_alone() -> None:
    before_confirmed = {state for state, steps in FEEDBACK_TRANSITIONS.items() if S.CONFIRMED in steps}
    assert before_confirmed == {S.TOLD, S.UNCONFIRMED}
    assert {state for state, steps in FEEDBACK_TRANSITIONS.items() if S.UNCONFIRMED in steps} == {S.TOLD}


def test_only_leadership_closes_without_the_giver_with_a_reason_and_it_stays_counted(
    session: Session, cast: Cast
) -> None:
    told = item(session, cast, S.TOLD)
    for actor in (cast.coordinator, cast.tribal_liaison, cast.community_liaison):
        with pytest.raises(NotAllowed):
            take_step(session, actor, id_of(told), told.version, S.UNCONFIRMED, done(9))
    with pytest.raises(Invalid, match="why it is closed"):
        take_step(session, cast.leadership, id_of(told), told.version, S.UNCONFIRMED, done(9, said=""))
    take_step(session, cast.leadership, id_of(told), told.version, S.UNCONFIRMED, done(9, said="Asked twice"))
    counts = feedback_counts(session, cast.viewer, FeedbackFilters()).set_index("state")["n"]
    assert counts[S.UNCONFIRMED] == 1
    take_step(session, cast.coordinator, id_of(told), told.version, S.REOPENED, done(10))
    assert [s.step for s in feedback_steps(session, id_of(told))].count(S.UNCONFIRMED) == 1


def test_telling_records_how_and_what_was_said_and_is_not_closing(session: Session, cast: Cast) -> None:
    told = item(session, cast, S.DECIDED)
    for missing in (done(2, how=""), done(2, said="")):
        with pytest.raises(Invalid, match="how the giver was told, and what was said"):
            take_step(session, cast.coordinator, id_of(told), 2, S.TOLD, missing)
    take_step(session, cast.coordinator, id_of(told), 2, S.TOLD, done(2, how="In person"))
    newest = feedback_steps(session, id_of(told))[-1]
    assert (newest.how, newest.said, newest.on_day) == ("In person", "We start at ten from now on", date(2026, 3, 7))
    assert told.state is S.TOLD
    assert told.state.label == "Told, not confirmed"
    assert (last_change(session).after or {})["step"] == {
        "on_day": "2026-03-07",
        "how": "In person",
        "said": "We start at ten from now on",
    }


def test_confirming_needs_how_the_giver_said_so(session: Session, cast: Cast) -> None:
    told = item(session, cast, S.TOLD)
    with pytest.raises(Invalid, match="only the giver can close the loop"):
        take_step(session, cast.coordinator, id_of(told), 3, S.CONFIRMED, done(5, how=" "))
    take_step(session, cast.coordinator, id_of(told), 3, S.CONFIRMED, done(5, how="Wrote back", said=""))
    assert told.state is S.CONFIRMED


def test_the_decision_is_what_the_giver_will_be_told_and_may_be_taken_anew(session: Session, cast: Cast) -> None:
    decided = item(session, cast)
    with pytest.raises(Invalid, match="what was decided"):
        take_step(session, cast.coordinator, id_of(decided), 1, S.DECIDED, done(1, said=""))
    take_step(session, cast.coordinator, id_of(decided), 1, S.DECIDED, done(1, said="Not now"))
    take_step(session, cast.coordinator, id_of(decided), 2, S.DECIDED, done(2, said="From May on"))
    assert decided.decision == "From May on"
    assert [s.said for s in feedback_steps(session, id_of(decided))][1:] == ["Not now", "From May on"]


def test_not_fixed_reopens_and_telling_again_closes_nothing_by_itself(session: Session, cast: Cast) -> None:
    reopened = item(session, cast, S.CONFIRMED)
    with pytest.raises(Invalid, match="not fixed"):
        take_step(session, cast.coordinator, id_of(reopened), 4, S.REOPENED, done(6, said=""))
    take_step(session, cast.coordinator, id_of(reopened), 4, S.REOPENED, done(6, said="Still at eight"))
    take_step(session, cast.coordinator, id_of(reopened), 5, S.TOLD, done(7))
    assert reopened.state is S.TOLD
    steps = [s.step for s in feedback_steps(session, id_of(reopened))]
    assert steps == [S.RECEIVED, S.DECIDED, S.TOLD, S.CONFIRMED, S.REOPENED, S.TOLD]


def test_publishing_is_telling_only_where_the_giver_left_no_way_back(session: Session, cast: Cast) -> None:
    anonymous = item(session, cast, S.DECIDED, partner_id=None, anonymous=True)
    named = item(session, cast, S.DECIDED, partner_id=partner(session, cast, "Lark Clinic"))
    with pytest.raises(Invalid, match="can be reached"):
        take_step(session, cast.coordinator, id_of(named), 2, S.TOLD, done(2, how=PUBLISHED.lower()))
    take_step(session, cast.coordinator, id_of(anonymous), 2, S.TOLD, done(2, how=PUBLISHED))
    assert anonymous.state is S.TOLD


@pytest.mark.parametrize(("day", "sentence"), [(date(2999, 1, 1), "still to come"), (date(2026, 3, 4), "step before")])
def test_a_step_is_not_in_the_future_and_not_before_the_one_before(
    session: Session, cast: Cast, day: date, sentence: str
) -> None:
    received = item(session, cast)
    with pytest.raises(Invalid, match=sentence):
        take_step(session, cast.coordinator, id_of(received), 1, S.ACKNOWLEDGED, StepDraft(on_day=day))
    assert len(feedback_steps(session, id_of(received))) == 1


def test_answers_often_come_the_same_day(session: Session, cast: Cast) -> None:
    received = item(session, cast)
    for version, step in enumerate((S.ACKNOWLEDGED, S.DECIDED, S.TOLD), 1):
        take_step(session, cast.coordinator, id_of(received), version, step, done(0))
    assert received.state is S.TOLD


# --- correcting, voiding, restoring -----------------------------------------------------------------------


def test_a_correction_leaves_the_steps_but_for_the_day_received(session: Session, cast: Cast) -> None:
    told = item(session, cast, S.TOLD)
    values = draft(partner_id=told.partner_id, words="Begin later", received_on=RECEIVED + timedelta(days=1))
    change_feedback(session, cast.coordinator, id_of(told), 3, values)
    assert (told.words, told.state, told.version) == ("Begin later", S.TOLD, 4)
    assert [s.on_day for s in feedback_steps(session, id_of(told))] == [
        RECEIVED + timedelta(days=1),
        RECEIVED + timedelta(days=1),
        RECEIVED + timedelta(days=2),
    ]
    with pytest.raises(Invalid, match="that day or earlier"):
        change_feedback(
            session, cast.coordinator, id_of(told), 4, draft(partner_id=told.partner_id, received_on=date(2026, 3, 9))
        )


def test_a_correction_settles_a_spreadsheets_words_one_by_one(session: Session, cast: Cast) -> None:
    came = item(session, cast, kind=FeedbackKind.OTHER, way=FeedbackWay.OTHER, received_on=None)
    linked, came.partner_id = came.partner_id, None
    came.as_written = {"partner": "Fern Hse", "kind": "gripe", "way": "pigeon", "received_on": "2023-2024"}
    unsettled = {"kind": FeedbackKind.OTHER, "way": FeedbackWay.OTHER, "received_on": None}
    change_feedback(session, cast.coordinator, id_of(came), 1, draft(**unsettled))
    assert set(came.as_written) == {"partner", "kind", "way", "received_on"}
    change_feedback(session, cast.coordinator, id_of(came), 2, draft(**unsettled | {"kind": FeedbackKind.CONCERN}))
    assert set(came.as_written) == {"partner", "way", "received_on"}
    change_feedback(session, cast.coordinator, id_of(came), 3, draft(partner_id=linked))
    assert came.as_written == {}


def test_a_voided_item_takes_no_step_until_it_is_restored(session: Session, cast: Cast) -> None:
    received = item(session, cast)
    with pytest.raises(Invalid, match="Say why"):
        void_feedback(session, cast.coordinator, id_of(received), 1, " ")
    void_feedback(session, cast.coordinator, id_of(received), 1, "Entered twice")
    for act in (
        lambda: take_step(session, cast.coordinator, id_of(received), 2, S.ACKNOWLEDGED, done()),
        lambda: change_feedback(session, cast.coordinator, id_of(received), 2, draft()),
        lambda: void_feedback(session, cast.coordinator, id_of(received), 2, "Again"),
    ):
        with pytest.raises(Invalid, match="voided"):
            act()
    restore_feedback(session, cast.coordinator, id_of(received), 2)
    take_step(session, cast.coordinator, id_of(received), 3, S.ACKNOWLEDGED, done())
    assert received.state is S.ACKNOWLEDGED
    verbs = session.exec(
        select(Change.verb).where(Change.record_kind == "feedback_item").order_by(col(Change.id))
    ).all()
    assert verbs == ["receive", "void", "restore", "acknowledge"]


def test_the_reason_for_keeping_marked_words_stays_in_the_history(session: Session, cast: Cast) -> None:
    received = item(session, cast)
    keep_marked_words(session, "A bus line's number")
    take_step(session, cast.coordinator, id_of(received), 1, S.ACKNOWLEDGED, done())
    assert (last_change(session).after or {})["kept_because"] == "A bus line's number"


# --- who may, and who may not even see it -----------------------------------------------------------------


def test_a_viewer_and_an_administrator_may_see_an_item_but_not_touch_it(session: Session, cast: Cast) -> None:
    received = item(session, cast)
    for actor in (cast.viewer, cast.administrator):
        assert visible_feedback(session, actor, id_of(received)).id == received.id
        for act in (
            lambda who: receive_feedback(session, who, draft(partner_id=received.partner_id)),
            lambda who: change_feedback(session, who, id_of(received), 1, draft(partner_id=received.partner_id)),
            lambda who: take_step(session, who, id_of(received), 1, S.ACKNOWLEDGED, done()),
            lambda who: void_feedback(session, who, id_of(received), 1, "Wrong"),
            lambda who: restore_feedback(session, who, id_of(received), 1),
        ):
            with pytest.raises(NotAllowed):
                act(actor)


def test_a_tribes_feedback_is_sealed_to_liaisons_leadership_and_its_author(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    shared = receive_feedback(session, cast.coordinator, draft(partner_id=tribe))
    for actor in (cast.coordinator, cast.tribal_liaison, cast.leadership):
        assert visible_feedback(session, actor, id_of(shared)).id == shared.id
    for actor in (cast.community_liaison, cast.administrator, cast.viewer):
        with pytest.raises(NotFound):
            visible_feedback(session, actor, id_of(shared))
    with pytest.raises(NotFound) as unseen:
        take_step(session, cast.community_liaison, id_of(shared), 1, S.ACKNOWLEDGED, done())
    with pytest.raises(NotFound) as absent:
        take_step(session, cast.community_liaison, 999, 1, S.ACKNOWLEDGED, done())
    assert str(unseen.value) == str(absent.value)


@pytest.mark.parametrize("elsewhere", ["another partner", "no partner"])
def test_the_author_alone_cannot_move_a_tribes_feedback_into_the_open(
    session: Session, cast: Cast, elsewhere: str
) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    shared = receive_feedback(session, cast.coordinator, draft(partner_id=tribe))
    to = {"partner_id": partner(session, cast)} if elsewhere == "another partner" else {"person": "somebody"}
    with pytest.raises(NotAllowed, match="Tribal"):
        change_feedback(session, cast.coordinator, id_of(shared), 1, draft(**to))
    change_feedback(session, cast.leadership, id_of(shared), 1, draft(**to))
    assert shared.partner_id != tribe


def test_nobody_hangs_feedback_on_a_meeting_they_may_not_see(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    meeting = log_engagement(
        session,
        cast.coordinator,
        EngagementDraft.of(held_on=RECEIVED, purpose="Spring", partners=(PartnerAt(partner_id=tribe),)),
    )
    with pytest.raises(NotFound, match="meeting"):
        receive_feedback(session, cast.community_liaison, draft(person="a parent", engagement_id=meeting.id))


# --- two people at once, twice by accident, all or nothing -------------------------------------------------


def test_a_stale_step_never_overwrites_a_newer_one(session: Session, cast: Cast) -> None:
    received = item(session, cast)
    take_step(session, cast.leadership, id_of(received), 1, S.ACKNOWLEDGED, done())
    for act in (
        lambda: take_step(session, cast.coordinator, id_of(received), 1, S.ACKNOWLEDGED, done()),
        lambda: change_feedback(session, cast.coordinator, id_of(received), 1, draft(partner_id=received.partner_id)),
        lambda: void_feedback(session, cast.coordinator, id_of(received), 1, "Wrong"),
    ):
        with pytest.raises(Conflict, match="while you had it open"):
            act()


def test_of_two_people_at_once_one_takes_the_step_and_the_other_is_told(database: object, cast: Cast) -> None:
    with db.writing() as session:
        received = id_of(item(session, cast))

    def acknowledge(actor: Actor) -> str:
        try:
            with db.writing() as own:
                take_step(own, actor, received, 1, S.ACKNOWLEDGED, done())
        except ERPError as refusal:
            return type(refusal).__name__
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(acknowledge, (cast.coordinator, cast.leadership))) == ["Conflict", "taken"]
    with db.reading() as session:
        assert len(feedback_steps(session, received)) == 2


def test_saving_twice_by_accident_makes_one_item(session: Session, cast: Cast) -> None:
    values = draft(partner_id=partner(session, cast))
    first, second = (receive_feedback(session, cast.coordinator, values, token="form-1") for _ in range(2))
    assert first.id == second.id
    assert len(session.exec(select(FeedbackStep)).all()) == 1


def test_a_refused_step_leaves_nothing_of_what_was_saved_with_it(database: object, cast: Cast) -> None:
    with db.writing() as session:
        received = id_of(item(session, cast))
    with pytest.raises(Invalid), db.writing() as session:  # noqa: PT012 -- the two steps are one transaction
        take_step(session, cast.coordinator, received, 1, S.ACKNOWLEDGED, done())
        take_step(session, cast.coordinator, received, 2, S.CONFIRMED, done())
    with db.reading() as session:
        assert visible_feedback(session, cast.coordinator, received).state is S.RECEIVED
        assert len(feedback_steps(session, received)) == 1


def test_the_future_begins_when_it_is_tomorrow_in_the_county_not_on_the_server(session: Session, cast: Cast) -> None:
    with time_machine.travel("2026-03-06T05:00:00Z", tick=False):  # still March 5 in Alder County
        with pytest.raises(Invalid, match="still to come"):
            item(session, cast, partner_id=None, person="a parent", received_on=date(2026, 3, 6))
        assert item(session, cast, partner_id=None, person="a parent", received_on=date(2026, 3, 5)).id
