"""What a Tribal government shared stays closed, whichever way somebody tries to open it."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

from erp import db
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import LookAlike, Partner
from erp.queries.choices import contact_choices
from erp.queries.exports import export_rows
from erp.queries.history import record_history
from erp.queries.partners import DirectoryFilter, partner_directory
from erp.services.commitments import CommitmentDraft, change_commitment, make_commitment
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, change_engagement, log_engagement
from erp.services.feedback import FeedbackDraft, change_feedback, receive_feedback
from erp.services.look_alikes import answer_look_alike
from erp.services.partners import PartnerDraft, add_partner, agree_cadence, archive_partner, change_partner
from erp.services.records import now
from erp.vocabulary import LookAlikeAnswer, PartnerKind, RecordKind
from tests.conftest import Cast, make_findable

HELD = date(2026, 3, 5)


@pytest.fixture
def shared(database: Path, cast: Cast) -> dict[str, int]:
    """Log a meeting of a Tribe and a center, written down by the coordinator, with what came of it for the center."""
    with db.writing() as session:
        tribe = add_partner(
            session, cast.leadership, PartnerDraft(name="Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT)
        )
        center = add_partner(
            session, cast.leadership, PartnerDraft(name="Rosa Center", kind=PartnerKind.COMMUNITY_ORGANIZATION)
        )
        draft = EngagementDraft(
            key="MEET-SECRET",
            held_on=HELD,
            purpose="Placement",
            facts="Said in confidence",
            partners=(PartnerAt(partner_id=tribe.id or 0), PartnerAt(partner_id=center.id or 0)),
        )
        promise = CommitmentDraft(what="Send the list", partner_id=center.id, due_on=date(2026, 3, 9))
        feedback = FeedbackDraft(words="Too late", partner_id=center.id, received_on=HELD)
        meeting = log_engagement(session, cast.coordinator, draft, promises=(promise,), feedback=(feedback,))
        return {"tribe": tribe.id or 0, "center": center.id or 0, "meeting": meeting.id or 0}


def only(session: Session, table: type) -> object:
    return session.exec(select(table)).one()


def test_its_author_may_not_take_a_promise_or_feedback_out_of_a_closed_meeting(
    cast: Cast, shared: dict[str, int]
) -> None:
    with db.writing() as session:
        promise, item = only(session, Commitment), only(session, FeedbackItem)
        loose = CommitmentDraft(what="Send the list", partner_id=shared["center"], due_on=date(2026, 3, 9))
        said = FeedbackDraft(words="Too late", partner_id=shared["center"], received_on=HELD)
        for change in (
            lambda actor: change_commitment(session, actor, promise.id, promise.version, loose),
            lambda actor: change_feedback(session, actor, item.id, item.version, said),
        ):
            with pytest.raises(NotAllowed, match="Example Rancheria"):
                change(cast.coordinator)
            change(cast.leadership)


def test_counts_beside_a_list_count_what_the_list_shows(cast: Cast, shared: dict[str, int]) -> None:
    with db.writing() as session:
        make_findable(session)
        seen = {
            name: partner_directory(session, actor, DirectoryFilter(words="Rosa"), 1).rows.iloc[0]
            for name, actor in (("author", cast.coordinator), ("other", cast.community_liaison))
        }
    columns = ["open_promises", "overdue_promises", "feedback_waiting"]
    assert seen["author"][columns].tolist() == [1, 1, 1]
    assert seen["other"][columns].tolist() == [0, 0, 0]


def test_an_export_names_no_meeting_that_its_reader_may_not_see(cast: Cast, shared: dict[str, int]) -> None:
    with db.writing() as session:
        meeting = session.get_one(Engagement, shared["meeting"])
        meeting.recorded_by = cast.leadership.user_id  # the author left; the promise is the coordinator's own
    with db.reading() as session:
        assert export_rows(session, cast.coordinator, "commitments")["engagement"].tolist() == [""]
        assert export_rows(session, cast.tribal_liaison, "commitments")["engagement"].tolist() == ["MEET-SECRET"]


def test_history_from_before_a_record_was_opened_stays_closed(cast: Cast, shared: dict[str, int]) -> None:
    with db.writing() as session:
        meeting = session.get_one(Engagement, shared["meeting"])
        at = (PartnerAt(partner_id=shared["center"]),)
        opened = EngagementDraft(held_on=HELD, purpose="Placement", partners=at)
        change_engagement(session, cast.tribal_liaison, shared["meeting"], meeting.version, opened)
    with db.writing() as session:
        meeting = session.get_one(Engagement, shared["meeting"])
        again = EngagementDraft(held_on=HELD, purpose="Placement near home", partners=at)
        change_engagement(session, cast.leadership, shared["meeting"], meeting.version, again)
    with db.reading() as session:
        history = record_history(session, cast.viewer, RecordKind.ENGAGEMENT, shared["meeting"])
        whole = record_history(session, cast.tribal_liaison, RecordKind.ENGAGEMENT, shared["meeting"])
        own = record_history(session, cast.coordinator, RecordKind.ENGAGEMENT, shared["meeting"])
    assert history["verb"].tolist() == ["change"]
    assert "confidence" not in str(history.to_dict())
    assert len(whole) == len(own) == 3
    assert "confidence" in str(whole.to_dict())


def test_a_promise_moved_away_from_a_tribe_keeps_its_history_closed(
    database: Path, cast: Cast, shared: dict[str, int]
) -> None:
    with db.writing() as session:
        made = make_commitment(
            session, cast.tribal_liaison, CommitmentDraft(what="Hold the seat", partner_id=shared["tribe"])
        )
        moved = CommitmentDraft(what="Hold a seat", partner_id=shared["center"])
        change_commitment(session, cast.leadership, made.id or 0, made.version, moved)
        number = made.id or 0
    with db.reading() as session:
        assert record_history(session, cast.viewer, RecordKind.COMMITMENT, number).empty
        assert len(record_history(session, cast.leadership, RecordKind.COMMITMENT, number)) == 2


def test_people_who_did_not_agree_are_named_to_nobody_who_may_not_reach_them(
    database: Path, cast: Cast, shared: dict[str, int]
) -> None:
    with db.writing() as session:
        contact = add_contact(
            session,
            cast.leadership,
            ContactDraft(partner_id=shared["center"], name="Juana Realname", role="Parent partner", notes="Realname"),
        )
        said = FeedbackDraft(words="Later", partner_id=shared["center"], contact_id=contact.id, received_on=HELD)
        receive_feedback(session, cast.leadership, said)
        said = FeedbackDraft(words="Sooner", partner_id=shared["center"], person="Ana Realname", received_on=HELD)
        number = receive_feedback(session, cast.leadership, said).id or 0
    with db.reading() as session:
        assert contact_choices(session, cast.viewer)["name"].tolist() == ["Parent partner"]
        assert "Realname" not in export_rows(session, cast.administrator, "contacts").to_csv()
        for actor in (cast.viewer, cast.administrator):
            assert export_rows(session, actor, "feedback")["person"].tolist() == ["Parent partner", ""]
            assert "Realname" not in str(record_history(session, actor, RecordKind.FEEDBACK_ITEM, number).to_dict())
        named = export_rows(session, cast.community_liaison, "feedback")["person"].tolist()
        assert named == ["Juana Realname", "Ana Realname"]


def ask(session: Session, one: int, other: int) -> LookAlike:
    question = LookAlike(partner_id=one, other_id=other, reason="alike", recorded_at=now(), recorded_by=None)
    session.add(question)
    session.flush()
    return question


def test_a_tribe_is_not_folded_into_another_kind_of_partner_by_everybody(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        older, newer = (
            add_partner(session, cast.leadership, PartnerDraft(name=name, kind=kind)).id or 0
            for name, kind in (
                ("Heron Bay Center", PartnerKind.COMMUNITY_ORGANIZATION),
                ("Heron Bay", PartnerKind.TRIBAL_GOVERNMENT),
            )
        )
        question = ask(session, newer, older)
        number = question.id or 0
    with pytest.raises(NotAllowed), db.writing() as session:
        answer_look_alike(session, cast.coordinator, number, 1, LookAlikeAnswer.SAME)
    with db.writing() as session:
        answer_look_alike(session, cast.tribal_liaison, number, 1, LookAlikeAnswer.SAME)
    with pytest.raises(Invalid, match="made one"), db.writing() as session:
        answer_look_alike(session, cast.tribal_liaison, number, 2, LookAlikeAnswer.DIFFERENT)


def test_a_partner_with_an_agreed_cadence_is_not_folded_away(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        one, other = (
            add_partner(session, cast.leadership, PartnerDraft(name=name, kind=PartnerKind.OTHER)).id or 0
            for name in ("Cedar House", "Cedar Home")
        )
        agree_cadence(session, cast.leadership, other, 30, None)
        agree_cadence(session, cast.leadership, one, 60, None)
        number = ask(session, other, one).id or 0
    with db.writing() as session:
        answer_look_alike(session, cast.leadership, number, 1, LookAlikeAnswer.SAME)
        assert [session.get(Partner, each).archived_at for each in (one, other)] == [None, None]


def test_what_is_archived_is_restored_before_it_changes(database: Path, cast: Cast) -> None:
    draft = PartnerDraft(name="Cedar House", kind=PartnerKind.OTHER)
    with db.writing() as session:
        number = add_partner(session, cast.leadership, draft).id or 0
        archive_partner(session, cast.leadership, number, 1, "closed")
    for change in (
        lambda session: change_partner(session, cast.leadership, number, 2, draft),
        lambda session: agree_cadence(session, cast.leadership, number, 30, None),
        lambda session: archive_partner(session, cast.leadership, number, 2, "again"),
    ):
        with pytest.raises((Invalid, NotFound), match="archived"), db.writing() as session:
            change(session)
    with db.reading() as session:
        assert session.get_one(Partner, number).archive_reason == "closed"


def test_a_kept_promise_is_taken_back_only_with_a_reason(database: Path, cast: Cast, shared: dict[str, int]) -> None:
    kept = CommitmentDraft(what="List", partner_id=shared["center"], done_on=HELD)
    with db.writing() as session:
        promise = make_commitment(session, cast.leadership, kept)
        with pytest.raises(Invalid, match="Reopen it with a reason"):
            change_commitment(session, cast.leadership, promise.id or 0, 1, kept.model_copy(update={"done_on": None}))
        with pytest.raises(Conflict):
            change_commitment(session, cast.leadership, promise.id or 0, 7, kept)
