"""Letting a service of a stack die at an exact point, and waiting until it is back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal_chassis.embedded.ports import LOOPBACK
from portal_runner.health import is_ready
from tests.kit.portal.crash_points import FOLDER_VARIABLE, CrashPoint, file_name
from tests.kit.portal.health import is_healthy
from tests.kit.portal.portals import Portal
from tests.kit.waiting import eventually

PASSES_SECONDS = 20.0
BACK_SECONDS = 30.0
"""Within this after its death a service is there again, also on a machine with much to do."""


class Crashes:
    """Makes services die.

    Args:
        portal: a stack that was started by `tests.kit.portal.crashing_stack`.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._folder = Path(portal.environment[FOLDER_VARIABLE])
        self._folder.mkdir(exist_ok=True)

    @contextmanager
    def at(self, service: str, point: CrashPoint, what: str) -> Iterator[None]:
        """Let `service` die when it comes to `point` with `what`, once, in the block or after it.

        Raises:
            AssertionError: it never came there, or was not back in `BACK_SECONDS`.
        """
        wish = self._folder / file_name(service, point, what)
        name = f"{service.replace('_', '-')}-1"
        former = self._portal.pids[name]
        wish.touch()
        try:
            yield
            eventually(lambda: not wish.exists(), within=PASSES_SECONDS)
        finally:
            wish.unlink(missing_ok=True)
        self.wait_until_back(name, former)

    def wait_until_back(self, name: str, former: int) -> float:
        """Wait until process `name`, which was `former`, is another and ready; seconds waited."""
        began = time.monotonic()
        port = int(self._portal.facts["health_ports"][name])

        def back() -> bool:
            return (
                self._portal.pids[name] not in {former, None}
                and is_ready(LOOPBACK, port, "/ready")
                and is_healthy(self._portal)
            )

        eventually(back, within=BACK_SECONDS, every=0.1)
        return time.monotonic() - began
