"""Logging an engagement: works, who may, who may not even see it, bad input, audit, all or nothing, twice."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.errors import Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import (
    EngagementDraft,
    PartnerAt,
    change_engagement,
    log_engagement,
    visible_engagement,
)
from erp.services.feedback import FeedbackDraft
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.vocabulary import EngagementStatus, PartnerKind, Who
from tests.conftest import Cast


def partner(session: Session, cast: Cast, name: str, kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION) -> int:
    return add_partner(session, cast.coordinator, PartnerDraft(name=name, kind=kind)).id or 0


def meeting(*partners: int, **more: object) -> EngagementDraft:
    values = {"held_on": date(2026, 3, 5), "purpose": "Spring planning"} | more
    return EngagementDraft.of(partners=tuple(PartnerAt(partner_id=p) for p in partners), **values)


def test_one_save_writes_meeting_promises_feedback_and_facts(session: Session, cast: Cast) -> None:
    a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    log_engagement(
        session,
        cast.coordinator,
        meeting(a, b, asked_by=Who.PARTNER, agenda_by=Who.COUNTY, decided_by=Who.NONE),
        promises=(CommitmentDraft(what="Send the notes", partner_id=a, due_on=date(2026, 3, 20)),),
        feedback=(FeedbackDraft(words="Start later", partner_id=b, received_on=date(2026, 3, 5)),),
    )
    contacts = session.exec(select(Fact).where(Fact.kind == "contact").order_by(Fact.partner_id)).all()
    assert [(f.partner_id, f.marks_n, f.marks_shared) for f in contacts] == [(a, 2, 1), (b, 2, 1)]
    assert {f.kind for f in session.exec(select(Fact))} == {"contact", "promise", "received"}
    kinds = [change.record_kind for change in session.exec(select(Change).order_by(col(Change.id)))]
    assert kinds == ["partner", "partner", "engagement", "commitment", "feedback_item"]


def test_saving_twice_by_accident_makes_one_record(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    first = log_engagement(session, cast.coordinator, meeting(a), token="form-1")
    second = log_engagement(session, cast.coordinator, meeting(a), token="form-1")
    assert first.id == second.id
    assert len(session.exec(select(Engagement)).all()) == 1


def test_a_bad_promise_leaves_nothing_of_the_meeting(database: object, cast: Cast) -> None:
    with db.writing() as session:
        a = partner(session, cast, "Fern House")
    with pytest.raises(Invalid), db.writing() as session:
        log_engagement(session, cast.coordinator, meeting(a), promises=(CommitmentDraft(what="For nobody"),))
    with db.reading() as session:
        assert not session.exec(select(Engagement)).all()
        assert not session.exec(select(Commitment)).all()
        assert not session.exec(select(FeedbackItem)).all()


def test_a_viewer_and_an_administrator_may_not_log(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            log_engagement(session, actor, meeting(a))


def test_only_tribal_liaison_leadership_and_author_see_a_tribes_meeting(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    other = partner(session, cast, "Fern House")
    logged = log_engagement(session, cast.coordinator, meeting(tribe, other)).id or 0
    for actor in (cast.coordinator, cast.tribal_liaison, cast.leadership):
        assert visible_engagement(session, actor, logged).id == logged
    for actor in (cast.community_liaison, cast.administrator, cast.viewer):
        with pytest.raises(NotFound):
            visible_engagement(session, actor, logged)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"held_on": date(2999, 1, 1)}, "still to come"),
        ({"held_on": date(2999, 1, 1), "status": EngagementStatus.PLANNED}, "years ahead"),
        ({"held_on": None}, "Say when"),
        ({"purpose": ""}, "what it was about"),
        ({"held_on": date(1890, 1, 1)}, "before 1900"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, object], sentence: str
) -> None:
    a = partner(session, cast, "Fern House")
    with pytest.raises(Invalid, match=sentence):
        log_engagement(session, cast.coordinator, meeting(a, **wrong))


def test_words_that_are_no_day_are_kept_and_enter_no_figure(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    logged = log_engagement(session, cast.coordinator, meeting(a, held_on=None, when_words="late last month"))
    assert logged.as_written == {"held_on": "late last month"}
    assert not session.exec(select(Fact)).all()


def test_an_archived_partner_is_not_logged_with_and_stays_where_it_was(session: Session, cast: Cast) -> None:
    clinic, other = partner(session, cast, "Lark Clinic"), partner(session, cast, "Fern House")
    held = log_engagement(session, cast.coordinator, meeting(clinic))
    archive_partner(session, cast.leadership, clinic, 1, "closed")
    with pytest.raises(NotFound, match="is archived"):
        log_engagement(session, cast.coordinator, meeting(clinic))
    again = change_engagement(
        session, cast.coordinator, held.id or 0, held.version, meeting(clinic, other, facts="Rooms")
    )
    assert again.facts == "Rooms"
