"""The way of a call through a service: decode, check deadline and sender, run, reply once.

Texts reach a method as the contract says that they are (`portal_contracts.text`).

Refusals (`PortalError`) reach the caller as they are. Anything else reaches it
as `Unavailable("internal_error")` with the request id, and is logged here by
its type and place only. Delivery is at-least-once; see `Database.once`.

A service that keeps account of who was refused has `on_call_refused(tx, call,
error)`; it runs in a transaction of its own, after the call's was rolled back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, SharedExtension

from portal_chassis import metrics
from portal_chassis.broker.consumers import CallConsumers
from portal_chassis.broker.senders import Senders
from portal_chassis.broker.topology import rpc_queue
from portal_chassis.broker.wire import Reply, Request, error_to_wire
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_chassis.logging import origin
from portal_contracts.calls import Method
from portal_contracts.cleaning import decode_cleaned
from portal_contracts.errors import Forbidden, Invalid, NotFound, PortalError, Unavailable

log = structlog.get_logger(__name__)

SLOW_SECONDS = 1.0


class Expired(Exception):
    """The caller gave up before the call could begin."""


class RpcConsumer(SharedExtension):
    """Takes calls from the service's queue and hands each to its method."""

    consumers = CallConsumers()

    def __init__(self) -> None:
        self.methods: dict[str, Rpc] = {}
        self.senders: Senders
        super().__init__()

    def setup(self) -> None:
        """Consume from the service's queue, once for all its methods."""
        self.senders = Senders.by(self.container.config["runtime"].settings)
        queue = rpc_queue(self.container.service_name)
        prefetch = self.container.max_workers
        self.consumers.add(queue, self._take, prefetch=prefetch, at_once=True)

    def _take(self, body: bytes, message: Any) -> None:
        method = self.methods.get(str(message.headers.get("method")))
        if method is None:
            self.consumers.answer(
                message, _refusal(Invalid("unknown_method", "There is no such method."))
            )
        else:
            method.take(body, message)


