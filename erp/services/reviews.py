"""Local system reviews: planning one, taking it again, and all that belongs to it. It asks how, not who."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.reviews import (
    ReviewDebrief,
    ReviewFinding,
    ReviewGroup,
    ReviewMember,
    ReviewRecommendation,
    SystemReview,
)
from erp.queries.visible import reviews_visible_to
from erp.services.checks import refuse_future, refuse_stale, refuse_void_twice, refuse_voided
from erp.services.drafts import Draft
from erp.services.parts import PartOf, keep_partner
from erp.services.placing import placed
from erp.services.records import (
    change_record,
    need_reason,
    now,
    record_change,
    remember_save,
    saved_before,
    set_void,
    snapshot,
)
from erp.vocabulary import Compared, RecordKind, TeamSide, Verb

#: People of one role in a review's team, and interviews or files of one review, at most; a slip of the keys is more.
MOST_PEOPLE, MOST_COUNTED = 500, 100_000
METHODS = ("interviews", "observations", "texts", "case_files")


class ReviewDraft(Draft):
    """A review as entered. The methods are counts; None: not recorded. `again_of`: the review it takes again."""

    question: str
    trigger: str = ""
    trigger_on: date | None = None
    trigger_source: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    interviews: int | None = None
    observations: int | None = None
    texts: int | None = None
    case_files: int | None = None
    again_of: int | None = None


class MemberDraft(Draft):
    """People of the team by role, and how many."""

    side: TeamSide
    role: str
    people: int = 1


class DebriefDraft(Draft):
    """A debrief note by the fixed prompt: who or what, at which step, what it shows about how work is organized."""

    on_day: date
    subject: str
    at_step: str = ""
    insight: str
    agency_there: bool = False


class FindingDraft(Draft):
    """A finding, where it is placed, the agency's correction beside it, and the one of the review before."""

    words: str
    category: str = ""
    issue: str = ""
    practice: str = ""
    correction: str = ""
    corrected_on: date | None = None
    earlier_id: int | None = None
    compared: Compared | None = None


class RecommendationDraft(Draft):
    """A recommendation: who takes care of it by when; `became`: what was done."""

    what: str
    owner: str
    due_on: date
    finding_id: int | None = None
    done_on: date | None = None
    became: str = ""


class GroupDraft(Draft):
    """A group that contributed, and when and how it was told what was found."""

    name: str
    partner_id: int | None = None
    told_on: date | None = None
    how: str = ""


def plan_review(session: Session, actor: Actor, draft: ReviewDraft, *, token: str = "") -> SystemReview:
    """Write down a review. The same form twice answers with the first record.

    Raises: NotAllowed, NotFound, Invalid.
    """
    actor.require(Verb.ADD, RecordKind.SYSTEM_REVIEW)
    already = saved_before(session, token, draft)
    if already is not None:
        return visible_review(session, actor, already)
    _check(session, draft)
    if draft.again_of is not None:
        refuse_voided(visible_review(session, actor, draft.again_of), "review")
    review = SystemReview(recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump())
    session.add(review)
    session.flush()
    verb = "take again" if draft.again_of is not None else "plan"
    record_change(session, actor, verb, RecordKind.SYSTEM_REVIEW, review.id, after=snapshot(review))
    remember_save(session, token, RecordKind.SYSTEM_REVIEW, _id(review), draft)
    session.flush()
    return review


def change_review(session: Session, actor: Actor, review_id: int, version: int, draft: ReviewDraft) -> SystemReview:
    """Change the question, the figure that set it off, days and counts; which review it takes again stays.

    Raises: NotAllowed, NotFound, Conflict, Invalid.
    """
    actor.require(Verb.CHANGE, RecordKind.SYSTEM_REVIEW)
    review = visible_review(session, actor, review_id)
    refuse_stale(review, version, "review")
    refuse_voided(review, "review")
    _check(session, draft)
    values = draft.model_dump(exclude={"again_of"})
    return change_record(session, actor, review, version, "change", RecordKind.SYSTEM_REVIEW, values)


def void_review(session: Session, actor: Actor, review_id: int, version: int, reason: str) -> SystemReview:
    """Void a review with a reason: from now on as if never entered."""
    return _set_void(session, actor, review_id, version, need_reason(reason))


def restore_review(session: Session, actor: Actor, review_id: int, version: int) -> SystemReview:
    """Bring a voided review back."""
    return _set_void(session, actor, review_id, version, "")


def visible_review(session: Session, actor: Actor, review_id: int) -> SystemReview:
    """Load a review the actor may see. Raises: NotFound."""
    question = select(SystemReview).where(SystemReview.id == review_id, reviews_visible_to(actor))
    found = session.exec(question).first()
    if found is None:
        raise NotFound("This review is not here. It may have been moved, or the address is wrong.")
    return found


