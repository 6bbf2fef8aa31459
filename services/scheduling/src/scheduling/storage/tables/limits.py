"""How much one client may book by the portal: a row for each practice that has set it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table

from portal_chassis.columns import count_column, id_column, instant_column
from scheduling.storage.tables.schema import metadata

booking_limits = Table(
    "booking_limits",
    metadata,
    id_column("practice_id", primary_key=True),
    count_column("version", 1),
    Column("max_open", Integer),
    Column("max_per_day", Integer),
    instant_column("created_at"),
    instant_column("updated_at"),
    CheckConstraint("version >= 1", name="ck_booking_limits_version"),
    CheckConstraint("max_open >= 1 AND max_per_day >= 1", name="ck_booking_limits_numbers"),
)
"""NULL is no limit; without a row the usual limits hold (`BookingLimits`)."""
