"""Which master key is the right one, and which clients were erased: new tables of the chassis."""

from __future__ import annotations

from alembic import op

from portal_chassis.tables import create_safekeeping_tables, drop_safekeeping_tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_safekeeping_tables(op)


def downgrade() -> None:
    drop_safekeeping_tables(op)
