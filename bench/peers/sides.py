"""The peers as sides of a measurement, or the reason why one is left out."""

from __future__ import annotations

from dataclasses import dataclass

from bench.context import MeasurementContext
from bench.peers import monolith_server
from bench.peers.environment import NoEnvironmentError
from bench.peers.monolith_server import Monolith
from bench.sides import Side
from tests.kit.portal.portals import Portal

MONOLITH, PRETIX = "a Django monolith", "pretix"


@dataclass(frozen=True)
class Absent:
    """A peer that is not measured.

    Attributes:
        why: in a few words, for the table.
    """

    why: str


def one_process(context: MeasurementContext) -> Portal:
    """The portal in one process, with demo data; started once."""
    return context.once("one process", lambda: context.start_portal("try"))


def monolith(context: MeasurementContext) -> Monolith | Absent:
    """The Django monolith with the portal's rows; started once."""
    return context.once("monolith", lambda: _start_monolith(context))


def _start_monolith(context: MeasurementContext) -> Monolith | Absent:
    if "monolith" in context.without:
        return Absent("the monolith was left out")
    try:
        return monolith_server.start(context, context.portal)
    except NoEnvironmentError as error:
        return Absent(f"left out: {error}")


def monolith_side(running: Monolith, path: str) -> Side:
    """One page of it, asked for by the demo client."""

    def processes() -> dict[str, list[int]]:
        return {name: pids for name, pids in running.processes().items() if name != "worker"}

    return Side(running.port, path, running.cookie, processes)
