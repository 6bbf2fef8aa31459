"""The sessions that listed appointments are by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.permissions import Permission, has_permission
from portal_contracts.scheduling.rpc.appointments import SessionStatus
from portal_contracts.scheduling.rpc.calendar import SessionHead
from scheduling.domain.appointments import Appointment
from scheduling.storage import kept_sessions


def session_heads(
    tx: Transaction, listed: Iterable[Appointment], actor: Actor, *, now: datetime
) -> Mapping[UUID, SessionHead]:
    """Of those that have begun, how the session stands; none for whoever may not read sessions."""
    if not has_permission(actor, Permission.SESSIONS_READ):
        return {}
    begun = [one for one in listed if one.is_session(now)]
    kept = kept_sessions.heads_of(tx, [one.id for one in begun]) if begun else {}
    return {one.id: kept.get(one.id) or _unsaid(one) for one in begun}


def _unsaid(appointment: Appointment) -> SessionHead:
    """Nobody has said anything about it: it counts as what the appointment came to."""
    late = appointment.cancelled_late
    return SessionHead(status=SessionStatus.CANCELLED_LATE if late else SessionStatus.ATTENDED)
