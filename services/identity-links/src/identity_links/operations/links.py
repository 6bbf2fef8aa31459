"""Making, sharing, listing and revoking portal links."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from identity_links.domain.access import Act, note
from identity_links.domain.links import NewLink, expires_at, is_complete_target
from identity_links.domain.people import ClientRecord
from identity_links.domain.second_check import Check, check_of
from identity_links.messages import link_row
from identity_links.operations import second_check
from identity_links.operations.authority import (
    not_found,
    require_practice,
    require_sight,
    require_visible,
    standing_to,
)
from identity_links.operations.clients import shut_out
from identity_links.operations.mailing import register_token
from identity_links.storage import access_log, clients, links, practices
from portal_chassis.authority.ownership import own_id, own_practice
from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.ids import new_id
from portal_contracts.actor import Caller
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Invalid
from portal_contracts.identity_links.events import PortalLinkShared, ShareCause
from portal_contracts.identity_links.rpc.links import (
    CreateLink,
    LinkCreated,
    Links,
    ListLinks,
    RevokeAllLinks,
    RevokeLink,
    ShareLink,
)
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import REVEALED, LinkCause, Target
from portal_contracts.permissions import Permission, require_permission, require_reveal

log = structlog.get_logger(__name__)


def share_link(
    tx: Transaction, command: ShareLink, caller: Caller, *, now: datetime
) -> LinkCreated:
    """Make a link and have it mailed. Logged as ``link.shared``; publishes `PortalLinkShared`.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
        Conflict: ``client_archived``; ``address_waits``: the address is new and not
            confirmed; ``date_of_birth_missing``: the practice asks new devices for it, none is
            on file, and no code could be mailed.
        Invalid: ``target_incomplete``.
    """
    require_permission(caller.actor, Permission.LINKS_MAIL)
    client, practice = _may_be_linked(tx, command, caller, Permission.LINKS_MAIL, now)
    if client.waiting is not None:
        raise Conflict("address_waits", "The new address is not confirmed.")
    created = mail_link(tx, client, practice, LinkCause.SHARED, command.target, caller, now=now)
    access = note(
        caller,
        Act.LINK_SHARED,
        client.practice_id,
        now,
        client_id=client.id,
        subject_id=created.link_id,
    )
    access_log.append(tx, access)
    return created


def mail_link(
    tx: Transaction,
    client: ClientRecord,
    practice: PracticeFields,
    cause: LinkCause,
    target: Target,
    caller: Caller,
    *,
    now: datetime,
) -> LinkCreated:
    """Make a link and publish `PortalLinkShared`; the caller logs why.

    It belongs to the address that the client has now, which is a confirmed one.
    """
    mailed_to = client.fields.email
    created = _make_link(tx, client, practice, cause, target, now, mailed_to=mailed_to)
    outbox.record(
        tx,
        PortalLinkShared(
            link_id=created.link_id, client_id=client.id, cause=ShareCause(cause.value)
        ),
        practice_id=client.practice_id,
        aggregate=("portal_link", created.link_id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
    log.info("link_made", link_id=str(created.link_id), cause=str(cause))
    return created


def create_link(
    tx: Transaction, command: CreateLink, caller: Caller, *, now: datetime
) -> LinkCreated:
    """Make a link to copy or to show as a QR code. Logged as ``link.created``.

    Whoever sees a link can enter by it, so it needs all that the portal shows.

    Raises:
        Forbidden: ``reveal_not_allowed`` names what is missing; ``not_in_caseload``.
        NotFound: ``not_found``.
        Conflict: ``client_archived``, ``date_of_birth_missing``, or ``token_taken``.
        Invalid: ``cause_not_allowed``: only ``copied`` and ``qr``; ``target_incomplete``.
    """
    require_reveal(caller.actor)
    client, practice = _may_be_linked(tx, command, caller, Permission.LINKS_REVEAL, now)
    if command.cause not in REVEALED:
        fields = {"cause": "invalid"}
        raise Invalid("cause_not_allowed", "Such links are mailed.", fields=fields)
    made_by = own_id(caller.actor)
    created = _make_link(tx, client, practice, command.cause, command.target, now, made_by=made_by)
    register_token(tx, created.link_id, command.token_hash, now)
    log.info("link_made", link_id=str(created.link_id), cause=str(command.cause))
    access = note(
        caller,
        Act.LINK_CREATED,
        client.practice_id,
        now,
        client_id=client.id,
        subject_id=created.link_id,
    )
    access_log.append(tx, access)
    return created


def list_links(tx: Transaction, command: ListLinks, caller: Caller, *, now: datetime) -> Links:
    """All links of one client, newest first, and until when none lets a new device in.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.LINKS_READ)
    found = clients.find(tx, command.client_id, practice_id)
    client = require_visible(tx, found, caller.actor, Permission.LINKS_READ, now=now)
    rows = links.of_client(tx, client.id, practice_id)
    stands: dict[str, Any] = {"client_active": client.active, "email": client.fields.email}
    wait = second_check.wait_seconds(tx, client.id, now)
    return Links(
        items=[link_row(row, **stands, now=now) for row in rows],
        locked_until=now + timedelta(seconds=wait) if wait else None,
    )


