"""Promises: making, keeping, keeping late, withdrawing, reopening, correcting, voiding, restoring."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, ERPError, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.queries.county import today
from erp.services.commitments import (
    CommitmentDraft,
    change_commitment,
    keep_commitment,
    make_commitment,
    reopen_commitment,
    restore_commitment,
    visible_commitment,
    void_commitment,
    withdraw_commitment,
)
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.services.records import keep_marked_words
from erp.states import COMMITMENT_TRANSITIONS, commitment_state
from erp.vocabulary import CommitmentState, PartnerKind, Side
from tests.conftest import Cast

S = CommitmentState
MADE, DUE = date(2026, 3, 5), date(2026, 3, 20)


def partner(
    session: Session, cast: Cast, name: str = "Fern House", kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION
) -> int:
    return add_partner(session, cast.coordinator, PartnerDraft(name=name, kind=kind)).id or 0


def draft(partner_id: Any, **more: object) -> CommitmentDraft:
    values = {"what": "Send the notes", "partner_id": partner_id, "made_on": MADE, "due_on": DUE} | more
    return CommitmentDraft.of(**values)


def promise(session: Session, cast: Cast, **more: object) -> Commitment:
    return make_commitment(session, cast.coordinator, draft(partner(session, cast), **more))


def id_of(made: Commitment) -> int:
    assert made.id is not None
    return made.id


def stands(session: Session, made: Commitment) -> CommitmentState:
    return commitment_state(made.due_on, made.done_on, made.withdrawn_on, today(session))


def last_change(session: Session) -> Change:
    return session.exec(select(Change).order_by(col(Change.id).desc())).first()  # pyright: ignore[reportReturnType] -- there is one


# --- the state on a day -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "done", "withdrawn", "state"),
    [
        (None, None, None, S.OPEN),
        (date(2026, 5, 1), None, None, S.OPEN),  # the due day itself is not late yet
        (date(2026, 4, 30), None, None, S.OVERDUE),
        (date(2026, 4, 30), date(2026, 4, 30), None, S.KEPT),
        (date(2026, 4, 29), date(2026, 4, 30), None, S.KEPT_LATE),
        (None, date(2026, 4, 30), None, S.KEPT),
        (date(2026, 4, 30), date(2026, 5, 2), None, S.OVERDUE),  # what comes after the day does not count yet
        (date(2026, 4, 1), None, date(2026, 4, 30), S.WITHDRAWN),
        (date(2026, 4, 1), None, date(2026, 5, 2), S.OVERDUE),
    ],
)
def test_the_state_of_a_promise_follows_from_its_days(
    due: date | None, done: date | None, withdrawn: date | None, state: CommitmentState
) -> None:
    assert commitment_state(due, done, withdrawn, date(2026, 5, 1)) is state


def test_every_state_has_its_row_in_the_table_of_transitions() -> None:
    assert set(COMMITMENT_TRANSITIONS) == set(CommitmentState)


# --- works ------------------------------------------------------------------------------------------------


def test_a_promise_is_made_with_its_days_and_told_in_the_history(session: Session, cast: Cast) -> None:
    made = promise(session, cast, due_on=None, due_words="every fiscal year")
    assert (made.key, made.owed_by, made.version) == (f"C-{made.id:05d}", Side.COUNTY, 1)
    assert made.as_written == {"due_on": "every fiscal year"}
    change = last_change(session)
    assert (change.verb, change.record_kind, change.record_id) == ("make", "commitment", made.id)
    assert change.actor_name == "Cora Coordinator"
    assert change.after is not None
    assert change.after["what"] == "Send the notes"


def test_another_body_may_owe_a_promise_and_is_named_as_written(session: Session, cast: Cast) -> None:
    made = promise(session, cast, owed_by=None, owed_by_words="Clerk of the Board")
    assert made.owed_by is None
    assert made.as_written == {"owed_by": "Clerk of the Board"}


def test_kept_by_the_due_day_is_kept_and_later_is_kept_late_by_itself(session: Session, cast: Cast) -> None:
    a_partner = partner(session, cast)
    in_time, late = (make_commitment(session, cast.coordinator, draft(a_partner)) for _ in range(2))
    keep_commitment(session, cast.coordinator, id_of(in_time), 1, DUE)
    keep_commitment(session, cast.coordinator, id_of(late), 1, DUE + timedelta(days=1))
    assert (stands(session, in_time), stands(session, late)) == (S.KEPT, S.KEPT_LATE)
    assert last_change(session).before == {"done_on": None, "version": 1}
    assert last_change(session).after == {"done_on": "2026-03-21", "version": 2}


def test_a_promise_is_withdrawn_by_agreement_also_after_its_due_day(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    withdraw_commitment(session, cast.coordinator, id_of(made), 1, date(2026, 4, 2), " Both found a better way ")
    assert stands(session, made) is S.WITHDRAWN
    assert made.reason == "Both found a better way"
    assert last_change(session).verb == "withdraw"


@pytest.mark.parametrize("finished", ["kept", "withdrawn"])
def test_what_was_finished_by_mistake_is_reopened_with_a_reason(session: Session, cast: Cast, finished: str) -> None:
    made = promise(session, cast)
    if finished == "kept":
        keep_commitment(session, cast.coordinator, id_of(made), 1, DUE)
    else:
        withdraw_commitment(session, cast.coordinator, id_of(made), 1, DUE, "Agreed by phone")
    reopen_commitment(session, cast.coordinator, id_of(made), 2, "The partner says it never arrived")
    assert stands(session, made) is S.OVERDUE
    assert (made.done_on, made.withdrawn_on, made.reason) == (None, None, "The partner says it never arrived")
    assert last_change(session).verb == "reopen"


def test_a_correction_changes_words_and_days_and_leaves_a_spreadsheets_other_words(
    session: Session, cast: Cast
) -> None:
    made = promise(session, cast, due_on=None, due_words="in spring")
    made.as_written = made.as_written | {"withdrawn_on": "maybe"}
    change_commitment(
        session, cast.coordinator, id_of(made), 1, draft(made.partner_id or 0, what="Send both notes", due_on=DUE)
    )
    assert (made.what, made.due_on, made.version) == ("Send both notes", DUE, 2)
    assert made.as_written == {"withdrawn_on": "maybe"}
    assert last_change(session).verb == "change"


def test_a_promise_imported_without_a_known_partner_can_be_corrected_and_linked_later(
    session: Session, cast: Cast
) -> None:
    made = promise(session, cast)
    linked, made.partner_id, made.as_written = made.partner_id, None, {"partner": "Fern Hse"}
    change_commitment(session, cast.coordinator, id_of(made), 1, draft(None, due_on=None))
    assert made.as_written == {"partner": "Fern Hse"}
    change_commitment(session, cast.coordinator, id_of(made), 2, draft(linked or 0))
    assert (made.partner_id, made.as_written) == (linked, {})


def test_voiding_takes_a_promise_out_and_restoring_brings_it_back(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    void_commitment(session, cast.coordinator, id_of(made), 1, "Entered twice")
    assert made.voided_at is not None
    assert made.void_reason == "Entered twice"
    restore_commitment(session, cast.coordinator, id_of(made), 2)
    assert (made.voided_at, made.void_reason, made.version) == (None, "", 3)
    verbs = session.exec(select(Change.verb).where(Change.record_kind == "commitment").order_by(col(Change.id))).all()
    assert verbs == ["make", "void", "restore"]


def test_the_reason_for_keeping_marked_words_stays_in_the_history(session: Session, cast: Cast) -> None:
    keep_marked_words(session, "It is a form's number")
    make_commitment(session, cast.coordinator, draft(partner(session, cast)))
    assert (last_change(session).after or {})["kept_because"] == "It is a form's number"


# --- who may, and who may not even see it -----------------------------------------------------------------


def test_a_viewer_and_an_administrator_may_see_a_promise_but_not_touch_it(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    for actor in (cast.viewer, cast.administrator):
        assert visible_commitment(session, actor, id_of(made)).id == made.id
        for act in (
            lambda who: make_commitment(session, who, draft(made.partner_id or 0)),
            lambda who: change_commitment(session, who, id_of(made), 1, draft(made.partner_id or 0)),
            lambda who: keep_commitment(session, who, id_of(made), 1, DUE),
            lambda who: withdraw_commitment(session, who, id_of(made), 1, DUE, "Agreed"),
            lambda who: reopen_commitment(session, who, id_of(made), 1, "Not done"),
            lambda who: void_commitment(session, who, id_of(made), 1, "Wrong"),
            lambda who: restore_commitment(session, who, id_of(made), 1),
        ):
            with pytest.raises(NotAllowed):
                act(actor)
    assert made.version == 1


def test_a_tribes_promise_is_not_found_by_others_also_when_they_try_to_change_it(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    made = make_commitment(session, cast.coordinator, draft(tribe))
    for actor in (cast.coordinator, cast.tribal_liaison, cast.leadership):
        assert visible_commitment(session, actor, id_of(made)).id == made.id
    with pytest.raises(NotFound) as unseen:
        keep_commitment(session, cast.community_liaison, id_of(made), 1, DUE)
    with pytest.raises(NotFound) as absent:
        keep_commitment(session, cast.community_liaison, 999, 1, DUE)
    assert str(unseen.value) == str(absent.value)


def test_a_promise_made_at_a_meeting_with_a_tribe_is_as_closed_as_the_meeting(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    other = partner(session, cast)
    meeting = log_engagement(
        session,
        cast.coordinator,
        EngagementDraft.of(held_on=MADE, purpose="Spring", partners=(PartnerAt(partner_id=tribe),)),
    )
    made = make_commitment(session, cast.coordinator, draft(other, engagement_id=meeting.id))
    with pytest.raises(NotFound):
        visible_commitment(session, cast.community_liaison, id_of(made))
    with pytest.raises(NotFound, match="meeting"):  # nor can they hang one on it
        make_commitment(session, cast.community_liaison, draft(other, engagement_id=meeting.id))


def test_the_author_alone_cannot_move_a_tribes_promise_into_the_open(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    other = partner(session, cast)
    made = make_commitment(session, cast.coordinator, draft(tribe))
    with pytest.raises(NotAllowed, match="Tribal"):
        change_commitment(session, cast.coordinator, id_of(made), 1, draft(other))
    change_commitment(session, cast.tribal_liaison, id_of(made), 1, draft(other))
    assert made.partner_id == other


# --- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"what": "  "}, "what was promised"),
        ({"partner_id": None}, "Choose the partner"),
        ({"owed_by": None}, "Say who owes"),
        ({"made_on": date(2999, 1, 1), "due_on": None}, "still to come"),
        ({"done_on": date(2999, 1, 1)}, "still to come"),
        ({"due_on": date(2026, 3, 4)}, "before it was made"),
        ({"done_on": date(2026, 3, 4)}, "before it was made"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, object], sentence: str
) -> None:
    given = {"partner_id": partner(session, cast)} | wrong
    with pytest.raises(Invalid, match=sentence):
        make_commitment(session, cast.coordinator, draft(**given))
    assert not session.exec(select(Commitment)).all()


def test_a_partner_that_is_not_here_or_archived_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        make_commitment(session, cast.coordinator, draft(999))
    made = promise(session, cast)
    archive_partner(session, cast.coordinator, made.partner_id or 0, 1, "Closed")
    with pytest.raises(NotFound, match="archived"):
        make_commitment(session, cast.coordinator, draft(made.partner_id or 0))
    change_commitment(session, cast.coordinator, id_of(made), 1, draft(made.partner_id or 0, what="Still correctable"))
    assert made.what == "Still correctable"


def test_a_promise_is_not_kept_or_withdrawn_on_an_impossible_day(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    tomorrow = today(session) + timedelta(days=1)
    for act in (
        lambda: keep_commitment(session, cast.coordinator, id_of(made), 1, tomorrow),
        lambda: keep_commitment(session, cast.coordinator, id_of(made), 1, MADE - timedelta(days=1)),
        lambda: withdraw_commitment(session, cast.coordinator, id_of(made), 1, tomorrow, "Agreed"),
        lambda: withdraw_commitment(session, cast.coordinator, id_of(made), 1, MADE - timedelta(days=1), "Agreed"),
    ):
        with pytest.raises(Invalid):
            act()
    assert (made.done_on, made.withdrawn_on, made.version) == (None, None, 1)


def test_withdrawing_reopening_and_voiding_need_a_reason(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    for act in (
        lambda: withdraw_commitment(session, cast.coordinator, id_of(made), 1, DUE, "  "),
        lambda: reopen_commitment(session, cast.coordinator, id_of(made), 1, ""),
        lambda: void_commitment(session, cast.coordinator, id_of(made), 1, " "),
    ):
        with pytest.raises(Invalid, match="Say why"):
            act()


def test_steps_the_table_does_not_have_are_refused(session: Session, cast: Cast) -> None:
    a_partner = partner(session, cast)
    kept, withdrawn, still_open = (make_commitment(session, cast.coordinator, draft(a_partner)) for _ in range(3))
    keep_commitment(session, cast.coordinator, id_of(kept), 1, DUE)
    withdraw_commitment(session, cast.coordinator, id_of(withdrawn), 1, DUE, "Agreed")
    for act, sentence in (
        (lambda: keep_commitment(session, cast.coordinator, id_of(kept), 2, DUE), "'Kept'. Reopen"),
        (lambda: withdraw_commitment(session, cast.coordinator, id_of(kept), 2, DUE, "x"), "'Kept'. Reopen"),
        (lambda: keep_commitment(session, cast.coordinator, id_of(withdrawn), 2, DUE), "Withdrawn by agreement"),
        (lambda: reopen_commitment(session, cast.coordinator, id_of(still_open), 1, "x"), "nothing to reopen"),
        (
            lambda: change_commitment(
                session, cast.coordinator, id_of(withdrawn), 2, draft(withdrawn.partner_id or 0, done_on=DUE)
            ),
            "Reopen it",
        ),
    ):
        with pytest.raises(Invalid, match=sentence):
            act()


def test_a_voided_promise_stays_as_it_is_until_it_is_restored(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    with pytest.raises(Invalid, match="not voided"):
        restore_commitment(session, cast.coordinator, id_of(made), 1)
    void_commitment(session, cast.coordinator, id_of(made), 1, "Entered twice")
    for act in (
        lambda: keep_commitment(session, cast.coordinator, id_of(made), 2, DUE),
        lambda: change_commitment(session, cast.coordinator, id_of(made), 2, draft(made.partner_id or 0)),
        lambda: void_commitment(session, cast.coordinator, id_of(made), 2, "Again"),
    ):
        with pytest.raises(Invalid, match="voided"):
            act()


# --- two people at once, twice by accident, all or nothing -------------------------------------------------


def test_a_stale_edit_never_overwrites_a_newer_one(session: Session, cast: Cast) -> None:
    made = promise(session, cast)
    keep_commitment(session, cast.leadership, id_of(made), 1, DUE)
    for act in (
        lambda: keep_commitment(session, cast.coordinator, id_of(made), 1, DUE),
        lambda: withdraw_commitment(session, cast.coordinator, id_of(made), 1, DUE, "Agreed"),
        lambda: change_commitment(session, cast.coordinator, id_of(made), 1, draft(made.partner_id or 0, what="Mine")),
        lambda: void_commitment(session, cast.coordinator, id_of(made), 1, "Wrong"),
    ):
        with pytest.raises(Conflict, match="while you had it open"):
            act()
    assert (made.what, made.done_on) == ("Send the notes", DUE)


def test_of_two_people_at_once_one_keeps_the_promise_and_the_other_is_told(database: object, cast: Cast) -> None:
    with db.writing() as session:
        made = id_of(promise(session, cast))

    def keep(actor: Actor) -> str:
        try:
            with db.writing() as own:
                keep_commitment(own, actor, made, 1, DUE)
        except ERPError as refusal:
            return type(refusal).__name__
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(keep, (cast.coordinator, cast.leadership))) == ["Conflict", "kept"]


def test_saving_twice_by_accident_makes_one_promise_also_at_once(database: object, cast: Cast) -> None:
    with db.writing() as session:
        a_partner = partner(session, cast)

    def save(_: int) -> int:
        with db.writing() as own:
            return id_of(make_commitment(own, cast.coordinator, draft(a_partner), token="form-1"))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(save, range(8)))) == 1
    with db.reading() as session:
        assert len(session.exec(select(Commitment)).all()) == 1


def test_what_fails_later_in_the_same_save_leaves_nothing(database: object, cast: Cast) -> None:
    with pytest.raises(Invalid), db.writing() as session:  # noqa: PT012 -- the two saves are one transaction
        promise(session, cast)
        make_commitment(session, cast.coordinator, draft(1, owed_by=None))
    with db.reading() as session:
        assert not session.exec(select(Commitment)).all()
        assert not session.exec(select(Change)).all()
