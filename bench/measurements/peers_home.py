"""The portal's first page beside what a team would take instead."""

from __future__ import annotations

from collections.abc import Callable

from bench.accounting import cpu_in_words
from bench.client_home import enter
from bench.context import MeasurementContext
from bench.measurements.home import BUSY, PER_PROCESS
from bench.peers.sides import (
    MONOLITH,
    PRETIX,
    Absent,
    monolith,
    monolith_side,
    one_process,
    pretix,
)
from bench.rows import Aim, Figure, Figures, Row
from bench.sides import Side, Turns, load_in_turn, one_process_side, stack_side

CPU = "CPU per portal home, of every process"
ONE = "portal in one process"
OWN = "the monolith with Django’s own templates"
AT = f"Portal home at {BUSY} connections"
ROWS = (
    Row("peers-home-cpu", CPU, "ms", MONOLITH, Aim(0.65)),
    Row("peers-home-cpu-one", f"{CPU}; {ONE}", "ms", MONOLITH, Aim(0.45)),
    Row("peers-home-cpu-own", CPU, "ms", OWN),
    Row("peers-home-cpu-pretix", CPU, "ms", f"{PRETIX}, the page of an order"),
    Row("peers-home-p50", f"{AT}, p50", "ms", MONOLITH),
    Row("peers-home-p99", f"{AT}, p99", "ms", MONOLITH),
    Row("peers-home-rate", AT, "requests/s", MONOLITH),
    Row("peers-home-rate-one", f"{AT}; {ONE}", "requests/s", MONOLITH),
    Row("peers-home-bytes", "The answer, head and body", "kB", MONOLITH),
)
SECONDS, ROUNDS = 2.5, 4
BYTES = 1000


def measure(context: MeasurementContext) -> Figures:
    """Load all sides in turn."""
    alone = one_process(context)
    sides: dict[str, Side] = {
        "stack": stack_side(context.portal, "/home", enter(context.portal).cookie, PER_PROCESS),
        "one": one_process_side(alone, "/home", enter(alone).cookie),
    }
    peer = monolith(context)
    if not isinstance(peer, Absent):
        sides["monolith"] = monolith_side(peer, "/home")
        sides["own"] = monolith_side(peer, "/django/home")
    tickets = pretix(context)
    if not isinstance(tickets, Absent):
        sides["pretix"] = tickets.side("home")
    turns = load_all(context, sides)
    absent = {
        name: one.why
        for name, one in (("monolith", peer), ("pretix", tickets))
        if isinstance(one, Absent)
    }
    return _figures(turns, absent)


def load_all(context: MeasurementContext, sides: dict[str, Side]) -> dict[str, Turns]:
    """Warm each side up, then load them in turn at `BUSY` connections."""
    for side in sides.values():
        side.load(BUSY, context.seconds(2.0))
    return load_in_turn(
        sides, connections=BUSY, seconds=context.seconds(SECONDS), rounds=context.rounds(ROUNDS)
    )


def beside(
    ours: Turns, theirs: Turns | None, picked: Callable[[Turns], float], note: str = ""
) -> Figure:
    """One number of both sides; there may be nobody beside us."""
    return Figure(picked(ours), None if theirs is None else picked(theirs), note)


def cpu_figure(ours: Turns, theirs: Turns | None, why: str) -> Figure:
    """CPU per answer, with what each process had of it; `why` there is nobody beside us."""
    words = why if theirs is None else f"theirs {cpu_in_words(theirs.cpu_by_process)}"
    note = f"{cpu_in_words(ours.cpu_by_process)}; {words}"
    return beside(ours, theirs, lambda turns: turns.cpu_per_page, note)


def _figures(turns: dict[str, Turns], absent: dict[str, str]) -> Figures:
    stack, one, peer = turns["stack"], turns["one"], turns.get("monolith")
    why = absent.get("monolith", "")
    return {
        "peers-home-cpu": cpu_figure(stack, peer, why),
        "peers-home-cpu-one": cpu_figure(one, peer, why),
        "peers-home-cpu-own": cpu_figure(stack, turns.get("own"), why),
        "peers-home-cpu-pretix": cpu_figure(stack, turns.get("pretix"), absent.get("pretix", "")),
        "peers-home-p50": beside(stack, peer, lambda turns: turns.spread.p50),
        "peers-home-p99": beside(stack, peer, lambda turns: turns.spread.p99),
        "peers-home-rate": beside(stack, peer, lambda turns: turns.rate),
        "peers-home-rate-one": beside(one, peer, lambda turns: turns.rate),
        "peers-home-bytes": beside(stack, peer, lambda turns: turns.bytes / BYTES),
    }
