"""The picker of free times, all of it asked of scheduling at once, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import falcon

from gateway.portal.month import Month, first_of_month, read_day, read_month
from gateway.web.request_context import client_of, context_of
from gateway.web.submitted import Submitted, read_query
from portal_contracts.errors import NotFound
from portal_contracts.scheduling.rpc.appointments import OfferedService, PlaceKind
from portal_contracts.scheduling.rpc.choosing import BROWSE_TIMES, BrowsedTimes, BrowseTimes
from portal_contracts.wall_clock import zone_or_utc
from portal_contracts.zones import known_zone

UNKNOWN_ZONE = "UTC"
REAL_YEARS = range(2000, 3000)
"""Beyond them, turning an instant into wall time may leave the calendar altogether."""
TAKEN_CODES = frozenset({"slot_taken", "not_offered", "hold_expired"})
"""Refusals that mean: this time is not to be had, another may be."""


@dataclass(frozen=True)
class TimeChoice:
    """All that a time is chosen from.

    Attributes:
        service: whose times these are.
        month: the times of a month.
        soonest: the next free starts.
        usual: the next one at the client's usual time, if any.
        own_zone: the client's.
        zone_fixed: one meets at a place, whose zone is the only one that counts.
        has_others: there are other services to book.
        limit: code of the `BookingLimit` that keeps the client from booking, or None.
    """

    service: OfferedService
    month: Month
    soonest: Sequence[datetime]
    usual: datetime | None
    own_zone: str
    zone_fixed: bool
    has_others: bool = False
    limit: str | None = None


def own_zone(req: falcon.Request) -> str:
    """The zone of the client who asks."""
    return known_zone(client_of(req).client.timezone) or UNKNOWN_ZONE


def shown_zone(req: falcon.Request, sent: Submitted) -> str:
    """The zone times are shown in: the one chosen in `sent`, else the client's own."""
    return known_zone(sent.text("tz")) or own_zone(req)


def times_to_choose(
    req: falcon.Request, service_id: UUID, path: str, *, moving: UUID | None = None
) -> TimeChoice:
    """The times of the month that the address asks for; without one, of the first that has some.

    Args:
        req: its query says ``month``, ``day`` and ``tz``.
        service_id: what is to be booked.
        path: of the page.
        moving: the appointment that is to be moved.

    Raises:
        PortalError: this client may not book the service, or scheduling cannot be asked now.
    """
    query = read_query(req)
    day = read_day(query.text("day"))
    found = context_of(req).backend.ask(
        BROWSE_TIMES,
        BrowseTimes(
            service_id=service_id,
            timezone=shown_zone(req, query),
            month=read_month(query.text("month")) or day,
            moving=moving,
        ),
    )
    fixed = found.service.place.kind is PlaceKind.ADDRESS
    return TimeChoice(
        service=found.service,
        month=_month(
            found,
            path=path,
            today=context_of(req).now.astimezone(zone_or_utc(found.timezone)).date(),
            chosen_zone=None if fixed else known_zone(query.text("tz")),
            day=day,
        ),
        soonest=found.soonest,
        usual=found.usual,
        own_zone=own_zone(req),
        zone_fixed=fixed,
        has_others=found.has_others,
        limit=found.limit,
    )


def _month(
    found: BrowsedTimes, *, path: str, today: date, chosen_zone: str | None, day: date | None
) -> Month:
    def local(start: datetime) -> date:
        return start.astimezone(zone_or_utc(found.timezone)).date()

    if day is None or first_of_month(day) != found.first_on:
        day = local(found.starts[0]) if found.starts else None
    return Month(
        path=path,
        first_on=found.first_on,
        today=today,
        zone=found.timezone,
        chosen_zone=chosen_zone,
        starts=found.starts,
        next_start=found.next_start,
        earliest_on=local(found.soonest[0]) if found.soonest else today,
        last_bookable_on=found.last_bookable_on,
        selected=day,
    )


def chosen_start(form: Submitted, name: str = "starts_at") -> datetime:
    """The time whose button was pressed, or that the field `name` says.

    Raises:
        NotFound: no button of ours says this.
    """
    try:
        start = datetime.fromisoformat(form.text(name))
    except ValueError:
        start = None
    if start is None or start.tzinfo is None or start.year not in REAL_YEARS:
        raise NotFound("not_found", "This is no time that was offered.")
    return start


def key_for(form: Submitted, start: datetime) -> str:
    """The form's key for this one of its buttons: another time is another act."""
    return f"{form.key()}-{int(start.timestamp())}"
