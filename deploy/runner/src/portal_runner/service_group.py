"""The four services in one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import eventlet
import structlog

from portal_chassis.process.container import PortalContainer, make_container, service_class
from portal_chassis.process.runtime import build_runtime
from portal_chassis.rpc.client import RpcClient
from portal_chassis.settings import ServiceSettings

log = structlog.get_logger(__name__)

STOP_SECONDS = 15


class ServiceGroup:
    """Starts and stops services together.

    Args:
        settings: service name to its settings.
        rpc: the process's client, by which services call each other.

    Raises:
        SettingsError: a service cannot run with its settings.
    """

    def __init__(self, settings: Mapping[str, ServiceSettings], rpc: RpcClient) -> None:
        self._containers: dict[str, PortalContainer] = {}
        for name, its_settings in settings.items():
            service = service_class(name)
            runtime = build_runtime(service, its_settings, rpc=rpc)
            self._containers[name] = make_container(service, runtime)

    def start(self, on_death: Callable[[str], None]) -> None:
        """Start all; `on_death` is told the name of one that ends by itself."""
        for name, container in self._containers.items():
            container.start()
            eventlet.spawn(self._watch, name, container, on_death)

    def stop(self) -> None:
        """Finish what is under way and stop all, side by side; one that hangs is left behind."""
        left = set(self._containers)

        def stop_one(name: str) -> None:
            self._containers[name].stop()
            left.discard(name)

        stopping = [eventlet.spawn(stop_one, name) for name in self._containers]
        with eventlet.Timeout(STOP_SECONDS, False):
            for thread in stopping:
                thread.wait()
        for name in sorted(left):
            log.warning("service_stop_timed_out", stopped=name)

    @staticmethod
    def _watch(name: str, container: PortalContainer, on_death: Callable[[str], None]) -> None:
        try:
            container.wait()
        except Exception as error:  # noqa: BLE001 - whatever ended it, the portal cannot go on
            log.error("service_died", died=name, error=type(error).__name__)
            on_death(name)
