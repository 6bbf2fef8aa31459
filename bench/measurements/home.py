"""The portal's first page over HTTP, beside the same calls with nothing in them."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.accounting import cpu_per_piece, family, listed, processes_of
from bench.client_home import ClientHome, enter
from bench.floors import gateway
from bench.ground import Ground, wait_for_queue
from bench.load import Answered, Load, put_under_from_beside
from bench.rows import Aim, Figure, Figures, Row
from bench.timing import Spread, alternate, middle, spread
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

    def load(self, connections: int, seconds: float) -> Answered:
        """Ask for the page."""
        return put_under_from_beside(Load(self.port, "/home", self.cookie, connections, seconds))


@dataclass
class _Turns:
    """What came out of the rounds of one side at one number of connections."""

    spreads: list[Spread]
    rates: list[float]

    @property
    def rate(self) -> float:
        """Answers per second: the median round's."""
        return statistics.median(self.rates)


def measure(ground: Ground) -> Figures:
    """Serve the page in three ways, and load each in turn."""
    home = enter(ground.portal)
    raw = ground.raw.round_trip
    sides = {"ours": _portal(ground.portal, home), **_floors(ground, home.reply_bytes(ground.rpc))}
    for side in sides.values():
        side.load(16, ground.seconds(2.0))
    figures: Figures = {}
    raw_spreads: list[Spread] = []
    for connections in CONNECTIONS:
        turns = {name: _Turns([], []) for name in sides}
        for _ in range(ground.rounds(ROUNDS)):
            raw_spreads.append(alternate({"raw": raw}, rounds=1, count=150, warm_up=10)["raw"])
            for name, side in sides.items():
                answered = side.load(connections, ground.seconds(SECONDS))
                turns[name].spreads.append(spread(answered.durations))
                turns[name].rates.append(len(answered.durations) / answered.seconds)
        figures |= _figures_at(connections, turns)
    figures["home-raw"] = Figure(figures["home-1-p50"].value, middle(raw_spreads).p50)
    figures["home-cpu"] = _cpu(sides["ours"], sides["plain"], ground.seconds(SECONDS))
    return figures


def _figures_at(connections: int, turns: dict[str, _Turns]) -> Figures:
    ours, plain = middle(turns["ours"].spreads), middle(turns["plain"].spreads)
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
    return Figure(sum(by_process.values()), sum(floor.values()), listed(by_process))


def _portal(portal: Portal, home: ClientHome) -> _Side:
    port = int(urlsplit(portal.listens_at).port or 0)
    return _Side(port, home.cookie, lambda: processes_of(portal, PER_PROCESS))


def _floors(ground: Ground, sizes: tuple[int, ...]) -> dict[str, _Side]:
    uri = ground.amqp_uri
    plain, stock = [], []
    for name, size in zip(gateway.SERVICES, sizes, strict=True):
        plain.append(ground.start(name, "bench.floors.plain_consumer", uri, name, str(size)))
        nameko = f"{name}_nameko"
        stock.append(ground.start(nameko, "bench.floors.nameko_service", uri, nameko, str(size)))
    wait_for_queue(uri, *gateway.SERVICES, *(f"rpc-{name}_nameko" for name in gateway.SERVICES))
    return {"plain": _floor(ground, "plain", plain), "nameko": _floor(ground, "nameko", stock)}


def _floor(ground: Ground, factory: str, services: list[Child]) -> _Side:
    """The floor's gateway, run exactly as the portal's."""
    port = free_port()
    child = ground.start(
        f"{factory}-gateway",
        "gunicorn",
        f"bench.floors.gateway:{factory}()",
        "--worker-class=gthread",
        f"--workers={GATEWAY_WORKERS}",
        f"--threads={GATEWAY_THREADS}",
        f"--bind=127.0.0.1:{port}",
        "--no-control-socket",
        "--log-level=warning",
        environment={gateway.AMQP_URI: ground.amqp_uri},
    )
    # It answers 404 to what it does not know, and nothing before it listens.
    if not wait_until(lambda: ask("127.0.0.1", port, "/")[0] != 0, within=20):
        message = f"the {factory} gateway does not listen"
        raise TimeoutError(message)

    def processes() -> dict[str, list[int]]:
        return {
            "gateway": family(child.pid or 0),
            "services": [one.pid or 0 for one in services],
            **processes_of(ground.portal, ["rabbitmq"]),
        }

    return _Side(port, "", processes)
