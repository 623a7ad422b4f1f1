"""What a giver does with a receipt: confirming, reopening, writing back, taking back, having the name removed."""

import pytest
from sqlmodel import Session, col, select

from erp.errors import Invalid, NotFound
from erp.health.formula import FORMULA_H1
from erp.models.accounts import Account
from erp.models.changes import Change
from erp.models.facts import Fact
from erp.models.partners import Partner
from erp.models.public import FeedbackMessage, GiverIdentity
from erp.queries.county import today
from erp.queries.feedback import FeedbackFilters, feedback_list
from erp.queries.following import ASK_AGAIN_DAYS, followed
from erp.services.feedback import feedback_steps, restore_feedback, void_feedback
from erp.services.following import (
    NOT_MENDED,
    ON_THE_PAGE,
    TAKEN_BACK,
    confirm_mended,
    open_to_team,
    remove_identity,
    say_not_mended,
    take_back,
    write_back,
)
from erp.services.givers import make_receipt
from erp.services.giving import RECEIPT_DAYS
from erp.services.guards import verify_changes
from erp.services.records import now
from erp.services.sign_in import token_hash
from erp.vocabulary import Door, FeedbackState, PartnerKind, Readers
from tests.conftest import Cast
from tests.services.givers import SAID, days_later, given, last_change, link_for, named, partner, tell

S = FeedbackState
UNKNOWN = "0" * 64


def test_the_giver_confirms_with_one_step_and_a_second_press_changes_nothing(session: Session, cast: Cast) -> None:
    item, receipt = given(session, link_for(session, cast, partner_id=partner(session, cast)))
    tell(session, cast, item)
    assert item.state is S.TOLD
    confirm_mended(session, receipt)
    confirmed = feedback_steps(session, item.id or 0)[-1]
    assert (item.state, confirmed.step, confirmed.how, confirmed.recorded_by) == (
        S.CONFIRMED,
        S.CONFIRMED,
        ON_THE_PAGE,
        None,
    )
    change, version = last_change(session), item.version
    assert (change.door, change.actor_name, change.verb) == (
        Door.PUBLIC_LINK,
        "the giver",
        "record that the giver confirmed",
    )
    confirm_mended(session, receipt)
    assert (item.version, last_change(session).id) == (version, change.id)
    assert "confirmed" in {fact.kind for fact in session.exec(select(Fact))}


