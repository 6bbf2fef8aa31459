"""Moving an appointment: by its client within the service's rules, or by the practice.

A move holds nothing. The engine leaves the moved appointment out, one update
decides, and where it refuses the old time stands.
"""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import require_client
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.appointments import ChangeKind, Closed
from portal_contracts.scheduling.rpc.booking import Moved, MoveOwnAppointment
from portal_contracts.scheduling.rpc.calendar import MoveForClient
from portal_contracts.scheduling.rpc.undoing import UndoOwnMove
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.domain.policy import moving
from scheduling.domain.wall_time import Span
from scheduling.operations.appointment_events import publish_moved
from scheduling.operations.bookable_services import require_service
from scheduling.operations.calendar import practice_appointment
from scheduling.operations.calendar_writes import (
    Planned,
    free_again,
    free_for_client,
    free_for_practice,
    open_calendars,
    slot_taken,
)
from scheduling.operations.changes import UNDO_FOR, changes_of, undo_of
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.own_appointments import appointment_not_found, own_appointment
from scheduling.storage import appointments, booked_times, kept_sessions, seats, series
from scheduling.storage.locks import lock_client


def move_own_appointment(
    tx: Transaction, command: MoveOwnAppointment, call: Call, *, now: datetime
) -> Moved:
    """Move one's appointment; to where it is already changes nothing.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``appointment_not_found``, also for another client's.
        Conflict: ``move_closed`` with the reason at ``appointment``;
            ``slot_taken``; ``not_offered`` with the rule at ``starts_at``.
    """
    client = require_client(call.actor)
    appointment = own_appointment(tx, command.appointment_id, client)
    lock_client(tx, client.id)
    open_calendars(tx, appointment.practitioner_id, now=now)
    appointment = own_appointment(tx, command.appointment_id, client, for_update=True)
    if _is_there(appointment, command.starts_at):
        return Moved(appointment_id=appointment.id, starts_at=appointment.starts_at)
    if closed := moving(appointment.rules, appointment.standing, now=now).closed:
        raise _move_closed(closed)
    service = require_service(tx, appointment.service_id, appointment.practice_id)
    planned = free_for_client(tx, service, command.starts_at, client, moved=appointment, now=now)
    _let_go_of_own_hold(tx, appointment, planned, now=now)
    return _move(tx, appointment, planned, call, counted=1, now=now)


def undo_own_move(tx: Transaction, command: UndoOwnMove, call: Call, *, now: datetime) -> Moved:
    """Move one's appointment back to where it was, within five minutes of one's moving it.

    The notice was asked for at the move, and is not again. Neither of the two counts among the
    client's moves then. The same answer where it was undone already.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``appointment_not_found``, also for another client's.
        Conflict: ``undo_over``; ``slot_taken``: somebody else has the time meanwhile.
    """
    client = require_client(call.actor)
    appointment = own_appointment(tx, command.appointment_id, client)
    lock_client(tx, client.id)
    open_calendars(tx, appointment.practitioner_id, now=now)
    appointment = own_appointment(tx, command.appointment_id, client, for_update=True)
    last = changes_of(tx, appointment)[0]
    if last.kind is ChangeKind.MOVED_BACK and last.at + UNDO_FOR >= now:
        return Moved(appointment_id=appointment.id, starts_at=appointment.starts_at)
    undo = undo_of(appointment, last, now=now)
    if undo is None:
        raise Conflict("undo_over", "The move cannot be undone any more.")
    service = require_service(tx, appointment.service_id, appointment.practice_id)
    planned = free_again(tx, service, undo.starts_at, client, appointment, now=now)
    _let_go_of_own_hold(tx, appointment, planned, now=now)
    return _move(tx, appointment, planned, call, counted=-1, now=now)


def move_for_client(tx: Transaction, command: MoveForClient, call: Call, *, now: datetime) -> Moved:
    """Move a client's appointment; to where it is already changes nothing.

    Not counted among the client's own moves.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``appointment_not_found``.
        Invalid: ``start_invalid``.
        Conflict: ``move_closed`` with ``over``, ``requested`` or ``recorded`` at ``appointment``,
            ``slot_taken``, ``outside_rules`` with the rule at ``starts_at``.
    """
    require_permission(call.actor, Permission.APPOINTMENTS_WRITE)
    appointment = practice_appointment(tx, command.appointment_id, call.actor)
    require_chosen_practitioner(
        call.actor, appointment.practitioner_id, Permission.APPOINTMENTS_WRITE
    )
    open_calendars(tx, appointment.practitioner_id, now=now)
    appointment = practice_appointment(tx, command.appointment_id, call.actor, for_update=True)
    if _is_there(appointment, command.starts_at):
        return Moved(appointment_id=appointment.id, starts_at=appointment.starts_at)
    if appointment.status is BookingStatus.REQUESTED:
        raise _move_closed(Closed.REQUESTED)
    if appointment.status is not BookingStatus.CONFIRMED or appointment.ends_at <= now:
        raise _move_closed(Closed.OVER)
    if appointment.is_session(now) and kept_sessions.is_kept(tx, appointment.id):
        raise _move_closed(Closed.RECORDED)
    planned = free_for_practice(
        tx,
        require_service(tx, appointment.service_id, appointment.practice_id),
        command.starts_at,
        despite=command.despite,
        despite_only=command.despite_only,
        moved=appointment,
        now=now,
    )
    return _move(
        tx, appointment, planned, call, counted=0, without_mail=command.without_mail, now=now
    )


def _let_go_of_own_hold(
    tx: Transaction, moved: Appointment, planned: Planned, *, now: datetime
) -> None:
    """The client's own hold hides no time from the client; so it must not be in the way either."""
    hold = appointments.hold_of(tx, moved.client_id)
    if hold is None or hold.practitioner_id != moved.practitioner_id:
        return
    begin, end = planned.span.start - moved.buffer_before, planned.span.end + moved.buffer_after
    if hold.blocked.overlaps(Span(begin, end)):
        seats.release(tx, hold.id, now=now)


def _move(
    tx: Transaction,
    before: Appointment,
    planned: Planned,
    call: Call,
    *,
    counted: int,
    without_mail: bool = False,
    now: datetime,
) -> Moved:
    """`counted`: as how many of the client's moves; -1 undoes one."""
    moved = booked_times.move(
        tx,
        before.booked_time_id,
        planned.span,
        timezone=planned.timezone,
        buffers=(before.buffer_before, before.buffer_after),
        now=now,
    )
    if not moved:
        raise slot_taken()
    revealed = call.actor.revealed
    seats.count_move(tx, before.id, counted=counted, revealed=revealed, now=now)
    if before.series is not None:
        series.count_change(tx, before.series.id)
    after = _again(tx, before)
    undone = counted < 0
    publish_moved(tx, before, after, call, undone=undone, without_mail=without_mail, now=now)
    return Moved(appointment_id=after.id, starts_at=after.starts_at)


def _again(tx: Transaction, before: Appointment) -> Appointment:
    after = appointments.find(tx, before.id, practice_id=before.practice_id)
    if after is None:
        raise appointment_not_found()
    return after


def _is_there(appointment: Appointment, starts_at: datetime) -> bool:
    return appointment.status is BookingStatus.CONFIRMED and appointment.starts_at == starts_at


def _move_closed(closed: Closed) -> Conflict:
    return Conflict(
        "move_closed", "The appointment cannot be moved.", fields={"appointment": str(closed)}
    )
