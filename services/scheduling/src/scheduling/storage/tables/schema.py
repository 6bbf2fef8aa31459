"""What every module of tables shares: the metadata, and columns that recur."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, Integer, MetaData, text
from sqlalchemy.dialects.postgresql import UUID

from portal_chassis.database.tables import chassis_tables
from scheduling.domain.appointments import LIVE

metadata = MetaData()
chassis = chassis_tables(metadata)

LIVE_SQL = "status IN (" + ", ".join(f"'{status}'" for status in LIVE) + ")"
"""The rows that take the practitioner's time."""


def id_column(name: str, **options: Any) -> Column[Any]:
    """A UUID, required unless `options` say otherwise."""
    return Column(name, UUID(as_uuid=True), **({"nullable": False} | options))


def instant_column(name: str, **options: Any) -> Column[Any]:
    """An instant, required unless `options` say otherwise."""
    return Column(name, DateTime(timezone=True), **({"nullable": False} | options))


def count_column(name: str, default: int) -> Column[Any]:
    """A required whole number with a default."""
    return Column(name, Integer, nullable=False, server_default=text(str(default)))
