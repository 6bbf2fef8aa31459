"""Which occurrences of a series an act is about: from one on, or all that is to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.appointments import Closed
from portal_contracts.scheduling.rpc.series import SeriesScope
from scheduling.domain.appointments import Appointment, BookingStatus, SeriesPart
from scheduling.domain.series import SeriesRule
from scheduling.operations.calendar import practice_appointment
from scheduling.operations.calendar_writes import open_calendars
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.series import is_to_come
from scheduling.storage import appointments


@dataclass(frozen=True)
class Change:
    """What of a series an act is about.

    Attributes:
        series_id: which.
        rule: how it repeats until then.
        slot: of the occurrence that was named.
        first_slot: of the first one that changes.
        changing: those that do, by their slots.
        stays: whether one before them took place or will.
        left: how many are to come that do not change.
    """

    series_id: UUID
    rule: SeriesRule
    slot: int
    first_slot: int
    changing: list[Appointment]
    stays: bool
    left: int


def open_change(
    tx: Transaction,
    appointment_id: UUID,
    scope: SeriesScope,
    call: Call,
    *,
    now: datetime,
    cancels: bool = False,
) -> Change:
    """What changes, in calendars that nobody else writes to."""
    before = find_change(tx, appointment_id, scope, call.actor, now=now, cancels=cancels)
    # Calendars first and rows then, as whoever moves or cancels one appointment locks them.
    open_calendars(tx, *{one.practitioner_id for one in before.changing}, now=now)
    return find_change(
        tx, appointment_id, scope, call.actor, now=now, cancels=cancels, for_update=True
    )


def find_change(
    tx: Transaction,
    appointment_id: UUID,
    scope: SeriesScope,
    actor: Actor,
    *,
    now: datetime,
    cancels: bool = False,
    for_update: bool = False,
) -> Change:
    """What changes, as it is now; read and not yet written.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``; ``series_not_found``: it is of none.
        Conflict: ``move_closed`` or ``cancel_closed`` with ``over``: nothing of it is to come.
    """
    require_permission(actor, Permission.APPOINTMENTS_WRITE)
    named = practice_appointment(tx, appointment_id, actor)
    part = named.series
    if part is None:
        raise NotFound("series_not_found", "The appointment is of no series.")
    found = appointments.of_series(tx, part.id, for_update=for_update)
    listed = [(part_of(one), one) for one in found]
    first = part.slot if scope is SeriesScope.FOLLOWING else 0
    changing = [one for there, one in listed if there.slot >= first and is_to_come(one, now)]
    if not changing or (not cancels and not is_to_come(named, now)):
        raise _closed(cancels=cancels)
    for practitioner_id in {one.practitioner_id for one in changing}:
        require_chosen_practitioner(actor, practitioner_id, Permission.APPOINTMENTS_WRITE)
    first_slot = part_of(changing[0]).slot
    before = [one for there, one in listed if there.slot < first_slot]
    return Change(
        series_id=part.id,
        rule=part.rule,
        slot=part.slot,
        first_slot=first_slot,
        changing=changing,
        stays=any(one.status is BookingStatus.CONFIRMED for one in before),
        left=sum(is_to_come(one, now) for one in before),
    )


def part_of(appointment: Appointment) -> SeriesPart:
    """Its place in the series.

    Raises:
        LookupError: it is of none.
    """
    if appointment.series is None:
        message = f"the appointment {appointment.id} is of no series"
        raise LookupError(message)
    return appointment.series


def _closed(*, cancels: bool) -> Conflict:
    if cancels:
        return Conflict(
            "cancel_closed", "Nothing of it is to come.", fields={"appointment": str(Closed.OVER)}
        )
    return Conflict(
        "move_closed", "It is off, or has begun.", fields={"appointment": str(Closed.OVER)}
    )
