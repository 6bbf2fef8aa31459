"""How the uses of a key are spread over its last minute, so that no minute has too many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none = sa.text("'{0,0,0,0,0,0,0,0,0,0,0,0,0}'")
    column = sa.Column("parts", ARRAY(sa.Integer), nullable=False, server_default=none)
    op.add_column("throttle", column)


def downgrade() -> None:
    op.drop_column("throttle", "parts")
