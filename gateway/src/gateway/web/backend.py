"""Calls to the services: all calls of one request share who asks and a budget of time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import msgspec
import structlog

from gateway.web.lengths import require_short_texts
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.calls import Method
from portal_contracts.errors import Invalid, PortalError, Unavailable

log = structlog.get_logger(__name__)

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)
R_co = TypeVar("R_co", bound=msgspec.Struct, covariant=True)

SHORTEST_CALL_SECONDS = 0.05


class Pending(Protocol[R_co]):
    """A call under way."""

    def result(self) -> R_co:
        """The reply, waited for; raises what `Rpc.call` raises."""
        ...


class Rpc(Protocol):
    """What the gateway needs of an RPC client; see `portal_chassis.rpc.client.RpcClient`."""

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
        """Call and wait. Raises a PortalError; Unavailable when nobody answers in time."""
        ...

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
        """Begin a call."""
        ...


class Part(Generic[R]):
    """A part of a page, asked for beside others; the page can be shown without it."""

    def __init__(self, name: str, pending: Pending[R] | None) -> None:
        self._name = name
        self._pending = pending

    def get(self) -> R | None:
        """The part, waited for; None when it cannot be had, for whatever reason."""
        try:
            return self.get_unless_refused()
        except PortalError as error:
            log.warning("part_missing", method=self._name, code=error.code)
            return None

    def get_unless_refused(self) -> R | None:
        """The part, waited for; None when it cannot be had now.

        Raises:
            PortalError: it was refused, for instance for a cursor that is none.
        """
        if self._pending is None:
            return None
        try:
            return self._pending.result()
        except Unavailable as error:
            log.warning("part_missing", method=self._name, code=error.code)
        except msgspec.MsgspecError:
            log.warning("part_missing", method=self._name, code="unreadable_reply")
        return None


class Backend:
    """The services, as one request may ask them.

    Every call carries who asks, from where, and the request's id. All calls
    of a request share one budget: when it is spent, the next call is refused
    as `Unavailable` instead of letting a person wait.

    Args:
        rpc: the client of this process.
        request_id: of the request.
        address: the IP address it came from.
        request_seconds: the budget.
        rpc_seconds: the most that one call may take.
        fan_out_seconds: the most that parts asked side by side may take.
        monotonic: tells seconds that only grow.
    """

    def __init__(
        self,
        rpc: Rpc,
        *,
        request_id: str,
        address: str,
        request_seconds: float,
        rpc_seconds: float,
        fan_out_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rpc = rpc
        self._request_seconds = request_seconds
        self._request_id = request_id
        self._address = address
        self._rpc_seconds = rpc_seconds
        self._fan_out_seconds = fan_out_seconds
        self._monotonic = monotonic
        self._deadline = monotonic() + request_seconds
        self.actor = NOBODY

    def ask(
        self,
        method: Method[A, R],
        arguments: A,
        *,
        actor: Actor | None = None,
        idempotency_key: str | None = None,
        seconds: float | None = None,
    ) -> R:
        """Call `method` and wait.

        Args:
            method: what to call.
            arguments: its arguments.
            actor: who asks, if not this request's actor.
            idempotency_key: needed by a method that mutates.
            seconds: the most it may take, if that is less than what the settings say.

        Raises:
            PortalError: the service refused.
            Invalid: ``invalid_fields``: texts that are longer than the contract lets through.
            Unavailable: no answer in time, no time left, or the service is still of a
                release that does not know the method.
        """
        require_short_texts(arguments)
        try:
            return self._rpc.call(
                method,
                arguments,
                actor=actor or self.actor,
                request_id=self._request_id,
                timeout_seconds=self._seconds_left(
                    min(self._rpc_seconds, seconds or self._rpc_seconds)
                ),
                idempotency_key=idempotency_key,
                address=self._address,
            )
        except Invalid as error:
            if error.code != "unknown_method":
                raise
            raise Unavailable("service_unavailable", "The service is being updated.") from error

    def part(self, method: Method[A, R], arguments: A, *, actor: Actor | None = None) -> Part[R]:
        """Begin to ask for a part of a page that can be shown without it; empty if none can."""
        seconds = min(self._rpc_seconds, self._fan_out_seconds)
        try:
            pending = self._rpc.submit(
                method,
                arguments,
                actor=actor or self.actor,
                request_id=self._request_id,
                timeout_seconds=self._seconds_left(seconds),
                address=self._address,
            )
        except Unavailable as error:
            log.warning("part_missing", method=method.address, code=error.code)
            return Part(method.address, None)
        return Part(method.address, pending)

    def renewed(self) -> Backend:
        """The same who asks, with a budget anew: for the next page of an answer that is long."""
        again = Backend(
            self._rpc,
            request_id=self._request_id,
            address=self._address,
            request_seconds=self._request_seconds,
            rpc_seconds=self._rpc_seconds,
            fan_out_seconds=self._fan_out_seconds,
            monotonic=self._monotonic,
        )
        again.actor = self.actor
        return again

    def _seconds_left(self, most: float) -> float:
        left = self._deadline - self._monotonic()
        if left < SHORTEST_CALL_SECONDS:
            raise Unavailable("service_unavailable", "The time of this request is spent.")
        return min(most, left)
