"""When practitioners work."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB

from portal_chassis.columns import id_column, instant_column, text_column
from scheduling.storage.tables.schema import metadata

availability = Table(
    "availability",
    metadata,
    id_column("practitioner_id", primary_key=True),
    id_column("practice_id"),
    Column("version", Integer, nullable=False),
    text_column("timezone"),
    Column("weekly", JSONB, nullable=False),
    Column("overrides", JSONB, nullable=False),
    Column("time_off", JSONB, nullable=False),
    Column("holidays", JSONB(none_as_null=True)),
    instant_column("created_at"),
    instant_column("updated_at"),
    CheckConstraint("version >= 1", name="ck_availability_version"),
    Index("ix_availability_practice", "practice_id"),
)
"""Saved and read as a whole, so its lists are documents, as the contract has them."""
