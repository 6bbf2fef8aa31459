"""Where the occurrences of a series go: each is judged by the engine, those before it taken in.

Reviewing and writing ask the same calendar the same question, so that what the review lists as
free, and the times that it names instead, are booked at the same instant and with the same data.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.scheduling.rpc.series import (
    BookSeries,
    MoveSeries,
    SeriesSlot,
    SlotChoice,
    SlotState,
)
from scheduling.domain.appointments import Appointment
from scheduling.domain.practice_starts import PracticeStarts
from scheduling.domain.series import SeriesRule
from scheduling.domain.service_rules import Booked
from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span
from scheduling.operations.calendar_writes import broken_rules, start_of_practice
from scheduling.operations.slot_calendar import as_booked, looked_at

NEAR = timedelta(days=7)
"""So far from an occurrence that does not fit another time for it is looked for."""

_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(days=4)
"""Longer than an appointment with its buffers."""


@dataclass(frozen=True)
class Wanted:
    """An occurrence that is to be planned: its slot by a rule, and what is there already."""

    slot: int
    rule: SeriesRule
    appointment: Appointment | None = None

    @property
    def start(self) -> datetime | None:
        """The instant that is meant; None where the clocks skip it."""
        instants = self.rule.instants(self.slot)
        return instants[0] if instants else None


@dataclass(frozen=True)
class Placed:
    """An occurrence with the stretch that it takes; None: it is left out."""

    wanted: Wanted
    span: Span | None


class SeriesCalendar:
    """A practitioner's calendar over the whole stretch of a series, with what was planned so far.

    The engine is asked about the neighbourhood of each start alone.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._booked = sorted(calendar.booked, key=_start)

    @property
    def timezone(self) -> str:
        """The practitioner's."""
        return self._calendar.availability.zone.key

    def near(self, around: Span, appointment: Appointment | None = None) -> Calendar:
        """All that decides about starts inside `around`, as `load_calendar` would have it."""
        calendar = self._calendar
        within = looked_at(around, calendar.rules, calendar.availability)
        first = bisect_left(self._booked, within.start - _LONGEST, key=_start)
        last = bisect_left(self._booked, within.end + _LONGEST, key=_start)
        local = Calendar(
            calendar.availability,
            calendar.rules,
            tuple(self._booked[first:last]),
            tuple(one for one in calendar.external if one.overlaps(within)),
            now=calendar.now,
        )
        return local if appointment is None else as_booked(local, appointment)

    def broken_rules(
        self, start: datetime, appointment: Appointment | None
    ) -> list[Refusal] | None:
        """As of `calendar_writes.broken_rules`."""
        return broken_rules(self.near(Span(start, start + _MINUTE), appointment), start)

    def nearest(self, around: datetime, appointment: Appointment | None) -> datetime | None:
        """The free start nearest to an instant that breaks no rule, if there is one near."""
        now = self._calendar.now
        within = Span(max(now, around - NEAR), around + NEAR)
        if within.start >= within.end:
            return None
        starts = PracticeStarts(self.near(within, appointment)).free_starts(within)
        plain = [start for start, broken in starts if not broken]
        return min(plain, key=lambda start: (abs(start - around), start), default=None)

    def take(self, start: datetime, appointment: Appointment | None) -> Span:
        """Plan an occurrence at `start`: those after it are judged with it."""
        rules = (
            self._calendar if appointment is None else as_booked(self._calendar, appointment)
        ).rules
        span = Span(start, start + rules.duration)
        insort(self._booked, Booked(span, rules.buffer_before, rules.buffer_after), key=_start)
        return span


CalendarOf = Callable[[Wanted], SeriesCalendar]
"""In whose calendar an occurrence is: after a hand-over not all need be in one."""


def stretch_of(wanted: Sequence[Wanted], choices: Mapping[int, datetime | None]) -> Span:
    """All starts that may be asked about."""
    starts = [one.rule.nominal(one.slot) for one in wanted]
    starts += [one for one in choices.values() if one is not None]
    return Span(min(starts) - NEAR, max(starts) + NEAR)


