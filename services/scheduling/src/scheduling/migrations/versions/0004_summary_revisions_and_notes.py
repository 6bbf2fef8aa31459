"""Summaries count their saves; private notes have a table of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session_summary", sa.Column("revision", sa.Integer))
    op.add_column("session_summary", sa.Column("saved_at", sa.DateTime(timezone=True)))
    # Until now each version was written once.
    op.execute("UPDATE session_summary SET revision = version, saved_at = created_at")
    op.alter_column("session_summary", "revision", nullable=False)
    op.alter_column("session_summary", "saved_at", nullable=False)
    op.create_check_constraint("ck_session_summary_revision", "session_summary", "revision >= 1")
    op.create_index("ix_session_summary_client", "session_summary", ["client_id", "practice_id"])
    _create_session_note()


def downgrade() -> None:
    op.drop_table("session_note")
    op.drop_index("ix_session_summary_client", "session_summary")
    op.drop_constraint("ck_session_summary_revision", "session_summary")
    op.drop_column("session_summary", "saved_at")
    op.drop_column("session_summary", "revision")


def _create_session_note() -> None:
    op.create_table(
        "session_note",
        sa.Column("session_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("practice_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("client_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("written_by", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id"),
        sa.ForeignKeyConstraint(
            ["session_id", "client_id", "practice_id"],
            ["session.id", "session.client_id", "session.practice_id"],
            name="fk_session_note_session",
        ),
        sa.CheckConstraint("revision >= 1", name="ck_session_note_revision"),
    )
