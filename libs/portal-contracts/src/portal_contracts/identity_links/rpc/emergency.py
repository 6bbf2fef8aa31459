"""An owner opens, in an emergency, what is kept of one client and is a colleague's to see."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Done, Method
from portal_contracts.identity_links.rpc.accounts import TypedCode
from portal_contracts.identity_links.rpc.devices import Password
from portal_contracts.identity_links.rpc.targets import SERVICE
from portal_contracts.instants import Instant

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 500
"""In characters, once cleaned."""

EMERGENCY_MINUTES: Final = 60
"""So long what was opened stays open, unless it is closed before."""


class OpenInEmergency(Struct, frozen=True, kw_only=True):
    """Open all of one client for an hour; `password` or `code` prove that it is the owner.

    `reason`: `SHORTEST_REASON` to `LONGEST_REASON` characters; kept, and read by whoever looks
    into it later.
    """

    client_id: UUID
    reason: str
    password: Password | None = None
    code: TypedCode | None = None


class EmergencyAccess(Struct, frozen=True, kw_only=True):
    """What is open, and until when."""

    id: UUID
    until: Instant


class CloseEmergency(Struct, frozen=True, kw_only=True):
    """Close it before its hour is over; done also when nothing is open."""

    client_id: UUID


OPEN_IN_EMERGENCY = Method(
    SERVICE,
    "open_in_emergency",
    OpenInEmergency,
    EmergencyAccess,
    "Open all of one client to an owner for an hour; logged before anything is shown, and told "
    "to those who work with the client and to the other owners.",
    personal=True,
)
CLOSE_EMERGENCY = Method(
    SERVICE,
    "close_emergency",
    CloseEmergency,
    Done,
    "Close what the owner opened in an emergency.",
    mutates=True,
)

METHODS = (OPEN_IN_EMERGENCY, CLOSE_EMERGENCY)
