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

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from scheduling.domain.availability import Availability
from scheduling.domain.caps import Caps
from scheduling.domain.open_stretches import colliding, gaps, is_inside, merge_open
from scheduling.domain.service_rules import Alignment, Booked, ServiceRules
from scheduling.domain.start_grid import Steps, clock_grid, round_up
from scheduling.domain.wall_time import Span, local_date, without

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
        """The starts that are offered, in order, from `within.start` until before its end.

        They are those of `candidates` that `rule_against` has nothing against, found by what
        is open instead of by asking for each.
        """
        if not self._is_offered:
            return []
        starts = (start for day in self._days(within) for start in self._free_on(day))
        return sorted(start for start in starts if within.start <= start < within.end)

    def is_free(self, start: datetime) -> bool:
        """Whether `free_starts` has it."""
        return self._is_offered and start in self._free_on(
            local_date(start, self.availability.zone)
        )

    @property
    def _is_offered(self) -> bool:
        return self.rules.self_scheduling and self.rules.client_allowed

    def _free_on(self, day: date) -> list[datetime]:
        """The starts of a day that are offered, in order; looked for once, however often asked."""
        if day not in self._free_by_day:
            is_open = self._inside_window(day) and not self._caps.reached(day)
            self._free_by_day[day] = sorted(set(self._free_in_grid(day))) if is_open else []
        return self._free_by_day[day]

    @cached_property
    def _free_by_day(self) -> dict[date, list[datetime]]:
        return {}

    def _free_in_grid(self, day: date) -> Iterator[datetime]:
        """The starts of a day's grid, none too soon, that fit its hours and collide not.

        Every start of the grid is on the local date `day`.
        """
        first = self.now + self.rules.min_notice
        free = [
            gap
            for fits_from, fits_until in self._fitting_on(day)
            for gap in gaps(max(first, fits_from), fits_until, self._taken_by_any)
        ]
        for steps in self._grid_on(day) if free else ():
            for free_from, free_until in free:
                if free_from > steps.last:
                    break
                if free_until >= steps.first:
                    yield from steps.between(free_from, free_until)

    def refused_starts(self, within: Span) -> list[tuple[datetime, Refusal]]:
        """Each start of the plain grid that is not offered, with the reason.

        A day closed by an override or a holiday shows the starts of its usual hours.
        """
        refused = []
        for day in self._days(within):
            spans = self._open_spans_on(day) or self.availability.usual_spans_on(day)
            for start in self._each(self._plain_grid(spans)):
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
        starts = {start for day in self._days(within) for start in self._each(self._grid_on(day))}
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
        return Refusal.CAP if self._caps.reached(day) else None

    def _inside_window(self, day: date) -> bool:
        rules = self.rules
        # In whole days, so that a horizon past the last date there is needs no date.
        if rules.max_horizon_days is not None and (day - self._today).days > rules.max_horizon_days:
            return False
        if rules.bookable_from is not None and day < rules.bookable_from:
            return False
        return rules.bookable_until is None or day <= rules.bookable_until

    @cached_property
    def _today(self) -> date:
        return local_date(self.now, self.availability.zone)

    def _inside_hours(self, start: datetime, day: date) -> bool:
        return any(first <= start <= last for first, last in self._fitting_on(day))

    def _fitting_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """First and last start of each stretch of a day from which on an appointment fits."""
        return [
            (span.start, self._open_until(span.end) - self.rules.duration)
            for span in self._spans_on(day)
        ]

    def _open_until(self, end: datetime) -> datetime:
        """How far hours go on that end at `end`: over midnight, but no further than matters."""
        farthest = end + self.rules.duration
        while end < farthest:
            spans = self._spans_on(local_date(end, self.availability.zone))
            following = next((span.end for span in spans if span.start <= end < span.end), None)
            if following is None:
                break
            end = following
        return end

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

    @cached_property
    def _caps(self) -> Caps:
        zone = self.availability.zone
        counting = (booked.span.start for booked in self.booked if booked.counts)
        return Caps(self.rules, [local_date(start, zone) for start in counting])

    # --- where blocked time forbids a start ---------------------------------

    @cached_property
    def _closed_by_own(self) -> tuple[Span, ...]:
        return colliding((booked.blocked for booked in self.booked), self.rules)

    @cached_property
    def _closed_by_external(self) -> tuple[Span, ...]:
        return colliding(self.external, self.rules)

    @cached_property
    def _taken_by_any(self) -> tuple[Span, ...]:
        return merge_open([*self._closed_by_own, *self._closed_by_external])

    @cached_property
    def _closed_by_any(self) -> tuple[Span, ...]:
        return merge_open([*self._taken_by_any, *self._closed_by_time_off])

    @cached_property
    def _closed_by_time_off(self) -> tuple[Span, ...]:
        """As for blocked time, but that buffers may lie in it as they may outside the hours."""
        return merge_open(
            [
                Span(span.start - self.rules.duration, span.end)
                for span in self.availability.off_spans
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

    def _grid_on(self, day: date) -> Iterator[Steps]:
        """The grid of a day, in order."""
        spans = self._open_spans_on(day)
        if self.rules.alignment is Alignment.WINDOW_START:
            yield from self._plain_grid(spans)
            return
        for span in spans:
            for first, last in gaps(span.start, span.end - _MINUTE, self._closed_by_any):
                yield Steps(self._origin(first), last, self.rules.increment)

    def _plain_grid(self, spans: tuple[Span, ...]) -> Iterator[Steps]:
        for span in spans:
            yield Steps(span.start, span.end - _MINUTE, self.rules.increment)

    @staticmethod
    def _each(grid: Iterator[Steps]) -> Iterator[datetime]:
        for steps in grid:
            yield from steps.all()

    def _origin(self, first: datetime) -> datetime:
        """Where the grid of a gap begins."""
        if self.rules.alignment is not Alignment.CLOCK_GRID:
            return first
        grid = clock_grid(self.rules.increment)
        begin = max(first, self.now + self.rules.min_notice)
        return round_up(begin, grid, self.availability.zone)
