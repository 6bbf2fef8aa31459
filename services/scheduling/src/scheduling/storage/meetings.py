"""Which clients meet, or met, which practitioners."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, union_all

from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import PLANNED
from scheduling.storage.tables import appointment, booked_time, session


def pairs_after(
    tx: Transaction, practice_id: UUID, client_id: UUID | None, *, limit: int
) -> list[tuple[UUID, UUID]]:
    """Client and practitioner, in the order of the clients, of each the one met last first.

    Of appointments that stand or took place, and of sessions without one.

    Args:
        tx: a transaction.
        practice_id: whose.
        client_id: only of clients after this one.
        limit: how many pairs at most.
    """
    booked = select(
        appointment.c.client_id, booked_time.c.practitioner_id, appointment.c.starts_at.label("at")
    ).join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
    booked = booked.where(
        appointment.c.practice_id == practice_id, appointment.c.status.in_(PLANNED)
    )
    held = select(
        session.c.client_id, session.c.practitioner_id, session.c.started_at.label("at")
    ).where(session.c.practice_id == practice_id)
    if client_id is not None:
        booked = booked.where(appointment.c.client_id > client_id)
        held = held.where(session.c.client_id > client_id)
    met = union_all(booked, held).subquery("met")
    query = (
        select(met.c.client_id, met.c.practitioner_id)
        .group_by(met.c.client_id, met.c.practitioner_id)
        .order_by(met.c.client_id, func.max(met.c.at).desc(), met.c.practitioner_id)
        .limit(limit)
    )
    return [(row.client_id, row.practitioner_id) for row in tx.execute(query)]
