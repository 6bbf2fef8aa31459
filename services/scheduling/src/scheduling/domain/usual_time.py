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

_WEEK = timedelta(days=7)
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
    zone = calendar.availability.zone
    for start in _candidates(local_date(calendar.now, zone), weekday, clock, zone):
        if start >= within.end:
            break
        is_asked = start >= within.start and start > calendar.now and start not in leaving_out
        if is_asked and calendar.is_free(start):
            return start
    return None


def searched(now: datetime) -> Span:
    """The stretch that `next_usual_start` asks about."""
    return Span(now, now + WEEKS_AHEAD * _WEEK + _WEEK + _MINUTE)


def _candidates(today: date, weekday: int, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    first = today + timedelta(days=(weekday - today.weekday()) % 7)
    for week in range(WEEKS_AHEAD):
        yield from wall_instants(datetime.combine(first + week * _WEEK, clock), zone)
