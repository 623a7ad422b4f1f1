"""The county's side towards a giver: who gave it, answering, asking once more, receipts, codes, erasing names."""

from pathlib import Path

import pytest
from sqlmodel import Session, select

from erp import db
from erp.errors import Invalid, NotAllowed, NotFound
from erp.models.changes import Change, Submission
from erp.models.contacts import Contact
from erp.models.public import FeedbackMessage, GiverIdentity
from erp.queries.feedback import FeedbackFilters, feedback_list
from erp.queries.following import ASK_AGAIN_DAYS, followed
from erp.queries.givers import giver_side, names_to_erase
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.following import remove_identity
from erp.services.givers import (
    Identity,
    answer_giver,
    ask_again,
    erase_removed,
    item_of_code,
    make_receipt,
    open_identity,
)
from erp.services.giving import GivenDraft, give_feedback
from erp.services.keys import code_of, in_groups, new_secret
from erp.services.records import now
from erp.services.sign_in import token_hash
from erp.vocabulary import Readers, Signed
from tests.conftest import Cast
from tests.services.givers import days_later, given, last_change, named, partner, tell


def test_opening_who_gave_it_is_written_down_each_time(session: Session, cast: Cast) -> None:
    item, _ = given(session, **named())
    for _ in range(2):
        assert open_identity(session, cast.coordinator, item.id or 0) == Identity("Renata Olmo", "renata@mail.example")
    opened = session.exec(select(Change).where(Change.verb == "open who gave it")).all()
    assert [(change.actor_id, change.record_id) for change in opened] == [(1, item.id)] * 2
    assert "Renata" not in str([change.model_dump() for change in session.exec(select(Change))])


def test_nobody_else_than_the_giver_chose_opens_it(session: Session, cast: Cast) -> None:
    item, _ = given(session, **named(readers=Readers.COMMUNITY_LIAISON))
    for actor in (cast.coordinator, cast.leadership, cast.tribal_liaison):
        with pytest.raises(NotFound):
            open_identity(session, actor, item.id or 0)
    assert open_identity(session, cast.community_liaison, item.id or 0).name == "Renata Olmo"
    for_all, _ = given(session, **named())
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            open_identity(session, actor, for_all.id or 0)


