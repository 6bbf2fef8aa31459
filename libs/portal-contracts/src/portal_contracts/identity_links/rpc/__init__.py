"""Calls that identity-links answers, by subject."""

from __future__ import annotations

from portal_contracts.identity_links.rpc import (
    access,
    api_tokens,
    caseload,
    clients,
    devices,
    duplicates,
    entering,
    entry_codes,
    handing_over,
    invitations,
    links,
    setup,
    team,
)

METHODS = (
    *entering.METHODS,
    *entry_codes.METHODS,
    *devices.METHODS,
    *clients.METHODS,
    *duplicates.METHODS,
    *links.METHODS,
    *access.METHODS,
    *api_tokens.METHODS,
    *caseload.METHODS,
    *setup.METHODS,
    *team.METHODS,
    *invitations.METHODS,
    *handing_over.METHODS,
)
