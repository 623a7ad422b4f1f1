"""Themes: what feedback is about, in the county's own list."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from erp.models.base import Archivable, Recorded, Table


class Theme(Table, Recorded, Archivable, table=True):
    """One theme of the county's list."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = Field(unique=True)


class FeedbackTheme(Table, table=True):
    """That an item is about a theme: one thing said by several shares one, several things in one item have several."""

    __tablename__ = "feedback_theme"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table
    __table_args__ = (UniqueConstraint("item_id", "theme_id"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="feedback_item.id")
    theme_id: int = Field(foreign_key="theme.id", index=True)
