"""Versions of the practice frameworks: prepared entry by entry, put in force from a day, or given up."""

from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import Field
from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Conflict, Invalid
from erp.framework_differences import differences
from erp.frameworks import Entry, Framework, load_frameworks, next_id, with_entry
from erp.models.frameworks import FrameworkEdition
from erp.queries.county import today
from erp.queries.frameworks import as_framework, as_written, frameworks_of, row_in_preparation
from erp.services.drafts import Draft
from erp.services.records import change_record, get_or_refuse, need_reason, now, record_change, revise
from erp.vocabulary import RecordKind, Verb

#: A version may be put in force this many days ahead.
DAYS_AHEAD = 366
#: A version's name stands in the label of every older tag.
LONGEST_NAME, LONGEST_NOTE = 60, 1_000
#: How a version that has no name yet is kept.
_UNNAMED = "being prepared"


class EntryDraft(Draft):
    """An entry as entered; a new one gets the next number, or under a heading the next letter.

    `source`: where in the document it was read; has to be said where it is newly marked as verified.
    """

    label: str = Field(min_length=1, max_length=200)
    description: str = ""
    group: str = ""
    parent: str = ""
    source: str = ""
    sections: tuple[str, ...] = ()
    verified: bool = False
    retired: bool = False


def prepare_entry(
    session: Session, actor: Actor, framework_id: str, opened: Entry | None, draft: EntryDraft
) -> FrameworkEdition:
    """Put an entry into the version of a framework that is being prepared; the first one begins that version.

    `opened`: the entry as it was when the form was opened; None for a new one.
    Raises: NotAllowed, NotFound, Invalid; Conflict where somebody changed this entry since.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    edition = row_in_preparation(session, framework_id)
    begun_from = as_framework(edition) if edition else frameworks_of(session).newest(framework_id)
    if opened is not None and begun_from.by_id.get(opened.id) != opened:
        raise Conflict(
            "Somebody changed this entry while you had it open; what is prepared stands above. Your words are still in "
            "the form: save once more if they still fit, and what you changed is laid over theirs."
        )
    prepared = with_entry(begun_from, _entry(session, begun_from, opened, draft))
    if not (changed := differences(begun_from, prepared)):
        raise Invalid("Nothing differs from how this entry reads already, so nothing was prepared.")
    before, after = (as_written((held,))[0] if held else {} for held in (changed[0].before, changed[0].after))
    if edition is None:
        edition = _begin(session, actor, begun_from, prepared)
    else:
        revise(edition, edition.version, {"entries": as_written(prepared.entries)})
    session.flush()
    told = {name: value for name, value in after.items() if before.get(name) != value}
    record_change(
        session,
        actor,
        "prepare framework entry",
        RecordKind.SETTING,
        edition.id,
        before={name: before.get(name) for name in told},
        after=told | {"framework": framework_id, "entry": after["id"]},
    )
    session.flush()
    return edition


def put_in_force(
    session: Session, actor: Actor, edition_id: int, revision: int, name: str, from_on: date, note: str
) -> FrameworkEdition:
    """Put the version being prepared in force from a day on, under a name; it never changes again.

    What was tagged before keeps the version it was tagged under.
    Raises: NotAllowed, NotFound, Invalid (no name, a name in use, a day too early or too late, nothing changed),
    Conflict.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    edition = _in_preparation(session, edition_id)
    named = " ".join(name.split())
    if not named:
        raise Invalid("Name the version, for example “County 2027”.")
    if len(named) > LONGEST_NAME:
        raise Invalid(f"The name has {len(named)} letters; it may have {LONGEST_NAME}. Say the rest under “Why”.")
    if len(note.strip()) > LONGEST_NOTE:
        raise Invalid(f"The reason has {len(note.strip()):,} letters; it may have {LONGEST_NOTE:,}. Shorten it.")
    of_it = select(FrameworkEdition.edition).where(FrameworkEdition.framework == edition.framework)
    known = {name.casefold() for name in session.exec(of_it)} | {
        load_frameworks()[edition.framework].version.casefold()
    }
    if named.casefold() in known or named.casefold().startswith(_UNNAMED):
        raise Invalid(f"There is a version “{named}” already. Give this one another name.")
    newest = frameworks_of(session).newest(edition.framework)
    if newest.from_on is not None and from_on < newest.from_on:
        raise Invalid(
            f"Version “{newest.version}” is in force from {newest.from_on:%b %-d, %Y}. Choose that day or a later one."
        )
    if not -DAYS_AHEAD <= (from_on - today(session)).days <= DAYS_AHEAD:
        raise Invalid("Choose a day within a year from today.")
    if not differences(newest, as_framework(edition)):
        raise Invalid("Nothing differs from the version before. Change an entry first, or give this version up.")
    values = {"edition": named, "from_on": from_on, "note": note.strip(), "recorded_by": actor.user_id}
    return change_record(
        session, actor, edition, revision, "put framework in force", RecordKind.SETTING, values | {"recorded_at": now()}
    )


