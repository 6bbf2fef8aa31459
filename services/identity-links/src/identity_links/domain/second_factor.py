"""The second factor: time-based codes of an app (RFC 6238), and recovery codes instead of them."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from identity_links.domain.throttle import HOUR, Backoff, throttle_key
from portal_contracts.identity_links.rpc.practice import PracticeFields

KEY_BYTES = 20
"""As long as SHA-1 is wide (RFC 4226, section 4, R6)."""
DIGITS = 6
PERIOD_SECONDS = 30
STEPS_APART = 1
"""So many periods an app's clock may be before or behind ours (RFC 6238, section 5.2)."""

RECOVERY_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter looks like a digit or like another letter."""
RECOVERY_CHARACTERS = 12
"""60 random bits: with `CODES_BY_ACCOUNT` there is no guessing them."""
_GROUP = 4

KEY_LIVES = timedelta(hours=1)
"""So long a key that is shown waits for the first code."""
STEP_LIVES = timedelta(minutes=10)
"""So long a sign-in whose password was right waits for the code."""
STEP_TRIES = 5
"""Wrong codes, and the password is asked for again."""

_RISING = (30, 60, 120, 240, 480, 900)
CODES_BY_ACCOUNT = Backoff(waits=(0, 0, 0, 0, *_RISING), forgets_after=HOUR)
"""Wrong codes of one account, which only those can type who know its password: five, then 30 s,
rising to 15 minutes. On browsers that are known it is counted for each of them."""
PROOFS_BY_PRACTITIONER = Backoff(waits=(0, 0, 0, 0, *_RISING), forgets_after=HOUR)
"""Wrong passwords and codes of somebody who is signed in and asked again."""

_READ_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})
_APP_CODE = re.compile(r"[0-9]{6}")
_BETWEEN = re.compile(r"[\s-]+")


@dataclass(frozen=True)
class Demand:
    """What the practice wants of a practitioner without a second factor.

    Attributes:
        from_day: the day from which it wants one, in its zone; None: it wants nothing.
        is_due: that day has come.
    """

    from_day: date | None = None
    is_due: bool = False


def demand_of(second_factor_at: datetime | None, practice: PracticeFields, now: datetime) -> Demand:
    """What the practice wants at `now` of a practitioner who set it up at `second_factor_at`."""
    wanted_from = practice.second_factor_from
    if wanted_from is None or second_factor_at is not None:
        return Demand()
    today = now.astimezone(ZoneInfo(practice.timezone)).date()
    return Demand(wanted_from, is_due=today >= wanted_from)


def code_key(practitioner_id: UUID) -> str:
    """Under what wrong codes of an account are counted, on browsers that are not known."""
    return throttle_key("code_of_account", str(practitioner_id))


def typed(code: str) -> str:
    """A code as it is compared: without what stands between its groups, in small letters."""
    return _BETWEEN.sub("", code).lower()


def matching_step(key: bytes, code: str, now: datetime, last_step: int | None) -> int | None:
    """The period whose code this is, near `now` and after the last one that was taken; or None.

    Args:
        key: the shared key.
        code: see `typed`.
        now: aware UTC.
        last_step: the period of the last code that was taken; each works once.
    """
    if _APP_CODE.fullmatch(code) is None:
        return None
    present = int(now.timestamp()) // PERIOD_SECONDS
    matching = [
        step
        for step in range(present - STEPS_APART, present + STEPS_APART + 1)
        if hmac.compare_digest(code_of(key, step), code)
    ]
    return next((step for step in matching if last_step is None or step > last_step), None)


def code_of(key: bytes, step: int) -> str:
    """The code of one period."""
    return _totp(key).generate(step * PERIOD_SECONDS).decode()


def setup_address(key: bytes, *, account: str, issuer: str) -> str:
    """The ``otpauth:`` address that apps read from a QR code; `issuer` is the practice's name."""
    # A colon parts the two in the address.
    return _totp(key).get_provisioning_uri(account, issuer.replace(":", " "))


def recovery_code(characters: str) -> str:
    """A recovery code as it is shown: ``7k2m-x9qd-4t8n``."""
    return "-".join(_groups(characters))


def typed_recovery_code(code: str) -> str:
    """A recovery code as it is compared; `code` is `typed`. Letters that read like digits are."""
    return code.translate(_READ_ALIKE)


def _groups(characters: str) -> Iterator[str]:
    for start in range(0, len(characters), _GROUP):
        yield characters[start : start + _GROUP]


def _totp(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), PERIOD_SECONDS)  # noqa: S303 - RFC 6238; apps know no other
