"""The partners as bodies that others are compared with: their names, addresses and where their people write from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from erp.models.contacts import Contact
from erp.models.partners import Partner, PartnerName
from erp.services.likeness import Body, address_form, mail_domains

#: A county's own columns that hold where a body is; an address is told from other words by its number.
_PLACES = ("address", "street", "location")


def body_of(number: int, name: str, also: Iterable[str], extras: Mapping[str, str], mail: Iterable[str] = ()) -> Body:
    """Return a partner for comparing. `extras`: its columns without a place; `mail`: its people's addresses."""
    places = (cell for heading, cell in extras.items() if any(word in heading.casefold() for word in _PLACES))
    domains = (mail_domains(text) for text in (*mail, *extras.values()) if "@" in text)
    return Body(
        number,
        name,
        tuple(also),
        frozenset(filter(None, map(address_form, places))),
        frozenset().union(*domains),
    )


def bodies_in_use(session: Session) -> list[Body]:
    """Return every partner that is not archived, in the order in which they came in."""
    also, mail = defaultdict[int, list[str]](list), defaultdict[int | None, list[str]](list)
    for number, name in session.execute(select(PartnerName.partner_id, PartnerName.name)):
        also[number].append(name)
    written = select(Contact.partner_id, Contact.email).where(col(Contact.archived_at).is_(None), Contact.email != "")
    for number, address in session.execute(written):
        mail[number].append(address)
    partners = (
        select(col(Partner.id), Partner.name, Partner.extras)
        .where(col(Partner.archived_at).is_(None))
        .order_by(col(Partner.id))
    )
    return [
        body_of(number, name, also.get(number, ()), extras, mail.get(number, ()))
        for number, name, extras in session.execute(partners)
    ]
