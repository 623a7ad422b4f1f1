"""An import is undone whole while nothing later depends on it, and then says what does; nothing is deleted."""

import pytest

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import Engagement
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.engagements import EngagementFilter, engagement_list
from erp.queries.imports import import_findings, import_history
from erp.services import guards
from erp.services.commitments import CommitmentDraft, make_commitment, void_commitment
from erp.services.import_hindrances import what_hinders
from erp.services.import_undo import undo_import
from erp.services.look_alikes import answer_look_alike
from erp.services.partners import PartnerDraft, change_partner
from erp.vocabulary import LookAlikeAnswer, PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import all_exported, bring, changes, counts, stored

pytestmark = pytest.mark.usefixtures("database")

ROSTER = "name,kind,other_names,cadence_days\nCedar House,CBO,CH,30\nHeron Circle,CBO,,\n"
LOG = "held_on,purpose,partners\n2024-03-05,Seats,Cedar House\n2024-03-06,Budget,Cedar House; Heron Circle\n"
OTHERS = {
    "contacts": "name,partner\nMira Tallgrass,Cedar House\n",
    "engagements": LOG,
    "commitments": "key,what,owed_by,partner,due_on\nC9,send the list,county,Cedar House,2024-03-09\n",
    "feedback": "words,partner,received_on\nlater please,Cedar House,2024-01-02\n",
    "ratings": "partner,respondent,side,rated_on,item_1\nCedar House,r1,partner,2024-03-05,4\n",
}
TABLES = {
    "contacts": Contact,
    "engagements": Engagement,
    "commitments": Commitment,
    "feedback": FeedbackItem,
    "ratings": Rating,
}


def hindrances(actor: Actor, number: int) -> str:
    with db.reading() as session:
        return " ".join(what_hinders(session, actor, number))


def faults() -> list[str]:
    with db.reading() as session:
        return guards.verify_changes(session)


@pytest.mark.parametrize("kind", OTHERS)
def test_what_a_file_added_is_put_away_and_the_same_file_adds_it_again(cast: Cast, kind: str) -> None:
    bring("partners", ROSTER, by=cast.coordinator)
    before, facts = all_exported(), len([fact for fact in stored(Fact) if fact.known_to is None])
    first = counts(bring(kind, OTHERS[kind], by=cast.coordinator))
    assert undo_import(cast.coordinator, 2) == first[3] > 0
    assert changes(before, all_exported()) == []
    assert len([fact for fact in stored(Fact) if fact.known_to is None]) == facts
    assert len(stored(TABLES[kind])) == first[3], "nothing is deleted"
    assert counts(bring(kind, OTHERS[kind], by=cast.coordinator)) == first
    assert faults() == []


def test_partners_are_put_away_with_their_names_and_the_roster_comes_in_again(cast: Cast) -> None:
    before = all_exported()
    bring("partners", ROSTER, by=cast.coordinator)
    roster = all_exported()
    assert undo_import(cast.coordinator, 1) == 2
    assert changes(before, all_exported()) == []
    assert counts(bring("partners", ROSTER, by=cast.coordinator)) == (2, 0, 0, 2)
    again = all_exported()["partners"]
    names = again[0].index("name")
    assert [row[names:] for row in again] == [row[names:] for row in roster["partners"]]
    assert stored(Partner)[0].name == "Cedar House (import 1 undone)"


def test_what_an_update_changed_is_as_before(cast: Cast) -> None:
    bring("partners", "key,name,area,cadence_days\nA1,Cedar House,Coast,30\n", by=cast.coordinator)
    before = all_exported()
    bring("partners", "key,name,area,Floor\nA1,The Cedar House,Valley,2\n", by=cast.coordinator, update=True)
    assert undo_import(cast.coordinator, 2) == 1
    assert changes(before, all_exported()) == []
    assert stored(Partner)[0].name_key == "CedarHouse"
    assert stored(Change)[-2].verb == "undo import"


def test_a_change_beyond_single_fields_is_left_to_a_person(cast: Cast) -> None:
    bring("partners", "name\nCedar House\nHeron Circle\n", by=cast.coordinator)
    bring("engagements", "key,held_on,purpose,partners\nE1,2024-03-05,Seats,Cedar House\n", by=cast.coordinator)
    more = "key,held_on,purpose,partners\nE1,2024-03-05,Seats,Cedar House; Heron Circle\n"
    bring("engagements", more, by=cast.coordinator, update=True)
    assert "changed more than single fields of records that were here: row 2" in hindrances(cast.coordinator, 3)


