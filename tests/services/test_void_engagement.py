"""Voiding and restoring an engagement: works, who may, who may not even see it, bad input, audit, two people."""

import pytest
from sqlmodel import Session, col, select

from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.models.facts import Fact
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import log_engagement, restore_engagement, void_engagement
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner


def known_contacts(session: Session) -> int:
    return len(session.exec(select(Fact).where(Fact.kind == "contact", col(Fact.known_to).is_(None))).all())


def test_a_voided_engagement_counts_nowhere_but_stays_with_its_reason(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = log_engagement(session, cast.coordinator, meeting(a))
    void_engagement(session, cast.coordinator, engagement.id, 1, "  Entered twice ")
    assert session.exec(select(Engagement.void_reason)).all() == ["Entered twice"]
    assert known_contacts(session) == 0
    assert len(session.exec(select(Fact)).all()) == 1  # what was held true until now is still known


def test_a_restored_engagement_counts_again(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = log_engagement(session, cast.coordinator, meeting(a))
    void_engagement(session, cast.coordinator, engagement.id, 1, "Entered twice")
    restored = restore_engagement(session, cast.leadership, engagement.id, 2)
    assert (restored.voided_at, restored.void_reason) == (None, "")
    assert known_contacts(session) == 1


def test_its_promises_stay_when_it_is_voided(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    promise = (CommitmentDraft(what="Send the notes", partner_id=a),)
    engagement = log_engagement(session, cast.coordinator, meeting(a), promises=promise)
    void_engagement(session, cast.coordinator, engagement.id, 1, "Entered twice")
    assert session.exec(select(Commitment.voided_at)).all() == [None]


def test_voiding_and_restoring_are_in_the_history(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = log_engagement(session, cast.coordinator, meeting(a))
    void_engagement(session, cast.coordinator, engagement.id, 1, "Entered twice")
    restore_engagement(session, cast.coordinator, engagement.id, 2)
    changes = session.exec(select(Change).where(Change.record_kind == "engagement").order_by(col(Change.id))).all()
    assert [change.verb for change in changes] == ["log", "void", "restore"]
    assert changes[1].after["void_reason"] == "Entered twice"


def test_voiding_needs_a_reason(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = log_engagement(session, cast.coordinator, meeting(a))
    with pytest.raises(Invalid, match="Say why"):
        void_engagement(session, cast.coordinator, engagement.id, 1, "  ")


def test_of_two_people_who_void_at_once_the_second_is_told(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    engagement = log_engagement(session, cast.coordinator, meeting(a))
    void_engagement(session, cast.coordinator, engagement.id, 1, "Entered twice")
    with pytest.raises(Conflict):
        void_engagement(session, cast.leadership, engagement.id, 1, "Wrong partner")


def test_who_may_not_void_and_who_may_not_even_see(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    open_one = log_engagement(session, cast.coordinator, meeting(a))
    closed = log_engagement(session, cast.coordinator, meeting(tribe))
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            void_engagement(session, actor, open_one.id, 1, "Entered twice")
        with pytest.raises(NotAllowed):
            restore_engagement(session, actor, open_one.id, 1)
    for verb in (lambda *a: void_engagement(*a, "Entered twice"), restore_engagement):
        with pytest.raises(NotFound):
            verb(session, cast.community_liaison, closed.id, 1)
