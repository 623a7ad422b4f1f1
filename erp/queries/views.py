"""Saved views of lists. Everybody sees their own, and nobody else's."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.models.views import SavedView


@dataclass(frozen=True)
class View:
    """A list as its owner wants to find it again; `address`: what stands in the page's address."""

    view_id: int
    name: str
    address: dict[str, str]


def saved_views(session: Session, actor: Actor, page: str) -> tuple[View, ...]:
    """Return the actor's views of a page, by name."""
    rows = session.exec(
        select(SavedView)
        .where(SavedView.account_id == actor.user_id, SavedView.page == page, col(SavedView.removed_at).is_(None))
        .order_by(func.lower(SavedView.name), col(SavedView.id))
    )
    return tuple(View(row.id or 0, row.name, dict(row.address)) for row in rows)
