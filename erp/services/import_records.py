"""Saving imported engagements, commitments, feedback and ratings."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from erp import frameworks
from erp.importing.readings import RowReading
from erp.models.commitments import Commitment
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner, TopicTag
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.ratings import Rating
from erp.services.facts import (
    Draft,
    commitment_facts,
    engagement_facts,
    feedback_facts,
    rating_facts,
    sync_commitment,
    sync_engagement,
    sync_feedback,
    sync_rating,
)
from erp.services.import_batch import Batch
from erp.services.records import snapshot
from erp.vocabulary import (
    EngagementKind,
    FeedbackKind,
    FeedbackState,
    FeedbackWay,
    RecordKind,
    Who,
)

_ENGAGEMENT_TEXTS = ("county_people", "purpose", "facts", "quotes", "opinions", "decisions", "notes", "held_at")
_MARKS = ("asked_by", "agenda_by", "decided_by")
_COMMITMENT_FIELDS = ("what", "owed_by", "made_on", "due_on", "done_on", "withdrawn_on", "reason", "notes")
_FEEDBACK_TEXTS = ("person", "words", "language", "translation", "decision", "notes")
_ITEMS = tuple(f"item_{n}" for n in range(1, 11))
S = FeedbackState


def add_engagement(batch: Batch, reading: RowReading) -> Engagement:
    """Add the engagement of a row with its partners, behaviors and topics."""
    values = reading.values
    number = batch.number(Engagement)
    engagement = Engagement(
        id=number,
        key=values.get("key") or batch.key(Engagement, "E", number),
        status=values["status"],
        kind=values.get("kind") or (EngagementKind.OTHER if "kind" in reading.as_written else EngagementKind.MEETING),
        held_on=values.get("held_on"),
        forum_id=_forum(batch, reading),
        as_written=reading.as_written,
        extras=reading.extras,
        **{mark: values.get(mark) or Who.UNKNOWN for mark in _MARKS},
        **{name: values.get(name) or "" for name in _ENGAGEMENT_TEXTS},
        **batch.stamp(),
    )
    links = _links(batch, reading, number)
    batch.session.add(engagement)
    batch.belongs([*links, *_tags(number, values)])
    _add_facts(batch, number, engagement_facts(engagement, links))
    told = snapshot(engagement, partners=[link.name_written or link.partner_id for link in links])
    batch.audit("import", RecordKind.ENGAGEMENT, number, after=told)
    return engagement


def update_engagement(batch: Batch, engagement: Engagement, reading: RowReading) -> None:
    """Let the filled cells of a row change an engagement; partners, behaviors and topics are replaced where given."""
    values, number = reading.values, engagement.id or 0
    before = snapshot(engagement)
    plain = _filled(values, ("status", "kind", "held_on", *_MARKS, *_ENGAGEMENT_TEXTS))
    if values.get("forum"):
        plain["forum_id"] = _forum(batch, reading)
    _set(engagement, plain, reading)
    for table, field in ((EngagementPartner, "partners"), (BehaviorTag, "behaviors"), (TopicTag, "topics")):
        if values.get(field):
            batch.session.execute(delete(table).where(col(table.engagement_id) == number))
    if values.get("partners"):
        batch.belongs(_links(batch, reading, number))
    batch.belongs(_tags(number, values))
    batch.flush()
    sync_engagement(batch.session, engagement, batch.at)
    after = snapshot(engagement, partners=list(values.get("partners") or ()))
    batch.audit("import", RecordKind.ENGAGEMENT, number, before=before, after=after)


def add_commitment(batch: Batch, reading: RowReading) -> Commitment:
    """Add the promise of a row."""
    values = reading.values
    number = batch.number(Commitment)
    partner_id = _one_partner(batch, reading)
    commitment = Commitment(
        id=number,
        key=values.get("key") or batch.key(Commitment, "C", number),
        partner_id=partner_id,
        engagement_id=_engagement_of(batch, reading),
        as_written=reading.as_written,
        extras=reading.extras,
        **{f: values.get(f) for f in _COMMITMENT_FIELDS if f not in ("reason", "notes")},
        reason=values.get("reason") or "",
        notes=values.get("notes") or "",
        **batch.stamp(),
    )
    batch.session.add(commitment)
    _add_facts(batch, number, commitment_facts(commitment))
    batch.audit("import", RecordKind.COMMITMENT, number, after=snapshot(commitment))
    return commitment


def update_commitment(batch: Batch, commitment: Commitment, reading: RowReading) -> None:
    """Let the filled cells of a row change a promise."""
    before = snapshot(commitment)
    plain = _filled(reading.values, _COMMITMENT_FIELDS)
    if reading.values.get("partner"):
        plain["partner_id"] = _one_partner(batch, reading)
    if reading.values.get("engagement"):
        plain["engagement_id"] = _engagement_of(batch, reading)
    _set(commitment, plain, reading)
    batch.flush()
    sync_commitment(batch.session, commitment, batch.at)
    batch.audit("import", RecordKind.COMMITMENT, commitment.id or 0, before=before, after=snapshot(commitment))


def add_feedback(batch: Batch, reading: RowReading) -> FeedbackItem:
    """Add the feedback of a row with the steps its days tell of; steps it is silent about stay not recorded."""
    values = reading.values
    number = batch.number(FeedbackItem)
    partner_id = _one_partner(batch, reading)
    item = FeedbackItem(
        id=number,
        key=values.get("key") or batch.key(FeedbackItem, "F", number),
        partner_id=partner_id,
        contact_id=batch.names.contact(partner_id, values.get("person") or ""),
        anonymous=bool(values.get("anonymous")),
        way=values.get("way") or FeedbackWay.OTHER,
        kind=values.get("kind") or FeedbackKind.OTHER,
        received_on=values.get("received_on"),
        as_written=reading.as_written,
        extras=reading.extras,
        **{name: values.get(name) or "" for name in _FEEDBACK_TEXTS},
        **batch.stamp(),
    )
    steps = _steps(batch, number, values)
    item.state = _state(steps)
    batch.session.add(item)
    batch.belongs(steps)
    _add_facts(batch, number, feedback_facts(item, steps))
    batch.audit("import", RecordKind.FEEDBACK_ITEM, number, after=snapshot(item))
    return item


def update_feedback(batch: Batch, item: FeedbackItem, reading: RowReading) -> None:
    """Let the filled cells of a row change a feedback item; its steps are laid anew where the row has any day."""
    values, number = reading.values, item.id or 0
    before = snapshot(item)
    plain = _filled(values, (*_FEEDBACK_TEXTS, "way", "kind", "received_on"))
    if values.get("anonymous") is not None:
        plain["anonymous"] = values["anonymous"]
    if values.get("partner"):
        plain["partner_id"] = _one_partner(batch, reading)
    _set(item, plain, reading)
    steps = _steps(batch, number, values)
    if len(steps) > 1:
        batch.session.execute(delete(FeedbackStep).where(col(FeedbackStep.item_id) == number))
        batch.belongs(steps)
        item.state = _state(steps)
    batch.flush()
    sync_feedback(batch.session, item, batch.at)
    batch.audit("import", RecordKind.FEEDBACK_ITEM, number, before=before, after=snapshot(item))


def add_rating(batch: Batch, reading: RowReading) -> Rating:
    """Add the rating of a row."""
    values = reading.values
    number = batch.number(Rating)
    words = values["partner"]
    partner_id = batch.link(reading, "partner", words)
    rating = Rating(
        id=number,
        key=batch.key(Rating, "R", number),
        partner_id=partner_id,
        respondent=respondent(reading),
        side=values["side"],
        rated_on=values["rated_on"],
        notes=values.get("notes") or "",
        as_written=reading.as_written | ({"partner": words} if partner_id is None else {}),
        extras=reading.extras,
        **{item: values.get(item) for item in _ITEMS},
        **batch.stamp(),
    )
    batch.session.add(rating)
    _add_facts(batch, number, rating_facts(rating))
    batch.audit("import", RecordKind.RATING, number, after=snapshot(rating))
    return rating


def update_rating(batch: Batch, rating: Rating, reading: RowReading) -> None:
    """Let the answers of a row replace a rating's."""
    before = snapshot(rating)
    _set(rating, _filled(reading.values, (*_ITEMS, "notes")), reading)
    batch.flush()
    sync_rating(batch.session, rating, batch.at)
    batch.audit("import", RecordKind.RATING, rating.id or 0, before=before, after=snapshot(rating))


