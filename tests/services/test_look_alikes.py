"""Partners that look alike are a question for a person; no answer loses or moves a record."""

import csv
import io

import pytest

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.queries.linking import unlinked_names
from erp.queries.look_alikes import look_alike_questions, sides
from erp.services.look_alike_measure import LABELLED
from erp.services.look_alikes import alike_to, answer_look_alike, ask_look_alikes, call_also, seek_look_alikes
from erp.services.partners import PartnerDraft, add_partner
from erp.services.records import now
from erp.vocabulary import LookAlikeAnswer, PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import bring, counts, said, stored

pytestmark = pytest.mark.usefixtures("database")

OPEN, SAME, DIFFERENT = LookAlikeAnswer.OPEN, LookAlikeAnswer.SAME, LookAlikeAnswer.DIFFERENT
NOBODY = Actor(None, "nobody", frozenset())
TWO = "name,Seat\nDept. of Social Services,1\nDepartment of Social Services,2\n"


def answer(actor: Actor, what: LookAlikeAnswer, version: int = 1) -> None:
    with db.writing() as session:
        answer_look_alike(session, actor, 1, version, what)


def questions(actor: Actor, answer: LookAlikeAnswer = OPEN) -> int:
    with db.reading() as session:
        return look_alike_questions(session, actor, [answer], 0)[0]


def in_use() -> list[str]:
    return [partner.name for partner in stored(Partner) if partner.archived_at is None]


def test_the_same_puts_the_newer_one_away_and_every_file_finds_the_older_under_both_names(cast: Cast) -> None:
    bring("partners", TWO)
    assert questions(cast.coordinator) == 1
    answer(cast.coordinator, SAME)
    assert questions(cast.coordinator) == 0
    assert in_use() == ["Dept. of Social Services"]
    assert counts(bring("partners", TWO)) == (2, 0, 0, 0)
    assert bring("commitments", "what,partner\nsend the list,Department of Social Services\n").warned == 0
    assert stored(Commitment)[0].partner_id == 1


def test_the_one_with_records_stays_also_where_it_is_the_newer(cast: Cast) -> None:
    bring("partners", TWO)
    bring("commitments", "what,partner\nsend the list,Department of Social Services\n")
    answer(cast.coordinator, SAME)
    assert in_use() == ["Department of Social Services"]
    assert bring("commitments", "what,partner\nname a person,Dept. of Social Services\n").warned == 0
    assert {promise.partner_id for promise in stored(Commitment)} == {2}


def both_with_records(cast: Cast) -> None:
    bring("partners", TWO)
    rows = "what,partner\nsend the list,Department of Social Services\nname a person,Dept. of Social Services\n"
    bring("commitments", rows)
    answer(cast.coordinator, SAME)


def test_two_with_records_of_their_own_are_linked_by_their_names_and_neither_is_put_away(cast: Cast) -> None:
    both_with_records(cast)
    assert questions(cast.coordinator) == 0
    assert len(in_use()) == 2
    assert [promise.partner_id for promise in stored(Commitment)] == [2, 1]
    assert {(name.partner_id, name.name) for name in stored(PartnerName)} == {
        (1, "Department of Social Services"),
        (2, "Dept. of Social Services"),
    }
    assert counts(bring("partners", TWO)) == (2, 0, 0, 0)
    bring("commitments", "what,partner\nsend a map,Department of Social Services\n")
    assert stored(Commitment)[-1].partner_id == 2, "its own name still means the one that bears it"


def test_same_is_taken_back_with_the_names_it_gave(cast: Cast) -> None:
    both_with_records(cast)
    answer(cast.leadership, DIFFERENT, version=2)
    assert stored(PartnerName) == []
    verbs = [change.verb for change in stored(Change) if change.record_kind == "partner"]
    assert verbs[-3:] == ["take name back", "take name back", "answer look-alike"]
    answer(cast.leadership, SAME, version=3)
    assert len(stored(PartnerName)) == 2


