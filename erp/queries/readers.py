"""Who of the county may read a feedback item: asked of every account that is in use."""

from sqlalchemy import select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.accounts import Account, RoleGrant
from erp.models.feedback import FeedbackItem
from erp.queries.visible import feedback_visible_to
from erp.vocabulary import RecordKind, Role, Verb


def may_read(session: Session, item_id: int, verb: Verb = Verb.SEE) -> dict[int, str]:
    """Return the accounts in use that may read an item and hold `verb` on feedback, id → name, by name."""
    question = (
        select(col(Account.id), col(Account.name), col(RoleGrant.role))
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(col(Account.disabled_at).is_(None))
        .order_by(col(Account.name), col(Account.id))
    )
    held: dict[tuple[int, str], set[Role]] = {}
    for number, name, role in session.execute(question):
        held.setdefault((number, name), set()).add(Role(role))
    actors = [Actor(number, name, frozenset(roles)) for (number, name), roles in held.items()]
    here = col(FeedbackItem.id) == item_id
    return {
        actor.user_id or 0: actor.name
        for actor in actors
        if actor.may(verb, RecordKind.FEEDBACK_ITEM)
        and session.execute(select(col(FeedbackItem.id)).where(here, feedback_visible_to(actor))).first()
    }
