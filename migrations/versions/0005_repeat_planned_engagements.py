"""Let planned engagements come round again"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("engagement", sa.Column("series", sa.String(), nullable=False, server_default=""))
    op.add_column("engagement", sa.Column("repeats", sa.String(), nullable=False, server_default=""))
    op.add_column("engagement", sa.Column("slot_on", sa.Date(), nullable=True))
    op.add_column("engagement", sa.Column("counted_from", sa.Date(), nullable=True))
    op.create_index("ix_engagement_series", "engagement", ["series"])
