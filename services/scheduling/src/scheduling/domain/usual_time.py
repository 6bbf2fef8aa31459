"""When a client usually comes: a weekday and a time on the wall, from what there was before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.domain.slots import Calendar
from scheduling.domain.wall_time import Span, local_date, wall_instants

LOOKED_AT = 6
"""So many appointments of the service, the latest ones, tell what is usual."""

WEEKS_AHEAD = 26
"""So many weeks ahead it is looked for."""

_DAYS_A_WEEK = 7
_WEEK = timedelta(days=_DAYS_A_WEEK)
_MINUTE = timedelta(minutes=1)


def usual_time(starts: Sequence[datetime], zone: ZoneInfo) -> tuple[int, time] | None:
    """The weekday (0 is Monday) and wall time of most of `starts`; of equals that of the latest.

    Args:
        starts: of a client's appointments of one service, the latest first; aware UTC.
        zone: the practitioner's.

    Returns:
        None where there was no appointment.
    """
    walls = [start.astimezone(zone) for start in starts[:LOOKED_AT]]
    told = [(wall.weekday(), wall.time().replace(tzinfo=None)) for wall in walls]
    if not told:
        return None
    often = Counter(told)
    # `max` takes the first of equals, and the latest comes first.
    return max(often, key=lambda one: often[one])


def next_usual_start(
    calendar: Calendar,
    weekday: int,
    clock: time,
    *,
    within: Span,
    leaving_out: Container[datetime] = (),
) -> datetime | None:
    """The first start at the usual time inside `within` that the engine offers.

    Args:
        calendar: loaded for `within`.
        weekday: 0 is Monday.
        clock: on the practitioner's wall.
        within: at most half a year from now on is looked at.
        leaving_out: starts that are not offered.
    """
    wall = datetime.combine(_first_on(calendar, weekday), clock)
    for start in _candidates(wall, within, calendar.availability.zone):
        if start > calendar.now and start not in leaving_out and calendar.is_free(start):
            return start
    return None


def _first_on(calendar: Calendar, weekday: int) -> date:
    today = local_date(calendar.now, calendar.availability.zone)
    return today + timedelta(days=(weekday - today.weekday()) % _DAYS_A_WEEK)


def searched(now: datetime) -> Span:
    """The stretch that `next_usual_start` asks about."""
    return Span(now, now + WEEKS_AHEAD * _WEEK + _WEEK + _MINUTE)


def _candidates(wall: datetime, within: Span, zone: ZoneInfo) -> Iterator[datetime]:
    """The instants inside `within` of a time on the wall, and of the same in the weeks after it."""
    # A day less: a clock that was turned back over midnight shows a date again.
    passed = (local_date(within.start, zone) - wall.date()).days - 1
    for week in range(max(0, passed // _DAYS_A_WEEK), WEEKS_AHEAD):
        for start in wall_instants(wall + week * _WEEK, zone):
            if start >= within.end:
                return
            if start >= within.start:
                yield start
