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
from portal_contracts.identity_links.rpc.targets import Target, TargetKind


@dataclass(frozen=True, kw_only=True)
class LinkRequest:
    """A request that waits for its answer.

    Attributes:
        email_key: the address to look for, in one spelling.
        address: the IP address it came from, or "".
        request_id: of the request that asked.
        target: what the link is to open.
    """

    email_key: str = field(repr=False)
    address: str = field(repr=False)
    request_id: str
    target: Target


def insert_request(
    tx: Transaction,
    request_row_id: UUID,
    *,
    email_key: str,
    address: str,
    request_id: str,
    target: Target,
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
            target_kind=target.kind,
            target_id=target.id,
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
        delete(link_request).where(link_request.c.id == oldest).returning(link_request)
    )
    row = taken.one_or_none()
    if row is None:
        return None
    return LinkRequest(
        email_key=row.email_key,
        address=row.address,
        request_id=row.request_id,
        target=Target(kind=TargetKind(row.target_kind), id=row.target_id),
    )
