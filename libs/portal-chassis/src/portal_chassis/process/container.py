"""A service in a nameko container, with its collaborators in the container's config."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from nameko.containers import ServiceContainer

from portal_chassis import tracing
from portal_chassis.broker.wire import SERIALIZER, register_serializer
from portal_chassis.process.eventlet_process import tune_eventlet
from portal_chassis.process.loops import Housekeeping
from portal_chassis.process.runtime import Runtime


class PortalContainer(ServiceContainer):
    """nameko's container, with workers that keep what they are given out of the log.

    A worker binds the log context, because a new greenthread starts without
    one. nameko's own way through a worker is the same, hooks of the providers
    included (`worker_setup`, `worker_result`, `worker_teardown`), but it logs an
    error with its traceback, which may show personal text.
    """

    def _run_worker(
        self, worker_ctx: Any, handle_result: Callable[[Any, Any, Any], Any] | None
    ) -> None:
        self._inject_dependencies(worker_ctx)
        self._bind_context(worker_ctx)
        self._worker_setup(worker_ctx)
        result = exc_info = None
        try:
            method = getattr(worker_ctx.service, worker_ctx.entrypoint.method_name)
            result = method(*worker_ctx.args, **worker_ctx.kwargs)
        except Exception:  # noqa: BLE001 - the entry point judges and logs it
            exc_info = sys.exc_info()
        try:
            if handle_result is not None:
                result, exc_info = handle_result(worker_ctx, result, exc_info)
            self._worker_result(worker_ctx, result, exc_info)
        finally:
            # The traceback holds this frame, and so itself.
            del exc_info
        self._worker_teardown(worker_ctx)

    def _bind_context(self, worker_ctx: Any) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            service=self.service_name,
            entry=worker_ctx.entrypoint.method_name,
            request_id=worker_ctx.data.get("request_id", ""),
            **_by_token(worker_ctx.data.get("token_id")),
        )
        tracing.begin(worker_ctx.data.get("traceparent", ""))


def _by_token(token_id: UUID | None) -> dict[str, str]:
    """What each line says of an API token that asks, and nothing where none does."""
    return {} if token_id is None else {"by_token": str(token_id)}


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
