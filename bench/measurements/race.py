"""Many clients want one time at the same instant.

Beside bare inserts into the same table, and beside the same calls that take the same locks and do
nothing in them.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from uuid import UUID

from bench.bulk import Database, database_of, deadlocks
from bench.client_home import bookable_service, enter
from bench.context import MeasurementContext, wait_for_queue
from bench.lock_service import LOCK, NAME, Lock
from bench.measurements.free_times import month_of
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from bench.timing import Spread, median_spread, spread
from portal_chassis.broker.connection import connect
from portal_chassis.broker.topology import call_exchange, rpc_queue
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY, Actor, ActorKind
from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc.appointments import LONGEST_RANGE_DAYS, OfferedService
from portal_contracts.scheduling.rpc.booking import HOLD_TIME, HoldTime
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES

CLIENTS = (1, 8, 50)
BARE = "bare INSERT … ON CONFLICT DO NOTHING"
NONE = Aim(0, AimQuantity.VALUE)


def _clients(count: int) -> str:
    return "One client wants" if count == 1 else f"{count} clients want"


ROWS = (
    *(
        Row(f"race-{clients}-{what}", f"{_clients(clients)} one time: {words}", "ms", BARE)
        for clients in CLIENTS
        for what, words in (("p50", "p50"), ("p99", "p99"), ("max", "the slowest of all"))
    ),
    Row(
        "race-50-lock",
        "50 clients want one time: until all are answered",
        "ms",
        "the same calls with the lock and nothing in it",
        Aim(3),
    ),
    Row("race-not-one", "Races without exactly one winner", "", aim=NONE),
    Row("race-deadlocks", "Deadlocks of the database meanwhile", "", aim=NONE),
)
RACES, WARM_UP = 16, 2
AHEAD = timedelta(days=45)
"""Where the calendar is as empty as the demo practice's is."""

_COPY = (
    "CREATE SCHEMA IF NOT EXISTS bench",
    "DROP TABLE IF EXISTS bench.booked_time",
    "CREATE TABLE bench.booked_time (LIKE public.booked_time INCLUDING ALL)",
)
_INSERT = (
    "INSERT INTO bench.booked_time (id, practice_id, practitioner_id, service_id, title,"
    " starts_at, ends_at, timezone, starts_wall, blocked, status, created_at, updated_at)"
    " VALUES (gen_random_uuid(), %(owner)s, %(owner)s, %(owner)s, 'Session', %(at)s,"
    " %(at)s + interval '1 hour', 'UTC', now(), tstzrange(%(at)s, %(at)s + interval '1 hour'),"
    " 'confirmed', now(), now()) ON CONFLICT DO NOTHING RETURNING id"
)


def measure(context: MeasurementContext) -> Figures:
    """Race for one free time after the other, in turn with the floor."""
    portal = context.portal
    actor = enter(portal).actor(context.rpc)
    service = bookable_service(context.rpc, actor)
    days = month_of(service.id, ahead=AHEAD, days=LONGEST_RANGE_DAYS)
    free = iter(context.rpc.call(LIST_FREE_TIMES, days, actor=actor).starts)
    figures: Figures = {}
    not_one = 0
    with closing(database_of(portal, "scheduling")) as database:
        for statement in _COPY:
            database.execute(statement)
        before = deadlocks(database)
        for clients in CLIENTS:
            with _rivals(context, clients) as rivals:
                ours, floor, odd = _races(context, actor, service, free, rivals)
            not_one += odd
            figures |= {
                f"race-{clients}-p50": Figure(ours.p50, floor.p50),
                f"race-{clients}-p99": Figure(ours.p99, floor.p99),
                f"race-{clients}-max": Figure(ours.largest, floor.largest),
            }
        figures["race-50-lock"] = _beside_the_lock(context, actor, service, free, max(CLIENTS))
        figures["race-deadlocks"] = Figure(deadlocks(database) - before)
    races = _races_per_size(context) * len(CLIENTS)
    figures["race-not-one"] = Figure(not_one, note=f"of {races} races")
    return figures


