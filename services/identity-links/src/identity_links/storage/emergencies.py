"""What owners opened in an emergency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from identity_links.storage.tables import caseload, emergency_access, practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Role


@dataclass(frozen=True)
class StoredEmergency:
    """One emergency access; `reason` is sealed with the client's data key."""

    id: UUID
    practice_id: UUID
    client_id: UUID
    practitioner_id: UUID
    reason: bytes = field(repr=False)
    opened_at: datetime
    until: datetime
    closed_at: datetime | None


def insert_access(tx: Transaction, new: StoredEmergency) -> None:
    """Store that an owner opens a client."""
    tx.execute(
        insert(emergency_access).values(
            id=new.id,
            practice_id=new.practice_id,
            client_id=new.client_id,
            practitioner_id=new.practitioner_id,
            reason=new.reason,
            opened_at=new.opened_at,
            until=new.until,
        )
    )


def open_of(
    tx: Transaction, client_id: UUID, practitioner_id: UUID, now: datetime
) -> StoredEmergency | None:
    """What an owner has open of a client, or None."""
    query = select(emergency_access).where(
        emergency_access.c.client_id == client_id,
        emergency_access.c.practitioner_id == practitioner_id,
        _is_open(now),
    )
    row = tx.execute(query.limit(1)).first()
    return None if row is None else StoredEmergency(*row)


def close(tx: Transaction, client_id: UUID, practitioner_id: UUID, now: datetime) -> list[UUID]:
    """Close what an owner has open of a client; what was open."""
    closed = tx.execute(
        update(emergency_access)
        .where(
            emergency_access.c.client_id == client_id,
            emergency_access.c.practitioner_id == practitioner_id,
            _is_open(now),
        )
        .values(closed_at=now)
        .returning(emergency_access.c.id)
    )
    return list(closed.scalars())


def to_be_told(tx: Transaction, client_id: UUID, practice_id: UUID, by: UUID) -> list[UUID]:
    """Who is told that `by` opened a client: who has her in a caseload, and the other owners."""
    works_with = select(caseload.c.practitioner_id).where(caseload.c.client_id == client_id)
    query = select(practitioner.c.id).where(
        practitioner.c.practice_id == practice_id,
        practitioner.c.id != by,
        practitioner.c.deactivated_at.is_(None),
        or_(practitioner.c.role == Role.OWNER, practitioner.c.id.in_(works_with)),
    )
    return list(tx.execute(query.order_by(practitioner.c.id)).scalars())


def newest(tx: Transaction, practice_id: UUID | None, limit: int) -> list[StoredEmergency]:
    """The newest of a practice or of all, the newest first."""
    query = select(emergency_access).order_by(emergency_access.c.opened_at.desc()).limit(limit)
    if practice_id is not None:
        query = query.where(emergency_access.c.practice_id == practice_id)
    return [StoredEmergency(*row) for row in tx.execute(query)]


def _is_open(now: datetime) -> ColumnElement[bool]:
    still = or_(emergency_access.c.closed_at.is_(None), emergency_access.c.closed_at > now)
    return and_(emergency_access.c.until > now, still)
