"""Settings by environment (ERP_…) and a .env file; each has a default and a unit. docs/operating.md lists them."""

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from erp.errors import Invalid

#: Addresses of this machine that no other machine can reach.
LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: How the address of a database may begin.
_DATABASES = ("sqlite:///", "postgresql://")
#: Who signs in to a server, with what password: no message tells it.
_SIGN_IN = re.compile("//.*@")
#: The folder that holds what is shipped: app.py, pages/, data/frameworks, migrations/.
ROOT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """What a county's IT may set. Units are in the names or the descriptions."""

    model_config = SettingsConfigDict(env_prefix="ERP_", env_file=".env", env_ignore_empty=True, extra="ignore")

    data_dir: Path = Field(
        default=ROOT / "data" / "local", description="folder for what is written: database, copies, backups"
    )
    database_url: str = Field(
        default="", description="database address, sqlite:///… or postgresql://…; empty: erp.db in the data folder"
    )
    address: str = Field(default="127.0.0.1", description="network address the app listens on")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8501, description="port the app listens on")
    time_zone: str = Field(default="America/Los_Angeles", description="time zone until the county sets its own")
    session_idle_minutes: Annotated[int, Field(ge=5, le=1440)] = Field(
        default=480, description="minutes without use after which a sign-in ends"
    )
    session_absolute_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        default=24, description="hours after which a sign-in ends in any case"
    )
    invitation_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        default=72, description="hours for which an invitation link works"
    )
    upload_megabytes: Annotated[int, Field(ge=1, le=200)] = Field(
        default=25, description="largest file that may be imported, in megabytes"
    )
    public_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=30, description="submissions a minute on the public pages from one network address; from all ten times"
    )
    kept_copies: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="copies of the database kept from before migrations and restores"
    )
    demo: bool = Field(default=False, description="demonstration: made-up county, one-click sign-in, loopback only")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise ValueError(f"no such time zone: {name}") from problem
        return name

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not any(url.startswith(kind) and url.removeprefix(kind) for kind in _DATABASES):
            raise ValueError(
                "must name a file as sqlite:///path/to/file.db, or a server as postgresql://user@host/name"
            )
        return url

    @field_validator("demo")
    @classmethod
    def _at_home(cls, demo: bool, others: ValidationInfo) -> bool:
        address = others.data.get("address")
        if demo and address not in LOOPBACK:
            raise ValueError(f"the demonstration listens on this machine alone, not on {address}")
        return demo

    @cached_property
    def database(self) -> str:
        """The database address in force; the embedded file is demo.db for the demonstration."""
        if self.database_file is None:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.database_file}"

    @cached_property
    def database_file(self) -> Path | None:
        """The embedded database's file; None where a PostgreSQL server keeps the records."""
        if self.demo or not self.database_url:
            return self.data_dir.resolve() / ("demo.db" if self.demo else "erp.db")
        if self.database_url.startswith("postgresql://"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///")).resolve()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the settings once. Raises: Invalid with one sentence naming the setting, what was found and the default."""
    try:
        return Settings()
    except ValidationError as problem:
        first = problem.errors()[0]
        name = str(first["loc"][0])
        fallback = Settings.model_fields[name].default
        found = _SIGN_IN.sub("//…@", str(first.get("input")))
        raise Invalid(
            f"The setting ERP_{name.upper()} is {found!r}, which cannot be used: {first['msg']}. "
            f"Correct it in the environment or in .env, or leave it out to use {str(fallback)!r}."
        ) from problem
