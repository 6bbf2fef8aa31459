"""Clients. Every query is bound to a practice, except the search for an address to mail to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, insert, or_, select, update

from identity_links.domain.address_changes import WaitingAddress
from identity_links.domain.client_search import Term, search_terms, search_text
from identity_links.domain.email_addresses import email_key
from identity_links.domain.folding import FOLDING_RULE, sort_key
from identity_links.domain.people import ClientRecord
from identity_links.storage.cursors import ClientCursor
from identity_links.storage.tables import client
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Invalid
from portal_contracts.identity_links.rpc.clients import ClientFields, ClientSort, ClientStatus

_FIELD_COLUMNS = tuple(name for name in ClientFields.__struct_fields__ if name != "remark")


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
            **_columns(fields),
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
        .values(version=version, **_columns(fields), **_waiting_columns(waiting), **remark)
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


def names(tx: Transaction, client_ids: Sequence[UUID], practice_id: UUID) -> dict[UUID, str]:
    """Names of those of `client_ids` that are the practice's."""
    query = select(client.c.id, client.c.name).where(
        client.c.id.in_(client_ids), client.c.practice_id == practice_id
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
    return [_stored(row) for row in tx.execute(query).mappings()]


def matching(
    practice_id: UUID, *, search: str, status: ClientStatus | None, address_waits: bool = False
) -> ColumnElement[bool]:
    """Clients of the practice who have all that `search` asks for.

    `address_waits`: only those whose address waits to be confirmed.
    """
    wanted = [client.c.practice_id == practice_id]
    wanted += [_has(term) for term in search_terms(search)]
    if status is not None:
        wanted.append(client.c.status == status)
    if address_waits:
        wanted.append(client.c.confirmed_email.is_not(None))
    return and_(*wanted)


def fold_anew(tx: Transaction, limit: int) -> int:
    """Make names and words anew of clients whose were made by an older rule; how many they were.

    Rows that somebody holds are passed over: another replica has them, or they are being changed.
    """
    older = (
        select(client)
        .where(client.c.folding_rule < FOLDING_RULE)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [_stored(row) for row in tx.execute(older).mappings()]
    for one in found:
        change = update(client).where(client.c.id == one.id)
        tx.execute(change.values(**_folded(one.fields)))
    return len(found)


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
) -> list[ClientRecord]:
    """The clients that match, in order, after the cursor.

    Each order ends in the id, so no two clients share a place, and clients
    that are added or removed meanwhile move nobody from page to page.

    Raises:
        Invalid: ``cursor_invalid``: the cursor's client is not the practice's.
    """
    query = select(client).where(where).limit(limit)
    if after is not None:
        last = find(tx, after.client_id, practice_id)
        if last is None:
            raise Invalid("cursor_invalid", "Begin again at the first page.")
        query = query.where(_beyond(last, after))
    return [_stored(row) for row in tx.execute(_ordered(query, sort)).mappings()]


def _one(client_id: UUID, practice_id: UUID) -> Select[Any]:
    return select(client).where(client.c.id == client_id, client.c.practice_id == practice_id)


def _found(tx: Transaction, query: Select[Any]) -> ClientRecord | None:
    row = tx.execute(query).mappings().first()
    return None if row is None else _stored(row)


def _stored(row: RowMapping) -> ClientRecord:
    return ClientRecord(
        id=row["id"],
        practice_id=row["practice_id"],
        version=row["version"],
        status=ClientStatus(row["status"]),
        fields=ClientFields(**{name: row[name] for name in _FIELD_COLUMNS}),
        sealed_remark=row["remark"],
        sort_name=row["sort_name"],
        created_at=row["created_at"],
        last_visit_at=row["last_visit_at"],
        waiting=None
        if row["confirmed_email"] is None
        else WaitingAddress(
            confirmed_email=row["confirmed_email"],
            changed_by=row["email_changed_by"],
            changed_at=row["email_changed_at"],
        ),
    )


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


def _columns(fields: ClientFields) -> dict[str, Any]:
    return {
        **{name: getattr(fields, name) for name in _FIELD_COLUMNS},
        "email_key": email_key(fields.email),
        **_folded(fields),
    }


def _folded(fields: ClientFields) -> dict[str, Any]:
    return {
        "sort_name": sort_key(fields.name),
        "search": search_text(fields),
        "folding_rule": FOLDING_RULE,
    }


def _has(term: Term) -> ColumnElement[bool]:
    ways = [and_(*(_begins(word) for word in way)) for way in term.ways]
    return or_(*ways)


def _begins(word: str) -> ColumnElement[bool]:
    return client.c.search.contains(f" {word}", autoescape=True)


def _waiting_columns(waiting: WaitingAddress | None) -> dict[str, Any]:
    return {
        "confirmed_email": waiting.confirmed_email if waiting else None,
        "email_changed_by": waiting.changed_by if waiting else None,
        "email_changed_at": waiting.changed_at if waiting else None,
    }
