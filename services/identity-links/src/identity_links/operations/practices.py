"""Practices and their practitioners: what the admin script and a seeder do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from identity_links.domain.access import Act, note
from identity_links.domain.attribution import BY_ADMIN
from identity_links.domain.email_addresses import email_key
from identity_links.domain.people import Practitioner
from identity_links.domain.practice_fields import (
    PractitionerFields,
    check_practice_fields,
    check_practitioner_fields,
)
from identity_links.operations.telling import tell
from identity_links.storage import (
    access_log,
    devices,
    known_browsers,
    password_resets,
    practices,
    second_factors,
)
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Caller
from portal_contracts.errors import Conflict, NotFound
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.practice import PracticeFields

log = structlog.get_logger(__name__)


def add_practice(
    tx: Transaction,
    fields: PracticeFields,
    caller: Caller = BY_ADMIN,
    *,
    practice_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Add a practice; its id, by default a new one. Logged as ``practice.added``.

    Raises:
        Invalid: ``practice_fields``.
    """
    checked = check_practice_fields(fields, now=now)
    practice_id = practice_id or new_id()
    practices.insert_practice(tx, practice_id, checked, now)
    access_log.append(tx, note(caller, Act.PRACTICE_ADDED, practice_id, now))
    return practice_id


def add_practitioner(
    tx: Transaction,
    practice_id: UUID,
    fields: PractitionerFields,
    caller: Caller = BY_ADMIN,
    *,
    practitioner_id: UUID | None = None,
    password_hash: str,
    now: datetime,
) -> UUID:
    """Add a practitioner's account; its id. Logged as ``practitioner.added``.

    Args:
        tx: the transaction.
        practice_id: the practitioner's practice.
        fields: name, e-mail address, role, language.
        caller: who asks.
        practitioner_id: of the account; by default a new one.
        password_hash: from `operations.passwords.hash_password`, made before the transaction.
        now: aware UTC.

    Raises:
        NotFound: ``not_found``: no such practice.
        Invalid: ``practitioner_fields``.
        Conflict: ``email_taken``: whatever its case, in any practice.
    """
    checked = check_practitioner_fields(fields)
    if practices.practice_fields(tx, practice_id) is None:
        raise NotFound("not_found", "There is no such practice.")
    practitioner_id = practitioner_id or new_id()
    inserted = practices.insert_practitioner(
        tx,
        practitioner_id,
        practice_id,
        checked,
        email_key=email_key(checked.email),
        password_hash=password_hash,
        now=now,
    )
    if not inserted:
        raise Conflict("email_taken", "There is an account with this address.")
    access_log.append(
        tx,
        note(caller, Act.PRACTITIONER_ADDED, practice_id, now, subject_id=practitioner_id),
    )
    return practitioner_id


@dataclass(frozen=True)
class Kept:
    """What stays when everything else of a practitioner ends: by the hashes of its cookies."""

    device_hash: str | None = None
    browser_hash: str | None = None


def set_password(
    tx: Transaction,
    practitioner_id: UUID,
    caller: Caller = BY_ADMIN,
    *,
    password_hash: str,
    kept: Kept | None = None,
    now: datetime,
) -> int:
    """Replace a password and end the practitioner's devices; how many ended.

    No browser is known to the practitioner any more, no sign-in under way goes on, and no address
    works by which a password is set anew. What is `kept` stays. Logged as ``password.changed``,
    with ``device.revoked`` for each device; the practitioner is mailed.

    Raises:
        NotFound: ``not_found``.
    """
    row = practices.practitioner_by_id(tx, practitioner_id)
    if row is None:
        raise NotFound("not_found", "There is no such practitioner.")
    practices.set_password_hash(tx, practitioner_id, password_hash)
    changed = note(caller, Act.PASSWORD_CHANGED, row.practice_id, now, subject_id=practitioner_id)
    access_log.append(tx, changed)
    ended = end_sign_ins(tx, row, caller, kept, now=now)
    tell(tx, row.id, row.practice_id, AccountChange.PASSWORD_CHANGED, caller, now=now)
    return ended


def end_sign_ins(
    tx: Transaction,
    practitioner: Practitioner,
    caller: Caller,
    kept: Kept | None = None,
    *,
    now: datetime,
) -> int:
    """End whatever lets a practitioner in, or nearly; how many devices ended.

    That is devices, browsers that are known, sign-ins under way, and mailed addresses. Logged as
    ``device.revoked``, for each device.
    """
    kept = kept or Kept()
    known_browsers.forget_of_practitioner(tx, practitioner.id, but=kept.browser_hash)
    second_factors.end_steps_of(tx, practitioner.id)
    password_resets.end_of(tx, practitioner.id)
    ended = devices.end_of_practitioner(tx, practitioner.id, now, but=kept.device_hash)
    act, practice_id = Act.DEVICE_REVOKED, practitioner.practice_id
    access_log.append(tx, *(note(caller, act, practice_id, now, subject_id=one) for one in ended))
    return len(ended)


def end_devices(
    tx: Transaction, practitioner_id: UUID, caller: Caller = BY_ADMIN, *, now: datetime
) -> int:
    """End all devices of a practitioner and forget the browsers; how many devices ended.

    Logged as ``device.revoked``, for each device.

    Raises:
        NotFound: ``not_found``.
    """
    row = practices.practitioner_by_id(tx, practitioner_id)
    if row is None:
        raise NotFound("not_found", "There is no such practitioner.")
    return end_sign_ins(tx, row, caller, now=now)
