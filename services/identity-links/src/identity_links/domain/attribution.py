"""Who asks for something, from where, and by which request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal_contracts.actor import Actor, service_actor

ADMIN = service_actor("identity-links-admin")
"""The actor of changes that the admin script makes."""


class Caller(Protocol):
    """What an operation needs to know of whoever asks: an RPC call, or an `Attribution`."""

    @property
    def actor(self) -> Actor:
        """Who asks."""

    @property
    def request_id(self) -> str:
        """The id of the request that led here, for logs."""

    @property
    def address(self) -> str:
        """The IP address it came from, or ""."""


@dataclass(frozen=True)
class Attribution:
    """Who asks, for callers that are no RPC: the admin script, a seeder, a test."""

    actor: Actor
    request_id: str = ""
    address: str = ""


BY_ADMIN = Attribution(ADMIN)
