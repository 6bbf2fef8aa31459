"""Requests: listed for the practice, approved or declined by it.

A request takes its time from the moment it is made, so approving it asks no engine: what was
asked for was offered, and has been kept since.
"""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.seen import Seen
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.booking import Booked
from portal_contracts.scheduling.rpc.requests import (
    AnswerRequest,
    ListRequestedAppointments,
    RequestAnswered,
    RequestedAppointments,
)
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.operations.appointment_events import publish_approved, publish_declined
from scheduling.operations.calendar import calendar_entry, practice_appointment
from scheduling.operations.calendar_writes import open_calendars
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.own_appointments import sealed_text
from scheduling.storage import appointments, requests

_WRITES = Permission.APPOINTMENTS_WRITE


def list_requested(
    tx: Transaction, command: ListRequestedAppointments, seen: Seen, *, now: datetime
) -> RequestedAppointments:
    """What waits for a practitioner's answer; nothing of hidden clients.

    Raises:
        Forbidden: ``not_allowed``: also for a colleague's, as for the calendar.
    """
    practitioner = require_chosen_practitioner(
        seen.actor, command.practitioner_id, Permission.APPOINTMENTS_READ
    )
    listed = appointments.requested_of(
        tx, practitioner.id, practice_id=practitioner.practice_id, now=now
    )
    shown = [one for one in listed if seen.shows(one.client_id, Permission.APPOINTMENTS_READ)]
    return RequestedAppointments(items=[calendar_entry(one, seen) for one in shown])


def approve_appointment(
    tx: Transaction, command: AnswerRequest, call: Call, sealer: Sealer, *, now: datetime
) -> Booked:
    """Make an appointment of a request; the same answer for one that was approved already.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``.
        Conflict: ``request_closed`` with what became of it at ``appointment``.
    """
    request = _opened(tx, command, call, now=now)
    if request.status is BookingStatus.CONFIRMED and request.requested_at is not None:
        return Booked(appointment_id=request.id)
    _require_waiting(request)
    answer = sealed_text(tx, request, command.answer, "answer", sealer)
    requests.approve(tx, request.id, request.booked_time_id, answer=answer, now=now)
    publish_approved(tx, request, call, now=now)
    return Booked(appointment_id=request.id)


def decline_appointment(
    tx: Transaction, command: AnswerRequest, call: Call, sealer: Sealer, *, now: datetime
) -> RequestAnswered:
    """Decline a request and free its time; the same answer for one that was declined already.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``.
        Conflict: ``request_closed`` with what became of it at ``appointment``.
    """
    request = _opened(tx, command, call, now=now)
    if request.status is not BookingStatus.DECLINED:
        _require_waiting(request)
        answer = sealed_text(tx, request, command.answer, "answer", sealer)
        requests.decline(tx, request.id, request.booked_time_id, answer=answer, now=now)
        publish_declined(tx, request, call, now=now)
    return RequestAnswered(appointment_id=request.id, status=AppointmentStatus.DECLINED)


def _opened(tx: Transaction, command: AnswerRequest, call: Call, *, now: datetime) -> Appointment:
    """The request under its calendar's lock, in which what is over has expired."""
    require_permission(call.actor, _WRITES)
    found = practice_appointment(tx, command.appointment_id, call.actor)
    require_chosen_practitioner(call.actor, found.practitioner_id, _WRITES)
    open_calendars(tx, found.practitioner_id, now=now)
    return practice_appointment(tx, command.appointment_id, call.actor, for_update=True)


def _require_waiting(request: Appointment) -> None:
    if request.status is not BookingStatus.REQUESTED:
        raise request_closed(request)


def request_closed(request: Appointment) -> Conflict:
    """``request_closed`` with what became of it at ``appointment``."""
    return Conflict(
        "request_closed",
        "It waits for no answer any more.",
        fields={"appointment": _what_became(request)},
    )


def _what_became(request: Appointment) -> str:
    if request.withdrawn:
        return "withdrawn"
    ended = {BookingStatus.DECLINED: "declined", BookingStatus.EXPIRED: "expired"}
    return ended.get(request.status, "approved")
