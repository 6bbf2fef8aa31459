"""What support may look at: ids, times, versions and states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import Appointment
from scheduling.domain.sessions import Session
from scheduling.domain.summaries import VersionStanding
from scheduling.storage import appointments, sessions, summaries


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


def list_sessions(
    tx: Transaction, *, client_id: UUID, now: datetime, limit: int = 50
) -> Sequence[Session]:
    """A client's sessions, the latest first."""
    return sessions.page_of(tx, client_id=client_id, practice_id=None, now=now, limit=limit)


def list_summaries(
    tx: Transaction, *, session_id: UUID | None = None, client_id: UUID | None = None
) -> Sequence[VersionStanding]:
    """Versions of summaries without their text, by session the newest first."""
    return summaries.versions(tx, session_id=session_id, client_id=client_id)
