"""The portal's first page over HTTP, beside the same calls with nothing in them."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.accounting import cpu_in_words, cpu_per_piece, process_tree, processes_of
from bench.client_home import ClientHome, enter
from bench.context import MeasurementContext, wait_for_queue
from bench.floors import gateway
from bench.load import Load, LoadResult, apply_load_from_other_process
from bench.rows import Aim, Figure, Figures, Row
from bench.timing import Spread, alternate, median_spread, spread
from gateway.serving import worker_class
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port
from portal_runner.health import ask
from portal_runner.processes import Child
from portal_runner.stack import GATEWAY_THREADS, GATEWAY_WORKERS
from tests.kit.portal.portals import Portal

CONNECTIONS = (1, 16, 64)
PLAIN, STOCK = "the same calls to plain consumers", "… through nameko's own client"
SECONDS, ROUNDS = 2.5, 3
PER_PROCESS = ("gateway", "identity-links", "scheduling", "forms", "postgres", "rabbitmq")


def _rows_at(connections: int) -> tuple[Row, ...]:
    at = f"Portal home at {connections} connection{'s' if connections > 1 else ''}"
    key = f"home-{connections}"
    return (
        Row(f"{key}-p50", f"{at}, p50", "ms", PLAIN),
        Row(f"{key}-p99", f"{at}, p99", "ms", PLAIN),
        Row(f"{key}-rate", at, "requests/s", PLAIN, Aim(0.6, at_least=True)),
        Row(f"{key}-rate-nameko", at, "requests/s", STOCK, Aim(10, at_least=True)),
    )


ROWS = (
    Row("home-raw", "Portal home at 1 connection, p50", "ms", "raw round trip", Aim(8)),
    *(row for connections in CONNECTIONS for row in _rows_at(connections)),
    Row("home-cpu", "CPU per portal home, of every process", "ms", PLAIN),
)


@dataclass(frozen=True)
class _Side:
    """One way to serve the page.

    Attributes:
        port: where.
        cookie: of whoever asks.
        processes: process ids by name.
    """

    port: int
    cookie: str
    processes: Callable[[], dict[str, list[int]]]

    def load(self, connections: int, seconds: float) -> LoadResult:
        """Ask for the page."""
        return apply_load_from_other_process(
            Load(self.port, "/home", self.cookie, connections, seconds)
        )


@dataclass
class _Turns:
    """What came out of the rounds of one side at one number of connections."""

    spreads: list[Spread]
    rates: list[float]

    @property
    def rate(self) -> float:
        """Answers per second: the median round's."""
        return statistics.median(self.rates)


def measure(context: MeasurementContext) -> Figures:
    """Serve the page in three ways, and load each in turn."""
    home = enter(context.portal)
    raw = context.raw.round_trip
    sides = {
        "ours": _portal(context.portal, home),
        **_floors(context, home.reply_bytes(context.rpc)),
    }
    for side in sides.values():
        side.load(16, context.seconds(2.0))
    figures: Figures = {}
    raw_spreads: list[Spread] = []
    for connections in CONNECTIONS:
        turns = {name: _Turns([], []) for name in sides}
        for _ in range(context.rounds(ROUNDS)):
            raw_spreads.append(alternate({"raw": raw}, rounds=1, count=150, warm_up=10)["raw"])
            for name, side in sides.items():
                answered = side.load(connections, context.seconds(SECONDS))
                turns[name].spreads.append(spread(answered.durations))
                turns[name].rates.append(len(answered.durations) / answered.seconds)
        figures |= _figures_at(connections, turns)
    figures["home-raw"] = Figure(figures["home-1-p50"].value, median_spread(raw_spreads).p50)
    figures["home-cpu"] = _cpu(sides["ours"], sides["plain"], context.seconds(SECONDS))
    return figures


def _figures_at(connections: int, turns: dict[str, _Turns]) -> Figures:
    ours, plain = median_spread(turns["ours"].spreads), median_spread(turns["plain"].spreads)
    key = f"home-{connections}"
    return {
        f"{key}-p50": Figure(ours.p50, plain.p50),
        f"{key}-p99": Figure(ours.p99, plain.p99),
        f"{key}-rate": Figure(turns["ours"].rate, turns["plain"].rate),
        f"{key}-rate-nameko": Figure(turns["ours"].rate, turns["nameko"].rate),
    }


def _cpu(ours: _Side, plain: _Side, seconds: float) -> Figure:
    """CPU time for a page at 16 connections."""

    def spent(side: _Side) -> dict[str, float]:
        return cpu_per_piece(side.processes(), lambda: len(side.load(16, seconds).durations))

    by_process, floor = spent(ours), spent(plain)
    return Figure(sum(by_process.values()), sum(floor.values()), cpu_in_words(by_process))


def _portal(portal: Portal, home: ClientHome) -> _Side:
    port = int(urlsplit(portal.listens_at).port or 0)
    return _Side(port, home.cookie, lambda: processes_of(portal, PER_PROCESS))


def _floors(context: MeasurementContext, sizes: tuple[int, ...]) -> dict[str, _Side]:
    uri = context.amqp_uri
    plain, stock = [], []
    for name, size in zip(gateway.SERVICES, sizes, strict=True):
        plain.append(context.start(name, "bench.floors.plain_consumer", uri, name, str(size)))
        nameko = f"{name}_nameko"
        stock.append(context.start(nameko, "bench.floors.nameko_service", uri, nameko, str(size)))
    wait_for_queue(uri, *gateway.SERVICES, *(f"rpc-{name}_nameko" for name in gateway.SERVICES))
    return {"plain": _floor(context, "plain", plain), "nameko": _floor(context, "nameko", stock)}


def _floor(context: MeasurementContext, factory: str, services: list[Child]) -> _Side:
    """The floor's gateway, run exactly as the portal's."""
    port = free_port()
    child = context.start(
        f"{factory}-gateway",
        "gunicorn",
        f"bench.floors.gateway:{factory}()",
        f"--worker-class={worker_class}",
        f"--workers={GATEWAY_WORKERS}",
        f"--threads={GATEWAY_THREADS}",
        f"--bind=127.0.0.1:{port}",
        "--no-control-socket",
        "--log-level=warning",
        environment={gateway.AMQP_URI: context.amqp_uri},
    )
    # It answers 404 to what it does not know, and nothing before it listens.
    if not wait_until(lambda: ask("127.0.0.1", port, "/")[0] != 0, within=20):
        message = f"the {factory} gateway does not listen"
        raise TimeoutError(message)

    def processes() -> dict[str, list[int]]:
        return {
            "gateway": process_tree(child.pid or 0),
            "services": [one.pid or 0 for one in services],
            **processes_of(context.portal, ["rabbitmq"]),
        }

    return _Side(port, "", processes)
