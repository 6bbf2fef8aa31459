"""Which device a cookie belongs to, asked of identity-links anew for each request."""

from __future__ import annotations

from gateway.web.request_context import RequestContext
from gateway.web.tokens import sha256
from portal_contracts.actor import NOBODY
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.devices import (
    RESOLVE_CONSOLE_DEVICE,
    RESOLVE_DEVICE,
    ClientDevice,
    ConsoleDevice,
    ResolveDevice,
)


def resolve_client_device(
    context: RequestContext, secret: str, *, with_practitioners: bool = False
) -> ClientDevice | None:
    """The client's device behind a portal cookie; None when it has ended.

    Args:
        context: of the request.
        secret: the cookie's.
        with_practitioners: whether those who work in the practice are told of along with it.

    Raises:
        Unavailable: identity-links cannot say now.
    """
    arguments = ResolveDevice(
        device_hash=sha256(secret), address=context.address, with_practitioners=with_practitioners
    )
    try:
        return context.backend.ask(RESOLVE_DEVICE, arguments, actor=NOBODY)
    except NotFound:
        return None


def resolve_console_device(context: RequestContext, secret: str) -> ConsoleDevice | None:
    """The practitioner's device behind a console cookie; see `resolve_client_device`."""
    arguments = ResolveDevice(device_hash=sha256(secret), address=context.address)
    try:
        return context.backend.ask(RESOLVE_CONSOLE_DEVICE, arguments, actor=NOBODY)
    except NotFound:
        return None
