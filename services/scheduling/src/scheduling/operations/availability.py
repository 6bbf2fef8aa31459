"""Availability: when a practitioner works."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from portal_chassis.authority.ownership import Practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.changes import changed
from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc import availability as contract
from scheduling.domain.hours import check_availability, closed_hours, read_hours
from scheduling.operations.slot_calendar import NO_ZONE
from scheduling.operations.stranding import hours_by_service, refuse_stranding
from scheduling.storage import availability, practitioners
from scheduling.storage.locks import lock_practitioners


def get_availability(
    tx: Transaction, practitioner: Practitioner, *, now: datetime
) -> contract.StoredAvailability:
    """A practitioner's hours; version 0 and closed days before they were ever saved."""
    stored = availability.find(tx, practitioner.id, practice_id=practitioner.practice_id)
    return contract.StoredAvailability(
        practitioner_id=practitioner.id,
        version=0 if stored is None else stored.version,
        availability=closed_hours(NO_ZONE) if stored is None else stored.hours,
        to_come=practitioners.count_to_come(
            tx, practitioner.practice_id, now=now, practitioner_id=practitioner.id
        ).get(practitioner.id, 0),
    )


def save_availability(
    tx: Transaction,
    command: contract.SaveAvailability,
    practitioner: Practitioner,
    *,
    now: datetime,
) -> contract.AvailabilityChanged:
    """Change a practitioner's hours. Booked times stay, also outside of the new ones.

    Raises:
        Conflict: ``stale_version``: someone else saved meanwhile; ``strands_appointments``:
            some would lie outside of them, and that was not to be.
        Invalid: ``availability_fields``.
    """
    stored = availability.find(tx, practitioner.id, practice_id=practitioner.practice_id)
    present = closed_hours(NO_ZONE) if stored is None else stored.hours
    said = changed(present, command.availability)
    checked = check_availability(said, stored.hours.timezone if stored else None)
    hours = replace(said, timezone=checked.zone.key)
    if command.unless_stranded:
        lock_practitioners(tx, practitioner.id)
        before = hours_by_service(tx, practitioner, read_hours(present))
        after = hours_by_service(tx, practitioner, checked)
        refuse_stranding(tx, practitioner, before, after, now=now)
    if command.version == 0:
        saved = availability.add(
            tx, practitioner.id, hours, practice_id=practitioner.practice_id, now=now
        )
    else:
        saved = availability.change(
            tx,
            practitioner.id,
            hours,
            practice_id=practitioner.practice_id,
            version=command.version,
            now=now,
        )
    if not saved:
        raise Conflict("stale_version", "Someone else changed it meanwhile.")
    return contract.AvailabilityChanged(version=command.version + 1)
