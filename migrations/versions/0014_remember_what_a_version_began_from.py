"""Remember what a version of a framework began from

A release that came while a county prepared a version was taken for what the version had begun from.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("framework_edition", sa.Column("begun_from", sa.String(), nullable=False, server_default=""))
