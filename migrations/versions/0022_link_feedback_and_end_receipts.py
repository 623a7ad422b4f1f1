"""Link feedback that belongs together, and end receipts"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receipt", sa.Column("ended_at", UTCDateTime(), nullable=True))
    op.create_table(
        "feedback_link",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("item_id", sa.Integer(), sa.ForeignKey("feedback_item.id"), nullable=False),
        sa.Column("other_id", sa.Integer(), sa.ForeignKey("feedback_item.id"), nullable=False),
        sa.Column(
            "linked_as",
            sa.Enum(
                "same_thing", "same_giver", name="ck_linkedas", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
    )
    for column in ("item_id", "other_id"):
        op.create_index(f"ix_feedback_link_{column}", "feedback_link", [column])
