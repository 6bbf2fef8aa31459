"""What the slot engine is asked about: a practitioner's calendar for one service.

Listing, holding, booking and moving all load it here, so nothing is offered
that booking refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from portal_chassis.authority.ownership import Client
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.availability import Availability as SaidAvailability
from scheduling.domain.appointments import Appointment
from scheduling.domain.availability import Availability
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.hours import closed_hours, read_hours
from scheduling.domain.service_rules import ServiceRules
from scheduling.domain.slots import Calendar
from scheduling.domain.wall_time import Span, local_date
from scheduling.storage import availability as stored_availability
from scheduling.storage import busy

NO_ZONE = "UTC"
"""The zone of whoever never said one."""

PLANNABLE = timedelta(days=10 * 366)
"""Farther from now than this nothing is free, whatever a service's rules say."""

REACH = timedelta(days=4)
"""Farther from a start nothing matters to it but caps: a day's grid, a length, two buffers."""


def load_calendar(
    tx: Transaction,
    service: BookableService,
    *,
    around: Span,
    now: datetime,
    client: Client | None,
    leaving_out: Sequence[UUID] = (),
    for_practice: bool = False,
    availability: Availability | None = None,
) -> Calendar:
    """All that decides about starts of `service` inside `around`.

    Bounded queries, however long the past is. The client's own hold is not in the way.

    Args:
        tx: a transaction.
        service: the service that is booked.
        around: the starts that will be asked about.
        now: aware UTC instant.
        client: for whom; None is anyone to whom the service is open.
        leaving_out: the appointments that are moved; whether the service is
            offered at all, and to whom, does not matter then.
        for_practice: whether or not clients may book by themselves; the rules that bind
            clients are there, for the practice to be told.
        availability: these hours instead of the stored ones.
    """
    if availability is None:
        availability = read_hours(hours_of(tx, service.practitioner_id, service.practice_id))
    availability = service.hours(availability)
    rules = _rules(service, client, for_practice=for_practice)
    if leaving_out and not service.practitioner_left:
        # A move is no request either: it needs no time to be answered.
        rules = replace(rules, self_scheduling=True, client_allowed=True, min_notice=service.notice)
    ignored = busy.Ignored(
        holds_of=None if client is None else client.id, appointment_ids=tuple(leaving_out)
    )
    within = looked_at(around, rules, availability)
    booked, elsewhere = busy.taken_between(
        tx,
        service.practitioner_id,
        within,
        service_id=service.id,
        ignored=ignored,
        now=now,
    )
    return Calendar(availability, rules, booked, elsewhere, now=now)


def as_booked(calendar: Calendar, appointment: Appointment) -> Calendar:
    """The same calendar for an appointment that is moved: it keeps its length and buffers."""
    rules = replace(
        calendar.rules,
        duration=appointment.ends_at - appointment.starts_at,
        buffer_before=appointment.buffer_before,
        buffer_after=appointment.buffer_after,
    )
    return replace(calendar, rules=rules)


def hours_of(tx: Transaction, practitioner_id: UUID, practice_id: UUID) -> SaidAvailability:
    """A practitioner's hours; closed ones before they were ever saved."""
    stored = stored_availability.find(tx, practitioner_id, practice_id=practice_id)
    return closed_hours(NO_ZONE) if stored is None else stored.hours


def _rules(service: BookableService, client: Client | None, *, for_practice: bool) -> ServiceRules:
    if for_practice:
        return service.rules_for_practice()
    return service.rules_for_clients(None if client is None else client.id)


def looked_at(around: Span, rules: ServiceRules, availability: Availability) -> Span:
    """The stretch whose appointments matter: caps count the whole weeks and months touched."""
    first = local_date(around.start - REACH, availability.zone)
    last = local_date(around.end + REACH, availability.zone)
    if rules.max_per_week is not None:
        first -= timedelta(days=first.weekday())
        last += timedelta(days=7 - last.weekday())
    if rules.max_per_month is not None:
        first, last = first.replace(day=1), _next_month(last)
    # A day more on each side: dates in the practitioner's zone begin and end beside those in UTC.
    day = timedelta(days=1)
    return Span(_midnight(first - day), _midnight(last + 2 * day))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
