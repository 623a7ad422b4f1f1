"""Say of each engagement, promise and feedback item whether a Tribal government closes it

Who may see a record was asked of its partners at every count: at a state's size a second for each list. The database
itself keeps the answer, whichever way a record comes in or is changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

A_TRIBE = "SELECT id FROM partner WHERE kind = 'tribal_government'"
AT_IT = f"EXISTS (SELECT 1 FROM engagement_partner AS a WHERE a.engagement_id = engagement.id AND a.partner_id IN ({A_TRIBE}))"
#: Of a promise or of feedback: its own partner, or the meeting at which it was made or given.
ITS = "(coalesce({0}.partner_id IN (" + A_TRIBE + "), false) OR EXISTS (SELECT 1 FROM engagement AS e WHERE e.id = {0}.engagement_id AND e.closed))"
LOOPS = ("commitment", "feedback_item")
OF_A_TRIBE = "= 'tribal_government'"
#: What lists count and group by, so that a count reads no record.
COUNTED = {
    "engagement": ["status", "held_on", "closed", "recorded_by"],
    "commitment": ["due_on", "done_on", "withdrawn_on", "closed", "recorded_by", "partner_id"],
    "feedback_item": ["state", "received_on", "closed", "recorded_by", "partner_id"],
}
#: Name, after what, on which rows of it alone, and what is then done.
GUARDS = (
    (
        "engagement_gets_partner",
        "INSERT ON engagement_partner",
        f"NEW.partner_id IN ({A_TRIBE})",
        "UPDATE engagement SET closed = true WHERE id = NEW.engagement_id AND NOT closed;",
    ),
    (
        "engagement_loses_partner",
        "DELETE ON engagement_partner",
        f"OLD.partner_id IN ({A_TRIBE})",
        f"UPDATE engagement SET closed = {AT_IT} WHERE id = OLD.engagement_id;",
    ),
    (
        "engagement_changes_partner",
        "UPDATE OF partner_id, engagement_id ON engagement_partner",
        "true",
        f"UPDATE engagement SET closed = {AT_IT} WHERE id IN (OLD.engagement_id, NEW.engagement_id);",
    ),
    (
        "partner_changes_kind",
        "UPDATE OF kind ON partner",
        f"(OLD.kind {OF_A_TRIBE}) <> (NEW.kind {OF_A_TRIBE})",
        f"UPDATE engagement SET closed = {AT_IT} "
        "WHERE id IN (SELECT engagement_id FROM engagement_partner WHERE partner_id = NEW.id); "
        + " ".join(f"UPDATE {loop} SET closed = {ITS.format(loop)} WHERE partner_id = NEW.id;" for loop in LOOPS),
    ),
    (
        "engagement_closes",
        "UPDATE OF closed ON engagement",
        "OLD.closed <> NEW.closed",
        " ".join(f"UPDATE {loop} SET closed = {ITS.format(loop)} WHERE engagement_id = NEW.id;" for loop in LOOPS),
    ),
    *(
        (
            f"{loop}_comes_in",
            f"INSERT ON {loop}",
            "true",
            f"UPDATE {loop} SET closed = {ITS.format(loop)} WHERE id = NEW.id AND closed <> {ITS.format(loop)};",
        )
        for loop in LOOPS
    ),
    *(
        (
            f"{loop}_moves",
            f"UPDATE OF partner_id, engagement_id ON {loop}",
            "true",
            f"UPDATE {loop} SET closed = {ITS.format(loop)} WHERE id = NEW.id;",
        )
        for loop in LOOPS
    ),
)


def upgrade() -> None:
    for table in ("engagement", *LOOPS):
        op.add_column(table, sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE engagement SET closed = true "
        f"WHERE id IN (SELECT engagement_id FROM engagement_partner WHERE partner_id IN ({A_TRIBE}))"
    )
    for loop in LOOPS:
        op.execute(
            f"UPDATE {loop} SET closed = true WHERE partner_id IN ({A_TRIBE}) "
            "OR engagement_id IN (SELECT id FROM engagement WHERE closed)"
        )
    on_file = op.get_bind().dialect.name == "sqlite"
    for name, after, when, then in GUARDS:
        if on_file:
            op.execute(f"CREATE TRIGGER {name} AFTER {after} WHEN {when} BEGIN {then} END")
        else:
            body = f"BEGIN IF {when} THEN {then} END IF; RETURN NULL; END"
            op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            op.execute(f"CREATE TRIGGER {name} AFTER {after} FOR EACH ROW EXECUTE FUNCTION {name}()")
    not_voided = sa.text("voided_at IS NULL")
    for table, columns in COUNTED.items():
        op.create_index(f"ix_{table}_counted", table, columns, sqlite_where=not_voided, postgresql_where=not_voided)
    at_forums = ["forum_id", "status", "held_on", "closed", "recorded_by"]
    op.create_index("ix_engagement_at_forum", "engagement", at_forums, sqlite_where=not_voided, postgresql_where=not_voided)
