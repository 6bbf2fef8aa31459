"""The practitioner's calendar in the console: listed, and one appointment in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from portal_chassis.authority.ownership import Client, own_practice
from portal_chassis.authority.seen import Seen, Sight
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.errors import Invalid
from portal_contracts.permissions import Permission, has_permission, require_permission
from portal_contracts.scheduling.rpc.appointments import (
    LONGEST_RANGE_DAYS,
    AppointmentStatus,
    Place,
    PlaceKind,
)
from portal_contracts.scheduling.rpc.calendar import (
    AppointmentDetails,
    Calendar,
    CalendarEntry,
    ClientAppointments,
    ClientTime,
    ClientTimes,
    GetAppointment,
    ListCalendar,
    ListClientAppointments,
    ListClientTimes,
    SessionHead,
    Stretch,
)
from scheduling.domain.appointments import PLANNED, Appointment
from scheduling.domain.hours import working_time
from scheduling.domain.wall_time import Span, cut
from scheduling.operations.appointment_events import log_access
from scheduling.operations.changes import changes_of, with_reason
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.own_appointments import (
    answer_of,
    appointment_not_found,
    note_of,
    reason_of,
)
from scheduling.operations.series_heads import head_of
from scheduling.operations.session_heads import session_heads
from scheduling.operations.slot_calendar import hours_of
from scheduling.storage import appointments, busy, client_times

LONGEST_STRETCH = timedelta(days=LONGEST_RANGE_DAYS)


def list_calendar(tx: Transaction, command: ListCalendar, seen: Seen, *, now: datetime) -> Calendar:
    """A practitioner's appointments that start in a stretch; of hidden clients only when.

    A hidden client's that was cancelled is left out: its time is not taken.

    The same few statements, however many they are.

    Raises:
        Forbidden: ``not_allowed``: also for a colleague's calendar, unless the
            actor is an owner or an assistant.
        Invalid: ``stretch_invalid`` with ``starts_before``: ``too_early`` or ``too_long``.
    """
    practitioner = require_chosen_practitioner(
        seen.actor, command.practitioner_id, Permission.APPOINTMENTS_READ
    )
    _check_stretch(command)
    listed = appointments.in_calendar(
        tx,
        practitioner.id,
        practice_id=practitioner.practice_id,
        starts_from=command.starts_from,
        starts_before=command.starts_before,
        with_cancelled=command.with_cancelled,
    )
    listed = [one for one in listed if one.status in PLANNED or _shows(seen, one)]
    begun = session_heads(tx, listed, seen.actor, now=now)
    hours = hours_of(tx, practitioner.id, practitioner.practice_id)
    stretch = Span(command.starts_from, command.starts_before)
    elsewhere = (
        busy.busy_elsewhere_of(tx, practitioner.id, stretch, practice_id=practitioner.practice_id)
        if command.with_hours
        else ()
    )
    return Calendar(
        practitioner_id=practitioner.id,
        timezone=hours.timezone,
        items=[calendar_entry(one, seen, begun.get(one.id)) for one in listed],
        hours=_stretches(working_time(hours, stretch) if command.with_hours else ()),
        busy_elsewhere=_stretches(cut(elsewhere, stretch)),
    )


def list_client_appointments(
    tx: Transaction, command: ListClientAppointments, actor: Actor, *, now: datetime
) -> ClientAppointments:
    """One client's appointments with anyone of the practice whom the actor works for.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, Permission.APPOINTMENTS_READ)
    client = Client(id=command.client_id, practice_id=own_practice(actor))
    if command.upcoming_only:
        listed = appointments.upcoming_of(tx, client, now=now, limit=command.limit)
    else:
        listed = appointments.all_of(tx, client, limit=command.limit)
    # That whoever asks sees the client was found before.
    shown = [one for one in listed if actor.may_work_for(one.practitioner_id)]
    begun, seen = session_heads(tx, shown, actor, now=now), Seen(actor)
    return ClientAppointments(items=[calendar_entry(one, seen, begun.get(one.id)) for one in shown])


