"""Contacts (people of partners) and forums (standing tables) with their members."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from erp.models.base import Archivable, Imported, Recorded, Table


class Contact(Table, Imported, Recorded, Archivable, table=True):
    """A person on the partner's side. Personal phone and e-mail are held apart: `contact_channel` permits them.

    `may_be_named` None: nobody asked yet, so lists show the role only.
    """

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    name: str
    role: str = ""
    language: str = ""
    email: str = ""
    phone: str = ""
    do_not_contact: bool = False
    may_be_named: bool | None = None


class Confirmation(Table, table=True):
    """That somebody found a person's entry still right on a day, or (no `contact_id`) a partner's names and area.

    Rows are only added; the newest counts.
    """

    __table_args__ = (Index("ix_confirmation_of", "partner_id", "contact_id"),)

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    confirmed_on: date
    recorded_at: datetime
    recorded_by: int | None = None


class Forum(Table, Recorded, Archivable, table=True):
    """A standing table: a council, a steering committee, an Interagency Leadership Team."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    purpose: str = ""
    language: str = ""


class ForumMember(Table, Recorded, Archivable, table=True):
    """A partner's seat at a forum, with the person who holds it where known."""

    __tablename__ = "forum_member"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    forum_id: int = Field(foreign_key="forum.id", index=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    role: str = ""
    from_on: date | None = None
    until_on: date | None = None
