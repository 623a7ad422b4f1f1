"""“You said, we did”: what the public page tells, and what of it a liaison may change."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.feedback import FeedbackItem
from erp.models.public import PublishedAnswer
from erp.queries.visible import feedback_visible_to
from erp.vocabulary import FeedbackState, RecordKind, Verb

#: Answers on one page, and on a poster.
PAGE_ANSWERS, POSTER_ANSWERS = 20, 8


@dataclass(frozen=True)
class Told:
    """One answer as everybody reads it; the Spanish is empty where nobody wrote it. `confirmed`: by its giver."""

    said: str
    decided: str
    changed: str
    said_es: str
    decided_es: str
    changed_es: str
    published_on: date
    confirmed: bool


@dataclass(frozen=True)
class Approved:
    """An item's answer as a liaison changes it; `version` 0: none yet. `shown`: it is on the public page now."""

    version: int
    shown: bool
    said: str
    decided: str
    changed: str
    said_es: str
    decided_es: str
    changed_es: str
    agreed_by: str
    published_on: date | None
    closed: bool
    may_quote: bool


def is_shown() -> ColumnElement[bool]:
    """Return the condition on answers and their items that everybody may read: approved, not taken down, not void.

    A Tribal government's item without the Tribe's agreement is never among them, whatever became of it since.
    """
    same = col(PublishedAnswer.partner_id).is_not_distinct_from(col(FeedbackItem.partner_id))
    agreed = or_(not_(col(FeedbackItem.closed)), and_(col(PublishedAnswer.agreed_by) != "", same))
    return and_(col(PublishedAnswer.taken_down_at).is_(None), col(FeedbackItem.voided_at).is_(None), agreed)


def told_to_everybody(session: Session, page: int = 1, rows: int = PAGE_ANSWERS) -> list[Told]:
    """Return a page of what everybody may read, the newest first; one more than `rows` says that there is another."""
    question = (
        select(PublishedAnswer, col(FeedbackItem.state))
        .join(FeedbackItem, col(FeedbackItem.id) == col(PublishedAnswer.item_id))
        .where(is_shown())
        .order_by(col(PublishedAnswer.published_on).desc(), col(PublishedAnswer.id).desc())
        .offset((page - 1) * rows)
        .limit(rows + 1)
    )
    return [
        Told(
            said=answer.said,
            decided=answer.decided,
            changed=answer.changed,
            said_es=answer.said_es,
            decided_es=answer.decided_es,
            changed_es=answer.changed_es,
            published_on=answer.published_on,
            confirmed=state is FeedbackState.CONFIRMED,
        )
        for answer, state in session.execute(question)
    ]


def approved(session: Session, actor: Actor, item_id: int) -> Approved | None:
    """Return what is published of an item, None where nothing is, or where the actor may not see the item."""
    actor.require(Verb.SEE, RecordKind.PUBLISHED)
    found = session.execute(
        select(PublishedAnswer, FeedbackItem)
        .join(FeedbackItem, col(FeedbackItem.id) == col(PublishedAnswer.item_id))
        .where(col(FeedbackItem.id) == item_id, feedback_visible_to(actor))
    ).first()
    if found is None:
        return None
    answer, item = found
    agreed = not item.closed or (answer.agreed_by != "" and answer.partner_id == item.partner_id)
    shown = answer.taken_down_at is None and item.voided_at is None and agreed
    texts = ("said", "decided", "changed", "said_es", "decided_es", "changed_es", "agreed_by")
    told = {name: getattr(answer, name) for name in texts}
    return Approved(
        version=answer.version,
        shown=shown,
        published_on=answer.published_on,
        closed=item.closed,
        may_quote=item.may_quote,
        **told,
    )
