"""Series of appointments."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    Table,
    UniqueConstraint,
)

from portal_chassis.columns import count_column, id_column, instant_column, text_column
from scheduling.storage.tables.schema import metadata

series = Table(
    "series",
    metadata,
    id_column("id", primary_key=True),
    id_column("practice_id"),
    id_column("client_id"),
    text_column("unit"),
    Column("every", Integer, nullable=False),
    Column("week_of_month", Integer),
    Column("first_wall", DateTime(timezone=False), nullable=False),
    text_column("timezone"),
    Column("minutes", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    count_column("acts", 0),
    count_column("ics_sequence", 0),
    count_column("sequence_raised", 0),
    id_column("follows_id", nullable=True),
    instant_column("created_at"),
    instant_column("acted_at"),
    CheckConstraint("unit IN ('weekly', 'monthly')", name="ck_series_unit"),
    CheckConstraint("(unit = 'monthly') = (week_of_month IS NOT NULL)", name="ck_series_week"),
    CheckConstraint("every >= 1 AND slots >= 1 AND minutes >= 1", name="ck_series_counts"),
    UniqueConstraint("id", "client_id", "practice_id", name="uq_series_owner"),
    ForeignKeyConstraint(["follows_id"], ["series.id"], name="fk_series_follows"),
)
"""What makes appointments a series: the rule by which they repeat.

The appointments name it, each with its slot: its number by that rule. `slots` is how many the
rule has; `acts` counts what was done to the series as a whole, `ics_sequence` every change of any
of its appointments. Where some stay and those after them are moved, these are a series of their
own, which `follows_id` tells.
"""
