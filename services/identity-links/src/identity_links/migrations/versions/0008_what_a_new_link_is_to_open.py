"""What the link is to open that somebody asks for by address.

A column that may be empty, and one with a default: the release before writes neither.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "link_request", sa.Column("target_kind", sa.Text, nullable=False, server_default="home")
    )
    op.add_column("link_request", sa.Column("target_id", sa.UUID, nullable=True))


def downgrade() -> None:
    op.drop_column("link_request", "target_id")
    op.drop_column("link_request", "target_kind")
