"""What an actor may see, as conditions every query adds.

A Tribal government's engagements, promises, feedback and ratings are open to Tribal liaisons, leadership and whoever
wrote them down. A record with several partners is closed as soon as one of them is a Tribal government.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, true
from sqlmodel import col, select

from erp.access import Actor
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.ratings import Rating
from erp.vocabulary import PartnerKind


def engagements_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Engagement rows that the actor may see."""
    if actor.sees_tribal_records:
        return true()
    with_a_tribe = (
        select(EngagementPartner.id)
        .join(Partner, col(Partner.id) == col(EngagementPartner.partner_id))
        .where(
            col(EngagementPartner.engagement_id) == col(Engagement.id),
            Partner.kind == PartnerKind.TRIBAL_GOVERNMENT,
        )
    )
    return or_(~exists(with_a_tribe), _written_by(actor, Engagement))


def commitments_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Commitment rows that the actor may see; a promise repeats what the meeting said."""
    if actor.sees_tribal_records:
        return true()
    at_a_closed_meeting = (
        select(EngagementPartner.id)
        .join(Partner, col(Partner.id) == col(EngagementPartner.partner_id))
        .where(
            col(EngagementPartner.engagement_id) == col(Commitment.engagement_id),
            Partner.kind == PartnerKind.TRIBAL_GOVERNMENT,
        )
    )
    return or_(and_(_not_of_a_tribe(Commitment), ~exists(at_a_closed_meeting)), _written_by(actor, Commitment))


def feedback_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on FeedbackItem rows that the actor may see."""
    if actor.sees_tribal_records:
        return true()
    return or_(_not_of_a_tribe(FeedbackItem), _written_by(actor, FeedbackItem))


def ratings_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Rating rows that the actor may see."""
    if actor.sees_tribal_records:
        return true()
    return or_(_not_of_a_tribe(Rating), _written_by(actor, Rating))


def figures_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Partner rows whose figures (last contact, counts, health) the actor may see."""
    if actor.sees_tribal_records:
        return true()
    return Partner.kind != PartnerKind.TRIBAL_GOVERNMENT


def _not_of_a_tribe(noun: type[Commitment | FeedbackItem | Rating]) -> ColumnElement[bool]:
    of_a_tribe = select(Partner.id).where(
        col(Partner.id) == col(noun.partner_id), Partner.kind == PartnerKind.TRIBAL_GOVERNMENT
    )
    return ~exists(of_a_tribe)


def _written_by(actor: Actor, noun: type[Engagement | Commitment | FeedbackItem | Rating]) -> ColumnElement[bool]:
    if actor.user_id is None:
        return ~true()
    return col(noun.recorded_by) == actor.user_id