class Rpc(Entrypoint):
    """One method of a service as an RPC."""

    rpc_consumer = RpcConsumer()

    def __init__(self, method: Method[Any, Any], **options: Any) -> None:
        self.method = method
        super().__init__(**options)

    def setup(self) -> None:
        """Make the method known under its name.

        Raises:
            LookupError: the contract names another service or another method.
        """
        found = f"{self.container.service_name}.{self.method_name}"
        if found != self.method.address:
            message = f"{found} answers {self.method.address}: the names must be the same"
            raise LookupError(message)
        self.rpc_consumer.methods[self.method.name] = self

    def stop(self) -> None:
        """Take no more calls; those under way are finished."""
        self.rpc_consumer.consumers.cancel()

    def take(self, body: bytes, message: Any) -> None:
        """Decode a call and run it in a worker."""
        expires_at = _expires_at(message)
        if expires_at < time.time():
            self._drop(message)
            return
        try:
            command, call = self._decode(body, expires_at)
        except Invalid as error:
            self.rpc_consumer.consumers.answer(message, _refusal(error))
            return
        if not self.rpc_consumer.senders.may_call(message, self.method, call.actor):
            self._refuse_sender(message, call)
            return
        try:
            self.container.spawn_worker(
                self,
                (command, call),
                {},
                context_data={
                    "request_id": call.request_id,
                    "traceparent": call.traceparent,
                    "token_id": call.actor.token_id,
                },
                handle_result=partial(self._finish, message, call, time.monotonic()),
            )
        except ContainerBeingKilled:
            self.rpc_consumer.consumers.requeue(message)

    def _decode(self, body: bytes, expires_at: float) -> tuple[msgspec.Struct, Call]:
        try:
            request = decode_cleaned(Request, body)
            command = decode_cleaned(self.method.arguments, request.arguments)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise Invalid("malformed_arguments", "The arguments do not fit.") from None
        if self.method.mutates and not request.idempotency_key:
            raise Invalid("idempotency_key_missing", "This call needs an idempotency key.")
        runtime = self.container.config["runtime"]
        call = Call(
            actor=request.actor,
            request_id=request.request_id,
            # The arguments' hash would be stored with the key.
            idempotency_key=None if self.method.personal else request.idempotency_key,
            method=self.method,
            now=runtime.clock.now(),
            address=request.address,
            arguments=command,
            expires_at=expires_at,
            traceparent=request.traceparent,
        )
        return command, call

    def _refuse_sender(self, message: Any, call: Call) -> None:
        """The access log is not told: who it would name has not asked."""
        log.error(
            "call_forged",
            method=self.method.address,
            actor=call.actor.label,
            user=message.properties.get("user_id"),
            request_id=call.request_id,
        )
        metrics.RPC_HANDLED.labels(self.method.address, "forged").observe(0)
        refusal = Forbidden("not_allowed", "This call is not believed of its sender.")
        self.rpc_consumer.consumers.answer(message, _refusal(refusal))

    def _finish(
        self, message: Any, call: Call, started: float, worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        error = exc_info[1] if exc_info is not None else None
        if isinstance(error, Expired):
            self._drop(message)
            return result, exc_info
        outcome, reply = self._reply(call, worker.service, result, error)
        seconds = time.monotonic() - started
        metrics.RPC_HANDLED.labels(self.method.address, outcome).observe(seconds)
        self.rpc_consumer.consumers.answer(message, reply)
        self._log_call(outcome, seconds)
        return result, exc_info

    def _log_call(self, outcome: str, seconds: float) -> None:
        """A line for a change and for what took long: reading is too frequent for one each."""
        if self.method.mutates or seconds >= SLOW_SECONDS:
            milliseconds = round(seconds * 1000)
            log.info(
                "call_handled",
                method=self.method.address,
                outcome=outcome,
                milliseconds=milliseconds,
            )

    def _drop(self, message: Any) -> None:
        """Acknowledge without a reply: nobody waits for it any more."""
        metrics.RPC_HANDLED.labels(self.method.address, "expired").observe(0)
        self.rpc_consumer.consumers.ack(message)

    def _reply(
        self, call: Call, service: Any, result: Any, error: BaseException | None
    ) -> tuple[str, bytes]:
        try:
            if error is None:
                return "done", msgspec.json.encode(
                    Reply(result=msgspec.Raw(msgspec.json.encode(result)))
                )
            if isinstance(error, PortalError):
                self._record_refusal(call, service, error)
                return "refused", _refusal(error)
        except (TypeError, ValueError, msgspec.MsgspecError) as unencodable:
            error = unencodable
        log.error(
            "call_failed",
            method=self.method.address,
            request_id=call.request_id,
            error=type(error).__name__,
            where=origin(error),
        )
        return "failed", _refusal(Unavailable("internal_error", f"Request {call.request_id}."))

    def _record_refusal(self, call: Call, service: Any, error: PortalError) -> None:
        record: Callable[[Transaction, Call, PortalError], None] | None = getattr(
            service, "on_call_refused", None
        )
        if record is None or not isinstance(error, (Forbidden, NotFound)):
            return
        try:
            with service.database.transaction() as tx:
                record(tx, call, error)
        except Exception as unwritten:  # noqa: BLE001 - the refusal itself must stand
            log.error(
                "refusal_unrecorded",
                method=self.method.address,
                error=type(unwritten).__name__,
                where=origin(unwritten),
            )


def _expires_at(message: Any) -> float:
    """Unix time at which the caller gives up; long ago when the message does not say."""
    deadline_ms = message.headers.get("deadline_ms")
    return deadline_ms / 1000 if isinstance(deadline_ms, (int, float)) else 0.0


def _refusal(error: PortalError) -> bytes:
    return msgspec.json.encode(Reply(error=error_to_wire(error)))
