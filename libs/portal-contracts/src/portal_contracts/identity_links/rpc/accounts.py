"""A practitioner's own account: name, password, second factor, and signing in with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from portal_contracts.actor import Role
from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.identity_links.rpc.devices import ConsoleDevice, Password
from portal_contracts.identity_links.rpc.targets import SERVICE, Sha256
from portal_contracts.instants import Instant
from portal_contracts.text import Line

LONGEST_TYPED_CODE: Final = 40
TypedCode = Annotated[str, Meta(max_length=LONGEST_TYPED_CODE)]
"""As somebody types it: six digits of the app, or a recovery code, with blanks or without."""

RECOVERY_CODES: Final = 10
"""So many recovery codes are made at a time."""


class Account(Struct, frozen=True, kw_only=True):
    """The account of the practitioner who asks.

    `second_factor_since`: since when a code is asked for at sign-in; None: it is not.
    `required_from`: the day from which the practice wants one of everybody, in its zone; None:
    it wants none. `recovery_codes_left`: how many were not used yet.
    """

    name: str
    email: str
    language: str
    role: Role
    second_factor_since: Instant | None
    recovery_codes_left: int
    required_from: date | None


class EditAccount(Struct, frozen=True, kw_only=True):
    """Change the own name and language; None leaves as it is."""

    name: Line | None = None
    language: str | None = None


class ChangePassword(Struct, frozen=True, kw_only=True):
    """Replace the own password: `password` is the present one.

    The device and the browser with these hashes stay signed in and known; all others end.
    """

    password: Password
    new_password: Password
    device_hash: Sha256
    browser_hash: Sha256 | None = None


class SetupKey(Struct, frozen=True, kw_only=True):
    """What an authenticator app is given: the key to type, and the address that holds it."""

    key: str
    address: str


class EnableSecondFactor(Struct, frozen=True, kw_only=True):
    """Ask for a code at sign-in from now on: `code` is the app's, by the key it was given."""

    password: Password
    code: TypedCode


class RecoveryCodes(Struct, frozen=True, kw_only=True):
    """Recovery codes, told only here; each works once, instead of the app's code."""

    items: list[str]


class Proof(Struct, frozen=True, kw_only=True):
    """That it is she who asks: her password, or a code of her second factor."""

    password: Password | None = None
    code: TypedCode | None = None


class DisableSecondFactor(Struct, frozen=True, kw_only=True):
    """Ask for no code any more; takes the password and a code, also a recovery code."""

    password: Password
    code: TypedCode


class ResetSecondFactor(Struct, frozen=True, kw_only=True):
    """An owner takes away a colleague's second factor; `password` or `code` are the owner's."""

    practitioner_id: UUID
    password: Password | None = None
    code: TypedCode | None = None


class FinishSignIn(Struct, frozen=True, kw_only=True):
    """The second page of signing in, after `sign_in` said ``second_step_needed``.

    `step_hash`: of the cookie that the first page left in this browser.
    """

    step_hash: Sha256
    code: TypedCode
    device_hash: Sha256
    browser_hash: Sha256 | None = None
    user_agent: Line = ""
    address: str = ""


class ReadSignInFacts(Struct, frozen=True, kw_only=True):
    """notifications is about to tell of a sign-in on a device that was not known."""

    device_id: UUID


class SignInFacts(Struct, frozen=True, kw_only=True):
    """Of that device: its label (``Firefox on Android``), when, and on whose clock."""

    label: str
    signed_in_at: Instant
    timezone: str


READ_ACCOUNT = Method(
    SERVICE,
    "read_account",
    Nothing,
    Account,
    "The account of the practitioner who asks in person.",
)
EDIT_ACCOUNT = Method(
    SERVICE,
    "edit_account",
    EditAccount,
    Done,
    "Change the own name and language.",
    mutates=True,
)
CHANGE_PASSWORD = Method(
    SERVICE,
    "change_password",
    ChangePassword,
    Done,
    "Replace the own password, end the other devices and forget the other browsers.",
    personal=True,
)
BEGIN_SECOND_FACTOR = Method(
    SERVICE,
    "begin_second_factor",
    Nothing,
    SetupKey,
    "A key for an authenticator app; the same until it is used or an hour old.",
)
ENABLE_SECOND_FACTOR = Method(
    SERVICE,
    "enable_second_factor",
    EnableSecondFactor,
    RecoveryCodes,
    "Ask for a code at sign-in from now on; tells the recovery codes once.",
    personal=True,
)
DISABLE_SECOND_FACTOR = Method(
    SERVICE,
    "disable_second_factor",
    DisableSecondFactor,
    Done,
    "Ask for no code any more.",
    personal=True,
)
RENEW_RECOVERY_CODES = Method(
    SERVICE,
    "renew_recovery_codes",
    Proof,
    RecoveryCodes,
    "New recovery codes in place of all former ones; tells them once.",
    personal=True,
)
RESET_SECOND_FACTOR = Method(
    SERVICE,
    "reset_second_factor",
    ResetSecondFactor,
    Done,
    "An owner takes a colleague's second factor away and ends the colleague's devices.",
    personal=True,
)
FINISH_SIGN_IN = Method(
    SERVICE,
    "finish_sign_in",
    FinishSignIn,
    ConsoleDevice,
    "Sign a practitioner in whose password was right, by a code; throttled.",
    personal=True,
)
READ_SIGN_IN_FACTS = Method(
    SERVICE,
    "read_sign_in_facts",
    ReadSignInFacts,
    SignInFacts,
    "What a mail about a new device is written from; for services only.",
    callers=("notifications",),
)

METHODS = (
    READ_ACCOUNT,
    EDIT_ACCOUNT,
    CHANGE_PASSWORD,
    BEGIN_SECOND_FACTOR,
    ENABLE_SECOND_FACTOR,
    DISABLE_SECOND_FACTOR,
    RENEW_RECOVERY_CODES,
    RESET_SECOND_FACTOR,
    FINISH_SIGN_IN,
    READ_SIGN_IN_FACTS,
)
