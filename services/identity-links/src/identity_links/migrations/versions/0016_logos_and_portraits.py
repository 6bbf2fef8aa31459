"""Logos and portraits, and who shows which.

New columns with defaults and a new table, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    for table, column in (("practice", "logo"), ("practitioner", "picture")):
        none = sa.text("''")
        op.add_column(table, sa.Column(column, sa.Text, nullable=False, server_default=none))


def downgrade() -> None:
    op.drop_column("practitioner", "picture")
    op.drop_column("practice", "logo")
    op.drop_table("picture")
