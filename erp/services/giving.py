"""Giving feedback by a public page: what a giver chooses, the item it becomes, and the receipt to come back with.

Nobody is signed in here: what permits it is the page itself, and the audit says that it came by a public link.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid
from erp.models.accounts import Account, RoleGrant
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Partner
from erp.models.public import GiverIdentity, PublicLink, Receipt
from erp.queries.county import today
from erp.services.drafts import Draft
from erp.services.facts import sync_feedback
from erp.services.keys import code_of
from erp.services.records import now, record_change, remember_save, saved_before, snapshot
from erp.services.sign_in import token_hash
from erp.vocabulary import (
    READERS_BY_ROLE,
    Door,
    FeedbackKind,
    FeedbackState,
    FeedbackWay,
    PartnerKind,
    Readers,
    RecordKind,
    Role,
    Signed,
)

#: Letters of feedback at most, and of a name or a way to reach somebody.
MOST_WORDS = 4_000
MOST_NAME = 200
#: Days for which a receipt opens its item: some answers take a budget year.
RECEIPT_DAYS = 1_095
#: Whoever gives feedback by a public page, in the history.
GIVER = Actor(None, "the giver", frozenset(), Door.PUBLIC_LINK)

NO_WORDS = "Write what you want to tell us."
TOO_LONG = "This is longer than 4,000 letters. Shorten it, or send the rest afterwards."
NO_NAME = "Write your name, or choose to stay anonymous."
NO_REACH = "Write how we can reach you, or choose to stay anonymous."
TOO_LONG_NAME = "Your name or the way to reach you is too long: 200 letters at most."
NOT_OPEN = "Nobody could read it this way. Choose again who may read it."


class GivenDraft(Draft):
    """Feedback as somebody sent it. A name or a way to reach them is kept only where they chose to give it."""

    words: str
    language: str = ""
    signed: Signed = Signed.ANONYMOUS
    name: str = ""
    reach: str = ""
    readers: Readers = Readers.TEAM
    reader_id: int | None = None
    may_quote: bool = False


@dataclass(frozen=True)
class Choices:
    """Who may be chosen as a reader: kinds of reader with somebody behind them, and people by name."""

    readers: tuple[Readers, ...]
    people: tuple[tuple[int, str], ...]


def choices_of_readers(session: Session, link: PublicLink | None) -> Choices:
    """Return who can be chosen to read what is given by a link (None: the general address).

    Liaisons only, by name: talking with people outside is their work. What is given for a Tribal government is open
    to its liaisons and leadership alone, so nobody else can be chosen there.
    """
    of_a_tribe = link is not None and _is_of_a_tribe(session, link)
    question = (
        select(Account.id, Account.name, RoleGrant.role)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(col(Account.disabled_at).is_(None))
        .where(col(RoleGrant.role).in_([Role.TRIBAL_LIAISON] if of_a_tribe else list(READERS_BY_ROLE)))
        .order_by(col(Account.name), col(Account.id))
    )
    found = session.exec(question).all()
    roles = {READERS_BY_ROLE[Role(role)] for _, _, role in found}
    people = {number or 0: name for number, name, _ in found}
    kinds = (Readers.TEAM, *(each for each in READERS_BY_ROLE.values() if each in roles))
    return Choices((*kinds, Readers.ONE_PERSON) if people else kinds, tuple(people.items()))


def give_feedback(session: Session, link: PublicLink | None, draft: GivenDraft, secret: str) -> FeedbackItem:
    """Keep what somebody sent, with a receipt that `secret` opens; the same form twice answers with the first item.

    Raises: Invalid with one of this module's sentences; Conflict where the form was sent already with other words.
    """
    token = token_hash(f"form {secret}")
    # What is remembered of a form must not let anybody find out a name that was erased since.
    nameless = draft.model_copy(update={"name": "", "reach": ""})
    already = saved_before(session, token, nameless)
    if already is not None:
        return session.exec(select(FeedbackItem).where(FeedbackItem.id == already)).one()
    _check(session, link, draft)
    at, this_day = now(), today(session)
    item = FeedbackItem(
        key="new",
        recorded_at=at,
        received_on=this_day,
        way=FeedbackWay.FORM,
        kind=FeedbackKind.OTHER,
        anonymous=draft.signed is Signed.ANONYMOUS,
        partner_id=link and link.partner_id,
        forum_id=link and link.forum_id,
        engagement_id=link and link.engagement_id,
        assigned_to=draft.reader_id,
        **draft.model_dump(include={"words", "language", "signed", "readers", "reader_id", "may_quote"}),
    )
    session.add(item)
    session.flush()
    assert item.id is not None  # it was flushed
    item.key = _unguessable_key(session)
    session.add(FeedbackStep(item_id=item.id, step=FeedbackState.RECEIVED, position=1, on_day=this_day, recorded_at=at))
    if draft.signed in (Signed.NAMED, Signed.REACHABLE):
        name = draft.name if draft.signed is Signed.NAMED else ""
        session.add(GiverIdentity(item_id=item.id, name=name, reach=draft.reach))
    keep_receipt(session, item.id, secret, None)
    session.flush()
    sync_feedback(session, item, at)
    record_change(session, GIVER, "receive", RecordKind.FEEDBACK_ITEM, item.id, after=snapshot(item))
    remember_save(session, token, RecordKind.FEEDBACK_ITEM, item.id, nameless)
    session.flush()
    return item


def _unguessable_key(session: Session) -> str:
    """Return a key that tells nobody how many were given, nor that this one was."""
    while True:
        key = f"P-{secrets.randbelow(10**8):08}"
        if session.exec(select(FeedbackItem.id).where(FeedbackItem.key == key)).first() is None:
            return key


def keep_receipt(session: Session, item_id: int, secret: str, made_by: int | None) -> Receipt:
    """Keep a receipt of an item that `secret`, and the code that follows from it, will open."""
    receipt = Receipt(
        item_id=item_id,
        secret_hash=token_hash(secret),
        code_hash=token_hash(code_of(secret)),
        expires_on=today(session) + timedelta(days=RECEIPT_DAYS),
        recorded_at=now(),
        recorded_by=made_by,
    )
    session.add(receipt)
    return receipt


def _is_of_a_tribe(session: Session, link: PublicLink) -> bool:
    if link.engagement_id is not None:
        return bool(session.exec(select(Engagement.closed).where(Engagement.id == link.engagement_id)).first())
    kind = session.exec(select(Partner.kind).where(Partner.id == link.partner_id)).first()
    return kind is PartnerKind.TRIBAL_GOVERNMENT


def _check(session: Session, link: PublicLink | None, draft: GivenDraft) -> None:
    if not draft.words:
        raise Invalid(NO_WORDS)
    if len(draft.words) > MOST_WORDS:
        raise Invalid(TOO_LONG)
    if draft.signed is Signed.NAMED and not draft.name:
        raise Invalid(NO_NAME)
    if draft.signed is Signed.REACHABLE and not draft.reach:
        raise Invalid(NO_REACH)
    if max(len(draft.name), len(draft.reach)) > MOST_NAME:
        raise Invalid(TOO_LONG_NAME)
    open_to = choices_of_readers(session, link)
    one_person = draft.readers is Readers.ONE_PERSON
    if draft.readers not in open_to.readers or one_person != (draft.reader_id is not None):
        raise Invalid(NOT_OPEN)
    if one_person and draft.reader_id not in dict(open_to.people):
        raise Invalid(NOT_OPEN)
