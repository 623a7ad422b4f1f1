"""What every table shares: its own registry, words as checked text, and the columns that say when and by whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Enum, Index, false, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """Base of all tables. Its own registry lets Streamlit load the module twice without a clash of names."""

    # A model writes a row out for the history: how to is worked out at the first one, not for every table at start.
    model_config = {"defer_build": True}


def words(kind: type[StrEnum], **more: Any) -> Any:
    """Return a column that keeps a word's value as text with a CHECK, never its name."""
    column = Column(
        Enum(
            kind,
            values_callable=lambda members: [member.value for member in members],
            native_enum=False,
            create_constraint=True,
            name=f"ck_{kind.__name__.lower()}",
            length=40,
        ),
        nullable=more.pop("nullable", False),
        index=more.pop("index", False),
        server_default=more.pop("server_default", None),
    )
    return Field(sa_column=column, **more)


def counted(table: str, *columns: str, named: str = "counted") -> Index:
    """Return the index of what lists count and group by, of records not voided, so that a count reads no record."""
    return partial(f"ix_{table}_{named}", *columns, where="voided_at IS NULL")


def partial(name: str, *columns: str, where: str) -> Index:
    """Return an index of some rows only, on both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Recorded(SQLModel):
    """When and by whom a record came in, and which revision of it this is (1 for the first)."""

    recorded_at: datetime
    recorded_by: int | None = Field(default=None, index=True)
    version: int = 1


class Imported(SQLModel):
    """What a county's own spreadsheets bring: its stable key, words no typed column holds, columns without a place.

    `as_written` maps a field to the words found there ("due_on": "every fiscal year");
    `extras` maps a heading to its cell.
    """

    key: str = Field(unique=True)
    as_written: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    extras: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    notes: str = ""


class Archivable(SQLModel):
    """Archived is out of sight, never gone."""

    archived_at: datetime | None = None
    archive_reason: str = ""


class Closable(SQLModel):
    """Whether a Tribal government closes the record to those who may not see its records.

    The database keeps it (triggers of migration 0013), whichever way a record comes in or is changed; nothing here
    sets it, and an object that was read before does not know.
    """

    closed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Voidable(SQLModel):
    """Voided is as if never entered, from then on; the record and its reason stay."""

    voided_at: datetime | None = None
    void_reason: str = ""
