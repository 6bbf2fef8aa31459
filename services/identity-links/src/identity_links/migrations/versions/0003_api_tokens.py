"""Practitioners' API tokens: a new table, which the release before does not know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.UUID, primary_key=True),
        sa.Column("practitioner_id", sa.UUID, sa.ForeignKey("practitioner.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(scopes) > 0", name="ck_api_token_scopes"),
    )
    op.create_index("uq_api_token_hash", "api_token", ["token_hash"], unique=True)
    op.create_index(
        "ix_api_token_practitioner",
        "api_token",
        ["practitioner_id"],
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index("ix_api_token_expires_at", "api_token", ["expires_at"])


def downgrade() -> None:
    op.drop_table("api_token")
