"""Appointments to come go over to another practitioner, at the times they have.

What is taken there stays where it is: a deferred look at the calendar would promise what it
cannot keep. A service that the other one has not is copied, and offered to no client by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace as said_anew

from portal_chassis.authority.ownership import own_practice
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.envelope import Event
from portal_contracts.identity_links.events import HandOverStarted
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.events import AppointmentsRetained, PractitionerReplaced
from portal_contracts.scheduling.rpc.handing_over import (
    AllToCome,
    HandedAppointment,
    HandOverReview,
    InTheWay,
    ReviewHandOver,
    ToCome,
)
from scheduling.domain.appointments import Appointment
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.hours import read_hours
from scheduling.domain.wall_time import Span
from scheduling.operations.appointment_events import log_handed_over
from scheduling.operations.bookable_services import require_service
from scheduling.operations.calendar_writes import open_calendars
from scheduling.operations.slot_calendar import PLANNABLE, hours_of
from scheduling.storage import (
    appointments,
    bookable_services,
    booked_times,
    busy,
    practitioners,
)

_LONGEST = timedelta(days=2)
"""Longer than any appointment: the longest of a service is a day."""


def count_to_come(tx: Transaction, actor: Actor, *, now: datetime) -> AllToCome:
    """How many appointments to come each practitioner of the practice has.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, Permission.TEAM_READ)
    counts = practitioners.count_to_come(tx, own_practice(actor), now=now)
    return AllToCome(
        items=[ToCome(practitioner_id=one, appointments=count) for one, count in counts.items()]
    )


def review_hand_over(
    tx: Transaction, command: ReviewHandOver, actor: Actor, *, now: datetime
) -> HandOverReview:
    """The appointments to come of one practitioner, and what keeps each from another's calendar.

    Raises:
        Forbidden: ``not_allowed``.
    """
    require_permission(actor, Permission.TEAM_WRITE)
    practice_id = own_practice(actor)
    listed = _to_come(tx, command.from_practitioner_id, practice_id, now=now)
    taker = command.to_practitioner_id
    hours = read_hours(hours_of(tx, taker, practice_id))
    elsewhere = _busy_elsewhere(tx, taker, practice_id, listed)
    items = []
    for one in listed:
        in_the_way = None
        if busy.appointment_in_the_way(tx, taker, one.blocked, now=now) is not None:
            in_the_way = InTheWay.TAKEN
        elif not hours.holds(Span(one.starts_at, one.ends_at)):
            in_the_way = InTheWay.OUTSIDE_HOURS
        items.append(
            HandedAppointment(
                id=one.id,
                client_id=one.client_id,
                title=one.title,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                timezone=one.timezone,
                in_the_way=in_the_way,
                in_series=one.series is not None,
                busy_elsewhere=any(one.blocked.overlaps(other) for other in elsewhere),
            )
        )
    return HandOverReview(items=items)


def _busy_elsewhere(
    tx: Transaction, practitioner_id: UUID, practice_id: UUID, listed: list[Appointment]
) -> tuple[Span, ...]:
    """When a practitioner is busy elsewhere around `listed`, of which the next comes first."""
    if not listed:
        return ()
    within = Span(listed[0].blocked.start, max(one.blocked.end for one in listed))
    return busy.busy_elsewhere_of(tx, practitioner_id, within, practice_id=practice_id)


def hand_over_appointments(tx: Transaction, event: Event[HandOverStarted], *, now: datetime) -> int:
    """Hand appointments over as identity-links tells; how many went over.

    Each client of them is told by one mail: publishes `PractitionerReplaced`. Whoever keeps an
    appointment with a client goes on seeing her: publishes `AppointmentsRetained`. Logged as
    ``appointment.handed_over``.
    """
    data, practice_id = event.data, event.practice_id
    giver, taker = data.from_practitioner_id, data.to_practitioner_id
    open_calendars(tx, giver, taker, now=now)
    listed = _to_come(tx, giver, practice_id, now=now)
    going = [one for one in listed if _goes(one, data)]
    staying = {one.booked_time_id for one in listed} - {one.booked_time_id for one in going}
    services: dict[UUID, UUID] = {}
    gone = []
    for one in going:
        if one.service_id not in services:
            services[one.service_id] = _service_of(tx, one, taker, practice_id, now=now)
        service_id = services[one.service_id]
        # Others who sit on the same time and do not go keep it where it is.
        if one.booked_time_id not in staying and booked_times.hand_over(
            tx, one.booked_time_id, taker, service_id, now=now
        ):
            gone.append(replace(one, practitioner_id=taker, service_id=service_id))
    for one in gone:
        log_handed_over(tx, one, event, now=now)
    for client_id in dict.fromkeys(one.client_id for one in gone):
        _tell(tx, PractitionerReplaced(client_id=client_id, practitioner_id=taker), event, now=now)
    gone_ids = {one.id for one in gone}
    left = [one for one in listed if _is_wanted(one, data) and one.id not in gone_ids]
    for client_id in dict.fromkeys(one.client_id for one in left):
        _tell(tx, AppointmentsRetained(client_id=client_id, practitioner_id=giver), event, now=now)
    return len(gone)


def _tell(
    tx: Transaction,
    data: PractitionerReplaced | AppointmentsRetained,
    event: Event[HandOverStarted],
    *,
    now: datetime,
) -> None:
    outbox.record(
        tx,
        data,
        practice_id=event.practice_id,
        aggregate=("appointments_handed_over", data.client_id),
        actor=event.actor,
        request_id=event.request_id,
        now=now,
    )


def _to_come(
    tx: Transaction, practitioner_id: UUID, practice_id: UUID, *, now: datetime
) -> list[Appointment]:
    """The planned appointments with a practitioner that have not ended, the next first."""
    listed = appointments.in_calendar(
        tx,
        practitioner_id,
        practice_id=practice_id,
        starts_from=now - _LONGEST,
        starts_before=now + PLANNABLE + _LONGEST,
        with_cancelled=False,
    )
    return [one for one in listed if one.ends_at > now]


def _goes(one: Appointment, data: HandOverStarted) -> bool:
    return _is_wanted(one, data) and one.id not in data.left_appointment_ids


def _is_wanted(one: Appointment, data: HandOverStarted) -> bool:
    return data.client_ids is None or one.client_id in data.client_ids


def _service_of(
    tx: Transaction, one: Appointment, taker: UUID, practice_id: UUID, *, now: datetime
) -> UUID:
    """A service of the taker's like the one an appointment is of; made where there is none."""
    service = require_service(tx, one.service_id, practice_id)
    theirs = bookable_services.of_practitioner(
        tx, taker, practice_id=practice_id, with_archived=True
    )
    for like in _alike(service, theirs):
        return like.id
    copied = replace(
        service,
        id=new_id(),
        practitioner_id=taker,
        version=1,
        archived=False,
        practitioner_left=False,
        fields=said_anew(service.fields, self_scheduling=False),
    )
    bookable_services.add(tx, copied, now=now)
    return copied.id


def _alike(
    service: BookableService, theirs: Iterable[BookableService]
) -> Iterable[BookableService]:
    """Those of the same title and length, the ones in use first."""
    said = (service.fields.title.casefold(), service.fields.minutes)
    found = [one for one in theirs if (one.fields.title.casefold(), one.fields.minutes) == said]
    return sorted(found, key=lambda one: one.archived)
