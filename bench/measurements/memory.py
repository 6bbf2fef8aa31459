"""Memory of each process after it has worked, as a service of its own and all in one."""

from __future__ import annotations

from urllib.parse import urlsplit

from bench.accounting import family, memory_megabytes
from bench.client_home import enter
from bench.ground import Ground
from bench.load import Load, put_under_from_beside
from bench.rows import Aim, Figure, Figures, Of, Row
from portal_contracts.catalogue import SERVICES
from tests.kit.portal.portals import Portal

SERVICE_LIMIT = Aim(90, Of.VALUE)
ONE_PROCESS_LIMIT = Aim(150, Of.VALUE)
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


def measure(ground: Ground) -> Figures:
    """Load both ways of running, then read what they have in memory."""
    _load(ground, ground.portal)
    pids = ground.portal.pids
    figures = {
        f"memory-{name.replace('_', '-')}": _figure(pids[f"{name.replace('_', '-')}-1"])
        for name in SERVICES
    }
    workers = family(pids["gateway"])[1:]
    figures["memory-gateway"] = max(map(_figure, workers), key=lambda figure: figure.value)
    one = ground.start_portal("try")
    _load(ground, one)
    figures["memory-one-process"] = _figure(one.pids["portal"])
    one.stop()
    return figures


def _load(ground: Ground, portal: Portal) -> None:
    home = enter(portal)
    port = int(urlsplit(portal.listens_at).port or 0)
    for connections in (16, 64):
        put_under_from_beside(Load(port, "/home", home.cookie, connections, ground.seconds(5.0)))


def _figure(pid: int) -> Figure:
    resident, proportional = memory_megabytes(pid)
    return Figure(resident, note=f"RSS; PSS {proportional:.0f} MB")
