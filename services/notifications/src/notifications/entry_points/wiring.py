"""What the calls and jobs of the service can reach."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct

from notifications.config import Settings
from notifications.operations.mail_routes import make_route_of
from notifications.operations.sender import Sender
from notifications.templates.writer import MailWriter
from portal_chassis.process.providers import (
    ClockProvider,
    DatabaseProvider,
    JobsProvider,
    Provider,
    RpcClientProvider,
    SealerProvider,
    SettingsProvider,
)
from portal_contracts.actor import service_actor
from portal_contracts.calls import Method

MYSELF = service_actor("notifications")
FACTS_SECONDS = 5.0

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)


class SenderProvider(Provider[Sender]):
    """What sending needs, made once per process."""

    def setup(self) -> None:
        """Read the templates and choose the transport."""
        runtime, settings = self.runtime, self.settings_as(Settings)
        sealer = self.require_sealer()

        def ask(method: Method[A, R], arguments: A, request_id: str) -> R:
            return runtime.rpc.call(
                method,
                arguments,
                actor=MYSELF,
                request_id=request_id,
                timeout_seconds=FACTS_SECONDS,
            )

        self._sender = Sender(
            database=runtime.database,
            sealer=sealer,
            clock=runtime.clock,
            holder=runtime.holder,
            writer=MailWriter(),
            ask=ask,
            public_url=settings.public_url,
            mail_domain=settings.mail_domain,
            attempt_seconds=settings.attempt_seconds,
            route_of=make_route_of(settings, runtime.database, sealer),
        )

    def get_dependency(self, _worker_ctx: Any) -> Sender:
        """The sender."""
        return self._sender


class Wiring:
    """What the calls and jobs of the service can reach."""

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    rpc_client = RpcClientProvider()
    jobs = JobsProvider()
    sender = SenderProvider()
