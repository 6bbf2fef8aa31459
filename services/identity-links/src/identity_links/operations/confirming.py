"""Proving in person, while signed in, that it is she who asks: what is dangerous asks again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from identity_links.domain.people import Account
from identity_links.domain.second_factor import PROOFS_BY_PRACTITIONER
from identity_links.domain.throttle import throttle_key
from identity_links.operations.authority import not_found, require_account, require_in_person
from identity_links.operations.codes import use_code
from identity_links.storage import practices, throttle
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_contracts.actor import Caller
from portal_contracts.errors import Forbidden

Verify = Callable[[str | None, str], bool]
"""Whether a password is the one behind a hash; for no hash it takes as long and says no."""

Turn = Callable[[bool], AbstractContextManager[Verify]]
"""Waits for one's turn to have a password checked, which a known browser (True) has beside
strangers; raises `Unavailable` where too many wait."""


class Given(Protocol):
    """What somebody proves it with: a password, or a code of the second factor."""

    @property
    def password(self) -> str | None:
        """As it was typed."""

    @property
    def code(self) -> str | None:
        """As it was typed: the app's, or a recovery code."""


@dataclass(frozen=True)
class Desk:
    """What a proof is looked at with; made once per call.

    Attributes:
        database: the service's.
        turn: see `Turn`.
        sealer: opens the keys of authenticator apps.
        now: aware UTC.
    """

    database: Database
    turn: Turn
    sealer: Sealer
    now: datetime


def confirm_in_person(desk: Desk, given: Given, caller: Caller) -> Account:
    """Make sure that whoever asks is the practitioner herself, by password or by code.

    A try is counted for the practitioner before it is looked at; a good one takes the count
    back. A code is used up by it. In no transaction.

    Raises:
        Forbidden: ``not_allowed``: no practitioner in person, an API token for instance;
            ``not_confirmed``: neither fits; ``too_many_tries`` with `retry_after_seconds`.
        NotFound: ``not_found``: the account is gone.
        Unavailable: ``sign_in_busy``: too many passwords wait to be checked.
    """
    require_in_person(caller.actor)
    if given.code and not given.password:
        return _by_code(desk, given.code, caller)
    return confirm_password(desk, given.password or "", caller)


def confirm_password(desk: Desk, password: str, caller: Caller) -> Account:
    """Make sure of it by the password alone, as `confirm_in_person` does.

    It asks whoever has to set up a second factor first, too.
    """
    practitioner_id = require_account(caller.actor)
    with desk.turn(True) as verify:
        _count(desk, practitioner_id)
        with desk.database.transaction() as tx:
            account = practices.account(tx, practitioner_id)
        if account is None:
            raise not_found()
        if not verify(account.password_hash, password):
            raise _not_confirmed()
    _forget(desk, practitioner_id)
    return account


def _by_code(desk: Desk, code: str, caller: Caller) -> Account:
    practitioner_id = require_account(caller.actor)
    _count(desk, practitioner_id)
    with desk.database.transaction() as tx:
        account = practices.account(tx, practitioner_id)
        if account is None:
            raise not_found()
        right = use_code(tx, account.practitioner, code, caller, sealer=desk.sealer, now=desk.now)
    if not right:
        raise _not_confirmed()
    _forget(desk, practitioner_id)
    return account


def _count(desk: Desk, practitioner_id: UUID) -> None:
    with desk.database.transaction() as tx:
        wait = throttle.count_try(tx, _key(practitioner_id), PROOFS_BY_PRACTITIONER, desk.now)
    if wait:
        detail = "Wait a little before the next try."
        raise Forbidden("too_many_tries", detail, retry_after_seconds=wait)


def _forget(desk: Desk, practitioner_id: UUID) -> None:
    with desk.database.transaction() as tx:
        throttle.forget(tx, _key(practitioner_id))


def _key(practitioner_id: UUID) -> str:
    return throttle_key("proof_in_person", str(practitioner_id))


def _not_confirmed() -> Forbidden:
    return Forbidden("not_confirmed", "Neither password nor code fits.")
