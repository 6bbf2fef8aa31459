"""Which times are free."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor
from portal_contracts.errors import Invalid
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc import availability as availability_contract
from portal_contracts.scheduling.rpc import free_times as contract
from portal_contracts.scheduling.rpc.appointments import LONGEST_RANGE_DAYS
from portal_contracts.scheduling.rpc.availability import WhyNot
from scheduling.domain.hours import check_availability
from scheduling.domain.wall_time import Span, local_date
from scheduling.operations.asked_times import (
    FARTHEST,
    Asked,
    asked_about,
    asked_zone,
    last_bookable_on,
    next_start,
    steps,
)
from scheduling.operations.bookable_services import (
    as_offered,
    own_service,
)
from scheduling.operations.slot_calendar import NO_ZONE, PLANNABLE

_NEAR = (timedelta(days=7), timedelta(days=31), timedelta(days=92))
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def list_free_times(
    tx: Transaction, command: contract.ListFreeTimes, actor: Actor, *, now: datetime
) -> contract.FreeTimes:
    """The free starts whose date in the asked zone lies in the range, for booking as they are.

    The practice is told of those that break rules for clients too, and which rules.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``: also one the client may not book;
            ``appointment_not_found``: the client has no such appointment of this service.
        Invalid: ``range_too_long``; ``range_invalid`` with ``timezone``:
            ``unknown_timezone`` or ``last_on``: ``order``; ``length_invalid``.
    """
    zone = _checked_range(command)
    asked = asked_about(tx, command.service_id, command.moving, actor, now=now)
    if asked.for_practice:
        asked = replace(asked, service=asked.service.lasting(command.minutes))
    first = max(command.first_on, local_date(now, zone) - _DAY)
    last = min(command.last_on, local_date(now + PLANNABLE, zone))
    # With nothing left of the range the calendar is still asked for its zone and its last date.
    around = _wide(first, max(first, last)) if first <= last else Span(now, now + _MINUTE)
    calendar = asked.calendar(tx, around)
    free = [
        (start, broken)
        for start, broken in (asked.free(calendar, around) if first <= last else [])
        if first <= local_date(start, zone) <= last
    ]
    starts = [start for start, broken in free if not broken]
    return contract.FreeTimes(
        service=as_offered(asked.service, calendar.availability.zone.key),
        starts=starts,
        next_start=None if starts else next_start(tx, asked, calendar, after=last, zone=zone),
        last_bookable_on=last_bookable_on(calendar, zone),
        despite=[
            contract.StartDespite(starts_at=start, breaks=[WhyNot(rule) for rule in broken])
            for start, broken in free
            if broken
        ],
    )


def nearest_times(
    tx: Transaction, command: contract.NearestTimes, actor: Actor, *, now: datetime
) -> contract.NearestFreeTimes:
    """The free starts nearest to an instant, in order of time.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found`` or ``appointment_not_found``, as for a list.
    """
    asked = asked_about(tx, command.service_id, command.moving, actor, now=now)
    around = min(max(command.around, now), now + PLANNABLE).astimezone(UTC)
    starts: list[datetime] = []
    timezone = NO_ZONE
    for reach in _NEAR:
        within = Span(max(now, around - reach), around + reach)
        calendar = asked.calendar(tx, within)
        starts, timezone = asked.plain(calendar, within), calendar.availability.zone.key
        if len(starts) >= command.limit:
            break
    nearest = sorted(starts, key=lambda start: (abs(start - around), start))[: command.limit]
    met = asked.service.fields if asked.moved is None else asked.moved
    return contract.NearestFreeTimes(
        starts=sorted(nearest), timezone=timezone, place_kind=met.place_kind
    )


def preview_times(
    tx: Transaction, command: availability_contract.PreviewTimes, actor: Actor, *, now: datetime
) -> availability_contract.Times:
    """The next times that clients would be offered, by stored hours or by those given.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``.
        Invalid: ``availability_fields``.
    """
    service = own_service(tx, command.service_id, actor, Permission.APPOINTMENTS_READ)
    given = command.availability
    hours = None if given is None else check_availability(given)
    asked = Asked(
        service=service,
        client=None,
        moved=None,
        for_practice=False,
        now=now,
        availability=hours,
    )
    starts: list[datetime] = []
    timezone = NO_ZONE
    for within in steps(now, now + FARTHEST):
        calendar = asked.calendar(tx, within)
        timezone = calendar.availability.zone.key
        starts += calendar.free_starts(within)
        if len(starts) >= command.limit:
            break
    return availability_contract.Times(starts=starts[: command.limit], timezone=timezone)


def _checked_range(command: contract.ListFreeTimes) -> ZoneInfo:
    zone = asked_zone(command.timezone)
    if command.last_on < command.first_on:
        raise Invalid("range_invalid", "It ends before it starts.", fields={"last_on": "order"})
    if (command.last_on - command.first_on).days >= LONGEST_RANGE_DAYS:
        raise Invalid(
            "range_too_long",
            f"At most {LONGEST_RANGE_DAYS} days are asked for.",
            fields={"last_on": "too_long"},
        )
    return zone


def _wide(first: date, last: date) -> Span:
    """The dates and a day more on each side: they begin at other instants in other zones."""
    return Span(_midnight(first - _DAY), _midnight(last + 2 * _DAY))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
