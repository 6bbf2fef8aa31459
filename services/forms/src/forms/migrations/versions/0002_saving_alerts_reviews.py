"""What saving, alerting and reviewing need: revisions, library keys, who reviewed, alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_revision("template", present_rows=1)
    op.create_check_constraint("ck_template_revision", "template", "revision >= 1")
    op.add_column("template", sa.Column("library_key", sa.Text))
    op.create_unique_constraint(
        "uq_template_library_key", "template", ["practice_id", "library_key"]
    )
    op.add_column("form_request", sa.Column("reviewed_by", postgresql.UUID(as_uuid=True)))
    op.add_column("form_request", sa.Column("alert_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        "ck_form_request_reviewed_by",
        "form_request",
        "reviewed_by IS NULL OR reviewed_at IS NOT NULL",
    )
    op.create_index("ix_form_request_sent", "form_request", ["practice_id", "sent_at", "id"])
    _add_revision("response", present_rows=0)
    op.create_check_constraint("ck_response_revision", "response", "revision >= 0")


def downgrade() -> None:
    op.drop_column("response", "revision")
    op.drop_index("ix_form_request_sent", "form_request")
    op.drop_column("form_request", "alert_at")
    op.drop_column("form_request", "reviewed_by")
    op.drop_column("template", "library_key")
    op.drop_column("template", "revision")


def _add_revision(table: str, *, present_rows: int) -> None:
    """The default serves the rows that are there; later ones name their revision."""
    op.add_column(
        table,
        sa.Column(
            "revision", sa.Integer, nullable=False, server_default=sa.text(str(present_rows))
        ),
    )
    op.alter_column(table, "revision", server_default=None)
