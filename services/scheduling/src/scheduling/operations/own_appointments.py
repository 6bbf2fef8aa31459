"""A client's appointments as the client sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.database.sealed import KeyErased, Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import NotFound
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentStatus,
    Place,
    PlaceKind,
    SeriesEntry,
    UpcomingAppointment,
)
from portal_contracts.scheduling.rpc.booking import OwnAppointments
from portal_contracts.text import paragraphs
from scheduling.domain.appointments import Appointment
from scheduling.domain.policy import cancelling, join_window, moving
from scheduling.operations.changes import changes_of, undo_of, with_reason
from scheduling.operations.series_heads import entry_of, head_of
from scheduling.storage import appointments, series

CANCELLED_SHOWN_FOR = timedelta(days=30)
"""How long a cancelled appointment stays in its client's list."""


def list_own_appointments(
    tx: Transaction, actor: Actor, sealer: Sealer, *, now: datetime
) -> OwnAppointments:
    """All of a client's appointments to come, and those called off within the last 30 days.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
    """
    client = require_client(actor)
    upcoming = upcoming_of(tx, client, sealer=sealer, now=now)
    cancelled = appointments.ended_since(tx, client, now - CANCELLED_SHOWN_FOR)
    return OwnAppointments(
        upcoming=upcoming,
        cancelled=[as_seen(one, note_of(tx, one, sealer), now=now) for one in cancelled],
    )


def get_own_appointment(
    tx: Transaction, appointment_id: UUID, actor: Actor, sealer: Sealer, *, now: datetime
) -> UpcomingAppointment:
    """One of the client's own appointments, whatever its state.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``appointment_not_found``, also for another client's and for a mere hold.
    """
    appointment = own_appointment(tx, appointment_id, require_client(actor))
    told = changes_of(tx, appointment)
    if told[0].by is ActorKind.CLIENT:
        told = with_reason(told, reason_of(tx, appointment, sealer))
    seen = as_seen(appointment, note_of(tx, appointment, sealer), now=now)
    return replace(
        seen,
        changes=told,
        series_entry=series_entry(tx, appointment),
        undo=undo_of(appointment, told[0], now=now),
        answer=answer_of(tx, appointment, sealer),
    )


def upcoming_of(
    tx: Transaction,
    client: Client,
    *,
    now: datetime,
    limit: int | None = None,
    sealer: Sealer | None = None,
) -> list[UpcomingAppointment]:
    """The client's nearest appointments.

    Without `sealer` the notes are left out.
    """
    upcoming = appointments.upcoming_of(tx, client, now=now, limit=limit)
    return [as_seen(one, note_of(tx, one, sealer), now=now) for one in upcoming]


def own_appointment(
    tx: Transaction, appointment_id: UUID, client: Client, *, for_update: bool = False
) -> Appointment:
    """The client's own appointment.

    Raises:
        NotFound: ``appointment_not_found``.
    """
    appointment = appointments.find_own(tx, appointment_id, client, for_update=for_update)
    if appointment is None or appointment.is_mere_hold:
        raise appointment_not_found()
    return appointment


def appointment_not_found() -> NotFound:
    """There is none, or none this actor may know of."""
    return NotFound("appointment_not_found", "There is no such appointment.")


def note_of(tx: Transaction, appointment: Appointment, sealer: Sealer | None) -> str:
    """What the client wrote when booking; "" for nothing, and once it was erased."""
    return _opened(tx, appointment, appointment.booking_note, "booking_note", sealer)


def reason_of(tx: Transaction, appointment: Appointment, sealer: Sealer | None) -> str:
    """Why it was cancelled; "" for nothing, and once it was erased."""
    return _opened(tx, appointment, appointment.cancel_reason, "cancel_reason", sealer)


def answer_of(tx: Transaction, appointment: Appointment, sealer: Sealer | None) -> str:
    """What the practice wrote with its answer; "" for nothing, and once it was erased."""
    return _opened(tx, appointment, appointment.answer, "answer", sealer)


def sealed_text(
    tx: Transaction, appointment: Appointment, text: str, column: str, sealer: Sealer
) -> bytes | None:
    """`text` sealed for `column` of the appointment's row; None for nothing."""
    text = paragraphs(text)
    if not text:
        return None
    return sealer.seal(
        tx, appointment.client_id, text, table="appointment", column=column, row=appointment.id
    )


def as_seen(appointment: Appointment, note: str, *, now: datetime) -> UpcomingAppointment:
    """An appointment as its client sees it: with its policy if any, never the meeting's address."""
    opens_at, closes_at = join_window(appointment.starts_at, appointment.ends_at)
    is_video = appointment.place_kind is PlaceKind.VIDEO
    return UpcomingAppointment(
        id=appointment.id,
        service_id=appointment.service_id,
        practitioner_id=appointment.practitioner_id,
        title=appointment.title,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=appointment.timezone,
        status=AppointmentStatus(appointment.status),
        place=Place(kind=appointment.place_kind, text="" if is_video else appointment.place),
        join_opens_at=opens_at,
        join_closes_at=closes_at,
        cancel=cancelling(appointment.rules, appointment.standing, now=now),
        move=moving(appointment.rules, appointment.standing, now=now),
        reason_asked=appointment.reason_asked,
        policy=appointment.policy_accepted or appointment.policy,
        note=note,
        ics_sequence=appointment.ics_sequence + appointment.sequence_raised,
        meeting_missing=is_video and not appointment.place,
        cancelled_late=appointment.cancelled_late,
        series=None if appointment.series is None else head_of(appointment.series),
        answer_by=appointment.answer_by,
        withdrawn=appointment.withdrawn,
    )


def series_entry(tx: Transaction, appointment: Appointment) -> SeriesEntry | None:
    """The series that an appointment is of as one entry of a calendar, if it is of one."""
    found = None if appointment.series is None else series.find(tx, appointment.series.id)
    return None if found is None else entry_of(found, appointments.of_series(tx, found.id))


def _opened(
    tx: Transaction,
    appointment: Appointment,
    sealed: bytes | None,
    column: str,
    sealer: Sealer | None,
) -> str:
    if sealed is None or sealer is None:
        return ""
    try:
        return sealer.open(
            tx,
            appointment.client_id,
            bytes(sealed),
            table="appointment",
            column=column,
            row=appointment.id,
        )
    except KeyErased:
        return ""
