"""When clients come next and came last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from scheduling.domain.appointments import PLANNED, BookingStatus
from scheduling.storage.tables import appointment, session


def starts_of(
    tx: Transaction, client_ids: Sequence[UUID], practice_id: UUID, *, now: datetime
) -> dict[UUID, tuple[datetime | None, datetime | None]]:
    """The next planned start and the last one that is over, of those who have either.

    A session that had no appointment counts where the client came.
    """
    ahead = appointment.c.status.in_(PLANNED) & (appointment.c.ends_at > now)
    over = (appointment.c.status == BookingStatus.CONFIRMED) & (appointment.c.ends_at <= now)
    seats = (
        select(
            appointment.c.client_id,
            func.min(appointment.c.starts_at).filter(ahead).label("next_at"),
            func.max(appointment.c.starts_at).filter(over).label("last_at"),
        )
        .where(appointment.c.client_id.in_(client_ids), appointment.c.practice_id == practice_id)
        .group_by(appointment.c.client_id)
    )
    recorded = (
        select(session.c.client_id, func.max(session.c.started_at).label("last_at"))
        .where(
            session.c.client_id.in_(client_ids),
            session.c.practice_id == practice_id,
            session.c.appointment_id.is_(None),
            session.c.status == SessionStatus.ATTENDED,
        )
        .group_by(session.c.client_id)
    )
    found = {row.client_id: (row.next_at, row.last_at) for row in tx.execute(seats)}
    for row in tx.execute(recorded):
        next_at, last_at = found.get(row.client_id, (None, None))
        found[row.client_id] = (next_at, max(last_at or row.last_at, row.last_at))
    return {one: starts for one, starts in found.items() if any(starts)}
