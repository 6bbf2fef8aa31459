"""Devices that are, or were, signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Result,
    RowMapping,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.devices import DeviceKind, Lifetime, NewDevice, StoredDevice
from identity_links.domain.people import ClientsDevice, PractitionersDevice
from identity_links.storage.profiles import (
    CLIENT,
    HAS_COLLEAGUES,
    PRACTICE,
    PRACTITIONER,
    client_of,
    practice_of,
    practitioner_of,
)
from identity_links.storage.revealed import REVEALED_LINK, revealed_by
from identity_links.storage.tables import client, device, practice, practitioner
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.identity_links.rpc.clients import ClientStatus

_SIGNED_IN = tuple(
    device.c[name] for name in ("id", "link_id", "last_seen_at", "idle_seconds", "ends_at")
)
_STORED = (
    device.c.id,
    device.c.kind,
    device.c.practice_id,
    func.coalesce(device.c.client_id, device.c.practitioner_id).label("owner_id"),
    device.c.user_agent,
    device.c.address,
    device.c.created_at,
    device.c.last_seen_at,
    REVEALED_LINK.label("revealed_link"),
    revealed_by(device.c.link_id).label("revealed_by"),
)


def insert_device(
    tx: Transaction, device_id: UUID, new: NewDevice, lifetime: Lifetime, now: datetime
) -> bool:
    """Store a device that signs in now; False when its hash is taken."""
    is_clients = new.kind is DeviceKind.CLIENT
    inserted = tx.execute(
        insert(device)
        .values(
            id=device_id,
            device_hash=new.device_hash,
            kind=new.kind,
            practice_id=new.practice_id,
            client_id=new.owner_id if is_clients else None,
            practitioner_id=None if is_clients else new.owner_id,
            link_id=new.link_id,
            browser_hash=new.browser_hash,
            user_agent=new.user_agent,
            address=new.address,
            created_at=now,
            last_seen_at=now,
            idle_seconds=lifetime.idle_seconds,
            ends_at=lifetime.ends_at(now),
        )
        .on_conflict_do_nothing(index_elements=[device.c.device_hash])
        .returning(device.c.id)
    ).first()
    return inserted is not None


def clients_device(tx: Transaction, device_hash: str, now: datetime) -> ClientsDevice | None:
    """The client's device of a cookie, if it is signed in and the client active. One statement."""
    asked = {"device_hash": device_hash, "now": now}
    row = run(tx, _CLIENTS_DEVICE, asked).mappings().first()
    if row is None:
        return None
    named = {"client": client_of(row), "revealed_link": row["revealed_link"]}
    return ClientsDevice(**named, **_signed_in(row))


def practitioners_device(
    tx: Transaction, device_hash: str, now: datetime
) -> PractitionersDevice | None:
    """The practitioner's device of a cookie, if it is signed in and the account in use.

    One statement.
    """
    asked = {"device_hash": device_hash, "now": now}
    row = run(tx, _PRACTITIONERS_DEVICE, asked).mappings().first()
    if row is None:
        return None
    colleagues = row["has_colleagues"]
    named = {"practitioner": practitioner_of(row), "has_colleagues": colleagues}
    return PractitionersDevice(**named, **_signed_in(row))


def mark_seen(tx: Transaction, device_id: UUID, address: str, now: datetime) -> None:
    """Write down that a device is in use, and its client's visit, in one statement.

    It waits for nobody: where another transaction holds one of the rows (a
    client being archived), nothing is written, and the next use is.
    """
    free = (
        select(device.c.id, device.c.client_id)
        .join(client, client.c.id == device.c.client_id)
        .where(device.c.id == device_id)
        .with_for_update(skip_locked=True, key_share=True)
        .cte("free")
    )
    seen = (
        update(device)
        .where(device.c.id == free.c.id)
        .values(last_seen_at=now, address=address)
        .returning(device.c.id)
        .cte("seen")
    )
    tx.execute(
        update(client)
        .where(client.c.id == free.c.client_id)
        .values(last_visit_at=now)
        .add_cte(seen)
    )


def mark_console_seen(tx: Transaction, device_id: UUID, address: str, now: datetime) -> None:
    """Write down that a practitioner's device is in use."""
    tx.execute(
        update(device).where(device.c.id == device_id).values(last_seen_at=now, address=address)
    )


def mark_visit(tx: Transaction, client_id: UUID, now: datetime) -> None:
    """Write down a client's visit, unless another transaction holds the row."""
    free = (
        select(client.c.id)
        .where(client.c.id == client_id)
        .with_for_update(skip_locked=True, key_share=True)
        .scalar_subquery()
    )
    tx.execute(update(client).where(client.c.id == free).values(last_visit_at=now))


def come_by(tx: Transaction, device_id: UUID, link_id: UUID) -> None:
    """Write down another link as the one that a device came in by."""
    tx.execute(update(device).where(device.c.id == device_id).values(link_id=link_id))


