"""A forgotten password: asked for by an address, answered by mail, set anew once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from identity_links.domain.access import MAX_REQUEST_ID, Act, note
from identity_links.domain.attribution import Attribution
from identity_links.domain.email_addresses import email_key, normalise_email
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.people import Practice, Practitioner
from identity_links.domain.second_factor import CODES_BY_ACCOUNT, code_key
from identity_links.domain.throttle import LINK_BY_NETWORK, LINK_BY_PERSON, throttle_key
from identity_links.messages.mail_facts import password_reset_facts
from identity_links.operations.accounts import Hash
from identity_links.operations.authority import not_found
from identity_links.operations.codes import use_code, wrong_code
from identity_links.operations.confirming import Desk
from identity_links.operations.passwords import names_of
from identity_links.operations.practices import set_password
from identity_links.storage import access_log, password_resets, practices, throttle
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, ActorKind, Caller
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.events import PasswordResetAsked
from portal_contracts.identity_links.rpc.password_resets import (
    InspectPasswordReset,
    PasswordResetFacts,
    PasswordResetRequested,
    PasswordResetStanding,
    PreparePasswordReset,
    RequestPasswordReset,
    ResetPassword,
)
from portal_contracts.permissions import require_kind
from portal_contracts.text import cut_line, line

log = structlog.get_logger(__name__)

RESET_LIVES: Final = timedelta(hours=1)
"""So long a mailed address works, from when it was asked for."""

_FIRST_WAIT = LINK_BY_PERSON.wait_after(1)


@dataclass(frozen=True)
class _Known:
    """Whose password an address sets anew."""

    practitioner: Practitioner
    practice: Practice


def request(
    tx: Transaction, command: RequestPasswordReset, caller: Caller, *, now: datetime
) -> PasswordResetRequested:
    """Ask for a new password by an address; `answer_request` does the rest.

    The same for every address, known, unknown or no address at all; too many requests, by
    address or from one network, get the same kind of answer and are not stored.
    """
    address = command.address or caller.address
    key = email_key(normalise_email(command.email) or "") or line(command.email).lower()
    network = throttle_key("reset_by_network", counted_network(address))
    wait = throttle.count_try(tx, network, LINK_BY_NETWORK, now) or throttle.count_try(
        tx, throttle_key("reset_by_email", key), LINK_BY_PERSON, now
    )
    if wait:
        return PasswordResetRequested(retry_after_seconds=wait)
    asked = password_resets.ResetRequest(
        email_key=key,
        address=normalise_address(address),
        request_id=cut_line(caller.request_id, MAX_REQUEST_ID),
    )
    password_resets.insert_request(tx, new_id(), asked, now)
    return PasswordResetRequested(retry_after_seconds=_FIRST_WAIT)


def answer_request(tx: Transaction, *, now: datetime) -> int:
    """Answer the oldest request; how many were answered (0 or 1).

    The practitioner with the address is mailed: publishes `PasswordResetAsked`. An address that
    was mailed before works no more. Logged as ``password.reset_requested``.
    """
    asked = password_resets.take_one(tx)
    if asked is None:
        return 0
    account = practices.practitioner_by_email(tx, asked.email_key)
    if account is None or not account.practitioner.active:
        return 1
    practitioner, reset_id = account.practitioner, new_id()
    password_resets.begin(tx, reset_id, practitioner.id, expires_at=now + RESET_LIVES, now=now)
    outbox.record(
        tx,
        PasswordResetAsked(reset_id=reset_id, practitioner_id=practitioner.id),
        practice_id=practitioner.practice_id,
        aggregate=("password_reset", reset_id),
        actor=NOBODY,
        request_id=asked.request_id,
        now=now,
    )
    visitor = Attribution(NOBODY, asked.request_id, asked.address)
    act = Act.PASSWORD_RESET_REQUESTED
    access_log.append(
        tx, note(visitor, act, practitioner.practice_id, now, subject_id=practitioner.id)
    )
    log.info("password_reset_requested", reset_id=str(reset_id))
    return 1


def prepare(
    tx: Transaction, command: PreparePasswordReset, caller: Caller, *, now: datetime
) -> PasswordResetFacts:
    """Register the token of one sending attempt, and tell what the mail is written from.

    One that was registered for an attempt before works no more: it need not have arrived.

    Raises:
        Forbidden: ``not_allowed``: only services write mails.
        NotFound: ``not_found``: it works no more, or was asked for again.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    stored = password_resets.register_token(tx, command.reset_id, command.token_hash, now)
    if stored is None:
        raise not_found()
    found = practices.practitioner_with_practice(tx, stored.practitioner_id)
    if found is None or not found[0].active:
        raise not_found()
    return password_reset_facts(*found, stored.expires_at)


def inspect(
    tx: Transaction, command: InspectPasswordReset, *, now: datetime
) -> PasswordResetStanding:
    """How a mailed address stands; looking uses nothing up."""
    known = _known(tx, command.token_hash, now)
    if known is None:
        return PasswordResetStanding(works=False)
    return PasswordResetStanding(
        works=True,
        needs_code=known.practitioner.second_factor_at is not None,
        language=known.practitioner.language,
    )


def reset_password(desk: Desk, command: ResetPassword, caller: Caller, *, make_hash: Hash) -> Done:
    """Set a new password by a mailed address; whoever has a second factor gives a code as well.

    Ends all devices and forgets all browsers; see `set_password`. Wrong codes are counted for
    the account, as at sign-in.

    Raises:
        NotFound: ``reset_ended``: the address works no more.
        Conflict: ``second_step_needed``.
        Forbidden: ``second_step_failed``; ``too_many_tries`` with `retry_after_seconds`.
        Invalid: ``password``.
        Unavailable: ``sign_in_busy``.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    known = _count(desk, command)
    password_hash = make_hash(command.password, names_of(known.practitioner, known.practice))
    with desk.database.transaction() as tx:
        stored = password_resets.by_token(tx, command.token_hash, desk.now, lock=True)
        practitioner = stored and practices.practitioner_by_id(tx, stored.practitioner_id)
        if not practitioner or not practitioner.active:
            raise _ended()
        owner = Attribution(practitioner.actor, visitor.request_id, visitor.address)
        if practitioner.second_factor_at is not None:
            code = command.code or ""
            if not use_code(tx, practitioner, code, owner, sealer=desk.sealer, now=desk.now):
                raise wrong_code()
            throttle.forget(tx, code_key(practitioner.id))
        set_password(tx, practitioner.id, owner, password_hash=password_hash, now=desk.now)
    return Done()


def _count(desk: Desk, command: ResetPassword) -> _Known:
    """Whose password it is; a code that is given is counted before it is looked at."""
    with desk.database.transaction() as tx:
        known = _known(tx, command.token_hash, desk.now)
        if known is None:
            raise _ended()
        if known.practitioner.second_factor_at is None:
            return known
        if not command.code:
            raise Conflict("second_step_needed", "There is a second factor: give a code as well.")
        wait = throttle.count_try(tx, code_key(known.practitioner.id), CODES_BY_ACCOUNT, desk.now)
    if wait:
        detail = "Wait a little before the next try."
        raise Forbidden("too_many_tries", detail, retry_after_seconds=wait)
    return known


def _known(tx: Transaction, token_hash: str, now: datetime) -> _Known | None:
    stored = password_resets.by_token(tx, token_hash, now)
    if stored is None:
        return None
    found = practices.practitioner_with_practice(tx, stored.practitioner_id)
    return _Known(*found) if found is not None and found[0].active else None


def _ended() -> NotFound:
    return NotFound("reset_ended", "This address works no more.")
