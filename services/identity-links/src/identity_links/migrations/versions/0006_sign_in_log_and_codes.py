"""Browsers that are known, rows of the log by hour, tokens in the log, codes of the second check.

New tables and columns that may be empty, which the release before does not know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_browser",
        sa.Column("browser_hash", sa.String(64), primary_key=True),
        sa.Column("practitioner_id", sa.UUID, sa.ForeignKey("practitioner.id"), primary_key=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_known_browser_practitioner", "known_browser", ["practitioner_id"])
    op.create_index("ix_known_browser_signed_in_at", "known_browser", ["signed_in_at"])
    op.create_table(
        "act_count",
        sa.Column("counted_for", sa.Text, primary_key=True),
        sa.Column("act", sa.Text, primary_key=True),
        sa.Column("outcome", sa.Text, primary_key=True),
        sa.Column("hour", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_index("ix_act_count_hour", "act_count", ["hour"])
    op.create_table(
        "entry_code",
        sa.Column("id", sa.UUID, primary_key=True),
        sa.Column("link_id", sa.UUID, sa.ForeignKey("portal_link.id"), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.UniqueConstraint("link_id", "browser_hash", name="uq_entry_code_browser"),
    )
    op.create_index("ix_entry_code_requested_at", "entry_code", ["requested_at"])
    op.add_column("access_log", sa.Column("actor_token_id", sa.UUID, nullable=True))
    op.add_column("device", sa.Column("browser_hash", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("device", "browser_hash")
    op.drop_column("access_log", "actor_token_id")
    op.drop_table("entry_code")
    op.drop_table("act_count")
    op.drop_table("known_browser")