def known_rating(batch: Batch, reading: RowReading) -> Rating | None:
    """Return the rating known by partner, respondent, side and day, or None."""
    values = reading.values
    partner_id = batch.names.partner(values["partner"])
    same = select(Rating).where(
        Rating.respondent == respondent(reading),
        Rating.side == values["side"],
        Rating.rated_on == values["rated_on"],
        col(Rating.voided_at).is_(None),
    )
    if partner_id is not None:
        return batch.session.exec(same.where(Rating.partner_id == partner_id)).first()
    unlinked = batch.session.exec(same.where(col(Rating.partner_id).is_(None)))
    return next((r for r in unlinked if r.as_written.get("partner") == values["partner"]), None)


def respondent(reading: RowReading) -> str:
    """Return who rated; a rating without a respondent is known by its row, so that two of them stay two."""
    return reading.values.get("respondent") or f"not named, row {reading.number}"


def _forum(batch: Batch, reading: RowReading) -> int | None:
    words = reading.values.get("forum")
    if not words:
        return None
    forum_id = batch.names.forum_of_name.get("".join(words.split()))
    if forum_id is None:
        reading.as_written["forum"] = words
        batch.note(
            reading, "forum", words, "No forum has this name, so it is kept as words.", "Add the forum to link it."
        )
    return forum_id


