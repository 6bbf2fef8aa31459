"""Booking a series for a client, and what there is of one.

All its rows are written in one transaction, each kind by one statement, and one event tells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from portal_chassis.authority.ownership import Client, own_practice
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc.series import (
    BookedSeries,
    BookSeries,
    GetSeries,
    Occurrence,
    ReviewSeries,
    SeriesDetails,
    SeriesReview,
)
from portal_contracts.text import paragraphs
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.series import SeriesRule, rule_of
from scheduling.domain.wall_time import Span
from scheduling.operations.bookable_services import require_service
from scheduling.operations.calendar import practice_appointment
from scheduling.operations.calendar_writes import (
    Planned,
    new_time,
    open_calendars,
    start_of_practice,
)
from scheduling.operations.chosen_practitioner import require_chosen_practitioner
from scheduling.operations.series_events import publish_series_booked
from scheduling.operations.series_heads import head_of
from scheduling.operations.series_planning import (
    SeriesCalendar,
    Wanted,
    as_mapping,
    may_break_rules,
    place,
    review,
    series_collides,
    stretch_of,
)
from scheduling.operations.slot_calendar import PLANNABLE, hours_of, load_calendar
from scheduling.storage import appointments, series_writes
from scheduling.storage import series as stored
from scheduling.storage.series_writes import NewSeat


def review_series(
    tx: Transaction, command: ReviewSeries, actor: Actor, *, now: datetime
) -> SeriesReview:
    """Which occurrences fit the calendar, and the nearest free time for each that does not.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``service_not_found``.
        Invalid: ``start_invalid``; ``series_invalid`` with what is wrong at each field.
    """
    service = _service_for(tx, command, actor)
    wanted, given = _wanted(tx, command, service, now=now)
    calendar = _calendar(tx, service, stretch_of(wanted, given), now=now)
    slots = review(wanted, lambda _one: calendar, given)
    return SeriesReview(timezone=calendar.timezone, minutes=service.fields.minutes, slots=slots)


def book_series(
    tx: Transaction,
    command: BookSeries,
    call: Call,
    sealer: Sealer,
    *,
    active: bool,
    now: datetime,
) -> BookedSeries:
    """Book all occurrences, or none. Publishes `SeriesBooked`; logged as ``series.booked``.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``service_not_found``.
        Invalid: ``start_invalid``; ``series_invalid`` with what is wrong at each field.
        Conflict: ``client_archived``; ``series_collides`` with a code for each slot.
    """
    service = _service_for(tx, command, call.actor)
    client = Client(id=command.client_id, practice_id=service.practice_id)
    if not active:
        raise Conflict("client_archived", "Nothing is booked for an archived client.")
    open_calendars(tx, service.practitioner_id, now=now)
    wanted, given = _wanted(tx, command, service, now=now)
    choices = given | as_mapping(command.choices)
    calendar = _calendar(tx, service, stretch_of(wanted, choices), now=now)
    despite = may_break_rules(command, wanted)
    placed = place(wanted, lambda _one: calendar, choices, despite=despite, now=now)
    seats = [
        NewSeat(new_id(), one.wanted.slot, new_time(service, Planned(one.span, calendar.timezone)))
        for one in placed
        if one.span is not None
    ]
    if not seats:
        raise Invalid("series_invalid", "Nothing is left.", fields={"choices": "nothing_left"})
    if message := paragraphs(command.message):
        seats = [_with_message(tx, one, message, client, sealer) for one in seats]
    series_id = _store(tx, seats, wanted[0].rule, service, client, now=now)
    publish_series_booked(
        tx, series_id, seats, client, call, without_mail=command.without_mail, now=now
    )
    return BookedSeries(series_id=series_id, appointment_ids=[one.id for one in seats])


def get_series(
    tx: Transaction, command: GetSeries, actor: Actor, *, now: datetime
) -> SeriesDetails:
    """The series of an appointment, and its appointments to come.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``appointment_not_found``; ``series_not_found``: it is of none.
    """
    require_permission(actor, Permission.APPOINTMENTS_READ)
    appointment = practice_appointment(tx, command.appointment_id, actor)
    if appointment.series is None:
        raise NotFound("series_not_found", "The appointment is of no series.")
    listed = appointments.of_series(tx, appointment.series.id)
    return SeriesDetails(
        client_id=appointment.client_id,
        head=head_of(appointment.series),
        to_come=[
            Occurrence(
                appointment_id=one.id,
                slot=one.series.slot,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                moved=one.starts_at not in one.series.rule.instants(one.series.slot)[:1],
            )
            for one in listed
            if one.series is not None and is_to_come(one, now)
        ],
    )


def is_to_come(appointment: Appointment, now: datetime) -> bool:
    """Whether it stands, and has not begun."""
    return appointment.status is BookingStatus.CONFIRMED and appointment.starts_at > now


def _service_for(
    tx: Transaction, command: ReviewSeries | BookSeries, actor: Actor
) -> BookableService:
    require_permission(actor, Permission.APPOINTMENTS_WRITE)
    service = require_service(tx, command.service_id, own_practice(actor)).lasting(command.minutes)
    require_chosen_practitioner(actor, service.practitioner_id, Permission.APPOINTMENTS_WRITE)
    return service


def _wanted(
    tx: Transaction, command: ReviewSeries | BookSeries, service: BookableService, *, now: datetime
) -> tuple[list[Wanted], dict[int, datetime | None]]:
    """The occurrences, and the first one's start where the rule means another instant."""
    start = start_of_practice(command.starts_at, now)
    timezone = hours_of(tx, service.practitioner_id, service.practice_id).timezone
    rule = rule_of(command.repeat, start, timezone, latest=now + PLANNABLE)
    given: dict[int, datetime | None] = {} if rule.instants(0)[0] == start else {0: start}
    return [Wanted(slot, rule) for slot in range(rule.slots)], given


def _calendar(
    tx: Transaction, service: BookableService, around: Span, *, now: datetime
) -> SeriesCalendar:
    loaded = load_calendar(tx, service, around=around, now=now, client=None, for_practice=True)
    return SeriesCalendar(loaded)


def _store(
    tx: Transaction,
    seats: list[NewSeat],
    rule: SeriesRule,
    service: BookableService,
    client: Client,
    *,
    now: datetime,
) -> UUID:
    series_id = new_id()
    taken = series_writes.take_all(tx, [one.time for one in seats], now=now)
    _require_all(seats, taken)
    stored.add(tx, series_id, client, rule, minutes=service.fields.minutes, now=now)
    series_writes.seat_all(tx, seats, client, series_id, now=now)
    return series_id


def _with_message(
    tx: Transaction, seat: NewSeat, message: str, client: Client, sealer: Sealer
) -> NewSeat:
    sealed = sealer.seal(tx, client.id, message, table="appointment", column="answer", row=seat.id)
    return replace(seat, answer=sealed)


def _require_all(seats: list[NewSeat], taken: set[UUID]) -> None:
    """The constraint has the last word, as for one appointment."""
    refused: Mapping[str, str] = {
        f"slots.{one.slot}": "taken" for one in seats if one.time.id not in taken
    }
    if refused:
        raise series_collides(refused)
