"""A booking from the hold to its two mails over HTTP, beside what else a team would take."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import sql

from bench.accounting import cpu_in_words, cpu_per_piece, processes_of
from bench.arriving_mails import ArrivingMails
from bench.bulk import Database, database_of
from bench.client_home import enter
from bench.context import MeasurementContext
from bench.measurements.free_times import DAYS, month_of
from bench.measurements.peers_month import individual_session
from bench.peers.booking_client import BookingClient, client_of_monolith, client_of_portal
from bench.peers.sides import MONOLITH, Absent, monolith, next_month
from bench.rows import Aim, Figure, Figures, Row
from bench.timing import MILLISECONDS
from gateway.web.tokens import new_secret
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Nothing
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES
from portal_contracts.scheduling.rpc.limits import (
    EDIT_BOOKING_LIMITS,
    READ_BOOKING_LIMITS,
    BookingLimits,
    EditBookingLimits,
)
from portal_runner.demo import people

FROM = "From a booking’s confirmation to"
ROWS = (
    Row("peers-booking-cpu", "CPU per booking with a hold and two mails", "ms", MONOLITH, Aim(1.5)),
    Row("peers-booking-hold-cpu", "Of that, the hold and its page", "ms", MONOLITH),
    Row("peers-booking-first", f"{FROM} the first mail, p50", "ms", MONOLITH, Aim(1.3)),
    Row("peers-booking-both", f"{FROM} both mails, p50", "ms", MONOLITH),
)
PER_PROCESS = (
    *("gateway", "identity-links", "scheduling", "forms", "notifications"),
    *("postgres", "rabbitmq"),
)
ROUNDS, BOOKINGS, WARM_UP = 10, 16, 8
"""Linux tells CPU time by hundredths of a second: of one process a round tells 0.6 ms a booking."""

HORIZON_DAYS, AHEAD, MONTHS = 365, timedelta(days=70), 8
"""How far ahead clients may book meanwhile, and from when on they do: past the demo's bookings."""

MOST = 1000
AFTERWARDS_SECONDS = 0.3
"""What is written down once a mail has been handed in belongs to the booking."""


@dataclass
class _Booked:
    """What came out of the bookings of one side, by round."""

    cpu: list[dict[str, float]] = field(default_factory=list)
    hold_cpu: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)

    @property
    def cpu_per_booking(self) -> float:
        return statistics.median(sum(one.values()) for one in self.cpu)

    @property
    def cpu_by_process(self) -> dict[str, float]:
        return {name: statistics.median(one[name] for one in self.cpu) for name in self.cpu[0]}


@dataclass(frozen=True)
class _Side:
    """One way to book."""

    client: BookingClient
    processes: Callable[[], dict[str, list[int]]]
    starts: Iterator[datetime]


def measure(context: MeasurementContext) -> Figures:
    """Book the same times on both sides, in turn."""
    service_id = individual_session(context.portal)
    peer = monolith(context)
    mails = ArrivingMails(context.mails.messages)
    context.mails.messages = mails
    with ExitStack() as stack:
        ours = stack.enter_context(closing(database_of(context.portal, "scheduling")))
        stack.enter_context(_horizon(ours, "bookable_service", service_id))
        _lift_limits(context, service_id)
        starts = _starts(context, service_id)
        sides = {
            "stack": _Side(
                client_of_portal(context.portal, service_id, next_month()),
                lambda: processes_of(context.portal, PER_PROCESS),
                iter(starts),
            )
        }
        if not isinstance(peer, Absent):
            theirs = stack.enter_context(closing(peer.database()))
            stack.enter_context(_horizon(theirs, "service", service_id))
            client = client_of_monolith(peer, service_id, next_month())
            sides["monolith"] = _Side(client, peer.processes, iter(starts))
        booked = _in_turn(context, sides, mails)
    return _figures(booked, peer.why if isinstance(peer, Absent) else "")


def _in_turn(
    context: MeasurementContext, sides: dict[str, _Side], mails: ArrivingMails
) -> dict[str, _Booked]:
    booked = {name: _Booked() for name in sides}
    for side in sides.values():
        _book(side, mails, _Booked(), WARM_UP)
    for _ in range(context.rounds(ROUNDS)):
        for name, side in sides.items():
            _take_turn(side, mails, booked[name])
    return booked


