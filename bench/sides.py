"""Sides that serve the same page, loaded in turn: CPU time a page, rates and durations."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from bench.accounting import cpu_per_piece, process_tree, processes_of
from bench.load import Load, LoadResult, apply_load_from_other_process
from bench.timing import Spread, median_spread, spread
from portal_chassis.embedded.postgres import EmbeddedPostgres
from tests.kit.portal.portals import Portal

Processes = Mapping[str, list[int]]


@dataclass(frozen=True)
class Side:
    """One way to serve a page.

    Attributes:
        port: where.
        path: of the page.
        cookie: the header of whoever asks.
        processes: process ids by name, as they are now.
        headers: what else is sent with a question.
    """

    port: int
    path: str
    cookie: str
    processes: Callable[[], Processes]
    headers: dict[str, str] = field(default_factory=dict)

    def at(self, path: str) -> Side:
        """The same, asked for another page."""
        return replace(self, path=path)

    def load(self, connections: int, seconds: float) -> LoadResult:
        """Ask for the page."""
        return apply_load_from_other_process(
            Load(self.port, self.path, self.cookie, connections, seconds, self.headers)
        )


@dataclass
class Turns:
    """What came out of the rounds of one side.

    Attributes:
        spreads: how long the answers took, by round.
        rates: answers per second, by round.
        cpu: milliseconds of CPU per answer and process, by round.
        bytes: of an answer, head and body.
    """

    spreads: list[Spread] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu: list[dict[str, float]] = field(default_factory=list)
    bytes: int = 0

    @property
    def spread(self) -> Spread:
        """The median round's."""
        return median_spread(self.spreads)

    @property
    def rate(self) -> float:
        """The median round's."""
        return statistics.median(self.rates)

    @property
    def cpu_per_page(self) -> float:
        """Milliseconds of all processes: the median round's."""
        return statistics.median(sum(one.values()) for one in self.cpu)

    @property
    def cpu_by_process(self) -> dict[str, float]:
        """Milliseconds of each: the median round's of each."""
        return {name: statistics.median(one[name] for one in self.cpu) for name in self.cpu[0]}


def load_in_turn(
    sides: Mapping[str, Side], *, connections: int, seconds: float, rounds: int
) -> dict[str, Turns]:
    """Load each side in turn, `rounds` times over, so that noise hits all alike."""
    turns = {name: Turns() for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            _take_turn(side, turns[name], connections, seconds)
    return turns


def _take_turn(side: Side, turns: Turns, connections: int, seconds: float) -> None:
    answered: list[LoadResult] = []

    def work() -> int:
        answered.append(side.load(connections, seconds))
        return len(answered[0].durations)

    turns.cpu.append(cpu_per_piece(side.processes(), work))
    turns.spreads.append(spread(answered[0].durations))
    turns.rates.append(len(answered[0].durations) / answered[0].seconds)
    turns.bytes = answered[0].bytes


def port_of(portal: Portal) -> int:
    """Where a portal listens on this machine."""
    return int(urlsplit(portal.listens_at).port or 0)


def stack_side(portal: Portal, path: str, cookie: str, names: tuple[str, ...]) -> Side:
    """A `portal stack`.

    Args:
        portal: it.
        path: of the page.
        cookie: the header's value.
        names: of the processes that take part.
    """
    return Side(port_of(portal), path, cookie, lambda: processes_of(portal, names))


def one_process_side(portal: Portal, path: str, cookie: str) -> Side:
    """A portal in one process, with its PostgreSQL."""
    server = EmbeddedPostgres(portal.folder / "postgres")

    def processes() -> Processes:
        return {
            "portal": [portal.pids["portal"]],
            "postgres": process_tree(server.postmaster_pid or 0),
        }

    return Side(port_of(portal), path, cookie, processes)
