"""Who is behind a cookie; signing out; listing and ending devices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from msgspec import structs

from identity_links.domain.access import Act, done_by, note
from identity_links.domain.device_labels import device_label
from identity_links.domain.devices import DeviceKind, StoredDevice, is_due_to_be_seen
from identity_links.domain.networks import normalise_address
from identity_links.messages import client_device, console_device, device
from identity_links.operations.authority import (
    not_found,
    require_in_person,
    require_practice,
    require_sight,
    require_visible,
    standing_to,
)
from identity_links.operations.colleagues import practitioners_of
from identity_links.storage import access_log, clients, devices, known_browsers, practices
from portal_chassis.authority.ownership import own_id, own_practice
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind, Caller
from portal_contracts.calls import Done
from portal_contracts.errors import NotFound
from portal_contracts.identity_links.rpc.accounts import ReadSignInFacts, SignInFacts
from portal_contracts.identity_links.rpc.devices import (
    ClientDevice,
    ConsoleDevice,
    Devices,
    EndDevice,
    ListClientDevices,
    ResolveDevice,
    RevokeDevice,
)
from portal_contracts.permissions import Permission, has_permission, require_kind


def resolve_device(tx: Transaction, command: ResolveDevice, *, now: datetime) -> ClientDevice:
    """Who is behind a portal cookie, and who works in the practice where that is asked for.

    A statement for each; another at most once a minute.

    Raises:
        NotFound: ``device_ended``: unknown, signed out, past a limit, or the client is archived.
    """
    signed_in = devices.clients_device(tx, command.device_hash, now)
    if signed_in is None:
        raise _ended()
    if is_due_to_be_seen(signed_in.last_seen_at, now):
        devices.mark_seen(tx, signed_in.id, normalise_address(command.address), now)
        signed_in = replace(signed_in, last_seen_at=now)
    device_and_client = client_device(signed_in)
    if not command.with_practitioners:
        return device_and_client
    colleagues = practitioners_of(tx, signed_in.practice.id)
    return structs.replace(device_and_client, practitioners=colleagues)


def resolve_console_device(
    tx: Transaction, command: ResolveDevice, *, now: datetime
) -> ConsoleDevice:
    """Who is behind a console cookie; see `resolve_device`.

    Raises:
        NotFound: ``device_ended``.
    """
    signed_in = devices.practitioners_device(tx, command.device_hash, now)
    if signed_in is None:
        raise _ended()
    if is_due_to_be_seen(signed_in.last_seen_at, now):
        devices.mark_console_seen(tx, signed_in.id, normalise_address(command.address), now)
        signed_in = replace(signed_in, last_seen_at=now)
    return console_device(signed_in, now)


def end_device(tx: Transaction, command: EndDevice, caller: Caller, *, now: datetime) -> Done:
    """Sign a device out; done also when it was not in. Logged as ``device.ended``.

    Whoever holds the cookie may end its device.
    """
    signed_out = devices.end_by_hash(tx, command.device_hash, now)
    if signed_out is not None:
        ended = note(
            caller,
            Act.DEVICE_ENDED,
            signed_out.practice_id,
            now,
            client_id=signed_out.client_id,
            subject_id=signed_out.id,
        )
        access_log.append(tx, done_by(ended, signed_out.owner))
    return Done()


def list_own_devices(tx: Transaction, caller: Caller, *, now: datetime) -> Devices:
    """The devices of the client or practitioner who asks, last used first.

    Raises:
        Forbidden: ``not_allowed``: for anyone else, an API token too.
    """
    actor = caller.actor
    require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
    if actor.kind is ActorKind.CLIENT:
        rows = devices.live_of_client(tx, own_id(actor), now)
    else:
        rows = devices.live_of_practitioner(tx, require_in_person(actor), now)
    return Devices(items=[device(row) for row in rows])


def list_client_devices(
    tx: Transaction, command: ListClientDevices, caller: Caller, *, now: datetime
) -> Devices:
    """The devices of one client, last used first.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.LINKS_READ)
    found = clients.find(tx, command.client_id, practice_id)
    client = require_visible(tx, found, caller.actor, Permission.LINKS_READ, now=now)
    rows = devices.live_of_client(tx, client.id, now)
    return Devices(items=[device(row) for row in rows])


def read_sign_in_facts(tx: Transaction, command: ReadSignInFacts, caller: Caller) -> SignInFacts:
    """What a mail about a practitioner's new device is written from.

    Raises:
        Forbidden: ``not_allowed``: only services write mails.
        NotFound: ``not_found``: no practitioner's device.
    """
    require_kind(caller.actor, ActorKind.SERVICE)
    found = devices.by_id(tx, command.device_id)
    if found is None or found.kind is not DeviceKind.PRACTITIONER:
        raise not_found()
    practice = practices.practice_fields(tx, found.practice_id)
    return SignInFacts(
        label=device_label(found.user_agent),
        signed_in_at=found.created_at,
        timezone=practice.timezone if practice is not None else "UTC",
    )


def revoke_device(tx: Transaction, command: RevokeDevice, caller: Caller, *, now: datetime) -> Done:
    """End one device: the actor's own, or a client's for a role that may revoke links.

    Logged as ``device.revoked``; done also when it had ended. The browser of a practitioner's
    device is known no more: it may be the one that was lost.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``: unknown, another practice's, or another person's.
    """
    actor = caller.actor
    require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
    practice_id = own_practice(actor)
    found = devices.find(tx, command.device_id, practice_id)
    if found is None or not _may_end(actor, found):
        raise not_found()
    if actor.kind is ActorKind.PRACTITIONER and found.client_id is not None:
        standing = standing_to(tx, found.client_id, actor, now=now)
        require_sight(actor, Permission.LINKS_REVOKE, standing)
    known_browsers.forget_of_device(tx, found.id)
    if devices.end_one(tx, found.id, now):
        revoked = note(
            caller,
            Act.DEVICE_REVOKED,
            practice_id,
            now,
            client_id=found.client_id,
            subject_id=found.id,
        )
        access_log.append(tx, revoked)
    return Done()


def _may_end(actor: Actor, found: StoredDevice) -> bool:
    if actor.scopes is None and own_id(actor) == found.owner_id:
        return True
    return found.kind is DeviceKind.CLIENT and has_permission(actor, Permission.LINKS_REVOKE)


def _ended() -> NotFound:
    return NotFound("device_ended", "Nobody is signed in here.")
