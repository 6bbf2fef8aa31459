"""Adding, changing, finding and archiving clients."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from identity_links.domain.access import Access, Act, note
from identity_links.domain.client_fields import check_client_fields
from identity_links.domain.second_check import Check, check_of
from identity_links.domain.visibility import Standing, sees
from identity_links.messages import client_details
from identity_links.operations import second_check
from identity_links.operations.addresses import store_fields, waiting_address
from identity_links.operations.authority import (
    not_found,
    require_client,
    require_practice,
    require_sight,
    require_visible,
    standing_to,
)
from identity_links.operations.duplicates import find_duplicates
from identity_links.operations.new_in_caseload import begin_caseload
from identity_links.storage import (
    access_log,
    clients,
    devices,
    emergencies,
    links,
    practices,
)
from portal_chassis.database.erasure import erased_at
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, Caller
from portal_contracts.changes import changed, held
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.rpc.clients import (
    AddClient,
    ClientAdded,
    ClientChanged,
    ClientDetails,
    ClientFields,
    ClientStatus,
    EditClient,
    GetClient,
    SetClientStatus,
)
from portal_contracts.permissions import Permission, has_permission, may_reveal, require_permission
from portal_contracts.wall_clock import zone_or_utc


def add_client(
    tx: Transaction, command: AddClient, caller: Caller, *, sealer: Sealer, now: datetime
) -> ClientAdded:
    """Add a client to the actor's practice, and to a caseload. Logged as ``client.added``.

    Who may be the same person is named, for an actor who may see clients; and before, where
    `command.seen_duplicates` says so.

    Raises:
        Forbidden: ``not_allowed``: also when a role that may not write remarks gives one, and
            when a practitioner adds for another.
        NotFound: ``practitioner_not_found``.
        Invalid: ``client_fields``, with a code for every wrong field.
        Conflict: ``possible_duplicates``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_WRITE)
    if command.fields.remark:
        require_permission(caller.actor, Permission.REMARK_WRITE)
    fields = _checked(tx, practice_id, command.fields, now)
    likely: list[UUID] = []
    if has_permission(caller.actor, Permission.CLIENTS_READ):
        likely = [one.id for one in find_duplicates(tx, caller.actor, practice_id, fields)]
    if command.seen_duplicates is not None and not set(likely) <= set(command.seen_duplicates):
        raise Conflict("possible_duplicates", "There are clients who may be the same person.")
    client_id = new_id()
    remark = _sealed(tx, sealer, client_id, fields.remark)
    clients.insert_client(tx, client_id, practice_id, fields, remark=remark, now=now)
    begin_caseload(tx, client_id, practice_id, command.practitioner_id, caller.actor, now=now)
    access_log.append(tx, note(caller, Act.CLIENT_ADDED, practice_id, now, client_id=client_id))
    return ClientAdded(client_id=client_id, version=1, possible_duplicates=likely)


def edit_client(
    tx: Transaction, command: EditClient, caller: Caller, *, sealer: Sealer, now: datetime
) -> ClientChanged:
    """Change a client. What is left out, and a remark of None, stays. Logged as ``client.edited``.

    What another e-mail address means is in `operations.addresses`. Another date of birth
    lifts the lock of too many wrong ones.

    Raises:
        Forbidden: ``not_allowed``; ``not_in_caseload``: a remark, see `require_sight`.
        NotFound: ``not_found``.
        Conflict: ``stale_version``: someone else changed the client meanwhile;
            ``client_erased``.
        Invalid: ``client_fields``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_WRITE)
    remark_is_said = held(command.fields).get("remark") is not None
    if remark_is_said:
        require_permission(caller.actor, Permission.REMARK_WRITE)
    client = require_client(clients.find_to_change(tx, command.client_id, practice_id))
    standing = standing_to(tx, client.id, caller.actor, now=now)
    require_sight(caller.actor, Permission.CLIENTS_WRITE, standing)
    if remark_is_said:
        require_sight(caller.actor, Permission.REMARK_WRITE, standing)
    _require_not_erased(tx, client.id)
    said = changed(client.fields, command.fields)
    fields = _checked(tx, practice_id, said, now, client.fields.timezone)
    if client.version != command.version:
        raise Conflict("stale_version", "Someone else changed it meanwhile.")
    if fields.date_of_birth != client.fields.date_of_birth:
        second_check.unlock(tx, client.id)
    remark = {}
    if remark_is_said:
        remark["remark"] = _sealed(tx, sealer, client.id, fields.remark)
    left = store_fields(
        tx,
        client,
        fields,
        caller,
        reveals=may_reveal(caller.actor) and sees(caller.actor, Permission.LINKS_REVEAL, standing),
        end_devices=command.end_devices,
        now=now,
        **remark,
    )
    edited = note(caller, Act.CLIENT_EDITED, practice_id, now, client_id=client.id)
    access_log.append(tx, edited, *left)
    return ClientChanged(client_id=client.id, version=client.version + 1)


def get_client(
    tx: Transaction, command: GetClient, caller: Caller, *, sealer: Sealer, now: datetime
) -> ClientDetails:
    """One client's details, with the remark if wished, for a role that may read it.

    Reading a remark is logged as ``client.opened``, in the same transaction:
    what cannot be logged is not read.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_READ)
    client = require_client(clients.find(tx, command.client_id, practice_id))
    standing = standing_to(tx, client.id, caller.actor, now=now)
    require_sight(caller.actor, Permission.CLIENTS_READ, standing)
    erased = erased_at(tx, client.id)
    clinical = sees(caller.actor, Permission.REMARK_READ, standing)
    said: dict[str, Any] = {
        "erased_at": erased,
        "waiting_address": waiting_address(tx, client),
        "clinical": clinical,
        "emergency_until": _emergency_until(tx, client.id, caller.actor, standing, now),
    }
    reads = clinical and has_permission(caller.actor, Permission.REMARK_READ)
    if not command.with_remark or not reads:
        return client_details(client, None, **said)
    sealed = client.sealed_remark
    if sealed is None or erased is not None:
        return client_details(client, "", **said)
    remark = sealer.open(tx, client.id, sealed, table="client", column="remark", row=client.id)
    access_log.append(tx, note(caller, Act.CLIENT_OPENED, practice_id, now, client_id=client.id))
    return client_details(client, remark, **said)


