"""Moving and cancelling occurrences of a series in one act: from one on, or all to come.

All or nothing. Where occurrences before them stay, the series ends there, and the moved ones are
a series of their own: calendars know no other way (RFC 5545 has no rule that changes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from portal_chassis.authority.ownership import Client
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.series import (
    CancelledSeries,
    CancelSeries,
    MovedSeries,
    MoveSeries,
    ReviewSeriesMove,
    SeriesReview,
)
from scheduling.domain.appointments import Appointment, BookingStatus
from scheduling.domain.series import SeriesRule
from scheduling.domain.wall_time import time_zone
from scheduling.operations.bookable_services import require_service
from scheduling.operations.calendar_writes import slot_taken, start_of_practice
from scheduling.operations.own_appointments import sealed_text
from scheduling.operations.series_events import (
    SeriesAct,
    publish_series_cancelled,
    publish_series_moved,
)
from scheduling.operations.series_planning import (
    CalendarOf,
    Placed,
    SeriesCalendar,
    Wanted,
    as_mapping,
    may_break_rules,
    place,
    review,
    stretch_of,
)
from scheduling.operations.series_scope import Change, find_change, open_change, part_of
from scheduling.operations.slot_calendar import hours_of, load_calendar
from scheduling.storage import booked_times, series_writes
from scheduling.storage import series as stored
from scheduling.storage.series_writes import Put


def review_series_move(
    tx: Transaction, command: ReviewSeriesMove, actor: Actor, *, now: datetime
) -> SeriesReview:
    """Where the occurrences would be, and the nearest free time for each that does not fit.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``; ``series_not_found``: it is of none.
        Invalid: ``start_invalid``.
        Conflict: ``move_closed`` with ``over``: it is off, or has begun.
    """
    change = find_change(tx, command.appointment_id, command.scope, actor, now=now)
    wanted, given = _wanted(tx, change, command.starts_at, now=now)
    slots = review(wanted, _calendars(tx, change, wanted, given, now=now), given)
    return SeriesReview(
        timezone=wanted[0].rule.timezone, minutes=_minutes(change.changing[0]), slots=slots
    )


def move_series(tx: Transaction, command: MoveSeries, call: Call, *, now: datetime) -> MovedSeries:
    """Move the occurrences, or none. Publishes `SeriesMoved`; logged as ``series.moved``.

    Not counted among the client's own moves.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``; ``series_not_found``: it is of none.
        Invalid: ``start_invalid``; ``series_invalid``: nothing would be left.
        Conflict: ``move_closed``; ``series_collides`` with a code for each slot.
    """
    change = open_change(tx, command.appointment_id, command.scope, call, now=now)
    wanted, given = _wanted(tx, change, command.starts_at, now=now)
    choices = given | as_mapping(command.choices)
    calendar_of = _calendars(tx, change, wanted, choices, now=now)
    despite = may_break_rules(command, wanted)
    placed = place(wanted, calendar_of, choices, despite=despite, now=now)
    if all(one.span is None for one in placed):
        raise Invalid("series_invalid", "Nothing is left.", fields={"choices": "nothing_left"})
    quiet = command.without_mail
    return _write(tx, change, placed, wanted[0].rule.timezone, call, without_mail=quiet, now=now)


def cancel_series(
    tx: Transaction, command: CancelSeries, call: Call, sealer: Sealer, *, now: datetime
) -> CancelledSeries:
    """Cancel the occurrences; never late. Publishes `SeriesCancelled`; ``series.cancelled``.

    Raises:
        Forbidden: ``not_allowed``: also in a colleague's calendar.
        NotFound: ``appointment_not_found``; ``series_not_found``: it is of none.
        Conflict: ``cancel_closed`` with ``over``: nothing of it is to come.
    """
    change = open_change(tx, command.appointment_id, command.scope, call, now=now, cancels=True)
    off = change.changing
    reasons = {one.id: sealed_text(tx, one, command.reason, "cancel_reason", sealer) for one in off}
    _cancel(tx, off, reasons, call, now=now)
    # With none before them the rule stays as it is: the whole entry is off then.
    rule = replace(change.rule, slots=change.first_slot) if change.stays else change.rule
    acts = stored.act(tx, change.series_id, rule, now=now)
    act = SeriesAct(change.series_id, acts, command.without_mail)
    publish_series_cancelled(tx, off, call, act, left=change.left, now=now)
    return CancelledSeries(series_id=change.series_id, cancelled=[one.id for one in off])


def _wanted(
    tx: Transaction, change: Change, starts_at: datetime, *, now: datetime
) -> tuple[list[Wanted], dict[int, datetime | None]]:
    """Where the rule has each occurrence once the one that was named begins at `starts_at`."""
    start = start_of_practice(starts_at, now)
    first = change.changing[0]
    timezone = hours_of(tx, first.practitioner_id, first.practice_id).timezone
    wall = start.astimezone(time_zone(timezone)).replace(tzinfo=None)
    rule = replace(change.rule.moved_to(change.slot, wall), timezone=timezone)
    wanted = [Wanted(part_of(one).slot, rule, one) for one in change.changing]
    given: dict[int, datetime | None] = {}
    if rule.instants(change.slot)[0] != start:
        given[change.slot] = start
    return wanted, given


def _calendars(
    tx: Transaction,
    change: Change,
    wanted: Sequence[Wanted],
    choices: dict[int, datetime | None],
    *,
    now: datetime,
) -> CalendarOf:
    """The calendar that each occurrence is in, without those that change."""
    ids = [one.id for one in change.changing]
    around = stretch_of(wanted, choices)
    by_service = {
        one.service_id: SeriesCalendar(
            load_calendar(
                tx,
                require_service(tx, one.service_id, one.practice_id),
                around=around,
                now=now,
                client=None,
                leaving_out=ids,
                for_practice=True,
            )
        )
        for one in {one.service_id: one for one in change.changing}.values()
    }
    by_slot = {part_of(one).slot: by_service[one.service_id] for one in change.changing}
    return lambda one: by_slot[one.slot]


def _minutes(appointment: Appointment) -> int:
    return (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1)


def _write(
    tx: Transaction,
    change: Change,
    placed: Sequence[Placed],
    timezone: str,
    call: Call,
    *,
    without_mail: bool,
    now: datetime,
) -> MovedSeries:
    parted = change.first_slot if change.stays else 0
    moves = [
        Put(one.wanted.appointment, one.wanted.slot - parted, one.span, timezone)
        for one in placed
        if one.span is not None and one.wanted.appointment is not None
    ]
    off = [one.wanted.appointment for one in placed if one.span is None and one.wanted.appointment]
    _cancel(tx, off, {}, call, now=now)
    if not series_writes.put_all(tx, moves, now=now):
        raise slot_taken()
    series_id, acts = _keep_rule(tx, change, placed[0].wanted.rule, now=now)
    series_writes.tell_all(tx, moves, series_id, revealed=call.actor.revealed, now=now)
    if series_id != change.series_id:
        series_writes.take_along(tx, change.series_id, series_id, from_slot=change.first_slot)
    act = SeriesAct(series_id, acts, without_mail)
    publish_series_moved(tx, moves, off, call, act, former_id=change.series_id, now=now)
    return MovedSeries(
        series_id=series_id,
        moved=[one.appointment.id for one in moves],
        cancelled=[one.id for one in off],
    )


def _keep_rule(
    tx: Transaction, change: Change, rule: SeriesRule, *, now: datetime
) -> tuple[UUID, int]:
    """The series of the moved ones, and how many acts it has seen."""
    if not change.stays:
        return change.series_id, stored.act(tx, change.series_id, rule, now=now)
    ended = replace(change.rule, slots=change.first_slot)
    stored.act(tx, change.series_id, ended, now=now)
    first, series_id = change.changing[0], new_id()
    stored.add(
        tx,
        series_id,
        Client(id=first.client_id, practice_id=first.practice_id),
        rule.part(change.first_slot),
        minutes=_minutes(first),
        follows_id=change.series_id,
        now=now,
    )
    return series_id, 0


def _cancel(
    tx: Transaction,
    off: Sequence[Appointment],
    reasons: dict[UUID, bytes | None],
    call: Call,
    *,
    now: datetime,
) -> None:
    if not off:
        return
    ids = [one.id for one in off]
    series_writes.cancel_all(tx, ids, reasons, revealed=call.actor.revealed, now=now)
    booked_times.free(tx, [one.booked_time_id for one in off], BookingStatus.CANCELLED, now=now)
