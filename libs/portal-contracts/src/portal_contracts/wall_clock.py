"""What a clock on the wall shows at an instant, written so that no two instants look the same.

When clocks go back, an hour is shown twice. Its times are written with their offset,
*02:30 (UTC+2)* and *02:30 (UTC+1)*; all others without. Pages and mails
write times with these functions, in every language alike: with twenty-four hours, or with two
times twelve where the reader is used to them (`portal_chassis.customs`).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NOON = 12


@lru_cache(maxsize=1024)  # zoneinfo itself forgets all but the last few
def zone_or_utc(name: str) -> ZoneInfo:
    """The zone `name`; UTC where the data knows none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def clock_time(instant: datetime, zone: str, *, twelve_hours: bool = False) -> str:
    """The time of day in `zone`: *10:00*; in the hour that comes twice with its offset.

    `twelve_hours`: *10:00 AM*, as it is written where the day has two times twelve hours.
    """
    local = instant.astimezone(zone_or_utc(zone))
    shown = time_of_day(local, twelve_hours=twelve_hours)
    return " ".join(filter(None, (shown, told_apart(instant, zone))))


def time_of_day(local: datetime | time, *, twelve_hours: bool) -> str:
    """*22:00* for wall time, or *10:00 PM*, in one piece: a no-break space stands in it."""
    if not twelve_hours:
        return f"{local:%H:%M}"
    half = "AM" if local.hour < _NOON else "PM"
    return f"{local.hour % _NOON or _NOON}:{local:%M}\N{NO-BREAK SPACE}{half}"


def told_apart(instant: datetime, zone: str) -> str:
    """*(UTC+2)* where `zone` shows the same time of day at another instant too, else empty."""
    local = instant.astimezone(zone_or_utc(zone))
    other = local.replace(fold=1 - local.fold)
    twice = local.utcoffset() != other.utcoffset() and _exists(other)
    return f"({utc_offset(instant, zone)})" if twice else ""


def utc_offset(instant: datetime, zone: str) -> str:
    """How far `zone` is from UTC at `instant`, east positive: *UTC+1*, *UTC−3:30*."""
    offset = instant.astimezone(zone_or_utc(zone)).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "\N{MINUS SIGN}" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def _exists(local: datetime) -> bool:
    """Whether this wall time occurs: in the hour that clocks skip, none does."""
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)
