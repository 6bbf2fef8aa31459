"""What the calls and jobs of the service can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import Struct

from notifications.config import Settings
from notifications.operations.hands import Bounds, Hands
from notifications.operations.mail_routes import make_route_of
from notifications.operations.sender import Sender
from notifications.templates.writer import MailWriter
from notifications.transports.kept_connections import KeptConnections
from portal_chassis.process.jobs import Jobs
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


@dataclass(frozen=True)
class Sending:
    """How mails are sent.

    Attributes:
        sender: what sending one needs.
        hands: send several at a time.
        kept: connections that are kept from one mail to the next.
    """

    sender: Sender
    hands: Hands
    kept: KeptConnections


class SendingProvider(Provider[Sending]):
    """What sending needs, made once per process."""

    def setup(self) -> None:
        """Read the templates and choose the transport."""
        settings, kept = self.settings_as(Settings), KeptConnections()
        sender = self._sender(settings, kept)
        bounds = Bounds(
            settings.mails_at_once if settings.sending else 0, settings.mails_of_practice_at_once
        )
        jobs = Jobs(self.runtime.service)
        hands = Hands(sender, bounds, lambda: jobs.wake("send_due_deliveries"))
        self._sending = Sending(sender, hands, kept)

    def stop(self) -> None:
        """Finish the mails that are being sent; what takes longer than it may is another's."""
        self._sending.hands.stop(self._sending.sender.lease_seconds)
        self._sending.kept.leave_idle(longer_than=0)

    def get_dependency(self, _worker_ctx: Any) -> Sending:
        """How mails are sent."""
        return self._sending

    def _sender(self, settings: Settings, kept: KeptConnections) -> Sender:
        runtime, sealer = self.runtime, self.require_sealer()

        def ask(method: Method[A, R], arguments: A, request_id: str) -> R:
            return runtime.rpc.call(
                method,
                arguments,
                actor=MYSELF,
                request_id=request_id,
                timeout_seconds=FACTS_SECONDS,
            )

        return Sender(
            database=runtime.database,
            sealer=sealer,
            clock=runtime.clock,
            holder=runtime.holder,
            writer=MailWriter(),
            ask=ask,
            public_url=settings.public_url,
            mail_domain=settings.mail_domain,
            attempt_seconds=settings.attempt_seconds,
            route_of=make_route_of(settings, runtime.database, sealer, kept),
        )


class Wiring:
    """What the calls and jobs of the service can reach."""

    database = DatabaseProvider()
    settings = SettingsProvider(Settings)
    clock = ClockProvider()
    sealer = SealerProvider()
    rpc_client = RpcClientProvider()
    jobs = JobsProvider()
    sending = SendingProvider()
