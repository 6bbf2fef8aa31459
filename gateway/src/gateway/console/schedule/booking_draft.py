"""What is said so far of an appointment that is to be booked, and what can be chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import falcon

from gateway.console.chosen_practitioner import ChosenPractitioner, chosen_practitioner
from gateway.console.clients.client_choice import ClientChoice, choose_client
from gateway.console.schedule import time_choice
from gateway.console.schedule.calendar_address import inside
from gateway.console.schedule.repeat_fields import REPEAT_FIELDS
from gateway.console.schedule.time_choice import TYPED_TIME
from gateway.web.request_context import context_of, practitioner_of
from gateway.web.submitted import Submitted
from gateway.words.filters import machine_time
from gateway.words.wall_time import local_date, read_date
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CLIENT_APPOINTMENTS,
    ListClientAppointments,
)
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES, FreeTimes, ListFreeTimes
from portal_contracts.scheduling.rpc.services import LIST_SERVICES, BookableService, ListServices
from portal_contracts.wall_clock import zone_or_utc

MORE_FIELDS: Final = {"minutes": "", "message": "", "without_mail": ""}
"""What is folded away besides how it repeats, and what it holds at first."""

_NEAREST_DAYS: Final = 3
_LOOKED_THROUGH: Final = timedelta(days=13)
_LAST_OF_CLIENT: Final = 10


class DayOfTimes(NamedTuple):
    """A day and its free starts, each with whether it breaks a rule that binds clients."""

    on: date
    starts: list[tuple[datetime, bool]]


@dataclass(frozen=True)
class BookingDraft:
    """The form as it is chosen and typed so far.

    Attributes:
        person: whose calendar.
        client: who comes.
        services: what can be booked there; None while that cannot be said.
        service: the one that is chosen; None where there is none.
        preset: that nobody chose it: it was the client's last one, or the first of the list.
        day: the day whose times are asked for; None: the nearest ones are shown.
        typed_day: as it was typed, where that is no date; else empty.
        days: the days with their times; None while they cannot be had.
        later: the day after those that are shown.
        zone: in which they are.
        typed: the time that is chosen or typed.
    """

    person: ChosenPractitioner
    client: ClientChoice
    services: list[BookableService] | None
    service: BookableService | None
    preset: bool
    day: date | None
    typed_day: str
    days: list[DayOfTimes] | None
    later: date
    zone: str
    typed: dict[str, str]

    @property
    def client_id(self) -> UUID | None:
        """Whose appointment it will be."""
        return self.client.chosen.id if self.client.chosen else None


def read_draft(req: falcon.Request, sent: Submitted, *, books: bool = False) -> BookingDraft:
    """The draft that an address or a form says.

    Args:
        req: the request.
        sent: what was chosen and typed.
        books: it is booked as it stands, so that nothing is preset which the form did not show.

    Raises:
        PortalError: the service is no longer there, or not for this actor.
    """
    person = chosen_practitioner(req, sent)
    whose = None if person.own else person.practitioner_id
    part = context_of(req).backend.part(LIST_SERVICES, ListServices(practitioner_id=whose))
    client = choose_client(req, sent, practitioner_id=whose)
    listed = part.get_unless_refused()
    services = None if listed is None else listed.items
    service, preset = _service(req, sent, services or [], client, books=books)
    today = local_date(context_of(req).now, practitioner_of(req).practice.timezone)
    day = read_date(sent.text("go")) or read_date(sent.text("day") or sent.text("date"))
    day = None if day is None else inside(day)
    zone, days, later = practitioner_of(req).practice.timezone, None, today
    if service is not None:
        zone, times = _times(req, service, day or today, _length(sent), only=day is not None)
        days = None if times is None else _by_day(times, zone, day)
        later = (day or (days[-1].on if days else today)) + timedelta(days=1)
    return BookingDraft(
        person=person,
        client=client,
        services=services,
        service=service,
        preset=preset,
        day=day,
        typed_day=sent.text("day") if day is None else "",
        days=days,
        later=later,
        zone=zone,
        typed=_typed(sent, day, days, zone),
    )


def read_minutes(sent: Submitted) -> int | None:
    """The length that was typed; None: the service's.

    Raises:
        Invalid: ``invalid_fields``: it is no number.
    """
    if not sent.text("minutes"):
        return None
    minutes = sent.number("minutes")
    if minutes is None:
        raise Invalid("invalid_fields", "No length.", fields={"minutes": "minutes_invalid"})
    return minutes


def more_is_said(sent: Submitted, errors: dict[str, str]) -> bool:
    """Whether something of what is folded away is filled in, or wrong."""
    first = {**MORE_FIELDS, **REPEAT_FIELDS}
    return any(name in errors for name in first) or sent.values(first) != first


def _length(sent: Submitted) -> int | None:
    """The length by which times are looked for, as far as one was typed that can be one."""
    minutes = sent.number("minutes")
    return minutes if minutes and 1 <= minutes <= 24 * 60 else None


def _service(
    req: falcon.Request,
    sent: Submitted,
    services: list[BookableService],
    client: ClientChoice,
    *,
    books: bool,
) -> tuple[BookableService | None, bool]:
    """The service that was chosen; else the client's last one; and whether it was not chosen."""
    asked = next((one for one in services if one.id == sent.uuid("service_id")), None)
    preset = asked is not None and sent.text("service_preset") == str(asked.id)
    if asked is not None and (books or not preset):
        return asked, preset
    if books:
        return None, False
    if not services or client.chosen is None:
        return (services[0] if services else None), True
    last = ListClientAppointments(
        client_id=client.chosen.id, upcoming_only=False, limit=_LAST_OF_CLIENT
    )
    found = context_of(req).backend.part(LIST_CLIENT_APPOINTMENTS, last).get()
    by_id: dict[UUID | None, BookableService] = {one.id: one for one in services}
    had = [by_id[one.service_id] for one in found.items if one.service_id in by_id] if found else []
    return (had[0] if had else asked or services[0]), True