def test_not_mended_reopens_it_and_sets_new_targets(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    first = followed(session, receipt)
    assert first is not None
    tell(session, cast, item)
    told = followed(session, receipt)
    assert told is not None
    assert told.next_by is None  # it is the giver's turn
    with days_later(10):
        say_not_mended(session, receipt, "  It begins at three still ")
        say_not_mended(session, receipt, "pressed twice")
        again = followed(session, receipt)
        assert again is not None
        assert again.next_by is not None
        assert (again.next_by - today(session)).days == FORMULA_H1.target_days
        [row] = feedback_list(session, cast.coordinator, FeedbackFilters()).to_dict("records")
        assert row["target_on"] == again.next_by
    assert item.state is S.REOPENED
    assert [s.said for s in feedback_steps(session, item.id or 0) if s.step is S.REOPENED] == [
        "It begins at three still"
    ]


def test_not_mended_needs_no_words_and_a_confirmed_loop_can_be_reopened(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    tell(session, cast, item)
    confirm_mended(session, receipt)
    say_not_mended(session, receipt, "")
    assert item.state is S.REOPENED
    assert feedback_steps(session, item.id or 0)[-1].said == NOT_MENDED


def test_before_the_county_told_there_is_nothing_to_confirm(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    for press in (lambda: confirm_mended(session, receipt), lambda: say_not_mended(session, receipt, "no")):
        with pytest.raises(Invalid, match="has not told you"):
            press()
    assert item.state is S.RECEIVED


def test_the_giver_writes_back_and_the_same_words_twice_are_one_message(session: Session, cast: Cast) -> None:
    _, receipt = given(session)
    for words in ("One more thing", "One more thing", "And another"):
        write_back(session, receipt, words)
    assert [(m.words, m.by_giver, m.recorded_by) for m in messages(session)] == [
        ("One more thing", True, None),
        ("And another", True, None),
    ]
    assert (last_change(session).verb, last_change(session).after) == ("write back", {"message": "And another"})
    for words in (" ", "x" * 4_001):
        with pytest.raises(Invalid):
            write_back(session, receipt, words)
    assert len(messages(session)) == 2


def messages(session: Session) -> list[FeedbackMessage]:
    return list(session.exec(select(FeedbackMessage).order_by(col(FeedbackMessage.id))))


def test_what_is_taken_back_is_void_and_only_its_giver_could(session: Session, cast: Cast) -> None:
    item, receipt = given(session, link_for(session, cast, partner_id=partner(session, cast)))
    take_back(session, receipt)
    take_back(session, receipt)
    assert (item.voided_at is not None, item.void_reason) == (True, TAKEN_BACK)
    assert not session.exec(select(Fact).where(col(Fact.known_to).is_(None))).all()
    with pytest.raises(Invalid, match="giver took this back"):
        restore_feedback(session, cast.coordinator, item.id or 0, item.version)
    for press in (lambda: confirm_mended(session, receipt), lambda: write_back(session, receipt, "but")):
        with pytest.raises(Invalid, match="taken back or set aside"):
            press()
    read = followed(session, receipt)
    assert read is not None
    assert read.withdrawn_on == today(session)


def test_the_giver_reads_why_the_county_set_it_aside(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    void_feedback(session, cast.coordinator, item.id or 0, item.version, "It was sent twice")
    read = followed(session, receipt)
    assert read is not None
    assert (read.voided_because, read.withdrawn_on) == ("It was sent twice", None)


def test_a_name_that_is_to_be_removed_is_closed_at_once(session: Session, cast: Cast) -> None:
    item, receipt = given(session, **named())
    before = followed(session, receipt)
    assert before is not None
    assert (before.named, before.reachable) == (True, True)
    remove_identity(session, receipt)
    remove_identity(session, receipt)
    after = followed(session, receipt)
    assert after is not None
    assert (after.named, after.reachable) == (False, False)
    assert session.exec(select(GiverIdentity)).one().removed_at is not None
    asked = session.exec(select(Change).where(Change.verb == "ask to remove the name")).all()
    assert [change.record_id for change in asked] == [item.id]


def test_only_the_giver_opens_to_the_team_what_one_person_may_read(session: Session, cast: Cast) -> None:
    link = link_for(session, cast, partner_id=partner(session, cast))
    item, receipt = given(session, link, readers=Readers.ONE_PERSON, reader_id=4)
    read = followed(session, receipt)
    assert read is not None
    assert (read.reader, read.read_by_nobody) == ("Colin Liaison", False)
    session.get(Account, 4).disabled_at = now()  # pyright: ignore[reportOptionalMemberAccess]
    session.flush()
    left = followed(session, receipt)
    assert left is not None
    assert left.read_by_nobody
    open_to_team(session, receipt)
    assert (item.readers, item.reader_id) == (Readers.TEAM, None)
    assert not feedback_list(session, cast.coordinator, FeedbackFilters()).empty
    assert [fact.kind for fact in session.exec(select(Fact))] == ["received"]


def test_a_receipt_that_is_none_or_has_run_out_opens_nothing(session: Session, cast: Cast) -> None:
    _, receipt = given(session)
    assert followed(session, UNKNOWN) is None
    with pytest.raises(NotFound, match="opens nothing"):
        write_back(session, UNKNOWN, "hello")
    with days_later(RECEIPT_DAYS):
        assert followed(session, receipt) is not None
    with days_later(RECEIPT_DAYS + 1):
        assert followed(session, receipt) is None
        with pytest.raises(NotFound):
            take_back(session, receipt)


def test_the_page_asks_once_more_after_28_days(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    tell(session, cast, item)
    for days, asks in ((ASK_AGAIN_DAYS - 1, False), (ASK_AGAIN_DAYS, True)):
        with days_later(days):
            read = followed(session, receipt)
            assert read is not None
            assert read.ask_again is asks
    with days_later(ASK_AGAIN_DAYS):
        confirm_mended(session, receipt)
        read = followed(session, receipt)
        assert read is not None
        assert not read.ask_again


def test_the_history_stays_whole_through_the_whole_loop(session: Session, cast: Cast) -> None:
    item, receipt = given(session, **named(words=SAID))
    tell(session, cast, item)
    say_not_mended(session, receipt, "Still at three")
    remove_identity(session, receipt)
    write_back(session, receipt, "Thank you")
    take_back(session, receipt)
    session.flush()
    assert verify_changes(session) == []


def test_the_giver_is_told_where_nobody_is_left_who_may_read_it(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    link = link_for(session, cast, partner_id=fern)
    _, receipt = given(session, link, readers=Readers.COMMUNITY_LIAISON)
    session.get(Partner, fern).kind = PartnerKind.TRIBAL_GOVERNMENT  # pyright: ignore[reportOptionalMemberAccess]
    session.flush()
    read = followed(session, receipt)
    assert read is not None
    assert read.read_by_nobody  # the community liaison sees no Tribe's records, and nobody else was chosen


def test_words_beside_a_second_not_mended_are_kept_as_a_message(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    tell(session, cast, item)
    say_not_mended(session, receipt, "")
    say_not_mended(session, receipt, "It is still at three")
    assert [m.words for m in messages(session)] == ["It is still at three"]


def test_what_staff_do_by_a_receipt_they_made_says_so_and_opens_nothing_further(session: Session, cast: Cast) -> None:
    item, _ = given(session, readers=Readers.COMMUNITY_LIAISON)
    made = token_hash(make_receipt(session, cast.community_liaison, item.id or 0))
    write_back(session, made, "Hello")
    assert last_change(session).actor_name == "the giver, by a receipt that Colin Liaison made"
    with pytest.raises(Invalid, match="made by the county"):
        open_to_team(session, made)
    assert item.readers is Readers.COMMUNITY_LIAISON