def _take_turn(side: _Side, mails: ArrivingMails, booked: _Booked) -> None:
    processes = side.processes()
    booked.cpu.append(cpu_per_piece(processes, lambda: _book(side, mails, booked, BOOKINGS)))
    hold = cpu_per_piece(processes, lambda: _hold(side, BOOKINGS))
    booked.hold_cpu.append(sum(hold.values()))


def _book(side: _Side, mails: ArrivingMails, booked: _Booked, count: int) -> int:
    """Hold, look, confirm, and wait for both mails, `count` times."""
    addresses = {str(people.ANNA.fields.email), str(people.EMAIL)}
    for _ in range(count):
        page = side.client.hold(next(side.starts))
        began = time.perf_counter()
        side.client.confirm(page)
        first, both = mails.next_for_all(addresses, since=began)
        booked.first.append((first - began) * MILLISECONDS)
        booked.both.append((both - began) * MILLISECONDS)
    threading.Event().wait(AFTERWARDS_SECONDS)
    return count


def _hold(side: _Side, count: int) -> int:
    """Hold and look only; each hold takes the place of the one before."""
    for _ in range(count):
        side.client.hold(next(side.starts))
    return count


@contextmanager
def _horizon(database: Database, table: str, service_id: UUID) -> Iterator[None]:
    """Let clients book a year ahead, as long as the block lasts."""
    name = sql.Identifier(table)
    read = sql.SQL("SELECT max_horizon_days FROM {} WHERE id = %s").format(name)
    change = sql.SQL("UPDATE {} SET max_horizon_days = %s WHERE id = %s").format(name)
    [row] = database.execute(read, [service_id]).fetchall()
    database.execute(change, [HORIZON_DAYS, service_id])
    try:
        yield
    finally:
        database.execute(change, [row[0], service_id])


def _starts(context: MeasurementContext, service_id: UUID) -> list[datetime]:
    """Free times enough for all."""
    actor = enter(context.portal).actor(context.rpc)
    found: list[datetime] = []
    for months in range(MONTHS):
        asked = month_of(service_id, ahead=AHEAD + timedelta(days=DAYS * months))
        found += context.rpc.call(LIST_FREE_TIMES, asked, actor=actor).starts
    return found


def _lift_limits(context: MeasurementContext, service_id: UUID) -> None:
    """Let a client book as much as a practice can allow; that it is no more is still counted."""
    with closing(database_of(context.portal, "scheduling")) as database:
        [row] = database.execute(
            "SELECT practitioner_id, practice_id FROM bookable_service WHERE id = %s",
            [service_id],
        ).fetchall()
    owner = Actor(kind=ActorKind.PRACTITIONER, id=row[0], practice_id=row[1], role=Role.OWNER)
    stored = context.rpc.call(READ_BOOKING_LIMITS, Nothing(), actor=owner)
    limits = BookingLimits(max_open=MOST, max_per_day=MOST)
    change = EditBookingLimits(version=stored.version, limits=limits)
    context.rpc.call(EDIT_BOOKING_LIMITS, change, actor=owner, idempotency_key=new_secret())


def _figures(booked: dict[str, _Booked], why: str) -> Figures:
    stack, peer = booked["stack"], booked.get("monolith")
    words = why if peer is None else f"theirs {cpu_in_words(peer.cpu_by_process)}"
    note = f"{cpu_in_words(stack.cpu_by_process)}; {words}"

    def beside(picked: Callable[[_Booked], float], note: str = "") -> Figure:
        return Figure(picked(stack), None if peer is None else picked(peer), note)

    return {
        "peers-booking-cpu": beside(lambda one: one.cpu_per_booking, note),
        "peers-booking-hold-cpu": beside(lambda one: statistics.median(one.hold_cpu)),
        "peers-booking-first": beside(lambda one: statistics.median(one.first)),
        "peers-booking-both": beside(lambda one: statistics.median(one.both)),
    }
