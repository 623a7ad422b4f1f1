"""Let everybody speak: public links, receipts, who gave feedback, and what is published of it

What a giver chose on a public page stands with the item, because it decides who may see the item at all.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SIGNED = "'noted', 'named', 'reachable', 'anonymous'"
READERS = "'team', 'tribal_liaison', 'community_liaison', 'one_person'"
#: Columns of feedback_item. Written out: SQLite takes a check only together with its column.
COLUMNS = (
    "forum_id INTEGER REFERENCES forum (id)",
    f"signed VARCHAR(40) DEFAULT 'noted' NOT NULL CONSTRAINT ck_signed CHECK (signed IN ({SIGNED}))",
    f"readers VARCHAR(40) DEFAULT 'team' NOT NULL CONSTRAINT ck_readers CHECK (readers IN ({READERS}))",
    "reader_id INTEGER REFERENCES account (id)",
)
COUNTED = ["state", "received_on", "closed", "recorded_by", "partner_id", "readers", "reader_id"]


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE feedback_item ADD COLUMN {column}")
    op.add_column("feedback_item", sa.Column("may_quote", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("feedback_item", sa.Column("withdrawn_at", UTCDateTime(), nullable=True))
    not_voided = sa.text("voided_at IS NULL")
    op.drop_index("ix_feedback_item_counted", "feedback_item")
    op.create_index(
        "ix_feedback_item_counted", "feedback_item", COUNTED, sqlite_where=not_voided, postgresql_where=not_voided
    )
    op.create_table(
        "public_link",
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "feedback", "rating", name="ck_linkpurpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("shown_as", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("forum_id", sa.Integer(), nullable=True),
        sa.Column("engagement_id", sa.Integer(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"]),
        sa.ForeignKeyConstraint(["forum_id"], ["forum.id"]),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagement.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    for column in ("partner_id", "forum_id", "engagement_id", "recorded_by"):
        op.create_index(f"ix_public_link_{column}", "public_link", [column])
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["feedback_item.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index("ix_receipt_item_id", "receipt", ["item_id"])
    op.create_table(
        "giver_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reach", sa.String(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["feedback_item.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("item_id"),
    )
    op.create_table(
        "feedback_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("by_giver", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["feedback_item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_feedback_message_item_id", "feedback_message", ["item_id"])
    op.create_table(
        "published_answer",
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("said", "decided", "changed", "said_es", "decided_es", "changed_es", "agreed_by")
        ),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("taken_down_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["feedback_item.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("item_id"),
    )
    op.create_index("ix_published_answer_recorded_by", "published_answer", ["recorded_by"])
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
