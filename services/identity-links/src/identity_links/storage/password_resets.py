"""Forgotten passwords: what was asked for, and by which address a password may be set anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from identity_links.storage.tables import password_reset, reset_request
from portal_chassis.database.transactions import Transaction


@dataclass(frozen=True, kw_only=True)
class ResetRequest:
    """A request that waits for its answer: an address, known or not, and where it came from."""

    email_key: str = field(repr=False)
    address: str = field(repr=False)
    request_id: str


@dataclass(frozen=True)
class StoredReset:
    """A password that may be set anew until `expires_at` (aware UTC)."""

    id: UUID
    practitioner_id: UUID
    expires_at: datetime


_STORED = (password_reset.c.id, password_reset.c.practitioner_id, password_reset.c.expires_at)


def insert_request(
    tx: Transaction, request_row_id: UUID, request: ResetRequest, now: datetime
) -> None:
    """Store a request."""
    tx.execute(
        insert(reset_request).values(
            id=request_row_id,
            email_key=request.email_key,
            address=request.address,
            request_id=request.request_id,
            requested_at=now,
        )
    )


def take_one(tx: Transaction) -> ResetRequest | None:
    """Delete and return the oldest request that no other worker is answering.

    All that follows from it happens in this transaction: a worker that dies gives it back.
    """
    oldest = (
        select(reset_request.c.id)
        .order_by(reset_request.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = tx.execute(
        delete(reset_request).where(reset_request.c.id == oldest).returning(reset_request)
    ).one_or_none()
    if row is None:
        return None
    return ResetRequest(email_key=row.email_key, address=row.address, request_id=row.request_id)


def begin(
    tx: Transaction, reset_id: UUID, practitioner_id: UUID, *, expires_at: datetime, now: datetime
) -> None:
    """Let a password be set anew; an address that was mailed before works no more."""
    end_of(tx, practitioner_id)
    tx.execute(
        insert(password_reset).values(
            id=reset_id,
            practitioner_id=practitioner_id,
            requested_at=now,
            expires_at=expires_at,
        )
    )


def register_token(
    tx: Transaction, reset_id: UUID, token_hash: str, now: datetime
) -> StoredReset | None:
    """Register the token of a mail that is written now; None where it works no more."""
    row = tx.execute(
        update(password_reset)
        .where(password_reset.c.id == reset_id, password_reset.c.expires_at > now)
        .values(token_hash=token_hash)
        .returning(*_STORED)
    ).one_or_none()
    return None if row is None else StoredReset(*row)


def by_token(
    tx: Transaction, token_hash: str, now: datetime, *, lock: bool = False
) -> StoredReset | None:
    """What the address of a mail leads to while it works; `lock` lets nobody else use it."""
    query = select(*_STORED).where(
        password_reset.c.token_hash == token_hash, password_reset.c.expires_at > now
    )
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else StoredReset(*row)


def end_of(tx: Transaction, practitioner_id: UUID) -> None:
    """No address that was mailed to a practitioner works any more."""
    tx.execute(delete(password_reset).where(password_reset.c.practitioner_id == practitioner_id))


def prune_ended(tx: Transaction, now: datetime) -> int:
    """Delete those whose time is over; how many."""
    return tx.execute(delete(password_reset).where(password_reset.c.expires_at <= now)).rowcount