def give_up_version(session: Session, actor: Actor, edition_id: int, revision: int, reason: str) -> FrameworkEdition:
    """Give up the version being prepared, with a reason; its record stays. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    edition = _in_preparation(session, edition_id)
    values = {"given_up_at": now(), "note": need_reason(reason)}
    return change_record(session, actor, edition, revision, "give up framework version", RecordKind.SETTING, values)


def keep_shipped(session: Session) -> None:
    """Keep the frameworks that came with the program, so that tags made under them keep their words after a release."""
    names = set(session.exec(select(FrameworkEdition.framework, FrameworkEdition.edition)))
    for framework in load_frameworks().values():
        if (framework.id, framework.version) not in names:
            session.add(_row(framework, shipped=True, from_on=today(session), recorded_at=now()))


def _entry(session: Session, framework: Framework, before: Entry | None, draft: EntryDraft) -> Entry:
    """Return the entry that a draft describes. Raises: Invalid."""
    if draft.verified and not draft.description:
        raise Invalid("Say in the county's own words what it means, before it is marked as verified.")
    newly_verified = draft.verified and not (before and before.verified)
    if newly_verified and draft.source in ("", before.source if before else ""):
        raise Invalid("Say where it was read – document, version and page – before it is marked as verified.")
    sections = frameworks_of(session).framework("erp_sections").by_id
    if unknown := [section for section in draft.sections if section not in sections]:
        raise Invalid(f"“{unknown[0]}” is not a section of the ERP Toolkit. Choose one of {', '.join(sections)}.")
    values: dict[str, Any] = draft.model_dump(exclude={"group", "parent", "source"})
    values |= {"group": draft.group or None, "parent": draft.parent or None, "source": draft.source or framework.source}
    if before is None:
        if draft.parent and framework.by_id[draft.parent].retired:
            raise Invalid(
                f"{draft.parent} is retired, so nothing new stands under it. Choose another heading, or none."
            )
        others = frameworks_of(session).versions[framework.id]
        return Entry(framework=framework.id, id=next_id(framework, others, draft.parent or None), owners=(), **values)
    _keep_letters_under_a_heading(framework, before, draft)
    return replace(before, **values)


def _keep_letters_under_a_heading(framework: Framework, before: Entry, draft: EntryDraft) -> None:
    below = [held for held in framework.entries if held.parent == before.id]
    if draft.parent == before.id:
        raise Invalid("An entry cannot stand under itself. Choose another heading, or none.")
    if below and draft.parent:
        raise Invalid(f"{before.id} has entries under it, so it stays a heading.")
    if draft.retired and any(not held.retired for held in below):
        raise Invalid(f"{before.id} has entries under it. Retire {', '.join(held.id for held in below)} first.")


def _begin(session: Session, actor: Actor, begun_from: Framework, framework: Framework) -> FrameworkEdition:
    number = len(session.exec(select(FrameworkEdition.id)).all()) + 1
    edition = _row(
        replace(framework, version=f"{_UNNAMED}, {number}", from_on=None),
        begun_from=begun_from.version,
        recorded_at=now(),
        recorded_by=actor.user_id,
    )
    session.add(edition)
    return edition


def _row(framework: Framework, **more: Any) -> FrameworkEdition:
    values: dict[str, Any] = {"from_on": framework.from_on} | more
    return FrameworkEdition(
        framework=framework.id,
        edition=framework.version,
        source=framework.source,
        about=framework.about,
        entries=as_written(framework.entries),
        **values,
    )


def _in_preparation(session: Session, edition_id: int) -> FrameworkEdition:
    edition = get_or_refuse(session, FrameworkEdition, edition_id, "version")
    if edition.from_on is not None or edition.given_up_at is not None:
        raise Conflict("Somebody put this version in force, or gave it up, meanwhile. Look at the versions below.")
    return edition
