"""Queries on a practice's team."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from identity_links.domain.people import Practitioner, SaidOfMember, SeenPractitioner
from identity_links.storage.profiles import PRACTITIONER, practitioner_of
from identity_links.storage.tables import device, practice, practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Role


def lock_team(tx: Transaction, practice_id: UUID) -> None:
    """Wait until nobody else changes the practice's accounts; kept to the end of `tx`."""
    tx.execute(
        select(practice.c.id).where(practice.c.id == practice_id).with_for_update(key_share=True)
    )


def members(
    tx: Transaction, practice_id: UUID, *, practitioner_id: UUID | None = None
) -> list[SeenPractitioner]:
    """The accounts of a practice, or one of them."""
    seen = (
        select(func.max(device.c.last_seen_at))
        .where(device.c.practitioner_id == practitioner.c.id)
        .scalar_subquery()
        .label("last_seen_at")
    )
    query = select(*PRACTITIONER, seen).where(practitioner.c.practice_id == practice_id)
    if practitioner_id is not None:
        query = query.where(practitioner.c.id == practitioner_id)
    rows = tx.execute(query.order_by(practitioner.c.id)).mappings()
    return [SeenPractitioner(practitioner_of(row), row["last_seen_at"]) for row in rows]


def find(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> Practitioner | None:
    """An account of this practice, locked until the transaction ends, or None."""
    query = select(*PRACTITIONER).where(
        practitioner.c.id == practitioner_id, practitioner.c.practice_id == practice_id
    )
    row = tx.execute(query.with_for_update(key_share=True)).mappings().first()
    return None if row is None else practitioner_of(row)


def owners(tx: Transaction, practice_id: UUID) -> list[UUID]:
    """The owners of a practice who are in."""
    query = select(practitioner.c.id).where(
        practitioner.c.practice_id == practice_id,
        practitioner.c.role == Role.OWNER,
        practitioner.c.deactivated_at.is_(None),
    )
    return list(tx.execute(query).scalars())


def colleagues(tx: Transaction, practice_id: UUID) -> list[UUID]:
    """Whoever an assistant of the practice can work for, deactivated ones too."""
    query = select(practitioner.c.id).where(
        practitioner.c.practice_id == practice_id, practitioner.c.role != Role.ASSISTANT
    )
    return list(tx.execute(query).scalars())


def say(tx: Transaction, practitioner_id: UUID, said: SaidOfMember) -> int:
    """Store what is said anew of an account; the number of this change."""
    works_for = None if said.works_for is None else list(said.works_for)
    return _change(
        tx, practitioner_id, {"name": said.name, "role": said.role, "works_for": works_for}
    )


def set_deactivated(tx: Transaction, practitioner_id: UUID, since: datetime | None) -> int:
    """Write down since when an account lets nobody in, None: it does; the number of this change."""
    return _change(tx, practitioner_id, {"deactivated_at": since})


def _change(tx: Transaction, practitioner_id: UUID, values: dict[str, Any]) -> int:
    version: int = tx.execute(
        update(practitioner)
        .where(practitioner.c.id == practitioner_id)
        .values(version=practitioner.c.version + 1, **values)
        .returning(practitioner.c.version)
    ).scalar_one()
    return version


def stop_working_for(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> None:
    """Take a practitioner from those whom assistants of the practice work for."""
    tx.execute(
        update(practitioner)
        .where(
            practitioner.c.practice_id == practice_id,
            practitioner.c.works_for.contains([practitioner_id]),
        )
        .values(works_for=func.array_remove(practitioner.c.works_for, practitioner_id))
    )
