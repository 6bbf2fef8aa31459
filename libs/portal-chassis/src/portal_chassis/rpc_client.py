"""The RPC client: one per process, shared by its threads.

One connection has a background reply consumer (correlation id → waiting
call, ``no_ack``); publishing uses a few connections of its own. Requests are
transient, mandatory and confirmed, carry an absolute deadline and expire in
the queue when their caller has given up.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Generic, TypeVar

import msgspec
import structlog
from kombu import Consumer, Queue

from portal_chassis import metrics
from portal_chassis.broker import HEARTBEAT_SECONDS, connect, recoverable_errors
from portal_chassis.publisher import TRANSIENT, BrokerAway, Publisher, Unroutable
from portal_chassis.transaction_guard import in_transaction
from portal_chassis.wire import Reply, Request, error_from_wire
from portal_contracts.actor import Actor
from portal_contracts.calls import Method
from portal_contracts.errors import Unavailable

log = structlog.get_logger(__name__)

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

REPLY_QUEUE_EXPIRES_MS = 60_000
PUBLISHERS = 8
_RECONNECT_SECONDS = 0.2
_RECONNECT_MAX_SECONDS = 2.0
_BROKER_WAIT_SECONDS = 2.0


class Pending(Generic[R]):
    """A call under way: `result` waits for its reply until the call's deadline."""

    def __init__(
        self, client: RpcClient, method: Method[Any, R], correlation_id: str, deadline: float
    ) -> None:
        self._client = client
        self._method = method
        self._correlation_id = correlation_id
        self._deadline = deadline
        self._started = time.monotonic()
        self.future: Future[bytes] = Future()

    def result(self) -> R:
        """The reply.

        Raises:
            PortalError: the service refused.
            Unavailable: ``service_unavailable``: no answer before the deadline, or a
                failure inside the service.
        """
        try:
            body = self.future.result(timeout=max(0.0, self._deadline - time.monotonic()))
            reply = msgspec.json.decode(body, type=Reply)
        except FutureTimeoutError:
            self._observe("timeout")
            raise Unavailable("service_unavailable", f"{self._method.address} timed out.") from None
        except Unavailable:
            self._observe("unavailable")
            raise
        finally:
            self._client.forget(self._correlation_id)
        if reply.error is not None:
            self._observe("refused")
            raise error_from_wire(reply.error)
        self._observe("done")
        return msgspec.json.decode(reply.result, type=self._method.result)

    def _observe(self, outcome: str) -> None:
        metrics.RPC_CALLS.labels(self._method.address, outcome).observe(
            time.monotonic() - self._started
        )


