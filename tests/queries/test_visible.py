"""What one may not see stays unseen, also in queries that join the same tables themselves."""

from datetime import date

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.ratings import Rating
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.services.commitments import CommitmentDraft, change_commitment, make_commitment
from erp.services.engagements import EngagementDraft, PartnerAt, change_engagement, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.partners import PartnerDraft, add_partner, change_partner
from erp.services.ratings import RatingDraft, enter_rating
from erp.vocabulary import PartnerKind, Side
from tests.conftest import Cast

DAY = date(2026, 3, 5)


def tribe_and_clinic(session: Session, cast: Cast) -> tuple[int, int]:
    tribe = add_partner(session, cast.leadership, PartnerDraft(name="A Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT))
    clinic = add_partner(session, cast.leadership, PartnerDraft(name="A clinic", kind=PartnerKind.SYSTEM_PARTNER))
    assert tribe.id
    assert clinic.id
    draft = EngagementDraft(
        held_on=DAY, purpose="Joint table", partners=(PartnerAt(partner_id=tribe.id), PartnerAt(partner_id=clinic.id))
    )
    promise = CommitmentDraft(what="Share the notes", partner_id=clinic.id)
    heard = FeedbackDraft(words="Said at the joint table", partner_id=clinic.id)
    log_engagement(session, cast.tribal_liaison, draft, promises=(promise,), feedback=(heard,))
    make_commitment(session, cast.tribal_liaison, CommitmentDraft(what="Visit", partner_id=tribe.id))
    receive_feedback(session, cast.tribal_liaison, FeedbackDraft(words="Come to us", partner_id=tribe.id))
    answers = (4,) * 10
    enter_rating(
        session,
        cast.tribal_liaison,
        RatingDraft(partner_id=tribe.id, respondent="Chair", side=Side.PARTNER, rated_on=DAY, answers=answers),
    )
    return tribe.id, clinic.id


def seen_by(session: Session, actor: Actor) -> list[int]:
    joined = (
        select(Engagement.id)
        .join(EngagementPartner, col(EngagementPartner.engagement_id) == col(Engagement.id))
        .join(Partner, col(Partner.id) == col(EngagementPartner.partner_id))
        .where(Partner.kind == PartnerKind.SYSTEM_PARTNER, engagements_visible_to(actor))
    )
    plain = {
        Engagement: engagements_visible_to(actor),
        Commitment: commitments_visible_to(actor),
        FeedbackItem: feedback_visible_to(actor),
        Rating: ratings_visible_to(actor),
    }
    counts = [len(session.exec(select(noun.id).where(visible)).all()) for noun, visible in plain.items()]
    with_partner = select(Commitment.id).join(Partner).where(commitments_visible_to(actor))
    return [*counts, len(session.exec(joined).all()), len(session.exec(with_partner).all())]


def test_a_tribes_records_are_open_to_tribal_liaison_leadership_and_author_only(session: Session, cast: Cast) -> None:
    tribe_and_clinic(session, cast)
    everything = [1, 2, 2, 1, 1, 2]
    assert seen_by(session, cast.tribal_liaison) == everything
    assert seen_by(session, cast.leadership) == everything
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        assert seen_by(session, actor) == [0, 0, 0, 0, 0, 0]
    author = Actor(cast.tribal_liaison.user_id, "now without the role", cast.coordinator.roles)
    assert seen_by(session, author) == everything


def closed_by_its_partners(session: Session) -> dict[str, set[int]]:
    """Which records a Tribal government closes, asked of their partners one by one: the rule the database keeps."""
    session.flush()
    tribes = set(session.exec(select(Partner.id).where(Partner.kind == PartnerKind.TRIBAL_GOVERNMENT)))
    links = session.exec(select(EngagementPartner.engagement_id, EngagementPartner.partner_id))
    meetings = {engagement_id for engagement_id, partner_id in links if partner_id in tribes}
    found: dict[str, set[int]] = {"engagement": meetings}
    for noun in (Commitment, FeedbackItem):
        rows = session.exec(select(noun.id, noun.partner_id, noun.engagement_id))
        theirs = {number or 0 for number, partner_id, at in rows if partner_id in tribes or at in meetings}
        found[str(noun.__tablename__)] = theirs
    return found


def kept_as_closed(session: Session) -> dict[str, set[int]]:
    session.flush()
    nouns = (Engagement, Commitment, FeedbackItem)
    return {str(noun.__tablename__): set(session.exec(select(noun.id).where(noun.closed))) for noun in nouns}  # pyright: ignore[reportReturnType] -- each has an id


def test_what_is_kept_as_closed_follows_every_change_of_who_was_there(session: Session, cast: Cast) -> None:
    tribe, clinic = tribe_and_clinic(session, cast)
    leader = cast.leadership

    def agree(engagements: int, promises: int, feedback: int) -> None:
        kept = kept_as_closed(session)
        assert kept == closed_by_its_partners(session)
        assert tuple(map(len, kept.values())) == (engagements, promises, feedback)

    agree(1, 2, 2)
    meeting = session.exec(select(Engagement)).one()
    drafts = [
        EngagementDraft(held_on=DAY, purpose="Joint table", partners=tuple(PartnerAt(partner_id=p) for p in there))
        for there in ((clinic,), (tribe, clinic))
    ]
    change_engagement(session, leader, meeting.id or 0, meeting.version, drafts[0])
    agree(0, 1, 1)  # the Tribe's own promise and feedback stay closed
    change_engagement(session, leader, meeting.id or 0, meeting.version, drafts[1])
    agree(1, 2, 2)
    visit = session.exec(select(Commitment).where(Commitment.partner_id == tribe)).one()
    moved = CommitmentDraft(what="Visit", partner_id=clinic)
    change_commitment(session, leader, visit.id or 0, visit.version, moved)
    agree(1, 1, 2)
    council = session.exec(select(Partner).where(Partner.id == tribe)).one()
    told = PartnerDraft(name="A Tribe", kind=PartnerKind.TRIBAL_ORGANIZATION)
    change_partner(session, leader, tribe, council.version, told)
    agree(0, 0, 0)
    there = session.exec(select(Partner).where(Partner.id == clinic)).one()
    change_partner(
        session, leader, clinic, there.version, PartnerDraft(name="A clinic", kind=PartnerKind.TRIBAL_GOVERNMENT)
    )
    agree(1, 2, 1)


def test_a_name_linked_to_a_tribe_later_closes_what_it_was_at(session: Session, cast: Cast) -> None:
    tribe, _ = tribe_and_clinic(session, cast)
    logged = log_engagement(
        session,
        cast.leadership,
        EngagementDraft(held_on=DAY, purpose="Harvest", partners=(PartnerAt(partner_id=_clinic_of(session)),)),
        promises=(CommitmentDraft(what="Bring tables", partner_id=_clinic_of(session)),),
    )
    waiting = EngagementPartner(engagement_id=logged.id or 0, partner_id=None, name_written="The Tribe")
    session.add(waiting)
    session.flush()
    assert logged.id not in kept_as_closed(session)["engagement"]
    waiting.partner_id = tribe
    session.add(waiting)
    assert logged.id in kept_as_closed(session)["engagement"]
    assert kept_as_closed(session) == closed_by_its_partners(session)


def _clinic_of(session: Session) -> int:
    return session.exec(select(Partner.id).where(Partner.kind == PartnerKind.SYSTEM_PARTNER)).one() or 0


def test_the_history_does_not_tell_what_the_database_keeps_for_itself(session: Session, cast: Cast) -> None:
    tribe_and_clinic(session, cast)
    told = session.exec(select(Change.after)).all()
    assert told
    assert not [after for after in told if after and "closed" in after]
