"""Portal links and the hashes of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, Select, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from identity_links.domain.links import NewLink, StoredLink
from identity_links.domain.people import PortalLink
from identity_links.storage.profiles import CLIENT, PRACTICE, client_of, practice_of
from identity_links.storage.tables import client, link_token, portal_link, practice
from portal_chassis.database.prepared import given, run
from portal_chassis.database.transactions import Transaction
from portal_contracts.identity_links.rpc.targets import (
    REVEALED,
    LinkCause,
    Target,
    TargetKind,
)

_LINK = tuple(
    portal_link.c[name]
    for name in (
        "id",
        "cause",
        "target_kind",
        "target_id",
        "created_at",
        "expires_at",
        "revoked_at",
        "used_at",
        "mailed_to",
    )
)
_USE = tuple(portal_link.c[name] for name in ("last_used_at", "opens", "scans", "delivery_id"))

# Put together once: that takes longer than running them.
_MADE = (
    upsert(portal_link)
    .values(
        given(
            *(
                portal_link.c[name]
                for name in (
                    "id",
                    "practice_id",
                    "client_id",
                    "cause",
                    "target_kind",
                    "target_id",
                    "created_at",
                    "expires_at",
                    "delivery_id",
                    "mailed_to",
                )
            )
        )
    )
    .on_conflict_do_nothing(index_elements=[portal_link.c.delivery_id])
    .returning(portal_link.c.id)
    .cte("made")
)
_TOKEN = given(link_token.c.token_hash, link_token.c.link_id, link_token.c.created_at)
_REGISTERED = (
    upsert(link_token)
    .from_select(list(_TOKEN), select(_TOKEN["token_hash"], _MADE.c.id, _TOKEN["created_at"]))
    .on_conflict_do_nothing()
    .returning(link_token.c.token_hash)
    .cte("registered")
)
_INSERT_LINK_OF_DELIVERY = select(
    exists(select(_MADE.c.id)).label("made"),
    exists(select(_REGISTERED.c.token_hash)).label("registered"),
)
_INSERT_TOKEN = (
    upsert(link_token).values(_TOKEN).on_conflict_do_nothing().returning(link_token.c.token_hash)
)


def insert_link(tx: Transaction, new: NewLink) -> None:
    """Store a new link; it has no token yet."""
    tx.execute(
        insert(portal_link).values(
            id=new.id,
            practice_id=new.practice_id,
            client_id=new.client_id,
            cause=new.cause,
            target_kind=new.target.kind,
            target_id=new.target.id,
            created_at=new.created_at,
            expires_at=new.expires_at,
            mailed_to=new.mailed_to,
            made_by=new.made_by,
        )
    )


class Inserted(NamedTuple):
    """What was stored of a link and its token; no token where no link was."""

    made: bool
    registered: bool


def insert_link_of_delivery(
    tx: Transaction, delivery_id: UUID, link: PortalLink, token_hash: str
) -> Inserted:
    """Store the link that comes with a mail, and its token, unless the mail has a link already."""
    row = {
        "id": link.id,
        "practice_id": link.practice.id,
        "client_id": link.client.id,
        "cause": link.cause,
        "target_kind": link.target.kind,
        "target_id": link.target.id,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "delivery_id": delivery_id,
        "mailed_to": link.mailed_to,
        "token_hash": token_hash,
    }
    stored = run(tx, _INSERT_LINK_OF_DELIVERY, row).all()[0]
    return Inserted(stored.made, stored.registered)


def insert_token(tx: Transaction, link_id: UUID, token_hash: str, now: datetime) -> bool:
    """Register a token of a link; False when it is another link's. Safe to repeat."""
    row = {"token_hash": token_hash, "link_id": link_id, "created_at": now}
    if run(tx, _INSERT_TOKEN, row).first() is not None:
        return True
    owner = tx.execute(select(link_token.c.link_id).where(link_token.c.token_hash == token_hash))
    return bool(owner.scalar_one() == link_id)


def by_token(tx: Transaction, token_hash: str, *, lock: bool = False) -> PortalLink | None:
    """The link of a token; `lock` holds the link's row until the transaction ends."""
    query = _links().join(link_token, link_token.c.link_id == portal_link.c.id)
    return _one(tx, query.where(link_token.c.token_hash == token_hash), lock=lock)


def by_id(tx: Transaction, link_id: UUID) -> PortalLink | None:
    """A link by its id, whoever's it is."""
    return _one(tx, _links().where(portal_link.c.id == link_id), lock=False)


