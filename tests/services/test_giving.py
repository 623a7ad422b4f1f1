"""Giving feedback by a public page: what is kept, who may read it, the receipt, and what is refused."""

from typing import Any

import pytest
from sqlmodel import Session, select

from erp import db
from erp.errors import Conflict, Invalid, NotFound
from erp.models.accounts import Account
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.models.public import GiverIdentity, PublicLink, Receipt
from erp.queries.exports import export_rows
from erp.queries.feedback import FeedbackFilters, feedback_counts, feedback_list
from erp.queries.following import followed
from erp.queries.history import record_history
from erp.queries.news import news_since
from erp.queries.partners import partner_profile
from erp.queries.search import search
from erp.services.feedback import FeedbackDraft, change_feedback, feedback_steps, visible_feedback
from erp.services.giving import GivenDraft, choices_of_readers, give_feedback
from erp.services.keys import as_code, code_of, in_groups, new_secret
from erp.services.records import now
from erp.services.sign_in import token_hash
from erp.vocabulary import Door, FeedbackState, FeedbackWay, Readers, RecordKind, Signed
from tests.conftest import Cast, make_findable
from tests.services.givers import SAID, given, last_change, link_for, meeting, named, partner, tribe


def test_what_was_given_is_kept_as_received_today_without_anybodys_name(session: Session, cast: Cast) -> None:
    item, _ = given(session, words="Empiecen más tarde", language="Spanish", may_quote=True)
    assert (item.words, item.language, item.way, item.state) == (
        "Empiecen más tarde",
        "Spanish",
        FeedbackWay.FORM,
        FeedbackState.RECEIVED,
    )
    assert (item.anonymous, item.signed, item.readers, item.may_quote) == (True, Signed.ANONYMOUS, Readers.TEAM, True)
    assert (item.recorded_by, item.person, item.contact_id) == (None, "", None)
    [step] = feedback_steps(session, item.id or 0)
    assert (step.step, step.on_day, step.recorded_by) == (FeedbackState.RECEIVED, item.received_on, None)
    assert not session.exec(select(GiverIdentity)).all()


def test_that_it_came_by_a_public_link_is_in_the_history(session: Session, cast: Cast) -> None:
    item, _ = given(session, **named())
    change = last_change(session)
    assert (change.door, change.actor_id, change.actor_name) == (Door.PUBLIC_LINK, None, "the giver")
    assert (change.verb, change.record_kind, change.record_id) == ("receive", "feedback_item", item.id)
    assert "Renata" not in str(change.after)


def test_a_name_is_kept_apart_and_only_where_it_was_chosen(session: Session, cast: Cast) -> None:
    with_name, _ = given(session, **named())
    without, _ = given(session, **named(signed=Signed.REACHABLE))
    anonymous, _ = given(session, **named(signed=Signed.ANONYMOUS))
    kept = {each.item_id: (each.name, each.reach) for each in session.exec(select(GiverIdentity))}
    assert kept == {with_name.id: ("Renata Olmo", "renata@mail.example"), without.id: ("", "renata@mail.example")}
    assert anonymous.id not in kept


