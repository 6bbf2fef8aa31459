"""The RPC entry point: decode strictly, check the deadline, run, reply once and lean.

A service method is::

    @rpc(ADD_CLIENT)
    def add_client(self, command: AddClient, call: Call) -> ClientChanged: ...

Refusals (`PortalError`) reach the caller as they are. Anything else reaches it
as `Unavailable("internal_error")` with the request id, and is logged here by
its type and place only. Delivery is at-least-once; see `Database.once`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any, TypeVar

import msgspec
import nameko.rpc
import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import SharedExtension

from portal_chassis import metrics
from portal_chassis.consumers import Consumers
from portal_chassis.logging import origin
from portal_chassis.publisher import TRANSIENT, BrokerAway, Publisher
from portal_chassis.topology import rpc_queue
from portal_chassis.wire import Reply, Request, error_to_wire
from portal_contracts.actor import Actor
from portal_contracts.calls import Method
from portal_contracts.errors import Forbidden, Invalid, NotFound, PortalError, Unavailable

log = structlog.get_logger(__name__)

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True)
class Call:
    """The circumstances of one call.

    Attributes:
        actor: who asks.
        request_id: of the request that led here.
        idempotency_key: present on every call that mutates.
        method: what was called.
        now: aware UTC instant at which it began.
        address: the IP address the person came from, as the gateway saw it.
        arguments: the decoded arguments.
    """

    actor: Actor
    request_id: str
    idempotency_key: str | None
    method: Method[Any, Any]
    now: datetime
    address: str = ""
    arguments: msgspec.Struct | None = None

    @cached_property
    def encoded_arguments(self) -> bytes:
        """The arguments in a stable encoding, for the idempotency hash."""
        return msgspec.json.encode(self.arguments, order="deterministic")


class Replier(SharedExtension):
    """Sends replies over one connection: transient, unconfirmed, to the default exchange."""

    def setup(self) -> None:
        """Make the publisher; it connects with the first reply."""
        self.publisher = Publisher(self.container.config["AMQP_URI"], confirms=False)

    def stop(self) -> None:
        """Close the connection."""
        self.publisher.close()

    def reply(self, message: Any, reply: Reply) -> None:
        """Answer `message`. When the broker is away the caller's deadline passes: no retry."""
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            return
        try:
            self.publisher.publish(
                msgspec.json.encode(reply),
                exchange="",
                routing_key=reply_to,
                delivery_mode=TRANSIENT,
                mandatory=False,
                correlation_id=message.properties.get("correlation_id"),
            )
        except BrokerAway:
            log.warning("reply_lost")


class RpcConsumer(nameko.rpc.RpcConsumer):
    """Takes calls from the service's queue and hands each to its method."""

    queue_consumer = Consumers()
    replier = Replier()

    def setup(self) -> None:
        """Register the queue, once for all methods of the service."""
        if self.queue is None:
            self.queue = rpc_queue(self.container.service_name)
            self.queue_consumer.register_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Hand a call to its method; refuse an unknown one."""
        name = message.headers.get("method")
        for provider in self._providers:
            if provider.method_name == name:
                provider.handle_message(body, message)
                return
        self.finish(message, _refusal(Invalid("unknown_method", "There is no such method.")))

    def finish(self, message: Any, reply: Reply) -> None:
        """Reply, then acknowledge: a crash in between runs the call again."""
        self.replier.reply(message, reply)
        self.queue_consumer.ack_message(message)

    def drop(self, message: Any) -> None:
        """Acknowledge without a reply: nobody waits for it any more."""
        self.queue_consumer.ack_message(message)


class Rpc(nameko.rpc.Rpc):
    """One method of a service as an RPC."""

    rpc_consumer = RpcConsumer()

    def __init__(self, method: Method[Any, Any], **options: Any) -> None:
        self.method = method
        super().__init__(**options)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Decode a call and run it in a worker."""
        if message.headers.get("deadline_ms", 0) < time.time() * 1000:
            metrics.RPC_HANDLED.labels(self.method.address, "expired").observe(0)
            self.rpc_consumer.drop(message)
            return
        try:
            command, call = self._decode(body)
        except Invalid as error:
            self.rpc_consumer.finish(message, _refusal(error))
            return
        finish = partial(self._finish, message, call, time.monotonic())
        try:
            self.container.spawn_worker(
                self,
                (command, call),
                {},
                context_data={"request_id": call.request_id},
                handle_result=finish,
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def _decode(self, body: bytes) -> tuple[msgspec.Struct, Call]:
        try:
            request = msgspec.json.decode(body, type=Request)
            command = msgspec.json.decode(request.arguments, type=self.method.arguments)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise Invalid("malformed_arguments", "The arguments do not fit.") from None
        if self.method.mutates and not request.idempotency_key:
            raise Invalid("idempotency_key_missing", "This call needs an idempotency key.")
        runtime = self.container.config["runtime"]
        call = Call(
            actor=request.actor,
            request_id=request.request_id,
            idempotency_key=request.idempotency_key,
            method=self.method,
            now=runtime.clock.now(),
            address=request.address,
            arguments=command,
        )
        return command, call

    def _finish(
        self, message: Any, call: Call, started: float, worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, None]:
        outcome = "done"
        if exc_info is None:
            reply = Reply(result=msgspec.Raw(msgspec.json.encode(result)))
        else:
            outcome, reply = self._refuse(call, worker.service, exc_info[1])
        metrics.RPC_HANDLED.labels(self.method.address, outcome).observe(time.monotonic() - started)
        self.rpc_consumer.finish(message, reply)
        return None, None

    def _refuse(self, call: Call, service: Any, error: BaseException) -> tuple[str, Reply]:
        if not isinstance(error, PortalError):
            log.error(
                "call_failed",
                method=self.method.address,
                request_id=call.request_id,
                error=type(error).__name__,
                where=origin(error),
            )
            failure = Unavailable("internal_error", f"Request {call.request_id}.")
            return "failed", _refusal(failure)
        record: Callable[[Call, PortalError], None] | None = getattr(
            service, "on_call_refused", None
        )
        if isinstance(error, (Forbidden, NotFound)) and record is not None:
            try:
                record(call, error)
            except Exception as unwritten:  # noqa: BLE001 - the refusal itself must stand
                log.error(
                    "refusal_unrecorded",
                    method=self.method.address,
                    error=type(unwritten).__name__,
                    where=origin(unwritten),
                )
        return "refused", _refusal(error)


def _refusal(error: PortalError) -> Reply:
    return Reply(error=error_to_wire(error))


M = TypeVar("M", bound=Callable[..., Any])


def rpc(method: Method[A, R]) -> Callable[[M], M]:
    """Make a method of a service class answer `method`: ``(self, command, call) -> result``."""
    return Rpc.decorator(method)