def list_client_times(
    tx: Transaction, command: ListClientTimes, seen: Seen, *, now: datetime
) -> ClientTimes:
    """When clients of the practice come next and came last; others and hidden ones are absent.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(seen.actor, Permission.APPOINTMENTS_READ)
    shown = [one for one in command.client_ids if seen.shows(one, Permission.APPOINTMENTS_READ)]
    found = client_times.starts_of(tx, shown, own_practice(seen.actor), now=now)
    return ClientTimes(
        items=[
            ClientTime(client_id=one, next_at=next_at, last_at=last_at)
            for one, (next_at, last_at) in found.items()
        ]
    )


def get_appointment(
    tx: Transaction,
    command: GetAppointment,
    call: Call,
    sealer: Sealer,
    sight: Sight,
    *,
    now: datetime,
) -> AppointmentDetails:
    """One appointment of the practice; opening what its client wrote is logged.

    That is left out for a role that may not read it, and where the client is shown by contacts
    and calendar alone.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``appointment_not_found``, also for another practice's and for a mere hold.
    """
    require_permission(call.actor, Permission.APPOINTMENTS_READ)
    appointment = practice_appointment(tx, command.appointment_id, call.actor)
    reads = has_permission(call.actor, Permission.ANSWERS_READ) and sight.clinical
    if reads and (appointment.booking_note or appointment.cancel_reason):
        log_access(tx, "appointment.opened", appointment, call, now=now)
    told = changes_of(tx, appointment)
    reason = reason_of(tx, appointment, sealer) if reads else None
    return AppointmentDetails(
        id=appointment.id,
        client_id=appointment.client_id,
        service_id=appointment.service_id,
        practitioner_id=appointment.practitioner_id,
        title=appointment.title,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=appointment.timezone,
        status=AppointmentStatus(appointment.status),
        place=Place(kind=appointment.place_kind, text=appointment.place),
        moves=appointment.moves,
        created_at=appointment.created_at,
        cancelled_at=appointment.cancelled_at,
        cancelled_late=appointment.cancelled_late,
        note=note_of(tx, appointment, sealer) if reads else None,
        cancel_reason=reason,
        revealed=appointment.revealed,
        changes=with_reason(told, reason) if reason else told,
        series=None if appointment.series is None else head_of(appointment.series),
        answer_by=appointment.answer_by,
        withdrawn=appointment.withdrawn,
        answer=answer_of(tx, appointment, sealer) if reads else None,
        session=session_heads(tx, [appointment], call.actor, now=now).get(appointment.id),
    )


def client_of(
    tx: Transaction, appointment_id: UUID, actor: Actor, permission: Permission
) -> UUID | None:
    """Whose appointment a practitioner's call is about, before identity-links is asked.

    None for one that is not there, another practice's, and a mere hold.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, permission)
    found = appointments.find(tx, appointment_id, practice_id=own_practice(actor))
    return None if found is None or found.is_mere_hold else found.client_id


def practice_appointment(
    tx: Transaction, appointment_id: UUID, actor: Actor, *, for_update: bool = False
) -> Appointment:
    """An appointment of the actor's practice.

    Raises:
        NotFound: ``appointment_not_found``, also for another practice's, for a mere hold, and for
            an assistant who does not work for its practitioner.
    """
    appointment = appointments.find(
        tx, appointment_id, practice_id=own_practice(actor), for_update=for_update
    )
    if appointment is None or appointment.is_mere_hold:
        raise appointment_not_found()
    if not actor.may_work_for(appointment.practitioner_id):
        raise appointment_not_found()
    return appointment


def calendar_entry(
    appointment: Appointment, seen: Seen, session: SessionHead | None = None
) -> CalendarEntry:
    """An appointment as calendars list it; of a hidden client that the time is taken, no more."""
    if not _shows(seen, appointment):
        return _taken(appointment)
    return CalendarEntry(
        id=appointment.id,
        client_id=appointment.client_id,
        service_id=appointment.service_id,
        title=appointment.title,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=appointment.timezone,
        status=AppointmentStatus(appointment.status),
        place_kind=appointment.place_kind,
        answer_by=appointment.answer_by,
        series_id=appointment.series.id if appointment.series else None,
        session=session,
        colour=appointment.colour,
    )


def _shows(seen: Seen, appointment: Appointment) -> bool:
    return seen.shows(appointment.client_id, Permission.APPOINTMENTS_READ)


def _taken(appointment: Appointment) -> CalendarEntry:
    """What all such times have alike, whatever they are; who reads them expects a kind of place."""
    return CalendarEntry(
        id=appointment.id,
        client_id=None,
        service_id=None,
        title="",
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=appointment.timezone,
        status=AppointmentStatus.CONFIRMED,
        place_kind=PlaceKind.ADDRESS,
    )


def _stretches(spans: Sequence[Span]) -> list[Stretch]:
    return [Stretch(starts_at=span.start, ends_at=span.end) for span in spans]


def _check_stretch(command: ListCalendar) -> None:
    wrong = None
    if command.starts_before <= command.starts_from:
        wrong = "too_early"
    elif command.starts_before - command.starts_from > LONGEST_STRETCH:
        wrong = "too_long"
    if wrong is not None:
        raise Invalid(
            "stretch_invalid", "No such stretch is listed.", fields={"starts_before": wrong}
        )
