"""Sessions and the summaries shared about them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, postgresql.UUID(as_uuid=True), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def upgrade() -> None:
    _create_session()
    _create_session_summary()


def downgrade() -> None:
    op.drop_table("session_summary")
    op.drop_table("session")


def _create_session() -> None:
    op.create_table(
        "session",
        _id("id"),
        _id("practice_id"),
        _id("practitioner_id"),
        _id("client_id"),
        _id("appointment_id", nullable=True),
        _text("title"),
        _instant("started_at"),
        _instant("ended_at"),
        _text("timezone"),
        sa.Column("started_wall", sa.DateTime(timezone=False), nullable=False),
        _text("status"),
        _instant("created_at"),
        _instant("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "client_id", "practice_id", name="uq_session_owner"),
        sa.ForeignKeyConstraint(
            ["appointment_id", "client_id", "practice_id"],
            ["appointment.id", "appointment.client_id", "appointment.practice_id"],
            name="fk_session_appointment",
        ),
        sa.CheckConstraint(
            "appointment_id IS NULL OR appointment_id = id", name="ck_session_appointment_id"
        ),
        sa.CheckConstraint("ended_at > started_at", name="ck_session_ends_after_start"),
        sa.CheckConstraint(
            "status IN ('attended', 'no_show', 'cancelled_late')", name="ck_session_status"
        ),
    )
    op.create_index("ix_session_client", "session", ["client_id", "practice_id", "started_at"])


def _create_session_summary() -> None:
    op.create_table(
        "session_summary",
        _id("id"),
        _id("practice_id"),
        _id("client_id"),
        _id("session_id"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        _id("written_by"),
        _instant("created_at"),
        _instant("shared_at", nullable=True),
        _instant("unshared_at", nullable=True),
        _instant("read_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "version", name="uq_session_summary_version"),
        sa.ForeignKeyConstraint(
            ["session_id", "client_id", "practice_id"],
            ["session.id", "session.client_id", "session.practice_id"],
            name="fk_session_summary_session",
        ),
        sa.CheckConstraint("version >= 1", name="ck_session_summary_version"),
        sa.CheckConstraint(
            "unshared_at IS NULL OR shared_at IS NOT NULL", name="ck_session_summary_unshared"
        ),
        sa.CheckConstraint(
            "read_at IS NULL OR shared_at IS NOT NULL", name="ck_session_summary_read"
        ),
    )
    op.create_index(
        "uq_session_summary_shared",
        "session_summary",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("shared_at IS NOT NULL AND unshared_at IS NULL"),
    )
