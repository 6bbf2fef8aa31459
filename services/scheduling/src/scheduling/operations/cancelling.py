"""Cancelling an appointment: by its client within the service's rules, or by the practice."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import require_client
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.appointments import Closed
from portal_contracts.scheduling.rpc.booking import Cancelled, CancelOwnAppointment, CancelTold
from portal_contracts.scheduling.rpc.calendar import CancelForClient
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.domain.policy import cancelling
from scheduling.operations.appointment_events import (
    publish_cancelled,
    publish_declined,
    publish_withdrawn,
)
from scheduling.operations.calendar import practice_appointment
from scheduling.operations.calendar_writes import open_calendars
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.own_appointments import (
    appointment_not_found,
    own_appointment,
    sealed_text,
)
from scheduling.operations.requests import request_closed
from scheduling.storage import appointments, booked_times, kept_sessions, requests, seats, series

_CALLED_OFF = (BookingStatus.CANCELLED, BookingStatus.DECLINED)


def cancel_own_appointment(
    tx: Transaction, command: CancelOwnAppointment, call: Call, sealer: Sealer, *, now: datetime
) -> Cancelled:
    """Cancel one's appointment; the same answer for one that was cancelled already.

    A request that waits for its answer is withdrawn.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``appointment_not_found``, also for another client's.
        Conflict: ``cancel_closed`` with the reason at ``appointment``; where it would not do what
            the client was told, ``request_closed`` or ``cancel_late``.
    """
    client = require_client(call.actor)
    appointment = own_appointment(tx, command.appointment_id, client)
    open_calendars(tx, appointment.practitioner_id, now=now)
    appointment = own_appointment(tx, command.appointment_id, client, for_update=True)
    if appointment.status is BookingStatus.CANCELLED:
        return Cancelled(appointment_id=appointment.id, late=appointment.cancelled_late)
    allowance = cancelling(appointment.rules, appointment.standing, now=now)
    if allowance.closed:
        raise _cancel_closed(allowance.closed)
    _require_as_told(command.told, appointment, late=allowance.late)
    if appointment.status is BookingStatus.REQUESTED:
        return _withdraw(tx, appointment, command.reason, call, sealer, now=now)
    return _cancel(tx, appointment, command.reason, call, sealer, late=allowance.late, now=now)


def cancel_for_client(
    tx: Transaction, command: CancelForClient, call: Call, sealer: Sealer, *, now: datetime
) -> Cancelled:
    """Cancel a client's appointment; never late: it is the practice that cancels.

    A request that waits for its answer is declined.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``.
        Conflict: ``cancel_closed`` at ``appointment``: ``over``: it took place; ``recorded``:
            it has begun, and something was said about it as a session.
    """
    require_permission(call.actor, Permission.APPOINTMENTS_WRITE)
    appointment = practice_appointment(tx, command.appointment_id, call.actor)
    require_chosen_practitioner(
        call.actor, appointment.practitioner_id, Permission.APPOINTMENTS_WRITE
    )
    open_calendars(tx, appointment.practitioner_id, now=now)
    appointment = practice_appointment(tx, command.appointment_id, call.actor, for_update=True)
    if appointment.status in _CALLED_OFF:
        return Cancelled(appointment_id=appointment.id, late=appointment.cancelled_late)
    if appointment.status is BookingStatus.REQUESTED:
        return _decline(tx, appointment, command.reason, call, sealer, now=now)
    if appointment.status is not BookingStatus.CONFIRMED or appointment.ends_at <= now:
        raise _cancel_closed(Closed.OVER)
    if appointment.is_session(now) and kept_sessions.is_kept(tx, appointment.id):
        raise _cancel_closed(Closed.RECORDED)
    quiet = command.without_mail
    return _cancel(
        tx, appointment, command.reason, call, sealer, late=False, without_mail=quiet, now=now
    )


def _withdraw(
    tx: Transaction, request: Appointment, reason: str, call: Call, sealer: Sealer, *, now: datetime
) -> Cancelled:
    requests.withdraw(
        tx,
        request.id,
        request.booked_time_id,
        reason=sealed_text(tx, request, reason, "cancel_reason", sealer),
        revealed=call.actor.revealed,
        now=now,
    )
    publish_withdrawn(tx, request, call, now=now)
    return Cancelled(appointment_id=request.id, late=False)


def _decline(
    tx: Transaction, request: Appointment, reason: str, call: Call, sealer: Sealer, *, now: datetime
) -> Cancelled:
    """As the practice cancels: the reason is its own, and the client is written no answer."""
    sealed = sealed_text(tx, request, reason, "cancel_reason", sealer)
    requests.decline(tx, request.id, request.booked_time_id, reason=sealed, now=now)
    publish_declined(tx, request, call, now=now)
    return Cancelled(appointment_id=request.id, late=False)


def _cancel(
    tx: Transaction,
    appointment: Appointment,
    reason: str,
    call: Call,
    sealer: Sealer,
    *,
    late: bool,
    without_mail: bool = False,
    now: datetime,
) -> Cancelled:
    sealed = sealed_text(tx, appointment, reason, "cancel_reason", sealer)
    revealed = call.actor.revealed
    seats.cancel(tx, appointment.id, late=late, reason=sealed, revealed=revealed, now=now)
    booked_times.free(tx, [appointment.booked_time_id], BookingStatus.CANCELLED, now=now)
    if appointment.series is not None:
        series.count_change(tx, appointment.series.id)
    cancelled = appointments.find(tx, appointment.id, practice_id=appointment.practice_id)
    if cancelled is None:
        raise appointment_not_found()
    publish_cancelled(tx, cancelled, call, without_mail=without_mail, now=now)
    return Cancelled(appointment_id=appointment.id, late=late)


def _require_as_told(told: CancelTold | None, appointment: Appointment, *, late: bool) -> None:
    """Between the page and its button a practice approves, and a notice begins."""
    if told is CancelTold.WITHDRAWS and appointment.status is not BookingStatus.REQUESTED:
        raise request_closed(appointment)
    if told is CancelTold.FREE and late:
        raise Conflict("cancel_late", "It would be charged by now.")


def _cancel_closed(closed: Closed) -> Conflict:
    return Conflict(
        "cancel_closed",
        "The appointment cannot be cancelled.",
        fields={"appointment": str(closed)},
    )
