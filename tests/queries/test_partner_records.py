"""A partner's engagements, promises, feedback, people, ties and seats: what is listed, and who may not even see it."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from erp.access import Actor
from erp.errors import NotAllowed, NotFound
from erp.queries import partner_records
from erp.queries.contacts import partner_people, people_to_seat
from erp.queries.county import today
from erp.queries.forums import forum_engagements, forum_list, forum_record, forum_seats, partner_seats
from erp.queries.partner_records import (
    partner_engagements,
    partner_feedback,
    partner_promises,
    partner_relationships,
)
from erp.queries.visible import UNNAMED
from erp.services.commitments import CommitmentDraft, make_commitment, void_commitment
from erp.services.contacts import ContactDraft, add_contact, archive_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement, void_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback, void_feedback
from erp.services.forums import ForumDraft, SeatDraft, add_forum, add_seat, archive_forum, archive_seat
from erp.services.partners import PartnerDraft, add_partner
from erp.services.relationships import RelationshipDraft, add_relationship, archive_relationship
from erp.vocabulary import EngagementStatus, PartnerKind, Side
from tests.conftest import Cast

NOBODY = Actor(None, "nobody", frozenset())


def partner(
    session: Session,
    actor: Actor,
    name: str = "Fern House",
    kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION,
) -> int:
    return add_partner(session, actor, PartnerDraft(name=name, kind=kind)).id or 0


def met(session: Session, actor: Actor, *partners: int, **more: object) -> int:
    values = {"held_on": date(2026, 3, 5), "purpose": "Spring planning"} | more
    draft = EngagementDraft.of(partners=tuple(PartnerAt(partner_id=p) for p in partners), **values)
    return log_engagement(session, actor, draft).id or 0


def test_engagements_come_planned_first_then_newest_and_undated_last(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    undated = met(session, cast.coordinator, fern, held_on=None, when_words="late last month")
    old = met(session, cast.coordinator, fern, held_on=date(2024, 5, 1))
    new = met(session, cast.coordinator, fern)
    ahead = today(session) + timedelta(days=9)
    planned = met(session, cast.coordinator, fern, status=EngagementStatus.PLANNED, held_on=ahead)
    void_engagement(session, cast.coordinator, met(session, cast.coordinator, fern), 1, "twice")
    found = partner_engagements(session, cast.viewer, fern)
    assert found.rows["engagement_id"].to_list() == [planned, new, old, undated]
    assert found.rows[["status", "held_on", "as_written"]].iloc[-1].to_list() == ["held", None, "late last month"]
    assert found.total == 4


def test_a_meeting_with_a_tribe_is_closed_also_on_the_other_partners_page(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    tribe = partner(session, cast.coordinator, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    joint = met(session, cast.coordinator, fern, tribe)
    promise = CommitmentDraft(what="Send the notes", partner_id=fern, engagement_id=joint)
    make_commitment(session, cast.coordinator, promise)
    receive_feedback(session, cast.tribal_liaison, FeedbackDraft(words="Come to us", partner_id=tribe))
    for actor in (cast.tribal_liaison, cast.leadership, cast.coordinator):
        assert partner_engagements(session, actor, fern).total == partner_promises(session, actor, fern).total == 1
    for actor in (cast.community_liaison, cast.administrator, cast.viewer):
        assert partner_engagements(session, actor, fern).total == partner_promises(session, actor, fern).total == 0
    for actor, seen in ((cast.tribal_liaison, 1), (cast.leadership, 1), (cast.coordinator, 0), (cast.viewer, 0)):
        assert partner_feedback(session, actor, tribe).total == seen


def test_promises_come_open_by_due_day_then_the_done_ones(session: Session, cast: Cast) -> None:
    fern, this_day = partner(session, cast.coordinator), today(session)

    def promise(what: str, **more: object) -> int:
        draft = CommitmentDraft.of(what=what, partner_id=fern, **more)
        return make_commitment(session, cast.coordinator, draft).id or 0

    promise("kept", due_on=this_day - timedelta(days=9), done_on=this_day - timedelta(days=2))
    promise("no day", due_words="every fiscal year", owed_by=None, owed_by_words="the State")
    promise("later", due_on=this_day + timedelta(days=40), owed_by=Side.PARTNER)
    promise("overdue", due_on=this_day - timedelta(days=1))
    void_commitment(session, cast.coordinator, promise("twice"), 1, "entered twice")
    rows = partner_promises(session, cast.viewer, fern).rows
    assert rows["what"].to_list() == ["overdue", "later", "no day", "kept"]
    assert rows["state"].to_list() == ["overdue", "open", "open", "kept_late"]
    assert rows["owed_by"].to_list() == ["county", "partner", None, "county"]
    assert rows[["owed_by_words", "as_written"]].iloc[2].to_list() == ["the State", "every fiscal year"]


def test_feedback_comes_newest_first_without_the_voided(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    for words, day in (("older", date(2026, 1, 2)), ("newer", date(2026, 2, 2)), ("voided", date(2026, 3, 2))):
        draft = FeedbackDraft(words=words, partner_id=fern, received_on=day)
        last = receive_feedback(session, cast.coordinator, draft)
    void_feedback(session, cast.coordinator, last.id or 0, 1, "said by somebody else")
    rows = partner_feedback(session, cast.viewer, fern).rows
    assert rows[["words", "state"]].to_numpy().tolist() == [["newer", "received"], ["older", "received"]]


def test_pages_cut_a_long_list(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner_records, "PAGE_ROWS", 2)
    fern = partner(session, cast.coordinator)
    days = [date(2026, 1, n) for n in (3, 2, 1)]
    for day in days:
        met(session, cast.coordinator, fern, held_on=day)
    pages = [partner_engagements(session, cast.viewer, fern, page) for page in (1, 2)]
    assert [day for page in pages for day in page.rows["held_on"]] == days
    assert pages[1].total == 3


def people(session: Session, cast: Cast) -> int:
    fern = partner(session, cast.coordinator)
    for name, role, may_be_named in (("Rosa Ito", "Director", True), ("Ben Quist", "Parent partner", None)):
        add_contact(
            session,
            cast.coordinator,
            ContactDraft(
                partner_id=fern,
                name=name,
                role=role,
                may_be_named=may_be_named,
                phone="555 0100",
                email="a@fern.example",
                notes="after 3 pm",
            ),
        )
    add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name="Mina Usher", may_be_named=False))
    return fern


def test_who_works_with_people_sees_their_names_and_channels(session: Session, cast: Cast) -> None:
    fern = people(session, cast)
    for actor in (cast.coordinator, cast.leadership, cast.tribal_liaison, cast.community_liaison):
        listed = partner_people(session, actor, fern)
        assert listed["shown_as"].to_list() == ["Ben Quist", "Mina Usher", "Rosa Ito"]
        assert listed["phone"].to_list() == ["555 0100", "", "555 0100"]
        assert listed["may_be_named"].to_list() == [None, False, True]


def test_others_see_a_role_unless_the_person_agreed_to_be_named_and_never_a_channel(
    session: Session, cast: Cast
) -> None:
    fern = people(session, cast)
    for actor in (cast.administrator, cast.viewer):
        listed = partner_people(session, actor, fern)
        assert listed["shown_as"].to_list() == [UNNAMED, "Parent partner", "Rosa Ito"]
        assert listed["name"].to_list() == ["", "", "Rosa Ito"]
        assert set(listed["phone"]) == set(listed["email"]) == set(listed["notes"]) == {""}
        assert "Ben Quist" not in listed.to_string()
        assert "Mina Usher" not in listed.to_string()


def test_archived_people_come_last_and_sit_at_no_table(session: Session, cast: Cast) -> None:
    fern = people(session, cast)
    archive_contact(session, cast.coordinator, 2, 1, "left for health reasons")
    listed = partner_people(session, cast.coordinator, fern)
    assert listed["shown_as"].to_list() == ["Mina Usher", "Rosa Ito", "Ben Quist"]
    assert people_to_seat(session, cast.coordinator, fern) == [(3, "Mina Usher"), (1, "Rosa Ito – Director")]
    assert "health reasons" not in partner_people(session, cast.viewer, fern).to_string()


def test_ties_are_read_from_both_sides_with_their_end(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast.coordinator), partner(session, cast.coordinator, "Lark Clinic")
    ended = RelationshipDraft(
        from_partner_id=lark, to_partner_id=fern, what="funds", until_on=today(session) - timedelta(days=1)
    )
    add_relationship(session, cast.coordinator, ended)
    wrong = add_relationship(
        session, cast.coordinator, RelationshipDraft(from_partner_id=fern, to_partner_id=lark, what="owns")
    )
    archive_relationship(session, cast.coordinator, wrong.id or 0, 1, "entered wrongly")
    add_relationship(
        session,
        cast.coordinator,
        RelationshipDraft(from_partner_id=fern, to_partner_id=lark, what="advises", until_on=today(session)),
    )
    for partner_id in (fern, lark):
        ties = partner_relationships(session, cast.viewer, partner_id)
        assert ties["what"].to_list() == ["advises", "funds", "owns"]
        assert ties["ended"].to_list() == [False, True, False]
        assert ties[["from_partner", "to_partner"]].iloc[1].to_list() == ["Lark Clinic", "Fern House"]
        assert ties["archived_at"].notna().to_list() == [False, False, True]


def test_seats_are_held_former_or_archived_and_name_people_only_as_they_agreed(session: Session, cast: Cast) -> None:
    fern, this_day = people(session, cast), today(session)
    lark = partner(session, cast.coordinator, "Lark Clinic")
    council = add_forum(session, cast.coordinator, ForumDraft(name="Alder Council")).id or 0
    add_seat(session, cast.coordinator, council, SeatDraft(partner_id=fern, contact_id=2, from_on=this_day))
    add_seat(session, cast.coordinator, council, SeatDraft(partner_id=lark, until_on=this_day - timedelta(days=1)))
    wrong = add_seat(session, cast.coordinator, council, SeatDraft(partner_id=lark, role="Chair", from_on=this_day))
    archive_seat(session, cast.coordinator, wrong.id or 0, 1, "wrong table")
    seats = forum_seats(session, cast.coordinator, council)
    assert seats["partner"].to_list() == ["Fern House", "Lark Clinic", "Lark Clinic"]
    assert seats["held_now"].to_list() == [True, False, False]
    assert seats["person"].to_list() == ["Ben Quist", "", ""]
    assert forum_seats(session, cast.viewer, council)["person"].to_list() == ["Parent partner", "", ""]
    assert forum_record(session, cast.viewer, council)["seats_held"] == 1
    assert partner_seats(session, cast.viewer, lark)[["forum", "held_now"]].to_numpy().tolist() == [
        ["Alder Council", False]
    ]
    archive_forum(session, cast.coordinator, council, 1, "ended")
    assert partner_seats(session, cast.viewer, fern).empty


def test_a_forum_tells_when_it_met_and_meets_as_far_as_one_may_see(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    tribe = partner(session, cast.coordinator, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    council = add_forum(session, cast.coordinator, ForumDraft(name="Alder Council")).id or 0
    quiet = add_forum(session, cast.coordinator, ForumDraft(name="Quiet Table")).id or 0
    ahead = today(session) + timedelta(days=9)
    met(session, cast.coordinator, fern, forum_id=council)
    met(session, cast.tribal_liaison, fern, tribe, forum_id=council, held_on=date(2026, 4, 1))
    met(session, cast.coordinator, fern, forum_id=council, held_on=ahead, status=EngagementStatus.PLANNED)
    for actor, last in ((cast.tribal_liaison, date(2026, 4, 1)), (cast.viewer, date(2026, 3, 5))):
        listed = forum_list(session, actor)
        assert listed["forum_id"].to_list() == [council, quiet]
        assert listed[["last_held", "next_planned"]].iloc[0].to_list() == [last, ahead]
        assert listed[["last_held", "next_planned"]].iloc[1].isna().all()
    assert len(forum_engagements(session, cast.tribal_liaison, council)) == 3
    assert forum_engagements(session, cast.viewer, council)["held_on"].to_list() == [ahead, date(2026, 3, 5)]


def test_archived_forums_are_listed_apart_and_unknown_ones_are_not_found(session: Session, cast: Cast) -> None:
    council = add_forum(session, cast.coordinator, ForumDraft(name="Alder Council")).id or 0
    archive_forum(session, cast.coordinator, council, 1, "ended")
    assert forum_list(session, cast.viewer).empty
    assert forum_list(session, cast.viewer, archived=True)["name"].to_list() == ["Alder Council"]
    assert forum_record(session, cast.viewer, council)["archive_reason"] == "ended"
    with pytest.raises(NotFound):
        forum_record(session, cast.viewer, 999)


def test_a_partner_without_records_gives_empty_lists(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    for question in (partner_engagements, partner_promises, partner_feedback):
        assert question(session, cast.viewer, fern).total == 0
    for question in (partner_people, partner_relationships, partner_seats):
        assert question(session, cast.viewer, fern).empty


def test_nobody_without_the_permission_sees_any_of_it(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    council = add_forum(session, cast.coordinator, ForumDraft(name="Alder Council")).id or 0
    about_partner = (
        partner_engagements,
        partner_promises,
        partner_feedback,
        partner_people,
        partner_relationships,
        partner_seats,
    )
    for question in about_partner:
        with pytest.raises(NotAllowed):
            question(session, NOBODY, fern)
    for question in (forum_record, forum_seats, forum_engagements):
        with pytest.raises(NotAllowed):
            question(session, NOBODY, council)
    with pytest.raises(NotAllowed):
        forum_list(session, NOBODY)
