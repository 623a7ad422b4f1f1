"""“You said, we did”: what a liaison approves to be told to everybody, and taking it down again."""

from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.feedback import FeedbackItem
from erp.models.public import PublishedAnswer
from erp.queries.county import today
from erp.services.checks import refuse_stale, refuse_voided
from erp.services.drafts import Draft
from erp.services.feedback import visible_feedback
from erp.services.records import now, record_change, snapshot
from erp.vocabulary import Readers, RecordKind, Verb

#: Letters from which on words are told apart from what anybody might write.
LONG_ENOUGH = 12


class AnswerDraft(Draft):
    """What the public page says of an item, in English and, where somebody wrote it, in Spanish.

    `agreed_by`: who of the Tribe agreed to it, and when; asked for where a Tribal government closes the item.
    """

    said: str
    decided: str
    changed: str = ""
    said_es: str = ""
    decided_es: str = ""
    changed_es: str = ""
    agreed_by: str = ""


def publish(session: Session, actor: Actor, item_id: int, draft: AnswerDraft, version: int = 0) -> PublishedAnswer:
    """Approve what the public page says of an item, or change it; `version` 0: it was not published yet.

    Raises: NotAllowed (only liaisons), NotFound, Conflict, Invalid (nothing decided yet, the giver's words without
    leave, no agreement of the Tribe).
    """
    actor.require(Verb.ADD, RecordKind.PUBLISHED)
    item = visible_feedback(session, actor, item_id)
    refuse_voided(item, "feedback")
    answer = _answer(session, item_id)
    if answer is not None:
        refuse_stale(answer, version, "public answer")
    _check(session, item, draft)
    before = snapshot(answer) if answer else None
    if answer is None:
        answer = PublishedAnswer(
            item_id=item_id,
            partner_id=item.partner_id,
            published_on=today(session),
            recorded_at=now(),
            recorded_by=actor.user_id,
            **draft.model_dump(),
        )
        session.add(answer)
    else:
        for name, value in (draft.model_dump() | {"partner_id": item.partner_id, "taken_down_at": None}).items():
            setattr(answer, name, value)
        answer.version += 1
    session.flush()
    record_change(session, actor, "publish", RecordKind.PUBLISHED, answer.id, before=before, after=snapshot(answer))
    session.flush()
    return answer


def take_down(session: Session, actor: Actor, item_id: int, version: int) -> PublishedAnswer:
    """Take an answer off the public page; it stays in the history. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.PUBLISHED)
    visible_feedback(session, actor, item_id)
    answer = _answer(session, item_id)
    if answer is None:
        raise NotFound("This is not on the public page.")
    refuse_stale(answer, version, "public answer")
    if answer.taken_down_at is None:
        before = snapshot(answer)
        answer.taken_down_at = now()
        answer.version += 1
        record_change(
            session, actor, "take down", RecordKind.PUBLISHED, answer.id, before=before, after=snapshot(answer)
        )
        session.flush()
    return answer


def _answer(session: Session, item_id: int) -> PublishedAnswer | None:
    return session.exec(select(PublishedAnswer).where(PublishedAnswer.item_id == item_id)).first()


def _check(session: Session, item: FeedbackItem, draft: AnswerDraft) -> None:
    if not draft.said or not draft.decided:
        raise Invalid("Say what was said and what was decided; the page shows both.")
    if not item.decision:
        raise Invalid("Nothing is decided yet. Record the decision first, then publish what became of it.")
    if not item.may_quote:
        if item.readers is not Readers.TEAM:
            raise Invalid(
                "The giver opened this to some readers only and did not allow it to be published. It stays with them."
            )
        if any(_holds(text, words) for text in draft.model_dump().values() for words in (item.words, item.translation)):
            raise Invalid("The giver did not allow their words to be published. Say it in the county's words.")
    session.refresh(item, ["closed"])
    if item.closed and not draft.agreed_by:
        raise Invalid(
            "This belongs to a Tribal government. Say who of the Tribe agreed that it is published, and when."
        )


def _holds(text: str, words: str) -> bool:
    """Say whether a text is, or holds, somebody's words, whatever the spacing, the signs and the capitals."""
    inside, whole = _plain(text), _plain(words)
    return bool(whole) and (whole == inside or (len(whole) >= LONG_ENOUGH and whole in inside))


def _plain(words: str) -> str:
    return "".join(sign for sign in words.casefold() if sign.isalnum())
