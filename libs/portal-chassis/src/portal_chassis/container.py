"""A service in a nameko container, with its collaborators in the container's config."""

from __future__ import annotations

import importlib
from typing import Any

import structlog
from nameko.containers import ServiceContainer

from portal_chassis import tracing
from portal_chassis.cooperative import settle_process
from portal_chassis.providers import Housekeeping
from portal_chassis.runtime import Runtime
from portal_chassis.wire import SERIALIZER, register_serializer


class PortalContainer(ServiceContainer):
    """nameko's container; binds the log context, because a new greenthread starts without one."""

    def _worker_setup(self, worker_ctx: Any) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            service=self.service_name,
            entry=worker_ctx.entrypoint.method_name,
            request_id=worker_ctx.data.get("request_id", ""),
        )
        tracing.begin(worker_ctx.data.get("traceparent", ""))
        super()._worker_setup(worker_ctx)


def service_class(package: str) -> Any:
    """The service class in ``<package>.service``: the one whose `name` is the package's.

    Raises:
        LookupError: there is none.
    """
    module = importlib.import_module(f"{package}.service")
    for member in vars(module).values():
        if isinstance(member, type) and getattr(member, "name", None) == package:
            return member
    message = f"{package}.service has no class named {package}"
    raise LookupError(message)


def make_container(service_cls: type, runtime: Runtime) -> PortalContainer:
    """A container for `service_cls`, not started yet."""
    register_serializer()
    settle_process()
    if not hasattr(service_cls, "housekeeping"):
        service_cls.housekeeping = Housekeeping()  # type: ignore[attr-defined]
    return PortalContainer(
        service_cls,
        {
            "AMQP_URI": runtime.settings.amqp_uri,
            "serializer": SERIALIZER,
            "ACCEPT": [SERIALIZER],
            "max_workers": runtime.settings.max_workers,
            "runtime": runtime,
        },
    )
