"""The county itself: its name, its clock, its settings."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from erp.models.accounts import County, Setting
from erp.settings import settings


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
