"""Let the question whether two partners are the same be put off"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = "answer IN ('open', 'same', 'different')"
AFTER = "answer IN ('open', 'later', 'same', 'different')"


def upgrade() -> None:
    # SQLite cannot change a constraint: the table is made anew, as in 0002.
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint("ck_lookalikeanswer", "look_alike")
        op.create_check_constraint("ck_lookalikeanswer", "look_alike", AFTER)
        return
    kept = "SELECT sql FROM sqlite_master WHERE tbl_name = 'look_alike' AND type = '{}' AND sql IS NOT NULL"
    table = connection.exec_driver_sql(kept.format("table")).scalar_one()
    indexes = connection.exec_driver_sql(kept.format("index")).scalars().all()
    assert table.count(BEFORE) == 1
    for statement in (
        table.replace(BEFORE, AFTER).replace("look_alike", "look_alike_anew", 1),
        "INSERT INTO look_alike_anew SELECT * FROM look_alike",
        "DROP TABLE look_alike",
        "ALTER TABLE look_alike_anew RENAME TO look_alike",
        *indexes,
    ):
        connection.exec_driver_sql(statement)
