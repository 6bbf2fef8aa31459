"""The peers as sides of a measurement, or the reason why one is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bench.context import MeasurementContext
from bench.peers import monolith_server, pretix_server
from bench.peers.environment import NoEnvironmentError
from bench.peers.monolith_server import Monolith
from bench.peers.pretix_server import Pretix
from bench.sides import Side
from portal_chassis.clock import Clock
from tests.kit.portal.portals import Portal

MONOLITH, PRETIX = "a Django monolith", "pretix"
LONGEST_MONTH = 31


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


def pretix(context: MeasurementContext) -> Pretix | Absent:
    """Pretix with an order and a month of dates; started once."""
    return context.once("pretix", lambda: _start_pretix(context))


def next_month() -> date:
    """The first day of it: no rule of the demo practice is in its way."""
    return (Clock().now().date().replace(day=1) + timedelta(days=LONGEST_MONTH)).replace(day=1)


def _start_pretix(context: MeasurementContext) -> Pretix | Absent:
    if "pretix" in context.without:
        return Absent("pretix was left out")
    try:
        return pretix_server.start(context, next_month())
    except NoEnvironmentError as error:
        return Absent(f"left out: {error}")


def monolith_side(running: Monolith, path: str) -> Side:
    """One page of it, asked for by the demo client."""

    def processes() -> dict[str, list[int]]:
        return {name: pids for name, pids in running.processes().items() if name != "worker"}

    return Side(running.port, path, running.cookie, processes)
