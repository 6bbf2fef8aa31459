"""The RPC client: one per process, shared by its threads.

One connection for both ways: requests are sent over it, and a thread reads the
replies (correlation id → waiting call, ``no_ack``) and what the broker gives
back. Requests are transient and mandatory, carry an absolute deadline and
expire in the queue when their caller has given up. Their confirmation is the
reply: when the connection is lost, calls under way fail at once.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Generic, TypeVar

import msgspec

from portal_chassis import metrics, tracing
from portal_chassis.broker.wire import Reply, Request, error_from_wire
from portal_chassis.database.transaction_guard import in_transaction
from portal_chassis.rpc.replies import Replies
from portal_contracts.actor import Actor
from portal_contracts.calls import Method
from portal_contracts.catalogue import call_exchange, call_queue
from portal_contracts.errors import Invalid, Unavailable

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

BROKER_WAIT_SECONDS = 2.0
"""How long a call waits for a connection to the broker, if its deadline is not nearer."""


# Made before any thread reads one; see `portal_contracts.catalogue.prepare_messages`.
_REPLY = msgspec.json.Decoder(Reply)


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

    def send(self, body: bytes, **message: Any) -> None:
        """Send the request; see `Replies.send`."""
        self._replies.send(body, self._reply, correlation_id=self._correlation_id, **message)

    def fail(self, error: Unavailable) -> None:
        """Let `result` raise `error`, unless a reply is there already."""
        self._reply.fail(error)

    def __del__(self) -> None:
        """A call whose caller has dropped it is forgotten without being told."""
        self._replies.forget(self._correlation_id)

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
            body = self._reply.wait(self._deadline - time.monotonic())
        except TimeoutError:
            self._observe("timeout")
            raise Unavailable("service_unavailable", f"{self._method.address} timed out.") from None
        except Unavailable:
            self._observe("unavailable")
            raise
        finally:
            self._replies.forget(self._correlation_id)
        try:
            reply = _REPLY.decode(body)
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
        name: of the calling process, part of the reply queue's name on the in-memory broker.
    """

    def __init__(self, amqp_uri: str, name: str = "gateway") -> None:
        self._replies = Replies(amqp_uri, name)

    @property
    def connected(self) -> bool:
        """Whether replies arrive now."""
        return self._replies.connected

    def ready(self, within: float) -> bool:
        """Connect, rather than with the first call; whether replies arrive within seconds."""
        return self._replies.ready(within)

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
        # All replies come to one address that every service is told; this only who is asked.
        correlation_id = secrets.token_hex(16)
        pending: Pending[R] = Pending(self._replies, method, correlation_id, deadline)
        try:
            self._send(method, body, pending, deadline)
        except Unavailable as error:
            pending.fail(error)
        return pending

    def close(self) -> None:
        """Close the connection; later calls are `Unavailable`."""
        self._replies.close()

    def _send(
        self, method: Method[Any, Any], body: bytes, pending: Pending[Any], deadline: float
    ) -> None:
        # A connection that ended a moment ago is found broken by the first who uses it.
        for _attempt in range(2):
            left = deadline - time.monotonic()
            if not self._replies.ready(min(left, BROKER_WAIT_SECONDS)):
                break
            try:
                pending.send(
                    body,
                    to=call_queue(method.service),
                    exchange=call_exchange(method.service),
                    headers={
                        "method": method.name,
                        "deadline_ms": int((time.time() + left) * 1000),
                    },
                    expiration=str(max(0, int(left * 1000))),
                )
            except ConnectionError:
                continue
            return
        raise Unavailable("broker_unavailable", "The broker does not answer.")


def _refuse_inside_a_transaction() -> None:
    if in_transaction():
        message = "An RPC inside a transaction would hold its locks while it waits."
        raise RuntimeError(message)
