"""Archiving a client, once it is said what becomes of each appointment to come.

Whoever may do what is decided by the services that own it: each cancellation is one of
scheduling's, which frees the time and has it mailed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from uuid import UUID

from gateway.web.backend import Backend
from gateway.web.tokens import sha256
from portal_contracts.calls import MOST_ON_A_PAGE
from portal_contracts.identity_links.rpc.clients import (
    SET_CLIENT_STATUS,
    ClientChanged,
    ClientStatus,
    SetClientStatus,
)
from portal_contracts.scheduling.rpc.calendar import (
    CANCEL_FOR_CLIENT,
    LIST_CLIENT_APPOINTMENTS,
    CalendarEntry,
    CancelForClient,
    ListClientAppointments,
)

_KEY_LENGTH: Final = 40


class Becomes(StrEnum):
    """What becomes of an appointment to come when its client is archived."""

    CANCELLED = "cancel"
    KEPT = "keep"


def appointments_to_come(backend: Backend, client_id: UUID) -> list[CalendarEntry]:
    """A client's appointments that have not ended, the nearest first.

    Raises:
        PortalError: scheduling cannot be asked, or refuses.
    """
    command = ListClientAppointments(client_id=client_id, limit=MOST_ON_A_PAGE)
    return backend.ask(LIST_CLIENT_APPOINTMENTS, command).items


def archive_client(
    backend: Backend, client_id: UUID, to_cancel: Iterable[UUID], *, key: str
) -> ClientChanged:
    """Cancel these appointments, then archive the client; safe to repeat with the same key.

    Raises:
        PortalError: a cancellation or the archiving is refused: what was cancelled before
            stays so, and the client is active.
    """
    for appointment_id in to_cancel:
        backend.ask(
            CANCEL_FOR_CLIENT,
            CancelForClient(appointment_id=appointment_id),
            idempotency_key=sha256(f"{key} {appointment_id}")[:_KEY_LENGTH],
        )
    command = SetClientStatus(client_id=client_id, status=ClientStatus.ARCHIVED)
    return backend.ask(SET_CLIENT_STATUS, command, idempotency_key=key)
