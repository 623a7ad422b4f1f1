"""Themes of feedback: the county's list, and saying what an item is about."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.feedback import FeedbackItem
from erp.models.themes import FeedbackTheme, Theme
from erp.services.checks import refuse_stale, refuse_voided
from erp.services.feedback import visible_feedback
from erp.services.records import BACK, change_record, now, person_key, put_away, record_change, revise, snapshot
from erp.vocabulary import RecordKind, Verb

#: Letters of a theme's name, and themes in use, at most: a longer list is not read.
MOST_LETTERS, MOST_THEMES = 60, 60


def add_theme(session: Session, actor: Actor, name: str) -> Theme:
    """Add a theme to the county's list; one that was put away comes back. Raises: NotAllowed, Invalid."""
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    named = " ".join(name.split())
    if not named or len(named) > MOST_LETTERS:
        raise Invalid(f"A theme has a name of 1 to {MOST_LETTERS} letters.")
    here = session.exec(select(Theme).where(Theme.name_key == person_key(named))).first()
    if here is not None and here.archived_at is None:
        raise Invalid(f"“{here.name}” is in the list already.")
    in_use = session.exec(select(Theme.id).where(col(Theme.archived_at).is_(None))).all()
    if len(in_use) >= MOST_THEMES:
        raise Invalid(f"At most {MOST_THEMES} themes can be in use. Put one away first.")
    if here is not None:
        return change_record(session, actor, here, here.version, "restore theme", RecordKind.SETTING, dict(BACK))
    theme = Theme(name=named, name_key=person_key(named), recorded_at=now(), recorded_by=actor.user_id)
    session.add(theme)
    session.flush()
    record_change(session, actor, "add theme", RecordKind.SETTING, theme.id, after=snapshot(theme))
    session.flush()
    return theme


def archive_theme(session: Session, actor: Actor, theme_id: int, version: int) -> Theme:
    """Put a theme away: what is about it stays so, and nothing new is. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    theme = session.exec(select(Theme).where(Theme.id == theme_id)).first()
    if theme is None:
        raise NotFound("This theme is not here.")
    refuse_stale(theme, version, "theme")
    values = put_away("no longer used")
    return change_record(session, actor, theme, version, "archive theme", RecordKind.SETTING, values)


def set_themes(session: Session, actor: Actor, item_id: int, version: int, theme_ids: Collection[int]) -> FeedbackItem:
    """Say what an item is about. Raises: NotAllowed, NotFound, Conflict, Invalid (a theme that is put away)."""
    actor.require(Verb.CHANGE, RecordKind.FEEDBACK_ITEM)
    item = visible_feedback(session, actor, item_id)
    refuse_stale(item, version, "feedback")
    refuse_voided(item, "feedback")
    here = session.exec(select(FeedbackTheme).where(FeedbackTheme.item_id == item_id)).all()
    had, wanted = {link.theme_id for link in here}, set(theme_ids)
    if had == wanted:
        return item
    known = session.exec(
        select(Theme.id).where(col(Theme.id).in_(wanted - had), col(Theme.archived_at).is_(None))
    ).all()
    if set(known) != wanted - had:
        raise Invalid("One of these themes is not in use any more. Choose again.")
    before = {"themes": sorted(had), "version": item.version}
    for link in here:
        if link.theme_id not in wanted:
            session.delete(link)  # the history keeps it
    session.add_all(FeedbackTheme(item_id=item_id, theme_id=number) for number in sorted(wanted - had))
    revise(item, version, {})
    session.flush()
    after = {"themes": sorted(wanted), "version": item.version}
    record_change(session, actor, "say the themes", RecordKind.FEEDBACK_ITEM, item_id, before=before, after=after)
    session.flush()
    return item
