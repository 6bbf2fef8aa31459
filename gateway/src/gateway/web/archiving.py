"""Archiving a client, once it is said what becomes of each appointment to come.

Whoever may do what is decided by the services that own it: each cancellation is one of
scheduling's, which frees the time and has it mailed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from gateway.web.backend import Backend
from gateway.web.tokens import sha256
from portal_contracts.calls import MOST_ON_A_PAGE, Method
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
from portal_contracts.scheduling.rpc.series import CANCEL_SERIES, CancelSeries, SeriesScope

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


def one_of_each_series(to_come: Iterable[CalendarEntry]) -> list[tuple[CalendarEntry, int]]:
    """The appointments, of each series the nearest alone, and how many each stands for."""
    found: dict[UUID, list[CalendarEntry]] = {}
    for one in to_come:
        found.setdefault(one.series_id or one.id, []).append(one)
    return [(group[0], len(group)) for group in found.values()]


def archive_client(
    backend: Backend,
    client_id: UUID,
    to_cancel: Iterable[UUID],
    *,
    key: str,
    whole_series: Collection[UUID] = (),
) -> ClientChanged:
    """Cancel these appointments, then archive the client; safe to repeat with the same key.

    Of those among `whole_series` all of their series that is to come, by one act.

    Raises:
        PortalError: a cancellation or the archiving is refused: what was cancelled before
            stays so, and the client is active.
    """
    for appointment_id in to_cancel:
        method: Method[Any, Any] = CANCEL_FOR_CLIENT
        command: Struct = CancelForClient(appointment_id=appointment_id)
        if appointment_id in whole_series:
            method = CANCEL_SERIES
            command = CancelSeries(appointment_id=appointment_id, scope=SeriesScope.ALL)
        own_key = sha256(f"{key} {appointment_id}")[:_KEY_LENGTH]
        backend.ask(method, command, idempotency_key=own_key)
    archived = SetClientStatus(client_id=client_id, status=ClientStatus.ARCHIVED)
    return backend.ask(SET_CLIENT_STATUS, archived, idempotency_key=key)
