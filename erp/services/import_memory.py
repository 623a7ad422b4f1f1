"""What a person said of a file that an import remembers: what its headings mean, who names nobody knew are."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.importing.cells import plain
from erp.importing.mapping import ColumnMap, guess_mapping
from erp.models.imports import ImportFile
from erp.services.look_alikes import call_also
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind

#: So many of a kind's newest imports are asked what their headings meant.
_NEWEST = 100


def remembered(session: Session, kind: str, guess: ColumnMap) -> ColumnMap:
    """Return the headings that somebody said of an earlier file of this kind to be another field than is guessed.

    `guess`: heading → guessed field. The newest file with a heading counts; a field that another heading of this file
    is guessed to be stays there. Undone imports are not asked.
    """
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
        if field is None or (field not in taken and field != guess[heading]):
            once[heading] = field
            taken |= {field} - {None}
    return once


def settle_names(session: Session, actor: Actor, said: Mapping[str, int | PartnerKind]) -> dict[str, list[Any]]:
    """Let names that no partner has be a partner's, or add partners of these names; returns `ImportFile.settled`.

    Raises: NotAllowed, NotFound (the partner), Conflict (a partner of the name is here by now).
    """
    named: list[list[object]] = []
    added: list[int] = []
    for words, answer in said.items():
        if isinstance(answer, PartnerKind):
            added.append(add_partner(session, actor, PartnerDraft(name=words, kind=answer)).id or 0)
        else:
            call_also(session, actor, answer, words)
            named.append([answer, words])
    return {"named": named, "added": list(added)} if said else {}
