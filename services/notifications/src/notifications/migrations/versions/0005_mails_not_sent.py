"""What of a practice is on its way or failed is found without its whole mail log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_delivery_not_sent",
        "delivery",
        ["practice_id", "state", "id"],
        postgresql_where=sa.text("state IN ('waiting', 'retrying', 'failed')"),
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_not_sent", "delivery")
