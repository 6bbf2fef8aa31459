"""The first run: an address that works once makes the first practice and its owner."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from identity_links.domain.attribution import Attribution
from identity_links.domain.devices import Lifetime
from identity_links.domain.passwords import check_password
from identity_links.domain.people import Practitioner
from identity_links.domain.practice_fields import (
    PractitionerFields,
    check_practice_fields,
    check_practitioner_fields,
)
from identity_links.messages import console_device
from identity_links.operations import practices as practice_acts
from identity_links.operations.sign_in import welcome
from identity_links.storage import devices, practices, setup_addresses
from portal_chassis.database.transactions import Database, Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import NOBODY, Actor, ActorKind, Caller, Role
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.identity_links.rpc.devices import ConsoleDevice
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.setup import (
    LookAtSetup,
    SetUp,
    SetupStanding,
    SetupState,
)

log = structlog.get_logger(__name__)

WORKS_FOR: Final = timedelta(hours=1)
_TOKEN_BYTES: Final = 32
SETUP_PATH: Final = "/setup/"

Hash = Callable[[str], str]
"""Makes the hash of a password, which takes a core and 64 MiB; raises `Unavailable` where too
many wait for their turn."""


def make_setup_address(tx: Transaction, public_url: str, *, now: datetime) -> str | None:
    """A fresh address to set the portal up at; those made before end.

    It works for `WORKS_FOR`, once, and only until there is an owner. Its token is kept as a
    hash alone.

    Args:
        tx: the transaction.
        public_url: what people open, without a slash at the end.
        now: aware UTC.

    Returns:
        The address; None when some practice has an owner, so that there is nothing to set up.
    """
    setup_addresses.lock(tx)
    setup_addresses.end_all(tx, now)
    if setup_addresses.some_owner(tx):
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    token_hash = hashlib.sha256(token.encode()).hexdigest()
    setup_addresses.insert_address(tx, token_hash, now, now + WORKS_FOR)
    log.info("setup_address_made")
    return f"{public_url}{SETUP_PATH}{token}"


def look_at_setup(tx: Transaction, command: LookAtSetup, *, now: datetime) -> SetupStanding:
    """How an address stands; it stays as it is."""
    return SetupStanding(state=_state(tx, command.token_hash, now))


def set_up(
    database: Database,
    command: SetUp,
    caller: Caller,
    *,
    make_hash: Hash,
    lifetime: Lifetime,
    now: datetime,
) -> ConsoleDevice:
    """Make the first practice and its owner, and sign the owner in; all of it or nothing.

    The slow hash of the password is made in no transaction, and only for an address that works.
    Logged as ``practice.added``, ``practitioner.added`` and ``sign_in``, all the owner's.

    Args:
        database: the service's.
        command: the address's token, what the practice and its owner are called, and the device.
        caller: who asks, which is nobody yet.
        make_hash: see `Hash`.
        lifetime: of the device.
        now: aware UTC.

    Raises:
        Conflict: ``setup_ended``: the address works no more, or never did.
        Invalid: ``setup_fields``, with a code for every wrong field.
        Unavailable: ``sign_in_busy``: too many passwords wait for their turn.
    """
    visitor = Attribution(NOBODY, caller.request_id, command.address or caller.address)
    with database.transaction() as tx:
        made = _made_before(tx, command, now)
        if made is not None:
            return made
        _require_live(tx, command.token_hash, now)
    practice, owner = _checked(command, now)
    password_hash = make_hash(command.password)
    with database.transaction() as tx:
        setup_addresses.lock(tx)
        made = _made_before(tx, command, now)
        if made is not None:
            return made
        _require_live(tx, command.token_hash, now)
        practitioner = _add(tx, practice, owner, visitor, password_hash, now)
        setup_addresses.mark_used(tx, command.token_hash, now)
        return welcome(tx, practitioner, command, visitor, lifetime, now)


def _state(tx: Transaction, token_hash: str, now: datetime) -> SetupState:
    found = setup_addresses.find(tx, token_hash)
    if found is None:
        return SetupState.UNKNOWN
    if found.used_at is not None or setup_addresses.some_owner(tx):
        return SetupState.USED
    return SetupState.LIVE if now < found.expires_at else SetupState.EXPIRED


def _require_live(tx: Transaction, token_hash: str, now: datetime) -> None:
    if _state(tx, token_hash, now) is not SetupState.LIVE:
        raise Conflict("setup_ended", "This address works no more.")


def _made_before(tx: Transaction, command: SetUp, now: datetime) -> ConsoleDevice | None:
    """What the same browser has made by the same address, whose answer was lost."""
    if _state(tx, command.token_hash, now) is not SetupState.USED:
        return None
    device = devices.practitioners_device(tx, command.device_hash, now)
    return None if device is None else console_device(device, now)


def _checked(command: SetUp, now: datetime) -> tuple[PracticeFields, PractitionerFields]:
    """What is to be made, every field checked.

    Raises:
        Invalid: ``setup_fields``.
    """
    errors: dict[str, str] = {}
    practice = PracticeFields(
        name=command.practice_name,
        timezone=command.timezone,
        language=command.language,
        country=command.country,
    )
    owner = PractitionerFields(
        name=command.name, email=command.email, role=Role.OWNER, language=command.language
    )
    try:
        practice = check_practice_fields(practice, now=now)
    except Invalid as error:
        errors |= _as_typed(error.fields)
    try:
        owner = check_practitioner_fields(owner)
    except Invalid as error:
        errors |= error.fields
    try:
        check_password(command.password, (owner.name, owner.email, practice.name))
    except Invalid as error:
        errors |= error.fields
    if errors:
        raise _refused(errors)
    return practice, owner


def _as_typed(fields: Mapping[str, str]) -> dict[str, str]:
    """Of two names on one form, the practice's has another field."""
    return {"practice_name" if name == "name" else name: code for name, code in fields.items()}


def _add(
    tx: Transaction,
    practice: PracticeFields,
    owner: PractitionerFields,
    visitor: Attribution,
    password_hash: str,
    now: datetime,
) -> Practitioner:
    practitioner_id, practice_id = new_id(), new_id()
    actor = Actor(
        kind=ActorKind.PRACTITIONER, id=practitioner_id, practice_id=practice_id, role=Role.OWNER
    )
    as_owner = Attribution(actor, visitor.request_id, visitor.address)
    practice_acts.add_practice(tx, practice, as_owner, practice_id=practice_id, now=now)
    try:
        practice_acts.add_practitioner(
            tx,
            practice_id,
            owner,
            as_owner,
            practitioner_id=practitioner_id,
            password_hash=password_hash,
            now=now,
        )
    except Conflict as error:
        raise _refused({"email": error.code}) from error
    return _stored(tx, practitioner_id)


def _stored(tx: Transaction, practitioner_id: UUID) -> Practitioner:
    practitioner = practices.practitioner_by_id(tx, practitioner_id)
    if practitioner is None:
        message = "what was just stored is there"
        raise RuntimeError(message)
    return practitioner


def _refused(errors: Mapping[str, str]) -> Invalid:
    return Invalid("setup_fields", "Some fields are not right.", fields=dict(errors))
