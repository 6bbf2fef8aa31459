"""Which times are free: one pass over the days, in seconds since 1970."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import holidays

from portal.models import Availability, Service

Stretch = tuple[float, float]
DAY = timedelta(days=1)
FARTHEST_DAYS = 182


@lru_cache(maxsize=64)
def public_holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    """The dates of a year on which nobody works there."""
    return frozenset(holidays.country_holidays(country, subdiv=region, years=year))


@lru_cache(maxsize=1024)
def _clock(text: str) -> time:
    return time.fromisoformat(text)


@dataclass(frozen=True)
class Calendar:
    """What decides about a service's times.

    Attributes:
        service: with its rules.
        hours: the practitioner's.
        taken: appointments with their buffers, and busy times; merged, in order.
        now: an aware instant.
    """

    service: Service
    hours: Availability
    taken: Sequence[Stretch]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The practitioner's."""
        return ZoneInfo(self.hours.timezone)

    @cached_property
    def today(self) -> date:
        """In that zone."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def last_bookable(self) -> date:
        """The last date on which anything can be booked; half a year ahead where no rule says."""
        days = self.service.max_horizon_days
        return self.today + timedelta(days=FARTHEST_DAYS if days is None else days)

    def free_starts(self, first: date, last: date) -> list[datetime]:
        """All of the dates from `first` to `last`."""
        rules, zone = self.service, self.zone
        first, last = max(first, self.today), min(last, self.last_bookable)
        soonest = self.now.timestamp() + rules.min_notice_minutes * 60
        length, step = rules.minutes * 60, rules.increment_minutes * 60
        before, after = rules.buffer_before_minutes * 60, rules.buffer_after_minutes * 60
        found, at, taken = [], 0, self.taken
        off = self._time_off(zone)
        for begins, ends in self._open(first, last, zone):
            start = begins
            while start + length <= ends:
                while at < len(taken) and taken[at][1] <= start - before:
                    at += 1
                free = at == len(taken) or taken[at][0] >= start + length + after
                if free and start >= soonest and not _meets(off, start, start + length):
                    found.append(datetime.fromtimestamp(start, UTC))
                start += step
        return found

    def _open(self, first: date, last: date, zone: ZoneInfo) -> Iterator[Stretch]:
        """The stretches in which the practitioner works, day by day."""
        closed = self._holidays({first.year, last.year}) if first <= last else frozenset()
        changed = {one["date"]: one["spans"] for one in self.hours.overrides}
        day = first
        while day <= last:
            spans = changed.get(day.isoformat())
            if spans is None:
                spans = [] if day in closed else self.hours.weekly[day.weekday()]
            for span in spans:
                begins = datetime.combine(day, _clock(span["start"]), zone).timestamp()
                yield begins, datetime.combine(day, _clock(span["end"]), zone).timestamp()
            day += DAY

    def _holidays(self, years: Iterable[int]) -> frozenset[date]:
        kept = self.hours.holidays
        if not kept:
            return frozenset()
        closed = (public_holidays(kept["country"], kept["region"], year) for year in years)
        return frozenset().union(*closed) - set(map(date.fromisoformat, kept["open_on"]))

    def _time_off(self, zone: ZoneInfo) -> list[Stretch]:
        """Holidays of the practitioner's own: whole days, or from a time to a time of them."""
        stretches = []
        for one in self.hours.time_off:
            begins = datetime.combine(
                date.fromisoformat(one["first_on"]), _clock(one["start"] or "00:00"), zone
            )
            last = date.fromisoformat(one["last_on"])
            ends = (
                datetime.combine(last, _clock(one["end"]), zone)
                if one["end"]
                else datetime.combine(last + DAY, time(), zone)
            )
            stretches.append((begins.timestamp(), ends.timestamp()))
        return stretches


def _meets(stretches: Sequence[Stretch], start: float, end: float) -> bool:
    return any(begins < end and start < ends for begins, ends in stretches)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in as few stretches as hold it, in order."""
    found: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def usual_time(starts: Sequence[datetime], zone: ZoneInfo) -> tuple[int, time] | None:
    """The weekday and time of most of `starts`, the latest of which comes first."""
    walls = [start.astimezone(zone) for start in starts]
    often = Counter((wall.weekday(), wall.time()) for wall in walls)
    return max(often, key=often.__getitem__) if often else None
