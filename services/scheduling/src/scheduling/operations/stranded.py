"""The booked times that hours would strand which are not saved yet, as the console lists them."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.authority.seen import Seen
from portal_chassis.database.transactions import Transaction
from portal_contracts.changes import changed
from portal_contracts.errors import Invalid
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import stranded as contract
from portal_contracts.scheduling.rpc.availability import Window
from scheduling.domain.appointments import Appointment
from scheduling.domain.hours import check_availability, check_week, read_hours
from scheduling.operations.bookable_services import own_service
from scheduling.operations.calendar import calendar_entry
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.slot_calendar import hours_of
from scheduling.operations.stranding import find_stranded, hours_by_service


def list_stranded(
    tx: Transaction, command: contract.ListStranded, seen: Seen, *, now: datetime
) -> contract.StrandedAppointments:
    """What a practitioner's new hours would strand; of hidden clients only when.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``availability_fields``.
    """
    practitioner = require_chosen_practitioner(
        seen.actor, command.practitioner_id, Permission.APPOINTMENTS_READ
    )
    present = hours_of(tx, practitioner.id, practitioner.practice_id)
    hours = check_availability(changed(present, command.availability), present.timezone)
    before = hours_by_service(tx, practitioner, read_hours(present))
    after = hours_by_service(tx, practitioner, hours)
    return _answer(find_stranded(tx, practitioner, before, after, now=now), seen)


def list_stranded_by_service(
    tx: Transaction, command: contract.ListStrandedByService, seen: Seen, *, now: datetime
) -> contract.StrandedAppointments:
    """What a service's new weekly hours would strand; of hidden clients only when.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``.
        Invalid: ``service_fields``.
    """
    service = own_service(tx, command.service_id, seen.actor, Permission.APPOINTMENTS_READ)
    _require_week(command.weekly)
    new = service.with_weekly(command.weekly)
    owner = Practitioner(id=service.practitioner_id, practice_id=service.practice_id)
    hours = read_hours(hours_of(tx, owner.id, owner.practice_id))
    before, after = {service.id: service.hours(hours)}, {service.id: new.hours(hours)}
    return _answer(find_stranded(tx, owner, before, after, now=now), seen)


def _require_week(weekly: list[list[Window]] | None) -> None:
    errors: dict[str, str] = {}
    if weekly is not None:
        check_week(weekly, errors)
    if errors:
        raise Invalid("service_fields", "Some fields are not right.", fields=errors)


def _answer(found: list[Appointment], seen: Seen) -> contract.StrandedAppointments:
    return contract.StrandedAppointments(
        items=[calendar_entry(one, seen) for one in found[: contract.MOST_STRANDED]],
        total=len(found),
    )
