"""Let an engagement have another status

A spreadsheet's own word for a status ("postponed") is kept and counts as "other": neither planned nor held.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = "status IN ('planned', 'held', 'cancelled')"
AFTER = "status IN ('planned', 'held', 'cancelled', 'other')"


def upgrade() -> None:
    # SQLite cannot change a constraint: the table is made anew, as https://www.sqlite.org/lang_altertable.html says.
    # erp.services.upkeep turns foreign keys off before it begins, and checks them before it commits.
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint("ck_engagementstatus", "engagement")
        op.create_check_constraint("ck_engagementstatus", "engagement", AFTER)
        return
    kept = "SELECT sql FROM sqlite_master WHERE tbl_name = 'engagement' AND type = '{}' AND sql IS NOT NULL"
    table = connection.exec_driver_sql(kept.format("table")).scalar_one()
    indexes = connection.exec_driver_sql(kept.format("index")).scalars().all()
    assert table.count(BEFORE) == 1
    anew = table.replace(BEFORE, AFTER).replace("engagement", "engagement_anew", 1)
    for statement in (
        anew,
        "INSERT INTO engagement_anew SELECT * FROM engagement",
        "DROP TABLE engagement",
        "ALTER TABLE engagement_anew RENAME TO engagement",
        *indexes,
    ):
        connection.exec_driver_sql(statement)
