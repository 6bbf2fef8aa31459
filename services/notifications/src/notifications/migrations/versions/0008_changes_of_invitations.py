"""An appointment that is to be reminded of knows how often its invitation was changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("live_appointment", sa.Column("ics_sequence", sa.Integer))


def downgrade() -> None:
    op.drop_column("live_appointment", "ics_sequence")
