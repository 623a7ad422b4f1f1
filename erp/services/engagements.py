"""Planning, logging, changing and voiding engagements; one save writes everything that was entered, or nothing."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.frameworks import BEHAVIORS, TOPICS
from erp.models.contacts import Contact, Forum
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.queries.county import today
from erp.queries.frameworks import frameworks_of
from erp.queries.visible import engagements_visible_to
from erp.services.checks import known_partners, refuse_stale, refuse_void_twice, tribe_at
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.drafts import Draft
from erp.services.engagement_told import told, told_parts
from erp.services.facts import enter_engagement, sync_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.records import (
    add_rows,
    change_record,
    need_reason,
    new_key,
    now,
    record_change,
    remember_save,
    revise,
    saved_before,
    set_void,
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
    turn: Mapping[str, Any] | None = None,
) -> Engagement:
    """Save an engagement with its promises and feedback in one go; the same form twice answers with the first record.

    `turn`: its columns `series`, `repeats` and `slot_on`, where it is one of a row (`erp.services.series`).

    Raises: NotAllowed, NotFound (a partner, person or forum that is not here), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.ENGAGEMENT)
    already = saved_before(session, token, draft, *promises, *feedback)
    if already is not None:
        return visible_engagement(session, actor, already)
    _check(session, draft)
    _check_tags(session, draft, ())
    engagement = Engagement(key=draft.key or "new", recorded_at=now(), recorded_by=actor.user_id, **_columns(draft))
    engagement.sqlmodel_update(dict(turn or {}))
    session.add(engagement)
    session.flush()
    engagement_id = _id(engagement)
    engagement.key = draft.key or new_key(session, Engagement, "E", engagement_id)
    parts = _set_parts(session, engagement_id, draft, {})
    enter_engagement(session, engagement, [part for part in parts if isinstance(part, EngagementPartner)])
    after = snapshot(engagement, **told_parts(*parts))
    record_change(session, actor, "log", RecordKind.ENGAGEMENT, engagement_id, after=after)
    _add_what_came_up(session, actor, engagement_id, promises, feedback)
    remember_save(session, token, RecordKind.ENGAGEMENT, engagement_id, draft, *promises, *feedback)
    session.flush()
    return engagement


def change_engagement(
    session: Session,
    actor: Actor,
    engagement_id: int,
    version: int,
    draft: EngagementDraft,
    *,
    promises: tuple[CommitmentDraft, ...] = (),
    feedback: tuple[FeedbackDraft, ...] = (),
    token: str = "",
    turn: Mapping[str, Any] | None = None,
) -> Engagement:
    """Change an engagement opened at `version`, also a planned one into a held one; what came up is added with it.

    `turn`: columns of its place in a row that change with it (`erp.services.series`).

    Raises: as log_engagement, and Conflict where somebody changed or voided it since.
    """
    actor.require(Verb.CHANGE, RecordKind.ENGAGEMENT)
    engagement = visible_engagement(session, actor, engagement_id)
    if saved_before(session, token, draft, *promises, *feedback) == engagement_id:
        return engagement
    _refuse_voided(engagement)
    there = session.exec(select(EngagementPartner).where(EngagementPartner.engagement_id == engagement_id)).all()
    _check(session, draft, there, engagement.as_written.get("forum", ""))
    tagged = _framework_versions(session, engagement_id)
    _check_tags(session, draft, tagged)
    _keep_closed(session, actor, engagement_id, draft)
    before = told(session, engagement)
    revise(engagement, version, _columns(draft) | {"as_written": _still_written(engagement, draft), **(turn or {})})
    for part in (EngagementPartner, EngagementPerson, DiscussionPoint, BehaviorTag, TopicTag):
        kept = delete(part).where(col(part.engagement_id) == engagement_id)
        if part is EngagementPartner:  # names from a spreadsheet that wait to be linked stay
            kept = kept.where(col(EngagementPartner.partner_id).is_not(None))
        session.execute(kept)  # the history of changes keeps what was there
    _set_parts(session, engagement_id, draft, tagged)
    sync_engagement(session, engagement, now())
    after = told(session, engagement)
    record_change(session, actor, "change", RecordKind.ENGAGEMENT, engagement_id, before=before, after=after)
    _add_what_came_up(session, actor, engagement_id, promises, feedback)
    remember_save(session, token, RecordKind.ENGAGEMENT, engagement_id, draft, *promises, *feedback)
    session.flush()
    return engagement


