"""What every write to a practitioner's calendar begins with.

One writer at a time: `open_calendars` takes the practitioner's advisory lock
and lets go of holds and requests that are over; then the engine is asked, with the rows as
they are under the lock; then one statement writes, and the exclusion
constraint judges it once more. The engine is the one that lists free times,
so at the same instant nothing is offered that is refused here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from portal_chassis.authority.ownership import Client
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.errors import Conflict, Invalid
from scheduling.domain.appointments import Appointment
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.practice_starts import PracticeStarts
from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span
from scheduling.operations.letting_go import let_go_of_what_is_over
from scheduling.operations.slot_calendar import PLANNABLE, as_booked, load_calendar
from scheduling.storage import booked_times, busy
from scheduling.storage.locks import lock_practitioners

_TAKEN = (Refusal.OWN_APPOINTMENT, Refusal.EXTERNAL_BUSY, Refusal.CAP)
"""For a client these are one: somebody else has the time."""


@dataclass(frozen=True)
class Planned:
    """A stretch of a calendar that may be taken, and the zone it is planned in."""

    span: Span
    timezone: str


class Wanted(NamedTuple):
    """A start that a client wants to have."""

    service: BookableService
    starts_at: datetime
    client: Client


def open_calendars(
    tx: Transaction, *practitioner_ids: UUID, wanted: Wanted | None = None, now: datetime
) -> None:
    """Become the only writer of these calendars, and let go of what in them is over.

    Args:
        tx: a transaction.
        practitioner_ids: whose calendars.
        wanted: what many may want at once: those who come too late are told before more is
            looked at, so that whoever waits behind them does not wait for long.
        now: aware UTC instant.

    Raises:
        Conflict: ``slot_taken``: somebody else has some of what is `wanted`.
    """
    lock_practitioners(tx, *practitioner_ids)
    to_look_at = set(practitioner_ids)
    if wanted is not None:
        found = _state(tx, wanted, now=now)
        if found.taken:
            raise slot_taken()
        if not found.over:
            to_look_at.discard(wanted.service.practitioner_id)
    for practitioner_id in to_look_at:
        let_go_of_what_is_over(tx, practitioner_id, now=now)


def _state(tx: Transaction, wanted: Wanted, *, now: datetime) -> busy.State:
    service, starts_at = wanted.service, wanted.starts_at
    if abs(starts_at - now) > PLANNABLE:
        # At the ends of the calendar there is no such stretch; the engine refuses it.
        return busy.State(taken=False, over=True)
    begin, end = starts_at - service.buffer_before, starts_at + service.duration
    blocked = Span(begin.astimezone(UTC), (end + service.buffer_after).astimezone(UTC))
    ignored = busy.Ignored(holds_of=wanted.client.id)
    return busy.state(tx, service.practitioner_id, blocked, ignored=ignored, now=now)


def new_time(service: BookableService, planned: Planned) -> booked_times.NewTime:
    """The time to be taken: title, place and buffers are copied from the service as it is now."""
    return booked_times.NewTime(
        id=new_id(),
        practice_id=service.practice_id,
        practitioner_id=service.practitioner_id,
        service_id=service.id,
        title=service.fields.title,
        span=planned.span,
        timezone=planned.timezone,
        buffer_before=service.buffer_before,
        buffer_after=service.buffer_after,
        place_kind=service.fields.place_kind,
        place=service.fields.place,
    )


def free_for_client(
    tx: Transaction,
    service: BookableService,
    starts_at: datetime,
    client: Client,
    *,
    moved: Appointment | None = None,
    now: datetime,
) -> Planned:
    """The stretch from `starts_at`, once the engine offers it to the client.

    Args:
        tx: a transaction in which the calendar is open.
        service: what is booked.
        starts_at: the start asked for.
        client: who asks.
        moved: the appointment that is moved: it keeps its length and buffers,
            and does not stand in its own way.
        now: aware UTC instant.

    Raises:
        Conflict: ``slot_taken``; ``not_offered`` with the rule at ``starts_at``.
    """
    # Before it is turned into UTC: at the ends of the calendar that has no answer.
    if abs(starts_at - now) > PLANNABLE:
        raise _not_offered(Refusal.OUTSIDE_WINDOW if starts_at > now else Refusal.NOTICE)
    start = starts_at.astimezone(UTC)
    calendar = _calendar(tx, service, start, client, moved, now=now)
    refusal = calendar.refusal(start)
    if refusal in _TAKEN:
        raise slot_taken()
    if refusal is not None:
        raise _not_offered(refusal)
    return _planned(calendar, start)


def free_for_practice(
    tx: Transaction,
    service: BookableService,
    starts_at: datetime,
    *,
    despite: bool,
    despite_only: Collection[str] | None = None,
    moved: Appointment | None = None,
    now: datetime,
) -> Planned:
    """The stretch from `starts_at`, once nothing but rules that bind clients stands in the way.

    Whether clients may book the service by themselves, and which, is no such
    rule: the practice decides it by booking. Nor is a start beside the grid one.

    Args:
        tx: a transaction in which the calendar is open.
        service: what is booked.
        starts_at: the start asked for.
        despite: also where such rules are broken.
        despite_only: and only these; None: whichever.
        moved: as for a client.
        now: aware UTC instant.

    Raises:
        Invalid: ``start_invalid``: ``in_the_past``, ``too_far`` or ``whole_minutes``.
        Conflict: ``slot_taken`` over another appointment; ``outside_rules``
            with the first rule at ``starts_at``, each at ``breaks.<number>``, and ``despite``:
            ``needed``.
    """
    start = start_of_practice(starts_at, now)
    calendar = _calendar(tx, service, start, None, moved, now=now)
    broken = broken_rules(calendar, start)
    if broken is None:
        raise slot_taken()
    meant = broken if despite_only is None else despite_only
    if broken and not (despite and set(meant).issuperset(broken)):
        raise _outside_rules(broken)
    return _planned(calendar, start)


def _outside_rules(broken: list[Refusal]) -> Conflict:
    return Conflict(
        "outside_rules",
        "A rule that binds clients is broken.",
        fields={
            "starts_at": str(broken[0]),
            "despite": "needed",
            **{f"breaks.{number}": str(rule) for number, rule in enumerate(broken)},
        },
    )


def broken_rules(calendar: Calendar, start: datetime) -> list[Refusal] | None:
    """The rules for clients that the practice would break at `start`; None where it is taken."""
    rules = calendar.rules
    blocked = Span(start - rules.buffer_before, start + rules.duration + rules.buffer_after)
    if any(one.blocked.overlaps(blocked) for one in calendar.booked):
        return None
    return PracticeStarts(calendar).broken_rules(start)


def free_again(
    tx: Transaction,
    service: BookableService,
    starts_at: datetime,
    client: Client,
    moved: Appointment,
    *,
    now: datetime,
) -> Planned:
    """The stretch that an appointment had before, once nobody else has it.

    Rules that bind clients were asked when it was booked there; what they say now is no matter.

    Raises:
        Conflict: ``slot_taken``.
    """
    start = starts_at.astimezone(UTC)
    calendar = _calendar(tx, service, start, client, moved, now=now)
    planned = _planned(calendar, start)
    blocked = Span(start - moved.buffer_before, planned.span.end + moved.buffer_after)
    taken = (*(one.blocked for one in calendar.booked), *calendar.external)
    if any(one.overlaps(blocked) for one in taken):
        raise slot_taken()
    return planned


def slot_taken() -> Conflict:
    """Somebody else has the time."""
    return Conflict("slot_taken", "The time is not free.")


def _calendar(
    tx: Transaction,
    service: BookableService,
    start: datetime,
    client: Client | None,
    moved: Appointment | None,
    *,
    now: datetime,
) -> Calendar:
    calendar = load_calendar(
        tx,
        service,
        around=Span(start, start + timedelta(minutes=1)),
        now=now,
        client=client,
        leaving_out=() if moved is None else (moved.id,),
        for_practice=client is None,
    )
    return calendar if moved is None else as_booked(calendar, moved)


def _planned(calendar: Calendar, start: datetime) -> Planned:
    return Planned(Span(start, start + calendar.rules.duration), calendar.availability.zone.key)


def start_of_practice(starts_at: datetime, now: datetime) -> datetime:
    """A start that the practice may ask for, in UTC.

    Raises:
        Invalid: ``start_invalid``: ``in_the_past``, ``too_far`` or ``whole_minutes``.
    """
    wrong = None
    if starts_at < now:
        wrong = "in_the_past"
    elif starts_at - now > PLANNABLE:
        wrong = "too_far"
    elif starts_at.second or starts_at.microsecond:
        wrong = "whole_minutes"
    if wrong is not None:
        raise Invalid("start_invalid", "Nothing can start then.", fields={"starts_at": wrong})
    return starts_at.astimezone(UTC)


def _not_offered(refusal: Refusal) -> Conflict:
    return Conflict("not_offered", "The time is not offered.", fields={"starts_at": str(refusal)})
