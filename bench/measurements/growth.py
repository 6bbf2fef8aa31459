"""The first page and the free times with a hundred times the history, beside the same without.

Two portals run side by side and are asked in turn: one with the demo data, one
whose past was multiplied.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

from bench.bulk import multiply_history
from bench.client_home import bookable_service, enter
from bench.ground import Ground
from bench.load import Load, put_under_from_beside
from bench.measurements.free_times import month_of
from bench.rows import Aim, Figure, Figures, Row
from bench.timing import Spread, alternate, middle, spread
from portal_chassis.rpc.client import RpcClient
from portal_contracts.scheduling.rpc.booking import LIST_FREE_TIMES
from tests.kit.portal.portals import Portal

TIMES = 100
DEMO = "with the demo data"
AIM = Aim(1.1)
ROWS = (
    Row("growth-home", f"Portal home, the others’ history {TIMES} ×, p50", "ms", DEMO, AIM),
    Row("growth-home-hers", f"Portal home, hers {TIMES} × too, p50", "ms", DEMO, AIM),
    Row("growth-free-times", f"Free times with {TIMES} × all history, p50", "ms", DEMO, AIM),
)
SECONDS, ROUNDS, CALLS, WARM_UP = 1.5, 5, 40, 20


def measure(ground: Ground) -> Figures:
    """Start the second portal, multiply its past, and ask both in turn."""
    grown = ground.start_portal("stack")
    figures: Figures = {}
    try:
        sides = {"demo": ground.portal, "grown": grown}
        client_id = str(grown.demo["client_id"])
        for key, hers in (("growth-home", False), ("growth-home-hers", True)):
            counts = multiply_history(grown, TIMES - 1, client_id, hers=hers)
            note = f"{counts['appointment']:,} appointments, {counts['response']:,} filled forms"
            home = _home(ground, sides)
            figures[key] = Figure(home["grown"].p50, home["demo"].p50, note)
        free = _free_times(ground, sides)
    finally:
        grown.stop()
    figures["growth-free-times"] = Figure(free["grown"].p50, free["demo"].p50)
    return figures


def _home(ground: Ground, sides: dict[str, Portal]) -> dict[str, Spread]:
    loads = {
        name: Load(
            port=int(urlsplit(portal.listens_at).port or 0),
            path="/home",
            cookie=enter(portal).cookie,
            connections=1,
            seconds=ground.seconds(SECONDS),
        )
        for name, portal in sides.items()
    }
    for load in loads.values():
        put_under_from_beside(load)
    turns: dict[str, list[Spread]] = {name: [] for name in sides}
    for _ in range(ground.rounds(ROUNDS)):
        for name, load in loads.items():
            turns[name].append(spread(put_under_from_beside(load).durations))
    return {name: middle(those) for name, those in turns.items()}


def _free_times(ground: Ground, sides: dict[str, Portal]) -> dict[str, Spread]:
    demo, grown = ground.rpc, RpcClient(str(sides["grown"].facts["amqp_uri"]), "bench")
    with closing(grown):
        calls = {
            "demo": _asking(demo, sides["demo"]),
            "grown": _asking(grown, sides["grown"]),
        }
        return alternate(calls, rounds=ground.rounds(ROUNDS), count=CALLS, warm_up=WARM_UP)


def _asking(rpc: RpcClient, portal: Portal) -> Callable[[], object]:
    actor = enter(portal).actor(rpc)
    month = month_of(bookable_service(rpc, actor).id)
    return lambda: rpc.call(LIST_FREE_TIMES, month, actor=actor)
