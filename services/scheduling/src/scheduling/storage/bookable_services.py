"""Queries on bookable services."""

from __future__ import annotations

from sqlalchemy import exists, select

from portal_chassis.database import Transaction
from scheduling.domain.clients import Client
from scheduling.storage.tables import bookable_service, bookable_service_client


def any_open_to(tx: Transaction, client: Client) -> bool:
    """Whether the client may book some service of her practice by herself."""
    chosen = exists().where(
        bookable_service_client.c.service_id == bookable_service.c.id,
        bookable_service_client.c.client_id == client.id,
    )
    query = select(
        exists().where(
            bookable_service.c.practice_id == client.practice_id,
            ~bookable_service.c.archived,
            bookable_service.c.self_scheduling,
            (bookable_service.c.open_to == "all") | chosen,
        )
    )
    return bool(tx.execute(query).scalar_one())
