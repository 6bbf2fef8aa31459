"""Where a day's appointments stand in a calendar's column: pure functions of wall time.

A column has a row for each five minutes that a clock on the wall shows, from midnight to midnight:
a day on which clocks change has no more rows and no fewer. What the clocks skip is empty then, and
what they show twice stands side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from gateway.words.wall_time import DAY, day_bounds, instants_of, local_date
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus
from portal_contracts.scheduling.rpc.calendar import CalendarEntry
from portal_contracts.wall_clock import zone_or_utc

HOUR: Final = 60
MINUTES_A_DAY: Final = 24 * HOUR
STEP: Final = 5
"""Minutes of a row."""
SHORTEST: Final = 30
"""What is shorter is drawn as long as this, so that it can be read and pressed."""
CELL: Final = 30
"""Empty time is offered in pieces that begin at the half hours."""
LEAST_CELL: Final = 15
USUAL_HOURS: Final = (8, 18)
"""What is shown of a day of which nothing is known."""
LEAST_HOURS: Final = 6
MOST_LANES: Final = 12
"""For so many there are classes; more than these lie upon each other."""

_NOT_TAKEN: Final = frozenset(
    {AppointmentStatus.CANCELLED, AppointmentStatus.DECLINED, AppointmentStatus.EXPIRED}
)


class Band(NamedTuple):
    """A part of a day on the wall, in minutes from midnight."""

    start: int
    minutes: int

    @property
    def end(self) -> int:
        """Where it ends; 1440 is the next midnight."""
        return self.start + self.minutes


@dataclass(frozen=True)
class Block:
    """An appointment, or time that is busy elsewhere, on one day.

    Attributes:
        starts_at: aware UTC instant at which it really begins.
        ends_at: aware UTC instant.
        band: where it is drawn, in whole rows.
        entry: the appointment; None: busy by a calendar that is kept elsewhere.
        continued: it began on the day before.
        lane: its place among those beside it, 0 the first.
        lanes: how many stand side by side there.
        outside: it is none of the hours that are shown, which only what is busy elsewhere may be.
    """

    starts_at: datetime
    ends_at: datetime
    band: Band
    entry: CalendarEntry | None = None
    continued: bool = False
    lane: int = 0
    lanes: int = 1
    outside: bool = False

    def cut_to(self, hours: tuple[int, int]) -> Block:
        """The same, drawn inside the shown hours."""
        band = cut_to(self.band, hours)
        return replace(self, outside=True) if band is None else replace(self, band=band)

    @property
    def takes_time(self) -> bool:
        """Whether nothing else can be there: it was not called off."""
        return self.entry is None or self.entry.status not in _NOT_TAKEN


class ClockChange(NamedTuple):
    """Clocks that change on a day: what they show, and what instead; minutes from midnight."""

    shown: int
    instead: int


def band_on(day: date, starts_at: datetime, ends_at: datetime, zone: str) -> Band | None:
    """The rows of a stretch of time on `day`; None where it has none.

    What ends at a time of the wall that is not after its start, since the clocks go back
    meanwhile, is drawn as long as it takes.
    """
    start, end = _wall(starts_at, zone), _wall(ends_at, zone)
    midnight = datetime.combine(day, time.min)
    if ends_at <= starts_at or start.date() > day or (end <= midnight and start.date() < day):
        return None
    first = max(0, _minutes(start, midnight))
    last = _minutes(end, midnight)
    if last <= first:
        last = first + int((ends_at - starts_at) / timedelta(minutes=1))
    first -= first % STEP
    last = min(MINUTES_A_DAY, last + -last % STEP)
    return Band(first, max(last - first, STEP))


def blocks_on(
    day: date,
    entries: Iterable[CalendarEntry],
    elsewhere: Iterable[tuple[datetime, datetime]],
    zone: str,
) -> list[Block]:
    """What there is on `day`, in order of the starts, each with its lane.

    Busy time elsewhere that an appointment of here covers is left out: mostly it is that
    appointment, come back by a calendar that reads this one.
    """
    entries = list(entries)
    taken = [(one.starts_at, one.ends_at) for one in entries if one.status not in _NOT_TAKEN]
    found = [_block(day, one.starts_at, one.ends_at, zone, one) for one in entries]
    found += [
        _block(day, start, end, zone)
        for start, end in elsewhere
        if not any(begin <= start and end <= over for begin, over in taken)
    ]
    there = [block for block in found if block is not None]
    return side_by_side(sorted(there, key=lambda one: (one.starts_at, one.ends_at)))


def side_by_side(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks in the same order, with lanes: what is drawn at the same rows has others.

    Those that overlap, also by others between them, share the width evenly.
    """
    placed: dict[int, Block] = {}
    cluster: list[int] = []
    ends: list[int] = []
    for index in sorted(range(len(blocks)), key=lambda at: (blocks[at].band, at)):
        band = blocks[index].band
        if ends and band.start >= max(ends):
            _share(placed, cluster, len(ends))
            cluster, ends = [], []
        lane = next((at for at, end in enumerate(ends) if end <= band.start), len(ends))
        ends[lane : lane + 1] = [band.end]
        placed[index] = replace(blocks[index], lane=lane % MOST_LANES)
        cluster.append(index)
    _share(placed, cluster, len(ends))
    return [placed[index] for index in range(len(blocks))]


