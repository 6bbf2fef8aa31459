"""Calls that identity-links answers, by subject."""

from __future__ import annotations

from portal_contracts.identity_links.rpc import (
    access,
    api_tokens,
    clients,
    devices,
    entering,
    entry_codes,
    links,
)

METHODS = (
    *entering.METHODS,
    *entry_codes.METHODS,
    *devices.METHODS,
    *clients.METHODS,
    *links.METHODS,
    *access.METHODS,
    *api_tokens.METHODS,
)
