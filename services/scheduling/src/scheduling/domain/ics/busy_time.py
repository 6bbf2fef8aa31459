"""The busy time of a calendar file, and what of it could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from typing import Final, TypeVar

from scheduling.domain.ics.content import Component, calendars_in
from scheduling.domain.ics.events import Event, Written, read_event
from scheduling.domain.ics.moments import Period, moments
from scheduling.domain.ics.series import Override, busy_in_series, read_override
from scheduling.domain.ics.values import Unreadable
from scheduling.domain.ics.zones import Zones, plain_tzid, zone_of_calendar
from scheduling.domain.wall_time import Span, merge

_FREE: Final = "FREE"
_MERGED_FROM: Final = 20_000
_NO_UID: Final = "\n"

T = TypeVar("T")

Patience = Callable[[], AbstractContextManager[object]]
"""Bounds the work on one event: it raises `Unreadable` there when that takes too long."""


@dataclass(frozen=True)
class Unread:
    """An event that could not be read, and a sentence why."""

    uid: str
    reason: str


@dataclass(frozen=True)
class BusyTime:
    """When somebody is busy, merged and in order, and what could not be read."""

    busy: tuple[Span, ...]
    unread: tuple[Unread, ...]


def read_busy(
    data: bytes, within: Span, zone: tzinfo | None = None, patience: Patience = nullcontext
) -> BusyTime:
    """The busy time in a calendar file.

    What is free, transparent or cancelled takes none. One event that cannot be read stops no
    other.

    Args:
        data: the file: one calendar (RFC 5545) or several.
        within: the stretch asked about, to which all is clipped.
        zone: where days and times without a zone lie; None: where the calendar says, else UTC.
        patience: see there.

    Raises:
        NoCalendar: it is no calendar file, or ends in the middle of one.
    """
    reader = _Reader(within, patience)
    series: dict[str, list[Written]] = defaultdict(list)
    for calendar in calendars_in(data):
        zones = _zones(calendar, zone or zone_of_calendar(calendar) or UTC, within)
        method = calendar.text("METHOD").upper()
        for one in calendar.inside:
            if one.name == "VFREEBUSY":
                reader.keep(one.text("UID"), partial(_stated, one, zones))
            elif one.name == "VEVENT":
                written = Written(one, zones, method)
                # Without a UID it belongs to no other.
                series[written.uid or f"{_NO_UID}{len(series)}"].append(written)
    for uid, events in series.items():
        reader.read_series("" if uid.startswith(_NO_UID) else uid, events)
    return BusyTime(merge(reader.busy), tuple(reader.unread))


class _Reader:
    """Gathers busy time, and what cannot be read.

    Args:
        within: to which all is clipped.
        patience: bounds the work on each event.
    """

    def __init__(self, within: Span, patience: Patience) -> None:
        self._within = within
        self._patience = patience
        self.busy: list[Span] = []
        self.unread: list[Unread] = []

    def read_series(self, uid: str, written: list[Written]) -> None:
        """Gather when the events with one UID take time."""
        alone = _newest(one for one in written if one.replaced is None)
        masters = [one for one in (self._event(uid, one) for one in alone) if one is not None]
        master = masters[0] if masters else None
        overrides = [
            one
            for one in (
                self._override(uid, one, master)
                for one in _newest(one for one in written if one.replaced is not None)
            )
            if one is not None
        ]
        if master is None:
            self.keep(uid, lambda: _by_themselves(overrides))
        for one in masters:
            if not one.written.cancelled:
                self.keep(uid, partial(busy_in_series, one, overrides, self._within))

    def keep(self, uid: str, find: Callable[[], Iterator[Span]]) -> None:
        """Gather what is found of one event."""

        def gather() -> None:
            for span in find():
                self._add(span)

        self._attempt(uid, gather)

    def _event(self, uid: str, written: Written) -> Event | None:
        return self._attempt(uid, lambda: read_event(written), matters=written.takes_time)

    def _override(self, uid: str, written: Written, master: Event | None) -> Override | None:
        return self._attempt(
            uid, lambda: read_override(read_event(written), master), matters=written.takes_time
        )

    def _attempt(self, uid: str, act: Callable[[], T], *, matters: bool = True) -> T | None:
        """Do it, unless that cannot be done; whether it then matters to busy time."""
        try:
            with self._patience():
                return act()
        except (Unreadable, MemoryError, OverflowError) as error:
            if matters:
                self.unread.append(Unread(uid, _reason(error)))
            return None

    def _add(self, span: Span) -> None:
        within = self._within
        clipped = Span(max(span.start, within.start), min(span.end, within.end))
        if clipped.start < clipped.end:
            self.busy.append(clipped)
            if len(self.busy) % _MERGED_FROM == 0:
                self.busy = list(merge(self.busy))


def _zones(calendar: Component, local: tzinfo, within: Span) -> Zones:
    definitions = {
        plain_tzid(one.text("TZID")): one for one in calendar.inside if one.name == "VTIMEZONE"
    }
    return Zones(definitions, local, within.end)


def _by_themselves(overrides: Iterable[Override]) -> Iterator[Span]:
    """When events take time that replace something of a series that is not there."""
    for one in overrides:
        if one.event.written.takes_time:
            yield Span(one.event.start.instant, one.event.end)


def _newest(written: Iterable[Written]) -> list[Written]:
    """Of the same occurrence the newest; those that are alike in that are different events."""
    found: dict[tuple[str, str], list[Written]] = defaultdict(list)
    for one in written:
        line = one.replaced
        key = ("", "") if line is None else (line.value, line.parameters.get("TZID", ""))
        found[key].append(one)
    newest = {key: max(one.newness for one in same) for key, same in found.items()}
    return [one for key, same in found.items() for one in same if one.newness == newest[key]]


def _stated(component: Component, zones: Zones) -> Iterator[Span]:
    """The busy time that a VFREEBUSY states outright."""
    for line in component.all("FREEBUSY"):
        if line.parameters.get("FBTYPE", "BUSY").upper() == _FREE:
            continue
        for period in moments(line, zones):
            if not isinstance(period, Period):
                raise Unreadable("A time in it cannot be read.")
            yield Span(period.start.instant, period.end)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Unreadable) else "It is too much to be read."
