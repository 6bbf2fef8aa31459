"""Storing a series of 52 beside booking one appointment: CPU of scheduling and its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from bench.accounting import cpu_per_piece, processes_of
from bench.client_home import bookable_service, enter
from bench.context import MeasurementContext
from bench.rows import Aim, Figure, Figures, Row
from gateway.web.tokens import new_secret
from portal_chassis.authority.ownership import require_client
from portal_chassis.clock import Clock
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.scheduling.rpc.appointments import RepeatUnit
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient
from portal_contracts.scheduling.rpc.series import BOOK_SERIES, BookSeries, Repeat

OCCURRENCES = 52
ONE = "one booking"
ROWS = (
    Row("series-cpu", f"CPU of storing a series of {OCCURRENCES}", "ms", ONE, Aim(6.0)),
    Row("series-cpu-service", "Of that, the service alone", "ms", ONE),
)
ROUNDS, WARM_UP = 24, 4
WEEKS_AHEAD = 60
"""Where nothing of the demo practice is."""


def measure(context: MeasurementContext) -> Figures:
    """Book series and single appointments in turn, each at hours of its own."""
    portal = context.portal
    client = enter(portal).actor(context.rpc)
    service = bookable_service(context.rpc, client)
    practitioner = Actor(
        kind=ActorKind.PRACTITIONER,
        id=service.practitioner_id,
        practice_id=client.practice_id,
        role=Role.OWNER,
    )
    client_id = require_client(client).id
    pids = processes_of(portal, ("scheduling", "postgres"))
    starts = _starts()

    def single() -> int:
        command = BookForClient(
            client_id=client_id, service_id=service.id, starts_at=next(starts), despite=True
        )
        context.rpc.call(BOOK_FOR_CLIENT, command, actor=practitioner, idempotency_key=new_secret())
        return 1

    def series() -> int:
        command = _series(client_id, service.id, next(starts))
        context.rpc.call(BOOK_SERIES, command, actor=practitioner, idempotency_key=new_secret())
        return 1

    for _ in range(WARM_UP):
        single()
        series()
    rounds = context.rounds(ROUNDS)
    one = cpu_per_piece(pids, lambda: sum(single() for _ in range(rounds * 4)))
    many = cpu_per_piece(pids, lambda: sum(series() for _ in range(rounds)))
    return {
        "series-cpu": Figure(sum(many.values()), sum(one.values())),
        "series-cpu-service": Figure(many["scheduling"], one["scheduling"]),
    }


def _times(number: int, act: Callable[[], None]) -> int:
    for _ in range(number):
        act()
    return number


def _starts() -> Iterator[datetime]:
    """Starts that never meet, not in the weeks after either."""
    first = Clock().now().replace(minute=0, second=0, microsecond=0)
    first += timedelta(weeks=WEEKS_AHEAD)
    for number in count():
        years, place = divmod(number, 84)
        yield first + timedelta(days=place % 7, hours=2 * (place // 7), weeks=60 * years)


def _series(client_id: UUID, service_id: UUID, starts_at: datetime) -> BookSeries:
    repeat = Repeat(unit=RepeatUnit.WEEKLY, times=OCCURRENCES)
    return BookSeries(
        client_id=client_id, service_id=service_id, starts_at=starts_at, repeat=repeat, despite=True
    )
