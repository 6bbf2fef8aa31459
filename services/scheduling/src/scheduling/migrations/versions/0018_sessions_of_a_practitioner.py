"""Sessions without an appointment are found by their practitioner, for what is left to write up.

A new index, which the release before does not know of.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_session_recorded",
        "session",
        ["practitioner_id", "started_at"],
        postgresql_where=sa.text("appointment_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_session_recorded", table_name="session")
