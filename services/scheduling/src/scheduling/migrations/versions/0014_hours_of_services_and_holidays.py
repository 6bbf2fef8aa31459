"""Hours of a service's own, its colour, and the public holidays that are kept.

New columns, which the release before leaves as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("availability", sa.Column("holidays", postgresql.JSONB, nullable=True))
    op.add_column("bookable_service", sa.Column("weekly", postgresql.JSONB, nullable=True))
    op.add_column(
        "bookable_service",
        sa.Column("colour", sa.Text, nullable=False, server_default=sa.text("'blue'")),
    )


def downgrade() -> None:
    op.drop_column("bookable_service", "colour")
    op.drop_column("bookable_service", "weekly")
    op.drop_column("availability", "holidays")
