"""The people of partners, named only where they agreed to it or the reader may see how to reach them."""

import pandas as pd
from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.contacts import Contact
from erp.vocabulary import RecordKind, Verb

#: What a list says of a person who did not agree to be named and whose role is not known.
UNNAMED = "A person of this partner"

PEOPLE_COLUMNS = (
    "contact_id",
    "version",
    "shown_as",
    "named",
    "name",
    "role",
    "language",
    "email",
    "phone",
    "do_not_contact",
    "may_be_named",
    "notes",
    "archived_at",
    "archive_reason",
)


def may_see_name(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Contact rows whose name the actor may see.

    Who may see phone and e-mail works with these people and sees their names; everyone else sees the names of those
    who agreed to be named, and a role in place of the others.
    """
    if actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL):
        return literal(True)
    return col(Contact.may_be_named).is_(True)


def name_shown(actor: Actor) -> ColumnElement[str]:
    """Return how a Contact row is called in a list that this actor reads: by name, or by role."""
    by_role = func.coalesce(func.nullif(col(Contact.role), ""), UNNAMED)
    return case((may_see_name(actor) & (col(Contact.name) != ""), col(Contact.name)), else_=by_role)


def partner_people(session: Session, actor: Actor, partner_id: int) -> pd.DataFrame:
    """Return a partner's people, archived ones last, else by the words that stand for them.

    Columns: contact_id, version, shown_as (name, or role where the actor may not see the name), named (bool: shown by
    name), name (empty where not shown), role, language, email and phone (empty unless the actor may see channels),
    do_not_contact, may_be_named (True, False, None: nobody asked), notes and archive_reason (the
    same), archived_at. One row per person; no people, no rows.
    """
    actor.require(Verb.SEE, RecordKind.CONTACT)
    named = may_see_name(actor)
    sees_channels = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)

    def held_apart(column: str) -> SQLColumnExpression[str]:
        return col(column) if sees_channels else literal("")

    shown = name_shown(actor)
    question = (
        select(
            col(Contact.id),
            col(Contact.version),
            shown.label("shown_as"),
            (named & (col(Contact.name) != "")).label("named"),
            case((named, col(Contact.name)), else_="").label("name"),
            col(Contact.role),
            col(Contact.language),
            held_apart(Contact.email),
            held_apart(Contact.phone),
            col(Contact.do_not_contact),
            col(Contact.may_be_named),
            held_apart(Contact.notes),
            col(Contact.archived_at),
            held_apart(Contact.archive_reason),
        )
        .where(col(Contact.partner_id) == partner_id)
        .order_by(col(Contact.archived_at).is_not(None), func.lower(shown), col(Contact.id))
    )
    # As objects from the start: what is not known stays None, and numbers beside it stay whole.
    people = pd.DataFrame(session.execute(question).all(), columns=list(PEOPLE_COLUMNS), dtype=object)
    return people.astype({"named": bool, "do_not_contact": bool})


def people_to_seat(session: Session, actor: Actor, partner_id: int) -> list[tuple[int, str]]:
    """Return a partner's people that are not archived, as (contact_id, name or role), for pick lists; by name."""
    people = partner_people(session, actor, partner_id)
    here = people[people["archived_at"].isna()]
    named = zip(here["contact_id"], here["shown_as"], here["role"], here["named"], strict=True)
    return [
        (int(number), f"{shown} – {role}" if named and role else str(shown)) for number, shown, role, named in named
    ]