def _races(
    context: MeasurementContext,
    actor: Actor,
    service: OfferedService,
    free: Iterator[datetime],
    rivals: list[Database],
) -> tuple[Spread, Spread, int]:
    """Ours, the floor's, and in how many of ours not exactly one has won."""
    ours: list[list[float]] = []
    floor: list[list[float]] = []
    odd = 0
    for number in range(WARM_UP + _races_per_size(context)):
        at = next(free)
        winners, seconds = _race([partial(_hold, context, actor, service.id, at) for _ in rivals])
        values = {"owner": service.practitioner_id, "at": at + timedelta(days=365)}
        _, bare = _race([partial(_insert, rival, values) for rival in rivals])
        if number >= WARM_UP:
            odd += winners != 1
            ours.append(seconds)
            floor.append(bare)
    return _spread_of_all(ours), _spread_of_all(floor), odd


def _beside_the_lock(
    context: MeasurementContext,
    actor: Actor,
    service: OfferedService,
    free: Iterator[datetime],
    clients: int,
) -> Figure:
    """How long the last of all waits, in the middle race; and where nothing is done in the lock."""
    ours: list[float] = []
    locked: list[float] = []
    _start_lock(context)
    with closing(RpcClient(context.amqp_uri, "bench")) as rpc:
        for number in range(WARM_UP + _races_per_size(context)):
            at = next(free)
            holding = partial(_hold, context, actor, service.id, at)
            _, seconds = _race([holding] * clients)
            _, bare = _race([partial(_lock, rpc, service.practitioner_id)] * clients)
            if number >= WARM_UP:
                ours.append(max(seconds))
                locked.append(max(bare))
    return Figure(1000 * median(ours), 1000 * median(locked))


def _start_lock(context: MeasurementContext) -> None:
    """The service, which is no part of the portal: the broker's owner has to stand in."""
    with connect(context.amqp_uri) as connection:
        call_exchange(NAME)(connection.channel()).declare()
    server = EmbeddedPostgres(context.portal.folder / "postgres")
    environment = {
        "PORTAL_AMQP_URI": context.amqp_uri,
        "PORTAL_BROKER_USERS": "{process}",
        "BENCH_LOCK_DATABASE_URL": server.url("scheduling", "scheduling_runtime"),
    }
    context.start("lock", "portal_chassis.launch", NAME, environment=environment)
    wait_for_queue(context.amqp_uri, rpc_queue(NAME).name)


def _lock(rpc: RpcClient, practitioner_id: UUID) -> bool:
    command = Lock(client_id=uuid.uuid4(), practitioner_id=practitioner_id)
    rpc.call(LOCK, command, actor=NOBODY, idempotency_key=uuid.uuid4().hex)
    return True


def _races_per_size(context: MeasurementContext) -> int:
    return 2 * context.rounds(RACES // 2)


def _spread_of_all(races: list[list[float]]) -> Spread:
    """Of every answer, because a race has too few for a percentile of its own."""
    return median_spread([spread([seconds for race in races for seconds in race])])


def _race(attempts: list[Callable[[], bool]]) -> tuple[int, list[float]]:
    """Let all attempts begin at once; how many have won, and how long each took."""
    barrier = threading.Barrier(len(attempts))
    lock, wins, seconds = threading.Lock(), [], []
    failures: list[BaseException] = []

    def run(attempt: Callable[[], bool]) -> None:
        barrier.wait()
        started = time.perf_counter()
        try:
            won = attempt()
        except Exception as error:  # noqa: BLE001 - raised again below, in the right thread
            failures.append(error)
            return
        taken = time.perf_counter() - started
        with lock:
            wins.append(won)
            seconds.append(taken)

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(wins), seconds


def _hold(context: MeasurementContext, practice: Actor, service_id: UUID, at: datetime) -> bool:
    """A client whom nobody has seen before holds the time."""
    client = Actor(kind=ActorKind.CLIENT, id=uuid.uuid4(), practice_id=practice.practice_id)
    wish = HoldTime(service_id=service_id, starts_at=at)
    try:
        context.rpc.call(HOLD_TIME, wish, actor=client, idempotency_key=uuid.uuid4().hex)
    except Conflict:
        return False
    return True


def _insert(database: Database, values: dict[str, object]) -> bool:
    return database.execute(_INSERT, values).fetchone() is not None


@contextmanager
def _rivals(context: MeasurementContext, count: int) -> Iterator[list[Database]]:
    """So many open connections."""
    server = EmbeddedPostgres(context.portal.folder / "postgres")
    with ExitStack() as stack:
        yield [stack.enter_context(closing(server.connect("scheduling"))) for _ in range(count)]