def test_an_anonymous_giver_has_nothing_to_open(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    with pytest.raises(NotFound, match="left no name"):
        open_identity(session, cast.coordinator, item.id or 0)


def test_a_list_says_that_a_name_was_left_and_not_which(session: Session, cast: Cast) -> None:
    given(session, **named())
    given(session, **named(signed=Signed.REACHABLE))
    given(session)
    givers = set(feedback_list(session, cast.coordinator, FeedbackFilters())["giver"])
    assert givers == {"somebody who left their name", "somebody who left a way to reach them", "anonymous"}


def test_an_answer_stands_on_the_givers_page(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    answer_giver(session, cast.coordinator, item.id or 0, "  Which day is best? ")
    read = followed(session, receipt)
    assert read is not None
    assert [(m.by_giver, m.asks, m.words) for m in read.messages] == [(False, False, "Which day is best?")]
    side = giver_side(session, cast.viewer, item.id or 0)
    assert list(side.messages["by"]) == ["Cora Coordinator"]
    for words in ("", "x" * 4_001):
        with pytest.raises(Invalid):
            answer_giver(session, cast.coordinator, item.id or 0, words)
    with pytest.raises(NotAllowed):
        answer_giver(session, cast.viewer, item.id or 0, "hello")
    assert len(session.exec(select(FeedbackMessage)).all()) == 1


def test_a_giver_is_asked_once_more_28_days_after_being_told_and_it_stays_told(session: Session, cast: Cast) -> None:
    item, receipt = given(session)
    tell(session, cast, item)
    item_id = item.id or 0
    with days_later(ASK_AGAIN_DAYS - 1):
        assert to_ask(session, cast) == []
        with pytest.raises(Invalid, match="nothing to ask once more"):
            ask_again(session, cast.coordinator, item_id, "Is it mended?")
    with days_later(ASK_AGAIN_DAYS):
        assert to_ask(session, cast) == [item_id]
        ask_again(session, cast.coordinator, item_id, "Is it mended?")
        assert (last_change(session).verb, item.state.value) == ("ask once more", "told")
        assert to_ask(session, cast) == []
        with pytest.raises(Invalid, match="nothing to ask once more"):
            ask_again(session, cast.coordinator, item_id, "Again?")
        read = followed(session, receipt)
        assert read is not None
        assert [m.asks for m in read.messages] == [True]


def to_ask(session: Session, cast: Cast) -> list[int]:
    return list(feedback_list(session, cast.coordinator, FeedbackFilters(ask_again=True))["item_id"])


def test_who_left_no_way_back_is_not_asked_and_a_partners_person_is(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    person = Contact(key="K-1", partner_id=fern, name="Rosa Example", role="parent partner", recorded_at=now())
    silent = Contact(key="K-2", partner_id=fern, name="Ana Example", do_not_contact=True, recorded_at=now())
    session.add_all([person, silent])
    session.flush()
    drafts = (
        {"partner_id": fern, "contact_id": person.id},
        {"partner_id": fern, "contact_id": silent.id},
        {"anonymous": True},
    )
    items = [
        receive_feedback(session, cast.coordinator, FeedbackDraft.of(words=f"Number {n}", **more))
        for n, more in enumerate(drafts)
    ]
    for item in items:
        tell(session, cast, item)
    with days_later(ASK_AGAIN_DAYS):
        assert to_ask(session, cast) == [items[0].id]


def test_a_receipt_made_for_a_giver_opens_what_staff_wrote_down(session: Session, cast: Cast) -> None:
    draft = FeedbackDraft.of(words="Start later", anonymous=True)
    item = receive_feedback(session, cast.coordinator, draft)
    assert not giver_side(session, cast.coordinator, item.id or 0).follows
    secret = make_receipt(session, cast.coordinator, item.id or 0)
    read = followed(session, token_hash(secret))
    assert read is not None
    assert read.words == "Start later"
    assert giver_side(session, cast.coordinator, item.id or 0).follows
    assert last_change(session).verb == "make a receipt"
    assert secret not in str(last_change(session).model_dump())
    with pytest.raises(NotAllowed):
        make_receipt(session, cast.viewer, item.id or 0)


def test_the_code_read_over_the_phone_finds_the_item_for_those_who_may_read_it(session: Session, cast: Cast) -> None:
    secret = new_secret()
    draft = GivenDraft(words="Quiet words", readers=Readers.COMMUNITY_LIAISON)
    item = give_feedback(session, None, draft, secret)
    code = in_groups(code_of(secret))
    assert item_of_code(session, cast.community_liaison, f" {code} ") == item.id
    for actor in (cast.coordinator, cast.leadership):
        with pytest.raises(NotFound, match="No feedback that you may read"):
            item_of_code(session, actor, code)
    with pytest.raises(NotFound):
        item_of_code(session, cast.community_liaison, "1" * 16)
    with pytest.raises(Invalid, match="16 digits"):
        item_of_code(session, cast.community_liaison, "12")
    with pytest.raises(NotAllowed):
        item_of_code(session, cast.viewer, code)


def test_an_administrator_erases_what_givers_asked_to_remove_and_nothing_else(session: Session, cast: Cast) -> None:
    item, receipt = given(session, **named())
    given(session, **named(name="Ona Stays"))
    remove_identity(session, receipt)
    with pytest.raises(NotFound, match="had them removed"):
        open_identity(session, cast.coordinator, item.id or 0)
    assert names_to_erase(session, cast.administrator) == 1
    with pytest.raises(NotAllowed):
        erase_removed(session, cast.leadership)
    assert erase_removed(session, cast.administrator) == 1
    assert erase_removed(session, cast.administrator) == 0
    kept = session.exec(select(GiverIdentity.name, GiverIdentity.reach).order_by(GiverIdentity.id)).all()  # pyright: ignore
    assert list(kept) == [("", ""), ("Ona Stays", "renata@mail.example")]
    assert last_change(session).verb == "erase the name"


@pytest.mark.embedded_only
def test_an_erased_name_is_in_no_file_of_the_database(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        _, receipt = given(session, **named(name="Quillon Marsh-Harrow", reach="555-0142"))
    with db.writing() as session:
        remove_identity(session, receipt)
    assert "Quillon" in everything_in(database)
    with db.writing() as session:
        erase_removed(session, cast.administrator)
    assert db.write_through()
    assert "Quillon" not in everything_in(database)
    assert "555-0142" not in everything_in(database)


def everything_in(database: Path) -> str:
    files = [file for file in database.parent.iterdir() if file.name.startswith(database.name)]
    return "".join(file.read_bytes().decode("latin-1") for file in files)


def test_what_is_remembered_of_a_form_says_nothing_of_a_name(session: Session, cast: Cast) -> None:
    for name in ("Renata Olmo", "Somebody Else"):
        given(session, **named(name=name))
    contents = session.exec(select(Submission.content)).all()
    assert len(contents) == 2
    assert len(set(contents)) == 1


def test_a_lost_receipt_is_ended_only_with_another_one_to_hand_on(session: Session, cast: Cast) -> None:
    item, lost = given(session)
    number = item.id or 0
    with pytest.raises(Invalid, match="Say why"):
        make_receipt(session, cast.coordinator, number, " ")
    assert followed(session, lost) is not None
    kept = make_receipt(session, cast.coordinator, number)
    new = make_receipt(session, cast.coordinator, number, "Left on the bus")
    assert [followed(session, hashed) is not None for hashed in (lost, token_hash(kept), token_hash(new))] == [
        False,
        False,
        True,
    ]
    assert item_of_code(session, cast.coordinator, code_of(new)) == number
    with pytest.raises(NotFound):
        item_of_code(session, cast.coordinator, code_of(kept))
    assert giver_side(session, cast.coordinator, number).follows
    change = last_change(session)
    assert (change.verb, change.after["earlier_receipts_ended"]) == ("replace receipts", "Left on the bus")  # pyright: ignore[reportOptionalSubscript]
