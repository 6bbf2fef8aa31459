"""A client's forms are found by their state: those that wait, however many she has sent."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_form_request_client", "form_request")
    op.create_index("ix_form_request_client", "form_request", ["client_id", "practice_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_form_request_client", "form_request")
    op.create_index("ix_form_request_client", "form_request", ["client_id", "practice_id"])
