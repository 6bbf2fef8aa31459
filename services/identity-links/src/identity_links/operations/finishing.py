"""The second page of signing in: the password was right, now the code."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.domain.people import Practitioner
from identity_links.domain.second_factor import CODES_BY_ACCOUNT, STEP_TRIES, code_key
from identity_links.domain.throttle import throttle_key
from identity_links.operations.codes import use_code, wrong_code
from identity_links.operations.sign_in import log_failure, welcome
from identity_links.storage import known_browsers, practices, second_factors, throttle
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database, Transaction
from portal_contracts.actor import NOBODY, Caller
from portal_contracts.errors import Forbidden, NotFound
from portal_contracts.identity_links.rpc.accounts import FinishSignIn
from portal_contracts.identity_links.rpc.devices import ConsoleDevice


def finish_sign_in(
    database: Database,
    command: FinishSignIn,
    caller: Caller,
    *,
    sealer: Sealer,
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    """Sign in whose password was right, by a code of the app or a recovery code.

    A code is counted before it is looked at: for the account, which only those get to who know
    its password, and on a known browser for that one alone. After `STEP_TRIES` wrong ones the
    password is asked for again. Logged as ``sign_in`` or ``sign_in.failed``.

    Raises:
        NotFound: ``sign_in_ended``: nobody waits for a code here; begin again.
        Forbidden: ``second_step_failed``; ``too_many_tries`` with `retry_after_seconds`.
        Conflict: ``device_taken``: the device hash is another device's.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    practitioner_id, key = _hear(database, command, now)
    with database.transaction() as tx:
        practitioner = practices.practitioner_by_id(tx, practitioner_id)
        if practitioner is None or not practitioner.active:
            raise _ended()
        owner = Attribution(practitioner.actor, visitor.request_id, visitor.address)
        if use_code(tx, practitioner, command.code, owner, sealer=sealer, now=now):
            if not second_factors.end_step(tx, command.step_hash):
                raise _ended()
            throttle.forget(tx, key)
            return welcome(tx, practitioner, command, visitor, lifetime, now)
        log_failure(tx, practitioner, visitor, now, "second_step_failed")
    raise wrong_code()


def _hear(database: Database, command: FinishSignIn, now: datetime) -> tuple[UUID, str]:
    """Whose sign-in waits for the code, and under what the try was counted."""
    with database.transaction() as tx:
        practitioner_id = second_factors.try_step(tx, command.step_hash, STEP_TRIES, now)
        if practitioner_id is None:
            raise _ended()
        practitioner = practices.practitioner_by_id(tx, practitioner_id)
        if practitioner is None:
            raise _ended()
        key = _key(tx, command.browser_hash, practitioner, now)
        if wait := throttle.count_try(tx, key, CODES_BY_ACCOUNT, now):
            # A try during a wait is counted nowhere: the transaction is rolled back.
            detail = "Wait a little before the next try."
            raise Forbidden("too_many_tries", detail, retry_after_seconds=wait)
    return practitioner_id, key


def _key(
    tx: Transaction, browser_hash: str | None, practitioner: Practitioner, now: datetime
) -> str:
    if known_browsers.knows_practitioner(tx, browser_hash, practitioner.id, now):
        return throttle_key("code_on_browser", f"{browser_hash} {practitioner.id}")
    return code_key(practitioner.id)


def _ended() -> NotFound:
    return NotFound("sign_in_ended", "This sign-in is over; begin again.")
