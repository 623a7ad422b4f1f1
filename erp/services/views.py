"""Saving a view of a list under a name, and letting go of it. A view is its owner's bookmark: it is not audited."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid, NotAllowed, NotFound
from erp.models.views import SavedView
from erp.privacy import find_identifying
from erp.services.records import now

LONGEST_NAME = 60
MOST_VIEWS = 40


def save_view(session: Session, actor: Actor, page: str, name: str, address: Mapping[str, str]) -> SavedView:
    """Keep what stands in a list's address under a name; a view of this name is replaced.

    Raises: NotAllowed (the operator of the machine has no lists); Invalid (no name, no filter, words that look like
    somebody's identity, too many).
    """
    if actor.user_id is None:
        raise NotAllowed("Views belong to an account.")
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"Give the view a name of at most {LONGEST_NAME} letters.")
    if any(map(find_identifying, (name, *address.values()))):
        raise Invalid(
            "The name or the words looked for seem to tell who somebody is. Such words are not kept in a view."
        )
    if not address:
        raise Invalid("No filter is set. Set the filters first, then save them under a name.")
    here = session.exec(
        select(SavedView).where(
            SavedView.account_id == actor.user_id, SavedView.page == page, col(SavedView.removed_at).is_(None)
        )
    ).all()
    view = next((one for one in here if one.name.casefold() == name.casefold()), None)
    if view is None and len(here) >= MOST_VIEWS:
        raise Invalid(f"There are {MOST_VIEWS} views of this list already. Remove one that is not used any more.")
    if view is None:
        view = SavedView(account_id=actor.user_id, page=page, name=name, saved_at=now())
    view.name, view.address, view.saved_at = name, dict(address), now()
    session.add(view)
    session.flush()
    return view


def remove_view(session: Session, actor: Actor, view_id: int) -> None:
    """Let go of a view. Raises: NotFound, the same whether it is not here or somebody else's."""
    view = session.get(SavedView, view_id)
    if view is None or view.account_id != actor.user_id or view.removed_at is not None:
        raise NotFound("This view is not here any more.")
    view.removed_at = now()
    session.add(view)
    session.flush()
