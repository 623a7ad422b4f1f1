"""Find barriers, reviews and decisions by their words"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KINDS = ("barrier", "decision", "system_review")


def upgrade() -> None:
    for kind in _KINDS:
        if op.get_bind().dialect.name != "sqlite":
            op.create_table(
                f"words_of_{kind}",
                sa.Column("rowid", sa.BigInteger(), autoincrement=False),
                sa.Column("names", sa.Text(), nullable=False),
                sa.Column("people", sa.Text(), nullable=False),
                sa.Column("said", TSVECTOR(), nullable=False),
                sa.PrimaryKeyConstraint("rowid"),
            )
            op.create_index(f"ix_words_of_{kind}_said", f"words_of_{kind}", ["said"], postgresql_using="gin")
            continue
        # as in 0006: the text comes folded, so the database's own folding is left out
        op.execute(
            f"CREATE VIRTUAL TABLE words_of_{kind} USING fts5(names, words, people, links, "
            "tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')"
        )
    # Decisions from before are put in when the app starts; of the other kinds, what came since the index was made.
    op.execute("UPDATE index_state SET complete = false")
