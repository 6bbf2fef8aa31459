"""The slot engine: one pure function decides which times are free.

Listing, holding, booking, approving and moving all ask it, so at the same
instant and with the same data nothing is offered that booking refuses.

A start is free when the whole appointment lies inside the practitioner's
hours, it is on the service's grid, neither too soon nor too far, no limit of
its day is reached, and its blocked span (the appointment with its buffers)
touches nobody's: own appointments bring their own buffers, so the buffers of
neighbours add up; external busy time has none. Buffers may lie outside the
working hours. All spans are half-open: touching is not colliding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from scheduling.domain.availability import Availability
from scheduling.domain.open_stretches import is_inside, merge_open
from scheduling.domain.service_rules import Alignment, Booked, ServiceRules
from scheduling.domain.wall_time import Span, local_date, merge, without

GRID_MINUTES = (60, 30, 20, 15, 10, 5, 1)
"""The clock grid: the largest of these that divides the increment."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Refusal(StrEnum):
    """Why a start is not offered; the first that holds, in this order."""

    SERVICE_OFF = "service_off"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    OUTSIDE_WINDOW = "outside_window"
    NOTICE = "notice"
    TIME_OFF = "time_off"
    OVERRIDE = "override"
    HOLIDAY = "holiday"
    HOURS = "hours"
    OWN_APPOINTMENT = "own_appointment"
    EXTERNAL_BUSY = "external_busy"
    CAP = "cap"
    OFF_GRID = "off_grid"


