"""Partners, their names, agreed cadences, relationships; and the county's default cadences."""

from datetime import date, datetime

from sqlmodel import Field

from erp.models.base import Archivable, Imported, Recorded, Table, Voidable, words
from erp.vocabulary import LookAlikeAnswer, NameKind, PartnerKind, PartnerStatus, Recognition


class Partner(Table, Imported, Recorded, Archivable, table=True):
    """A Tribe, organization, system or group the county works with.

    `name_key` is the name without any spacing: two names alike but for spacing are one partner.
    `scored` False means tracked without any figure (the default for Tribal governments). `confirm_days`: after how many
    days its people and names are to be confirmed again (None: the county's usual).

    The last three are what the ledger says, kept by the database (triggers of migration 0023), whichever way a fact
    comes in or is closed: the newest day of a contact, and of the cadences agreed the one that begins last, with the
    day it begins (None: always), which may be to come. Nothing here sets them.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    kind: PartnerKind = words(PartnerKind, index=True)
    recognition: Recognition = words(Recognition, default=Recognition.NOT_SAID)
    area: str = ""
    languages: str = ""
    status: PartnerStatus = words(PartnerStatus, default=PartnerStatus.ACTIVE)
    status_reason: str = ""
    holder_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    scored: bool = True
    confirm_days: int | None = None
    last_contact_on: date | None = None
    agreed_days: int | None = None
    agreed_from: date | None = None


class PartnerName(Table, table=True):
    """Another or former name of a partner."""

    __tablename__ = "partner_name"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    name: str
    name_key: str = Field(index=True)
    kind: NameKind = words(NameKind)


class Cadence(Table, Recorded, Voidable, table=True):
    """How many days may pass between contacts, as agreed with the partner, from a day on (None: always)."""

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    days: int
    from_on: date | None = None
    agreed_with: str = ""


class DefaultCadence(Table, table=True):
    """The county's default cadence in days for a kind of partner, from a day on (None: always)."""

    __tablename__ = "default_cadence"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    kind: PartnerKind = words(PartnerKind)
    days: int
    from_on: date | None = None
    recorded_at: datetime
    recorded_by: int | None = None


class Relationship(Table, Recorded, Archivable, table=True):
    """One partner's tie to another, with start and end."""

    id: int | None = Field(default=None, primary_key=True)
    from_partner_id: int = Field(foreign_key="partner.id", index=True)
    to_partner_id: int = Field(foreign_key="partner.id", index=True)
    what: str
    from_on: date | None = None
    until_on: date | None = None


class LookAlike(Table, Recorded, table=True):
    """Two partners whose names look alike: a question for a person, never a merge."""

    __tablename__ = "look_alike"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    other_id: int = Field(foreign_key="partner.id", index=True)
    reason: str
    answer: LookAlikeAnswer = words(LookAlikeAnswer, default=LookAlikeAnswer.OPEN)
