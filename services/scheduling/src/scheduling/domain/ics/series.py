"""A series: a rule with what is left out, added, moved, and moved from some time on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from scheduling.domain.ics.events import Event
from scheduling.domain.ics.moments import Moment, Period, moment, moments
from scheduling.domain.ics.rules import Rule, read_rule
from scheduling.domain.ics.values import Unreadable
from scheduling.domain.ics.zones import FIRST_INSTANT, LAST_INSTANT
from scheduling.domain.wall_time import Span

MOST_OCCURRENCES: Final = 20_000
"""Of one event in the stretch asked about; a rule of every second for a year is no appointment."""

_WIDE: Final = timedelta(days=2)
"""More than any two walls differ at one instant."""


@dataclass
class _Named:
    """Occurrences that are named: by their instants, and by their days where only these are."""

    instants: set[datetime] = field(default_factory=set)
    days: set[date] = field(default_factory=set)

    def add(self, one: Moment, *, of_days: bool) -> None:
        """Name an occurrence, of a series of days or of times."""
        if one.is_day or of_days:
            self.days.add(one.wall.date())
        else:
            self.instants.add(one.instant)

    def __contains__(self, one: Moment) -> bool:
        return one.instant in self.instants or one.wall.date() in self.days


@dataclass(frozen=True)
class Override:
    """What stands for an occurrence of a series, or for it and all after it."""

    replaced: Moment
    event: Event
    and_after: bool

    def put(self, at: Moment, original: Moment) -> tuple[datetime, datetime]:
        """Where an occurrence at `at` is, once the one at `original` was moved.

        By as much on the wall where both are in one zone.
        """
        start = self.event.start
        if start.zone == original.zone:
            moved = Moment(at.wall + (start.wall - original.wall), at.zone, start.is_day)
            return moved.instant, self.event.end_of(moved)
        shift = start.instant - original.instant
        return at.instant + shift, at.instant + shift + self.event.longest


def read_override(event: Event, master: Event | None) -> Override:
    """The occurrence that an event replaces.

    Raises:
        Unreadable: it does not say which.
    """
    line = event.written.replaced
    if line is None:
        raise Unreadable("It replaces nothing.")
    floating = master.start.zone if master is not None else event.start.zone
    and_after = line.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
    return Override(moment(line, event.written.zones, floating), event, and_after)


def busy_in_series(master: Event, overrides: Iterable[Override], within: Span) -> Iterator[Span]:
    """When a series takes time around `within`, as it is written there and overridden.

    Raises:
        Unreadable: its rules cannot be read, or it has more than `MOST_OCCURRENCES` there.
    """
    overrides = list(overrides)
    left_out, replaced = _left_out(master), _Named()
    for one in overrides:
        replaced.add(one.replaced, of_days=master.start.is_day)
    for one in overrides:
        if one.event.written.takes_time and one.replaced not in left_out:
            yield Span(one.event.start.instant, one.event.end)
    later = sorted(
        (one for one in overrides if one.and_after), key=lambda one: one.replaced.instant
    )
    for at, end in _occurrences(master, later, within):
        if at in left_out or at in replaced:
            continue
        changed = _last_before(later, at)
        if changed is not None:
            if changed.event.written.takes_time:
                yield Span(*changed.put(at, _original(changed, master)))
        elif master.written.takes_time:
            yield Span(at.instant, end)


def _occurrences(
    master: Event, later: list[Override], within: Span
) -> Iterator[tuple[Moment, datetime]]:
    """The occurrences by rules and dates that may matter to `within`, each once, with its end."""
    shifts = [abs(one.event.start.instant - one.replaced.instant) for one in later]
    longest = max([master.longest, *(one.event.longest for one in later)])
    most_moved = max(shifts, default=timedelta()) + _WIDE
    first, last = _less(within.start, longest + most_moved), _more(within.end, most_moved)
    seen: set[datetime] = set()
    left_out = _rules(master, "EXRULE")
    excluded = {one.wall for rule in left_out for one in _bounded(rule, first, last)}
    for at, end in _all(master, first, last):
        if at.instant not in seen and at.wall not in excluded:
            seen.add(at.instant)
            yield at, end


def _all(master: Event, first: datetime, last: datetime) -> Iterator[tuple[Moment, datetime]]:
    for line in master.written.component.all("RDATE"):
        for added in moments(line, master.written.zones, master.start.zone):
            if isinstance(added, Period):
                yield added.start, added.end
            else:
                yield added, master.end_of(added)
    rules = _rules(master, "RRULE")
    # The start counts, whether or not the rule names it, unless the rule ended before it.
    if not rules or any(rule.holds_at(master.start) for rule in rules):
        yield master.start, master.end
    for rule in rules:
        for at in _bounded(rule, first, last):
            yield at, master.end_of(at)


def _bounded(rule: Rule, first: datetime, last: datetime) -> Iterator[Moment]:
    """The moments of a rule from `first` until `last`, by the clock on the wall."""
    count = 0
    for at in rule.moments(first):
        if at.wall > last:
            return
        if at.wall < first:
            continue
        count += 1
        if count > MOST_OCCURRENCES:
            raise Unreadable("It takes place too often.")
        yield at


def _rules(master: Event, name: str) -> list[Rule]:
    return [read_rule(line, master.start) for line in master.written.component.all(name)]


def _left_out(master: Event) -> _Named:
    named = _Named()
    for line in master.written.component.all("EXDATE"):
        for one in moments(line, master.written.zones, master.start.zone):
            at = one.start if isinstance(one, Period) else one
            named.add(at, of_days=master.start.is_day)
    return named


def _last_before(later: list[Override], at: Moment) -> Override | None:
    """The last of those that changed all after them and is not after `at`."""
    found = None
    for one in later:
        if one.replaced.instant <= at.instant:
            found = one
    return found


def _original(changed: Override, master: Event) -> Moment:
    """The replaced occurrence on the wall of the series, where it is the same instant."""
    replaced, zone = changed.replaced, master.start.zone
    if replaced.zone == zone or master.start.is_day:
        return replaced
    offset = replaced.instant - zone.instant(replaced.instant.replace(tzinfo=None))
    wall = replaced.instant.replace(tzinfo=None) + offset
    return Moment(wall, zone) if zone.instant(wall) == replaced.instant else replaced


def _less(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant.replace(tzinfo=None) - by
    except OverflowError:
        return FIRST_INSTANT.replace(tzinfo=None)


def _more(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant.replace(tzinfo=None) + by
    except OverflowError:
        return LAST_INSTANT.replace(tzinfo=None)
