"""Say what became of an imported row's record, and that an import was undone"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Kind of import → kind of record in the history.
KINDS = {
    "partners": "partner",
    "contacts": "contact",
    "engagements": "engagement",
    "commitments": "commitment",
    "feedback": "feedback_item",
    "ratings": "rating",
}


def upgrade() -> None:
    for column in (
        sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("settled", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
    ):
        op.add_column("import_file", column)
    op.add_column("imported_row", sa.Column("did", sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return  # databases on a server are younger than this, so there is no import of before
    # An import ended with the last change that came in by a file before the next one began.
    connection.execute(
        sa.text(
            "UPDATE import_file SET ended_at = coalesce((SELECT max(c.at) FROM change c WHERE c.door = 'import' AND "
            "c.at >= import_file.recorded_at AND c.at < coalesce((SELECT min(f.recorded_at) FROM import_file f "
            "WHERE f.recorded_at > import_file.recorded_at), '9999')), recorded_at)"
        )
    )
    for kind, record_kind in KINDS.items():
        # The first row that speaks of a record added it, where the history says that an import added the record.
        connection.execute(
            sa.text(
                "UPDATE imported_row SET did = 'added' WHERE id IN (SELECT min(r.id) FROM imported_row r "
                "JOIN import_file f ON f.id = r.import_id WHERE f.kind = :kind AND r.record_id IS NOT NULL "
                "GROUP BY r.record_id) AND EXISTS (SELECT 1 FROM change c WHERE c.record_kind = :record_kind "
                "AND c.record_id = imported_row.record_id AND c.verb = 'import' "
                "AND coalesce(c.before, 'null') = 'null')"
            ),
            {"kind": kind, "record_kind": record_kind},
        )
        # A row changed its record where an import changed it while the file came in.
        connection.execute(
            sa.text(
                "UPDATE imported_row SET did = 'changed' WHERE did = '' AND record_id IS NOT NULL AND EXISTS (SELECT 1 "
                "FROM import_file f JOIN change c ON c.record_kind = :record_kind AND c.verb = 'import' "
                "AND c.record_id = imported_row.record_id AND coalesce(c.before, 'null') <> 'null' "
                "AND c.at BETWEEN f.recorded_at AND f.ended_at WHERE f.id = imported_row.import_id AND f.kind = :kind)"
            ),
            {"kind": kind, "record_kind": record_kind},
        )
