"""What every module of tables shares: the metadata, and which rows take time."""

from __future__ import annotations

from sqlalchemy import MetaData

from portal_chassis.tables import chassis_tables, safekeeping_tables
from scheduling.domain.appointments import LIVE

metadata = MetaData()
chassis = chassis_tables(metadata)
safekeeping = safekeeping_tables(metadata)

LIVE_SQL = "status IN (" + ", ".join(f"'{status}'" for status in LIVE) + ")"
"""The rows that take the practitioner's time."""
