"""The tables of the identity-links database.

A link and a device name their client together with the practice, so neither
can ever belong to a client of another practice. Tokens and cookies are stored
as SHA-256 only.
"""

from __future__ import annotations

from identity_links.storage.tables.accounts import (
    password_reset,
    recovery_code,
    reset_request,
    second_factor,
    sign_in_step,
)
from identity_links.storage.tables.caseload import caseload, emergency_access
from identity_links.storage.tables.entering import (
    api_token,
    device,
    entry_code,
    known_browser,
    link_request,
    link_token,
    portal_link,
    setup_address,
)
from identity_links.storage.tables.log import (
    access_chain,
    access_log,
    act_count,
    refusal_count,
    throttle,
)
from identity_links.storage.tables.people import (
    client,
    picture,
    practice,
    practitioner,
)
from identity_links.storage.tables.schema import chassis, metadata, safekeeping
from identity_links.storage.tables.team import invitation, invitation_token

__all__ = (
    "access_chain",
    "access_log",
    "act_count",
    "api_token",
    "caseload",
    "chassis",
    "client",
    "device",
    "emergency_access",
    "entry_code",
    "invitation",
    "invitation_token",
    "known_browser",
    "link_request",
    "link_token",
    "metadata",
    "password_reset",
    "picture",
    "portal_link",
    "practice",
    "practitioner",
    "recovery_code",
    "refusal_count",
    "reset_request",
    "safekeeping",
    "second_factor",
    "setup_address",
    "sign_in_step",
    "throttle",
)
