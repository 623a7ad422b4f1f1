"""The versions of a framework as a table: which were in force from when, and who put them in force."""

import pandas as pd
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.frameworks import Framework
from erp.models.accounts import Account
from erp.models.frameworks import FrameworkEdition
from erp.queries.frameworks import as_framework, frameworks_of
from erp.vocabulary import RecordKind, Verb

VERSION_COLUMNS = ["Version", "In force from", "Entries", "Put in force by", "Why"]


def framework_versions(session: Session, actor: Actor, framework_id: str) -> pd.DataFrame:
    """Return the versions of a framework, the oldest first. Columns: VERSION_COLUMNS, all of them words but Entries.

    Entries counts those not retired. Raises: NotAllowed.
    """
    actor.require(Verb.SEE, RecordKind.SETTING)
    question = (
        select(FrameworkEdition, Account.name)
        .outerjoin(Account, col(Account.id) == col(FrameworkEdition.recorded_by))
        .where(
            FrameworkEdition.framework == framework_id,
            col(FrameworkEdition.shipped).is_(False),
            col(FrameworkEdition.from_on).is_not(None),
        )
        .order_by(col(FrameworkEdition.from_on), col(FrameworkEdition.id))
    )
    ours = [
        (row.edition, f"{row.from_on:%b %-d, %Y}", _offered(as_framework(row)), name or "the operator", row.note)
        for row, name in session.exec(question)
    ]
    named = {row[0] for row in ours}
    shipped = [
        (held.version, "came with the program", _offered(held), "", "")
        for held in frameworks_of(session).versions[framework_id]
        if held.version not in named
    ]
    return pd.DataFrame([*shipped, *ours], columns=VERSION_COLUMNS)


def _offered(framework: Framework) -> int:
    return sum(not held.retired for held in framework.entries)
