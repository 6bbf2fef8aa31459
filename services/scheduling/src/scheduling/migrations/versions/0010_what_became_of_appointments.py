"""What became of each appointment, and by whom.

A new table, which the release before does not know: what it does leaves no row here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointment_change",
        sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("appointment_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("practitioner_id", postgresql.UUID(as_uuid=True), nullable=True),
        sa.Column("by_program", sa.Boolean, nullable=False),
        sa.Column("revealed", sa.Boolean, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name="fk_appointment_change_appointment"
        ),
        sa.CheckConstraint(
            "kind IN ('booked', 'moved', 'cancelled')", name="ck_appointment_change_kind"
        ),
    )
    op.create_index(
        "ix_appointment_change_appointment", "appointment_change", ["appointment_id", "at"]
    )


def downgrade() -> None:
    op.drop_table("appointment_change")