def cancel_engagement(session: Session, actor: Actor, engagement_id: int, version: int) -> Engagement:
    """Mark a planned engagement as cancelled. Raises: NotAllowed, NotFound, Conflict, Invalid (it is not planned)."""
    actor.require(Verb.CHANGE, RecordKind.ENGAGEMENT)
    engagement = visible_engagement(session, actor, engagement_id)
    _refuse_voided(engagement)
    if engagement.status != EngagementStatus.PLANNED:
        raise Invalid(
            f"Only a planned engagement can be cancelled; this one is marked “{engagement.status.label.lower()}”. "
            "Where the record is wrong, edit it, or void it with a reason."
        )
    kind, values = RecordKind.ENGAGEMENT, {"status": EngagementStatus.CANCELLED}
    return change_record(session, actor, engagement, version, "cancel", kind, values, sync_engagement)


def finish_follow_up(
    session: Session, actor: Actor, engagement_id: int, version: int, point_id: int, done_on: date | None
) -> Engagement:
    """Record the day a discussion point's follow-up was done, or None to take that back.

    Raises: NotAllowed, NotFound, Conflict, Invalid (a day still to come, nothing to follow up).
    """
    actor.require(Verb.CHANGE, RecordKind.ENGAGEMENT)
    engagement = visible_engagement(session, actor, engagement_id)
    _refuse_voided(engagement)
    if done_on is not None and done_on > today(session):
        raise Invalid(f"{done_on:%B %-d, %Y} is still to come. Mark the follow-up as done when it is.")
    before = told(session, engagement)
    revise(engagement, version, {})
    point = session.get(DiscussionPoint, point_id)
    if point is None or point.engagement_id != engagement_id:
        raise NotFound("This discussion point is not here any more. Open the engagement again.")
    if not point.follow_up:
        raise Invalid("This point has no follow-up. Edit the engagement and say what is to be done.")
    point.follow_up_done_on = done_on
    session.flush()
    after = told(session, engagement)
    verb = "finish follow-up" if done_on else "reopen follow-up"
    record_change(session, actor, verb, RecordKind.ENGAGEMENT, engagement_id, before=before, after=after)
    return engagement


def void_engagement(session: Session, actor: Actor, engagement_id: int, version: int, reason: str) -> Engagement:
    """Void an engagement with a reason: from now on as if never entered; record and reason stay."""
    actor.require(Verb.ARCHIVE, RecordKind.ENGAGEMENT)
    return _set_void(session, actor, engagement_id, version, need_reason(reason))


def restore_engagement(session: Session, actor: Actor, engagement_id: int, version: int) -> Engagement:
    """Bring a voided engagement back."""
    actor.require(Verb.ARCHIVE, RecordKind.ENGAGEMENT)
    return _set_void(session, actor, engagement_id, version, "")


def visible_engagement(session: Session, actor: Actor, engagement_id: int) -> Engagement:
    """Load an engagement the actor may see. Raises: NotFound."""
    engagement = session.exec(
        select(Engagement).where(Engagement.id == engagement_id, engagements_visible_to(actor))
    ).first()
    if engagement is None:
        raise NotFound("This engagement is not here. It may have been moved, or the address is wrong.")
    return engagement


def _set_void(session: Session, actor: Actor, engagement_id: int, version: int, reason: str) -> Engagement:
    engagement = visible_engagement(session, actor, engagement_id)
    refuse_stale(engagement, version, "engagement")
    refuse_void_twice(engagement, "engagement", restoring=not reason)
    return set_void(session, actor, engagement, version, RecordKind.ENGAGEMENT, reason, sync_engagement)


def _refuse_voided(engagement: Engagement) -> None:
    if engagement.voided_at is not None:
        raise Conflict("This engagement was voided. Restore it first, then change it.")


def _keep_closed(session: Session, actor: Actor, engagement_id: int, draft: EngagementDraft) -> None:
    """Refuse to take a Tribal government out of a record where that would open what the Tribe shared."""
    if actor.sees_tribal_records:
        return
    tribe = tribe_at(session, engagement_id, {p.partner_id for p in draft.partners})
    if tribe is not None:
        raise NotAllowed(
            f"Taking {tribe} out would open this record to everybody here. Ask a Tribal liaison or leadership to do "
            "it; or, if the Tribe was named by mistake, void this record and log the engagement again."
        )


def _add_what_came_up(
    session: Session,
    actor: Actor,
    engagement_id: int,
    promises: Sequence[CommitmentDraft],
    items: Sequence[FeedbackDraft],
) -> None:
    for promise in promises:
        make_commitment(session, actor, promise.model_copy(update={"engagement_id": engagement_id}))
    for item in items:
        receive_feedback(session, actor, item.model_copy(update={"engagement_id": engagement_id}))


