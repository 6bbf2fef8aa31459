"""A practice's address, crisis contacts, and how often it was changed.

New columns with defaults, which the release before does not know: a change that it makes leaves
the version as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    address = sa.Column("postal_address", sa.Text, nullable=False, server_default=sa.text("''"))
    op.add_column("practice", address)
    none = sa.text("'[]'")
    op.add_column(
        "practice", sa.Column("crisis_contacts", JSONB, nullable=False, server_default=none)
    )
    first = sa.text("1")
    op.add_column(
        "practice", sa.Column("version", sa.Integer, nullable=False, server_default=first)
    )


def downgrade() -> None:
    for name in ("version", "crisis_contacts", "postal_address"):
        op.drop_column("practice", name)
