"""By which rule a client's name was folded: a job makes anew what an older one has made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("folding_rule", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    op.add_column("client", column)
    op.create_index("ix_client_folding_rule", "client", ["folding_rule"])


def downgrade() -> None:
    op.drop_index("ix_client_folding_rule", "client")
    op.drop_column("client", "folding_rule")
