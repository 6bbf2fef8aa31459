"""The portal's first page over HTTP, beside the same calls with nothing in them."""

from __future__ import annotations

from bench.accounting import cpu_in_words, process_tree, processes_of
from bench.client_home import enter
from bench.context import MeasurementContext, wait_for_queue
from bench.floors import gateway
from bench.rows import Figure, Figures, Row
from bench.sides import Side, Turns, load_in_turn, stack_side
from bench.timing import Spread, alternate, median_spread
from gateway.serving import worker_class
from portal_chassis.embedded.polling import wait_until
from portal_chassis.embedded.ports import free_port
from portal_runner.health import ask
from portal_runner.processes import Child
from portal_runner.stack import GATEWAY_THREADS, GATEWAY_WORKERS

BUSY = 16
CONNECTIONS = (1, BUSY, 64)
PLAIN, STOCK = "the same calls to plain consumers", "… through nameko's own client"
SECONDS, ROUNDS = 2.5, 3
PER_PROCESS = ("gateway", "identity-links", "scheduling", "forms", "postgres", "rabbitmq")


def _rows_at(connections: int) -> tuple[Row, ...]:
    at = f"Portal home at {connections} connection{'s' if connections > 1 else ''}"
    key = f"home-{connections}"
    return (
        Row(f"{key}-p50", f"{at}, p50", "ms", PLAIN),
        Row(f"{key}-p99", f"{at}, p99", "ms", PLAIN),
        Row(f"{key}-rate", at, "requests/s", PLAIN),
        Row(f"{key}-rate-nameko", at, "requests/s", STOCK),
    )


ROWS = (
    Row("home-raw", "Portal home at 1 connection, p50", "ms", "raw round trip"),
    *(row for connections in CONNECTIONS for row in _rows_at(connections)),
    Row("home-cpu", "CPU per portal home, of every process", "ms", PLAIN),
)


def measure(context: MeasurementContext) -> Figures:
    """Serve the page in three ways, and load each in turn."""
    home = enter(context.portal)
    raw = context.raw.round_trip
    sides = {
        "ours": stack_side(context.portal, "/home", home.cookie, PER_PROCESS),
        **_floors(context, home.reply_bytes(context.rpc)),
    }
    for side in sides.values():
        side.load(BUSY, context.seconds(2.0))
    figures: Figures = {}
    raw_spreads: list[Spread] = []
    for connections in CONNECTIONS:
        raw_spreads.append(alternate({"raw": raw}, rounds=3, count=150, warm_up=10)["raw"])
        turns = load_in_turn(
            sides,
            connections=connections,
            seconds=context.seconds(SECONDS),
            rounds=context.rounds(ROUNDS),
        )
        figures |= _figures_at(connections, turns)
    figures["home-raw"] = Figure(figures["home-1-p50"].value, median_spread(raw_spreads).p50)
    return figures


def _figures_at(connections: int, turns: dict[str, Turns]) -> Figures:
    ours, plain = turns["ours"], turns["plain"]
    key = f"home-{connections}"
    figures = {
        f"{key}-p50": Figure(ours.spread.p50, plain.spread.p50),
        f"{key}-p99": Figure(ours.spread.p99, plain.spread.p99),
        f"{key}-rate": Figure(ours.rate, plain.rate),
        f"{key}-rate-nameko": Figure(ours.rate, turns["nameko"].rate),
    }
    if connections == BUSY:
        note = cpu_in_words(ours.cpu_by_process)
        figures["home-cpu"] = Figure(ours.cpu_per_page, plain.cpu_per_page, note)
    return figures


def _floors(context: MeasurementContext, sizes: tuple[int, ...]) -> dict[str, Side]:
    uri = context.amqp_uri
    plain, stock = [], []
    for name, size in zip(gateway.SERVICES, sizes, strict=True):
        plain.append(context.start(name, "bench.floors.plain_consumer", uri, name, str(size)))
        nameko = f"{name}_nameko"
        stock.append(context.start(nameko, "bench.floors.nameko_service", uri, nameko, str(size)))
    wait_for_queue(uri, *gateway.SERVICES, *(f"rpc-{name}_nameko" for name in gateway.SERVICES))
    return {"plain": _floor(context, "plain", plain), "nameko": _floor(context, "nameko", stock)}


def _floor(context: MeasurementContext, factory: str, services: list[Child]) -> Side:
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

    return Side(port, "/home", "", processes)
