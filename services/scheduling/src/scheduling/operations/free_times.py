"""Which times are free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind
from portal_contracts.errors import Forbidden, Invalid
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc import availability as availability_contract
from portal_contracts.scheduling.rpc import booking as contract
from portal_contracts.scheduling.rpc.appointments import LONGEST_RANGE_DAYS
from portal_contracts.scheduling.rpc.availability import WhyNot
from portal_contracts.zones import known_zone
from scheduling.domain.appointments import PLANNED, Appointment
from scheduling.domain.availability import Availability
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.hours import check_availability
from scheduling.domain.practice_starts import PracticeStarts
from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span, local_date, time_zone
from scheduling.operations.bookable_services import (
    as_offered,
    own_service,
    require_service,
    service_not_found,
)
from scheduling.operations.own_appointments import appointment_not_found
from scheduling.operations.slot_calendar import NO_ZONE, PLANNABLE, as_booked, load_calendar
from scheduling.storage import appointments

FARTHEST = timedelta(days=366)
"""How far ahead of now the next free time is searched."""

_STEP = timedelta(days=31)
_NEAR = (timedelta(days=7), timedelta(days=31), timedelta(days=92))
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


Free = tuple[datetime, list[Refusal]]
"""A start, and the rules for clients that it breaks."""


@dataclass(frozen=True)
class Asked:
    """What is asked about: a service, by whom, and which of its appointments is to be moved.

    Attributes:
        service: the service.
        client: who asks; None for the practice.
        moved: the appointment to be moved.
        for_practice: the practice asks, which is told of rules that bind clients.
        availability: these hours instead of the stored ones.
        now: aware UTC instant.
    """

    service: BookableService
    client: Client | None
    moved: Appointment | None
    for_practice: bool
    now: datetime
    availability: Availability | None = None

    def calendar(self, tx: Transaction, around: Span) -> Calendar:
        """The calendar for starts inside `around`."""
        loaded = load_calendar(
            tx,
            self.service,
            around=around,
            now=self.now,
            client=self.client,
            leaving_out=() if self.moved is None else (self.moved.id,),
            for_practice=self.for_practice,
            availability=self.availability,
        )
        return loaded if self.moved is None else as_booked(loaded, self.moved)

    def free(self, calendar: Calendar, within: Span) -> list[Free]:
        """The free starts inside `within`; the practice is told of those that break rules too."""
        if not self.for_practice:
            return [(start, []) for start in calendar.free_starts(within)]
        last = self.now + PLANNABLE
        return [one for one in PracticeStarts(calendar).free_starts(within) if one[0] <= last]

    def plain(self, calendar: Calendar, within: Span) -> list[datetime]:
        """The free starts inside `within` that break no rule."""
        return [start for start, broken in self.free(calendar, within) if not broken]


def list_free_times(
    tx: Transaction, command: contract.ListFreeTimes, actor: Actor, *, now: datetime
) -> contract.FreeTimes:
    """The free starts whose date in the asked zone lies in the range, for booking as they are.

    The practice is told of those that break rules for clients too, and which rules.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``: also one the client may not book;
            ``appointment_not_found``: the client has no such appointment of this service.
        Invalid: ``range_too_long``; ``range_invalid`` with ``timezone``:
            ``unknown_timezone`` or ``last_on``: ``order``.
    """
    zone = _checked_range(command)
    asked = _asked(tx, command.service_id, command.moving, actor, now=now)
    first = max(command.first_on, local_date(now, zone) - _DAY)
    last = min(command.last_on, local_date(now + PLANNABLE, zone))
    # With nothing left of the range the calendar is still asked for its zone and its last date.
    around = _wide(first, max(first, last)) if first <= last else Span(now, now + _MINUTE)
    calendar = asked.calendar(tx, around)
    free = [
        (start, broken)
        for start, broken in (asked.free(calendar, around) if first <= last else [])
        if first <= local_date(start, zone) <= last
    ]
    starts = [start for start, broken in free if not broken]
    return contract.FreeTimes(
        service=as_offered(asked.service, calendar.availability.zone.key),
        starts=starts,
        next_start=None if starts else _next_start(tx, asked, calendar, last, zone),
        last_bookable_on=_last_bookable_on(calendar, zone),
        despite=[
            contract.StartDespite(starts_at=start, breaks=[WhyNot(rule) for rule in broken])
            for start, broken in free
            if broken
        ],
    )


def nearest_times(
    tx: Transaction, command: contract.NearestTimes, actor: Actor, *, now: datetime
) -> contract.NearestFreeTimes:
    """The free starts nearest to an instant, in order of time.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found`` or ``appointment_not_found``, as for a list.
    """
    asked = _asked(tx, command.service_id, command.moving, actor, now=now)
    around = min(max(command.around, now), now + PLANNABLE).astimezone(UTC)
    starts: list[datetime] = []
    timezone = NO_ZONE
    for reach in _NEAR:
        within = Span(max(now, around - reach), around + reach)
        calendar = asked.calendar(tx, within)
        starts, timezone = asked.plain(calendar, within), calendar.availability.zone.key
        if len(starts) >= command.limit:
            break
    nearest = sorted(starts, key=lambda start: (abs(start - around), start))[: command.limit]
    return contract.NearestFreeTimes(starts=sorted(nearest), timezone=timezone)


def preview_times(
    tx: Transaction, command: availability_contract.PreviewTimes, actor: Actor, *, now: datetime
) -> availability_contract.Times:
    """The next times that clients would be offered, by stored hours or by those given.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``.
        Invalid: ``availability_fields``.
    """
    service = own_service(tx, command.service_id, actor, Permission.APPOINTMENTS_READ)
    given = command.availability
    hours = None if given is None else check_availability(given)
    asked = Asked(
        service=service,
        client=None,
        moved=None,
        for_practice=False,
        now=now,
        availability=hours,
    )
    starts: list[datetime] = []
    timezone = NO_ZONE
    for within in _steps(now, now + FARTHEST):
        calendar = asked.calendar(tx, within)
        timezone = calendar.availability.zone.key
        starts += calendar.free_starts(within)
        if len(starts) >= command.limit:
            break
    return availability_contract.Times(starts=starts[: command.limit], timezone=timezone)


def _asked(
    tx: Transaction, service_id: UUID, moving: UUID | None, actor: Actor, *, now: datetime
) -> Asked:
    """What `actor` may ask about."""
    is_client = actor.kind is ActorKind.CLIENT
    if is_client:
        client = require_client(actor)
        practice_id = client.practice_id
    else:
        require_permission(actor, Permission.APPOINTMENTS_READ)
        if actor.practice_id is None:
            raise Forbidden("not_allowed", "This actor belongs to no practice.")
        client, practice_id = None, actor.practice_id
    service = require_service(tx, service_id, practice_id)
    moved = None if moving is None else _to_move(tx, moving, service, client)
    if client is not None and moved is None and not service.offers_to(client.id):
        raise service_not_found()
    return Asked(service=service, client=client, moved=moved, for_practice=not is_client, now=now)


def _to_move(
    tx: Transaction, appointment_id: UUID, service: BookableService, client: Client | None
) -> Appointment:
    if client is None:
        appointment = appointments.find(tx, appointment_id, practice_id=service.practice_id)
    else:
        appointment = appointments.find_own(tx, appointment_id, client)
    if (
        appointment is None
        or appointment.status not in PLANNED
        or appointment.service_id != service.id
    ):
        raise appointment_not_found()
    return appointment


def _checked_range(command: contract.ListFreeTimes) -> ZoneInfo:
    timezone = known_zone(command.timezone)
    if timezone is None:
        raise Invalid(
            "range_invalid", "There is no such zone.", fields={"timezone": "unknown_timezone"}
        )
    if command.last_on < command.first_on:
        raise Invalid("range_invalid", "It ends before it starts.", fields={"last_on": "order"})
    if (command.last_on - command.first_on).days >= LONGEST_RANGE_DAYS:
        raise Invalid(
            "range_too_long",
            f"At most {LONGEST_RANGE_DAYS} days are asked for.",
            fields={"last_on": "too_long"},
        )
    return time_zone(timezone)


def _next_start(
    tx: Transaction, asked: Asked, calendar: Calendar, after: date, zone: ZoneInfo
) -> datetime | None:
    """The first free start after a date, as far as there can be one, and within a year."""
    rules = calendar.rules
    if not (rules.self_scheduling and rules.client_allowed):
        return None
    begin = max(asked.now, _midnight(after))
    if rules.bookable_from is not None:
        begin = max(begin, _midnight(rules.bookable_from) - _DAY)
    end = asked.now + FARTHEST
    last_on = _last_bookable_on(calendar, zone)
    if last_on is not None:
        end = min(end, _midnight(last_on) + 3 * _DAY)
    for within in _steps(begin, end):
        for start in asked.plain(asked.calendar(tx, within), within):
            if local_date(start, zone) > after:
                return start
    return None


def _last_bookable_on(calendar: Calendar, zone: ZoneInfo) -> date | None:
    """The date in `zone` at the end of the last date, in the practitioner's, that can be booked."""
    rules, practitioners_zone = calendar.rules, calendar.availability.zone
    lasts = [] if rules.bookable_until is None else [rules.bookable_until]
    if rules.max_horizon_days is not None:
        lasts.append(
            local_date(calendar.now, practitioners_zone) + timedelta(days=rules.max_horizon_days)
        )
    if not lasts:
        return None
    last = min(lasts)
    if last >= date.max - _DAY:
        return last
    ends = datetime.combine(last + _DAY, time(), tzinfo=practitioners_zone).astimezone(UTC)
    return local_date(ends - _MINUTE, zone)


def _steps(begin: datetime, end: datetime) -> Iterator[Span]:
    """The stretch from `begin` to `end`, a month at a time."""
    while begin < end:
        following = min(begin + _STEP, end)
        yield Span(begin, following)
        begin = following


def _wide(first: date, last: date) -> Span:
    """The dates and a day more on each side: they begin at other instants in other zones."""
    return Span(_midnight(first - _DAY), _midnight(last + 2 * _DAY))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
