"""The frameworks of a county: what is in force on its day, every version, and the version being prepared."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.frameworks import Entry, Framework, Frameworks, load_frameworks
from erp.models.frameworks import FrameworkEdition
from erp.queries.county import today
from erp.vocabulary import RecordKind, Verb


@dataclass(frozen=True)
class Prepared:
    """A version being prepared: its record and revision, the version it began from, and how it reads so far."""

    edition_id: int
    revision: int
    begun_from: Framework
    framework: Framework


def frameworks_of(session: Session) -> Frameworks:
    """Return the county's frameworks today. For services and queries; pages ask `frameworks_now`."""
    this_day, files = today(session), load_frameworks()
    in_force: dict[str, Framework] = dict(files)
    versions: dict[str, tuple[Framework, ...]] = {name: (framework,) for name, framework in files.items()}
    earlier: dict[str, list[Framework]] = {name: [] for name in files}
    for row in _with_a_day(session):
        if row.framework not in files:  # a list that the program has no more
            continue
        held = as_framework(row)
        if row.shipped:
            if held.version != files[held.id].version:  # it came with an earlier release
                earlier[held.id].append(held)
            continue
        versions[row.framework] += (held,)
        if held.from_on is not None and held.from_on <= this_day:
            in_force[row.framework] = held
    return Frameworks(in_force, {name: (*earlier[name], *held) for name, held in versions.items()})


def frameworks_now(session: Session, actor: Actor) -> Frameworks:
    """Return the county's frameworks today, for whoever may read engagements."""
    actor.require(Verb.SEE, RecordKind.ENGAGEMENT)
    return frameworks_of(session)


def prepared_version(session: Session, actor: Actor, framework_id: str) -> Prepared | None:
    """Return the version of a framework that is being prepared, or None. Raises: NotAllowed."""
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    row = row_in_preparation(session, framework_id)
    if row is None or row.id is None:
        return None
    known = frameworks_of(session)
    begun_from = known.version(framework_id, row.begun_from or known.newest(framework_id).version)
    return Prepared(row.id, row.version, begun_from, as_framework(row))


def row_in_preparation(session: Session, framework_id: str) -> FrameworkEdition | None:
    """Return the record of the version being prepared, or None."""
    return session.exec(
        select(FrameworkEdition).where(
            FrameworkEdition.framework == framework_id,
            col(FrameworkEdition.from_on).is_(None),
            col(FrameworkEdition.shipped).is_(False),
            col(FrameworkEdition.given_up_at).is_(None),
        )
    ).first()


def as_framework(row: FrameworkEdition) -> Framework:
    """Return a kept version as the framework it is."""
    return Framework(
        id=row.framework,
        title=load_frameworks()[row.framework].title,
        version=row.edition,
        source=row.source,
        about=row.about,
        entries=tuple(as_entry(written) for written in row.entries),
        from_on=None if row.shipped else row.from_on,
    )


def as_entry(written: dict[str, Any]) -> Entry:
    """Return a kept entry."""
    return Entry(**{**written, "owners": tuple(written["owners"]), "sections": tuple(written["sections"])})


def as_written(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """Return entries as they are kept."""
    return [{**asdict(held), "owners": list(held.owners), "sections": list(held.sections)} for held in entries]


def _with_a_day(session: Session) -> list[FrameworkEdition]:
    """Return the county's versions and those that came with the program, the oldest first."""
    with_a_day = select(FrameworkEdition).where(col(FrameworkEdition.from_on).is_not(None))
    return list(session.exec(with_a_day.order_by(col(FrameworkEdition.from_on), col(FrameworkEdition.id))))