def revoke_link(tx: Transaction, command: RevokeLink, caller: Caller, *, now: datetime) -> Done:
    """Revoke one link: all its tokens stop working, devices already in stay.

    Logged as ``link.revoked``; done also when it was revoked before.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.LINKS_REVOKE)
    client_id = links.client_of_link(tx, command.link_id, practice_id)
    if client_id is None:
        raise not_found()
    standing = standing_to(tx, client_id, caller.actor, now=now)
    require_sight(caller.actor, Permission.LINKS_REVOKE, standing)
    if links.revoke(tx, command.link_id, now):
        access = note(
            caller,
            Act.LINK_REVOKED,
            practice_id,
            now,
            client_id=client_id,
            subject_id=command.link_id,
        )
        access_log.append(tx, access)
    return Done()


def revoke_all_links(
    tx: Transaction, command: RevokeAllLinks, caller: Caller, *, now: datetime
) -> Done:
    """Revoke every live link of a client and end all devices; a row for each in the log.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    practice_id = require_practice(caller.actor, Permission.LINKS_REVOKE)
    found = clients.find_to_change(tx, command.client_id, practice_id)
    client = require_visible(tx, found, caller.actor, Permission.LINKS_REVOKE, now=now)
    access_log.append(tx, *shut_out(tx, client.id, practice_id, caller, now))
    return Done()


def _may_be_linked(
    tx: Transaction,
    command: ShareLink | CreateLink,
    caller: Caller,
    permission: Permission,
    now: datetime,
) -> tuple[ClientRecord, PracticeFields]:
    practice_id = own_practice(caller.actor)
    found = clients.find_to_link(tx, command.client_id, practice_id)
    client = require_visible(tx, found, caller.actor, permission, now=now)
    practice = practices.practice_fields(tx, practice_id)
    if practice is None:
        raise not_found()
    if not is_complete_target(command.target):
        fields = {"target": "invalid"}
        raise Invalid("target_incomplete", "Home has no id, the rest has one.", fields=fields)
    if not client.active:
        raise Conflict("client_archived", "An archived client does not enter.")
    said = client.fields
    if check_of(practice.second_check, said.date_of_birth, said.email) is Check.IMPOSSIBLE:
        raise Conflict("date_of_birth_missing", "New devices are asked for it.")
    return client, practice


def _make_link(
    tx: Transaction,
    client: ClientRecord,
    practice: PracticeFields,
    cause: LinkCause,
    target: Target,
    now: datetime,
    *,
    mailed_to: str | None = None,
    made_by: UUID | None = None,
) -> LinkCreated:
    new = NewLink(
        id=new_id(),
        practice_id=client.practice_id,
        client_id=client.id,
        cause=cause,
        target=target,
        created_at=now,
        expires_at=expires_at(now, practice.link_days),
        mailed_to=mailed_to,
        made_by=made_by,
    )
    links.insert_link(tx, new)
    return LinkCreated(link_id=new.id, expires_at=new.expires_at)
