"""Memory of each process after it has worked, as a service of its own and all in one."""

from __future__ import annotations

from urllib.parse import urlsplit

from bench.accounting import memory_megabytes, process_tree
from bench.client_home import enter
from bench.context import MeasurementContext
from bench.load import Load, apply_load_from_other_process
from bench.rows import Aim, AimQuantity, Figure, Figures, Row
from portal_contracts.catalogue import SERVICES
from tests.kit.portal.portals import Portal

SERVICE_LIMIT = Aim(90, AimQuantity.VALUE)
ONE_PROCESS_LIMIT = Aim(150, AimQuantity.VALUE)
ROWS = (
    *(
        Row(
            f"memory-{name.replace('_', '-')}",
            f"Memory of {name.replace('_', '-')}",
            "MB",
            aim=SERVICE_LIMIT,
        )
        for name in SERVICES
    ),
    Row("memory-gateway", "Memory of a gateway worker", "MB", aim=SERVICE_LIMIT),
    Row("memory-one-process", "Memory of the portal in one process", "MB", aim=ONE_PROCESS_LIMIT),
)


def measure(context: MeasurementContext) -> Figures:
    """Load both ways of running, then read what they have in memory."""
    _load(context, context.portal)
    pids = context.portal.pids
    figures = {
        f"memory-{name.replace('_', '-')}": _figure(pids[f"{name.replace('_', '-')}-1"])
        for name in SERVICES
    }
    workers = process_tree(pids["gateway"])[1:]
    figures["memory-gateway"] = max(map(_figure, workers), key=lambda figure: figure.value)
    one = context.start_portal("try")
    _load(context, one)
    figures["memory-one-process"] = _figure(one.pids["portal"])
    one.stop()
    return figures


def _load(context: MeasurementContext, portal: Portal) -> None:
    home = enter(portal)
    port = int(urlsplit(portal.listens_at).port or 0)
    for connections in (16, 64):
        apply_load_from_other_process(
            Load(port, "/home", home.cookie, connections, context.seconds(5.0))
        )


def _figure(pid: int) -> Figure:
    resident, proportional = memory_megabytes(pid)
    return Figure(resident, note=f"RSS; PSS {proportional:.0f} MB")
