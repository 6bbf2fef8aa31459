"""Who looks after a form that its sender has handed over.

A new column that may be empty, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("form_request", sa.Column("taken_over_by", sa.UUID, nullable=True))


def downgrade() -> None:
    op.drop_column("form_request", "taken_over_by")