def hours_shown(bands: Iterable[Band]) -> tuple[int, int]:
    """The first hour that is shown and the one that is not shown any more, 0 to 24."""
    known = list(bands)
    if not known:
        return USUAL_HOURS
    first = min(one.start for one in known) // HOUR
    last = -(-max(one.end for one in known) // HOUR)
    last = min(24, max(last, first + LEAST_HOURS))
    return min(first, last - LEAST_HOURS), last


def cut_to(band: Band, hours: tuple[int, int]) -> Band | None:
    """What of a band is inside the shown hours; None where nothing is."""
    start, end = max(band.start, hours[0] * HOUR), min(band.end, hours[1] * HOUR)
    return Band(start, end - start) if start < end else None


def empty_cells(
    day: date, blocks: Iterable[Block], hours: tuple[int, int], zone: str, now: datetime
) -> list[Band]:
    """The empty time of `day`, to be booked: pieces of half hours that are not over.

    Nothing that the clocks skip, and nothing too short to meet.
    """
    taken = sorted(block.band for block in blocks if block.takes_time)
    today = local_date(now, zone)
    if day < today:
        return []
    passed = _minutes(_wall(now, zone), datetime.combine(day, time.min)) if day == today else 0
    cells = []
    for start in range(hours[0] * HOUR, hours[1] * HOUR, CELL):
        for piece in _without(Band(start, CELL), taken):
            clock = time(piece.start // HOUR, piece.start % HOUR)
            later = piece.start >= passed
            if piece.minutes >= LEAST_CELL and later and instants_of(day, clock, zone):
                cells.append(piece)
    return cells


def clocks_changed(day: date, zone: str) -> ClockChange | None:
    """How clocks change on `day`, None on all but a few days."""
    start, end = day_bounds(day, day, zone)
    if end - start == DAY:
        return None
    quarters = (start + count * timedelta(minutes=15) for count in range(-1, 4 * 26))
    for before, after in pairwise(instant for instant in quarters if instant < end):
        jump = _wall(after, zone) - _wall(before, zone) - (after - before)
        if jump:
            instead = _minutes(_wall(after, zone), datetime.combine(day, time.min))
            return ClockChange(instead - int(jump / timedelta(minutes=1)), instead)
    return None


def _block(
    day: date, starts_at: datetime, ends_at: datetime, zone: str, entry: CalendarEntry | None = None
) -> Block | None:
    band = band_on(day, starts_at, ends_at, zone)
    if band is None:
        return None
    if band.minutes < SHORTEST:
        band = Band(min(band.start, MINUTES_A_DAY - SHORTEST), SHORTEST)
    continued = local_date(starts_at, zone) < day
    return Block(starts_at, ends_at, band, entry, continued)


def _share(placed: dict[int, Block], cluster: Sequence[int], lanes: int) -> None:
    for index in cluster:
        placed[index] = replace(placed[index], lanes=min(lanes, MOST_LANES))


def _without(band: Band, taken: Sequence[Band]) -> list[Band]:
    """What of a band is left between those that are taken, which are in order."""
    left, start = [], band.start
    for other in taken:
        if start < other.start < band.end:
            left.append(Band(start, other.start - start))
        start = max(start, other.end) if other.start < band.end else start
    return [*left, Band(start, band.end - start)] if start < band.end else left


def _wall(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(zone_or_utc(zone)).replace(tzinfo=None)


def _minutes(wall: datetime, midnight: datetime) -> int:
    return int((wall - midnight) / timedelta(minutes=1))
