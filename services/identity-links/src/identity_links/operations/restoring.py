"""After a restore: links and devices that may have been ended since the backup are ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from identity_links.domain.access import Act, note
from identity_links.domain.attribution import BY_ADMIN
from identity_links.operations.clients import shut_out
from identity_links.storage import (
    access_log,
    devices,
    known_browsers,
    password_resets,
    restored,
    second_factors,
)
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class EndedAccess:
    """How many links and devices were ended."""

    links: int
    devices: int


def end_access(tx: Transaction, *, now: datetime) -> EndedAccess:
    """Revoke every link and end every device that works, of clients and practitioners.

    Any of them may have been revoked after the backup was made, and would work
    again. A client gets a new link by one press, a practitioner signs in; an invitation is sent
    again, an address for a new password asked for anew. API tokens stay, because no person
    stands beside a program. Each link and device is logged, as if it was revoked by hand.
    """
    logged = []
    for one in restored.lock_clients_with_access(tx, now):
        logged += shut_out(tx, one.id, one.practice_id, BY_ADMIN, now)
    for one in restored.practitioners(tx):
        known_browsers.forget_of_practitioner(tx, one.id)
        second_factors.end_steps_of(tx, one.id)
        password_resets.end_of(tx, one.id)
        logged += [
            note(BY_ADMIN, Act.DEVICE_REVOKED, one.practice_id, now, subject_id=ended)
            for ended in devices.end_of_practitioner(tx, one.id, now)
        ]
    restored.forget_tokens(tx)
    access_log.append(tx, *logged)
    links = sum(access.act == Act.LINK_REVOKED for access in logged)
    return EndedAccess(links, len(logged) - links)