@dataclass(frozen=True)
class Calendar:
    """All that decides about one practitioner's time for one service.

    Attributes:
        availability: the practitioner's hours.
        rules: the service's.
        booked: the live appointments, of every service. When one is moved,
            leave it out.
        external: busy time of other calendars.
        now: aware UTC instant.
    """

    availability: Availability
    rules: ServiceRules
    booked: tuple[Booked, ...] = ()
    external: tuple[Span, ...] = ()
    now: datetime = field(kw_only=True)

    def free_starts(self, within: Span) -> list[datetime]:
        """The starts that are offered, in order, from `within.start` until before its end."""
        return [
            start
            for start in self.candidates(within)
            if within.start <= start < within.end and self.rule_against(start) is None
        ]

    def refused_starts(self, within: Span) -> list[tuple[datetime, Refusal]]:
        """Each start of the plain grid that is not offered, with the reason.

        A day closed by an override or a holiday shows the starts of its usual hours.
        """
        refused = []
        for day in self._days(within):
            spans = self._open_spans_on(day) or self.availability.usual_spans_on(day)
            for start in self._plain_grid(spans):
                if not within.start <= start < within.end:
                    continue
                reason = self.refusal(start)
                if reason is not None and reason is not Refusal.OFF_GRID:
                    refused.append((start, reason))
        return sorted(set(refused))

    def refusal(self, start: datetime) -> Refusal | None:
        """Why `start` is not offered, or None when it is. Answers "why not this time?"."""
        reason = self.rule_against(start)
        if reason is not None:
            return reason
        around = Span(start - _DAY, start + _DAY)
        return None if start in self.candidates(around) else Refusal.OFF_GRID

    def candidates(self, within: Span) -> list[datetime]:
        """The starts of the service's grid around `within`, before any other rule is asked."""
        starts = {start for day in self._days(within) for start in self._grid_on(day)}
        return sorted(starts)

    def rule_against(self, start: datetime) -> Refusal | None:
        """As `refusal`, whether or not `start` is on the grid."""
        rules = self.rules
        if not rules.self_scheduling:
            return Refusal.SERVICE_OFF
        if not rules.client_allowed:
            return Refusal.CLIENT_NOT_ALLOWED
        day = local_date(start, self.availability.zone)
        return self._too_near_or_far(start, day) or self._taken(start, day)

    # --- the rules --------------------------------------------------------

    def _too_near_or_far(self, start: datetime, day: date) -> Refusal | None:
        if not self._inside_window(day):
            return Refusal.OUTSIDE_WINDOW
        if start < self.now + self.rules.min_notice:
            return Refusal.NOTICE
        return None

    def _taken(self, start: datetime, day: date) -> Refusal | None:
        if not self._inside_hours(start, day):
            span = Span(start, start + self.rules.duration)
            return Refusal(self.availability.why_outside(span))
        if is_inside(start, self._closed_by_own):
            return Refusal.OWN_APPOINTMENT
        if is_inside(start, self._closed_by_external):
            return Refusal.EXTERNAL_BUSY
        return Refusal.CAP if self._cap_reached(day) else None

    def _inside_window(self, day: date) -> bool:
        rules = self.rules
        today = local_date(self.now, self.availability.zone)
        # In whole days, so that a horizon past the last date there is needs no date.
        if rules.max_horizon_days is not None and (day - today).days > rules.max_horizon_days:
            return False
        if rules.bookable_from is not None and day < rules.bookable_from:
            return False
        return rules.bookable_until is None or day <= rules.bookable_until

    def _inside_hours(self, start: datetime, day: date) -> bool:
        end = start + self.rules.duration
        days = [day]
        while local_date(end, self.availability.zone) >= days[-1] + _DAY:
            days.append(days[-1] + _DAY)
        hours = merge([span for one in days for span in self._spans_on(one)])
        return any(span.start <= start and end <= span.end for span in hours)

    def _spans_on(self, day: date) -> tuple[Span, ...]:
        if day not in self._spans_by_day:
            off = self.availability.off_spans
            self._spans_by_day[day] = without(self._open_spans_on(day), off)
        return self._spans_by_day[day]

    def _open_spans_on(self, day: date) -> tuple[Span, ...]:
        if day not in self._open_spans_by_day:
            self._open_spans_by_day[day] = self.availability.open_spans_on(day)
        return self._open_spans_by_day[day]

    @cached_property
    def _spans_by_day(self) -> dict[date, tuple[Span, ...]]:
        return {}

    @cached_property
    def _open_spans_by_day(self) -> dict[date, tuple[Span, ...]]:
        return {}

    def _cap_reached(self, day: date) -> bool:
        rules, counted = self.rules, self._counted
        limits = (
            (rules.max_per_day, ("day", day)),
            (rules.max_per_week, ("week", day - timedelta(days=day.weekday()))),
            (rules.max_per_month, ("month", day.replace(day=1))),
        )
        return any(limit is not None and counted[key] >= limit for limit, key in limits)

    @cached_property
    def _counted(self) -> Counter[tuple[str, date]]:
        counted: Counter[tuple[str, date]] = Counter()
        for booked in self.booked:
            if booked.counts:
                day = local_date(booked.span.start, self.availability.zone)
                counted["day", day] += 1
                counted["week", day - timedelta(days=day.weekday())] += 1
                counted["month", day.replace(day=1)] += 1
        return counted

    # --- where blocked time forbids a start ---------------------------------

    @cached_property
    def _closed_by_own(self) -> tuple[Span, ...]:
        return self._closed(booked.blocked for booked in self.booked)

    @cached_property
    def _closed_by_external(self) -> tuple[Span, ...]:
        return self._closed(self.external)

    @cached_property
    def _closed_by_any(self) -> tuple[Span, ...]:
        return merge_open(
            [*self._closed_by_own, *self._closed_by_external, *self._closed_by_time_off]
        )

    @cached_property
    def _closed_by_time_off(self) -> tuple[Span, ...]:
        """As for blocked time, but that buffers may lie in it as they may outside the hours."""
        return merge_open(
            [
                Span(span.start - self.rules.duration, span.end)
                for span in self.availability.off_spans
            ]
        )

    def _closed(self, blocked: Iterator[Span] | tuple[Span, ...]) -> tuple[Span, ...]:
        """For each blocked span, the *open* stretch of starts that would collide with it.

        A start collides when ``start - before < blocked.end`` and
        ``blocked.start < start + duration + after``; both ends of the stretch are free.
        """
        rules = self.rules
        reach = rules.duration + rules.buffer_after
        return merge_open(
            [
                Span(span.start - reach, span.end + rules.buffer_before)
                for span in blocked
                if span.start < span.end
            ]
        )

    # --- the grid -----------------------------------------------------------

    def _days(self, within: Span) -> Iterator[date]:
        """The local dates that `within` touches, and one more on each side."""
        zone = self.availability.zone
        day, last = local_date(within.start, zone) - _DAY, local_date(within.end, zone) + _DAY
        while day <= last:
            yield day
            day += _DAY

    def _grid_on(self, day: date) -> Iterator[datetime]:
        spans = self._open_spans_on(day)
        if self.rules.alignment is Alignment.WINDOW_START:
            yield from self._plain_grid(spans)
            return
        for span in spans:
            for first, last in self._gaps(span):
                yield from self._steps(self._origin(first), last)

    def _plain_grid(self, spans: tuple[Span, ...]) -> Iterator[datetime]:
        for span in spans:
            yield from self._steps(span.start, span.end - _MINUTE)

    def _steps(self, first: datetime, last: datetime) -> Iterator[datetime]:
        start = first
        while start <= last:
            yield start
            start += self.rules.increment

    def _gaps(self, hours: Span) -> Iterator[tuple[datetime, datetime]]:
        """First and last start of each stretch of `hours` in which no start collides."""
        last = hours.end - _MINUTE
        closed = [
            span for span in self._closed_by_any if span.end > hours.start and span.start < last
        ]
        edges = [hours.start]
        for span in closed:
            edges += [span.start, span.end]
        edges.append(last)
        for index, (first, final) in enumerate(pairwise(edges)):
            is_gap = index % 2 == 0
            if is_gap and first <= final:
                yield first, final

    def _origin(self, first: datetime) -> datetime:
        """Where the grid of a gap begins."""
        if self.rules.alignment is not Alignment.CLOCK_GRID:
            return first
        increment = int(self.rules.increment / _MINUTE)
        grid = next(size for size in GRID_MINUTES if increment % size == 0)
        return self._round_up(max(first, self.now + self.rules.min_notice), grid)

    def _round_up(self, instant: datetime, grid: int) -> datetime:
        """The first instant from `instant` on whose local minute is a multiple of `grid`."""
        zone = self.availability.zone
        wall = instant.astimezone(zone)
        if wall.second or wall.microsecond:
            instant += _MINUTE - timedelta(seconds=wall.second, microseconds=wall.microsecond)
            wall = instant.astimezone(zone)
        while remainder := (wall.hour * 60 + wall.minute) % grid:
            # Again after a transition inside the step: Lord Howe shifts by half an hour.
            instant += (grid - remainder) * _MINUTE
            wall = instant.astimezone(zone)
        return instant
