"""Codes of the second check: asked for by a browser, mailed to the client."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.entering import Entry
from portal_contracts.identity_links.rpc.targets import SERVICE, EntryCode, Sha256
from portal_contracts.instants import Instant


class SendEntryCode(Struct, frozen=True, kw_only=True):
    """A browser asks to have the code mailed that it needs to enter by a link.

    `browser_hash`: of a secret of the browser's; the code works there alone. `address`: the IP
    address it came from.
    """

    token_hash: Sha256
    browser_hash: Sha256
    address: str = ""


class PrepareEntryCode(Struct, frozen=True, kw_only=True):
    """notifications is about to mail a code: make it."""

    code_id: UUID


class EntryCodeFacts(Struct, frozen=True, kw_only=True):
    """What the mail is written from, read at sending time; the code is told only here.

    `expires_at`: when it ends, aware UTC.
    """

    client_id: UUID
    client_name: str
    greeting_name: str
    email: str
    language: str
    timezone: str
    practice: PracticeCard
    code: EntryCode
    expires_at: Instant


SEND_ENTRY_CODE = Method(
    SERVICE,
    "send_entry_code",
    SendEntryCode,
    Entry,
    "Have the code mailed that a new device needs; code_sent also when one was sent just now.",
)
PREPARE_ENTRY_CODE = Method(
    SERVICE,
    "prepare_entry_code",
    PrepareEntryCode,
    EntryCodeFacts,
    "Make the code for one sending attempt, in place of any before it; NotFound once nobody "
    "waits for it.",
    callers=("notifications",),
)

METHODS = (
    SEND_ENTRY_CODE,
    PREPARE_ENTRY_CODE,
)
