"""Where an appointment is and which policy was accepted, kept as they were when it was booked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "booked_time",
        sa.Column("place_kind", sa.Text, nullable=False, server_default=sa.text("'video'")),
    )
    op.add_column(
        "booked_time", sa.Column("place", sa.Text, nullable=False, server_default=sa.text("''"))
    )
    op.create_check_constraint(
        "ck_booked_time_place_kind", "booked_time", "place_kind IN ('video', 'address', 'phone')"
    )
    op.create_index("ix_booked_time_calendar", "booked_time", ["practitioner_id", "starts_at"])
    op.add_column("appointment", sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "appointment",
        sa.Column("policy_accepted", sa.Text, nullable=False, server_default=sa.text("''")),
    )
    op.execute(
        "UPDATE booked_time t SET place_kind = s.place_kind, place = s.place"
        " FROM bookable_service s WHERE s.id = t.service_id"
    )
    op.execute(
        "UPDATE appointment SET booked_at = created_at"
        " WHERE status NOT IN ('held', 'requested', 'expired')"
    )
    op.create_index(
        "ix_appointment_held",
        "appointment",
        ["expires_at"],
        postgresql_where=sa.text("status = 'held'"),
    )


def downgrade() -> None:
    op.drop_index("ix_appointment_held", "appointment")
    op.drop_column("appointment", "policy_accepted")
    op.drop_column("appointment", "booked_at")
    op.drop_index("ix_booked_time_calendar", "booked_time")
    op.drop_constraint("ck_booked_time_place_kind", "booked_time")
    op.drop_column("booked_time", "place")
    op.drop_column("booked_time", "place_kind")
