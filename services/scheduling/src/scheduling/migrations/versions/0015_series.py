"""Series of appointments, and whether a service offers the usual time.

A new table, and columns that are empty or have a default: the release before leaves them alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_series()
    op.add_column("appointment", sa.Column("series_id", sa.Uuid))
    op.add_column("appointment", sa.Column("series_slot", sa.Integer))
    op.add_column("appointment", sa.Column("series_starts_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        "fk_appointment_series",
        "appointment",
        "series",
        ["series_id", "client_id", "practice_id"],
        ["id", "client_id", "practice_id"],
    )
    op.create_check_constraint(
        "ck_appointment_series",
        "appointment",
        "num_nulls(series_id, series_slot, series_starts_at) IN (0, 3)",
    )
    op.create_unique_constraint(
        "uq_appointment_slot",
        "appointment",
        ["series_id", "series_slot"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.add_column(
        "bookable_service",
        sa.Column("usual_time", sa.Boolean, nullable=False, server_default=sa.text("true")),
    )


def downgrade() -> None:
    op.drop_column("bookable_service", "usual_time")
    op.drop_constraint("uq_appointment_slot", "appointment")
    op.drop_constraint("ck_appointment_series", "appointment")
    op.drop_constraint("fk_appointment_series", "appointment")
    for name in ("series_starts_at", "series_slot", "series_id"):
        op.drop_column("appointment", name)
    op.drop_table("series")


def _create_series() -> None:
    counts = ("acts", "ics_sequence", "sequence_raised")
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("practice_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("every", sa.Integer, nullable=False),
        sa.Column("week_of_month", sa.Integer),
        sa.Column("first_wall", sa.DateTime(timezone=False), nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in counts),
        sa.Column("follows_id", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('weekly', 'monthly')", name="ck_series_unit"),
        sa.CheckConstraint(
            "(unit = 'monthly') = (week_of_month IS NOT NULL)", name="ck_series_week"
        ),
        sa.CheckConstraint("every >= 1 AND slots >= 1 AND minutes >= 1", name="ck_series_counts"),
        sa.UniqueConstraint("id", "client_id", "practice_id", name="uq_series_owner"),
        sa.ForeignKeyConstraint(["follows_id"], ["series.id"], name="fk_series_follows"),
    )