def end_by_hash(tx: Transaction, device_hash: str, now: datetime) -> StoredDevice | None:
    """End the device of a cookie; the device, or None when none was signed in."""
    ended = tx.execute(
        update(device)
        .where(device.c.device_hash == device_hash, is_live(now))
        .values(ended_at=now)
        .returning(*_STORED)
    )
    return _first(ended)


def end_one(tx: Transaction, device_id: UUID, now: datetime) -> bool:
    """End a device; False when it had ended."""
    ended = tx.execute(
        update(device).where(device.c.id == device_id, is_live(now)).values(ended_at=now)
    )
    return bool(ended.rowcount)


def end_of_client(tx: Transaction, client_id: UUID, now: datetime) -> Sequence[UUID]:
    """End every device of a client; their ids."""
    return _end_all(tx, device.c.client_id == client_id, now)


def end_of_practitioner(
    tx: Transaction, practitioner_id: UUID, now: datetime, *, but: str | None = None
) -> Sequence[UUID]:
    """End every device of a practitioner but the one of this cookie hash; their ids."""
    others = device.c.practitioner_id == practitioner_id
    return _end_all(tx, others if but is None else and_(others, device.c.device_hash != but), now)


def find(tx: Transaction, device_id: UUID, practice_id: UUID) -> StoredDevice | None:
    """A device of this practice, ended or not, or None."""
    query = select(*_STORED).where(device.c.id == device_id, device.c.practice_id == practice_id)
    return _first(tx.execute(query))


def by_id(tx: Transaction, device_id: UUID) -> StoredDevice | None:
    """A device of whichever practice, ended or not, or None."""
    return _first(tx.execute(select(*_STORED).where(device.c.id == device_id)))


def live_of_client(tx: Transaction, client_id: UUID, now: datetime) -> list[StoredDevice]:
    """A client's devices that are signed in, last used first."""
    return _live(tx, device.c.client_id == client_id, now)


def live_of_practitioner(
    tx: Transaction, practitioner_id: UUID, now: datetime
) -> list[StoredDevice]:
    """A practitioner's devices that are signed in, last used first."""
    return _live(tx, device.c.practitioner_id == practitioner_id, now)


def live_of_practice(tx: Transaction, practice_id: UUID, now: datetime) -> list[StoredDevice]:
    """All devices of a practice that are signed in, last used first."""
    return _live(tx, device.c.practice_id == practice_id, now)


def prune_ended(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete devices whose time has been over for longer than `kept`; how many."""
    # `ends_at` is the last instant at which a device can have been signed in.
    return tx.execute(delete(device).where(device.c.ends_at < now - kept)).rowcount


def is_live(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Neither ended nor past its idle or absolute limit."""
    at = now if isinstance(now, BindParameter) else literal(now, device.c.ends_at.type)
    idle = func.make_interval(0, 0, 0, 0, 0, 0, device.c.idle_seconds)
    return and_(
        device.c.ended_at.is_(None),
        device.c.ends_at > at,
        device.c.last_seen_at + idle > at,
    )


# Asked with every request of a person, and so put together once.
_OF_COOKIE = (
    device.c.device_hash == bindparam("device_hash", type_=device.c.device_hash.type),
    is_live(bindparam("now", type_=device.c.ends_at.type)),
)
_CLIENTS_DEVICE = (
    select(*_SIGNED_IN, REVEALED_LINK.label("revealed_link"), *CLIENT, *PRACTICE)
    .select_from(device)
    .join(client, client.c.id == device.c.client_id)
    .join(practice, practice.c.id == device.c.practice_id)
    .where(*_OF_COOKIE, client.c.status == ClientStatus.ACTIVE)
)
_PRACTITIONERS_DEVICE = (
    select(*_SIGNED_IN, HAS_COLLEAGUES, *PRACTICE, *PRACTITIONER)
    .select_from(device)
    .join(practitioner, practitioner.c.id == device.c.practitioner_id)
    .join(practice, practice.c.id == device.c.practice_id)
    .where(*_OF_COOKIE, practitioner.c.deactivated_at.is_(None))
)


def _signed_in(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "practice": practice_of(row),
        "link_id": row["link_id"],
        "last_seen_at": row["last_seen_at"],
        "idle_seconds": row["idle_seconds"],
        "ends_at": row["ends_at"],
    }


def _first(found: Result[Any]) -> StoredDevice | None:
    row = found.mappings().first()
    return None if row is None else _stored(row)


def _stored(row: RowMapping) -> StoredDevice:
    return StoredDevice(**{**row, "kind": DeviceKind(row["kind"])})


def _live(tx: Transaction, condition: ColumnElement[bool], now: datetime) -> list[StoredDevice]:
    query = (
        select(*_STORED)
        .where(condition, is_live(now))
        .order_by(device.c.last_seen_at.desc(), device.c.id.desc())
    )
    return [_stored(row) for row in tx.execute(query).mappings()]


def _end_all(tx: Transaction, condition: ColumnElement[bool], now: datetime) -> Sequence[UUID]:
    ended = tx.execute(
        update(device).where(condition, is_live(now)).values(ended_at=now).returning(device.c.id)
    )
    return ended.scalars().all()
