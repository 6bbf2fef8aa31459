"""Practitioners sign in with e-mail address and password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from identity_links.domain.access import Act, done_by, note, refused
from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice
from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.people import Account, Practitioner
from identity_links.domain.second_factor import STEP_LIVES
from identity_links.domain.throttle import (
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_NETWORK,
    SIGN_IN_FROM_BROWSER,
    SIGN_IN_FROM_NETWORK,
    throttle_key,
)
from identity_links.messages import console_device
from identity_links.operations.confirming import Turn
from identity_links.operations.telling import tell
from identity_links.storage import (
    access_log,
    devices,
    known_browsers,
    practices,
    second_factors,
    throttle,
)
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Caller
from portal_contracts.errors import Conflict, Forbidden
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.accounts import FinishSignIn
from portal_contracts.identity_links.rpc.devices import ConsoleDevice, SignIn
from portal_contracts.identity_links.rpc.invitations import AcceptInvitation
from portal_contracts.identity_links.rpc.setup import SetUp
from portal_contracts.identity_links.rpc.targets import LONGEST_USER_AGENT
from portal_contracts.text import cut_line, line

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Try:
    """One try to sign in, and the keys that it is counted under.

    Attributes:
        known: it comes from a browser on which the owner of the address signed in before.
        browser: this address on this browser.
        pair: this address from this network.
        network: this network, for whatever addresses.
        address: this address, from all networks.
    """

    known: bool
    browser: str
    pair: str
    network: str
    address: str

    def count(self, tx: Transaction, now: datetime) -> None:
        """Count it.

        Raises:
            Forbidden: ``too_many_tries``: it comes during a wait; roll `tx` back, or it stays
                counted where it would have been heard.
        """
        if wait := self._count(tx, now):
            detail = "Wait a little before the next try."
            raise Forbidden("too_many_tries", detail, retry_after_seconds=wait)

    def _count(self, tx: Transaction, now: datetime) -> int:
        if self.known:
            return throttle.count_try(tx, self.browser, SIGN_IN_FROM_BROWSER, now)
        return (
            throttle.count_use(tx, self.network, SIGN_IN_BY_NETWORK, now)
            or throttle.count_try(tx, self.pair, SIGN_IN_FROM_NETWORK, now)
            or throttle.count_use(tx, self.address, SIGN_IN_BY_ADDRESS, now)
        )

    def forgive(self, tx: Transaction, now: datetime) -> None:
        """Take it back: it was a good one, and its like before it were the owner's."""
        if self.known:
            throttle.forget(tx, self.browser)
            return
        throttle.forgive(tx, self.network, now)
        throttle.forget(tx, self.pair)
        throttle.forgive(tx, self.address, now)


