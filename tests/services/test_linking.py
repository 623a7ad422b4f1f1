"""Names from spreadsheets are linked once and for all their records."""

from pathlib import Path

import pytest

from erp import db
from erp.access import Actor
from erp.errors import NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import EngagementPartner
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.models.partners import PartnerName
from erp.models.ratings import Rating
from erp.queries.commitments import PromiseFilters, promise_list
from erp.queries.engagements import EngagementFilter, engagement_list
from erp.queries.feedback import FeedbackFilters, feedback_list
from erp.queries.imports import import_history
from erp.queries.linking import unlinked_names
from erp.services import guards
from erp.services.linking import (
    known_by_now,
    link_known_names,
    link_name,
    suggested_partner,
)
from erp.services.partners import PartnerDraft, add_partner, archive_partner, change_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import bring, counts, exported, stored

pytestmark = pytest.mark.usefixtures("database")

TWO = "name,Seat\nDept. of Social Services,1\nDepartment of Social Services,2\n"
UNLINKED = {
    "engagements": "held_on,purpose,partners\n2024-03-05,Seats,CH; Heron Circle\n2024-03-06,Budget,CH\n",
    "commitments": "what,owed_by,partner,due_on\nsend the list,county,CH,2024-03-09\n",
    "feedback": "words,partner,received_on\nlater please,CH,2024-01-02\n",
    "ratings": "partner,respondent,side,rated_on,item_1\nCH,r1,partner,2024-03-05,4\n",
    "contacts": "name,partner\nMira Tallgrass,CH\n",
}


def waiting(actor: Actor) -> dict[str, int]:
    with db.reading() as session:
        names = unlinked_names(session, actor)
    return dict(zip(names["name"], names["records"], strict=True))


def link(actor: Actor, words: str, partner_id: int) -> int:
    with db.writing() as session:
        return link_name(session, actor, words, partner_id)


@pytest.fixture
def unlinked(database: Path, cast: Cast) -> None:
    """Bring in what names Cedar House by letters that nobody knows yet."""
    bring("partners", "name\nCedar House\nHeron Circle\n")
    for kind, text in UNLINKED.items():
        bring(kind, text, by=cast.coordinator)


@pytest.mark.usefixtures("unlinked")
def test_linking_a_name_once_moves_every_record_that_carries_it_into_the_ledger(cast: Cast) -> None:
    assert waiting(cast.coordinator) == {"CH": 6}
    assert {fact.kind for fact in stored(Fact) if fact.partner_id == 1} == set()
    assert link(cast.coordinator, "CH", 1) == 6
    assert waiting(cast.coordinator) == {}
    kinds = sorted(fact.kind for fact in stored(Fact) if fact.partner_id == 1)
    assert kinds == ["contact", "contact", "promise", "rating", "received"]
    assert all(
        record.partner_id == 1 for table in (Commitment, FeedbackItem, Rating, Contact) for record in stored(table)
    )
    assert all("partner" not in promise.as_written for promise in stored(Commitment))
    assert exported("engagements")["partners"].tolist() == ["Cedar House; Heron Circle", "Cedar House"]


@pytest.mark.usefixtures("unlinked")
def test_the_next_file_understands_a_linked_name_by_itself_and_the_old_ones_add_nothing(cast: Cast) -> None:
    link(cast.coordinator, "CH", 1)
    assert [(name.partner_id, name.name) for name in stored(PartnerName)] == [(1, "CH")]
    assert bring("commitments", "what,partner\nname a person,CH\n").warned == 0
    for kind, text in UNLINKED.items():
        again = bring(kind, text)
        assert counts(again) == (again.rows, 0, 0, 0)


@pytest.mark.usefixtures("unlinked")
def test_linking_is_in_the_history_and_tells_who(cast: Cast) -> None:
    link(cast.coordinator, "CH", 1)
    told = [change for change in stored(Change) if change.verb == "link name"]
    assert len(told) == 6
    assert {change.actor_name for change in told} == {"Cora Coordinator"}
    with db.reading() as session:
        assert guards.verify_changes(session) == []


