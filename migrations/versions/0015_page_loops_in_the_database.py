"""Page promises and feedback in the database

Counts and lists of loops read a state's promises and feedback whole, and when each was reopened out of every step.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Index → table, columns, and of which rows.
INDEXES = {
    "ix_commitment_open": (
        "commitment",
        ["due_on", "closed", "recorded_by", "partner_id"],
        "voided_at IS NULL AND done_on IS NULL AND withdrawn_on IS NULL",
    ),
    "ix_commitment_done": (
        "commitment",
        ["done_on", "withdrawn_on", "closed", "recorded_by", "partner_id"],
        "voided_at IS NULL AND done_on IS NOT NULL",
    ),
    "ix_commitment_withdrawn": (
        "commitment",
        ["withdrawn_on", "closed", "recorded_by", "partner_id"],
        "voided_at IS NULL AND withdrawn_on IS NOT NULL",
    ),
    "ix_feedback_step_reopened": ("feedback_step", ["item_id", "on_day"], "step = 'reopened'"),
}


def upgrade() -> None:
    for name, (table, columns, rows) in INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))
