"""A service in a nameko container, with its collaborators in the container's config."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import structlog
from nameko.containers import ServiceContainer

from portal_chassis import tracing
from portal_chassis.broker.wire import SERIALIZER, register_serializer
from portal_chassis.process.eventlet_process import tune_eventlet
from portal_chassis.process.providers import Housekeeping
from portal_chassis.process.runtime import Runtime


class PortalContainer(ServiceContainer):
    """nameko's container, with a shorter way through a worker.

    A worker binds the log context, because a new greenthread starts without
    one. Of nameko's hooks around a worker (`worker_setup` and the like) no
    provider of the chassis has any, and none is called.
    """

    def _run_worker(
        self, worker_ctx: Any, handle_result: Callable[[Any, Any, Any], Any] | None
    ) -> None:
        service = worker_ctx.service
        for provider in self.dependencies:
            setattr(service, provider.attr_name, provider.get_dependency(worker_ctx))
        self._bind_context(worker_ctx)
        result = exc_info = None
        try:
            method = getattr(service, worker_ctx.entrypoint.method_name)
            result = method(*worker_ctx.args, **worker_ctx.kwargs)
        except Exception:  # noqa: BLE001 - the entry point judges and logs it
            exc_info = sys.exc_info()
        try:
            if handle_result is not None:
                handle_result(worker_ctx, result, exc_info)
        finally:
            # The traceback holds this frame, and so itself.
            del exc_info

    def _bind_context(self, worker_ctx: Any) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            service=self.service_name,
            entry=worker_ctx.entrypoint.method_name,
            request_id=worker_ctx.data.get("request_id", ""),
        )
        tracing.begin(worker_ctx.data.get("traceparent", ""))


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
    tune_eventlet()
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