def of_delivery(tx: Transaction, delivery_id: UUID) -> PortalLink | None:
    """The link that comes with a mail, or None."""
    return _one(tx, _links().where(portal_link.c.delivery_id == delivery_id), lock=False)


def count_scan(tx: Transaction, link_id: UUID) -> None:
    """Count a request that only looked."""
    tx.execute(
        update(portal_link).where(portal_link.c.id == link_id).values(scans=portal_link.c.scans + 1)
    )


def count_open(tx: Transaction, link_id: UUID, now: datetime, *, use_up: bool) -> None:
    """Count an entry by a person; `use_up` consumes a single-use link."""
    values: dict[str, Any] = {"opens": portal_link.c.opens + 1, "last_used_at": now}
    if use_up:
        values["used_at"] = now
    tx.execute(update(portal_link).where(portal_link.c.id == link_id).values(**values))


def of_client(tx: Transaction, client_id: UUID, practice_id: UUID) -> list[StoredLink]:
    """Every link of a client, newest first."""
    query = (
        select(*_LINK, *_USE)
        .where(portal_link.c.client_id == client_id, portal_link.c.practice_id == practice_id)
        .order_by(portal_link.c.created_at.desc(), portal_link.c.id.desc())
    )
    return [
        StoredLink(**_link(row), **{column.name: row[column.name] for column in _USE})
        for row in tx.execute(query).mappings()
    ]


def client_of_link(tx: Transaction, link_id: UUID, practice_id: UUID) -> UUID | None:
    """Whose link it is, or None when the practice has no such link."""
    query = select(portal_link.c.client_id).where(
        portal_link.c.id == link_id, portal_link.c.practice_id == practice_id
    )
    return tx.execute(query).scalar_one_or_none()


def revoke(tx: Transaction, link_id: UUID, now: datetime) -> bool:
    """Revoke a link; False when it was revoked before."""
    revoked = tx.execute(
        update(portal_link)
        .where(portal_link.c.id == link_id, portal_link.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(revoked.rowcount)


def revoke_live(tx: Transaction, client_id: UUID, now: datetime) -> Sequence[UUID]:
    """Revoke every link of a client that still works; their ids."""
    revoked = tx.execute(
        update(portal_link)
        .where(
            portal_link.c.client_id == client_id,
            portal_link.c.revoked_at.is_(None),
            portal_link.c.used_at.is_(None),
            portal_link.c.expires_at > now,
        )
        .values(revoked_at=now)
        .returning(portal_link.c.id)
    )
    return revoked.scalars().all()


def revoke_mailed(tx: Transaction, client_id: UUID, now: datetime) -> Sequence[UUID]:
    """Revoke every link of a client that still works and was not shown; their ids.

    One that came with a mail leaves its delivery, which may get another link for another address.
    """
    revoked = tx.execute(
        update(portal_link)
        .where(
            portal_link.c.client_id == client_id,
            portal_link.c.cause.not_in(REVEALED),
            portal_link.c.revoked_at.is_(None),
            portal_link.c.used_at.is_(None),
            portal_link.c.expires_at > now,
        )
        .values(revoked_at=now, delivery_id=None)
        .returning(portal_link.c.id)
    )
    return revoked.scalars().all()


def end_requested(tx: Transaction, client_id: UUID, now: datetime) -> None:
    """Let every link that a client asked for, and that still works, expire now."""
    tx.execute(
        update(portal_link)
        .where(
            portal_link.c.client_id == client_id,
            portal_link.c.cause == LinkCause.REQUESTED,
            portal_link.c.revoked_at.is_(None),
            portal_link.c.used_at.is_(None),
            portal_link.c.expires_at > now,
        )
        .values(expires_at=now)
    )


def _links() -> Select[Any]:
    return (
        select(*_LINK, *CLIENT, *PRACTICE)
        .select_from(portal_link)
        .join(client, client.c.id == portal_link.c.client_id)
        .join(practice, practice.c.id == portal_link.c.practice_id)
    )


def _one(tx: Transaction, query: Select[Any], *, lock: bool) -> PortalLink | None:
    if lock:
        query = query.with_for_update(of=portal_link, key_share=True)
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    return PortalLink(client=client_of(row), practice=practice_of(row), **_link(row))


def _link(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "cause": LinkCause(row["cause"]),
        "target": Target(kind=TargetKind(row["target_kind"]), id=row["target_id"]),
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "revoked_at": row["revoked_at"],
        "used_at": row["used_at"],
        "mailed_to": row["mailed_to"],
    }
