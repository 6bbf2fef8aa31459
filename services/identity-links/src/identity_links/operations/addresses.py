"""A client's e-mail address: what a change of it ends, and confirming a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from msgspec.structs import replace as replace_fields

from identity_links.domain.access import Access, Act, note
from identity_links.domain.address_changes import after_change
from identity_links.domain.people import ClientRecord
from identity_links.operations.authority import require_practice, require_visible
from identity_links.storage import access_log, clients, devices, links, practices
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.actor import Caller
from portal_contracts.errors import Conflict
from portal_contracts.identity_links.events import ClientAddressSettled
from portal_contracts.identity_links.rpc.clients import (
    ClientChanged,
    ClientFields,
    SettleAddress,
    WaitingAddress,
)
from portal_contracts.permissions import Permission, require_reveal


def store_fields(
    tx: Transaction,
    client: ClientRecord,
    fields: ClientFields,
    caller: Caller,
    *,
    reveals: bool,
    end_devices: bool,
    now: datetime,
    **remark: bytes | None,
) -> list[Access]:
    """Store a locked client's fields under the next version; what is to be logged of the address.

    Another address takes the links with it that were mailed to the former one; with
    `end_devices` also all devices. It waits to be confirmed unless whoever changes it `reveals`:
    may see portal links of this client. Publishes `ClientAddressSettled` where one waits no longer.
    """
    waiting = after_change(
        client.fields.email,
        client.waiting,
        fields.email,
        confirms=reveals,
        changed_by=caller.actor.id,
        now=now,
    )
    clients.update_client(
        tx, client.id, fields, version=client.version + 1, waiting=waiting, **remark
    )
    if client.waiting is not None and waiting is None:
        _publish_settled(tx, client, caller, now)
    if fields.email == client.fields.email:
        return []
    changed = note(caller, Act.ADDRESS_CHANGED, client.practice_id, now, client_id=client.id)
    return [changed, *_leave_address(tx, client, caller, now, end_devices=end_devices)]


def waiting_address(tx: Transaction, client: ClientRecord) -> WaitingAddress | None:
    """That a client's new address waits to be confirmed, with the name of whoever changed it."""
    waiting = client.waiting
    if waiting is None:
        return None
    changed_by = waiting.changed_by
    return WaitingAddress(
        former_email=waiting.confirmed_email,
        changed_by=practices.name_of_practitioner(tx, changed_by, client.practice_id)
        if changed_by
        else "",
        changed_at=waiting.changed_at,
    )


def confirm_address(
    tx: Transaction, command: SettleAddress, caller: Caller, *, now: datetime
) -> ClientChanged:
    """Let a client's new address be mailed to. Logged as ``client.address_confirmed``.

    Publishes `ClientAddressSettled`: what waited is mailed.

    Raises:
        Forbidden: ``not_allowed``, ``reveal_not_allowed``, ``not_in_caseload``: it needs what
            seeing a link needs.
        NotFound: ``not_found``.
        Conflict: ``stale_version``: it may be another address by now; ``address_settled``.
    """
    require_reveal(caller.actor)
    client = _waiting_client(tx, command, caller, Permission.LINKS_REVEAL, now)
    _store(tx, client, client.fields)
    _publish_settled(tx, client, caller, now)
    confirmed = note(caller, Act.ADDRESS_CONFIRMED, client.practice_id, now, client_id=client.id)
    access_log.append(tx, confirmed)
    return ClientChanged(client_id=client.id, version=client.version + 1)


def restore_address(
    tx: Transaction, command: SettleAddress, caller: Caller, *, now: datetime
) -> ClientChanged:
    """Put the address back that was confirmed last. Logged as ``client.address_restored``.

    Publishes `ClientAddressSettled`: what waited is mailed to that one.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Conflict: ``stale_version``, ``address_settled``.
    """
    client = _waiting_client(tx, command, caller, Permission.CLIENTS_WRITE, now)
    former = client.waiting.confirmed_email if client.waiting else client.fields.email
    _store(tx, client, replace_fields(client.fields, email=former))
    _publish_settled(tx, client, caller, now)
    restored = note(caller, Act.ADDRESS_RESTORED, client.practice_id, now, client_id=client.id)
    left = _leave_address(tx, client, caller, now, end_devices=False)
    access_log.append(tx, restored, *left)
    return ClientChanged(client_id=client.id, version=client.version + 1)


def _waiting_client(
    tx: Transaction, command: SettleAddress, caller: Caller, permission: Permission, now: datetime
) -> ClientRecord:
    practice_id = require_practice(caller.actor, Permission.CLIENTS_WRITE)
    found = clients.find_to_change(tx, command.client_id, practice_id)
    client = require_visible(tx, found, caller.actor, permission, now=now)
    if client.version != command.version:
        raise Conflict("stale_version", "Someone else changed it meanwhile.")
    if client.waiting is None:
        raise Conflict("address_settled", "The address does not wait to be confirmed.")
    return client


def _store(tx: Transaction, client: ClientRecord, fields: ClientFields) -> None:
    clients.update_client(tx, client.id, fields, version=client.version + 1, waiting=None)


def _leave_address(
    tx: Transaction, client: ClientRecord, caller: Caller, now: datetime, *, end_devices: bool
) -> list[Access]:
    """Revoke what was mailed to the former address, and end the devices if wished."""
    revoked = links.revoke_mailed(tx, client.id, now)
    ended = devices.end_of_client(tx, client.id, now) if end_devices else []
    acts = [(Act.LINK_REVOKED, one) for one in revoked]
    acts += [(Act.DEVICE_REVOKED, one) for one in ended]
    return [
        replace(
            note(caller, act, client.practice_id, now, client_id=client.id, subject_id=one),
            detail=Act.ADDRESS_CHANGED,
        )
        for act, one in acts
    ]


def _publish_settled(tx: Transaction, client: ClientRecord, caller: Caller, now: datetime) -> None:
    outbox.record(
        tx,
        ClientAddressSettled(client_id=client.id),
        practice_id=client.practice_id,
        aggregate=("client", client.id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
