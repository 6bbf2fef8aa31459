"""The first run: an address of one use makes the first practice and its owner."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.identity_links.rpc.devices import LONGEST_PASSWORD, ConsoleDevice
from portal_contracts.identity_links.rpc.targets import SERVICE, Sha256, TypedEmail
from portal_contracts.text import EXACTLY, Line


class SetupState(StrEnum):
    """How a setup address stands. ``used``: the portal has an owner."""

    LIVE = "live"
    EXPIRED = "expired"
    USED = "used"
    UNKNOWN = "unknown"


class LookAtSetup(Struct, frozen=True, kw_only=True):
    """`token_hash`: of the address's token; `address`: the IP address it was opened from."""

    token_hash: Sha256
    address: str = ""


class SetupStanding(Struct, frozen=True, kw_only=True):
    """How the address stands; nobody without its token learns anything of the portal."""

    state: SetupState


class SetUp(Struct, frozen=True, kw_only=True):
    """Make the first practice and its owner, who is signed in with the device.

    `practice_name` to `country` are the practice's, `name` to `password` the owner's; the
    owner's language is the practice's. The other members are as in `SignIn`.
    """

    token_hash: Sha256
    practice_name: Line
    timezone: Line
    language: Line
    country: Line = ""
    name: Line
    email: TypedEmail
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD, extra=EXACTLY)]
    device_hash: Sha256
    browser_hash: Sha256 | None = None
    user_agent: Line = ""
    address: str = ""


LOOK_AT_SETUP = Method(
    SERVICE,
    "look_at_setup",
    LookAtSetup,
    SetupStanding,
    "How a setup address stands; throttled for addresses that are none.",
)
SET_UP = Method(
    SERVICE,
    "set_up",
    SetUp,
    ConsoleDevice,
    "Make the first practice and its owner by a setup address, all at once or nothing, and sign "
    "the owner in; the same device's repetition answers the same; Conflict setup_ended.",
    personal=True,
)

METHODS = (LOOK_AT_SETUP, SET_UP)