def _times(
    req: falcon.Request, service: BookableService, first: date, minutes: int | None, *, only: bool
) -> tuple[str, FreeTimes | None]:
    """The free times from a day on, in the practitioner's zone; of that day `only`."""
    zone = practitioner_of(req).practice.timezone
    last = first if only else first + _LOOKED_THROUGH
    found = _ask(req, service, first, last, zone, minutes)
    if found is not None and found.service.timezone != zone:
        zone = found.service.timezone
        found = _ask(req, service, first, last, zone, minutes)
    if found is not None and not only and not found.starts and found.next_start is not None:
        next_on = local_date(found.next_start, zone)
        found = _ask(req, service, next_on, next_on, zone, minutes)
    return zone, found


def _ask(
    req: falcon.Request,
    service: BookableService,
    first: date,
    last: date,
    zone: str,
    minutes: int | None,
) -> FreeTimes | None:
    asked = ListFreeTimes(
        service_id=service.id, first_on=first, last_on=last, timezone=zone, minutes=minutes
    )
    return context_of(req).backend.part(LIST_FREE_TIMES, asked).get_unless_refused()


def _by_day(times: FreeTimes, zone: str, day: date | None) -> list[DayOfTimes]:
    """The nearest days with what breaks no rule; of a day that was asked for everything free."""
    starts = [(start, False) for start in times.starts]
    if day is not None:
        starts += [(one.starts_at, True) for one in times.despite]
    days: dict[date, list[tuple[datetime, bool]]] = {}
    for start, breaks in sorted(starts):
        days.setdefault(local_date(start, zone), []).append((start, breaks))
    return [DayOfTimes(on, found) for on, found in list(days.items())[:_NEAREST_DAYS]]


def _typed(
    sent: Submitted, day: date | None, days: list[DayOfTimes] | None, zone: str
) -> dict[str, str]:
    """The time that was chosen or typed; that an address says is chosen where it is free."""
    typed = time_choice.typed(sent)
    clock = sent.text("time")
    if not clock or day is None or typed["start"]:
        return typed
    free = [start for one in days or [] for start, _breaks in one.starts]
    wall = zone_or_utc(zone)
    meant = [one for one in free if f"{one.astimezone(wall):%Y-%m-%d %H:%M}" == f"{day} {clock}"]
    if meant:
        return typed | {"start": machine_time(meant[0])}
    return typed | {"start": TYPED_TIME, "on": day.isoformat(), "at": clock}
