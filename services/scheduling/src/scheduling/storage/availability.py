"""Queries on availability: one row for a practitioner, written as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.availability import Availability
from scheduling.storage.tables import availability as table


@dataclass(frozen=True)
class StoredHours:
    """What is stored of a practitioner's hours."""

    practitioner_id: UUID
    practice_id: UUID
    version: int
    hours: Availability


def find(tx: Transaction, practitioner_id: UUID, *, practice_id: UUID) -> StoredHours | None:
    """A practitioner's hours, None before they were ever saved."""
    stored = find_anywhere(tx, practitioner_id)
    return stored if stored is not None and stored.practice_id == practice_id else None


def find_anywhere(tx: Transaction, practitioner_id: UUID) -> StoredHours | None:
    """A practitioner's hours in whatever practice."""
    row = run(tx, _STORED, {"practitioner_id": practitioner_id}).one_or_none()
    if row is None:
        return None
    said = {
        "timezone": row.timezone,
        "weekly": row.weekly,
        "overrides": row.overrides,
        "time_off": row.time_off,
        "holidays": row.holidays,
    }
    return StoredHours(
        practitioner_id=row.practitioner_id,
        practice_id=row.practice_id,
        version=row.version,
        hours=msgspec.convert(said, Availability),
    )


_STORED = select(table).where(
    table.c.practitioner_id == bindparam("practitioner_id", type_=table.c.practitioner_id.type)
)


def add(
    tx: Transaction,
    practitioner_id: UUID,
    hours: Availability,
    *,
    practice_id: UUID,
    now: datetime,
) -> bool:
    """Store hours for the first time, as version 1; whether there were none."""
    statement = (
        insert(table)
        .values(
            practitioner_id=practitioner_id,
            practice_id=practice_id,
            version=1,
            created_at=now,
            updated_at=now,
            **_columns(hours),
        )
        .on_conflict_do_nothing()
        .returning(table.c.version)
    )
    return tx.execute(statement).first() is not None


def change(
    tx: Transaction,
    practitioner_id: UUID,
    hours: Availability,
    *,
    practice_id: UUID,
    version: int,
    now: datetime,
) -> bool:
    """Store hours as the version after `version`; whether that was the newest."""
    statement = (
        update(table)
        .where(
            table.c.practitioner_id == practitioner_id,
            table.c.practice_id == practice_id,
            table.c.version == version,
        )
        .values(version=version + 1, updated_at=now, **_columns(hours))
        .returning(table.c.version)
    )
    return tx.execute(statement).first() is not None


def _columns(hours: Availability) -> dict[str, object]:
    said: dict[str, object] = msgspec.to_builtins(hours)
    return said
