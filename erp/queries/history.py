"""The history of one record: who changed what, when, from what to what, through which door."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, Relationship
from erp.queries.contacts import may_see_name
from erp.queries.county import county_zone
from erp.queries.visible import commitments_visible_to, engagements_visible_to, feedback_visible_to
from erp.vocabulary import RecordKind, Verb

HISTORY_COLUMNS = ("at", "who", "verb", "door", "before", "after")

#: What a history keeps to itself where the reader may not see a person's name or channels. `extras` and the like hold
#: what a spreadsheet had beside them, which may be a second phone number.
HELD_APART = frozenset({"email", "phone", "notes", "extras", "as_written", "archive_reason"})

K = RecordKind


def record_history(session: Session, actor: Actor, kind: RecordKind, record_id: int) -> pd.DataFrame:
    """Return the changes of one record, newest first; a rating's is nobody's to read, since it names one person.

    Columns: at (aware, in the county's time zone), who, verb, door (vocabulary.Door value), before and after (mapping
    of field to value, or None; of a change only the fields that differ). One row per change.
    Raises: NotAllowed; NotFound where the record is not here or not for this actor.
    """
    actor.require(Verb.SEE, kind)
    hidden = _hidden_fields(session, actor, kind, record_id)
    question = (
        select(
            col(Change.at),
            col(Change.actor_name),
            col(Change.verb),
            col(Change.door),
            col(Change.before),
            col(Change.after),
        )
        .where(col(Change.record_kind) == kind.value, col(Change.record_id) == record_id)
        .order_by(col(Change.id).desc())
    )
    zone = county_zone(session)
    rows = [
        (at.astimezone(zone), who, verb, door.value, _without(before, hidden), _without(after, hidden))
        for at, who, verb, door, before, after in session.execute(question)
    ]
    return pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))


def _hidden_fields(session: Session, actor: Actor, kind: RecordKind, record_id: int) -> frozenset[str]:
    """Return the fields to leave out of a record's history. Raises: NotFound where the actor may not see the record."""
    tables: dict[RecordKind, tuple[Any, ColumnElement[bool]]] = {
        K.PARTNER: (Partner, true()),
        K.CONTACT: (Contact, true()),
        K.FORUM: (Forum, true()),
        K.RELATIONSHIP: (Relationship, true()),
        K.ENGAGEMENT: (Engagement, engagements_visible_to(actor)),
        K.COMMITMENT: (Commitment, commitments_visible_to(actor)),
        K.FEEDBACK_ITEM: (FeedbackItem, feedback_visible_to(actor)),
        K.ACCOUNT: (Account, true()),
    }
    if kind in tables:
        table, visible = tables[kind]
        here = session.execute(select(table.id).where(table.id == record_id, visible)).first()
        if here is not None:
            return _hidden_of_person(session, actor, record_id) if kind is K.CONTACT else frozenset()
    raise NotFound(f"There is no history of this {kind.label.lower()} here.")


def _hidden_of_person(session: Session, actor: Actor, contact_id: int) -> frozenset[str]:
    if actor.may(Verb.SEE, K.CONTACT_CHANNEL):
        return frozenset()
    named = session.execute(select(col(Contact.id)).where(col(Contact.id) == contact_id, may_see_name(actor))).first()
    return HELD_APART if named else HELD_APART | {"name"}


def _without(fields: dict[str, object] | None, hidden: frozenset[str]) -> dict[str, object] | None:
    return fields and {name: value for name, value in fields.items() if name not in hidden}
