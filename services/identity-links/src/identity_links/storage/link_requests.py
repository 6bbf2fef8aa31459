"""Requests for a new link by e-mail address, until a job answers them.

An address is kept here, known or not, for the moment between the request and
the job; the row is deleted with the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select

from identity_links.storage.tables import link_request
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True, kw_only=True)
class LinkRequest:
    """A request that waits for its answer.

    Attributes:
        email_key: the address to look for, in one spelling.
        address: the IP address it came from, or "".
        request_id: of the request that asked.
    """

    email_key: str = field(repr=False)
    address: str = field(repr=False)
    request_id: str


def insert_request(
    tx: Transaction,
    request_row_id: UUID,
    *,
    email_key: str,
    address: str,
    request_id: str,
    now: datetime,
) -> None:
    """Store a request."""
    tx.execute(
        insert(link_request).values(
            id=request_row_id,
            email_key=email_key,
            address=address,
            request_id=request_id,
            requested_at=now,
        )
    )


def take_one(tx: Transaction) -> LinkRequest | None:
    """Delete and return the oldest request that no other worker is answering.

    All that follows from it happens in this transaction, so it needs no lease:
    a worker that dies gives the request back.
    """
    oldest = (
        select(link_request.c.id)
        .order_by(link_request.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = tx.execute(
        delete(link_request)
        .where(link_request.c.id == oldest)
        .returning(link_request.c.email_key, link_request.c.address, link_request.c.request_id)
    )
    row = taken.mappings().first()
    return None if row is None else LinkRequest(**row)
