"""An owner opens one client in an emergency, and closes it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from identity_links.domain.access import Act, note
from identity_links.domain.people import ClientRecord
from identity_links.domain.visibility import may_open_in_emergency, sees
from identity_links.operations.authority import require_client, require_in_person, standing_to
from identity_links.operations.confirming import Desk, confirm_in_person
from identity_links.operations.telling import tell
from identity_links.storage import access_log, clients, emergencies
from identity_links.storage.emergencies import StoredEmergency
from portal_chassis.authority.ownership import own_practice
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Caller
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Forbidden, Invalid
from portal_contracts.identity_links.events import AccountChange
from portal_contracts.identity_links.rpc.emergency import (
    EMERGENCY_MINUTES,
    LONGEST_REASON,
    SHORTEST_REASON,
    CloseEmergency,
    EmergencyAccess,
    OpenInEmergency,
)
from portal_contracts.permissions import Permission

log = structlog.get_logger(__name__)

_OPEN_FOR: Final = timedelta(minutes=EMERGENCY_MINUTES)


def open_in_emergency(desk: Desk, command: OpenInEmergency, caller: Caller) -> EmergencyAccess:
    """Show all of one client to an owner for an hour; what is open already stays as it is.

    The row in the log, ``emergency.opened``, is committed with it, so before anything is shown.
    Whoever has the client in a caseload and the other owners are mailed.

    Raises:
        Forbidden: ``not_allowed``: no owner in person; see `confirm_in_person`.
        NotFound: ``not_found``.
        Invalid: ``emergency_fields``: ``reason_too_short``, ``reason_too_long``.
        Conflict: ``already_shown``: all of the client is shown to the owner anyway;
            ``client_erased``.
    """
    owner_id = _require_owner(caller)
    reason = _checked(command.reason)
    with desk.database.transaction() as tx:
        _require_hidden(tx, command.client_id, caller, desk.now)
    confirm_in_person(desk, command, caller)
    with desk.database.transaction() as tx:
        client = _require_hidden(tx, command.client_id, caller, desk.now)
        stored = emergencies.open_of(tx, client.id, owner_id, desk.now)
        if stored is None:
            stored = _opened(tx, client, owner_id, reason, desk, caller)
    return EmergencyAccess(id=stored.id, until=stored.until)


def close_emergency(
    tx: Transaction, command: CloseEmergency, caller: Caller, *, now: datetime
) -> Done:
    """Close what the owner has open of a client. Logged as ``emergency.closed``.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``not_found``.
    """
    owner_id = _require_owner(caller)
    client = require_client(clients.find(tx, command.client_id, own_practice(caller.actor)))
    closed = emergencies.close(tx, client.id, owner_id, now)
    access_log.append(
        tx,
        *(
            note(
                caller,
                Act.EMERGENCY_CLOSED,
                client.practice_id,
                now,
                client_id=client.id,
                subject_id=one,
            )
            for one in closed
        ),
    )
    return Done()


def _require_owner(caller: Caller) -> UUID:
    owner_id = require_in_person(caller.actor)
    if not may_open_in_emergency(caller.actor):
        raise Forbidden("not_allowed", "Only an owner opens what is a colleague's.")
    return owner_id


def _checked(reason: str) -> str:
    reason = reason.strip()
    if SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        return reason
    code = "reason_too_short" if len(reason) < SHORTEST_REASON else "reason_too_long"
    raise Invalid("emergency_fields", "Say why it is opened.", fields={"reason": code})


def _require_hidden(
    tx: Transaction, client_id: UUID, caller: Caller, now: datetime
) -> ClientRecord:
    """The client, of whom the owner does not see all but by an emergency."""
    actor = caller.actor
    client = require_client(clients.find(tx, client_id, own_practice(actor)))
    standing = standing_to(tx, client.id, actor, now=now)
    if sees(actor, Permission.SUMMARIES_READ, standing) and not standing.emergency:
        raise Conflict("already_shown", "All of this client is shown anyway.")
    return client


def _opened(
    tx: Transaction, client: ClientRecord, owner_id: UUID, reason: str, desk: Desk, caller: Caller
) -> StoredEmergency:
    access_id, now = new_id(), desk.now
    place = {"table": "emergency_access", "column": "reason"}
    stored = StoredEmergency(
        id=access_id,
        practice_id=client.practice_id,
        client_id=client.id,
        practitioner_id=owner_id,
        reason=desk.sealer.seal(tx, client.id, reason, **place, row=access_id),
        opened_at=now,
        until=now + _OPEN_FOR,
        closed_at=None,
    )
    emergencies.insert_access(tx, stored)
    opened = note(
        caller,
        Act.EMERGENCY_OPENED,
        client.practice_id,
        now,
        client_id=client.id,
        subject_id=access_id,
    )
    access_log.append(tx, opened)
    for one in emergencies.to_be_told(tx, client.id, client.practice_id, owner_id):
        change = AccountChange.EMERGENCY_ACCESS
        tell(tx, one, client.practice_id, change, caller, subject_id=access_id, now=now)
    log.warning("opened_in_emergency", access_id=str(access_id))
    return stored
