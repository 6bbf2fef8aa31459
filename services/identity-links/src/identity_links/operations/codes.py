"""Whether a code is one of a practitioner's second factor: the app's, or a recovery code."""

from __future__ import annotations

import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.people import Practitioner
from identity_links.domain.second_factor import (
    KEY_BYTES,
    RECOVERY_ALPHABET,
    RECOVERY_CHARACTERS,
    matching_step,
    recovery_code,
    typed,
    typed_recovery_code,
)
from identity_links.operations.telling import tell
from identity_links.storage import access_log, second_factors
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Caller
from portal_contracts.errors import Forbidden
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.accounts import RECOVERY_CODES

_KEY = {"table": "second_factor", "column": "key_sealed"}


def use_code(
    tx: Transaction,
    practitioner: Practitioner,
    code: str,
    caller: Caller,
    *,
    sealer: Sealer,
    now: datetime,
) -> bool:
    """Whether `code` is right; each works once, also of two that come at the same moment.

    A recovery code is logged as ``recovery_code.used`` and mailed about.
    """
    if practitioner.second_factor_at is None:
        return False
    code = typed(code)
    if use_app_code(tx, practitioner.id, code, sealer=sealer, now=now):
        return True
    mac = _mac(tx, practitioner.id, typed_recovery_code(code), sealer)
    if not second_factors.use_recovery_code(tx, practitioner.id, mac, now):
        return False
    used = note(
        caller, Act.RECOVERY_CODE_USED, practitioner.practice_id, now, subject_id=practitioner.id
    )
    access_log.append(tx, used)
    change = AccountChange.RECOVERY_CODE_USED
    tell(tx, practitioner.id, practitioner.practice_id, change, caller, now=now)
    return True


def use_app_code(
    tx: Transaction, practitioner_id: UUID, code: str, *, sealer: Sealer, now: datetime
) -> bool:
    """Whether a code (`typed`) is the app's of now, and was not taken before."""
    stored = second_factors.key_of(tx, practitioner_id)
    if stored is None:
        return False
    key = open_key(tx, practitioner_id, stored.sealed, sealer)
    step = matching_step(key, code, now, stored.last_step)
    if step is None:
        return False
    second_factors.take_step(tx, practitioner_id, step)
    return True


def make_key(tx: Transaction, practitioner_id: UUID, sealer: Sealer, now: datetime) -> bytes:
    """A fresh key for an app, stored and not proven yet."""
    key = secrets.token_bytes(KEY_BYTES)
    text = b32encode(key).decode()
    sealed = sealer.seal(tx, practitioner_id, text, **_KEY, row=practitioner_id)
    second_factors.put_key(tx, practitioner_id, sealed, now)
    return key


def open_key(tx: Transaction, practitioner_id: UUID, sealed: bytes, sealer: Sealer) -> bytes:
    """The key of an app."""
    return b32decode(sealer.open(tx, practitioner_id, sealed, **_KEY, row=practitioner_id))


def make_recovery_codes(
    tx: Transaction, practitioner_id: UUID, sealer: Sealer, now: datetime
) -> list[str]:
    """Fresh recovery codes in place of all former ones; nobody can read them again."""
    fresh = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_CHARACTERS))
        for _ in range(RECOVERY_CODES)
    ]
    macs = [_mac(tx, practitioner_id, one, sealer) for one in fresh]
    second_factors.put_recovery_codes(tx, practitioner_id, macs, now)
    return [recovery_code(one) for one in fresh]


def wrong_code() -> Forbidden:
    """The one refusal of a code."""
    return Forbidden("second_step_failed", "The code is not right, or was used.")


def _mac(tx: Transaction, practitioner_id: UUID, code: str, sealer: Sealer) -> bytes:
    place = {"table": "recovery_code", "column": "mac"}
    return sealer.mac(tx, practitioner_id, code, **place, row=practitioner_id)