def review(
    wanted: Sequence[Wanted], calendar_of: CalendarOf, given: Mapping[int, datetime | None]
) -> list[SeriesSlot]:
    """How each occurrence fits; `given` are those whose start is not that of the rule."""
    found: dict[int, SeriesSlot] = {}
    # First all that fit: a time instead of one that does not is none that another one needs.
    for one in wanted:
        found[one.slot] = _judged(one, calendar_of(one), given.get(one.slot) or one.start)
    for one in wanted:
        slot = found[one.slot]
        if slot.state is SlotState.FREE:
            continue
        around = slot.starts_at or one.rule.nominal(one.slot)
        nearest = calendar_of(one).nearest(around, one.appointment)
        if nearest is not None:
            calendar_of(one).take(nearest, one.appointment)
            found[one.slot] = _with_nearest(slot, nearest)
    return [found[one.slot] for one in wanted]


def place(
    wanted: Sequence[Wanted],
    calendar_of: CalendarOf,
    choices: Mapping[int, datetime | None],
    *,
    despite: Collection[int],
    now: datetime,
) -> list[Placed]:
    """The stretch of each occurrence, as it is by its rule or as it was chosen.

    `despite`: the slots that may break rules for clients.

    Raises:
        Conflict: ``series_collides`` with a code for each slot that does not fit: ``taken``,
            ``skipped``, ``in_the_past``, or the rule that it breaks and may not break.
        Invalid: ``start_invalid``.
    """
    placed, refused = [], {}
    for one in wanted:
        start = one.start
        if one.slot in choices:
            start = choices[one.slot]
            if start is None:
                placed.append(Placed(one, None))
                continue
            start = start_of_practice(start, now)
        wrong = _wrong(calendar_of(one), one, start, despite=one.slot in despite, now=now)
        if wrong is not None or start is None:
            refused[f"slots.{one.slot}"] = wrong or "skipped"
            continue
        placed.append(Placed(one, calendar_of(one).take(start, one.appointment)))
    if refused:
        raise series_collides(refused)
    return placed


def may_break_rules(command: BookSeries | MoveSeries, wanted: Iterable[Wanted]) -> set[int]:
    """The slots that are planned also where a rule for clients is broken."""
    slots = {one.slot for one in wanted} if command.despite else set[int]()
    return slots if command.despite_slots is None else slots.intersection(command.despite_slots)


def as_mapping(choices: Iterable[SlotChoice]) -> dict[int, datetime | None]:
    """The start that was chosen for a slot; None: it is left out."""
    return {
        one.slot: None if one.starts_at is None else one.starts_at.astimezone(UTC)
        for one in choices
    }


def series_collides(slots: Mapping[str, str]) -> Conflict:
    """Some occurrences do not fit, so none is booked."""
    return Conflict("series_collides", "Some of the times do not fit.", fields=slots)


def _judged(one: Wanted, calendar: SeriesCalendar, start: datetime | None) -> SeriesSlot:
    state, broken = SlotState.SKIPPED, list[Refusal]()
    if start is not None:
        found = calendar.broken_rules(start, one.appointment)
        broken = found or []
        if start < calendar.near(Span(start, start + _MINUTE)).now:
            state = SlotState.PAST
        elif found is None:
            state = SlotState.TAKEN
        else:
            state = SlotState.OUTSIDE_RULES if broken else SlotState.FREE
    if state is SlotState.FREE and start is not None:
        calendar.take(start, one.appointment)
    return SeriesSlot(
        slot=one.slot,
        wall=f"{one.rule.wall(one.slot):%Y-%m-%dT%H:%M}",
        starts_at=start,
        state=state,
        breaks=[WhyNot(rule) for rule in broken] if state is SlotState.OUTSIDE_RULES else [],
        repeated=len(one.rule.instants(one.slot)) > 1,
        previous_starts_at=None if one.appointment is None else one.appointment.starts_at,
    )


def _with_nearest(slot: SeriesSlot, nearest: datetime) -> SeriesSlot:
    return SeriesSlot(
        slot=slot.slot,
        wall=slot.wall,
        starts_at=slot.starts_at,
        state=slot.state,
        breaks=slot.breaks,
        nearest=nearest,
        repeated=slot.repeated,
        previous_starts_at=slot.previous_starts_at,
    )


def _wrong(
    calendar: SeriesCalendar,
    one: Wanted,
    start: datetime | None,
    *,
    despite: bool,
    now: datetime,
) -> str | None:
    if start is None:
        return "skipped"
    if start < now:
        return "in_the_past"
    broken = calendar.broken_rules(start, one.appointment)
    if broken is None:
        return "taken"
    return str(broken[0]) if broken and not despite else None


def _start(booked: Booked) -> datetime:
    return booked.span.start
