"""One person rates once

Raters whose names differ in spacing or case were counted as two people; the ledger now tells them by one key.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    facts = sa.table("fact", sa.column("respondent", sa.String()))
    connection = op.get_bind()
    for name in connection.execute(sa.select(facts.c.respondent).distinct()).scalars():
        # as `erp.services.records.person_key` was when this was written
        key = "".join(unicodedata.normalize("NFC", name).split()).casefold() if name else name
        if key != name:
            connection.execute(sa.update(facts).where(facts.c.respondent == name).values(respondent=key))