def _check(
    session: Session, draft: EngagementDraft, there: Sequence[EngagementPartner] = (), forum_written: str = ""
) -> None:
    """Check a draft. `there`: who is at the record already; they stay, also where they were archived since.

    `forum_written`: a spreadsheet's name for a forum that is not known here.
    """
    if not draft.partners and not any(link.partner_id is None for link in there):
        raise Invalid("Name at least one partner who took part or was in touch.")
    if len({p.partner_id for p in draft.partners}) < len(draft.partners):
        raise Invalid("A partner is named twice. Name each partner once.")
    if not draft.purpose and draft.forum_id is None and not forum_written:
        raise Invalid("Say what it was about, or choose the forum.")
    if draft.held_on is None and not draft.when_words:
        raise Invalid("Say when: a day, or words if the day is not known.")
    _check_day(session, draft)
    if len({shown.entry_id for shown in draft.behaviors}) < len(draft.behaviors):
        raise Invalid("A behavior is named twice. Name it once, with all its evidence.")
    known_partners(session, {p.partner_id for p in draft.partners} - {link.partner_id for link in there})
    _all_here(session, Contact, set(draft.people), "person")
    _all_here(session, Forum, {draft.forum_id} - {None}, "forum")


def _check_tags(session: Session, draft: EngagementDraft, tagged: Container[str]) -> None:
    """Check that every new tag is of the version in force; what was tagged before stays tagged."""
    named = [(BEHAVIORS, shown.entry_id) for shown in draft.behaviors] + [(TOPICS, topic) for topic in draft.topics]
    new = [tag for tag in named if tag[1] not in tagged]
    known = frameworks_of(session) if new else None
    for framework_id, entry_id in new:
        if known is not None and entry_id not in known.framework(framework_id).by_id:
            known.entry(framework_id, entry_id)  # which refuses what no version has
            raise Invalid(f"{entry_id} is not in the version in force. Choose another one, or leave it out.")


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


def _all_here(session: Session, table: type[Contact | Forum], ids: set[int | None] | set[int], what: str) -> None:
    here = set(session.exec(select(table.id).where(col(table.id).in_(ids)))) if ids else set()
    if here != ids:
        raise NotFound(f"A {what} chosen here is not in the database any more. Choose again.")


def _columns(draft: EngagementDraft) -> dict[str, Any]:
    parts = {"partners", "people", "points", "behaviors", "topics", "when_words", "key"}
    return draft.model_dump(exclude=parts) | {"as_written": _written(draft)}


def _written(draft: EngagementDraft) -> dict[str, str]:
    return {"held_on": draft.when_words} if draft.held_on is None and draft.when_words else {}


def _still_written(engagement: Engagement, draft: EngagementDraft) -> dict[str, str]:
    """Keep a spreadsheet's own words for fields that the person did not decide anew."""
    decided = {"held_on", "two_way"} | ({"kind"} if draft.kind != EngagementKind.OTHER else set())
    decided |= {"forum"} if draft.forum_id is not None else set()
    decided |= {"status"} if draft.status != EngagementStatus.OTHER else set()
    return {f: words for f, words in engagement.as_written.items() if f not in decided} | _written(draft)


def _framework_versions(session: Session, engagement_id: int) -> dict[str, str]:
    """Return the version under which each behavior and topic was tagged: a tag that stays keeps its own."""
    versions: dict[str, str] = {}
    for tag in (BehaviorTag, TopicTag):
        question = select(tag.entry_id, tag.framework_version).where(col(tag.engagement_id) == engagement_id)
        versions |= {str(entry_id): str(version) for entry_id, version in session.execute(question)}
    return versions


def _set_parts(session: Session, engagement_id: int, draft: EngagementDraft, tagged: dict[str, str]) -> list[SQLModel]:
    """Add what belongs to an engagement and return it. `tagged`: entry → the version it was tagged under before."""
    of: dict[str, Any] = {"engagement_id": engagement_id}
    parts: list[SQLModel] = [
        EngagementPartner(**of, partner_id=p.partner_id, two_way=p.two_way) for p in draft.partners
    ]
    parts += [EngagementPerson(**of, contact_id=contact_id) for contact_id in draft.people]
    parts += [DiscussionPoint(**of, position=n, **point.model_dump()) for n, point in enumerate(draft.points, 1)]
    if draft.behaviors or draft.topics:
        known = frameworks_of(session)
        version, topic_version = known.framework(BEHAVIORS).version, known.framework(TOPICS).version
        parts += [
            BehaviorTag(**of, framework_version=tagged.get(shown.entry_id, version), **shown.model_dump())
            for shown in draft.behaviors
        ]
        parts += [
            TopicTag(**of, framework_version=tagged.get(topic, topic_version), entry_id=topic) for topic in draft.topics
        ]
    add_rows(session, parts)
    return parts


def _id(engagement: Engagement) -> int:
    assert engagement.id is not None  # it was flushed
    return engagement.id
