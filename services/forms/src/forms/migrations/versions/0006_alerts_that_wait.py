"""When an alert was reviewed, and an index of those that nobody has reviewed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OPEN = "alert_at IS NOT NULL AND alert_reviewed_at IS NULL AND state <> 'reviewed'"


def upgrade() -> None:
    op.add_column("form_request", sa.Column("alert_reviewed_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_form_request_alert_open",
        "form_request",
        ["practice_id", "sent_at", "id"],
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    op.drop_index("ix_form_request_alert_open", "form_request")
    op.drop_column("form_request", "alert_reviewed_at")
