"""A call as the method that answers it sees it: who asks, with what, and until when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from portal_contracts.actor import Actor
from portal_contracts.calls import Method


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
        expires_at: Unix time at which its caller gives up.
        traceparent: the trace that its caller works under, or empty.
    """

    actor: Actor
    request_id: str
    idempotency_key: str | None
    method: Method[Any, Any]
    now: datetime
    address: str = ""
    arguments: msgspec.Struct | None = None
    expires_at: float = math.inf
    traceparent: str = ""

    @cached_property
    def encoded_arguments(self) -> bytes:
        """The arguments in a stable encoding, for the idempotency hash."""
        return msgspec.json.encode(self.arguments, order="deterministic")