def _links(batch: Batch, reading: RowReading, number: int) -> list[EngagementPartner]:
    links: list[EngagementPartner] = []
    for name in dict.fromkeys(reading.values.get("partners") or ()):
        partner_id = batch.link(reading, "partners", name)
        if partner_id is None or all(link.partner_id != partner_id for link in links):
            links.append(
                EngagementPartner(
                    engagement_id=number,
                    partner_id=partner_id,
                    name_written="" if partner_id else name,
                    two_way=bool(reading.values.get("two_way")),
                )
            )
    return links


def _tags(number: int, values: dict[str, Any]) -> Iterable[BehaviorTag | TopicTag]:
    known = frameworks.load_frameworks()
    for table, field, framework in (
        (BehaviorTag, "behaviors", "cpm_leadership_behaviors"),
        (TopicTag, "topics", "erp_topics"),
    ):
        for entry_id in dict.fromkeys(values.get(field) or ()):
            yield table(engagement_id=number, entry_id=entry_id, framework_version=known[framework].version)


def _one_partner(batch: Batch, reading: RowReading) -> int | None:
    """Link the one partner a promise or feedback is about; several names stay words, since nobody can be sure."""
    names: tuple[str, ...] = reading.values.get("partner") or ()
    if not names:
        return None
    words = "; ".join(names)
    partner_id = batch.names.partner(words)
    if partner_id is None and len(names) == 1:
        partner_id = batch.link(reading, "partner", words)
    elif partner_id is None:
        batch.warn(
            reading,
            "partner",
            words,
            "Several names stand here, and this record belongs to one partner.",
            "The row came in with the names kept; choose the partner on its page.",
        )
    if partner_id is None:
        reading.as_written["partner"] = words
    return partner_id


def _engagement_of(batch: Batch, reading: RowReading) -> int | None:
    key = reading.values.get("engagement")
    if not key:
        return None
    found = batch.session.scalar(select(Engagement.id).where(Engagement.key == key))
    if found is None:
        reading.as_written["engagement"] = key
        batch.warn(
            reading, "engagement", key, "No engagement has this key.", "Import the engagements first, or correct it."
        )
    return found


def _steps(batch: Batch, number: int, values: dict[str, Any]) -> list[FeedbackStep]:
    """Lay out the steps in the order in which they happened; told and reopened take turns on the same day."""
    laid: list[tuple[FeedbackState, date | None, str]] = [(S.RECEIVED, values.get("received_on"), "")]
    if values.get("acknowledged_on"):
        laid.append((S.ACKNOWLEDGED, values["acknowledged_on"], ""))
    if values.get("decided_on") or values.get("decision"):
        laid.append((S.DECIDED, values.get("decided_on"), ""))
    told, reopened = sorted(values.get("told_on") or ()), sorted(values.get("reopened_on") or ())
    last: FeedbackState | None = None
    while told or reopened:
        tell = bool(told) and (not reopened or told[0] < reopened[0] or (told[0] == reopened[0] and last is not S.TOLD))
        last = S.TOLD if tell else S.REOPENED
        laid.append((last, (told if tell else reopened).pop(0), (values.get("told_how") or "") if tell else ""))
    if values.get("confirmed_on"):
        confirmed = (S.CONFIRMED, values["confirmed_on"], values.get("confirmed_how") or "")
        later = [n for n, (_, day, _) in enumerate(laid) if day is not None and day > values["confirmed_on"]]
        laid.insert(later[0] if later else len(laid), confirmed)
    counts = bool(values.get("told_counts"))
    return [
        FeedbackStep(
            item_id=number,
            step=step,
            position=place,
            on_day=day,
            how=how,
            said=values.get("decision") or "" if step in (S.DECIDED, S.TOLD) else "",
            counts=counts or step is not S.TOLD,
            **batch.stamp(),
        )
        for place, (step, day, how) in enumerate(laid, 1)
    ]


def _state(steps: list[FeedbackStep]) -> FeedbackState:
    return [step.step for step in steps if step.counts][-1]


def _add_facts(batch: Batch, number: int, drafts: list[Draft]) -> None:
    batch.belongs(Fact(source_id=number, known_from=batch.at, **draft) for draft in drafts)


def _filled(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := values.get(name)) not in (None, "", ())}


def _set(record: Any, plain: dict[str, Any], reading: RowReading) -> None:
    for name, value in plain.items():
        setattr(record, name, value)
    record.as_written = {f: w for f, w in record.as_written.items() if f not in plain} | reading.as_written
    record.extras = record.extras | reading.extras
    record.version += 1
