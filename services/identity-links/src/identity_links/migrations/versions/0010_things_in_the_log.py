"""What rows of the access log are about, and an index by which the same within minutes is found.

New columns that may be empty, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_log", sa.Column("thing_kind", sa.Text, nullable=True))
    op.add_column("access_log", sa.Column("thing_title", sa.Text, nullable=True))
    op.add_column("access_log", sa.Column("thing_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_access_log_alike", "access_log", ["chain_id", "act", "occurred_at"])


def downgrade() -> None:
    op.drop_index("ix_access_log_alike", "access_log")
    op.drop_column("access_log", "thing_at")
    op.drop_column("access_log", "thing_title")
    op.drop_column("access_log", "thing_kind")
