"""Work on feedback: who works on it, targets that rest, the same thing entered twice, closed without its giver"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATES = "'received', 'acknowledged', 'decided', 'told', 'confirmed', 'reopened'"
WITH_ONE_MORE = f"{STATES}, 'unconfirmed'"
#: Table → column of a state.
STATED = {"feedback_item": "state", "feedback_step": "step"}
COLUMNS = (
    "assigned_to INTEGER REFERENCES account (id)",
    "duplicate_of INTEGER REFERENCES feedback_item (id)",
)
COUNTED = [
    "state", "received_on", "closed", "recorded_by", "partner_id", "readers", "reader_id", "assigned_to", "paused_on",
    "paused_days", "duplicate_of",
]  # fmt: skip


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE feedback_item ADD COLUMN {column}")
    op.add_column("feedback_item", sa.Column("paused_on", sa.Date(), nullable=True))
    op.add_column("feedback_item", sa.Column("paused_because", sa.String(), nullable=False, server_default=""))
    op.add_column("feedback_item", sa.Column("paused_days", sa.Integer(), nullable=False, server_default="0"))
    is_one = sa.text("duplicate_of IS NOT NULL")  # of all items it would be taken for a way to those that are none
    op.create_index(
        "ix_feedback_item_duplicate_of", "feedback_item", ["duplicate_of"], sqlite_where=is_one, postgresql_where=is_one
    )
    not_voided = sa.text("voided_at IS NULL")
    op.drop_index("ix_feedback_item_counted", "feedback_item")
    op.create_index(
        "ix_feedback_item_counted", "feedback_item", COUNTED, sqlite_where=not_voided, postgresql_where=not_voided
    )
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        for table, column in STATED.items():
            op.drop_constraint("ck_feedbackstate", table)
            op.create_check_constraint("ck_feedbackstate", table, f"{column} IN ({WITH_ONE_MORE})")
        return
    # A check that lets in more says nothing else of the rows that are there: its words are changed in place, as
    # https://www.sqlite.org/lang_altertable.html describes. The tables cannot be made anew as in 0002, because
    # triggers of other tables write into them.
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    for table, column in STATED.items():
        before, after = (f"{column} IN ({states})" for states in (STATES, WITH_ONE_MORE))
        kept = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        words = kept.scalar_one()
        assert words.count(before) == 1
        statement = "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?"
        connection.exec_driver_sql(statement, (words.replace(before, after), table))
    connection.exec_driver_sql(f"PRAGMA schema_version={number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
