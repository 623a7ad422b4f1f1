"""Changing, holding, cancelling an engagement, its follow-ups: works, who may, who may not even see it, two people."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.engagements import BehaviorTag, DiscussionPoint, Engagement, EngagementPartner
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.queries.county import today
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import (
    BehaviorShown,
    PointDraft,
    cancel_engagement,
    change_engagement,
    finish_follow_up,
    log_engagement,
    void_engagement,
)
from erp.services.feedback import FeedbackDraft
from erp.services.records import keep_marked_words
from erp.vocabulary import EngagementStatus, PartnerKind
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner

TRIBE = PartnerKind.TRIBAL_GOVERNMENT


def logged(session: Session, cast: Cast, *partners: int, **more: object) -> Engagement:
    return log_engagement(session, cast.coordinator, meeting(*partners, **more))


def last_change(session: Session) -> Change:
    return session.exec(select(Change).order_by(col(Change.id).desc())).first()


def test_a_change_replaces_what_was_entered_and_corrects_the_ledger(session: Session, cast: Cast) -> None:
    a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    engagement = logged(session, cast, a, points=(PointDraft(what="Old point"),))
    new = meeting(b, held_on=date(2026, 3, 6), purpose="Summer", points=(PointDraft(what="New point"),))
    changed = change_engagement(session, cast.community_liaison, engagement.id, 1, new)
    assert (changed.purpose, changed.held_on, changed.version) == ("Summer", date(2026, 3, 6), 2)
    assert [p.what for p in session.exec(select(DiscussionPoint))] == ["New point"]
    facts = session.exec(select(Fact).order_by(col(Fact.id))).all()
    assert [(f.partner_id, f.on_day, f.known_to is None) for f in facts] == [
        (a, date(2026, 3, 5), False),
        (b, date(2026, 3, 6), True),
    ]


def test_the_history_tells_before_and_after_of_what_differs(session: Session, cast: Cast) -> None:
    a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    engagement = logged(session, cast, a)
    keep_marked_words(session, "It is a street's name")
    change_engagement(session, cast.leadership, engagement.id, 1, meeting(b))
    change = last_change(session)
    assert (change.verb, change.actor_name) == ("change", "Lena Leader")
    assert change.before["partners"] == [{"partner_id": a, "name_written": "", "two_way": True}]
    assert change.after["partners"] == [{"partner_id": b, "name_written": "", "two_way": True}]
    assert change.after["kept_because"] == "It is a street's name"
    assert "purpose" not in change.after


def test_a_planned_engagement_becomes_held_with_promises_and_feedback_in_one_save(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    ahead = today(session) + timedelta(days=3)
    planned = logged(session, cast, a, held_on=ahead, status=EngagementStatus.PLANNED)
    assert not session.exec(select(Fact)).all()
    held = meeting(a, held_on=today(session))
    for _ in range(2):  # the second click of one form
        change_engagement(
            session,
            cast.coordinator,
            planned.id,
            1,
            held,
            promises=(CommitmentDraft(what="Send the notes", partner_id=a),),
            feedback=(FeedbackDraft(words="Start later", partner_id=a),),
            token="form-1",
        )
    assert session.exec(select(Commitment.engagement_id)).all() == [planned.id]
    assert session.exec(select(FeedbackItem.engagement_id)).all() == [planned.id]
    assert [f.on_day for f in session.exec(select(Fact).where(Fact.kind == "contact"))] == [today(session)]


def test_a_bad_promise_leaves_the_engagement_as_it_was(database: object, cast: Cast) -> None:
    with db.writing() as session:
        a = partner(session, cast, "Fern House")
        engagement_id = logged(session, cast, a).id
    bad = (CommitmentDraft(what="For nobody"),)
    with pytest.raises(Invalid), db.writing() as session:
        change_engagement(session, cast.coordinator, engagement_id, 1, meeting(a, purpose="New"), promises=bad)
    with db.reading() as session:
        assert session.get(Engagement, engagement_id).purpose == "Spring planning"


def test_a_stale_edit_overwrites_nobody(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = logged(session, cast, a)
    change_engagement(session, cast.leadership, engagement.id, 1, meeting(a, purpose="Lena's words"))
    with pytest.raises(Conflict, match="still in the form"):
        change_engagement(session, cast.coordinator, engagement.id, 1, meeting(a, purpose="Cora's words"))
    assert engagement.purpose == "Lena's words"


def test_who_may_not_change_and_who_may_not_even_see(session: Session, cast: Cast) -> None:
    a, tribe = partner(session, cast, "Fern House"), partner(session, cast, "Example Rancheria", TRIBE)
    open_one, closed = logged(session, cast, a), logged(session, cast, tribe)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            change_engagement(session, actor, open_one.id, 1, meeting(a))
    for verb in (cancel_engagement, lambda *args: change_engagement(*args, meeting(tribe))):
        with pytest.raises(NotFound):
            verb(session, cast.community_liaison, closed.id, 1)
    with pytest.raises(NotFound):
        finish_follow_up(session, cast.community_liaison, closed.id, 1, 1, None)


def test_its_author_cannot_open_what_a_tribe_shared_by_taking_the_tribe_out(session: Session, cast: Cast) -> None:
    a, tribe = partner(session, cast, "Fern House"), partner(session, cast, "Example Rancheria", TRIBE)
    engagement = logged(session, cast, a, tribe)
    with pytest.raises(NotAllowed, match="Example Rancheria"):
        change_engagement(session, cast.coordinator, engagement.id, 1, meeting(a))
    change_engagement(session, cast.tribal_liaison, engagement.id, 1, meeting(a))
    assert engagement.version == 2


def test_names_not_linked_yet_stay_and_are_partner_enough(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = logged(session, cast, a)
    session.add(EngagementPartner(engagement_id=engagement.id, name_written="Fern Hse"))
    session.flush()
    change_engagement(session, cast.coordinator, engagement.id, 1, meeting(purpose="Only the unlinked name is left"))
    assert [p.name_written for p in session.exec(select(EngagementPartner))] == ["Fern Hse"]


def test_a_tag_that_stays_keeps_the_version_it_was_made_under(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = logged(session, cast, a, behaviors=(BehaviorShown(entry_id="LB1"),))
    session.exec(select(BehaviorTag)).one().framework_version = "an older brochure"
    session.flush()
    shown = (BehaviorShown(entry_id="LB1", evidence="Now said"), BehaviorShown(entry_id="LB2"))
    change_engagement(session, cast.coordinator, engagement.id, 1, meeting(a, behaviors=shown))
    versions = {tag.entry_id: tag.framework_version for tag in session.exec(select(BehaviorTag))}
    assert versions["LB1"] == "an older brochure"
    assert versions["LB2"] not in ("", "an older brochure")


def test_a_voided_engagement_is_restored_before_it_is_changed(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = logged(session, cast, a)
    void_engagement(session, cast.coordinator, engagement.id, 1, "Entered twice")
    with pytest.raises(Conflict, match="Restore it first"):
        change_engagement(session, cast.coordinator, engagement.id, 2, meeting(a))


def test_the_same_behavior_twice_is_refused(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    with pytest.raises(Invalid, match="named twice"):
        logged(session, cast, a, behaviors=(BehaviorShown(entry_id="LB1"), BehaviorShown(entry_id="LB1")))


def test_only_what_is_planned_can_be_cancelled(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    planned = logged(session, cast, a, status=EngagementStatus.PLANNED)
    assert cancel_engagement(session, cast.coordinator, planned.id, 1).status is EngagementStatus.CANCELLED
    assert last_change(session).verb == "cancel"
    with pytest.raises(Invalid, match="Only a planned engagement"):
        cancel_engagement(session, cast.coordinator, planned.id, 2)
    other = logged(session, cast, a, status=EngagementStatus.PLANNED)
    with pytest.raises(Conflict):
        cancel_engagement(session, cast.coordinator, other.id, 7)


def test_a_follow_up_is_marked_done_and_taken_back(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    points = (PointDraft(what="Room", follow_up="Ask the school"), PointDraft(what="Food"))
    engagement = logged(session, cast, a, points=points)
    room, _food = session.exec(select(DiscussionPoint).order_by(col(DiscussionPoint.position))).all()
    finish_follow_up(session, cast.community_liaison, engagement.id, 1, room.id, date(2026, 3, 9))
    assert room.follow_up_done_on == date(2026, 3, 9)
    assert last_change(session).verb == "finish follow-up"
    with pytest.raises(Conflict):
        finish_follow_up(session, cast.coordinator, engagement.id, 1, room.id, None)
    finish_follow_up(session, cast.coordinator, engagement.id, 2, room.id, None)
    assert room.follow_up_done_on is None


@pytest.mark.parametrize(
    ("position", "day", "sentence"),
    [(1, date(2999, 1, 1), "still to come"), (2, date(2026, 3, 9), "no follow-up"), (9, None, "not here any more")],
)
def test_a_follow_up_that_cannot_be_marked_is_refused(
    session: Session, cast: Cast, position: int, day: date | None, sentence: str
) -> None:
    a = partner(session, cast, "Fern House")
    points = (PointDraft(what="Room", follow_up="Ask the school"), PointDraft(what="Food"))
    engagement = logged(session, cast, a, points=points)
    point_id = {p.position: p.id for p in session.exec(select(DiscussionPoint))}.get(position, 999)
    with pytest.raises((Invalid, NotFound), match=sentence):
        finish_follow_up(session, cast.coordinator, engagement.id, 1, point_id, day)


def test_an_imported_engagements_own_words_stay_until_somebody_decides(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = logged(session, cast, a, kind="other")
    engagement.as_written = {"kind": "potluck", "forum": "Old table", "held_on": "spring"}
    session.flush()
    change_engagement(session, cast.coordinator, engagement.id, 1, meeting(a, kind="other"))
    assert engagement.as_written == {"kind": "potluck", "forum": "Old table"}
    change_engagement(session, cast.coordinator, engagement.id, 2, meeting(a, kind="event"))
    assert engagement.as_written == {"forum": "Old table"}
