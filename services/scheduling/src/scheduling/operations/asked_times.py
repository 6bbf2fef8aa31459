"""What is asked about free times: of which service, by whom, and where the next ones are."""

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
from portal_contracts.zones import known_zone
from scheduling.domain.appointments import PLANNED, Appointment
from scheduling.domain.availability import Availability
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.practice_starts import PracticeStarts
from scheduling.domain.slots import Calendar, Refusal
from scheduling.domain.wall_time import Span, local_date, time_zone
from scheduling.operations.bookable_services import require_service, service_not_found
from scheduling.operations.own_appointments import appointment_not_found
from scheduling.operations.slot_calendar import PLANNABLE, as_booked, load_calendar
from scheduling.storage import appointments

FARTHEST = timedelta(days=366)
"""How far ahead of now the next free time is searched."""

_STEP = timedelta(days=31)
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
        """The free starts inside `within` that break no rule; not the one that is moved from."""
        moved_from = None if self.moved is None else self.moved.starts_at
        return [
            start
            for start, broken in self.free(calendar, within)
            if not broken and start != moved_from
        ]


def asked_about(
    tx: Transaction, service_id: UUID, moving: UUID | None, actor: Actor, *, now: datetime
) -> Asked:
    """What `actor` may ask about.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``: also one the client may not book;
            ``appointment_not_found``: the client has no such appointment of this service.
    """
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


def asked_zone(timezone: str) -> ZoneInfo:
    """The zone in which days are meant.

    Raises:
        Invalid: ``range_invalid`` with ``timezone``: ``unknown_timezone``.
    """
    known = known_zone(timezone)
    if known is None:
        raise Invalid(
            "range_invalid", "There is no such zone.", fields={"timezone": "unknown_timezone"}
        )
    return time_zone(known)


def next_start(
    tx: Transaction, asked: Asked, calendar: Calendar, *, after: date, zone: ZoneInfo
) -> datetime | None:
    """The first free start after a date in `zone`, as far as there can be one."""
    begin = beginning_of(after + _DAY, zone)
    return next(iter(next_starts(tx, asked, calendar, begin=begin)), None)


def next_starts(
    tx: Transaction, asked: Asked, calendar: Calendar, *, begin: datetime
) -> list[datetime]:
    """The free starts of the first month from `begin` on that has any, within a year from now.

    `calendar`: one of what is asked about, for its rules and its zone.
    """
    rules = calendar.rules
    if not (rules.self_scheduling and rules.client_allowed):
        return []
    begin = max(asked.now, begin)
    if rules.bookable_from is not None:
        begin = max(begin, _midnight(rules.bookable_from) - _DAY)
    end = asked.now + FARTHEST
    last_on = last_bookable_on(calendar, calendar.availability.zone)
    if last_on is not None:
        end = min(end, _midnight(last_on) + 3 * _DAY)
    for within in steps(begin, end):
        starts = asked.plain(asked.calendar(tx, within), within)
        if starts:
            return starts
    return []


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant, aware UTC, at which a date begins on the wall in `zone`."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def last_bookable_on(calendar: Calendar, zone: ZoneInfo) -> date | None:
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


def steps(begin: datetime, end: datetime) -> Iterator[Span]:
    """The stretch from `begin` to `end`, a month at a time."""
    while begin < end:
        following = min(begin + _STEP, end)
        yield Span(begin, following)
        begin = following


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
