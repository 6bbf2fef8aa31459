"""How many clients, links and devices a change of a practice concerns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from identity_links.domain.devices import DeviceKind
from identity_links.storage.tables import client, device, portal_link
from portal_chassis.database.transactions import Transaction
from portal_contracts.identity_links.rpc.clients import ClientStatus
from portal_contracts.identity_links.rpc.practice import PracticeReach


def measure(tx: Transaction, practice_id: UUID, now: datetime) -> PracticeReach:
    """Count them, as they are at `now`."""
    birthless = client.c.date_of_birth.is_(None)
    clients = tx.execute(
        select(
            func.count(),
            func.count().filter(birthless),
            func.count().filter(birthless, client.c.email_key == ""),
        ).where(client.c.practice_id == practice_id, client.c.status == ClientStatus.ACTIVE)
    ).one()
    live = (
        select(func.count())
        .select_from(portal_link)
        .where(
            portal_link.c.practice_id == practice_id,
            portal_link.c.revoked_at.is_(None),
            portal_link.c.used_at.is_(None),
            portal_link.c.expires_at > now,
        )
    )
    signed_in = (
        select(func.count())
        .select_from(device)
        .where(
            device.c.practice_id == practice_id,
            device.c.kind == DeviceKind.CLIENT,
            device.c.ended_at.is_(None),
            device.c.ends_at > now,
        )
    )
    return PracticeReach(
        clients=clients[0],
        without_date_of_birth=clients[1],
        without_check=clients[2],
        live_links=tx.execute(live).scalar_one(),
        client_devices=tx.execute(signed_in).scalar_one(),
    )
