"""One call of a method that does nothing but answer, beside a raw round trip over the broker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing

from bench.accounting import cpu_per_piece
from bench.context import MeasurementContext, wait_for_queue
from bench.echo_service import ECHO, NAME, Word
from bench.floors import nameko_client
from bench.rows import Aim, Figure, Figures, Row
from bench.timing import Spread, alternate, time_calls
from portal_chassis.broker.connection import connect
from portal_chassis.broker.topology import call_exchange, rpc_queue
from portal_chassis.embedded.postgres import EmbeddedPostgres
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY
from portal_runner.processes import Child
from tests.kit.portal.portals import Portal

RAW = "raw round trip"
NAMEKO = "bench_nameko"
ROWS = (
    Row("raw-p50", "Raw broker round trip, p50", "ms"),
    Row("raw-p99", "Raw broker round trip, p99", "ms"),
    Row("rpc-p50", "One RPC, p50", "ms", RAW, Aim(1.5)),
    Row("rpc-p99", "One RPC, p99", "ms", RAW),
    Row("rpc-nameko-kept", "One RPC, p50", "ms", "nameko's client, its connection kept"),
    Row("rpc-nameko", "One RPC, p50", "ms", "nameko's client, a connection per call"),
    Row("rpc-cpu", "CPU of the service per RPC", "ms", "plain consumer"),
    Row("rpc-cpu-nameko", "CPU of the service per RPC", "ms", "stock nameko service"),
)
WORD = Word(word="x" * 100)
ROUNDS, CALLS, WARM_UP = 9, 150, 60


def measure(context: MeasurementContext) -> Figures:
    """Start the three services and call them in turn."""
    raw = context.raw.round_trip
    service = start_echo(context)
    stock = context.start("nameko", "bench.floors.nameko_service", context.amqp_uri, NAMEKO, "100")
    wait_for_queue(context.amqp_uri, rpc_queue(NAME).name, f"rpc-{NAMEKO}")
    rpc = RpcClient(context.amqp_uri, "bench")

    def ours() -> object:
        return rpc.call(ECHO, WORD, actor=NOBODY)

    with closing(rpc), nameko_client.connected(context.amqp_uri) as proxy:
        sides = {
            "raw": raw,
            "ours": ours,
            "nameko": lambda: proxy[NAMEKO].ask(WORD.word),
        }
        found = alternate(sides, rounds=context.rounds(ROUNDS), count=CALLS, warm_up=WARM_UP)
        cpu = {
            name: _cpu_per_call(pid, sides[name], 200 if context.quick else 1000)
            for name, pid in (
                ("raw", context.raw.pid),
                ("ours", service.pid or 0),
                ("nameko", stock.pid or 0),
            )
        }
    return _figures(found, _connecting_each_time(context), cpu)


def start_echo(
    context: MeasurementContext,
    portal: Portal | None = None,
    environment: Mapping[str, str] | None = None,
) -> Child:
    """The service, which is no part of the portal: the broker's owner has to stand in.

    Args:
        context: starts it.
        portal: beside which it is to run; the context's unless given.
        environment: what else it is told.
    """
    portal = portal or context.portal
    uri = str(portal.facts["amqp_uri"])
    # Before a service starts it sees whether its database has room, also one that asks it nothing.
    server = EmbeddedPostgres(portal.folder / "postgres")
    with connect(uri) as connection:
        call_exchange(NAME)(connection.channel()).declare()
    told = {
        "PORTAL_AMQP_URI": uri,
        "PORTAL_BROKER_USERS": "{process}",
        "BENCH_ECHO_DATABASE_URL": server.url("forms", "forms_runtime"),
        **(environment or {}),
    }
    return context.start("echo", "portal_chassis.launch", NAME, environment=told)


def _connecting_each_time(context: MeasurementContext) -> Spread:
    """As a thread of a web application has to use nameko's client: connecting for each call."""
    return alternate(
        {"nameko": lambda: nameko_client.call_once(context.amqp_uri, NAMEKO, WORD.word)},
        rounds=context.rounds(3),
        count=20,
        warm_up=3,
    )["nameko"]


def _figures(found: dict[str, Spread], anew: Spread, cpu: dict[str, float]) -> Figures:
    ours, raw = found["ours"], found["raw"]
    return {
        "raw-p50": Figure(raw.p50),
        "raw-p99": Figure(raw.p99),
        "rpc-p50": Figure(ours.p50, raw.p50),
        "rpc-p99": Figure(ours.p99, raw.p99),
        "rpc-nameko-kept": Figure(ours.p50, found["nameko"].p50),
        "rpc-nameko": Figure(ours.p50, anew.p50),
        "rpc-cpu": Figure(cpu["ours"], cpu["raw"]),
        "rpc-cpu-nameko": Figure(cpu["ours"], cpu["nameko"]),
    }


def _cpu_per_call(pid: int, call: Callable[[], object], count: int) -> float:
    return cpu_per_piece({"service": [pid]}, lambda: len(time_calls(call, count)))["service"]
