"""Practitioners sign in with e-mail address and password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from identity_links.domain.access import Act, done_by, note, refused
from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice
from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.people import Practitioner
from identity_links.domain.throttle import SIGN_IN_BY_EMAIL, SIGN_IN_BY_NETWORK, throttle_key
from identity_links.messages import console_device
from identity_links.storage import access_log, devices, practices, throttle
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Caller
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.rpc.devices import ConsoleDevice, SignIn
from portal_contracts.identity_links.rpc.targets import LONGEST_USER_AGENT
from portal_contracts.text import cut_line, line

log = structlog.get_logger(__name__)

Verify = Callable[[str | None, str], bool]
"""Whether a password is the one behind a hash; for no hash it takes as long and says no."""


@dataclass(frozen=True)
class _Keys:
    email: str
    network: str


def sign_in(
    database: Database,
    command: SignIn,
    caller: Caller,
    *,
    verify: Verify,
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    """Sign a practitioner in, in two transactions with the slow check between them.

    The try is counted before the password is looked at, so a burst of guesses
    at the same moment is a burst of counted tries. Unknown addresses take the
    same path and the same time. Logged as ``sign_in`` or ``sign_in.failed``.

    Raises:
        Forbidden: ``sign_in_failed`` for any mismatch; ``too_many_tries`` with
            `retry_after_seconds` for a try that comes during a wait.
        Conflict: ``device_taken``: the device hash is another device's.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    address = normalise_email(command.email) or line(command.email)
    key = email_key(address)
    keys = _Keys(
        email=throttle_key("sign_in_by_email", key),
        network=throttle_key("sign_in_by_network", counted_network(visitor.address)),
    )
    with database.transaction() as tx:
        wait = _count(tx, keys, visitor, now)
        account = None if wait else practices.practitioner_by_email(tx, key)
    if wait:
        detail = "Wait a little before the next try."
        raise Forbidden("too_many_tries", detail, retry_after_seconds=wait)
    matches = verify(account.password_hash if account else None, command.password)
    with database.transaction() as tx:
        if account is not None and matches:
            return _welcome(tx, account.practitioner, command, visitor, keys, lifetime, now)
        _log_failure(tx, account.practitioner if account else None, visitor, now)
    raise Forbidden("sign_in_failed", "E-mail address and password do not belong together.")


def _count(tx: Transaction, keys: _Keys, visitor: Attribution, now: datetime) -> int:
    """Count a try from a network and for an address; seconds to wait, 0 when it is heard.

    A try that is not heard is counted per network and hour, not logged one by
    one: a flood of them would lock the practice's log.
    """
    wait = throttle.count_try(tx, keys.network, SIGN_IN_BY_NETWORK, now)
    wait = wait or throttle.count_try(tx, keys.email, SIGN_IN_BY_EMAIL, now)
    if wait:
        access_log.count_refusal(tx, counted_network(visitor.address), now)
    return wait


def _welcome(
    tx: Transaction,
    practitioner: Practitioner,
    command: SignIn,
    visitor: Attribution,
    keys: _Keys,
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    throttle.forgive(tx, keys.network, now)
    throttle.forget(tx, keys.email)
    device_id = new_id()
    new = NewDevice(
        device_hash=command.device_hash,
        kind=DeviceKind.PRACTITIONER,
        practice_id=practitioner.practice_id,
        owner_id=practitioner.id,
        user_agent=cut_line(command.user_agent, LONGEST_USER_AGENT),
        address=normalise_address(visitor.address),
    )
    inserted = devices.insert_device(tx, device_id, new, lifetime, now)
    device = devices.practitioners_device(tx, command.device_hash, now)
    if device is None or device.practitioner.id != practitioner.id:
        raise Conflict("device_taken", "Make a new cookie and try again.")
    if inserted:
        entered = note(visitor, Act.SIGN_IN, practitioner.practice_id, now, subject_id=device_id)
        access_log.append(tx, done_by(entered, practitioner.actor))
        log.info("signed_in", device_id=str(device_id))
    return console_device(device)


def _log_failure(
    tx: Transaction, practitioner: Practitioner | None, visitor: Attribution, now: datetime
) -> None:
    """A row in the practice's chain where the address is known, else in nobody's chain."""
    practice_id = practitioner.practice_id if practitioner else None
    subject_id = practitioner.id if practitioner else None
    failed = note(visitor, Act.SIGN_IN_FAILED, practice_id, now, subject_id=subject_id)
    access_log.append(tx, refused(failed, "sign_in_failed"))
