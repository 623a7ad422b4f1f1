"""Engagements with who took part, discussion points, and the behaviors and topics they show."""

from datetime import date

from sqlmodel import Field

from erp.models.base import Closable, Imported, Recorded, Table, Voidable, counted, words
from erp.vocabulary import EngagementKind, EngagementStatus, Interpreter, Who


class Engagement(Table, Imported, Recorded, Voidable, Closable, table=True):
    """A meeting, call, visit … with one or more partners.

    `held_on` None with `as_written["held_on"]`: words that are not a day, in no figure.
    `held_at` is the time of day as written ("7:30 – 8:30 am"), in the county's time zone.
    `series`: shared by the engagements of one repeating row ("": none); `repeats`: how often it comes round, and
    `slot_on`: the day on which it would have been this one's turn. One that was moved by itself is held on another.
    `counted_from`: the turn that the others are counted from; only it tells the last Friday from the fourth.
    """

    __table_args__ = (
        counted("engagement", "status", "held_on", "closed", "recorded_by"),
        counted("engagement", "forum_id", "status", "held_on", "closed", "recorded_by", named="at_forum"),
    )

    id: int | None = Field(default=None, primary_key=True)
    status: EngagementStatus = words(EngagementStatus, index=True)
    kind: EngagementKind = words(EngagementKind)
    held_on: date | None = Field(default=None, index=True)
    held_at: str = ""
    forum_id: int | None = Field(default=None, foreign_key="forum.id", index=True)
    place: str = ""
    remote: bool = False
    language: str = ""
    interpreter: Interpreter = words(Interpreter, default=Interpreter.NOT_SAID)
    county_people: str = ""
    purpose: str = ""
    facts: str = ""
    quotes: str = ""
    opinions: str = ""
    decisions: str = ""
    asked_by: Who = words(Who, default=Who.UNKNOWN)
    agenda_by: Who = words(Who, default=Who.UNKNOWN)
    decided_by: Who = words(Who, default=Who.UNKNOWN)
    series: str = Field(default="", index=True)
    repeats: str = ""
    slot_on: date | None = None
    counted_from: date | None = None


class EngagementPartner(Table, table=True):
    """A partner at an engagement. `partner_id` None: a name from a spreadsheet, not linked yet.

    `two_way`: someone of the partner took part, or gave input without attending.
    """

    __tablename__ = "engagement_partner"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    engagement_id: int = Field(foreign_key="engagement.id", index=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    name_written: str = ""
    two_way: bool = True


class EngagementPerson(Table, table=True):
    """One of the partner's people who took part."""

    __tablename__ = "engagement_person"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    engagement_id: int = Field(foreign_key="engagement.id", index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)


class DiscussionPoint(Table, table=True):
    """Something that was discussed, with its own follow-up."""

    __tablename__ = "discussion_point"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    engagement_id: int = Field(foreign_key="engagement.id", index=True)
    position: int
    what: str
    follow_up: str = ""
    follow_up_due: date | None = None
    follow_up_done_on: date | None = None


class BehaviorTag(Table, table=True):
    """A CPM leadership behavior that an engagement shows, with the evidence in words."""

    __tablename__ = "behavior_tag"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    engagement_id: int = Field(foreign_key="engagement.id", index=True)
    entry_id: str = Field(index=True)
    framework_version: str = ""
    evidence: str = ""


class TopicTag(Table, table=True):
    """An ERP toolkit topic that an engagement touches."""

    __tablename__ = "topic_tag"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    engagement_id: int = Field(foreign_key="engagement.id", index=True)
    entry_id: str = Field(index=True)
    framework_version: str = ""
