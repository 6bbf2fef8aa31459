"""Operations on requests that wait for an answer, and on how much one client may book."""

from __future__ import annotations

from typing import Final

from gateway.api.changing import Changing
from gateway.api.headings import Heading
from gateway.api.operation import Operation
from gateway.web.routing import Owner
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import limits, requests

_REQUESTS: Final = Heading("Requests", Owner.PRACTITIONER)
_APPOINTMENT: Final = "/appointments/{appointment_id}"

OPERATIONS: Final[tuple[Operation, ...]] = (
    _REQUESTS.call(
        "GET /requested-appointments",
        requests.LIST_REQUESTED_APPOINTMENTS,
        "The requests that wait for a practitioner's answer.",
        Permission.APPOINTMENTS_READ,
    ),
    _REQUESTS.call(
        f"POST {_APPOINTMENT}/approve",
        requests.APPROVE_APPOINTMENT,
        "Approve a request: it is an appointment then.",
        Permission.APPOINTMENTS_WRITE,
    ),
    _REQUESTS.call(
        f"POST {_APPOINTMENT}/decline",
        requests.DECLINE_APPOINTMENT,
        "Decline a request, and free its time.",
        Permission.APPOINTMENTS_WRITE,
    ),
    _REQUESTS.call(
        "GET /booking-limits",
        limits.READ_BOOKING_LIMITS,
        "How much one client may book by the portal.",
        Permission.APPOINTMENTS_READ,
        etag="version",
        note='The ETag is `"0"` before anything was saved, and the usual limits hold.',
    ),
    *_REQUESTS.changes(
        "/booking-limits",
        Changing(
            ids=(),
            read=limits.READ_BOOKING_LIMITS,
            edit=limits.EDIT_BOOKING_LIMITS,
            body="limits",
        ),
        "Change how much one client may book by the portal.",
        Permission.PRACTICE_WRITE,
        name="booking_limits",
        note="What the practice books for a client does not count.",
    ),
)