def test_a_tribe_and_somebody_else_with_records_are_not_linked_before_they_are_of_one_kind(cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay,CBO\nHeron Bay Tribe of Alder,Tribe\n")
    bring("commitments", "what,partner\na,Heron Bay\nb,Heron Bay Tribe of Alder\n", by=cast.leadership)
    with pytest.raises(Invalid, match="same kind first"):
        answer(cast.leadership, SAME)
    assert stored(PartnerName) == []


def test_later_keeps_the_question_out_of_the_way_and_can_be_answered(cast: Cast) -> None:
    bring("partners", TWO)
    answer(cast.coordinator, LookAlikeAnswer.LATER)
    assert questions(cast.coordinator) == 0
    assert questions(cast.coordinator, LookAlikeAnswer.LATER) == 1
    answer(cast.coordinator, SAME, version=2)
    assert in_use() == ["Dept. of Social Services"]


def seek(actor: Actor) -> list[str]:
    with db.reading() as session:
        return [each.reason for each in seek_look_alikes(session, actor)]


def test_looking_through_all_partners_finds_pairs_that_nobody_was_asked_about(cast: Cast) -> None:
    bring("partners", "name,Address\nCedar House,12 Marsh Lane\nHeron Circle,\nOpen Door,12 Marsh Ln\n")
    bring("contacts", "name,partner,email\nA,Cedar House,a@cedar.example\nB,Heron Circle,b@cedar.example\n")
    assert questions(cast.coordinator) == 1, "the address was in the roster"
    found = seek(cast.coordinator)
    assert found == ["People of “Heron Circle” and of “Cedar House” write from one e-mail domain"]
    with db.reading() as session:
        likenesses = seek_look_alikes(session, cast.coordinator)
    for new in (1, 0):
        with db.writing() as session:
            assert ask_look_alikes(session, cast.coordinator, likenesses) == new
    assert questions(cast.coordinator) == 2
    assert seek(cast.coordinator) == []
    with pytest.raises(NotAllowed), db.writing() as session:
        ask_look_alikes(session, cast.viewer, likenesses)


def test_what_was_said_when_a_partner_was_added_is_remembered(cast: Cast) -> None:
    bring("partners", "name\nCedar House\nCedar Houses of Alder\n")
    with db.writing() as session:
        draft = PartnerDraft(name="The Cedar House of Alder", kind=PartnerKind.OTHER)
        alike = [each.other for each in alike_to(session, cast.coordinator, draft.name)]
        assert alike == [2, 1]
        said = {1: DIFFERENT, 2: LookAlikeAnswer.LATER}
        add_partner(session, cast.coordinator, draft, look_alikes=said)
    answers = {(each.partner_id, each.other_id): each.answer for each in stored(LookAlike)}
    assert answers == {(2, 1): "open", (3, 1): "different", (3, 2): "later"}
    assert seek(cast.coordinator) == []


def test_the_same_partner_is_called_by_the_other_name_too(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n")
    with db.writing() as session:
        assert call_also(session, cast.coordinator, 1, "The House of Cedar").name == "Cedar House"
    assert bring("commitments", "what,partner\na,The House of Cedar\n").warned == 0
    with pytest.raises(NotAllowed), db.writing() as session:
        call_also(session, cast.viewer, 1, "CH")
    with pytest.raises(NotFound), db.writing() as session:
        call_also(session, cast.coordinator, 9, "CH")


def test_a_partner_of_this_very_name_is_no_question(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n")
    with db.reading() as session:
        assert alike_to(session, cast.coordinator, "CedarHouse") == []
        with pytest.raises(NotAllowed):
            alike_to(session, Actor(None, "nobody", frozenset()), "Cedar Hous")


def test_both_are_described_without_what_the_reader_may_not_see(cast: Cast) -> None:
    bring(
        "partners",
        "name,kind,other_names,area,Address\nHeron Bay Tribe,Tribe,HBT,Coast,12 Marsh Lane\nCedar House,CBO,,,\n",
    )
    bring("contacts", "name,partner,email\nA,Heron Bay Tribe,a@heron.example\n")
    rows = "held_on,purpose,partners\n2024-03-05,Land,Heron Bay Tribe\n2024-03-06,Seats,Cedar House\n"
    bring("engagements", rows, by=cast.leadership)
    with db.reading() as session:
        seen = sides(session, cast.tribal_liaison, [1, 2, 99])
        assert set(seen) == {1, 2}
        assert (seen[1].also, seen[1].area, seen[1].extras) == (
            ("HBT (other name)",),
            "Coast",
            (("Address", "12 Marsh Lane"),),
        )
        assert (seen[1].people, seen[1].domains, seen[1].engagements) == (1, ("heron.example",), 1)
        assert sides(session, cast.coordinator, [1])[1].engagements == 0
        assert sides(session, cast.viewer, [1])[1].domains == ()
        for question in (lambda: sides(session, NOBODY, [1]), lambda: look_alike_questions(session, NOBODY, [OPEN], 9)):
            with pytest.raises(NotAllowed):
                question()


def test_every_labelled_pair_stays_two_when_both_are_imported(cast: Cast) -> None:
    with LABELLED.open(encoding="utf-8", newline="") as file:
        pairs = [(row["name"], row["other"]) for row in csv.DictReader(file)]
    written = io.StringIO()
    csv.writer(written).writerows([["name"], *([name] for pair in pairs for name in pair)])
    bring("partners", written.getvalue())
    kept = {partner.name for partner in stored(Partner)}
    assert all(one in kept and other in kept for one, other in pairs)
    assert {question.answer for question in stored(LookAlike)} == {LookAlikeAnswer.OPEN}


def test_not_the_same_is_remembered_and_not_asked_again(cast: Cast) -> None:
    bring("partners", TWO)
    answer(cast.coordinator, DIFFERENT)
    bring("partners", TWO, update=True)
    assert questions(cast.coordinator) == 0
    assert len(stored(LookAlike)) == 1
    assert len(in_use()) == 2


def test_an_answer_given_meanwhile_is_not_overwritten(cast: Cast) -> None:
    bring("partners", TWO)
    answer(cast.coordinator, DIFFERENT)
    with pytest.raises(Conflict):
        answer(cast.leadership, SAME)
    assert len(in_use()) == 2


def test_who_may_not_change_partners_may_not_answer(cast: Cast) -> None:
    bring("partners", TWO)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            answer(actor, DIFFERENT)


def test_after_a_person_answered_both_rosters_add_nothing_more(cast: Cast) -> None:
    bring("partners", TWO)
    answer(cast.coordinator, SAME)
    result = bring("partners", "name,Seat\nDepartment of Social Services,9\n")
    assert counts(result) == (1, 0, 0, 0), said(result)
    assert stored(Partner)[0].extras == {"Seat": "1; 9"}


def test_a_name_answered_to_be_a_tribes_closes_what_waits_under_it(cast: Cast) -> None:
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,Heron Bay Tribal Council\n", by=cast.leadership)
    bring("partners", "name,kind\nHeron Bay Tribal Council,other\nHeron Bay Tribe,Tribe\n", by=cast.leadership)
    assert waits(cast.viewer) == 1
    with db.writing() as session:
        question = LookAlike(partner_id=1, other_id=2, reason="spelling", recorded_at=now())
        session.add(question)
        session.flush()
        answer_look_alike(session, cast.tribal_liaison, question.id or 0, question.version, LookAlikeAnswer.SAME)
    assert waits(cast.viewer) == 0


def test_taking_same_back_leaves_a_name_that_was_there_before(cast: Cast) -> None:
    bring("partners", "name,other_names\nLegal Aid of Alder,ALAS Aid\n")
    bring("partners", "name\nALAS Aid\n")
    bring("commitments", "what,partner\na,Legal Aid of Alder\nb,ALAS Aid\n")
    answer(cast.coordinator, SAME)
    answer(cast.coordinator, OPEN, version=2)
    assert [name.name for name in stored(PartnerName) if name.partner_id == 1] == ["ALAS Aid"]


def test_another_name_of_a_tribe_closes_what_waits_under_it(cast: Cast) -> None:
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,Pinewater\n", by=cast.leadership)
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\n", by=cast.leadership)
    assert waits(cast.viewer) == 1
    with db.writing() as session:
        call_also(session, cast.coordinator, 1, "Pinewater")
    assert waits(cast.viewer) == 0


def waits(actor: Actor) -> int:
    with db.reading() as session:
        return len(unlinked_names(session, actor))