def test_what_later_depends_on_it_is_named_by_the_rows_of_the_file(cast: Cast) -> None:
    bring("partners", ROSTER, by=cast.coordinator, name="roster.csv")
    with db.writing() as session:
        change_partner(session, cast.coordinator, 2, 1, PartnerDraft(name="Heron Ring", kind=PartnerKind.OTHER))
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Seats,Cedar House\n", by=cast.coordinator)
    told = hindrances(cast.coordinator, 1)
    assert "Somebody changed what it brought: row 3." in told
    assert "have engagements, promises, feedback, ratings, people, seats or ties by now: row 2." in told
    with pytest.raises(Conflict, match="row 2"):
        undo_import(cast.coordinator, 1)
    assert all(partner.archived_at is None for partner in stored(Partner))


def test_what_was_voided_does_not_hinder_and_imports_are_undone_in_turn(cast: Cast) -> None:
    bring("partners", ROSTER, by=cast.coordinator)
    bring("engagements", LOG, by=cast.coordinator)
    with db.writing() as session:
        promise = make_commitment(
            session, cast.coordinator, CommitmentDraft(what="Call", partner_id=1, engagement_id=1)
        )
        number = promise.id or 0
    assert "have promises or feedback by now: row 2." in hindrances(cast.coordinator, 2)
    with db.writing() as session:
        void_commitment(session, cast.coordinator, number, 1, "Never said")
    undo_import(cast.coordinator, 2)
    undo_import(cast.coordinator, 1)
    assert all_exported()["partners"][1:] == []


def test_a_later_import_of_the_same_records_is_undone_first(cast: Cast) -> None:
    bring("engagements", LOG, by=cast.coordinator, name="log.csv")
    bring("engagements", LOG, by=cast.coordinator, name="log again.csv")
    assert "“log again.csv” (2 rows)" in hindrances(cast.coordinator, 1)
    assert undo_import(cast.coordinator, 2) == 0, "it added nothing"
    assert undo_import(cast.coordinator, 1) == 2


def test_two_made_one_are_not_undone(cast: Cast) -> None:
    bring("partners", "name\nDept. of Health\n", by=cast.coordinator)
    bring("partners", "name\nDepartment of Health\n", by=cast.coordinator)
    assert hindrances(cast.coordinator, 2) == ""
    with db.writing() as session:
        answer_look_alike(session, cast.coordinator, stored(LookAlike)[0].id or 0, 1, LookAlikeAnswer.SAME)
    assert "row 2" in hindrances(cast.coordinator, 2)


