"""What new hours would leave stranded: booked inside the hours as they are, outside of the new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict
from scheduling.domain.appointments import Appointment
from scheduling.domain.availability import Availability
from scheduling.domain.wall_time import Span
from scheduling.operations.slot_calendar import PLANNABLE
from scheduling.storage import appointments, bookable_services

HoursByService = Mapping[UUID, Availability]
"""A service's id to the hours in which it is booked."""


def hours_by_service(
    tx: Transaction, practitioner: Practitioner, availability: Availability
) -> HoursByService:
    """The hours of each of the practitioner's services, archived ones too."""
    services = bookable_services.of_practitioner(
        tx, practitioner.id, practice_id=practitioner.practice_id, with_archived=True
    )
    return {service.id: service.hours(availability) for service in services}


def find_stranded(
    tx: Transaction,
    practitioner: Practitioner,
    before: HoursByService,
    after: HoursByService,
    *,
    now: datetime,
) -> list[Appointment]:
    """The appointments to come that `before` holds and `after` does not, the next first.

    Whatever lies outside of the hours already was put there knowingly, and is left out.
    """
    to_come = appointments.in_calendar(
        tx,
        practitioner.id,
        practice_id=practitioner.practice_id,
        starts_from=now,
        starts_before=now + PLANNABLE,
        with_cancelled=False,
    )
    return [one for one in to_come if _holds(before, one) and not _holds(after, one)]


def refuse_stranding(
    tx: Transaction,
    practitioner: Practitioner,
    before: HoursByService,
    after: HoursByService,
    *,
    now: datetime,
) -> None:
    """Refuse hours that leave an appointment stranded.

    Args:
        tx: a transaction in which the practitioner's calendar is locked, so that nothing is
            booked beside it.
        practitioner: whose.
        before: the hours as they are.
        after: those that are to come.
        now: aware UTC instant.

    Raises:
        Conflict: ``strands_appointments``.
    """
    if find_stranded(tx, practitioner, before, after, now=now):
        raise Conflict("strands_appointments", "Booked times would lie outside of the hours.")


def _holds(hours: HoursByService, appointment: Appointment) -> bool:
    found = hours.get(appointment.service_id)
    return found is not None and found.holds(Span(appointment.starts_at, appointment.ends_at))
