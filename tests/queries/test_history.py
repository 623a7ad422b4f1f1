"""The history of a record: who, when, what – only of records one may see, and nothing that names a person unasked."""

from datetime import date

import pytest
from sqlmodel import Session

from erp.access import Actor
from erp.errors import NotAllowed, NotFound
from erp.queries.history import record_history
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.contacts import ContactDraft, add_contact, change_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.partners import PartnerDraft, add_partner, archive_partner, change_partner
from erp.services.ratings import RatingDraft, enter_rating
from erp.vocabulary import PartnerKind, RecordKind, Side
from tests.conftest import Cast

K = RecordKind
FERN = PartnerDraft(name="Fern House", kind=PartnerKind.COMMUNITY_ORGANIZATION)


def test_changes_come_newest_first_with_who_when_and_what_differs(session: Session, cast: Cast) -> None:
    fern = add_partner(session, cast.coordinator, FERN).id or 0
    change_partner(session, cast.leadership, fern, 1, FERN.model_copy(update={"area": "North"}))
    archive_partner(session, cast.coordinator, fern, 2, "closed")
    told = record_history(session, cast.viewer, K.PARTNER, fern)
    assert told[["verb", "who", "door"]].to_numpy().tolist() == [
        ["archive", "Cora Coordinator", "page"],
        ["change", "Lena Leader", "page"],
        ["add", "Cora Coordinator", "page"],
    ]
    assert told["before"].iloc[1] == {"area": "", "version": 1}
    assert told["after"].iloc[1] == {"area": "North", "version": 2}
    assert told["before"].iloc[2] is None
    assert str(told["at"].iloc[0].tzinfo) == "America/Los_Angeles"


def test_the_history_of_one_record_is_not_that_of_another(session: Session, cast: Cast) -> None:
    fern = add_partner(session, cast.coordinator, FERN).id or 0
    add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name="Rosa Ito"))
    assert record_history(session, cast.viewer, K.PARTNER, fern)["verb"].to_list() == ["add"]


def test_what_one_may_not_see_has_no_history(session: Session, cast: Cast) -> None:
    tribe = add_partner(
        session, cast.coordinator, PartnerDraft(name="Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT)
    ).id
    assert tribe is not None
    day = date(2026, 3, 5)
    meeting = EngagementDraft(held_on=day, purpose="Visit", partners=(PartnerAt(partner_id=tribe),))
    records = (
        (K.ENGAGEMENT, log_engagement(session, cast.tribal_liaison, meeting).id),
        (K.COMMITMENT, make_commitment(session, cast.tribal_liaison, CommitmentDraft(what="X", partner_id=tribe)).id),
        (
            K.FEEDBACK_ITEM,
            receive_feedback(session, cast.tribal_liaison, FeedbackDraft(words="Y", partner_id=tribe)).id,
        ),
    )
    for kind, record_id in records:
        for actor in (cast.tribal_liaison, cast.leadership):
            assert len(record_history(session, actor, kind, record_id or 0)) == 1
        for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
            with pytest.raises(NotFound):
                record_history(session, actor, kind, record_id or 0)


def test_a_persons_history_keeps_names_and_channels_from_those_who_may_not_see_them(
    session: Session, cast: Cast
) -> None:
    fern = add_partner(session, cast.coordinator, FERN).id
    draft = ContactDraft(partner_id=fern, name="Ben Quist", role="Parent partner", phone="555 0100", notes="after 3 pm")
    person = add_contact(session, cast.coordinator, draft)
    named = draft.model_copy(update={"may_be_named": True, "phone": "555 0199"})
    for actor in (cast.administrator, cast.viewer):
        told = record_history(session, actor, K.CONTACT, person.id or 0)
        assert told["after"].iloc[0]["role"] == "Parent partner"
        assert not {"name", "phone", "email", "notes"} & set(told["after"].iloc[0])
    change_contact(session, cast.coordinator, person.id or 0, 1, named)
    told = record_history(session, cast.viewer, K.CONTACT, person.id or 0)
    assert told["after"].iloc[1]["name"] == "Ben Quist"
    assert "555" not in told[["before", "after"]].to_string()
    assert "555 0199" in record_history(session, cast.coordinator, K.CONTACT, person.id or 0).to_string()


def test_a_ratings_history_is_nobodys_to_read(session: Session, cast: Cast) -> None:
    fern = add_partner(session, cast.coordinator, FERN).id or 0
    answers = (4,) * 10
    draft = RatingDraft(partner_id=fern, respondent="R1", side=Side.PARTNER, rated_on=date(2026, 3, 5), answers=answers)
    rating = enter_rating(session, cast.coordinator, draft)
    for actor in cast:
        with pytest.raises(NotFound):
            record_history(session, actor, K.RATING, rating.id or 0)


def test_unknown_records_and_people_without_permission_are_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        record_history(session, cast.viewer, K.PARTNER, 999)
    with pytest.raises(NotAllowed):
        record_history(session, cast.coordinator, K.ACCOUNT, 1)
    with pytest.raises(NotAllowed):
        record_history(session, Actor(None, "nobody", frozenset()), K.PARTNER, 1)
