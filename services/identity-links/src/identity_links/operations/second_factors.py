"""A practitioner's second factor: set up, renewed, switched off, reset by an owner."""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.domain.people import Practitioner
from identity_links.domain.second_factor import KEY_LIVES, setup_address, typed
from identity_links.operations.authority import not_found, require_account, require_practice
from identity_links.operations.codes import (
    make_key,
    make_recovery_codes,
    open_key,
    use_app_code,
    use_code,
    wrong_code,
)
from identity_links.operations.confirming import Desk, confirm_in_person, confirm_password
from identity_links.operations.practices import end_sign_ins
from identity_links.operations.telling import tell
from identity_links.storage import access_log, practices, second_factors
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Caller
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.accounts import (
    DisableSecondFactor,
    EnableSecondFactor,
    Proof,
    RecoveryCodes,
    ResetSecondFactor,
    SetupKey,
)
from portal_contracts.permissions import Permission


def begin(tx: Transaction, caller: Caller, *, sealer: Sealer, now: datetime) -> SetupKey:
    """A key for the app of the practitioner who asks; the same again within `KEY_LIVES`.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Conflict: ``second_factor_on``: it is set up.
    """
    practitioner = _own(tx, caller)
    if practitioner.second_factor_at is not None:
        raise _is_on()
    practice = practices.practice_fields(tx, practitioner.practice_id)
    stored = second_factors.key_of(tx, practitioner.id)
    if stored is not None and now < stored.made_at + KEY_LIVES:
        key = open_key(tx, practitioner.id, stored.sealed, sealer)
    else:
        key = make_key(tx, practitioner.id, sealer, now)
    issuer = practice.name if practice is not None else ""
    address = setup_address(key, account=practitioner.email, issuer=issuer)
    return SetupKey(key=b32encode(key).decode(), address=address)


def enable(desk: Desk, command: EnableSecondFactor, caller: Caller) -> RecoveryCodes:
    """Ask for a code at sign-in from now on, once the app has shown a right one.

    Logged as ``second_factor.on``, and mailed about.

    Raises:
        Forbidden: see `confirm_password`; ``second_step_failed``: no code of the key that was
            shown.
        NotFound: ``not_found``.
        Conflict: ``second_factor_on``.
    """
    confirm_password(desk, command.password, caller)
    with desk.database.transaction() as tx:
        practitioner = _own(tx, caller)
        if practitioner.second_factor_at is not None:
            raise _is_on()
        code = typed(command.code)
        if not use_app_code(tx, practitioner.id, code, sealer=desk.sealer, now=desk.now):
            raise wrong_code()
        second_factors.switch_on(tx, practitioner.id, desk.now)
        codes = make_recovery_codes(tx, practitioner.id, desk.sealer, desk.now)
        _note(tx, practitioner, Act.SECOND_FACTOR_ON, caller, desk.now)
        _tell_own(tx, practitioner, AccountChange.SECOND_FACTOR_ON, caller, desk.now)
    return RecoveryCodes(items=codes)


def disable(desk: Desk, command: DisableSecondFactor, caller: Caller) -> Done:
    """Ask for no code any more. Logged as ``second_factor.off``, and mailed about.

    Raises:
        Forbidden: see `confirm_password`; ``second_step_failed``.
        NotFound: ``not_found``.
        Conflict: ``no_second_factor``.
    """
    confirm_password(desk, command.password, caller)
    with desk.database.transaction() as tx:
        practitioner = _own(tx, caller)
        _require_on(practitioner)
        if not use_code(tx, practitioner, command.code, caller, sealer=desk.sealer, now=desk.now):
            raise wrong_code()
        second_factors.remove(tx, practitioner.id)
        _note(tx, practitioner, Act.SECOND_FACTOR_OFF, caller, desk.now)
        _tell_own(tx, practitioner, AccountChange.SECOND_FACTOR_OFF, caller, desk.now)
    return Done()


def renew_recovery_codes(desk: Desk, command: Proof, caller: Caller) -> RecoveryCodes:
    """Fresh recovery codes; all former ones work no more. Logged as ``recovery_codes.renewed``.

    Raises:
        Forbidden: see `confirm_in_person`.
        NotFound: ``not_found``.
        Conflict: ``no_second_factor``.
    """
    confirm_in_person(desk, command, caller)
    with desk.database.transaction() as tx:
        practitioner = _own(tx, caller)
        _require_on(practitioner)
        codes = make_recovery_codes(tx, practitioner.id, desk.sealer, desk.now)
        _note(tx, practitioner, Act.RECOVERY_CODES_RENEWED, caller, desk.now)
    return RecoveryCodes(items=codes)


def reset_of_colleague(desk: Desk, command: ResetSecondFactor, caller: Caller) -> Done:
    """Take away the second factor of a colleague who has lost it; both are mailed.

    Logged as ``second_factor.reset``.

    Raises:
        Forbidden: ``not_allowed``: for owners; see `confirm_in_person`.
        NotFound: ``not_found``: no such colleague.
        Conflict: ``no_second_factor``.
    """
    practice_id = require_practice(caller.actor, Permission.PRACTICE_WRITE)
    owner = confirm_in_person(desk, command, caller).practitioner
    with desk.database.transaction() as tx:
        colleague = practices.practitioner_by_id(tx, command.practitioner_id)
        if colleague is None or colleague.practice_id != practice_id:
            raise not_found()
        reset(tx, colleague.id, caller, now=desk.now)
        change = AccountChange.COLLEAGUE_RESET
        tell(tx, owner.id, practice_id, change, caller, subject_id=colleague.id, now=desk.now)
    return Done()


def reset(tx: Transaction, practitioner_id: UUID, caller: Caller, *, now: datetime) -> int:
    """Take a second factor away and end the devices; how many ended.

    Logged as ``second_factor.reset``; the practitioner is mailed.

    Raises:
        NotFound: ``not_found``.
        Conflict: ``no_second_factor``.
    """
    practitioner = practices.practitioner_by_id(tx, practitioner_id)
    if practitioner is None:
        raise not_found()
    _require_on(practitioner)
    second_factors.remove(tx, practitioner.id)
    ended = end_sign_ins(tx, practitioner, caller, now=now)
    _note(tx, practitioner, Act.SECOND_FACTOR_RESET, caller, now)
    _tell_own(tx, practitioner, AccountChange.SECOND_FACTOR_RESET, caller, now)
    return ended


def _own(tx: Transaction, caller: Caller) -> Practitioner:
    """The practitioner who asks, locked until the transaction ends."""
    practitioner = practices.practitioner_by_id(tx, require_account(caller.actor))
    if practitioner is None:
        raise not_found()
    return practitioner


def _require_on(practitioner: Practitioner) -> None:
    if practitioner.second_factor_at is None:
        raise Conflict("no_second_factor", "There is no second factor.")


def _is_on() -> Conflict:
    return Conflict("second_factor_on", "The second factor is set up.")


def _note(
    tx: Transaction, practitioner: Practitioner, act: Act, caller: Caller, now: datetime
) -> None:
    done = note(caller, act, practitioner.practice_id, now, subject_id=practitioner.id)
    access_log.append(tx, done)


def _tell_own(
    tx: Transaction,
    practitioner: Practitioner,
    change: AccountChange,
    caller: Caller,
    now: datetime,
) -> None:
    tell(tx, practitioner.id, practitioner.practice_id, change, caller, now=now)
