"""A forgotten password: asked for, mailed, set anew."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Done, Method
from portal_contracts.identity_links.rpc.accounts import TypedCode
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.devices import Password
from portal_contracts.identity_links.rpc.targets import SERVICE, Sha256, TypedEmail
from portal_contracts.instants import Instant


class RequestPasswordReset(Struct, frozen=True, kw_only=True):
    """Somebody forgot the password of an address that may or may not be known."""

    email: TypedEmail
    address: str = ""


class PasswordResetRequested(Struct, frozen=True, kw_only=True):
    """The same for every address, known or not: when asking again makes sense."""

    retry_after_seconds: int


class InspectPasswordReset(Struct, frozen=True, kw_only=True):
    """`token_hash`: of the token in the address that was mailed."""

    token_hash: Sha256


class PasswordResetStanding(Struct, frozen=True, kw_only=True):
    """How it stands: whether it works, and whether a code of the second factor is asked for."""

    works: bool
    needs_code: bool = False
    language: str | None = None


class ResetPassword(Struct, frozen=True, kw_only=True):
    """Set a new password by the address that was mailed; `code` where one is asked for."""

    token_hash: Sha256
    password: Password
    code: TypedCode | None = None
    address: str = ""


class PreparePasswordReset(Struct, frozen=True, kw_only=True):
    """notifications is about to mail the address: register this attempt's token."""

    reset_id: UUID
    token_hash: Sha256


class PasswordResetFacts(Struct, frozen=True, kw_only=True):
    """What the mail is written from, read at sending time."""

    practitioner_id: UUID
    name: str
    email: str
    language: str
    timezone: str
    practice: PracticeCard
    expires_at: Instant


REQUEST_PASSWORD_RESET = Method(
    SERVICE,
    "request_password_reset",
    RequestPasswordReset,
    PasswordResetRequested,
    "Have an address mailed by which a password is set anew; one answer and timing for all.",
)
INSPECT_PASSWORD_RESET = Method(
    SERVICE,
    "inspect_password_reset",
    InspectPasswordReset,
    PasswordResetStanding,
    "How a mailed address stands; looking uses nothing up.",
)
RESET_PASSWORD = Method(
    SERVICE,
    "reset_password",
    ResetPassword,
    Done,
    "Set a new password by a mailed address, once, and end all devices.",
    personal=True,
)
PREPARE_PASSWORD_RESET = Method(
    SERVICE,
    "prepare_password_reset",
    PreparePasswordReset,
    PasswordResetFacts,
    "Register the token of one sending attempt, in place of any before it, and tell the facts; "
    "NotFound once it works no more.",
    callers=("notifications",),
)
METHODS = (
    REQUEST_PASSWORD_RESET,
    INSPECT_PASSWORD_RESET,
    RESET_PASSWORD,
    PREPARE_PASSWORD_RESET,
)
