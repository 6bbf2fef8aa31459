"""The month picker of free times: one month asked of scheduling, and the start that was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import falcon

from gateway.portal.month import (
    Month,
    first_of_month,
    last_of_month,
    read_day,
    read_month,
    shown_month,
)
from gateway.web.request_context import client_of, context_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.errors import NotFound
from portal_contracts.scheduling.rpc.appointments import OfferedService, PlaceKind
from portal_contracts.scheduling.rpc.booking import LIST_FREE_TIMES, FreeTimes, ListFreeTimes
from portal_contracts.wall_clock import zone_or_utc
from portal_contracts.zones import known_zone

UNKNOWN_ZONE = "UTC"
REAL_YEARS = range(2000, 3000)
"""Beyond them, turning an instant into wall time may leave the calendar altogether."""
TAKEN_CODES = frozenset({"slot_taken", "not_offered", "hold_expired"})
"""Refusals that mean: this time is not to be had, another may be."""


@dataclass(frozen=True)
class MonthChoice:
    """A month to choose from.

    Attributes:
        service: whose times these are.
        month: the times.
        zone_fixed: one meets at a place, whose zone is the only one that counts.
    """

    service: OfferedService
    month: Month
    zone_fixed: bool


def shown_zone(req: falcon.Request, sent: Submitted) -> str:
    """The zone times are shown in: the one chosen in `sent`, else the client's own."""
    own = client_of(req).client.timezone
    return known_zone(sent.text("tz")) or known_zone(own) or UNKNOWN_ZONE


def month_of_times(
    req: falcon.Request, service_id: UUID, path: str, *, moving: UUID | None = None
) -> MonthChoice:
    """The month that the address asks for; without one, the first that has times.

    Args:
        req: its query says ``month``, ``day`` and ``tz``.
        service_id: what is to be booked.
        path: of the page.
        moving: the appointment that is to be moved.

    Raises:
        PortalError: this client may not book the service, or scheduling cannot be asked now.
    """
    query = read_query(req)
    chosen, zone = known_zone(query.text("tz")), shown_zone(req, query)
    months = _MonthReader(req, service_id, moving)
    day = read_day(query.text("day"))
    asked_month = read_month(query.text("month")) or day
    first_on, free = months.read(asked_month, zone)
    fixed = free.service.place.kind is PlaceKind.ADDRESS
    if fixed and zone != free.service.timezone:
        chosen, zone = None, free.service.timezone
        first_on, free = months.read(asked_month, zone)
    if asked_month is None and not free.starts and free.next_start is not None:
        first_on, free = months.read(free.next_start.astimezone(zone_or_utc(zone)).date(), zone)
    if day is None or first_of_month(day) != first_on:
        day = free.starts[0].astimezone(zone_or_utc(zone)).date() if free.starts else None
    month = Month(
        path=path,
        first_on=first_on,
        today=context_of(req).now.astimezone(zone_or_utc(zone)).date(),
        zone=zone,
        chosen_zone=chosen,
        starts=free.starts,
        next_start=free.next_start,
        last_bookable_on=free.last_bookable_on,
        selected=day,
    )
    return MonthChoice(free.service, month, fixed)


def chosen_start(form: Submitted) -> datetime:
    """The time whose button was pressed.

    Raises:
        NotFound: no button of ours says this.
    """
    try:
        start = datetime.fromisoformat(form.text("starts_at"))
    except ValueError:
        start = None
    if start is None or start.tzinfo is None or start.year not in REAL_YEARS:
        raise NotFound("not_found", "This is no time that was offered.")
    return start


def key_for(form: Submitted, start: datetime) -> str:
    """The form's key for this one of its buttons: another time is another act."""
    return f"{form.key()}-{int(start.timestamp())}"


@dataclass(frozen=True)
class _MonthReader:
    req: falcon.Request
    service_id: UUID
    moving: UUID | None

    def read(self, asked_month: date | None, zone: str) -> tuple[date, FreeTimes]:
        """The month to show when `asked_month` is asked for, and its free times."""
        context = context_of(self.req)
        today = context.now.astimezone(zone_or_utc(zone)).date()
        first_on = shown_month(asked_month, today)
        free = context.backend.ask(
            LIST_FREE_TIMES,
            ListFreeTimes(
                service_id=self.service_id,
                first_on=max(first_on, today),
                last_on=last_of_month(first_on),
                timezone=zone,
                moving=self.moving,
            ),
        )
        return first_on, free
