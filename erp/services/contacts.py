"""Adding, changing, archiving and restoring contacts: the people on the partners' side."""

from typing import Any

from sqlmodel import Session

from erp.access import Actor
from erp.errors import Invalid, NotAllowed
from erp.models.contacts import Contact
from erp.services.checks import known_partner
from erp.services.drafts import Draft
from erp.services.records import (
    BACK,
    change_record,
    get_or_refuse,
    new_key,
    now,
    put_away,
    record_change,
    remember_save,
    saved_before,
    snapshot,
)
from erp.vocabulary import RecordKind, Verb

#: Personal channels, held apart: only who may change `contact_channel` writes them.
CHANNELS = ("email", "phone")


class ContactDraft(Draft):
    """A person as entered. `email` and `phone` None: leave what is there as it is.

    `may_be_named` True: agreed in writing; None: nobody asked yet. `partner_id` None: not linked to a partner yet.
    """

    partner_id: int | None = None
    name: str = ""
    role: str = ""
    language: str = ""
    email: str | None = None
    phone: str | None = None
    do_not_contact: bool = False
    may_be_named: bool | None = None
    notes: str = ""
    key: str = ""


def add_contact(session: Session, actor: Actor, draft: ContactDraft, *, token: str = "") -> Contact:
    """Add a person; the same form saved twice answers with the first record.

    Raises: NotAllowed (also for phone and e-mail), NotFound (no such partner), Invalid (neither name nor role).
    """
    actor.require(Verb.ADD, RecordKind.CONTACT)
    already = saved_before(session, token, draft)
    if already is not None:
        return get_or_refuse(session, Contact, already, "person")
    _check(session, draft)
    contact = Contact(
        key=draft.key or "new",
        recorded_at=now(),
        recorded_by=actor.user_id,
        **draft.model_dump(exclude={"key", *CHANNELS}),
        **_channels(actor, draft, None),
    )
    session.add(contact)
    session.flush()
    contact.key = draft.key or new_key(session, Contact, "N", _id(contact))
    record_change(session, actor, "add", RecordKind.CONTACT, contact.id, after=snapshot(contact))
    remember_save(session, token, RecordKind.CONTACT, _id(contact), draft)
    session.flush()
    return contact


def change_contact(session: Session, actor: Actor, contact_id: int, version: int, draft: ContactDraft) -> Contact:
    """Change a person opened at `version`, or link them to a partner. Raises: as above, Conflict."""
    actor.require(Verb.CHANGE, RecordKind.CONTACT)
    contact = get_or_refuse(session, Contact, contact_id, "person")
    _check(session, draft)
    values = draft.model_dump(exclude={"key", *CHANNELS}) | _channels(actor, draft, contact)
    return change_record(session, actor, contact, version, "change", RecordKind.CONTACT, values)


def archive_contact(session: Session, actor: Actor, contact_id: int, version: int, reason: str) -> Contact:
    """Put a person out of sight with a reason. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.ARCHIVE, RecordKind.CONTACT)
    contact = get_or_refuse(session, Contact, contact_id, "person")
    values = put_away(reason)
    return change_record(session, actor, contact, version, "archive", RecordKind.CONTACT, values)


def restore_contact(session: Session, actor: Actor, contact_id: int, version: int) -> Contact:
    """Bring an archived person back. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.CONTACT)
    contact = get_or_refuse(session, Contact, contact_id, "person")
    return change_record(session, actor, contact, version, "restore", RecordKind.CONTACT, BACK)


def _check(session: Session, draft: ContactDraft) -> None:
    if not draft.name and not draft.role:
        raise Invalid("Say the person's name, or at least their role.")
    if draft.partner_id is not None:
        known_partner(session, draft.partner_id)


def _channels(actor: Actor, draft: ContactDraft, contact: Contact | None) -> dict[str, Any]:
    """Return the channels to keep; what the draft leaves out stays. Raises: NotAllowed where one would change."""
    kept = {name: getattr(contact, name) if contact else "" for name in CHANNELS}
    wanted = kept | {name: value for name in CHANNELS if (value := getattr(draft, name)) is not None}
    if wanted != kept and not actor.may(Verb.CHANGE, RecordKind.CONTACT_CHANNEL):
        raise NotAllowed("Your role may not enter phone numbers or e-mail addresses. Leave them blank and save again.")
    return wanted


def _id(contact: Contact) -> int:
    assert contact.id is not None  # it was flushed
    return contact.id
