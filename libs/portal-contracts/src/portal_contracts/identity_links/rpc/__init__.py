"""Calls that identity-links answers, by subject."""

from __future__ import annotations

from portal_contracts.identity_links.rpc import (
    access,
    accounts,
    api_tokens,
    caseload,
    clients,
    devices,
    duplicates,
    emergency,
    entering,
    entry_codes,
    handing_over,
    invitations,
    links,
    password_resets,
    pictures,
    practice,
    setup,
    team,
)

METHODS = (
    *entering.METHODS,
    *entry_codes.METHODS,
    *devices.METHODS,
    *clients.METHODS,
    *duplicates.METHODS,
    *emergency.METHODS,
    *links.METHODS,
    *access.METHODS,
    *accounts.METHODS,
    *password_resets.METHODS,
    *api_tokens.METHODS,
    *caseload.METHODS,
    *practice.METHODS,
    *pictures.METHODS,
    *setup.METHODS,
    *team.METHODS,
    *invitations.METHODS,
    *handing_over.METHODS,
)