def _emergency_until(
    tx: Transaction, client_id: UUID, actor: Actor, standing: Standing, now: datetime
) -> datetime | None:
    """When what the actor opened of the client in an emergency closes; None: it needs none."""
    if not standing.emergency or standing.in_caseload or actor.id is None:
        return None
    stored = emergencies.open_of(tx, client_id, actor.id, now)
    return None if stored is None else stored.until


def set_client_status(
    tx: Transaction, command: SetClientStatus, caller: Caller, *, now: datetime
) -> ClientChanged:
    """Archive a client, or make an archived one active again.

    Archiving revokes links and ends devices at once; they stay so when the
    client is made active. Logged as ``client.archived`` or ``client.activated``,
    with a row for each link and device. Changes nothing when the status is as wished.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Conflict: ``client_erased``: an erased client stays archived.
    """
    practice_id = require_practice(caller.actor, Permission.CLIENTS_WRITE)
    found = clients.find_to_change(tx, command.client_id, practice_id)
    client = require_visible(tx, found, caller.actor, Permission.CLIENTS_WRITE, now=now)
    _require_not_erased(tx, client.id)
    if client.status == command.status:
        return ClientChanged(client_id=client.id, version=client.version)
    version = client.version + 1
    clients.set_status(tx, client.id, command.status, version=version)
    if command.status is ClientStatus.ACTIVE:
        access_log.append(
            tx, note(caller, Act.CLIENT_ACTIVATED, practice_id, now, client_id=client.id)
        )
    else:
        archived = note(caller, Act.CLIENT_ARCHIVED, practice_id, now, client_id=client.id)
        access_log.append(tx, archived, *shut_out(tx, client.id, practice_id, caller, now))
    return ClientChanged(client_id=client.id, version=version)


def shut_out(
    tx: Transaction, client_id: UUID, practice_id: UUID, caller: Caller, now: datetime
) -> list[Access]:
    """Revoke a client's live links and end the devices; what is to be logged of it.

    Whoever gave wrong answers to the second check held one of these links, so that a lock is
    lifted.

    The caller has locked the client's row; then links, then devices: the order in
    which everyone takes them.
    """
    second_check.unlock(tx, client_id)
    revoked = links.revoke_live(tx, client_id, now)
    ended = devices.end_of_client(tx, client_id, now)
    acts = [(Act.LINK_REVOKED, one) for one in revoked]
    acts += [(Act.DEVICE_REVOKED, one) for one in ended]
    return [
        note(caller, act, practice_id, now, client_id=client_id, subject_id=one)
        for act, one in acts
    ]


def _checked(
    tx: Transaction,
    practice_id: UUID,
    fields: ClientFields,
    now: datetime,
    present_timezone: str | None = None,
) -> ClientFields:
    practice = practices.practice_fields(tx, practice_id)
    if practice is None:
        raise not_found()
    return check_client_fields(
        fields,
        today=now.astimezone(zone_or_utc(practice.timezone)).date(),
        default_timezone=practice.timezone,
        default_language=practice.language,
        present_timezone=present_timezone,
        date_of_birth_required=check_of(practice.second_check, None, fields.email)
        is Check.IMPOSSIBLE,
    )


def _sealed(tx: Transaction, sealer: Sealer, client_id: UUID, remark: str | None) -> bytes | None:
    if not remark:
        return None
    return sealer.seal(tx, client_id, remark, table="client", column="remark", row=client_id)


def _require_not_erased(tx: Transaction, client_id: UUID) -> None:
    if erased_at(tx, client_id) is not None:
        raise Conflict("client_erased", "The client was erased.")