def test_a_partner_that_was_listed_under_two_names_took_part_once_after_linking(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n")
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Seats,Cedar House; CH\n")
    link(cast.coordinator, "CH", 1)
    assert [row.partner_id for row in stored(EngagementPartner)] == [1]
    assert len([fact for fact in stored(Fact) if fact.kind == "contact"]) == 1


def test_two_names_of_one_partner_at_one_meeting_are_both_linked(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n")
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Seats,CH; The House\n")
    link(cast.coordinator, "CH", 1)
    link(cast.coordinator, "The House", 1)
    assert [row.partner_id for row in stored(EngagementPartner)] == [1]


def test_several_names_in_one_cell_are_linked_and_make_no_name(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n")
    bring("feedback", "words,partner\nthanks,Heron; Fern\n")
    link(cast.coordinator, "Heron; Fern", 1)
    assert stored(PartnerName) == []


@pytest.mark.usefixtures("unlinked")
def test_who_may_not_change_partners_may_not_link(cast: Cast) -> None:
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            link(actor, "CH", 1)


@pytest.mark.usefixtures("unlinked")
def test_a_name_that_waits_nowhere_and_a_partner_that_is_not_here_are_told(cast: Cast) -> None:
    with pytest.raises(NotFound, match="No record waits"):
        link(cast.coordinator, "Nobody", 1)
    with pytest.raises(NotFound, match="partner"):
        link(cast.coordinator, "CH", 99)


def test_what_a_tribe_shared_waits_for_its_liaison_alone(cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\n")
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,Heron Bay Tribe; Elders\n", by=cast.tribal_liaison)
    assert waiting(cast.tribal_liaison) == {"Elders": 1}
    assert waiting(cast.coordinator) == {}
    bring("partners", "name\nCedar House\n")
    with pytest.raises(NotFound):
        link(cast.coordinator, "Elders", 2)


@pytest.mark.parametrize(
    "known_as", ["name,kind\nHeron Bay  Tribe,Tribe\n", "name,kind,former_names\nHBT,Tribe,Heron Bay Tribe\n"]
)
def test_what_came_in_before_its_roster_said_that_it_is_a_tribe_is_closed_with_it(cast: Cast, known_as: str) -> None:
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,Heron Bay Tribe; Elders\n", by=cast.leadership)
    bring("feedback", "words,partner,received_on\nWe were not asked,Heron Bay Tribe,2024-01-02\n", by=cast.leadership)
    assert waiting(cast.viewer) == {"Heron Bay Tribe": 2, "Elders": 1}
    bring("partners", known_as, by=cast.coordinator)
    assert waiting(cast.viewer) == waiting(cast.coordinator) == {}
    assert waiting(cast.tribal_liaison) == {"Elders": 1}
    with db.reading() as session:
        assert feedback_list(session, cast.viewer, FeedbackFilters()).empty
        assert len(feedback_list(session, cast.tribal_liaison, FeedbackFilters())) == 1


def test_what_waits_is_closed_when_a_person_says_that_it_is_a_tribe(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n", by=cast.leadership)
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,Heron Bay Tribe; HBT\n", by=cast.leadership)
    with db.writing() as session:
        draft = PartnerDraft(name="Heron Bay Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT)
        tribe = add_partner(session, cast.coordinator, draft)
    assert waiting(cast.coordinator) == {}
    bring("engagements", "held_on,purpose,partners\n2024-04-05,Water,HBT\n", by=cast.leadership)
    assert waiting(cast.coordinator) == {"HBT": 1}
    with db.writing() as session:
        change_partner(
            session, cast.coordinator, tribe.id or 0, tribe.version, draft.model_copy(update={"other_names": ("HBT",)})
        )
    assert waiting(cast.coordinator) == {}
    assert [change.actor_name for change in stored(Change) if change.verb == "link name"] == ["Cora Coordinator"] * 3


def test_files_that_came_in_the_other_order_are_linked_in_one_go(cast: Cast) -> None:
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Seats,Cedar House; Nobody Known\n")
    bring("commitments", "what,owed_by,partner\nsend the list,county,Cedar House\n")
    bring("partners", "name\nCedar House\n")
    with db.writing() as session:
        assert known_by_now(session, cast.coordinator) == {"Cedar House": 1}
        assert link_known_names(session, cast.coordinator) == 2
    assert waiting(cast.coordinator) == {"Nobody Known": 1}
    assert sorted(fact.kind for fact in stored(Fact)) == ["contact", "promise"]


def test_a_suggestion_is_given_and_links_nobody(cast: Cast) -> None:
    bring("partners", "name\nDepartment of Social Services\n")
    bring("commitments", "what,partner\nsend the list,Dept. of Social Service\n")
    with db.reading() as session:
        assert suggested_partner(session, cast.coordinator, "Dept. of Social Service") == 1
        assert suggested_partner(session, cast.coordinator, "Heron Circle") is None
    assert waiting(cast.coordinator) == {"Dept. of Social Service": 1}


def test_the_imports_so_far_are_listed_newest_first_and_not_for_everybody(cast: Cast) -> None:
    bring("partners", TWO, by=cast.coordinator, name="roster.csv")
    bring("commitments", "what\nsend the list\n", name="promises.csv")
    with db.reading() as session:
        history = import_history(session, cast.leadership)
        assert history["file"].tolist() == ["promises.csv", "roster.csv"]
        assert history["by"].tolist() == ["operator of this machine", "Cora Coordinator"]
        assert history[["rows", "added", "warned"]].to_numpy().tolist() == [[1, 1, 0], [2, 2, 1]]
        with pytest.raises(NotAllowed):
            import_history(session, cast.viewer)


def test_a_cell_that_names_a_tribe_and_somebody_else_is_closed_with_the_tribe(cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\nCedar House,nonprofit\n", by=cast.leadership)
    promise = "what,owed_by,partner\nReturn the drums,county,Heron Bay Tribe; Cedar House\n"
    result = bring("commitments", promise, by=cast.leadership)
    assert result.warned == 1
    assert "as closed as its others" in result.findings[-1].reason
    row = stored(Commitment)[0]
    assert (row.partner_id, row.as_written["partner"]) == (1, "Heron Bay Tribe; Cedar House")
    with db.reading() as session:
        assert promise_list(session, cast.viewer, PromiseFilters()).empty
    again = bring("commitments", promise, by=cast.leadership)
    assert (again.rejected, again.added) == (0, 0)


def test_a_cell_with_several_names_is_closed_when_one_of_them_becomes_a_tribes(cast: Cast) -> None:
    bring("feedback", "words,partner\nWe were not asked,Heron Bay Tribe; Cedar House\n", by=cast.leadership)
    assert waiting(cast.viewer) == {"Heron Bay Tribe; Cedar House": 1}
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\n", by=cast.leadership)
    assert waiting(cast.viewer) == waiting(cast.leadership) == {}
    item = stored(FeedbackItem)[0]
    assert (item.partner_id, item.as_written["partner"]) == (1, "Heron Bay Tribe; Cedar House")


def test_what_names_an_archived_tribe_is_closed_with_it(cast: Cast) -> None:
    bring("partners", "name,kind,other_names\nHeron Bay Tribe,Tribe,HBT\n", by=cast.leadership)
    with db.writing() as session:
        archive_partner(session, cast.leadership, 1, 1, "Gone quiet")
    result = bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,HBT\n", by=cast.leadership)
    assert "is archived" in result.findings[-1].reason
    assert waiting(cast.viewer) == {}
    with db.reading() as session:
        assert engagement_list(session, cast.viewer, EngagementFilter(), None).empty
        assert len(engagement_list(session, cast.tribal_liaison, EngagementFilter(), None)) == 1
