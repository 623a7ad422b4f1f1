"""Saving imported engagements, commitments and ratings."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from erp.errors import NotAllowed
from erp.frameworks import BEHAVIORS, TOPICS
from erp.importing.readings import RowReading
from erp.models.commitments import Commitment
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner, TopicTag
from erp.models.ratings import Rating
from erp.queries.visible import engagements_visible_to
from erp.services.checks import keep_meeting_sealed, keep_sealed, tribe_at
from erp.services.engagement_told import told, told_parts
from erp.services.facts import (
    commitment_facts,
    engagement_facts,
    rating_facts,
    sync_commitment,
    sync_engagement,
    sync_rating,
)
from erp.services.import_batch import Batch, new, set_changed
from erp.services.records import snapshot, squeeze
from erp.vocabulary import (
    EngagementKind,
    RecordKind,
    Who,
)

_ENGAGEMENT_TEXTS = ("county_people", "purpose", "facts", "quotes", "opinions", "decisions", "notes", "held_at")
_MARKS = ("asked_by", "agenda_by", "decided_by")
_ENGAGEMENT_COLUMNS = {"held_on": ("held_on", "held_at", "status"), "forum": ("forum_id",)}
_COMMITMENT_DAYS = ("made_on", "due_on", "done_on", "withdrawn_on")
_COMMITMENT_COLUMNS = {"partner": ("partner_id",), "engagement": ("engagement_id",)}
_ITEMS = tuple(f"item_{n}" for n in range(1, 11))


def add_engagement(batch: Batch, reading: RowReading) -> int:
    """Add the engagement of a row with its partners, behaviors and topics, and return its id."""
    values = reading.values
    number = batch.number(Engagement)
    columns = _engagement_columns(batch, reading)
    engagement = new(
        Engagement,
        id=number,
        key=values.get("key") or batch.key(Engagement, "E", number),
        as_written=reading.as_written,
        extras=reading.extras,
        **columns,
        **batch.stamp(),
    )
    links = _links(batch, reading, number)
    parts = [*links, *_tags(batch, number, values)]
    batch.add(engagement, *parts)
    batch.add_facts(number, engagement_facts(engagement, links))
    batch.audit_new(RecordKind.ENGAGEMENT, engagement, **told_parts(*parts))
    return number


def update_engagement(batch: Batch, engagement: Engagement, merged: RowReading, changed: Collection[str]) -> None:
    """Let the changed fields of a row change an engagement. Raises: NotAllowed (it would open what a Tribe shared)."""
    session, number = batch.session, engagement.id or 0
    before = told(session, engagement)
    if {"partners", "two_way"} & set(changed):
        here = session.exec(select(EngagementPartner).where(EngagementPartner.engagement_id == number)).all()
        took_part = {link.partner_id or link.name_written: link.two_way for link in here if "two_way" not in changed}
        links = _links(batch, merged, number, took_part)
        tribe = tribe_at(session, number, {link.partner_id for link in links})
        if tribe is not None and not batch.actor.sees_tribal_records:
            raise NotAllowed(
                f"Taking {tribe} out of this record would open to everybody what it shared. "
                "Ask a Tribal liaison or leadership to do it."
            )
        session.execute(delete(EngagementPartner).where(col(EngagementPartner.engagement_id) == number))
        batch.add(*links)
    set_changed(engagement, _engagement_columns(batch, merged), merged, changed, _ENGAGEMENT_COLUMNS)
    _retag(batch, number, merged.values, changed)
    batch.flush()
    sync_engagement(session, engagement, batch.at)
    batch.audit_change(RecordKind.ENGAGEMENT, number, before, told(session, engagement))


def add_commitment(batch: Batch, reading: RowReading) -> int:
    """Add the promise of a row and return its id."""
    number = batch.number(Commitment)
    columns = _commitment_columns(batch, reading)
    commitment = new(
        Commitment,
        id=number,
        key=reading.values.get("key") or batch.key(Commitment, "C", number),
        as_written=reading.as_written,
        extras=reading.extras,
        **columns,
        **batch.stamp(),
    )
    batch.add(commitment)
    batch.add_facts(number, commitment_facts(commitment))
    batch.audit_new(RecordKind.COMMITMENT, commitment)
    return number


def update_commitment(batch: Batch, commitment: Commitment, merged: RowReading, changed: Collection[str]) -> None:
    """Let the changed fields of a row change a promise. Raises: NotAllowed (it would open what a Tribe shared)."""
    columns = _commitment_columns(batch, merged)
    if "partner" in changed:
        keep_sealed(batch.session, batch.actor, commitment.partner_id, columns["partner_id"])
    if columns["engagement_id"] != commitment.engagement_id and "engagement" in changed:
        keep_meeting_sealed(batch.session, batch.actor, commitment.engagement_id, columns["engagement_id"], "promise")
    before = snapshot(commitment)
    set_changed(commitment, columns, merged, changed, _COMMITMENT_COLUMNS)
    batch.flush()
    sync_commitment(batch.session, commitment, batch.at)
    batch.audit_change(RecordKind.COMMITMENT, commitment.id or 0, before, snapshot(commitment))


def add_rating(batch: Batch, reading: RowReading) -> int:
    """Add the rating of a row and return its id. The respondent was filled in where the row names none."""
    values = reading.values
    number = batch.number(Rating)
    words = values["partner"]
    partner_id = batch.link(reading, "partner", words)
    rating = new(
        Rating,
        id=number,
        key=batch.key(Rating, "R", number),
        partner_id=partner_id,
        respondent=values["respondent"],
        side=values["side"],
        rated_on=values["rated_on"],
        notes=values.get("notes") or "",
        as_written=reading.as_written | ({"partner": words} if partner_id is None else {}),
        extras=reading.extras,
        **{item: values.get(item) for item in _ITEMS},
        **batch.stamp(),
    )
    batch.add(rating)
    batch.add_facts(number, rating_facts(rating))
    batch.audit_new(RecordKind.RATING, rating)
    return number


def update_rating(batch: Batch, rating: Rating, merged: RowReading, changed: Collection[str]) -> None:
    """Let the changed answers of a row replace a rating's."""
    before = snapshot(rating)
    set_changed(rating, merged.values, merged, changed, {})
    batch.flush()
    sync_rating(batch.session, rating, batch.at)
    batch.audit_change(RecordKind.RATING, rating.id or 0, before, snapshot(rating))


