"""What the public pages need: links, receipts, who gave feedback, what was written to and fro, published answers."""

from datetime import date, datetime

from sqlmodel import Field

from erp.models import base
from erp.models.base import Recorded, Table
from erp.vocabulary import LinkPurpose


class PublicLink(Table, Recorded, table=True):
    """A link that opens a public page for a partner, a forum or an engagement. Only the sha256 of its secret is kept.

    `shown_as`: what the page says it is about, in words chosen by whoever made the link.
    """

    __tablename__ = "public_link"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    purpose: LinkPurpose = base.words(LinkPurpose)
    secret_hash: str = Field(unique=True)
    shown_as: str
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    forum_id: int | None = Field(default=None, foreign_key="forum.id", index=True)
    engagement_id: int | None = Field(default=None, foreign_key="engagement.id", index=True)
    expires_on: date
    ended_at: datetime | None = None


class Receipt(Table, table=True):
    """What a giver comes back with: the sha256 of a link's secret and of a short code, each opening one item.

    `ended_at`: another one took its place, because it was lost or fell into other hands.
    """

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id", index=True)
    secret_hash: str = Field(unique=True)
    code_hash: str = Field(unique=True)
    expires_on: date
    recorded_at: datetime
    recorded_by: int | None = None
    ended_at: datetime | None = None


class GiverIdentity(Table, table=True):
    """Who gave an item by a public page. It stands in no history, so that it can be erased where the giver asks.

    `removed_at`: the giver asked that it be removed; `erased_at`: an administrator erased it.
    """

    __tablename__ = "giver_identity"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id", unique=True)
    name: str = ""
    reach: str = ""
    removed_at: datetime | None = None
    erased_at: datetime | None = None


class FeedbackMessage(Table, table=True):
    """One thing written to or by a giver, beside the steps of the loop. Rows are only added.

    `asks`: the county asks once more whether it is mended.
    """

    __tablename__ = "feedback_message"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id", index=True)
    by_giver: bool
    asks: bool = False
    words: str
    on_day: date
    recorded_at: datetime
    recorded_by: int | None = None


class PublishedAnswer(Table, Recorded, table=True):
    """An item as "You said, we did" tells it to everybody, in English and in Spanish; taken down or not.

    `agreed_by`: who of the Tribe agreed and when, where a Tribal government closes the item. `partner_id`: whose the
    item was then; another Tribe has agreed to nothing.
    """

    __tablename__ = "published_answer"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id", unique=True)
    said: str
    decided: str
    changed: str = ""
    said_es: str = ""
    decided_es: str = ""
    changed_es: str = ""
    agreed_by: str = ""
    partner_id: int | None = Field(default=None, foreign_key="partner.id")
    published_on: date
    taken_down_at: datetime | None = None


class SigningKey(Table, table=True):
    """The key (id 1) that signs the forms of the public pages, so that they outlive a restart."""

    __tablename__ = "signing_key"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int = Field(default=1, primary_key=True)
    key: str
