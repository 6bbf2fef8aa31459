"""What was done on a client's device that a link let in which the practice saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = (("session_summary", "read_revealed"), ("appointment", "revealed"))


def upgrade() -> None:
    for table, name in _COLUMNS:
        column = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text("false"))
        op.add_column(table, column)


def downgrade() -> None:
    for table, name in _COLUMNS:
        op.drop_column(table, name)
