"""The county itself: its name, its clock, its settings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from erp.models.accounts import County, Setting
from erp.models.changes import ChangeHead, DataRevision
from erp.settings import settings

#: Built once: every run of a page begins with it.
_NOW = (
    select(DataRevision.number, ChangeHead.hash, County.name, County.time_zone)
    .join(ChangeHead, col(ChangeHead.id) == col(DataRevision.id))
    .outerjoin(County, col(County.id) == col(DataRevision.id))
)


@dataclass(frozen=True)
class Now:
    """The county at one moment: what tells this state of the data from every other, its day, its name ("": not yet).

    `state`: database, revision, newest mark of the history. The mark tells a restored database from the one before it,
    whose revision may have been the same.
    """

    state: tuple[str, int, str]
    day: date
    county: str


def now(session: Session) -> Now:
    """Return the state of the data, the county's day and its name, in one question."""
    number, mark, name, zone = session.exec(_NOW).one()
    day = datetime.now(ZoneInfo(zone or settings().time_zone)).date()
    return Now((settings().database, number, mark), day, name or "")


def county(session: Session) -> County | None:
    """Return the county, or None before set-up."""
    return session.get(County, 1)


def county_zone(session: Session) -> ZoneInfo:
    """Return the county's time zone; before set-up the one of the settings."""
    home = county(session)
    return ZoneInfo(home.time_zone if home else settings().time_zone)


def today(session: Session) -> date:
    """Return the day it is now in the county."""
    return datetime.now(county_zone(session)).date()


def day_of(session: Session, moment: datetime) -> date:
    """Return the county's calendar day of an aware moment."""
    return moment.astimezone(county_zone(session)).date()


def end_of_day(session: Session, day: date) -> datetime:
    """Return the first moment after `day` in the county, as aware UTC."""
    return datetime.combine(day + timedelta(days=1), time(), county_zone(session)).astimezone(UTC)


def setting(session: Session, name: str) -> dict[str, Any]:
    """Return the county setting in force, or an empty mapping where none was made."""
    newest = session.exec(select(Setting).where(Setting.name == name).order_by(col(Setting.id).desc()).limit(1)).first()
    return dict(newest.value) if newest else {}


def setting_history(session: Session, name: str) -> list[Setting]:
    """Return every version of a county setting, oldest first."""
    return list(session.exec(select(Setting).where(Setting.name == name).order_by(col(Setting.id))))
