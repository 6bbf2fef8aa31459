"""What a client chooses a time from, answered at once: the booking page asks nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from portal_chassis.authority.ownership import require_client
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.scheduling.rpc.appointments import OfferedService, Place, PlaceKind
from portal_contracts.scheduling.rpc.choosing import BrowsedTimes, BrowseTimes
from scheduling.domain.hours import read_hours
from scheduling.domain.slots import Calendar
from scheduling.domain.wall_time import Span, local_date
from scheduling.operations.asked_times import (
    Asked,
    asked_about,
    asked_zone,
    beginning_of,
    last_bookable_on,
    next_start,
    next_starts,
)
from scheduling.operations.bookable_services import as_offered
from scheduling.operations.booking_limits import limit_reached
from scheduling.operations.slot_calendar import hours_of
from scheduling.operations.usual_times import NEAR, usual_start
from scheduling.storage import bookable_services

SOONEST = 3
"""So many of the next free starts are told."""

FARTHEST = timedelta(days=731)
"""How far ahead months are shown where the service sets no limit."""

_WEEK = timedelta(days=7)


def browse_times(
    tx: Transaction, command: BrowseTimes, actor: Actor, *, now: datetime
) -> BrowsedTimes:
    """A month of free starts, the soonest, and the usual one; see `BrowsedTimes`.

    The calendar is loaded once where the month is near and has times.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``service_not_found``: also one the client may not book;
            ``appointment_not_found``: the client has no such appointment of this service.
        Invalid: ``range_invalid`` with ``timezone``: ``unknown_timezone``.
    """
    client, zone = require_client(actor), asked_zone(command.timezone)
    view = _view(tx, command, actor, zone, now=now)
    moves = view.asked.moved is not None
    limit = None if moves else limit_reached(tx, client, now=now)
    soonest = [] if limit else _soonest(tx, view)
    month = _month(command.month, soonest, view)
    starts = _starts_of(tx, view, month) if soonest else []
    asked = view.asked
    return BrowsedTimes(
        service=_offered(view),
        timezone=view.zone.key,
        first_on=month,
        starts=starts,
        next_start=_after(tx, view, month, soonest) if soonest and not starts else None,
        soonest=soonest,
        usual=usual_start(tx, asked, client, view.calendar, view.near) if soonest else None,
        last_bookable_on=last_bookable_on(view.calendar, view.zone),
        has_others=not moves and bookable_services.any_other_open_to(tx, client, asked.service.id),
        limit=limit,
    )


@dataclass(frozen=True)
class _View:
    """What is asked about, in the zone it is shown in, with the calendar of what is near."""

    asked: Asked
    zone: ZoneInfo
    calendar: Calendar
    near: Span

    def starts(self, tx: Transaction, within: Span) -> list[datetime]:
        """The free starts inside `within`, from the calendar at hand where it reaches so far."""
        is_near = self.near.start <= within.start and within.end <= self.near.end
        calendar = self.calendar if is_near else self.asked.calendar(tx, within)
        return self.asked.plain(calendar, within)


def _view(
    tx: Transaction, command: BrowseTimes, actor: Actor, zone: ZoneInfo, *, now: datetime
) -> _View:
    asked = asked_about(tx, command.service_id, command.moving, actor, now=now)
    service = asked.service
    hours = read_hours(hours_of(tx, service.practitioner_id, service.practice_id))
    asked, near = replace(asked, availability=hours), Span(now, now + NEAR)
    place = service.fields.place_kind if asked.moved is None else asked.moved.place_kind
    if place is PlaceKind.ADDRESS:
        zone = hours.zone
    return _View(asked, zone, asked.calendar(tx, near), near)


def _offered(view: _View) -> OfferedService:
    """The service; of an appointment that is moved, one meets where that was booked."""
    offered = as_offered(view.asked.service, view.calendar.availability.zone.key)
    moved = view.asked.moved
    if moved is None:
        return offered
    is_video = moved.place_kind is PlaceKind.VIDEO
    place = Place(kind=moved.place_kind, text="" if is_video else moved.place)
    return msgspec.structs.replace(offered, place=place)


def _soonest(tx: Transaction, view: _View) -> list[datetime]:
    """The first free starts, a week after the other; only where none is near from farther on."""
    found: list[datetime] = []
    begin = view.near.start
    while begin < view.near.end and len(found) < SOONEST:
        end = min(begin + _WEEK, view.near.end)
        found += view.starts(tx, Span(begin, end))
        begin = end
    found = found or next_starts(tx, view.asked, view.calendar, begin=view.near.end)
    return found[:SOONEST]


def _month(asked_for: date | None, soonest: Sequence[datetime], view: _View) -> date:
    """The first day of the month to show, from the first that has times to the last that may."""
    today = local_date(view.asked.now, view.zone)
    first = local_date(soonest[0], view.zone) if soonest else today
    last = last_bookable_on(view.calendar, view.zone) or date.max
    shown = first if asked_for is None else max(first, min(asked_for, last, today + FARTHEST))
    return shown.replace(day=1)


def _starts_of(tx: Transaction, view: _View, month: date) -> list[datetime]:
    begin = max(beginning_of(month, view.zone), view.asked.now)
    end = beginning_of(_month_after(month), view.zone)
    return view.starts(tx, Span(begin, end))


def _after(
    tx: Transaction, view: _View, month: date, soonest: Sequence[datetime]
) -> datetime | None:
    """The first free start after a month that has none."""
    last = _month_after(month) - timedelta(days=1)
    if local_date(soonest[0], view.zone) > last:
        return soonest[0]
    return next_start(tx, view.asked, view.calendar, after=last, zone=view.zone)


def _month_after(month: date) -> date:
    return (month + NEAR).replace(day=1)
