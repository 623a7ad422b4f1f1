"""An engagement with all that belongs to it, as its history tells it."""

from typing import Any

from sqlmodel import Session, SQLModel, select

from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.services.records import plain_value, snapshot

#: What belongs to an engagement → its name in the history, and what is told of it.
TOLD_OF: dict[type[Any], tuple[str, tuple[str, ...]]] = {
    EngagementPartner: ("partners", ("partner_id", "name_written", "two_way")),
    EngagementPerson: ("people", ("contact_id",)),
    DiscussionPoint: ("points", ("what", "follow_up", "follow_up_due", "follow_up_done_on")),
    BehaviorTag: ("behaviors", ("entry_id", "evidence")),
    TopicTag: ("topics", ("entry_id",)),
}


def parts_of(session: Session, engagement: Engagement, part: type[Any]) -> list[Any]:
    """Return what belongs to an engagement of one kind (its partners, its points), in the order it was entered."""
    return list(session.exec(select(part).where(part.engagement_id == engagement.id).order_by(part.id)))


def told(session: Session, engagement: Engagement) -> dict[str, Any]:
    """Return an engagement with all that belongs to it, as its history tells it."""
    parts = (row for part in TOLD_OF for row in parts_of(session, engagement, part))
    return snapshot(engagement, **told_parts(*parts))


def told_parts(*parts: SQLModel) -> dict[str, list[dict[str, Any]]]:
    """Return what belongs to an engagement, as its history tells it; points in their order, the rest in any."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in TOLD_OF.values()}
    for part in parts:
        name, columns = TOLD_OF[type(part)]
        found[name].append({column: plain_value(getattr(part, column)) for column in columns})
    return {name: rows if name == "points" else sorted(rows, key=str) for name, rows in found.items()}
