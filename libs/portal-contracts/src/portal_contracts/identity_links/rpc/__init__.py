"""Calls that identity-links answers, by subject."""

from __future__ import annotations

from portal_contracts.identity_links.rpc import (
    access,
    api_tokens,
    clients,
    devices,
    entering,
    links,
)

METHODS = (
    *entering.METHODS,
    *devices.METHODS,
    *clients.METHODS,
    *links.METHODS,
    *access.METHODS,
    *api_tokens.METHODS,
)