class RpcClient:
    """Calls methods of services.

    Args:
        amqp_uri: the broker.
        name: of the calling process, part of the reply queue's name.
    """

    def __init__(self, amqp_uri: str, name: str = "gateway") -> None:
        self._amqp_uri = amqp_uri
        self._reply_to = f"rpc.reply-{name}-{uuid.uuid4()}"
        self._waiting: dict[str, Pending[Any]] = {}
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._publishers: queue.LifoQueue[Publisher] = queue.LifoQueue()
        for _ in range(PUBLISHERS):
            self._publishers.put(Publisher(amqp_uri))

    @property
    def connected(self) -> bool:
        """Whether the reply consumer is connected now."""
        self._start()
        return self._ready.is_set()

    def call(
        self,
        method: Method[A, R],
        arguments: A,
        *,
        actor: Actor,
        request_id: str = "",
        timeout_seconds: float = 5.0,
        idempotency_key: str | None = None,
        address: str = "",
    ) -> R:
        """Call `method` and wait for its reply.

        Args:
            method: what to call.
            arguments: its arguments.
            actor: who asks.
            request_id: for the logs of both sides.
            timeout_seconds: after this the call counts as failed, and is
                dropped by the service if it has not begun.
            idempotency_key: needed by a method that mutates.
            address: the IP address that the person came from, for the access log.

        Raises:
            PortalError: the service refused.
            Unavailable: nobody answered in time.
        """
        return self.submit(
            method,
            arguments,
            actor=actor,
            request_id=request_id,
            timeout_seconds=timeout_seconds,
            idempotency_key=idempotency_key,
            address=address,
        ).result()

    def submit(
        self,
        method: Method[A, R],
        arguments: A,
        *,
        actor: Actor,
        request_id: str = "",
        timeout_seconds: float = 5.0,
        idempotency_key: str | None = None,
        address: str = "",
    ) -> Pending[R]:
        """Begin a call, for several at the same time; see `call`.

        A broker that does not answer, or a service that is not there, shows
        when `Pending.result` is asked.
        """
        if in_transaction():
            message = "An RPC inside a transaction would hold its locks while it waits."
            raise RuntimeError(message)
        self._start()
        correlation_id = str(uuid.uuid4())
        pending: Pending[R] = Pending(
            self, method, correlation_id, time.monotonic() + timeout_seconds
        )
        with self._lock:
            self._waiting[correlation_id] = pending
        body = msgspec.json.encode(
            Request(
                actor=actor,
                request_id=request_id,
                arguments=msgspec.Raw(msgspec.json.encode(arguments)),
                idempotency_key=idempotency_key,
                address=address,
            )
        )
        try:
            self._publish(method, body, correlation_id, timeout_seconds)
        except Unavailable as error:
            pending.future.set_exception(error)
        return pending

    def forget(self, correlation_id: str) -> None:
        """Stop waiting for a reply; a late one is dropped."""
        with self._lock:
            self._waiting.pop(correlation_id, None)

    def close(self) -> None:
        """Stop the reply consumer and close all connections."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout=3)
        while True:
            try:
                self._publishers.get_nowait().close()
            except queue.Empty:
                return

    def _publish(
        self, method: Method[Any, Any], body: bytes, correlation_id: str, timeout_seconds: float
    ) -> None:
        if not self._ready.wait(min(timeout_seconds, _BROKER_WAIT_SECONDS)):
            raise Unavailable("broker_unavailable", "The broker does not answer.")
        try:
            publisher = self._publishers.get(timeout=timeout_seconds)
        except queue.Empty:
            raise Unavailable("broker_unavailable", "Every connection is busy.") from None
        try:
            publisher.publish(
                body,
                exchange="",
                routing_key=f"rpc-{method.service}",
                delivery_mode=TRANSIENT,
                headers={
                    "method": method.name,
                    "deadline_ms": int((time.time() + timeout_seconds) * 1000),
                },
                expiration=timeout_seconds,
                reply_to=self._reply_to,
                correlation_id=correlation_id,
            )
        except Unroutable:
            raise Unavailable("service_unavailable", f"{method.service} is not there.") from None
        except BrokerAway:
            raise Unavailable("broker_unavailable", "The broker does not answer.") from None
        finally:
            self._publishers.put(publisher)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._consume_replies, name="rpc-replies", daemon=True
                )
                self._thread.start()

    def _consume_replies(self) -> None:
        pause = _RECONNECT_SECONDS
        while not self._closing.is_set():
            connection = connect(self._amqp_uri, heartbeat=HEARTBEAT_SECONDS)
            try:
                with connection:
                    self._drain(connection)
            except recoverable_errors(connection) as error:
                log.warning("rpc_replies_disconnected", error=type(error).__name__)
            was_ready = self._ready.is_set()
            self._ready.clear()
            pause = _RECONNECT_SECONDS if was_ready else min(pause * 2, _RECONNECT_MAX_SECONDS)
            self._closing.wait(pause)

    def _drain(self, connection: Any) -> None:
        replies = Queue(
            self._reply_to,
            durable=True,
            queue_arguments={"x-expires": REPLY_QUEUE_EXPIRES_MS},
        )
        channel = connection.channel()
        with Consumer(channel, [replies], on_message=self._on_reply, no_ack=True):
            self._ready.set()
            while not self._closing.is_set():
                try:
                    connection.drain_events(timeout=1.0)
                except TimeoutError:
                    connection.heartbeat_check()
        replies(channel).delete()

    def _on_reply(self, message: Any) -> None:
        correlation_id = message.properties.get("correlation_id", "")
        with self._lock:
            pending = self._waiting.pop(correlation_id, None)
        if pending is not None and not pending.future.done():
            body = message.body
            pending.future.set_result(body.encode() if isinstance(body, str) else bytes(body))
