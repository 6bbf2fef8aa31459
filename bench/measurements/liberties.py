"""What each liberty with a library buys: the portal's home without one of them, and without all.

For each of them a portal of its own, all loaded in turn. Not part of a full run: eight
portals take some minutes, and 5 GB of memory.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from bench.accounting import cpu_per_piece, memory_megabytes
from bench.client_home import enter
from bench.context import MeasurementContext, wait_for_queue
from bench.echo_service import ECHO
from bench.liberties import NAMES, environment
from bench.measurements.home import BUSY, PER_PROCESS
from bench.measurements.rpc import WORD, start_echo
from bench.rows import Figure, Figures, Row
from bench.sides import Side, Turns, load_in_turn, stack_side
from portal_chassis.broker.topology import rpc_queue
from portal_chassis.rpc.client import RpcClient
from portal_contracts.actor import NOBODY
from portal_contracts.catalogue import SERVICES
from tests.kit.portal.portals import Portal

TABLE = Path(__file__).parents[1] / "LIBERTIES.md"
EVERY = "all of them"
SECONDS, ROUNDS, CALLS = 2.0, 7, 1_500
HEAD = """# Liberties with libraries

Where the portal goes another way than a library's own, what that buys: the portal's home at
{connections} connections without one of them. Written by `make bench ARGS="--only liberties"`,
which starts a portal for each line and loads them in turn; a library's own way is put back from
outside (`bench/liberties`). Milliseconds of CPU for a page, the median of {rounds} rounds, and
the least of all processes together; *a call* is what one costs a service that does nothing but
answer; RSS of the four services together after the load.

| without | gateway | services | RabbitMQ | PostgreSQL | sum | least | a call | memory |
| --- | --: | --: | --: | --: | --: | --: | --: | --: |"""
CPU = "CPU per portal home, of every process"
ROWS = (
    Row("liberties-cpu", CPU, "ms", "each library's own way"),
    Row("liberties-call", "CPU of the service per RPC", "ms", "each library's own way"),
    Row("liberties-memory", "Memory of the four services together", "MB", "each library's own way"),
)


def measure(context: MeasurementContext) -> Figures:
    """Start the portals, load them in turn, and write the table."""
    without = {"": (), **{name: (name,) for name in NAMES}, EVERY: tuple(NAMES)}
    sides: dict[str, Side] = {}
    portals: dict[str, Portal] = {}
    for name, names in without.items():
        portals[name] = _start(context, len(portals), names)
        sides[name] = stack_side(portals[name], "/home", enter(portals[name]).cookie, PER_PROCESS)
    turns = load_in_turn(
        sides,
        connections=BUSY,
        seconds=context.seconds(SECONDS),
        rounds=context.rounds(ROUNDS),
    )
    memory = {name: _memory(portal) for name, portal in portals.items()}
    calls = _calls(context, portals, without)
    TABLE.write_text(_table(turns, calls, memory))
    ours, theirs = turns[""], turns[EVERY]
    return {
        "liberties-call": Figure(calls[""], calls[EVERY]),
        "liberties-cpu": Figure(ours.cpu_per_page, theirs.cpu_per_page),
        "liberties-memory": Figure(memory[""], memory[EVERY]),
    }


def _start(context: MeasurementContext, number: int, names: tuple[str, ...]) -> Portal:
    portal = Portal(
        "stack",
        folder=context.folder / f"liberties{number}",
        module="bench.liberties.stack",
        environment=environment(names),
    )
    context.at_the_end(portal.end)
    portal.wait_until_ready()
    return portal


def _calls(
    context: MeasurementContext,
    portals: Mapping[str, Portal],
    without: Mapping[str, tuple[str, ...]],
) -> dict[str, float]:
    """Milliseconds of a service that does nothing but answer, for a call; all in turn."""
    asked: dict[str, tuple[int, RpcClient]] = {}
    with ExitStack() as ends:
        for name, portal in portals.items():
            uri = str(portal.facts["amqp_uri"])
            service = start_echo(context, portal, environment(without[name]))
            wait_for_queue(uri, rpc_queue(ECHO.service).name)
            rpc = ends.enter_context(closing(RpcClient(uri, "bench")))
            asked[name] = service.pid or 0, rpc
        spent: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(context.rounds(ROUNDS) + 1):
            for name, (pid, rpc) in asked.items():
                work = partial(_call_often, rpc, 500 if context.quick else CALLS)
                spent[name].append(cpu_per_piece({"service": [pid]}, work)["service"])
    # The first round warmed up.
    return {name: statistics.median(of_name[1:]) for name, of_name in spent.items()}


def _call_often(rpc: RpcClient, count: int) -> int:
    for _ in range(count):
        rpc.call(ECHO, WORD, actor=NOBODY)
    return count


def _memory(portal: Portal) -> float:
    pids = [portal.pids[f"{name.replace('_', '-')}-1"] for name in SERVICES]
    return sum(memory_megabytes(pid)[0] for pid in pids)


def _least(turns: Turns, names: tuple[str, ...] = PER_PROCESS) -> float:
    return min(sum(one[name] for name in names) for one in turns.cpu)


def _middle(turns: Turns, names: tuple[str, ...]) -> float:
    return statistics.median(sum(one[name] for name in names) for one in turns.cpu)


def _table(turns: dict[str, Turns], calls: dict[str, float], memory: dict[str, float]) -> str:
    services = tuple(name for name in PER_PROCESS if name.replace("-", "_") in SERVICES)
    groups = (("gateway",), services, ("rabbitmq",), ("postgres",))
    lines = [HEAD.format(connections=BUSY, rounds=len(turns[""].cpu))]
    for name, of_name in turns.items():
        parts = " | ".join(f"{_middle(of_name, group):.2f}" for group in groups)
        lines.append(
            f"| {name or 'nothing'} | {parts} | {_middle(of_name, PER_PROCESS):.2f} "
            f"| {_least(of_name):.2f} | {calls[name]:.3f} | {memory[name]:.0f} MB |"
        )
    lines += ["", "What they are:", ""]
    lines += [f"- **{name}**: {what}." for name, what in NAMES.items()]
    return "\n".join(lines) + "\n"
