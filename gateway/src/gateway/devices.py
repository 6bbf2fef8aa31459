"""Who is asking: the cookie's hash is turned into a device, anew for each request."""

from __future__ import annotations

import structlog

from gateway.tokens import sha256
from gateway.visit import Visit
from portal_contracts.actor import NOBODY, Actor
from portal_contracts.errors import NotFound, PortalError
from portal_contracts.identity_links import rpc as identity_links

log = structlog.get_logger(__name__)


def resolve_client(visit: Visit, secret: str) -> identity_links.ClientDevice | None:
    """The client's device behind a portal cookie; None when it has ended.

    Raises:
        Unavailable: it cannot be known now.
    """
    arguments = identity_links.ResolveDevice(device_hash=sha256(secret), address=visit.address)
    try:
        return visit.backend.ask_as(NOBODY, identity_links.RESOLVE_DEVICE, arguments)
    except NotFound:
        return None


def resolve_practitioner(visit: Visit, secret: str) -> identity_links.ConsoleDevice | None:
    """The practitioner's device behind a console cookie; see `resolve_client`."""
    arguments = identity_links.ResolveDevice(device_hash=sha256(secret), address=visit.address)
    try:
        return visit.backend.ask_as(NOBODY, identity_links.RESOLVE_CONSOLE_DEVICE, arguments)
    except NotFound:
        return None


def likely_actor(visit: Visit) -> Actor:
    """Who a refused request came from, by whatever cookie came with it; else nobody."""
    if visit.backend.actor is not NOBODY:
        return visit.backend.actor
    try:
        if visit.console_secret and (console := resolve_practitioner(visit, visit.console_secret)):
            return console.actor
        if visit.client_secret and (portal := resolve_client(visit, visit.client_secret)):
            return portal.actor
    except PortalError as error:
        log.warning("refused_actor_unknown", code=error.code)
    return NOBODY
