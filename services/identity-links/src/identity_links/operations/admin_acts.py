"""What the admin script ends on somebody's request, in whichever practice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act, note
from identity_links.operations.api_tokens import end_token
from identity_links.storage import access_log, api_tokens, devices, known_browsers, links
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Caller
from portal_contracts.errors import NotFound


def revoke_link(tx: Transaction, link_id: UUID, caller: Caller, *, now: datetime) -> None:
    """Revoke a link; done also when it was revoked before. Logged as ``link.revoked``.

    Raises:
        NotFound: ``not_found``.
    """
    link = links.by_id(tx, link_id)
    if link is None:
        raise NotFound("not_found", "There is no such link.")
    if links.revoke(tx, link_id, now):
        revoked = note(
            caller,
            Act.LINK_REVOKED,
            link.practice.id,
            now,
            client_id=link.client.id,
            subject_id=link_id,
        )
        access_log.append(tx, revoked)


def end_device(tx: Transaction, device_id: UUID, caller: Caller, *, now: datetime) -> None:
    """Sign a device out; done also when it was not in. Logged as ``device.revoked``.

    The browser of a practitioner's device is known no more.

    Raises:
        NotFound: ``not_found``.
    """
    row = devices.by_id(tx, device_id)
    if row is None:
        raise NotFound("not_found", "There is no such device.")
    known_browsers.forget_of_device(tx, device_id)
    if devices.end_one(tx, device_id, now):
        ended = note(
            caller,
            Act.DEVICE_REVOKED,
            row.practice_id,
            now,
            client_id=row.client_id,
            subject_id=device_id,
        )
        access_log.append(tx, ended)


def revoke_token(tx: Transaction, token_id: UUID, caller: Caller, *, now: datetime) -> None:
    """End an API token; done also when it had ended. Logged as ``api_token.revoked``.

    Raises:
        NotFound: ``not_found``.
    """
    row = api_tokens.find(tx, token_id)
    if row is None:
        raise NotFound("not_found", "There is no such token.")
    end_token(tx, row.id, row.practice_id, caller, now=now)
