"""Planning, logging, changing and voiding engagements; one save writes everything that was entered, or nothing."""

from datetime import date

from pydantic import Field
from sqlalchemy import delete
from sqlmodel import Session, col, select

from erp import frameworks
from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.contacts import Contact, Forum
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.models.partners import Partner
from erp.queries.county import today
from erp.queries.visible import engagements_visible_to
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.drafts import Draft
from erp.services.facts import sync_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.records import (
    need_reason,
    new_key,
    now,
    record_change,
    remember_save,
    revise,
    saved_before,
    snapshot,
)
from erp.vocabulary import EngagementKind, EngagementStatus, Interpreter, RecordKind, Verb, Who

#: Planned engagements may lie this far ahead, in years.
YEARS_AHEAD = 10


class PartnerAt(Draft):
    """A partner at an engagement; `two_way` False where nobody of it took part or gave input."""

    partner_id: int
    two_way: bool = True


class BehaviorShown(Draft):
    """A CPM leadership behavior the engagement shows, with the evidence in words."""

    entry_id: str
    evidence: str = ""


class PointDraft(Draft):
    """A discussion point with its own follow-up."""

    what: str = Field(min_length=1)
    follow_up: str = ""
    follow_up_due: date | None = None
    follow_up_done_on: date | None = None


class EngagementDraft(Draft):
    """An engagement as entered. `when_words`: words that are not a day, kept as written and in no figure."""

    status: EngagementStatus = EngagementStatus.HELD
    kind: EngagementKind = EngagementKind.MEETING
    held_on: date | None = None
    held_at: str = ""
    when_words: str = ""
    partners: tuple[PartnerAt, ...] = ()
    people: tuple[int, ...] = ()
    forum_id: int | None = None
    place: str = ""
    remote: bool = False
    language: str = ""
    interpreter: Interpreter = Interpreter.NOT_SAID
    county_people: str = ""
    purpose: str = ""
    facts: str = ""
    quotes: str = ""
    opinions: str = ""
    decisions: str = ""
    asked_by: Who = Who.UNKNOWN
    agenda_by: Who = Who.UNKNOWN
    decided_by: Who = Who.UNKNOWN
    points: tuple[PointDraft, ...] = ()
    behaviors: tuple[BehaviorShown, ...] = ()
    topics: tuple[str, ...] = ()
    notes: str = ""
    key: str = ""


