"""Which practitioners' accounts are not in use: nobody is offered times with them.

A new table, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practitioner_status",
        sa.Column("practitioner_id", sa.UUID, primary_key=True),
        sa.Column("practice_id", sa.UUID, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("practitioner_status")
