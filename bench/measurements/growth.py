"""The first page and the free times with a hundred times the history, beside the same without.

Two portals run side by side and are asked in turn: one with the demo data, one
whose past was multiplied.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

from bench.accounting import cpu_in_words
from bench.bulk import add_others, multiply_history
from bench.bulk_clients import copy_clients
from bench.client_home import bookable_service, enter
from bench.context import MeasurementContext
from bench.load import Load, apply_load_from_other_process
from bench.measurements.free_times import month_of
from bench.measurements.home import BUSY, PER_PROCESS
from bench.measurements.plans import planned_anew
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from bench.sides import load_in_turn, stack_side
from bench.timing import Spread, alternate, median_spread, spread
from portal_chassis.embedded.rabbitmq_accounts import uri_as
from portal_chassis.rpc.client import RpcClient
from portal_contracts.calls import GATEWAY
from portal_contracts.scheduling.rpc.free_times import LIST_FREE_TIMES
from tests.kit.portal.portals import Portal

TIMES = 100
DEMO = "with the demo data"
AIM = Aim(1.1)
OTHERS, EACH = 100, 10_000
COPIES = 1250
"""The demo practice has eight clients and some hundred appointments."""

ROWS = (
    Row("growth-home", f"Portal home, the others’ history {TIMES} ×, p50", "ms", DEMO, AIM),
    Row("growth-home-hers", f"Portal home, hers {TIMES} × too, p50", "ms", DEMO, AIM),
    Row("growth-free-times", f"Free times with {TIMES} × all history, p50", "ms", DEMO, AIM),
    Row(
        "growth-others",
        f"Free times beside {OTHERS * EACH:,} appointments of others, p50",
        "ms",
        DEMO,
        Aim(1.2),
    ),
    Row(
        "growth-clients",
        "CPU per portal home in a practice of ten thousand clients",
        "ms",
        DEMO,
        Aim(1.05),
    ),
    Row(
        "growth-clients-anew",
        "Frequent statements that are planned at each execution in it",
        "",
        aim=Aim(0, AimQuantity.VALUE),
    ),
)
SECONDS, ROUNDS, CALLS, WARM_UP = 1.5, 5, 40, 20
CLOSE_ROUNDS = 11
"""Where a twentieth is asked after: rounds of one process differ by more."""


def measure(context: MeasurementContext) -> Figures:
    """Start further portals, multiply what they hold, and ask them in turn with the first."""
    figures = _clients(context)
    grown = context.start_portal("stack")
    try:
        sides = {"demo": context.portal, "grown": grown}
        client_id = str(grown.demo["client_id"])
        for key, of_client in (("growth-home", False), ("growth-home-hers", True)):
            counts = multiply_history(grown, TIMES - 1, client_id, of_client=of_client)
            note = f"{counts['appointment']:,} appointments, {counts['response']:,} filled forms"
            home = _home(context, sides)
            figures[key] = Figure(home["grown"].p50, home["demo"].p50, note)
        free = _free_times(context, sides)
        added = add_others(grown, practitioners=OTHERS, each=EACH)
        beside = _free_times(context, sides)
    finally:
        grown.stop()
    figures["growth-free-times"] = Figure(free["grown"].p50, free["demo"].p50)
    note = f"{added:,} in other practices, and {TIMES} × all history"
    figures["growth-others"] = Figure(beside["grown"].p50, beside["demo"].p50, note)
    return figures


def _clients(context: MeasurementContext) -> Figures:
    """The first page of a client in a large practice, by CPU time."""
    large = context.start_portal("stack")
    try:
        counts = copy_clients(large, COPIES)
        sides = {
            name: stack_side(portal, "/home", enter(portal).cookie, PER_PROCESS)
            for name, portal in (("demo", context.portal), ("large", large))
        }
        for side in sides.values():
            side.load(BUSY, context.seconds(SECONDS))
        turns = load_in_turn(
            sides,
            connections=BUSY,
            seconds=context.seconds(2 * SECONDS),
            rounds=context.rounds(CLOSE_ROUNDS),
        )
        anew = planned_anew(large)
    finally:
        large.stop()
    ours, demo = turns["large"], turns["demo"]
    note = (
        f"{counts['client']:,} clients, {counts['appointment']:,} appointments; "
        f"{cpu_in_words(ours.cpu_by_process)}; with the demo data "
        f"{cpu_in_words(demo.cpu_by_process)}"
    )
    return {
        "growth-clients": Figure(ours.cpu_per_page, demo.cpu_per_page, note),
        "growth-clients-anew": Figure(len(anew), note="; ".join(anew)),
    }


def _home(context: MeasurementContext, sides: dict[str, Portal]) -> dict[str, Spread]:
    loads = {
        name: Load(
            port=int(urlsplit(portal.listens_at).port or 0),
            path="/home",
            cookie=enter(portal).cookie,
            connections=1,
            seconds=context.seconds(SECONDS),
        )
        for name, portal in sides.items()
    }
    for load in loads.values():
        apply_load_from_other_process(load)
    turns: dict[str, list[Spread]] = {name: [] for name in sides}
    for _ in range(context.rounds(ROUNDS)):
        for name, load in loads.items():
            turns[name].append(spread(apply_load_from_other_process(load).durations))
    return {name: median_spread(spreads) for name, spreads in turns.items()}


def _free_times(context: MeasurementContext, sides: dict[str, Portal]) -> dict[str, Spread]:
    broker = uri_as(GATEWAY, str(sides["grown"].facts["amqp_uri"]))
    demo, grown = context.rpc, RpcClient(broker, "bench")
    with closing(grown):
        calls = {
            "demo": _free_times_call(demo, sides["demo"]),
            "grown": _free_times_call(grown, sides["grown"]),
        }
        return alternate(calls, rounds=context.rounds(ROUNDS), count=CALLS, warm_up=WARM_UP)


def _free_times_call(rpc: RpcClient, portal: Portal) -> Callable[[], object]:
    actor = enter(portal).actor(rpc)
    month = month_of(bookable_service(rpc, actor).id)
    return lambda: rpc.call(LIST_FREE_TIMES, month, actor=actor)
