"""From the commit of a booking to the mail server's 250, beside publish, consume, send."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
from amqp import Message

from bench.accounting import cpu_in_words, cpu_per_piece, processes_of
from bench.arriving_mails import PATIENCE_SECONDS, ArrivingMails
from bench.bulk import Database, database_of, wal_syncs
from bench.client_home import bookable_service, enter
from bench.context import MeasurementContext, wait_for_queue
from bench.floors.mail_consumer import RECIPIENT
from bench.floors.plain_consumer import connect
from bench.rows import Figure, Figures, Row
from bench.timing import Spread, median_spread, spread, time_calls
from portal_chassis.clock import Clock
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.identity_links.rpc.clients import LIST_CLIENTS, ListClients
from portal_contracts.scheduling.rpc.calendar import BOOK_FOR_CLIENT, BookForClient
from portal_runner.demo import people

FLOOR = "publish → consume → SMTP"
ROWS = (
    Row("mail-p50", "Commit of a booking to its mail accepted, p50", "ms", FLOOR),
    Row("mail-p95", "Commit of a booking to its mail accepted, p95", "ms", FLOOR),
    Row("mail-commit", "One commit of one row, p50", "ms"),
    Row("mail-cpu", "CPU per booking and its mail, of every process", "ms"),
)
PER_PROCESS = ("scheduling", "identity-links", "notifications", "postgres", "rabbitmq")
QUEUE = "bench-mail"
ROUNDS, MAILS, WARM_UP = 5, 12, 4
DAYS_AHEAD = 395
PERSISTENT = 2
COMMITTED = "bench_committed"
"""The database announces each event that is committed, in the instant of the commit."""

_ANNOUNCE = (
    "CREATE TABLE IF NOT EXISTS bench_commit (at timestamptz)",
    f"""
    CREATE OR REPLACE FUNCTION bench_announce() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('{COMMITTED}', ''); RETURN NULL; END $$
    """,
    """
    CREATE OR REPLACE TRIGGER bench_announce AFTER INSERT ON outbox
    EXECUTE FUNCTION bench_announce()
    """,
)
_STOP_ANNOUNCING = (
    "DROP TABLE bench_commit",
    "DROP TRIGGER bench_announce ON outbox",
    "DROP FUNCTION bench_announce",
)


class Commits:
    """Hears of commits with an event in them, in the instant in which they happen.

    Args:
        database: a connection of its own.
    """

    def __init__(self, database: Database) -> None:
        self._heard: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._database = database
        database.execute(f"LISTEN {COMMITTED}")
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self) -> float:
        """When the next one happened, waited for."""
        return self._heard.get(timeout=PATIENCE_SECONDS)

    def _listen(self) -> None:
        # The server is stopped in the end, and with it the connection.
        with contextlib.suppress(psycopg.OperationalError):
            for _ in self._database.notifies():
                self._heard.put(time.perf_counter())


def measure(context: MeasurementContext) -> Figures:
    """Book one time after the other, in turn with the floor."""
    portal, mails = context.portal, ArrivingMails(context.mails.messages)
    context.mails.messages = mails
    with closing(database_of(portal, "scheduling")) as database:
        for statement in _ANNOUNCE:
            database.execute(statement)
        try:
            commits = Commits(database_of(portal, "scheduling"))
            ours = partial(_book_and_wait, commits, mails, _booking(context))
            ours()
            size = len(mails[-1].raw)
            with _floor(context, mails, size) as floor:
                found = _alternate(
                    {"ours": ours, "floor": floor, "commit": partial(_commit, database)},
                    context.rounds(ROUNDS),
                )
            before = wal_syncs(database)
            cpu = cpu_per_piece(
                processes_of(portal, PER_PROCESS), lambda: len([ours() for _ in range(MAILS)])
            )
            syncs = (wal_syncs(database) - before) / MAILS
        finally:
            for statement in _STOP_ANNOUNCING:
                database.execute(statement)
    return {
        "mail-p50": Figure(found["ours"].p50, found["floor"].p50, f"{size} bytes"),
        "mail-p95": Figure(found["ours"].p95, found["floor"].p95),
        "mail-commit": Figure(
            found["commit"].p50, note=f"a booking and its mail wait for {syncs:.1f}"
        ),
        "mail-cpu": Figure(sum(cpu.values()), note=cpu_in_words(cpu)),
    }


def _alternate(sides: dict[str, Callable[[], float]], rounds: int) -> dict[str, Spread]:
    for side in sides.values():
        for _ in range(WARM_UP):
            side()
    turns: dict[str, list[Spread]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            turns[name].append(spread([side() for _ in range(MAILS)]))
    return {name: median_spread(spreads) for name, spreads in turns.items()}


def _commit(database: Database) -> float:
    """Seconds that the database needs to keep one row for good."""
    [seconds] = time_calls(lambda: database.execute("INSERT INTO bench_commit VALUES (now())"), 1)
    return seconds


def _book_and_wait(commits: Commits, mails: ArrivingMails, book: Callable[[], object]) -> float:
    """Seconds from the commit of a booking to its mail."""
    book()
    return mails.next_for(str(people.BEN.fields.email)) - commits.next()


def _booking(context: MeasurementContext) -> Callable[[], object]:
    """Books the next hour for a demo client, who is mailed."""
    client = enter(context.portal).actor(context.rpc)
    service = bookable_service(context.rpc, client)
    practitioner = Actor(
        kind=ActorKind.PRACTITIONER,
        id=service.practitioner_id,
        practice_id=client.practice_id,
        role=Role.OWNER,
    )
    rows = context.rpc.call(LIST_CLIENTS, ListClients(status=None, limit=200), actor=practitioner)
    client_id = next(row.id for row in rows.items if row.email == people.BEN.fields.email)
    # Behind the bookings beside the monolith, and before the first series.
    day = (Clock().now() + timedelta(days=DAYS_AHEAD)).date()
    starts = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=number)
        for number in range(5000)
    )

    def book() -> object:
        command = BookForClient(
            client_id=client_id, service_id=service.id, starts_at=next(starts), despite=True
        )
        key = uuid.uuid4().hex
        return context.rpc.call(BOOK_FOR_CLIENT, command, actor=practitioner, idempotency_key=key)

    return book


@contextmanager
def _floor(
    context: MeasurementContext, mails: ArrivingMails, size: int
) -> Iterator[Callable[[], float]]:
    uri = context.amqp_uri
    port, module = str(context.mails.port), "bench.floors.mail_consumer"
    context.start("mail", module, uri, QUEUE, port, str(size))
    wait_for_queue(uri, QUEUE)
    with connect(uri) as connection:
        channel = connection.channel()
        channel.confirm_select()

        def publish_and_wait() -> float:
            started = time.perf_counter()
            channel.basic_publish(Message(b"x" * 500, delivery_mode=PERSISTENT), "", QUEUE)
            return mails.next_for(RECIPIENT) - started

        yield publish_and_wait