def test_a_link_says_what_it_is_about(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    item, _ = given(session, link_for(session, cast, partner_id=fern))
    assert item.partner_id == fern
    at_meeting, _ = given(session, link_for(session, cast, engagement_id=meeting(session, cast, fern)))
    assert (at_meeting.partner_id, at_meeting.engagement_id is not None) == (None, True)


def test_the_same_form_twice_is_one_item_and_one_receipt(session: Session, cast: Cast) -> None:
    secret, draft = new_secret(), GivenDraft(words=SAID)
    first, second = (give_feedback(session, None, draft, secret) for _ in range(2))
    assert first.id == second.id
    assert len(session.exec(select(Receipt)).all()) == 1
    with pytest.raises(Conflict):
        give_feedback(session, None, GivenDraft(words="Other words"), secret)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": " \n "}, "Write what you want"),
        ({"words": "x" * 4_001}, "longer than 4,000"),
        ({"signed": Signed.NAMED}, "Write your name"),
        ({"signed": Signed.REACHABLE, "name": "Renata"}, "how we can reach you"),
        ({"signed": Signed.NAMED, "name": "x" * 201}, "too long"),
        ({"readers": Readers.ONE_PERSON}, "Nobody could read it"),
        ({"readers": Readers.ONE_PERSON, "reader_id": 1}, "Nobody could read it"),  # the coordinator is no liaison
        ({"readers": Readers.TEAM, "reader_id": 3}, "Nobody could read it"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        given(session, **wrong)
    assert not session.exec(select(FeedbackItem)).all()


def test_only_liaisons_can_be_chosen_and_for_a_tribe_only_its_own(session: Session, cast: Cast) -> None:
    everybody = choices_of_readers(session, None)
    assert everybody.readers == tuple(Readers)
    assert everybody.people == ((4, "Colin Liaison"), (3, "Tara Liaison"))
    of_a_tribe = choices_of_readers(session, link_for(session, cast, partner_id=tribe(session, cast)))
    assert of_a_tribe.readers == (Readers.TEAM, Readers.TRIBAL_LIAISON, Readers.ONE_PERSON)
    assert of_a_tribe.people == ((3, "Tara Liaison"),)
    at_its_meeting = link_for(session, cast, engagement_id=meeting(session, cast, of_a_tribe_id(session)))
    assert choices_of_readers(session, at_its_meeting) == of_a_tribe
    session.get(Account, 3).disabled_at = now()  # pyright: ignore[reportOptionalMemberAccess]
    session.flush()
    assert choices_of_readers(session, None).readers == (Readers.TEAM, Readers.COMMUNITY_LIAISON, Readers.ONE_PERSON)


def of_a_tribe_id(session: Session) -> int:
    return session.exec(select(PublicLink.partner_id)).one() or 0


SEES = {
    Readers.TEAM: {"coordinator", "leadership", "tribal_liaison", "community_liaison", "administrator", "viewer"},
    Readers.TRIBAL_LIAISON: {"tribal_liaison"},
    Readers.COMMUNITY_LIAISON: {"community_liaison"},
    Readers.ONE_PERSON: {"community_liaison"},
}


@pytest.mark.parametrize("readers", list(Readers))
def test_only_those_the_giver_chose_see_any_trace_of_it(database: object, cast: Cast, readers: Readers) -> None:
    """Lists, counts, search, figures, news, history and files: whoever was not chosen finds it in none."""
    with db.writing() as session:
        began = now()
        fern = partner(session, cast)
        chosen = {"readers": readers, "reader_id": 4 if readers is Readers.ONE_PERSON else None}
        item, _ = given(session, link_for(session, cast, partner_id=fern), words="quillwort matters", **chosen)
        item_id = item.id or 0
        make_findable(session)
    for name in ("coordinator", "leadership", "tribal_liaison", "community_liaison", "administrator", "viewer"):
        actor, seen = getattr(cast, name), name in SEES[readers]
        with db.reading() as session:
            assert (not feedback_list(session, actor, FeedbackFilters()).empty) is seen, name
            assert int(feedback_counts(session, actor, FeedbackFilters())["n"].sum()) == int(seen), name
            found = [hit.record_id for of_kind in search(session, actor, "quillwort") for hit in of_kind.rows]
            assert (found == [item_id]) is seen, name
            news = [each.title for each in news_since(session, actor, began, 99)]
            assert ("quillwort matters" in news) is seen, name
            assert partner_profile(session, actor, fern).feedback_waiting == int(seen), name
            if seen:
                assert visible_feedback(session, actor, item_id).id == item_id
                assert len(record_history(session, actor, RecordKind.FEEDBACK_ITEM, item_id)) == 1
            else:
                with pytest.raises(NotFound):
                    visible_feedback(session, actor, item_id)
                with pytest.raises(NotFound):
                    record_history(session, actor, RecordKind.FEEDBACK_ITEM, item_id)


def test_what_is_open_to_some_only_enters_no_figure_and_no_file(session: Session, cast: Cast) -> None:
    link = link_for(session, cast, partner_id=partner(session, cast))
    given(session, link, readers=Readers.COMMUNITY_LIAISON)
    assert not session.exec(select(Fact)).all()
    assert export_rows(session, cast.community_liaison, "feedback").empty
    given(session, link)
    assert [fact.kind for fact in session.exec(select(Fact))] == ["received"]
    assert len(export_rows(session, cast.community_liaison, "feedback")) == 1


def test_for_a_tribe_the_team_is_its_liaisons_and_leadership(session: Session, cast: Cast) -> None:
    item, _ = given(session, link_for(session, cast, partner_id=tribe(session, cast)))
    may = [actor.name for actor in cast if not feedback_list(session, actor, FeedbackFilters()).empty]
    assert may == ["Lena Leader", "Tara Liaison"]
    assert item.id is not None


def test_the_givers_words_cannot_be_changed_but_a_translation_can_be_added(session: Session, cast: Cast) -> None:
    item, _ = given(session, words="Empiecen más tarde", language="Spanish")
    values: dict[str, Any] = {"words": item.words, "language": "Spanish", "received_on": item.received_on}
    values |= {"anonymous": True, "way": FeedbackWay.FORM}
    with pytest.raises(Invalid, match="giver's own words"):
        change_feedback(session, cast.coordinator, item.id or 0, 1, FeedbackDraft.of(**(values | {"words": "Later"})))
    translated = FeedbackDraft.of(**values, translation="Start later")
    assert change_feedback(session, cast.coordinator, item.id or 0, 1, translated).translation == "Start later"


def test_a_receipt_opens_by_its_link_and_by_its_code_and_keeps_neither(session: Session, cast: Cast) -> None:
    secret = new_secret()
    item = give_feedback(session, None, GivenDraft(words=SAID), secret)
    code = as_code(in_groups(code_of(secret)))
    assert code is not None
    for receipt in (secret, code):
        found = followed(session, token_hash(receipt))
        assert found is not None
        assert found.item_id == item.id
    kept = str([row.model_dump() for row in session.exec(select(Receipt))])
    assert secret not in kept
    assert code not in kept
    assert followed(session, token_hash("0" * 16)) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1234 5678 9012 3456", "1234567890123456"),
        ("1234-5678–9012.3456", "1234567890123456"),
        ("1234567890123456", "1234567890123456"),
        ("123456789012345", None),
        ("١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦", None),
        ("abcd efgh ijkl mnop", None),
        ("", None),
    ],
)
def test_a_code_is_read_however_it_is_grouped(typed: str, code: str | None) -> None:
    assert as_code(typed) == code


def test_secrets_have_128_bits_and_codes_16_digits() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert {len(secret) for secret in secrets} == {22}  # 16 bytes in letters of six bits
    assert all(as_code(code_of(secret)) == code_of(secret) for secret in secrets)
    assert len({code_of(secret) for secret in secrets}) == 200
