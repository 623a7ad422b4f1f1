"""Find records by their words"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KINDS = ("partner", "contact", "forum", "engagement", "commitment", "feedback_item")


def upgrade() -> None:
    op.create_table(
        "index_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("built", sa.JSON(), nullable=False),
        sa.Column("changes_read", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "indexed_word",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("turned", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("word"),
    )
    op.create_index("ix_indexed_word_turned", "indexed_word", ["turned"])
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
        # the text comes folded (erp.spelling), so the database's own folding is left out
        op.execute(
            f"CREATE VIRTUAL TABLE words_of_{kind} USING fts5(names, words, people, links, "
            "tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')"
        )
