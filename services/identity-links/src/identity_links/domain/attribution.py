"""To whom an act is put down that no call asked for: the admin script's, a seeder's."""

from __future__ import annotations

from dataclasses import dataclass

from portal_contracts.actor import Actor, service_actor

ADMIN = service_actor("identity-links-admin")
"""The actor of changes that the admin script makes."""


@dataclass(frozen=True)
class Attribution:
    """Who asks, for callers that are no RPC: the admin script, a seeder, a test."""

    actor: Actor
    request_id: str = ""
    address: str = ""


BY_ADMIN = Attribution(ADMIN)
