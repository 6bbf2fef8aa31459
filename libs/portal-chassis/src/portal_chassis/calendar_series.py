"""A series as the parts of one calendar entry: its rule, what is left out, what is elsewhere.

As Google and Outlook write and read them: wall times with the zone's name, UNTIL in UTC, EXDATE
for what does not take place, and for each occurrence that is elsewhere a part of its own whose
RECURRENCE-ID is the wall time that the rule has for it (RFC 5545, section 3.8.4.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal_chassis.calendar_zones import vtimezone
from portal_contracts.scheduling.rpc.appointments import RepeatUnit, SeriesEntry
from portal_contracts.wall_clock import zone_or_utc

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class EntryPart:
    """One VEVENT of a series; the times are aware, in the series' zone.

    Attributes:
        starts: DTSTART.
        ends: DTEND.
        rule: RRULE, of the part that stands for all.
        left_out: EXDATE.
        recurrence_id: of a part that stands for one occurrence.
    """

    starts: datetime
    ends: datetime
    rule: dict[str, object] | None = None
    left_out: tuple[datetime, ...] = ()
    recurrence_id: datetime | None = None


def parts_of(entry: SeriesEntry) -> list[EntryPart]:
    """The part that stands for all of a series, then one for each occurrence that is elsewhere."""
    starts = wall_time(entry.first_wall, entry.timezone)
    length = timedelta(minutes=entry.minutes)
    whole = EntryPart(
        starts=starts,
        ends=(starts.astimezone(UTC) + length).astimezone(starts.tzinfo),
        rule=_rule(entry),
        left_out=tuple(wall_time(wall, entry.timezone) for wall in entry.left_out),
    )
    moved = [
        occurrence(one.wall, entry.timezone, one.starts_at, one.ends_at) for one in entry.moved
    ]
    return [whole, *moved]


def occurrence(wall: str, timezone: str, starts_at: datetime, ends_at: datetime) -> EntryPart:
    """One occurrence of a series alone, wherever it is; the instants are aware UTC."""
    zone = zone_or_utc(timezone)
    return EntryPart(
        starts=starts_at.astimezone(zone),
        ends=ends_at.astimezone(zone),
        recurrence_id=wall_time(wall, timezone),
    )


def zone_of(timezone: str, parts: Iterable[EntryPart], last_wall: str | None = None) -> str:
    """The VTIMEZONE that covers all of `parts`, and the rule up to its last occurrence."""
    instants = [
        one.astimezone(UTC)
        for part in parts
        for one in (part.starts, part.ends, part.recurrence_id)
        if one is not None
    ]
    if last_wall is not None:
        instants.append(wall_time(last_wall, timezone).astimezone(UTC))
    return vtimezone(timezone, min(instants), max(instants))


def wall_time(wall: str, timezone: str) -> datetime:
    """A wall time in its zone; the first instant, where the clocks repeat it."""
    return datetime.fromisoformat(wall).replace(tzinfo=zone_or_utc(timezone), fold=0)


def _rule(entry: SeriesEntry) -> dict[str, object]:
    first = wall_time(entry.first_wall, entry.timezone)
    day = _WEEKDAYS[first.weekday()]
    rule: dict[str, object] = {"FREQ": "WEEKLY", "BYDAY": day}
    if entry.unit is RepeatUnit.MONTHLY:
        rule = {"FREQ": "MONTHLY", "BYDAY": f"{entry.week_of_month}{day}"}
    if entry.every > 1:
        rule["INTERVAL"] = entry.every
    # In UTC, as DTSTART has a zone (RFC 5545, section 3.3.10).
    rule["UNTIL"] = wall_time(entry.last_wall, entry.timezone).astimezone(UTC)
    return rule
