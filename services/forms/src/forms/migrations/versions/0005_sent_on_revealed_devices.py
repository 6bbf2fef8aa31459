"""Whether a form was sent back on a device that a link let in which the practice saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "submitted_revealed", sa.Boolean, nullable=False, server_default=sa.text("false")
    )
    op.add_column("form_request", column)


def downgrade() -> None:
    op.drop_column("form_request", "submitted_revealed")
