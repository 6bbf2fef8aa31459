"""Calendars that practitioners keep elsewhere, and the busy time in them.

New tables, which the release before does not know.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def upgrade() -> None:
    _create_busy_calendar()
    op.create_table(
        "busy_time",
        sa.Column("calendar_id", sa.UUID, nullable=False),
        sa.Column("practitioner_id", sa.UUID, nullable=False),
        sa.Column("during", postgresql.TSTZRANGE, nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["busy_calendar.id"],
            name="fk_busy_time_calendar",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("NOT isempty(during)", name="ck_busy_time_during"),
    )
    op.create_index("ix_busy_time_calendar", "busy_time", ["calendar_id"])
    op.create_index(
        "ix_busy_time_during", "busy_time", ["practitioner_id", "during"], postgresql_using="gist"
    )


def downgrade() -> None:
    op.drop_table("busy_time")
    op.drop_table("busy_calendar")


def _create_busy_calendar() -> None:
    op.create_table(
        "busy_calendar",
        sa.Column("id", sa.UUID, primary_key=True),
        sa.Column("practice_id", sa.UUID, nullable=False),
        sa.Column("practitioner_id", sa.UUID, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary, nullable=False),
        sa.Column("address_mac", sa.LargeBinary, nullable=False),
        _instant("added_at"),
        _instant("due_at"),
        _instant("tried_at", nullable=True),
        _instant("read_at", nullable=True),
        _instant("whole_at", nullable=True),
        _text("timezone"),
        _text("failure"),
        _instant("failing_since", nullable=True),
        _instant("told_at", nullable=True),
        _text("etag"),
        _text("last_modified"),
        sa.Column("unread", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("claimed_by", sa.String(80)),
        _instant("claimed_until", nullable=True),
        sa.CheckConstraint(
            "(failure = '') = (failing_since IS NULL)", name="ck_busy_calendar_failing_since"
        ),
        sa.UniqueConstraint("practitioner_id", "address_mac", name="uq_busy_calendar_address"),
    )
    op.create_index("ix_busy_calendar_due", "busy_calendar", ["due_at"])