def test_who_may_and_what_is_closed_is_not_undone_by_everybody(cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\n", by=cast.leadership)
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,Heron Bay Tribe\n", by=cast.leadership)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            undo_import(actor, 2)
    assert "not open to you" in hindrances(cast.coordinator, 2)
    with pytest.raises(Conflict):
        undo_import(cast.coordinator, 2)
    with pytest.raises(NotFound):
        undo_import(cast.leadership, 9)
    assert undo_import(cast.tribal_liaison, 2) == 1
    with pytest.raises(Invalid, match="already"):
        undo_import(cast.leadership, 2)


def test_an_undo_that_was_broken_off_takes_up_the_rest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bring("engagements", LOG, by=cast.coordinator)
    monkeypatch.setattr("erp.services.import_undo.STRETCH", 1)

    def stop(done: int, _records: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_import(cast.coordinator, 1, stop)
    assert sorted(each.voided_at is None for each in stored(Engagement)) == [False, True]
    assert undo_import(cast.coordinator, 1) == 1
    assert all(each.voided_at for each in stored(Engagement))


def test_names_settled_before_saving_are_matched_added_and_taken_back(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n", by=cast.coordinator)
    log = "held_on,purpose,partners\n2024-03-05,Seats,CH; Heron Ring; Nobody Yet\n"
    checked = bring("engagements", log, by=cast.coordinator, save=False)
    assert checked.unknown_names == {"CH": 1, "Heron Ring": 1, "Nobody Yet": 1}
    settle = {"CH": 1, "Heron Ring": PartnerKind.LIVED_EXPERIENCE}
    bring("engagements", log, by=cast.coordinator, save=False, settle=settle)
    assert len(stored(Partner)) == 1, "a check saves nothing"
    saved = bring("engagements", log, by=cast.coordinator, settle=settle)
    assert saved.unknown_names == {"Nobody Yet": 1}
    assert [partner.name for partner in stored(Partner)] == ["Cedar House", "Heron Ring"]
    with db.reading() as session:
        rows = engagement_list(session, cast.coordinator, EngagementFilter(), None)
    assert rows["partners"].tolist() == ["Cedar House; Heron Ring; Nobody Yet (not linked yet)"]
    assert undo_import(cast.coordinator, 2) == 2
    assert stored(PartnerName) == []
    assert [partner.archived_at is None for partner in stored(Partner)] == [True, False]
    with pytest.raises(NotAllowed):
        bring("engagements", log, by=cast.administrator, settle=settle)


def test_a_heading_is_read_as_somebody_said_of_an_earlier_file(cast: Cast) -> None:
    body = "Body,Remark\nCedar House,old\n"
    assert bring("partners", body, by=cast.coordinator).refused is False
    bring("partners", "Circle,Remark\nHeron Ring,old\n", by=cast.coordinator, told={"Circle": "name", "Remark": None})
    again = bring("partners", "circle ,Town\nReed Ring,Oxbow\n", by=cast.coordinator)
    assert counts(again)[3] == 1
    assert "Read as name, as in an earlier file." in [finding.reason for finding in again.findings]
    own = bring("partners", "Circle,name\nWillow,Willow House\n", by=cast.coordinator)
    assert stored(Partner)[-1].name == "Willow House", "a heading of our own comes first"
    assert "earlier file" not in str(own.findings)
    told = bring(
        "partners", "Circle,Area\nMoss,Fen House\n", by=cast.leadership, told={"Circle": "area", "Area": "name"}
    )
    assert stored(Partner)[-1].name == "Fen House"
    assert "earlier file" not in str(told.findings)
    undo_import(cast.coordinator, 5)
    assert bring("contacts", "Circle\nMoss\n", by=cast.coordinator).refused, "another kind of file"


def test_the_history_tells_files_counts_and_findings_to_who_may_read_them(cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\nCedar House,Oddity\n", by=cast.leadership)
    log = "held_on,purpose,partners,Room\n2024-03-05,Land,Heron Bay Tribe; Elders,3\n2024-03-06,Budget,CH,\nsoon,,CH,\n"
    bring("engagements", log, by=cast.tribal_liaison, name="log.csv")
    with db.reading() as session:
        history = import_history(session, cast.coordinator)
        assert history["file"].tolist() == ["log.csv", "county.csv"]
        assert history["rejected"].tolist() == [1, 0]
        total, found = import_findings(session, cast.tribal_liaison, 2, 10)
        assert total == 4 == len(found)
        assert found["found"].tolist() == ["Room", "Elders", "CH", ""]
        assert import_findings(session, cast.leadership, 2, 2)[0] == 4
        assert import_findings(session, cast.coordinator, 2, 10)[1]["found"].tolist() == ["Room", "CH"]
        assert import_findings(session, cast.coordinator, 9, 10)[0] == 0
        with pytest.raises(NotAllowed):
            import_findings(session, cast.viewer, 2, 10)
    assert undo_import(cast.tribal_liaison, 2) == 2
    with db.reading() as session:
        assert import_history(session, cast.coordinator)["undone_at"].notna().tolist() == [True, False]


def test_people_are_described_to_who_may_read_channels(cast: Cast) -> None:
    bring("contacts", "name,partner,email\nMira,Nobody,not an address\n", by=cast.coordinator)
    with db.reading() as session:
        assert import_findings(session, cast.community_liaison, 1, 9)[0] > 0
        assert import_findings(session, cast.administrator, 1, 9)[0] == 0


def test_an_undo_does_not_open_what_a_tribe_shared(cast: Cast) -> None:
    bring("partners", "key,name,kind\nRN,River Nation,other\n", by=cast.coordinator)
    bring("partners", "key,name,kind,scored\nRN,River Nation,Tribe,no\n", by=cast.coordinator, update=True)
    bring("engagements", "held_on,purpose,partners\n2024-03-05,Land,River Nation\n", by=cast.tribal_liaison)
    assert "could open what a Tribe shared" in hindrances(cast.coordinator, 2)
    with pytest.raises(Conflict):
        undo_import(cast.coordinator, 2)


def test_what_somebody_saves_while_an_undo_runs_is_not_overwritten(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bring("partners", "key,name,area\nA1,Cedar House,Coast\nB1,Heron Circle,Coast\n", by=cast.coordinator)
    bring("partners", "key,name,area\nA1,Cedar House,Hills\nB1,Heron Circle,Hills\n", by=cast.coordinator, update=True)
    monkeypatch.setattr("erp.services.import_undo.STRETCH", 1)

    def somebody_saves(done: int, _records: int) -> None:
        if done == 1:
            with db.writing() as session:
                draft = PartnerDraft(name="Cedar House", kind=PartnerKind.OTHER, area="Typed by Lena")
                change_partner(session, cast.leadership, 1, 2, draft)

    with pytest.raises(Conflict, match="1 of 2 records are undone"):
        undo_import(cast.coordinator, 2, somebody_saves)
    assert [partner.area for partner in stored(Partner)] == ["Typed by Lena", "Coast"]


def test_an_earlier_name_that_somebody_else_has_by_now_is_said(cast: Cast) -> None:
    bring("partners", "key,name\nA1,Old Name\n", by=cast.coordinator)
    bring("partners", "key,name\nA1,New Name\n", by=cast.coordinator, update=True)
    bring("partners", "key,name\nB1,Old Name\n", by=cast.coordinator)
    assert "Another partner has the earlier name by now: row 2." in hindrances(cast.coordinator, 2)


def test_names_are_settled_once_and_only_what_was_added_is_taken_back(cast: Cast) -> None:
    bring("partners", "name,other_names\nCedar House,CH\n", by=cast.coordinator)
    settle = {"Hope Ring": PartnerKind.OTHER, "CH": 1}
    log = "held_on,purpose,partners\n2024-03-05,Seats,Hope Ring\n"
    for _ in range(2):  # a second click, or the same file after the first try was broken off
        bring("engagements", log, by=cast.coordinator, settle=settle)
    assert [partner.name for partner in stored(Partner)] == ["Cedar House", "Hope Ring"]
    undo_import(cast.coordinator, 3)
    undo_import(cast.coordinator, 2)
    assert [name.name for name in stored(PartnerName)] == ["CH"]
    with pytest.raises(Invalid, match="Name"):
        bring("engagements", log, by=cast.coordinator, settle={"x" * 301: PartnerKind.OTHER})


def test_a_partner_of_a_settled_name_stays_once_somebody_worked_on_it(cast: Cast) -> None:
    log = "held_on,purpose,partners\n2024-03-05,Seats,Hope Ring\n"
    bring("engagements", log, by=cast.coordinator, settle={"Hope Ring": PartnerKind.OTHER})
    with db.writing() as session:
        draft = PartnerDraft(name="Hope Ring", kind=PartnerKind.OTHER, area="Oxbow")
        change_partner(session, cast.leadership, 1, 1, draft)
    undo_import(cast.coordinator, 1)
    assert stored(Partner)[0].archived_at is None


def test_links_made_in_other_records_hinder_an_undo(cast: Cast) -> None:
    bring("partners", "name\nCedar House\n", by=cast.coordinator)
    bring("commitments", "what,partner\ncall,Marys\n", by=cast.coordinator)
    log = "held_on,purpose,partners\n2024-03-05,Seats,Marys\n"
    bring("engagements", log, by=cast.coordinator, update=True, settle={"Marys": 1})
    assert "also linked names" in hindrances(cast.coordinator, 3)


def test_no_place_is_remembered_only_where_another_column_holds_the_field(cast: Cast) -> None:
    told = {"Name": None, "Full name": "name"}
    bring("partners", "Name,Full name\nCH,Cedar House\n", by=cast.coordinator, told=told)
    assert not bring("partners", "Name,Kind\nHeron Circle,other\n", by=cast.coordinator).refused
    assert not bring("partners", "key,name,kind\nX1,Reed Ring,other\n", by=cast.coordinator).refused
    bring("partners", "Full name,Organization\nMoss House,MH\n", by=cast.coordinator)
    assert stored(Partner)[-1].name in ("Moss House", "MH")
