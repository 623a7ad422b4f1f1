"""Putting an earlier value of a field back: a new change like any other, by the rules of its kind of record."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, PartnerName, Relationship
from erp.queries.history import record_history
from erp.services.commitments import CommitmentDraft, change_commitment
from erp.services.contacts import CHANNELS, ContactDraft, change_contact
from erp.services.drafts import Draft
from erp.services.engagements import change_engagement
from erp.services.feedback import FeedbackDraft, change_feedback
from erp.services.forums import ForumDraft, change_forum
from erp.services.partners import PartnerDraft, change_partner
from erp.services.records import get_or_refuse
from erp.services.relationships import RelationshipDraft, change_relationship
from erp.services.series import draft_of
from erp.vocabulary import NameKind, RecordKind, Verb

K = RecordKind
#: Fields whose earlier value may be put back; what belongs together (who took part, names, steps) is changed in forms.
RESTORABLE: Mapping[RecordKind, tuple[str, ...]] = {
    K.PARTNER: ("name", "kind", "area", "languages", "status", "status_reason", "holder_id", "notes"),
    K.CONTACT: ("name", "role", "language", "email", "phone", "do_not_contact", "may_be_named", "notes"),
    K.FORUM: ("name", "purpose", "language"),
    K.RELATIONSHIP: ("what", "from_on", "until_on"),
    K.ENGAGEMENT: (
        "kind", "held_on", "held_at", "place", "remote", "language", "interpreter", "county_people", "purpose", "facts",
        "quotes", "opinions", "decisions", "asked_by", "agenda_by", "decided_by", "notes",
    ),
    K.COMMITMENT: ("what", "owed_by", "made_on", "due_on", "notes"),
    K.FEEDBACK_ITEM: ("words", "person", "anonymous", "way", "kind", "language", "translation", "received_on", "notes"),
}  # fmt: skip


#: Verbs whose changes tell the fields of the record itself; "take name back" tells another name of a partner.
_OF_ITS_FIELDS = ("change", "import", "undo import", "keep", "reopen")


def restorable(kind: RecordKind, verb: str) -> tuple[str, ...]:
    """Return the fields whose earlier value a change of this verb may give back."""
    return RESTORABLE.get(kind, ()) if verb in _OF_ITS_FIELDS else ()


def restore_value(session: Session, actor: Actor, change_id: int, field: str, newest_id: int) -> None:
    """Put back what a field held before a change. `newest_id`: the record's newest change that the person saw.

    Raises: NotAllowed; NotFound (no such change of a record that the actor may see, or the field is hidden);
    Conflict (the record was changed since); Invalid (it cannot be put back by itself, or a rule of the record).
    """
    change = get_or_refuse(session, Change, change_id, "change")
    kind = K(change.record_kind)
    actor.require(Verb.CHANGE, kind)
    history = record_history(session, actor, kind, change.record_id)
    seen = history.loc[history["change_id"] == change_id, "before"]
    if seen.empty or field not in (seen.iloc[0] or {}):
        raise NotFound("This earlier value is not here.")
    if field not in restorable(kind, change.verb):
        raise Invalid("This is not put back by itself. Change it in the form of the record.")
    newest = select(func.max(Change.id)).where(
        Change.record_kind == kind.value, col(Change.record_id) == change.record_id
    )
    if session.scalar(newest) != newest_id:
        raise Conflict("Somebody changed this record since. Look at its history again; nothing was changed.")
    table, entered, save = _KINDS[kind]
    record = get_or_refuse(session, table, change.record_id, kind.label.lower())
    draft = entered(session, record)
    value = seen.iloc[0][field]
    values = draft.model_dump() | {field: _listed(value) if field == "languages" else value}
    if kind is K.PARTNER and field == "kind":
        values["scored"] = None  # a Tribal government agrees to figures anew
    save(session, actor, record.id, record.version, type(draft).of(**values))
    session.flush()


def _listed(words: Any) -> tuple[str, ...]:
    return tuple(part for part in str(words or "").split("; ") if part)


def _plain(draft: type[Draft]) -> Callable[[Session, Any], Draft]:
    """Return what makes a draft of a record whose columns are called as the draft's fields."""
    return lambda _session, record: draft.of(
        **{name: getattr(record, name) for name in draft.model_fields if hasattr(record, name)}
    )


def _partner(session: Session, partner: Partner) -> PartnerDraft:
    rows = session.exec(select(PartnerName).where(PartnerName.partner_id == partner.id)).all()
    names = {kind: tuple(row.name for row in rows if row.kind is kind) for kind in NameKind}
    own = {name: getattr(partner, name) for name in PartnerDraft.model_fields if hasattr(partner, name)}
    lists = {"other_names": names[NameKind.OTHER], "former_names": names[NameKind.FORMER]}
    return PartnerDraft.of(**own | lists | {"languages": _listed(partner.languages)})


def _contact(_session: Session, contact: Contact) -> ContactDraft:
    own = {name: getattr(contact, name) for name in ContactDraft.model_fields if hasattr(contact, name)}
    return ContactDraft.of(**own | dict.fromkeys(CHANNELS))  # None: what it holds stays


def _commitment(_session: Session, promise: Commitment) -> CommitmentDraft:
    own = {name: getattr(promise, name) for name in CommitmentDraft.model_fields if hasattr(promise, name)}
    written = promise.as_written
    return CommitmentDraft.of(
        **own | {"owed_by_words": written.get("owed_by", ""), "due_words": written.get("due_on", "")}
    )


#: Kind of record → its table, what it looks like as a draft, and the service that changes it.
_KINDS: Mapping[RecordKind, tuple[Any, Callable[[Session, Any], Draft], Callable[..., Any]]] = {
    K.PARTNER: (Partner, _partner, change_partner),
    K.CONTACT: (Contact, _contact, change_contact),
    K.FORUM: (Forum, _plain(ForumDraft), change_forum),
    K.RELATIONSHIP: (Relationship, _plain(RelationshipDraft), change_relationship),
    K.ENGAGEMENT: (Engagement, draft_of, change_engagement),
    K.COMMITMENT: (Commitment, _commitment, change_commitment),
    K.FEEDBACK_ITEM: (FeedbackItem, _plain(FeedbackDraft), change_feedback),
}
