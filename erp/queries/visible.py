"""What an actor may see, as conditions every query adds.

A Tribal government's engagements, promises, feedback and ratings are open to Tribal liaisons, leadership and whoever
wrote them down. An engagement with several partners is closed as soon as one of them is a Tribal government, and so
are the promises made and the feedback given at it, whoever they are from.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from erp.access import Actor
from erp.models.commitments import Commitment
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.ratings import Rating
from erp.vocabulary import PartnerKind

#: Their own names for the tables, so that a query that joins partners itself cannot weaken the condition.
_at = aliased(EngagementPartner)
_tribe = aliased(Partner)


def engagements_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Engagement rows that the actor may see."""
    return _open_to(actor, Engagement)


def commitments_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Commitment rows that the actor may see; a promise repeats what the meeting said."""
    return _open_to(actor, Commitment)


def feedback_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on FeedbackItem rows that the actor may see."""
    return _open_to(actor, FeedbackItem)


def ratings_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Rating rows that the actor may see."""
    if actor.sees_tribal_records:
        return true()
    of_a_tribe = select(_tribe.id).where(
        col(_tribe.id) == col(Rating.partner_id), col(_tribe.kind) == PartnerKind.TRIBAL_GOVERNMENT
    )
    return or_(~exists(of_a_tribe.correlate(Rating)), _written_by(actor, Rating))


def figures_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Partner rows whose figures (last contact, counts, health) the actor may see."""
    if actor.sees_tribal_records:
        return true()
    return col(Partner.kind) != PartnerKind.TRIBAL_GOVERNMENT


def _open_to(actor: Actor, noun: type[Engagement | Commitment | FeedbackItem]) -> ColumnElement[bool]:
    """Say that no Tribal government closes the record, as the database keeps it (`erp.models.base.Closable`)."""
    if actor.sees_tribal_records:
        return true()
    return or_(~col(noun.closed), _written_by(actor, noun))


def with_another_tribe(partner_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition on Engagement rows that a Tribal government other than these partners is among theirs."""
    at_it = (
        select(_at.id)
        .join(_tribe, col(_tribe.id) == col(_at.partner_id))
        .where(
            col(_at.engagement_id) == col(Engagement.id),
            col(_tribe.kind) == PartnerKind.TRIBAL_GOVERNMENT,
            col(_tribe.id).not_in(partner_ids),
        )
    )
    return exists(at_it.correlate(Engagement))


def _written_by(actor: Actor, noun: type[Engagement | Commitment | FeedbackItem | Rating]) -> ColumnElement[bool]:
    if actor.user_id is None:
        return ~true()
    return col(noun.recorded_by) == actor.user_id
