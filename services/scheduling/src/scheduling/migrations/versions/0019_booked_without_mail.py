"""Appointments that the practice booked without a mail to the client."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A mark in the history of an appointment."""
    mark = sa.Column("without_mail", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    op.add_column("appointment_change", mark)


def downgrade() -> None:
    """Take it away; who was not mailed is not told any more."""
    op.drop_column("appointment_change", "without_mail")