def _check(session: Session, draft: ReviewDraft) -> None:
    if not draft.question:
        raise Invalid("Say what the review asks: how a result comes about, not who brought it about.")
    if (draft.trigger_on is None) != (not draft.trigger):
        raise Invalid("Enter both: the figure that set it off, and the day of the figure.")
    refuse_future(session, draft.trigger_on, "Enter the day of the figure.")
    refuse_future(session, draft.ended_on, "Leave the end blank until the review has ended.")
    if draft.ended_on is not None and (draft.started_on is None or draft.started_on > draft.ended_on):
        raise Invalid("A review that ended began before. Correct the two days.")
    for name in METHODS:
        count = getattr(draft, name)
        if count is not None and not 0 <= count <= MOST_COUNTED:
            raise Invalid(f"{name.replace('_', ' ').capitalize()}: enter a number from 0 to {MOST_COUNTED:,}.")


def _check_member(_: Session, __: Actor, ___: SystemReview, draft: MemberDraft, ____: Any) -> None:
    if not draft.role:
        raise Invalid("Say in which role they take part; names are not kept.")
    if not 1 <= draft.people <= MOST_PEOPLE:
        raise Invalid(f"Enter how many people: a number from 1 to {MOST_PEOPLE}.")


def _check_debrief(session: Session, _: Actor, __: SystemReview, draft: DebriefDraft, ___: Any) -> None:
    if not draft.subject or not draft.insight:
        raise Invalid("A debrief note says who or what it is about, and what it shows about how work is organized.")
    refuse_future(session, draft.on_day, "Enter the day of the debrief.")


def _check_finding(
    session: Session, _: Actor, review: SystemReview, draft: FindingDraft, was: ReviewFinding | None
) -> None:
    if not draft.words:
        raise Invalid("Say what was found.")
    if (draft.corrected_on is None) != (not draft.correction):
        raise Invalid("Enter both: the agency's correction, and the day of the correction.")
    refuse_future(session, draft.corrected_on, "Enter the day of the correction.")
    if was is not None and (was.correction or draft.correction) and draft.words != was.words:
        raise Invalid(
            "The agency's correction stands beside the words it corrects, so they stay as they are. Write another "
            "finding, or take this one out and say why."
        )
    if was is not None and was.correction and not draft.correction:
        raise Invalid("The agency's correction stays beside the finding. Change its words, or leave it.")
    if (draft.earlier_id is None) != (draft.compared is None):
        raise Invalid("Choose the finding of the review before, and how this one stands beside it.")
    if draft.earlier_id is not None and (was is None or was.earlier_id != draft.earlier_id):
        earlier = session.get(ReviewFinding, draft.earlier_id)
        here = earlier is not None and earlier.voided_at is None
        if earlier is None or not here or review.again_of is None or earlier.review_id != review.again_of:
            raise NotFound("This finding is not of the review that is taken again. Choose it anew.")


def _check_recommendation(
    session: Session, _: Actor, review: SystemReview, draft: RecommendationDraft, was: ReviewRecommendation | None
) -> None:
    if not draft.what or not draft.owner:
        raise Invalid("Say what is recommended, and who takes care of it.")
    refuse_future(session, draft.done_on, "Enter the day it was done.")
    if (draft.done_on is None) != (not draft.became):
        raise Invalid("Say what was done about it, and when.")
    if draft.finding_id is not None and (was is None or was.finding_id != draft.finding_id):
        finding = session.get(ReviewFinding, draft.finding_id)
        if finding is None or finding.review_id != review.id or finding.voided_at is not None:
            raise NotFound("This finding is not of this review. Choose it again.")


def _check_group(session: Session, _: Actor, __: SystemReview, draft: GroupDraft, was: ReviewGroup | None) -> None:
    if not draft.name:
        raise Invalid("Say which group: parents who were interviewed, workers of a unit, a partner. No person's name.")
    if (draft.told_on is None) != (not draft.how):
        raise Invalid("Say both: when the group was told, and how.")
    refuse_future(session, draft.told_on, "Enter the day they were told.")
    keep_partner(session, draft.partner_id, was)


def _set_void(session: Session, actor: Actor, review_id: int, version: int, reason: str) -> SystemReview:
    actor.require(Verb.ARCHIVE, RecordKind.SYSTEM_REVIEW)
    review = visible_review(session, actor, review_id)
    refuse_stale(review, version, "review")
    refuse_void_twice(review, "review", restoring=not reason)
    return set_void(session, actor, review, version, RecordKind.SYSTEM_REVIEW, reason, lambda *_: None)


def _id(review: SystemReview) -> int:
    assert review.id is not None  # it was flushed
    return review.id


def _part(table: Any, called: str, of: str, check: Any, **more: Any) -> PartOf:
    return PartOf(table, "review_id", RecordKind.SYSTEM_REVIEW, called, of, visible_review, check, **more)


MEMBER = _part(ReviewMember, "team member", "role", _check_member)
DEBRIEF = _part(ReviewDebrief, "debrief note", "subject", _check_debrief)
FINDING = _part(
    ReviewFinding, "finding", "words", _check_finding, values=lambda s, draft, was: placed(s, draft.model_dump(), was)
)
RECOMMENDATION = _part(ReviewRecommendation, "recommendation", "what", _check_recommendation)
GROUP = _part(ReviewGroup, "group", "name", _check_group)
