"""A month of free times over HTTP with two hundred bookings, beside what else a team would take."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from urllib.parse import urlencode
from uuid import UUID

from bench.bulk import database_of, fill_month
from bench.client_home import enter
from bench.context import MeasurementContext
from bench.measurements.free_times import BOOKINGS, DAYS
from bench.measurements.home import BUSY
from bench.measurements.peers_home import BYTES, ONE, beside, cpu_figure, load_all
from bench.peers.free_days import free_days
from bench.peers.loader import copy_bookings
from bench.peers.sides import (
    MONOLITH,
    PRETIX,
    Absent,
    monolith,
    monolith_side,
    next_month,
    one_process,
    pretix,
)
from bench.rows import Aim, Figures, Row
from bench.sides import Side, Turns, one_process_side, stack_side
from portal_runner.demo.people import SERVICES
from tests.kit.portal.portals import Portal

CPU = "CPU per page of a month of free times, of every process"
AT = f"Month of free times at {BUSY} connections"
PER_PROCESS = ("gateway", "identity-links", "scheduling", "postgres", "rabbitmq")
ROWS = (
    Row("peers-month-cpu", CPU, "ms", MONOLITH, Aim(1.2)),
    Row("peers-month-cpu-one", f"{CPU}; {ONE}", "ms", MONOLITH),
    Row("peers-month-cpu-pretix", CPU, "ms", f"{PRETIX}, its page of 200 dates"),
    Row("peers-month-p50", f"{AT}, p50", "ms", MONOLITH),
    Row("peers-month-p99", f"{AT}, p99", "ms", MONOLITH),
    Row("peers-month-rate", AT, "requests/s", MONOLITH),
    Row("peers-month-bytes", "The answer, head and body", "kB", MONOLITH),
)


def measure(context: MeasurementContext) -> Figures:
    """Fill next month everywhere alike, see that all show the same times, load them in turn."""
    first = next_month()
    alone = one_process(context)
    sides: dict[str, Side] = {
        "stack": stack_side(
            context.portal,
            month_page(context.portal, first),
            enter(context.portal).cookie,
            PER_PROCESS,
        ),
        "one": one_process_side(alone, month_page(alone, first), enter(alone).cookie),
    }
    peer = monolith(context)
    if not isinstance(peer, Absent):
        with closing(peer.database()) as database:
            copy_bookings(context.portal, database)
        sides["monolith"] = monolith_side(peer, sides["stack"].path)
    note = same_times(sides)
    tickets = pretix(context)
    if not isinstance(tickets, Absent):
        sides["pretix"] = tickets.side("month")
    turns = load_all(context, sides)
    absent = {
        name: one.why
        for name, one in (("monolith", peer), ("pretix", tickets))
        if isinstance(one, Absent)
    }
    return _figures(turns, absent, note)


def month_page(portal: Portal, first: date) -> str:
    """The page of the month's free times, with two hundred bookings in it."""
    begins = datetime(first.year, first.month, first.day, 6, tzinfo=UTC)
    service_id = individual_session(portal)
    fill_month(portal, service_id, begins, days=DAYS, count=BOOKINGS)
    return f"/book/{service_id}?{urlencode({'month': f'{first:%Y-%m}'})}"


def individual_session(portal: Portal) -> UUID:
    """The service that the demo client comes for."""
    with closing(database_of(portal, "scheduling")) as scheduling:
        [row] = scheduling.execute(
            "SELECT id FROM bookable_service WHERE title = %s", [SERVICES["individual"].title]
        ).fetchall()
    found: UUID = row[0]
    return found


def same_times(sides: dict[str, Side]) -> str:
    """How many times are free, once it is certain that all sides show the same.

    Raises:
        RuntimeError: they do not.
    """
    found = {name: free_days(side) for name, side in sides.items()}
    ours = found["stack"]
    for name, days in found.items():
        if days != ours:
            raise RuntimeError(f"{name} shows other free times: {days} and not {ours}")
    return f"{sum(map(len, ours.values()))} free starts"


def _figures(turns: dict[str, Turns], absent: dict[str, str], note: str) -> Figures:
    stack, one, peer = turns["stack"], turns["one"], turns.get("monolith")
    why = absent.get("monolith", "")
    return {
        "peers-month-cpu": cpu_figure(stack, peer, why),
        "peers-month-cpu-one": cpu_figure(one, peer, why),
        "peers-month-cpu-pretix": cpu_figure(stack, turns.get("pretix"), absent.get("pretix", "")),
        "peers-month-p50": beside(stack, peer, lambda turns: turns.spread.p50, note),
        "peers-month-p99": beside(stack, peer, lambda turns: turns.spread.p99),
        "peers-month-rate": beside(stack, peer, lambda turns: turns.rate),
        "peers-month-bytes": beside(stack, peer, lambda turns: turns.bytes / BYTES),
    }
