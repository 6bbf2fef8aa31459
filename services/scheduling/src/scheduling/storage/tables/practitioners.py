"""What identity-links told of practitioners' accounts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Table

from portal_chassis.columns import id_column
from scheduling.storage.tables.schema import metadata

practitioner_status = Table(
    "practitioner_status",
    metadata,
    id_column("practitioner_id", primary_key=True),
    id_column("practice_id"),
    Column("active", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
"""Of accounts that were ever deactivated, whether they are in use; all others are.

`seq` is the event's number within its practitioner, so that a late event changes nothing.
"""
