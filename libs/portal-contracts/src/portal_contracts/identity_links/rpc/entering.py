"""A client enters by her link, or asks for a new one."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.targets import (
    SERVICE,
    EntryCode,
    EntryMode,
    LinkState,
    Sha256,
    Target,
    TypedEmail,
)
from portal_contracts.text import Line


class InspectLink(Struct, frozen=True, kw_only=True):
    """`token_hash`: of the token in the address."""

    token_hash: Sha256


class LinkStanding(Struct, frozen=True, kw_only=True):
    """How a link stands. For ``unknown`` all else is None.

    `first_name` is the greeting name, `email_masked` like ``a•••@example.org``. A link that
    was revoked, or mailed to a former address, tells neither, nor whose it was. Where the
    practice asks new devices for a second check, nothing of the client is told before it is
    passed: neither of the two, nor the client's id, nor what the link opens.
    """

    state: LinkState
    practice: PracticeCard | None = None
    client_id: UUID | None = None
    first_name: str | None = None
    email_masked: str | None = None
    language: str | None = None
    target: Target = Target()
    entry: EntryMode = EntryMode.ONE_CLICK
    single_use: bool = False


class RedeemLink(Struct, frozen=True, kw_only=True):
    """A person opens her link.

    Attributes:
        token_hash: of the token in the address.
        device_hash: of the cookie that the gateway has made for this device.
        current_device_hash: of the cookie the browser already holds, if any.
        user_agent: the browser's own words; what is too long is cut off.
        address: the IP address it came from.
        pressed: she pressed the button (a POST), not only followed the link.
        switch: she agreed to leave another client's portal on this device.
        date_of_birth: her answer, where the practice asks new devices for it.
        as_bearer: the device is a program with a bearer; a link that the practice saw
            lets none in.
        code: her answer, where a code was mailed instead.
        browser_hash: of a secret that this browser keeps while it enters; a code works for the
            browser that had it mailed.
    """

    token_hash: Sha256
    device_hash: Sha256
    current_device_hash: Sha256 | None = None
    user_agent: Line = ""
    address: str = ""
    pressed: bool = False
    switch: bool = False
    date_of_birth: date | None = None
    as_bearer: bool = False
    code: EntryCode | None = None
    browser_hash: Sha256 | None = None


class EntryOutcome(StrEnum):
    """What came of redeeming a link."""

    ENTERED = "entered"
    ALREADY_IN = "already_in"
    NEEDS_BUTTON = "needs_button"
    OTHER_CLIENT = "other_client"
    NEEDS_DATE_OF_BIRTH = "needs_date_of_birth"
    WRONG_DATE_OF_BIRTH = "wrong_date_of_birth"
    NEEDS_CODE = "needs_code"
    CODE_SENT = "code_sent"
    WRONG_CODE = "wrong_code"
    CODE_ENDED = "code_ended"
    CANNOT_CHECK = "cannot_check"
    TOO_MANY_TRIES = "too_many_tries"
    DEAD = "dead"


class Entry(Struct, frozen=True, kw_only=True):
    """What came of redeeming.

    ``entered``: the device is signed in, set its cookie. ``already_in``: the
    current device is hers, keep its cookie. ``other_client``: the current
    device is `other_first_name`'s; ask. ``dead``: see `standing.state`. ``needs_code``: one
    has to be asked for (`send_entry_code`); ``code_sent``: it is on its way to this browser;
    ``code_ended``: it was used, is too old, or was tried too often; ``cannot_check``: there is
    nothing on file that this client could be asked for.

    `retry_after_seconds`: when the next answer is heard, once too many were wrong, over all
    links of the client; of `send_entry_code`, when it sends again.
    """

    outcome: EntryOutcome
    standing: LinkStanding
    other_first_name: str | None = None
    retry_after_seconds: int | None = None


class RenewLink(Struct, frozen=True, kw_only=True):
    """Ask for a new link by a known one that is expired or used."""

    token_hash: Sha256
    address: str = ""


class RequestLink(Struct, frozen=True, kw_only=True):
    """Ask for a new link by an e-mail address that may or may not be known.

    `target`: what it is to open; whether the client may see it is judged when it is opened.
    """

    email: TypedEmail
    address: str = ""
    target: Target = Target()


class LinkRequested(Struct, frozen=True, kw_only=True):
    """The same for every address, known or not: when asking again makes sense."""

    retry_after_seconds: int


INSPECT_LINK = Method(
    SERVICE,
    "inspect_link",
    InspectLink,
    LinkStanding,
    "Tell how a link stands; changes nothing but the count of scans.",
)
REDEEM_LINK = Method(
    SERVICE,
    "redeem_link",
    RedeemLink,
    Entry,
    "Sign a device in by a link, or say what stands in the way. "
    "Safe to repeat with the same device hash.",
    personal=True,
)
RENEW_LINK = Method(
    SERVICE,
    "renew_link",
    RenewLink,
    LinkRequested,
    "Mail a new link to the client of a dead one; rate-limited, one answer for all.",
)
REQUEST_LINK = Method(
    SERVICE,
    "request_link",
    RequestLink,
    LinkRequested,
    "Mail a new link to each client with this address; one answer and timing for all.",
)

METHODS = (
    INSPECT_LINK,
    REDEEM_LINK,
    RENEW_LINK,
    REQUEST_LINK,
)