def log_engagement(
    session: Session,
    actor: Actor,
    draft: EngagementDraft,
    *,
    promises: tuple[CommitmentDraft, ...] = (),
    feedback: tuple[FeedbackDraft, ...] = (),
    token: str = "",
) -> Engagement:
    """Save an engagement with its promises and feedback in one go; the same form twice answers with the first record.

    Raises: NotAllowed, NotFound (a partner, person or forum that is not here), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.ENGAGEMENT)
    already = saved_before(session, token)
    if already is not None:
        return visible_engagement(session, actor, already)
    _check(session, draft)
    engagement = Engagement(key=draft.key or "new", recorded_at=now(), recorded_by=actor.user_id, **_columns(draft))
    session.add(engagement)
    session.flush()
    engagement_id = _id(engagement)
    engagement.key = draft.key or new_key(session, Engagement, "E", engagement_id)
    _set_parts(session, engagement_id, draft)
    sync_engagement(session, engagement, engagement.recorded_at)
    record_change(session, actor, "log", RecordKind.ENGAGEMENT, engagement_id, after=_told(session, engagement))
    for promise in promises:
        make_commitment(session, actor, promise.model_copy(update={"engagement_id": engagement_id}))
    for item in feedback:
        receive_feedback(session, actor, item.model_copy(update={"engagement_id": engagement_id}))
    remember_save(session, token, RecordKind.ENGAGEMENT, engagement_id)
    session.flush()
    return engagement


def change_engagement(
    session: Session, actor: Actor, engagement_id: int, version: int, draft: EngagementDraft
) -> Engagement:
    """Change an engagement opened at `version`, also a planned one into a held one. Raises: as above, Conflict."""
    actor.require(Verb.CHANGE, RecordKind.ENGAGEMENT)
    engagement = visible_engagement(session, actor, engagement_id)
    _check(session, draft)
    before = _told(session, engagement)
    revise(engagement, version, _columns(draft) | {"as_written": _still_written(engagement, draft)})
    for part in (EngagementPartner, EngagementPerson, DiscussionPoint, BehaviorTag, TopicTag):
        kept = delete(part).where(col(part.engagement_id) == engagement_id)
        if part is EngagementPartner:  # names from a spreadsheet that wait to be linked stay
            kept = kept.where(col(EngagementPartner.partner_id).is_not(None))
        session.execute(kept)  # the history of changes keeps what was there
    _set_parts(session, engagement_id, draft)
    sync_engagement(session, engagement, now())
    after = _told(session, engagement)
    record_change(session, actor, "change", RecordKind.ENGAGEMENT, engagement_id, before=before, after=after)
    return engagement


def void_engagement(session: Session, actor: Actor, engagement_id: int, version: int, reason: str) -> Engagement:
    """Void an engagement with a reason: from now on as if never entered; record and reason stay."""
    actor.require(Verb.ARCHIVE, RecordKind.ENGAGEMENT)
    return _set_void(session, actor, engagement_id, version, "void", need_reason(reason))


def restore_engagement(session: Session, actor: Actor, engagement_id: int, version: int) -> Engagement:
    """Bring a voided engagement back."""
    actor.require(Verb.ARCHIVE, RecordKind.ENGAGEMENT)
    return _set_void(session, actor, engagement_id, version, "restore", "")


def visible_engagement(session: Session, actor: Actor, engagement_id: int) -> Engagement:
    """Load an engagement the actor may see. Raises: NotFound."""
    engagement = session.exec(
        select(Engagement).where(Engagement.id == engagement_id, engagements_visible_to(actor))
    ).first()
    if engagement is None:
        raise NotFound("This engagement is not here. It may have been moved, or the address is wrong.")
    return engagement


def _set_void(session: Session, actor: Actor, engagement_id: int, version: int, verb: str, reason: str) -> Engagement:
    engagement = visible_engagement(session, actor, engagement_id)
    before = snapshot(engagement)
    at = now()
    revise(engagement, version, {"voided_at": at if reason else None, "void_reason": reason})
    session.flush()
    sync_engagement(session, engagement, at)
    after = snapshot(engagement)
    record_change(session, actor, verb, RecordKind.ENGAGEMENT, engagement_id, before=before, after=after)
    return engagement


def _check(session: Session, draft: EngagementDraft) -> None:
    if not draft.partners:
        raise Invalid("Name at least one partner who took part or was in touch.")
    if len({p.partner_id for p in draft.partners}) < len(draft.partners):
        raise Invalid("A partner is named twice. Name each partner once.")
    if not draft.purpose and draft.forum_id is None:
        raise Invalid("Say what it was about, or choose the forum.")
    if draft.held_on is None and not draft.when_words:
        raise Invalid("Say when: a day, or words if the day is not known.")
    _check_day(session, draft)
    for entry_id in (shown.entry_id for shown in draft.behaviors):
        frameworks.entry("cpm_leadership_behaviors", entry_id)
    for entry_id in draft.topics:
        frameworks.entry("erp_topics", entry_id)
    _all_here(session, Partner, {p.partner_id for p in draft.partners}, "partner")
    _all_here(session, Contact, set(draft.people), "person")
    _all_here(session, Forum, {draft.forum_id} - {None}, "forum")


def _check_day(session: Session, draft: EngagementDraft) -> None:
    day = draft.held_on
    if day is None:
        return
    this_day = today(session)
    if draft.status == EngagementStatus.HELD and day > this_day:
        raise Invalid(f"{day:%B %-d, %Y} is still to come. Save it as planned, or correct the day.")
    if day.year > this_day.year + YEARS_AHEAD:
        raise Invalid(f"{day:%B %-d, %Y} is more than {YEARS_AHEAD} years ahead. Correct the year.")
    if day.year < 1900:
        raise Invalid(f"{day.isoformat()} is before 1900. Correct the year.")


def _all_here(
    session: Session, table: type[Partner | Contact | Forum], ids: set[int | None] | set[int], what: str
) -> None:
    here = set(session.exec(select(table.id).where(col(table.id).in_(ids)))) if ids else set()
    if here != ids:
        raise NotFound(f"A {what} chosen here is not in the database any more. Choose again.")


def _columns(draft: EngagementDraft) -> dict[str, object]:
    parts = {"partners", "people", "points", "behaviors", "topics", "when_words", "key"}
    return draft.model_dump(exclude=parts) | {"as_written": _written(draft)}


def _written(draft: EngagementDraft) -> dict[str, str]:
    return {"held_on": draft.when_words} if draft.held_on is None and draft.when_words else {}


def _still_written(engagement: Engagement, draft: EngagementDraft) -> dict[str, str]:
    """Keep a spreadsheet's own words for fields that the person did not decide anew."""
    decided = {"held_on"} | ({"kind"} if draft.kind != EngagementKind.OTHER else set())
    return {f: words for f, words in engagement.as_written.items() if f not in decided} | _written(draft)


def _set_parts(session: Session, engagement_id: int, draft: EngagementDraft) -> None:
    version = frameworks.load_frameworks()["cpm_leadership_behaviors"].version
    topic_version = frameworks.load_frameworks()["erp_topics"].version
    session.add_all(
        EngagementPartner(engagement_id=engagement_id, partner_id=p.partner_id, two_way=p.two_way)
        for p in draft.partners
    )
    session.add_all(EngagementPerson(engagement_id=engagement_id, contact_id=c) for c in draft.people)
    session.add_all(
        DiscussionPoint(engagement_id=engagement_id, position=n, **point.model_dump())
        for n, point in enumerate(draft.points, 1)
    )
    session.add_all(
        BehaviorTag(engagement_id=engagement_id, framework_version=version, **shown.model_dump())
        for shown in draft.behaviors
    )
    session.add_all(
        TopicTag(engagement_id=engagement_id, framework_version=topic_version, entry_id=topic) for topic in draft.topics
    )
    session.flush()


def _told(session: Session, engagement: Engagement) -> dict[str, object]:
    def rows(part: type, columns: set[str]) -> list[object]:
        found = session.exec(select(part).where(part.engagement_id == engagement.id).order_by(part.id))
        return [row.model_dump(mode="json", include=columns) for row in found]

    return snapshot(
        engagement,
        partners=rows(EngagementPartner, {"partner_id", "name_written", "two_way"}),
        people=rows(EngagementPerson, {"contact_id"}),
        points=rows(DiscussionPoint, {"what", "follow_up", "follow_up_due", "follow_up_done_on"}),
        behaviors=rows(BehaviorTag, {"entry_id", "evidence"}),
        topics=rows(TopicTag, {"entry_id"}),
    )


def _id(engagement: Engagement) -> int:
    assert engagement.id is not None  # it was flushed
    return engagement.id
