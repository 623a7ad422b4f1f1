"""What one may not see stays unseen, also in queries that join the same tables themselves."""

from datetime import date

from sqlmodel import Session, col, select

from erp.access import Actor
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
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.partners import PartnerDraft, add_partner
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
