"""A practitioner's own account: what it says, its name and language, another password."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from identity_links.domain.access import Act, note
from identity_links.domain.people import Practice, Practitioner
from identity_links.domain.practice_fields import PractitionerFields, check_practitioner_fields
from identity_links.operations.authority import not_found, require_account, require_in_person
from identity_links.operations.confirming import Desk, confirm_password
from identity_links.operations.passwords import names_of
from identity_links.operations.practices import Kept, set_password
from identity_links.storage import access_log, practices, second_factors
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Caller
from portal_contracts.calls import Done
from portal_contracts.identity_links.rpc.accounts import Account, ChangePassword, EditAccount

Hash = Callable[[str, Iterable[str]], str]
"""Makes the hash of a new password, checked against what everybody knows of its owner, in a turn
of its own; raises `Invalid` for no password, `Unavailable` where too many wait."""


def read_account(tx: Transaction, caller: Caller) -> Account:
    """The account of the practitioner who asks.

    Raises:
        Forbidden: ``not_allowed``: for anyone but a practitioner in person.
        NotFound: ``not_found``.
    """
    practitioner, practice = _own(tx, caller)
    return Account(
        name=practitioner.name,
        email=practitioner.email,
        language=practitioner.language,
        role=practitioner.role,
        second_factor_since=practitioner.second_factor_at,
        recovery_codes_left=second_factors.count_recovery_codes(tx, practitioner.id),
        required_from=practice.fields.second_factor_from,
    )


def edit_account(tx: Transaction, command: EditAccount, caller: Caller, *, now: datetime) -> Done:
    """Change the own name and language. Logged as ``practitioner.changed``.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Invalid: ``practitioner_fields``.
    """
    require_in_person(caller.actor)
    practitioner, _practice = _own(tx, caller)
    checked = check_practitioner_fields(
        PractitionerFields(
            name=practitioner.name if command.name is None else command.name,
            email=practitioner.email,
            role=practitioner.role,
            language=practitioner.language if command.language is None else command.language,
        )
    )
    if (checked.name, checked.language) != (practitioner.name, practitioner.language):
        practices.set_name_and_language(tx, practitioner.id, checked.name, checked.language)
        changed = note(
            caller,
            Act.PRACTITIONER_CHANGED,
            practitioner.practice_id,
            now,
            subject_id=practitioner.id,
        )
        access_log.append(tx, changed)
    return Done()


def change_password(
    desk: Desk, command: ChangePassword, caller: Caller, *, make_hash: Hash
) -> Done:
    """Replace the own password, which the present one proves; see `set_password`.

    The device that asks stays signed in, and its browser known.

    Raises:
        Forbidden: ``not_allowed``; ``not_confirmed``; ``too_many_tries``.
        NotFound: ``not_found``.
        Invalid: ``password``.
        Unavailable: ``sign_in_busy``.
    """
    require_in_person(caller.actor)
    practitioner = confirm_password(desk, command.password, caller).practitioner
    with desk.database.transaction() as tx:
        names = names_of(*_own(tx, caller))
    password_hash = make_hash(command.new_password, names)
    kept = Kept(command.device_hash, command.browser_hash)
    with desk.database.transaction() as tx:
        set_password(
            tx, practitioner.id, caller, password_hash=password_hash, kept=kept, now=desk.now
        )
    return Done()


def _own(tx: Transaction, caller: Caller) -> tuple[Practitioner, Practice]:
    found = practices.practitioner_with_practice(tx, require_account(caller.actor))
    if found is None:
        raise not_found()
    return found
