"""Whoever was invited makes the account, and is signed in by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from identity_links.domain.access import Act, done_by, note
from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.domain.email_addresses import email_key
from identity_links.domain.invitations import InvitationEnd, StoredInvitation
from identity_links.domain.people import Practitioner
from identity_links.domain.practice_fields import PractitionerFields, check_practitioner_fields
from identity_links.messages import console_device
from identity_links.operations.sign_in import welcome
from identity_links.storage import access_log, devices, invitations, practices
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Caller
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.devices import ConsoleDevice
from portal_contracts.identity_links.rpc.invitations import AcceptInvitation, InvitationState

log = structlog.get_logger(__name__)


def accept_invitation(
    database: Database,
    command: AcceptInvitation,
    caller: Caller,
    *,
    hash_password: Callable[[str, Iterable[str]], str],
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    """Make the account of an invitation and sign its owner in.

    The same form again, from the same device, is answered the same. The slow hash is made in no
    transaction, and only for an address that is open. Of two who accept at once one does. Logged
    as ``practitioner.added`` and ``sign_in``, by the new account.

    Args:
        database: the service's.
        command: the address, and what its reader typed.
        caller: who asks, which is nobody yet.
        hash_password: checks a password and hashes it, waiting for its turn.
        lifetime: of the device.
        now: aware UTC.

    Raises:
        Invalid: ``practitioner_fields``; ``password``.
        Conflict: ``invitation_over``; ``email_taken``: there
            is an account with the address; ``device_taken``.
        Unavailable: ``sign_in_busy``.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    with database.transaction() as tx:
        if (already := _already_in(tx, command, now)) is not None:
            return already
        stored = _open(tx, command, now)
        practice = practices.practice_fields(tx, stored.practice_id)
    fields = check_practitioner_fields(
        PractitionerFields(
            name=command.name,
            email=stored.email,
            role=stored.role,
            language=command.language,
            works_for=stored.works_for,
        )
    )
    names = (fields.name, fields.email, practice.name if practice else "")
    password_hash = hash_password(command.password, names)
    with database.transaction() as tx:
        stored = _open(tx, command, now)
        account = _made(tx, stored, fields, password_hash, visitor, now)
        return welcome(tx, account, command, visitor, lifetime, now)


def _already_in(tx: Transaction, command: AcceptInvitation, now: datetime) -> ConsoleDevice | None:
    """The device that accepted it, for a form that arrives twice; None for any other."""
    stored = invitations.by_token(tx, command.token_hash)
    if stored is None or stored.ended_by is not InvitationEnd.ACCEPTED:
        return None
    device = devices.practitioners_device(tx, command.device_hash, now)
    if device is None or device.practitioner.email != stored.email:
        return None
    return console_device(device, now)


def _open(tx: Transaction, command: AcceptInvitation, now: datetime) -> StoredInvitation:
    stored = invitations.by_token(tx, command.token_hash, lock=True)
    state = InvitationState.UNKNOWN if stored is None else stored.state(now)
    if stored is None or state is not InvitationState.OPEN:
        raise Conflict("invitation_over", "The invitation cannot be accepted.")
    return stored


def _made(
    tx: Transaction,
    stored: StoredInvitation,
    fields: PractitionerFields,
    password_hash: str,
    visitor: Attribution,
    now: datetime,
) -> Practitioner:
    """The account of an open invitation, which is used up by it."""
    practitioner_id = new_id()
    inserted = practices.insert_practitioner(
        tx,
        practitioner_id,
        stored.practice_id,
        fields,
        email_key=email_key(fields.email),
        password_hash=password_hash,
        now=now,
    )
    made = practices.practitioner_by_id(tx, practitioner_id) if inserted else None
    if made is None:
        raise Conflict("email_taken", "There is an account with this address.")
    invitations.end(tx, stored.id, InvitationEnd.ACCEPTED, now)
    act = Act.PRACTITIONER_ADDED
    added = note(visitor, act, stored.practice_id, now, subject_id=practitioner_id)
    access_log.append(tx, done_by(added, made.actor))
    log.info("invitation_accepted", invitation_id=str(stored.id))
    return made
