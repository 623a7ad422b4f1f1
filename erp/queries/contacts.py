"""The people of partners, named only where they agreed to it or the reader may see how to reach them."""

import pandas as pd
from sqlalchemy import SQLColumnExpression, case, func, literal, select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.contacts import Contact
from erp.queries.visible import may_see_name, name_shown
from erp.vocabulary import RecordKind, Verb

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
