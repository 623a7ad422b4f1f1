"""Accounts, their roles, sign-ins and one-time links; the county itself and its settings."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from erp.models.base import Recorded, Table, words
from erp.vocabulary import Role


class County(Table, Recorded, table=True):
    """The one county this database belongs to (id 1)."""

    id: int = Field(default=1, primary_key=True)
    name: str
    time_zone: str


class Setting(Table, table=True):
    """A county setting as of a moment; the newest row of a name is in force, the others are its history."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    value: dict[str, object] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    recorded_at: datetime
    recorded_by: int | None = None


class Account(Table, Recorded, table=True):
    """Somebody who may sign in. `password_hash` None: invited, no password chosen yet."""

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    password_hash: str | None = None
    disabled_at: datetime | None = None


class RoleGrant(Table, table=True):
    """A role held by an account."""

    __tablename__ = "role_grant"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    role: Role = words(Role)


class SignIn(Table, table=True):
    """A signed-in browser. Only the sha256 of its token is kept. `ended_at` set: signed out."""

    __tablename__ = "sign_in"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    token_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    opened_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    browser: str = ""


class Visit(Table, table=True):
    """When an account was last here, and when it was here the visit before. Bookkeeping of its owner, not audited."""

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    here_at: datetime
    before_at: datetime | None = None


class OneTimeLink(Table, table=True):
    """An invitation or password reset. Only the sha256 of its token is kept."""

    __tablename__ = "one_time_link"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    token_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    expires_at: datetime
    used_at: datetime | None = None


class FailedSignIn(Table, table=True):
    """A wrong password, counted per e-mail address and per network address to slow guessing."""

    __tablename__ = "failed_sign_in"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    who: str = Field(index=True)
    at: datetime
