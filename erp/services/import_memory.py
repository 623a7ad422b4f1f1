"""What a person said of a file that an import remembers: what its headings mean, who names nobody knew are."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.importing.cells import plain
from erp.importing.fields import field_names
from erp.importing.mapping import ColumnMap, guess_mapping
from erp.models.imports import ImportFile
from erp.models.partners import Partner, PartnerName
from erp.services.look_alikes import call_also
from erp.services.partners import PartnerDraft, add_partner
from erp.services.records import squeeze
from erp.vocabulary import PartnerKind

#: So many of a kind's newest imports are asked what their headings meant.
_NEWEST = 100


def remembered(session: Session, kind: str, guess: ColumnMap) -> ColumnMap:
    """Return the headings that somebody said of an earlier file of this kind to be another field than is guessed.

    `guess`: heading → guessed field. The newest file with a heading counts; a field that another heading of this file
    is guessed to be stays there. Undone imports are not asked.
    """
    ours = {plain(name) for name in field_names(kind)}
    newest = (
        select(ImportFile.mapping)
        .where(ImportFile.kind == kind, col(ImportFile.undone_at).is_(None))
        .order_by(col(ImportFile.id).desc())
        .limit(_NEWEST)
    )
    said: ColumnMap = {}
    for mapping in session.exec(newest):
        guessed = guess_mapping(kind, mapping)
        for heading, field in mapping.items():
            if plain(heading) not in said:
                said[plain(heading)] = (field or None) if (field or None) != guessed.get(heading) else "as guessed"
    differing = {
        heading: said[plain(heading)] for heading in guess if said.get(plain(heading), "as guessed") != "as guessed"
    }
    taken = {field for heading, field in guess.items() if field and heading not in differing}
    once: ColumnMap = {}
    for heading, field in differing.items():
        if field is not None and field not in taken and field != guess[heading] and plain(heading) not in ours:
            once[heading] = field
            taken.add(field)
    # A heading goes without a place again only where another one of this file holds what it would be.
    none = {h: None for h, f in differing.items() if f is None and guess[h] in taken and plain(h) not in ours}
    return once | none


def settle_names(session: Session, actor: Actor, said: Mapping[str, int | PartnerKind]) -> dict[str, list[Any]]:
    """Let names that no partner has be a partner's, or add partners of these names; returns `ImportFile.settled`.

    What was done before – by a second click, or before an import was broken off – is not done again.
    Raises: NotAllowed, NotFound (the partner), Conflict (a partner of the name is here by now).
    """
    named: list[list[object]] = []
    added: list[int] = []
    for words, answer in said.items():
        if isinstance(answer, PartnerKind):
            here = select(Partner.id).where(Partner.name_key == squeeze(words))
            if session.exec(here).first() is None:
                added.append(add_partner(session, actor, PartnerDraft.of(name=words, kind=answer)).id or 0)
        else:
            its_names = select(func.count()).where(PartnerName.partner_id == answer)
            before = session.scalar(its_names)
            call_also(session, actor, answer, words)
            named += [[answer, words]] if session.scalar(its_names) != before else []
    return {"named": named, "added": list(added)} if said else {}
