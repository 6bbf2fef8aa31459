"""Booking by the practice for a client. A client books by holding and confirming: `holds`."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import Client, own_practice
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.booking import Booked
from portal_contracts.scheduling.rpc.calendar import BookForClient
from scheduling.operations.appointment_events import publish_booked
from scheduling.operations.bookable_services import require_service
from scheduling.operations.calendar_writes import (
    free_for_practice,
    new_time,
    open_calendars,
    slot_taken,
)
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.own_appointments import own_appointment, sealed_text
from scheduling.storage import seats


def book_for_client(
    tx: Transaction,
    command: BookForClient,
    call: Call,
    sealer: Sealer,
    *,
    active: bool,
    now: datetime,
) -> Booked:
    """Book a time for a client of the practice, who is `active`, not archived.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``service_not_found``.
        Invalid: ``start_invalid``; ``length_invalid``.
        Conflict: ``client_archived``; ``slot_taken``; ``outside_rules`` with the
            rule at ``starts_at``.
    """
    require_permission(call.actor, Permission.APPOINTMENTS_WRITE)
    client = Client(id=command.client_id, practice_id=own_practice(call.actor))
    service = require_service(tx, command.service_id, client.practice_id).lasting(command.minutes)
    require_chosen_practitioner(call.actor, service.practitioner_id, Permission.APPOINTMENTS_WRITE)
    if not active:
        raise Conflict("client_archived", "Nothing is booked for an archived client.")
    open_calendars(tx, service.practitioner_id, now=now)
    planned = free_for_practice(
        tx,
        service,
        command.starts_at,
        despite=command.despite,
        despite_only=command.despite_only,
        now=now,
    )
    time = new_time(service, planned)
    appointment_id = new_id()
    if not seats.take(tx, time, seat_id=appointment_id, client=client, expires_at=None, now=now):
        raise slot_taken()
    booked = own_appointment(tx, appointment_id, client)
    if message := sealed_text(tx, booked, command.message, "answer", sealer):
        seats.write_answer(tx, appointment_id, message)
    publish_booked(tx, booked, call, without_mail=command.without_mail, now=now)
    return Booked(appointment_id=appointment_id)
