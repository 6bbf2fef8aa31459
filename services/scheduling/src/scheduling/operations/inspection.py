"""What support may look at: ids, times and states."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portal_chassis.database import Transaction
from scheduling.domain.appointments import Appointment
from scheduling.storage import appointments


def list_appointments(
    tx: Transaction,
    *,
    practitioner_id: UUID | None = None,
    client_id: UUID | None = None,
    limit: int = 50,
) -> Sequence[Appointment]:
    """Appointments of every state, the latest start first; of one person if asked for."""
    return appointments.listed(
        tx, practitioner_id=practitioner_id, client_id=client_id, limit=limit
    )
