"""What an actor may see, as conditions every query adds.

A Tribal government's engagements, promises, feedback and ratings are open to Tribal liaisons, leadership and whoever
wrote them down. An engagement with several partners is closed as soon as one of them is a Tribal government, and so
are the promises made and the feedback given at it, whoever they are from. Feedback given on a public page is besides
open only to those whom its giver chose. What is made of voices – decisions, barriers, reviews – is open to those who
may see every voice in it, and stays so where a voice is taken out again.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, not_, or_, true
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from erp.access import Actor
from erp.models.barriers import Barrier, BarrierEvidence, BarrierOption, BarrierOwner, BarrierVerdict
from erp.models.base import Recorded
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.decisions import Decision, DecisionSource
from erp.models.engagements import Engagement, EngagementPartner
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.public import PublicLink
from erp.models.ratings import Rating
from erp.models.reviews import ReviewFinding, ReviewGroup, SystemReview
from erp.vocabulary import READERS_BY_ROLE, PartnerKind, Readers, RecordKind, Verb

#: What a list says of a person who did not agree to be named and whose role is not known.
UNNAMED = "A person of this partner"

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
    """Return the condition on FeedbackItem rows that the actor may see: as far as a Tribe and the giver open them."""
    return and_(_open_to(actor, FeedbackItem), _chosen_by_giver(actor))


def decisions_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Decision rows that the actor may see: those of which every source is open to them.

    A decision says what was said; whoever may not read one of its voices is not to read it there.
    """
    of_it = col(DecisionSource.decision_id) == col(Decision.id)
    item = select(DecisionSource.id).join(FeedbackItem, col(FeedbackItem.id) == col(DecisionSource.item_id))
    point = select(DecisionSource.id).join(Engagement, col(Engagement.id) == col(DecisionSource.engagement_id))
    barrier = select(DecisionSource.id).join(Barrier, col(Barrier.id) == col(DecisionSource.barrier_id))
    hidden = (
        item.where(of_it, _not_sure(feedback_visible_to(actor))).correlate(Decision),
        point.where(of_it, _not_sure(engagements_visible_to(actor))).correlate(Decision),
        barrier.where(of_it, _not_sure(barriers_visible_to(actor))).correlate(Decision),
    )
    return and_(*(not_(exists(each)) for each in hidden))


def barriers_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Barrier rows that the actor may see: all evidence is open to them, and no Tribal
    government takes part in it, unless they may see what those share or named the barrier.
    """
    of_it = col(BarrierEvidence.barrier_id) == col(Barrier.id)
    item = select(BarrierEvidence.id).join(FeedbackItem, col(FeedbackItem.id) == col(BarrierEvidence.item_id))
    point = select(BarrierEvidence.id).join(Engagement, col(Engagement.id) == col(BarrierEvidence.engagement_id))
    finding = (
        select(BarrierEvidence.id)
        .join(ReviewFinding, col(ReviewFinding.id) == col(BarrierEvidence.finding_id))
        .join(SystemReview, col(SystemReview.id) == col(ReviewFinding.review_id))
    )
    hidden = (
        item.where(of_it, _not_sure(feedback_visible_to(actor))).correlate(Barrier),
        point.where(of_it, _not_sure(engagements_visible_to(actor))).correlate(Barrier),
        finding.where(of_it, _not_sure(reviews_visible_to(actor))).correlate(Barrier),
    )
    takes_part = (
        _with_a_tribe(part, Barrier, col(part.barrier_id) == col(Barrier.id))
        for part in (BarrierOwner, BarrierOption, BarrierVerdict)
    )
    return and_(*(not_(exists(each)) for each in hidden), _no_tribe(actor, Barrier, *takes_part))


def reviews_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on SystemReview rows that the actor may see: no Tribal government contributed to it, or to
    a review that it takes again, unless they may see what those share or wrote the review down.
    """
    with_a_tribe = (
        select(col(ReviewGroup.review_id).label("review_id"))
        .join(_tribe, col(_tribe.id) == col(ReviewGroup.partner_id))
        .where(col(_tribe.kind) == PartnerKind.TRIBAL_GOVERNMENT)
        .cte("closed_reviews", recursive=True)
    )
    again = aliased(SystemReview)
    closed = with_a_tribe.union(
        select(col(again.id)).join(with_a_tribe, with_a_tribe.c.review_id == col(again.again_of))
    )
    return _no_tribe(actor, SystemReview, col(SystemReview.id).in_(sa_select(closed.c.review_id)))


def links_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on PublicLink rows that the actor may see: those of a meeting as the meeting itself."""
    seen = select(col(Engagement.id)).where(engagements_visible_to(actor))
    return or_(col(PublicLink.engagement_id).is_(None), col(PublicLink.engagement_id).in_(seen))


def _with_a_tribe(part: Any, whole: type[Barrier | SystemReview], belongs: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that a Tribal government is the partner of such a part; also of one that was voided."""
    question = select(part.id).join(_tribe, col(_tribe.id) == part.partner_id)
    return exists(question.where(belongs, col(_tribe.kind) == PartnerKind.TRIBAL_GOVERNMENT).correlate(whole))


def _no_tribe(
    actor: Actor, whole: type[Barrier | SystemReview], *with_a_tribe: ColumnElement[bool]
) -> ColumnElement[bool]:
    if actor.sees_tribal_records:
        return true()
    return or_(not_(or_(*with_a_tribe)), _written_by(actor, whole))


def _not_sure(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that a condition does not hold, also where the database cannot say: nobody wrote a giver's item down."""
    return not_(func.coalesce(condition, false()))


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


def _chosen_by_giver(actor: Actor) -> ColumnElement[bool]:
    """Say that the giver chose this reader; whoever may see Tribal records gets past no giver's choice."""
    readers = [Readers.TEAM, *(chosen for role, chosen in READERS_BY_ROLE.items() if role in actor.roles)]
    among = col(FeedbackItem.readers).in_(readers)
    if actor.user_id is None:
        return among
    return or_(
        among, and_(col(FeedbackItem.readers) == Readers.ONE_PERSON, col(FeedbackItem.reader_id) == actor.user_id)
    )


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


def _written_by(actor: Actor, noun: type[Recorded]) -> ColumnElement[bool]:
    if actor.user_id is None:
        return ~true()
    return col(noun.recorded_by) == actor.user_id


def may_see_name(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Contact rows whose name the actor may see.

    Who may see phone and e-mail works with these people and sees their names; everyone else sees the names of those
    who agreed to be named, and a role in place of the others.
    """
    if actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL):
        return literal(True)
    return col(Contact.may_be_named).is_(True)


def name_shown(actor: Actor) -> ColumnElement[str]:
    """Return how a Contact row is called in a list that this actor reads: by name, or by role."""
    by_role = func.coalesce(func.nullif(col(Contact.role), ""), UNNAMED)
    return case((may_see_name(actor) & (col(Contact.name) != ""), col(Contact.name)), else_=by_role)