def sign_in(
    database: Database,
    command: SignIn,
    caller: Caller,
    *,
    turn: Turn,
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    """Sign a practitioner in, with the slow check of the password in no transaction.

    The try is counted before the password is looked at, so a burst of guesses
    at the same moment is a burst of counted tries. Unknown addresses take the
    same path and the same time. Logged as ``sign_in`` or ``sign_in.failed``.

    Args:
        database: the service's.
        command: address and password, and where they were typed.
        caller: who asks, which is nobody yet.
        turn: see `Turn`; waited for before anything is counted.
        lifetime: of the device.
        now: aware UTC.

    Raises:
        Forbidden: ``sign_in_failed`` for any mismatch; ``too_many_tries`` with
            `retry_after_seconds` for a try that comes during a wait.
        Conflict: ``device_taken``: the device hash is another device's; ``second_step_needed``: the
            password is right, and `finish_sign_in` has to follow with the same step hash.
        Unavailable: ``sign_in_busy``: too many passwords wait to be checked.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    address = normalise_email(command.email) or line(command.email)
    key = email_key(address)
    with database.transaction() as tx:
        known = known_browsers.knows(tx, command.browser_hash, key, now)
    tried = _tried(command, key, visitor, known=known)
    with turn(known) as verify:
        account = _hear(database, tried, key, visitor, now)
        lets_in = account is not None and account.practitioner.active
        matches = verify(account.password_hash if account and lets_in else None, command.password)
    with database.transaction() as tx:
        present = _as_of_now(tx, account) if matches else None
        if present is not None:
            tried.forgive(tx, now)
            if present.practitioner.second_factor_at is None:
                return welcome(tx, present.practitioner, command, visitor, lifetime, now)
            if command.step_hash is not None:
                ends_at = now + STEP_LIVES
                second_factors.begin_step(tx, command.step_hash, present.practitioner.id, ends_at)
        else:
            log_failure(tx, account.practitioner if account else None, visitor, now)
    if present is not None:
        raise Conflict("second_step_needed", "There is a second factor: a code is asked for.")
    raise Forbidden("sign_in_failed", "E-mail address and password do not belong together.")


def _as_of_now(tx: Transaction, checked: Account | None) -> Account | None:
    """The account whose password was checked, locked; None where that lets nobody in any more.

    The check takes a moment, in which the password may have been replaced or the account
    deactivated: all devices ended then, and none may begin after that.
    """
    if checked is None or practices.practitioner_by_id(tx, checked.practitioner.id) is None:
        return None
    present = practices.account(tx, checked.practitioner.id)
    if present is None or present.password_hash != checked.password_hash:
        return None
    return present if present.practitioner.active else None


def _tried(command: SignIn, email: str, visitor: Attribution, *, known: bool) -> _Try:
    network = counted_network(visitor.address)
    return _Try(
        known=known,
        browser=throttle_key("sign_in_from_browser", f"{command.browser_hash} {email}"),
        pair=throttle_key("sign_in_from_network", f"{network} {email}"),
        network=throttle_key("sign_in_by_network", network),
        address=throttle_key("sign_in_by_address", email),
    )


def _hear(
    database: Database, tried: _Try, email: str, visitor: Attribution, now: datetime
) -> Account | None:
    """Count a try that is heard; whose address it is.

    One that is not heard is taken back wherever it was counted. It is counted per network and
    hour instead, not logged one by one: a flood of them would lock the practice's log.
    """
    try:
        with database.transaction() as tx:
            tried.count(tx, now)
            return practices.practitioner_by_email(tx, email)
    except Forbidden:
        with database.transaction() as tx:
            access_log.count_refusal(tx, counted_network(visitor.address), now)
        raise


def welcome(
    tx: Transaction,
    practitioner: Practitioner,
    command: SignIn | FinishSignIn | SetUp | AcceptInvitation,
    visitor: Attribution,
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    """Sign in a practitioner who may; the same device again is the same. Logged as ``sign_in``.

    On a browser that is not known the practitioner is mailed, but for the first time ever.

    Raises:
        Conflict: ``device_taken``: the device hash is another device's.
    """
    device_id = new_id()
    new = NewDevice(
        device_hash=command.device_hash,
        kind=DeviceKind.PRACTITIONER,
        practice_id=practitioner.practice_id,
        owner_id=practitioner.id,
        user_agent=cut_line(command.user_agent, LONGEST_USER_AGENT),
        address=normalise_address(visitor.address),
        browser_hash=command.browser_hash,
    )
    inserted = devices.insert_device(tx, device_id, new, lifetime, now)
    device = devices.practitioners_device(tx, command.device_hash, now)
    if device is None or device.practitioner.id != practitioner.id:
        raise Conflict("device_taken", "Make a new cookie and try again.")
    browser = command.browser_hash
    known = known_browsers.knows_practitioner(tx, browser, practitioner.id, now)
    first = practices.mark_signed_in(tx, practitioner.id, now)
    if command.browser_hash is not None:
        known_browsers.remember(tx, command.browser_hash, practitioner.id, now)
    if inserted:
        entered = note(visitor, Act.SIGN_IN, practitioner.practice_id, now, subject_id=device_id)
        access_log.append(tx, done_by(entered, practitioner.actor))
        log.info("signed_in", device_id=str(device_id))
    if inserted and not known and not first:
        tell(
            tx,
            practitioner.id,
            practitioner.practice_id,
            AccountChange.NEW_DEVICE,
            Attribution(practitioner.actor, visitor.request_id),
            subject_id=device_id,
            now=now,
        )
    return console_device(device, now)


def log_failure(
    tx: Transaction,
    practitioner: Practitioner | None,
    visitor: Attribution,
    now: datetime,
    reason: str = "sign_in_failed",
) -> None:
    """A row in the practice's chain where the address is known; else it is counted."""
    practice_id = practitioner.practice_id if practitioner else None
    subject_id = practitioner.id if practitioner else None
    failed = note(visitor, Act.SIGN_IN_FAILED, practice_id, now, subject_id=subject_id)
    access_log.append(tx, refused(failed, reason))
