"""What a bookable service says besides its title and length, and when practitioners work.

A service that was not active is archived now. What a service did not say
before it is given here: a day's notice, times every half hour, no limits.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "bookable_service"

CHECKS = {
    "version": "version >= 1",
    "increment": "increment_minutes >= 1",
    "notices": (
        "min_notice_minutes >= 0 AND cancel_notice_minutes >= 0 AND move_notice_minutes >= 0 "
        "AND grace_minutes >= 0"
    ),
    "limits": (
        "max_horizon_days >= 0 AND max_per_day >= 0 AND max_per_week >= 0 "
        "AND max_per_month >= 0 AND max_moves >= 0"
    ),
    "dates": "bookable_until >= bookable_from",
    "place_kind": "place_kind IN ('video', 'address', 'phone')",
    "alignment": "alignment IN ('window_start', 'gap_start', 'clock_grid')",
    "late_cancel": "late_cancel IN ('flagged', 'blocked')",
}


def _count(name: str, default: int) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text(str(default)))


def _text(name: str, default: str = "") -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text(f"'{default}'"))


def _switch(name: str, *, default: bool) -> sa.Column[Any]:
    server_default = sa.text("true" if default else "false")
    return sa.Column(name, sa.Boolean, nullable=False, server_default=server_default)


def _columns() -> list[sa.Column[Any]]:
    return [
        _count("version", 1),
        _switch("archived", default=False),
        _text("price"),
        _text("place_kind", "video"),
        _text("place"),
        _count("increment_minutes", 30),
        _count("min_notice_minutes", 1440),
        sa.Column("max_horizon_days", sa.Integer),
        sa.Column("bookable_from", sa.Date),
        sa.Column("bookable_until", sa.Date),
        sa.Column("max_per_day", sa.Integer),
        sa.Column("max_per_week", sa.Integer),
        sa.Column("max_per_month", sa.Integer),
        _text("alignment", "window_start"),
        _switch("clients_may_cancel", default=True),
        _count("cancel_notice_minutes", 1440),
        _text("late_cancel", "blocked"),
        _switch("clients_may_move", default=True),
        _count("move_notice_minutes", 1440),
        sa.Column("max_moves", sa.Integer),
        _count("grace_minutes", 0),
        _switch("reason_asked", default=False),
        _text("policy"),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column(TABLE, column)
    op.execute("UPDATE bookable_service SET archived = NOT active")
    op.drop_column(TABLE, "active")
    for name, condition in CHECKS.items():
        op.create_check_constraint(f"ck_bookable_service_{name}", TABLE, condition)
    op.create_index("ix_bookable_service_practitioner", TABLE, ["practitioner_id"])
    _create_availability()


def downgrade() -> None:
    op.drop_table("availability")
    op.drop_index("ix_bookable_service_practitioner", TABLE)
    for name in CHECKS:
        op.drop_constraint(f"ck_bookable_service_{name}", TABLE)
    op.add_column(TABLE, _switch("active", default=True))
    op.execute("UPDATE bookable_service SET active = NOT archived")
    for column in _columns():
        op.drop_column(TABLE, column.name)


def _create_availability() -> None:
    op.create_table(
        "availability",
        sa.Column("practitioner_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("practice_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("weekly", postgresql.JSONB, nullable=False),
        sa.Column("overrides", postgresql.JSONB, nullable=False),
        sa.Column("time_off", postgresql.JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("practitioner_id"),
        sa.CheckConstraint("version >= 1", name="ck_availability_version"),
    )
    op.create_index("ix_availability_practice", "availability", ["practice_id"])