def _engagement_columns(batch: Batch, reading: RowReading) -> dict[str, Any]:
    values = reading.values
    return {
        "status": values["status"],
        "kind": values.get("kind")
        or (EngagementKind.OTHER if "kind" in reading.as_written else EngagementKind.MEETING),
        "held_on": values.get("held_on"),
        "forum_id": _forum(batch, reading),
        **{mark: values.get(mark) or Who.UNKNOWN for mark in _MARKS},
        **{name: values.get(name) or "" for name in _ENGAGEMENT_TEXTS},
    }


def _commitment_columns(batch: Batch, reading: RowReading) -> dict[str, Any]:
    values = reading.values
    return {
        "what": values["what"],
        "owed_by": values.get("owed_by"),
        "partner_id": batch.link_one(reading),
        "engagement_id": _engagement_of(batch, reading),
        "reason": values.get("reason") or "",
        "notes": values.get("notes") or "",
        **{day: values.get(day) for day in _COMMITMENT_DAYS},
    }


def _forum(batch: Batch, reading: RowReading) -> int | None:
    words = reading.values.get("forum")
    if not words:
        return None
    forum_id = batch.names.forum_of_name.get(squeeze(words))
    if forum_id is None:
        reading.as_written["forum"] = words
    return forum_id


def _links(
    batch: Batch, reading: RowReading, number: int, took_part: Mapping[int | str, bool] = MappingProxyType({})
) -> list[EngagementPartner]:
    """Return the partners of a row. `took_part`: partner or unlinked name → as it was, and stays."""
    links: list[EngagementPartner] = []
    linked: set[int] = set()
    for name in reading.values.get("partners") or ():
        partner_id = batch.link(reading, "partners", name)
        if partner_id in linked:
            continue  # one partner under two names
        if partner_id is not None:
            linked.add(partner_id)
        links.append(
            new(
                EngagementPartner,
                engagement_id=number,
                partner_id=partner_id,
                name_written="" if partner_id else name,
                two_way=took_part.get(partner_id or name, bool(reading.values.get("two_way"))),
            )
        )
    return links


def _tags(batch: Batch, number: int, values: dict[str, Any]) -> Iterable[BehaviorTag | TopicTag]:
    for table, field, name in ((BehaviorTag, "behaviors", BEHAVIORS), (TopicTag, "topics", TOPICS)):
        entries = values.get(field) or ()
        version = batch.frameworks.framework(name).version if entries else ""
        for entry_id in entries:
            yield new(table, engagement_id=number, entry_id=entry_id, framework_version=version)


def _retag(batch: Batch, number: int, values: dict[str, Any], changed: Collection[str]) -> None:
    """Take away the tags that a changed field has no more, and add the new ones; one that stays keeps its evidence."""
    for table, field in ((BehaviorTag, "behaviors"), (TopicTag, "topics")):
        if field not in changed:
            continue
        wanted = set(values.get(field) or ())
        here = batch.session.exec(select(table).where(table.engagement_id == number)).all()
        for tag in here:
            if tag.entry_id not in wanted:
                batch.session.delete(tag)
        missing = wanted - {tag.entry_id for tag in here}
        batch.add(*_tags(batch, number, {field: [entry for entry in values.get(field) or () if entry in missing]}))


def _engagement_of(batch: Batch, reading: RowReading) -> int | None:
    """Return the engagement of this key; one that the actor may not see is as good as none."""
    key = reading.values.get("engagement")
    if not key:
        return None
    here = select(Engagement.id).where(Engagement.key == key, engagements_visible_to(batch.actor))
    found = batch.session.exec(here).first()
    if found is None:
        reading.as_written["engagement"] = key
        batch.warn(
            reading, "engagement", key, "No engagement has this key.", "Import the engagements first, or correct it."
        )
    return found
