"""Queries for a database that was restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, union

from identity_links.storage.devices import is_live
from identity_links.storage.tables import (
    client,
    device,
    invitation_token,
    password_reset,
    portal_link,
    practitioner,
    setup_address,
    sign_in_step,
)
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True)
class InPractice:
    """A person, and whose practice it is."""

    id: UUID
    practice_id: UUID


def lock_clients_with_access(tx: Transaction, now: datetime) -> Sequence[InPractice]:
    """Clients with a link or a device that works, locked in one order."""
    linked = select(portal_link.c.client_id).where(
        portal_link.c.revoked_at.is_(None),
        portal_link.c.used_at.is_(None),
        portal_link.c.expires_at > now,
    )
    signed_in = select(device.c.client_id).where(device.c.client_id.is_not(None), is_live(now))
    ids = union(linked, signed_in).subquery()
    whose = select(client.c.id, client.c.practice_id).where(client.c.id.in_(select(ids)))
    rows = tx.execute(whose.order_by(client.c.id).with_for_update())
    return [InPractice(row.id, row.practice_id) for row in rows]


def practitioners(tx: Transaction) -> Sequence[InPractice]:
    """Every practitioner."""
    query = select(practitioner.c.id, practitioner.c.practice_id).order_by(practitioner.c.id)
    return [InPractice(row.id, row.practice_id) for row in tx.execute(query)]


def forget_tokens(tx: Transaction) -> None:
    """Let no address work that was mailed or shown to a practitioner: each is made anew on request.

    Invitations stay, and are sent again.
    """
    for table in (invitation_token, password_reset, setup_address, sign_in_step):
        tx.execute(delete(table))
