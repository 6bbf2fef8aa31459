"""Notes have versions as summaries have; a text that another was chosen over is set aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session_summary", _set_aside())
    op.create_check_constraint(
        "ck_session_summary_set_aside", "session_summary", "shared_at IS NULL OR NOT set_aside"
    )
    # Until now there was one version of a note, the last. The default is for the release before,
    # which writes notes without it.
    op.add_column(
        "session_note",
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    )
    op.create_check_constraint("ck_session_note_version", "session_note", "version >= 1")
    _create_session_note_version()


def downgrade() -> None:
    op.drop_table("session_note_version")
    op.drop_constraint("ck_session_note_version", "session_note")
    op.drop_column("session_note", "version")
    # The release before takes the last version for the newest.
    op.execute("DELETE FROM session_summary WHERE set_aside")
    op.drop_constraint("ck_session_summary_set_aside", "session_summary")
    op.drop_column("session_summary", "set_aside")


def _set_aside() -> sa.Column[bool]:
    return sa.Column("set_aside", sa.Boolean, nullable=False, server_default=sa.text("false"))


def _create_session_note_version() -> None:
    op.create_table(
        "session_note_version",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("practice_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("client_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("session_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("written_by", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        _set_aside(),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(
            ["session_id", "client_id", "practice_id"],
            ["session.id", "session.client_id", "session.practice_id"],
            name="fk_session_note_version_session",
        ),
        sa.CheckConstraint("version >= 1", name="ck_session_note_version_version"),
        sa.UniqueConstraint("session_id", "version", name="uq_session_note_version"),
    )
