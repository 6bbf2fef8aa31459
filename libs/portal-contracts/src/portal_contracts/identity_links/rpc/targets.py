"""Portal links: what they open, why they are there and how they stand; and what calls share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.text import ONE_LINE

SERVICE = "identity_links"

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
"""Hex SHA-256 of a token or a device cookie; the raw value stays with its writer."""

CODE_DIGITS: Final = 6
EntryCode = Annotated[str, Meta(pattern=f"^[0-9]{{{CODE_DIGITS}}}$", max_length=CODE_DIGITS)]
"""What a new device answers with where the code was mailed."""

LONGEST_TYPED_EMAIL: Final = 320
TypedEmail = Annotated[str, Meta(max_length=LONGEST_TYPED_EMAIL, extra=ONE_LINE)]
"""As somebody types it who asks to be let in; what is no address is no error."""

LONGEST_USER_AGENT: Final = 300
"""As much is kept of a browser's own words; the rest is cut off."""


class TargetKind(StrEnum):
    """What a portal link opens."""

    HOME = "home"
    FORM = "form"
    APPOINTMENT = "appointment"
    SUMMARY = "summary"


class Target(Struct, frozen=True, kw_only=True):
    """What a link opens: home, or one thing by its id."""

    kind: TargetKind = TargetKind.HOME
    id: UUID | None = None


class LinkCause(StrEnum):
    """Why a portal link came to be; ``mailed``: it came with another mail."""

    SHARED = "shared"
    REQUESTED = "requested"
    COPIED = "copied"
    QR = "qr"
    MAILED = "mailed"


REVEALED: Final = frozenset({LinkCause.COPIED, LinkCause.QR})
"""Links that the practice saw when they were made; all others were mailed to the client."""


class LinkState(StrEnum):
    """How a link stands now."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"
    USED = "used"
    UNKNOWN = "unknown"


class ClientVisibility(StrEnum):
    """Whose clients a practice shows its practitioners: everyone's, or their own."""

    EVERYONE = "everyone"
    OWN = "own"


class EntryMode(StrEnum):
    """Whether a person's click enters at once, or a button is pressed first."""

    ONE_CLICK = "one_click"
    BUTTON = "button"


class SecondCheck(StrEnum):
    """What a new device is asked for before anything is shown.

    A client without a date of birth on file is asked for a code that is mailed instead.
    """

    NONE = "none"
    DATE_OF_BIRTH = "date_of_birth"
