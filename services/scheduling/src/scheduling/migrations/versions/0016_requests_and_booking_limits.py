"""Appointments on request, what becomes of them, and how much one client may book.

New columns with defaults, a new table, and a wider check: the release before leaves them alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_FORMER_KINDS = "kind IN ('booked', 'moved', 'cancelled')"
_KINDS = (
    "kind IN ('booked', 'moved', 'moved_back', 'cancelled', 'requested', 'approved', "
    "'declined', 'expired', 'withdrawn')"
)


def upgrade() -> None:
    op.add_column(
        "bookable_service",
        sa.Column("on_request", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.add_column(
        "bookable_service",
        sa.Column("answer_hours", sa.Integer, nullable=False, server_default=sa.text("48")),
    )
    op.create_check_constraint(
        "ck_bookable_service_answer_hours", "bookable_service", "answer_hours >= 1"
    )
    op.add_column("appointment", sa.Column("requested_at", sa.DateTime(timezone=True)))
    op.add_column("appointment", sa.Column("answer", sa.LargeBinary))
    op.create_check_constraint(
        "ck_appointment_requested",
        "appointment",
        "status <> 'requested' OR expires_at IS NOT NULL AND requested_at IS NOT NULL",
    )
    op.create_index(
        "ix_appointment_requested",
        "appointment",
        ["expires_at"],
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.drop_constraint("ck_appointment_change_kind", "appointment_change")
    op.create_check_constraint("ck_appointment_change_kind", "appointment_change", _KINDS)
    op.create_table(
        "booking_limits",
        sa.Column("practice_id", sa.UUID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("max_open", sa.Integer),
        sa.Column("max_per_day", sa.Integer),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name="ck_booking_limits_version"),
        sa.CheckConstraint("max_open >= 1 AND max_per_day >= 1", name="ck_booking_limits_numbers"),
    )


def downgrade() -> None:
    op.drop_table("booking_limits")
    op.execute("DELETE FROM appointment_change WHERE kind NOT IN ('booked', 'moved', 'cancelled')")
    op.drop_constraint("ck_appointment_change_kind", "appointment_change")
    op.create_check_constraint("ck_appointment_change_kind", "appointment_change", _FORMER_KINDS)
    op.drop_index("ix_appointment_requested", "appointment")
    op.drop_constraint("ck_appointment_requested", "appointment")
    op.drop_column("appointment", "answer")
    op.drop_column("appointment", "requested_at")
    op.drop_constraint("ck_bookable_service_answer_hours", "bookable_service")
    op.drop_column("bookable_service", "answer_hours")
    op.drop_column("bookable_service", "on_request")
