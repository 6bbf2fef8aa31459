"""Percentiles, rounds, and the clock that durations are read from."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MILLISECONDS = 1000.0


@dataclass(frozen=True)
class Spread:
    """How durations of one kind lie, in milliseconds.

    Attributes:
        p50, p95, p99: percentiles, the nearest measured one at or above.
        largest: the slowest of all.
        count: how many there were.
    """

    p50: float
    p95: float
    p99: float
    largest: float
    count: int


def percentile(durations: Sequence[float], share: float) -> float:
    """The smallest of `durations` that at least `share` of them do not exceed.

    Raises:
        ValueError: there are none.
    """
    if not durations:
        message = "nothing was measured"
        raise ValueError(message)
    ordered = sorted(durations)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(seconds: Sequence[float]) -> Spread:
    """How `seconds` lie."""
    durations = [one * MILLISECONDS for one in seconds]
    return Spread(
        p50=percentile(durations, 0.5),
        p95=percentile(durations, 0.95),
        p99=percentile(durations, 0.99),
        largest=max(durations),
        count=len(durations),
    )


def median_spread(rounds: Sequence[Spread]) -> Spread:
    """The median of each percentile over rounds; the largest of all of them."""
    return Spread(
        p50=statistics.median(one.p50 for one in rounds),
        p95=statistics.median(one.p95 for one in rounds),
        p99=statistics.median(one.p99 for one in rounds),
        largest=max(one.largest for one in rounds),
        count=sum(one.count for one in rounds),
    )


def time_calls(call: Callable[[], object], count: int) -> list[float]:
    """The seconds that each of `count` calls took, one after the other."""
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return taken


def alternate(
    sides: dict[str, Callable[[], object]], *, rounds: int, count: int, warm_up: int
) -> dict[str, Spread]:
    """Time each side in turn, `rounds` times over, so that noise hits all alike.

    Args:
        sides: what is called, by name.
        rounds: how often each side has its turn.
        count: calls of a turn.
        warm_up: calls of each side before the first turn, not counted.

    Returns:
        The median round of each side.
    """
    for call in sides.values():
        time_calls(call, warm_up)
    found: dict[str, list[Spread]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, call in sides.items():
            found[name].append(spread(time_calls(call, count)))
    return {name: median_spread(turns) for name, turns in found.items()}
