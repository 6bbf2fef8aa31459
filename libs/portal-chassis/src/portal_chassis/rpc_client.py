"""The RPC client: one per process, shared by its threads.

One connection has a background reply consumer (correlation id → waiting
call, ``no_ack``); publishing uses a few connections of its own. Requests are
transient, mandatory and confirmed, carry an absolute deadline and expire in
the queue when their caller has given up.
"""

from __future__ import annotations

import contextlib
import queue
import time
import uuid
from concurrent.futures import InvalidStateError
from typing import Any, Generic, TypeVar

import msgspec

from portal_chassis import metrics, tracing
from portal_chassis.publisher import TRANSIENT, BrokerAway, Publisher, Unroutable
from portal_chassis.replies import CLOSE_SECONDS, Replies
from portal_chassis.transaction_guard import in_transaction
from portal_chassis.wire import Reply, Request, error_from_wire
from portal_contracts.actor import Actor
from portal_contracts.calls import Method
from portal_contracts.errors import Invalid, Unavailable

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

PUBLISHERS = 8
BROKER_WAIT_SECONDS = 2.0
"""How long a call waits for a connection to the broker, if its deadline is not nearer."""


class Pending(Generic[R]):
    """A call under way: `result` waits for its reply until the call's deadline."""

    def __init__(
        self, replies: Replies, method: Method[Any, R], correlation_id: str, deadline: float
    ) -> None:
        self._replies = replies
        self._method = method
        self._correlation_id = correlation_id
        self._deadline = deadline
        self._started = time.monotonic()
        self._reply = replies.expect(correlation_id)

    def fail(self, error: Unavailable) -> None:
        """Let `result` raise `error`, unless a reply is there already."""
        with contextlib.suppress(InvalidStateError):
            self._reply.set_exception(error)

    def result(self) -> R:
        """The reply.

        Raises:
            PortalError: the service refused.
            Unavailable: ``service_unavailable``: no answer before the deadline;
                ``internal_error``: a failure inside the service.
            RuntimeError: this thread holds a transaction open.
        """
        _refuse_inside_a_transaction()
        try:
            body = self._reply.result(timeout=max(0.0, self._deadline - time.monotonic()))
        except TimeoutError:
            self._observe("timeout")
            raise Unavailable("service_unavailable", f"{self._method.address} timed out.") from None
        except Unavailable:
            self._observe("unavailable")
            raise
        finally:
            self._replies.forget(self._correlation_id)
        try:
            reply = msgspec.json.decode(body, type=Reply)
            if reply.error is not None:
                self._observe("refused")
                raise error_from_wire(reply.error)
            result = msgspec.json.decode(reply.result, type=self._method.result)
        except msgspec.MsgspecError:
            self._observe("unreadable")
            message = f"{self._method.address} answered what its contract does not say."
            raise Unavailable("internal_error", message) from None
        self._observe("done")
        return result

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
        self._replies = Replies(amqp_uri, name)
        self._publishers: queue.LifoQueue[Publisher] = queue.LifoQueue()
        for _ in range(PUBLISHERS):
            self._publishers.put(Publisher(amqp_uri))

    @property
    def connected(self) -> bool:
        """Whether replies arrive now."""
        return self._replies.connected

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
        _refuse_inside_a_transaction()
        deadline = time.monotonic() + timeout_seconds
        try:
            body = msgspec.json.encode(
                Request(
                    actor=actor,
                    request_id=request_id,
                    arguments=msgspec.Raw(msgspec.json.encode(arguments)),
                    idempotency_key=idempotency_key,
                    address=address,
                    traceparent=tracing.current_traceparent(),
                )
            )
        except UnicodeEncodeError:
            raise Invalid("malformed_arguments", "The arguments hold half a character.") from None
        correlation_id = str(uuid.uuid4())
        pending: Pending[R] = Pending(self._replies, method, correlation_id, deadline)
        try:
            self._publish(method, body, correlation_id, deadline)
        except Unavailable as error:
            pending.fail(error)
        return pending

    def close(self) -> None:
        """Stop the reply consumer and close all connections; later calls are `Unavailable`."""
        self._replies.close(self._wake_replies)
        with contextlib.suppress(queue.Empty):
            while True:
                self._publishers.get_nowait().close()

    def _publish(
        self, method: Method[Any, Any], body: bytes, correlation_id: str, deadline: float
    ) -> None:
        if not self._replies.ready(min(deadline - time.monotonic(), BROKER_WAIT_SECONDS)):
            raise Unavailable("broker_unavailable", "The broker does not answer.")
        try:
            publisher = self._publishers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise Unavailable("broker_unavailable", "Every connection is busy.") from None
        left = max(0.0, deadline - time.monotonic())
        try:
            publisher.publish(
                body,
                exchange="",
                routing_key=f"rpc-{method.service}",
                delivery_mode=TRANSIENT,
                within=left,
                headers={
                    "method": method.name,
                    "deadline_ms": int((time.time() + left) * 1000),
                },
                expiration=left,
                reply_to=self._replies.queue,
                correlation_id=correlation_id,
            )
        except Unroutable:
            raise Unavailable("service_unavailable", f"{method.service} is not there.") from None
        except BrokerAway:
            raise Unavailable("broker_unavailable", "The broker does not answer.") from None
        finally:
            self._publishers.put(publisher)

    def _wake_replies(self) -> None:
        with contextlib.suppress(queue.Empty, BrokerAway, Unroutable):
            publisher = self._publishers.get_nowait()
            self._publishers.put(publisher)
            publisher.publish(
                b"",
                exchange="",
                routing_key=self._replies.queue,
                delivery_mode=TRANSIENT,
                within=CLOSE_SECONDS,
            )


def _refuse_inside_a_transaction() -> None:
    if in_transaction():
        message = "An RPC inside a transaction would hold its locks while it waits."
        raise RuntimeError(message)
