"""Clients. Every query is bound to a practice, except the search for an address to mail to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, update

from identity_links.domain.address_changes import WaitingAddress
from identity_links.domain.people import ClientRecord
from identity_links.storage.client_rows import columns, stored_client, waiting_columns
from identity_links.storage.cursors import ClientCursor
from identity_links.storage.tables import client
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientSort, ClientStatus


def insert_client(
    tx: Transaction,
    client_id: UUID,
    practice_id: UUID,
    fields: ClientFields,
    *,
    remark: bytes | None,
    now: datetime,
) -> None:
    """Store a new client; `remark` is sealed."""
    tx.execute(
        insert(client).values(
            id=client_id,
            practice_id=practice_id,
            version=1,
            status=ClientStatus.ACTIVE,
            remark=remark,
            created_at=now,
            **columns(fields),
        )
    )


def update_client(
    tx: Transaction,
    client_id: UUID,
    fields: ClientFields,
    *,
    version: int,
    waiting: WaitingAddress | None,
    **remark: bytes | None,
) -> None:
    """Store all fields of a locked client under the new version; the remark only if given.

    `waiting`: whether the address waits to be confirmed.
    """
    tx.execute(
        update(client)
        .where(client.c.id == client_id)
        .values(version=version, **columns(fields), **waiting_columns(waiting), **remark)
    )


def set_status(tx: Transaction, client_id: UUID, status: ClientStatus, *, version: int) -> None:
    """Store a locked client's status under the new version."""
    tx.execute(
        update(client).where(client.c.id == client_id).values(status=status, version=version)
    )


def find(tx: Transaction, client_id: UUID, practice_id: UUID) -> ClientRecord | None:
    """A client of this practice, or None."""
    return _found(tx, _one(client_id, practice_id))


def find_to_change(tx: Transaction, client_id: UUID, practice_id: UUID) -> ClientRecord | None:
    """A client of this practice, or None; nobody else changes it until the transaction ends."""
    return _found(tx, _one(client_id, practice_id).with_for_update(key_share=True))


def find_to_link(tx: Transaction, client_id: UUID, practice_id: UUID) -> ClientRecord | None:
    """A client of this practice, or None; nobody archives the client until the transaction ends.

    Else a link made at that moment would outlive the archiving, and work again
    once the client is made active.
    """
    return _found(tx, _one(client_id, practice_id).with_for_update(read=True))


def find_to_erase(tx: Transaction, client_id: UUID) -> ClientRecord | None:
    """A client of any practice, or None; nobody else changes it until the transaction ends."""
    query = select(client).where(client.c.id == client_id)
    return _found(tx, query.with_for_update(key_share=True))


def exists(tx: Transaction, client_id: UUID, practice_id: UUID) -> bool:
    """Whether the practice has this client."""
    query = select(client.c.id).where(client.c.id == client_id, client.c.practice_id == practice_id)
    return tx.execute(query).first() is not None


def names(
    tx: Transaction,
    client_ids: Sequence[UUID],
    practice_id: UUID,
    shown: ColumnElement[bool],
) -> dict[UUID, str]:
    """Names of those of `client_ids` that are the practice's and `shown` to whoever asks."""
    query = select(client.c.id, client.c.name).where(
        client.c.id.in_(client_ids), client.c.practice_id == practice_id, shown
    )
    return {row.id: row.name for row in tx.execute(query)}


def active_with_email(tx: Transaction, key: str) -> list[ClientRecord]:
    """Active clients of every practice with this address confirmed, in the order of their ids.

    None of them is archived, nor is an address changed, until the transaction ends.
    """
    query = (
        select(client)
        .where(
            client.c.email_key == key,
            client.c.status == ClientStatus.ACTIVE,
            client.c.confirmed_email.is_(None),
        )
        .order_by(client.c.id)
        .with_for_update(read=True)
    )
    return [stored_client(row) for row in tx.execute(query).mappings()]


def count(tx: Transaction, where: ColumnElement[bool]) -> int:
    """How many clients match."""
    return int(tx.execute(select(func.count()).select_from(client).where(where)).scalar_one())


def page(
    tx: Transaction,
    where: ColumnElement[bool],
    *,
    practice_id: UUID,
    sort: ClientSort,
    after: ClientCursor | None,
    limit: int,
    shown: ColumnElement[bool] | None = None,
) -> list[ClientRecord]:
    """The clients that match, in order, after the cursor.

    Each order ends in the id, so no two clients share a place, and clients
    that are added or removed meanwhile move nobody from page to page.

    Raises:
        Invalid: ``cursor_invalid``: the cursor's client is not the practice's, or not `shown` to
            whoever asks any more: where somebody stands in the list would tell of a name.
    """
    query = select(client).where(where).limit(limit)
    if after is not None:
        one = _one(after.client_id, practice_id)
        last = _found(tx, one if shown is None else one.where(shown))
        if last is None:
            raise Invalid("cursor_invalid", "Begin again at the first page.")
        query = query.where(_beyond(last, after))
    return [stored_client(row) for row in tx.execute(_ordered(query, sort)).mappings()]


def _one(client_id: UUID, practice_id: UUID) -> Select[Any]:
    return select(client).where(client.c.id == client_id, client.c.practice_id == practice_id)


def _found(tx: Transaction, query: Select[Any]) -> ClientRecord | None:
    row = tx.execute(query).mappings().first()
    return None if row is None else stored_client(row)


def _ordered(query: Select[Any], sort: ClientSort) -> Select[Any]:
    if sort is ClientSort.NAME:
        return query.order_by(client.c.sort_name, client.c.id)
    if sort is ClientSort.ADDED:
        return query.order_by(client.c.created_at.desc(), client.c.id.desc())
    return query.order_by(client.c.last_visit_at.desc().nulls_last(), client.c.id.desc())


def _beyond(last: ClientRecord, after: ClientCursor) -> ColumnElement[bool]:
    if after.sort is ClientSort.NAME:
        return or_(
            client.c.sort_name > last.sort_name,
            and_(client.c.sort_name == last.sort_name, client.c.id > last.id),
        )
    if after.sort is ClientSort.ADDED:
        return or_(
            client.c.created_at < last.created_at,
            and_(client.c.created_at == last.created_at, client.c.id < last.id),
        )
    if after.last_visit_at is None:
        return and_(client.c.last_visit_at.is_(None), client.c.id < last.id)
    return or_(
        client.c.last_visit_at.is_(None),
        client.c.last_visit_at < after.last_visit_at,
        and_(client.c.last_visit_at == after.last_visit_at, client.c.id < last.id),
    )
