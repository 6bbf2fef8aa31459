"""What a template held before its last change, so that the change can be taken back.

A new column that may be empty, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("template", sa.Column("former_document", JSONB, nullable=True))


def downgrade() -> None:
    op.drop_column("template", "former_document")
