"""The directory of partners, one partner's profile, and who else goes by a name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.partners import Cadence, Partner, PartnerName
from erp.queries.paging import ids_in_turn, is_one_of
from erp.queries.partner_figures import PartnerFigures
from erp.queries.word_index import Asked, Saying, saying
from erp.vocabulary import NameKind, PartnerKind, PartnerStatus, Recognition, RecordKind, Verb

#: Partners on one page of the directory.
PAGE_ROWS = 50

DIRECTORY_COLUMNS = (
    "partner_id",
    "name",
    "kind",
    "recognition",
    "area",
    "status",
    "holder",
    "scored",
    "figures_shown",
    "last_contact",
    "cadence_days",
    "cadence_is_default",
    "days_over_cadence",
    "open_promises",
    "overdue_promises",
    "feedback_waiting",
)

#: Types of the columns that are not text or days. A figure that is not shown is NaN.
_TYPES = {
    "partner_id": np.int64,
    "scored": np.bool_,
    "figures_shown": np.bool_,
    "cadence_days": np.int64,
    "cadence_is_default": np.bool_,
    "days_over_cadence": np.float64,
    "open_promises": np.float64,
    "overdue_promises": np.float64,
    "feedback_waiting": np.float64,
}


@dataclass(frozen=True)
class DirectoryFilter:
    """What the directory is narrowed to, and its order; the default is every partner in use, by name.

    `words`: all of them must be said by a name (also another or former one), the area or the notes, as
    `erp.queries.word_index` finds them. `contact`: "past" the cadence (but for those paused or ended), or "none"
    recorded yet. `archived`:
    only archived partners. `order`: by name, the longest past the cadence first, or the latest contact first.
    """

    words: str = ""
    kind: PartnerKind | None = None
    holder_id: int | None = None
    status: PartnerStatus | None = None
    contact: Literal["", "past", "none"] = ""
    archived: bool = False
    order: Literal["name", "past", "latest"] = "name"


@dataclass(frozen=True)
class Directory:
    """One page of the directory: its rows, how many partners the filter finds in all, how many of them are past their
    cadence (as far as the actor may see figures)."""

    rows: pd.DataFrame
    total: int
    past: int


@dataclass(frozen=True)
class PartnerProfile:
    """What is known of one partner. Figures (last contact, counts) are None where the actor may not see them."""

    partner_id: int
    version: int
    key: str
    name: str
    kind: PartnerKind
    recognition: Recognition
    other_names: tuple[str, ...]
    former_names: tuple[str, ...]
    area: str
    languages: tuple[str, ...]
    status: PartnerStatus
    status_reason: str
    holder_id: int | None
    holder: str
    scored: bool
    confirm_days: int | None
    notes: str
    as_written: dict[str, str]
    extras: dict[str, str]
    archived_at: datetime | None
    archive_reason: str
    figures_shown: bool
    last_contact: date | None
    cadence_days: int
    cadence_is_default: bool
    days_over_cadence: int | None
    open_promises: int | None
    overdue_promises: int | None
    feedback_waiting: int | None
    as_of: date


def partner_directory(
    session: Session, actor: Actor, narrowed: DirectoryFilter = DirectoryFilter(), page: int | None = 1
) -> Directory:
    """Return one page of partners, or with `page` None all of them, which asks for the permission to export.

    Columns: partner_id, name, found_as (the other name that the words found, else empty), kind, recognition, area,
    status, holder (name or empty), scored, figures_shown (bool: the actor may see this partner's figures),
    last_contact (day; None: none recorded, or not shown), cadence_days (int), cadence_is_default, days_over_cadence
    (days past the cadence, negative within it, NaN without a contact), open_promises, overdue_promises,
    feedback_waiting (to be told; all three NaN where not shown), scored. One row per partner, in the order asked for.
    Last contact and cadence rest on every fact held true, also on those the actor may not open, so that they agree with
    health; promises and feedback are counted where the actor may see them, as the lists they lead to show them.
    """
    actor.require(Verb.EXPORT if page is None else Verb.SEE, RecordKind.PARTNER)
    figures = PartnerFigures(session, actor)
    archived = col(Partner.archived_at).is_not(None)
    here = archived if narrowed.archived else ~archived
    said = saying(session, actor, RecordKind.PARTNER, col(Partner.id), narrowed.words, here)
    which = _conditions(narrowed, figures, here, said)
    # First the ids, then the figures of one page: else every partner's figures would be computed and thrown away.
    ids = select(col(Partner.id)).where(which).order_by(*_order(narrowed, figures))
    numbers = ids_in_turn(session, [ids], page or 1, None if page is None else PAGE_ROWS)
    count = select(func.count()).select_from(Partner).where(which)
    total = session.scalar(count) or 0
    past = total if narrowed.contact == "past" else session.scalar(count.where(_is_past(figures))) or 0
    rows = _rows(session, figures, numbers)
    rows.insert(2, "found_as", _found_as(session, said.asked, numbers))
    return Directory(rows, total, past)


def partner_profile(session: Session, actor: Actor, partner_id: int) -> PartnerProfile:
    """Return one partner's profile, archived or not. Raises: NotFound."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    figures = PartnerFigures(session, actor)
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("This partner is not here. It may have been archived, or the address is wrong.")
    row = _rows(session, figures, [partner_id]).iloc[0]
    names = session.execute(
        select(col(PartnerName.kind), col(PartnerName.name))
        .where(col(PartnerName.partner_id) == partner_id)
        .order_by(col(PartnerName.name))
    ).all()
    alike = (
        "key",
        "name",
        "kind",
        "recognition",
        "area",
        "status",
        "status_reason",
        "holder_id",
        "scored",
        "confirm_days",
        "notes",
    )
    kept = ("version", "as_written", "extras", "archived_at", "archive_reason")
    counts = ("days_over_cadence", "open_promises", "overdue_promises", "feedback_waiting")
    own: dict[str, Any] = {name: getattr(partner, name) for name in (*alike, *kept)}
    figured: dict[str, Any] = {name: None if pd.isna(row[name]) else int(row[name]) for name in counts}
    return PartnerProfile(
        partner_id=partner_id,
        other_names=tuple(name for kind, name in names if kind == NameKind.OTHER),
        former_names=tuple(name for kind, name in names if kind == NameKind.FORMER),
        languages=tuple(part for part in partner.languages.split("; ") if part),
        holder=row["holder"],
        figures_shown=bool(row["figures_shown"]),
        last_contact=row["last_contact"],
        cadence_days=int(row["cadence_days"]),
        cadence_is_default=bool(row["cadence_is_default"]),
        as_of=figures.day,
        **own,
        **figured,
    )


def partner_cadences(session: Session, actor: Actor, partner_id: int) -> pd.DataFrame:
    """Return the cadences agreed with a partner that were not voided, the newest first.

    Columns: cadence_id, version, days, from_on (None: always), agreed_with, recorded_at (aware UTC).
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    columns = (Cadence.id, Cadence.version, Cadence.days, Cadence.from_on, Cadence.agreed_with, Cadence.recorded_at)
    question = (
        select(*(col(column) for column in columns))
        .where(col(Cadence.partner_id) == partner_id, col(Cadence.voided_at).is_(None))
        .order_by(col(Cadence.from_on).desc().nulls_last(), col(Cadence.id).desc())
    )
    names = ["cadence_id", "version", "days", "from_on", "agreed_with", "recorded_at"]
    return pd.DataFrame(session.execute(question).all(), columns=names, dtype=object)


def _rows(session: Session, figures: PartnerFigures, partner_ids: list[int]) -> pd.DataFrame:
    """Return the partners with these ids in this order. Columns: DIRECTORY_COLUMNS."""
    partner_columns = (Partner.id, Partner.name, Partner.kind, Partner.recognition, Partner.area, Partner.status)
    question = (
        select(
            *(col(column) for column in partner_columns),
            func.coalesce(col(Account.name), ""),
            col(Partner.scored),
            *figures.columns(),
        )
        .outerjoin(Account, col(Account.id) == col(Partner.holder_id))
        .where(is_one_of(col(Partner.id), partner_ids))
    )
    place = {number: n for n, number in enumerate(partner_ids)}
    rows = sorted(session.execute(question).all(), key=lambda row: place[row[0]])
    columns = zip(*rows, strict=True) if rows else ((),) * len(DIRECTORY_COLUMNS)
    # A type for each column at once: letting pandas guess and mend takes longer than the question itself.
    return pd.DataFrame(
        {
            name: np.array(values, dtype=_TYPES.get(name, object))
            for name, values in zip(DIRECTORY_COLUMNS, columns, strict=True)
        }
    )


def _conditions(
    narrowed: DirectoryFilter, figures: PartnerFigures, here: ColumnElement[bool], said: Saying
) -> ColumnElement[bool]:
    conditions = [here]
    if narrowed.words.strip():
        conditions.append(said.condition)
    if narrowed.kind is not None:
        conditions.append(col(Partner.kind) == narrowed.kind)
    if narrowed.holder_id is not None:
        conditions.append(col(Partner.holder_id) == narrowed.holder_id)
    if narrowed.status is not None:
        conditions.append(col(Partner.status) == narrowed.status)
    if narrowed.contact == "past":
        conditions.append(_is_past(figures))
    if narrowed.contact == "none":  # hidden figures are not "none": they would say something of a Tribe
        conditions.append(and_(figures.shown, figures.last_contact.is_(None)))
    return and_(*conditions)


def _is_past(figures: PartnerFigures) -> ColumnElement[bool]:
    """Say that contact is overdue; a partnership that ended, or that pauses, waits for nobody."""
    return and_(figures.days_over > 0, col(Partner.status).not_in((PartnerStatus.PAUSED, PartnerStatus.ENDED)))


def _order(narrowed: DirectoryFilter, figures: PartnerFigures) -> list[ColumnElement[Any]]:
    by_name = [func.lower(col(Partner.name)), col(Partner.id)]
    first = {
        "name": [],
        "past": [figures.days_over.desc().nulls_last()],
        "latest": [figures.last_contact.desc().nulls_last()],
    }
    return [*first[narrowed.order], *by_name]


def _found_as(session: Session, asked: Asked | None, partner_ids: list[int]) -> list[str]:
    """Return for each partner the other name that the words found, empty where its own name says them."""
    if asked is None:
        return [""] * len(partner_ids)
    names = (
        select(col(PartnerName.partner_id), col(Partner.name), col(PartnerName.name), col(PartnerName.kind))
        .join(Partner, col(Partner.id) == col(PartnerName.partner_id))
        .where(is_one_of(col(Partner.id), partner_ids))
        .order_by(col(PartnerName.id).desc())
    )
    found_as = {
        number: f"{other} ({kind.label.lower()})"
        for number, name, other, kind in session.execute(names)
        if not asked.says(name) and asked.says(other)
    }
    return [found_as.get(number, "") for number in partner_ids]
