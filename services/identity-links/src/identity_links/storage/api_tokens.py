"""Practitioners' API tokens, and who is behind a bearer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    String,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.api_tokens import NewApiToken, StoredToken
from identity_links.domain.devices import SEEN_EVERY_SECONDS, DeviceKind
from identity_links.domain.people import KnownBearer
from identity_links.domain.visibility import limited
from identity_links.storage.devices import is_live as device_is_live
from identity_links.storage.profiles import HAS_COLLEAGUES, PRACTICE, ids_or_none, practice_of
from identity_links.storage.revealed import REVEALED_LINK
from identity_links.storage.tables import api_token, client, device, practice, practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.identity_links.rpc.clients import ClientStatus

_STORED: Select[Any] = select(
    api_token.c.id,
    api_token.c.practitioner_id,
    practitioner.c.practice_id,
    api_token.c.name,
    api_token.c.scopes,
    api_token.c.created_at,
    api_token.c.expires_at,
    api_token.c.last_used_at,
    practitioner.c.name.label("owner"),
).join_from(api_token, practitioner, practitioner.c.id == api_token.c.practitioner_id)
_BEHIND: tuple[Any, ...] = (
    api_token.c.id.label("token_id"),
    api_token.c.scopes,
    api_token.c.last_used_at,
    practitioner.c.id.label("practitioner_id"),
    practitioner.c.role,
    practitioner.c.language,
    practitioner.c.works_for,
    practitioner.c.second_factor_at,
    HAS_COLLEAGUES,
    device.c.id.label("device_id"),
    device.c.last_seen_at,
    client.c.id.label("client_id"),
    client.c.language.label("client_language"),
    client.c.timezone.label("client_timezone"),
    *PRACTICE,
)


def insert_token(tx: Transaction, token_id: UUID, new: NewApiToken, now: datetime) -> bool:
    """Store a new token; False when its hash is taken."""
    inserted = tx.execute(
        insert(api_token)
        .values(
            id=token_id,
            practitioner_id=new.practitioner_id,
            token_hash=new.token_hash,
            name=new.name,
            scopes=list(new.scopes),
            created_at=now,
            expires_at=new.expires_at,
        )
        .on_conflict_do_nothing(index_elements=[api_token.c.token_hash])
        .returning(api_token.c.id)
    ).first()
    return inserted is not None


def live_of(tx: Transaction, practitioner_id: UUID, now: datetime) -> list[StoredToken]:
    """A practitioner's tokens that are neither revoked nor expired, newest first."""
    return _live(tx, api_token.c.practitioner_id == practitioner_id, now)


def live_of_practice(tx: Transaction, practice_id: UUID | None, now: datetime) -> list[StoredToken]:
    """The live tokens of a practice's practitioners, or of all, newest first."""
    condition = practitioner.c.practice_id == practice_id
    return _live(tx, literal(True) if practice_id is None else condition, now)


def count_live(tx: Transaction, practitioner_id: UUID, now: datetime) -> int:
    """How many live tokens a practitioner has."""
    query = (
        select(func.count())
        .select_from(api_token)
        .where(api_token.c.practitioner_id == practitioner_id, _is_live(now))
    )
    return int(tx.execute(query).scalar_one())


def find(tx: Transaction, token_id: UUID) -> StoredToken | None:
    """A token with its owner's practice, ended or not, or None."""
    row = tx.execute(_STORED.where(api_token.c.id == token_id)).mappings().first()
    return None if row is None else StoredToken(**row)


def revoke(tx: Transaction, token_id: UUID, now: datetime) -> bool:
    """End a token; False when it had ended."""
    ended = tx.execute(
        update(api_token).where(api_token.c.id == token_id, _is_live(now)).values(revoked_at=now)
    )
    return bool(ended.rowcount)


def behind_bearer(tx: Transaction, bearer_hash: str, now: datetime) -> KnownBearer | None:
    """Who is behind a bearer: a live token's practitioner, or a live device's active client.

    A device that a link let in which the practice saw is no bearer.

    One statement, by two unique indexes.
    """
    key = select(literal(bearer_hash, String(64)).label("hash")).subquery("key")
    query = (
        select(*_BEHIND)
        .select_from(key)
        .outerjoin(api_token, and_(api_token.c.token_hash == key.c.hash, _is_live(now)))
        .outerjoin(
            practitioner,
            and_(
                practitioner.c.id == api_token.c.practitioner_id,
                practitioner.c.deactivated_at.is_(None),
            ),
        )
        .outerjoin(
            device,
            and_(
                device.c.device_hash == key.c.hash,
                device.c.kind == DeviceKind.CLIENT,
                device_is_live(now),
                REVEALED_LINK.is_(None),
            ),
        )
        .outerjoin(
            client,
            and_(client.c.id == device.c.client_id, client.c.status == ClientStatus.ACTIVE),
        )
        .join(
            practice,
            practice.c.id == func.coalesce(practitioner.c.practice_id, client.c.practice_id),
        )
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else _known(row)


def revoke_of_practitioner(tx: Transaction, practitioner_id: UUID, now: datetime) -> Sequence[UUID]:
    """End every live token of a practitioner; their ids."""
    ended = tx.execute(
        update(api_token)
        .where(api_token.c.practitioner_id == practitioner_id, _is_live(now))
        .values(revoked_at=now)
        .returning(api_token.c.id)
    )
    return ended.scalars().all()


def mark_used(tx: Transaction, token_id: UUID, now: datetime) -> None:
    """Write down that a token is in use, unless another request did so within the minute."""
    due = api_token.c.last_used_at <= now - timedelta(seconds=SEEN_EVERY_SECONDS)
    tx.execute(
        update(api_token)
        .where(api_token.c.id == token_id, or_(api_token.c.last_used_at.is_(None), due))
        .values(last_used_at=now)
    )


def prune_expired(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete tokens whose time has been over for longer than `kept`; how many."""
    return tx.execute(delete(api_token).where(api_token.c.expires_at < now - kept)).rowcount


def _is_live(now: datetime) -> ColumnElement[bool]:
    return and_(api_token.c.revoked_at.is_(None), api_token.c.expires_at > now)


def _live(tx: Transaction, condition: ColumnElement[bool], now: datetime) -> list[StoredToken]:
    query = _STORED.where(condition, _is_live(now)).order_by(
        api_token.c.created_at.desc(), api_token.c.id.desc()
    )
    return [StoredToken(**row) for row in tx.execute(query).mappings()]


def _known(row: RowMapping) -> KnownBearer:
    bearers_practice = practice_of(row)
    if row["token_id"] is None:
        actor = Actor(kind=ActorKind.CLIENT, id=row["client_id"], practice_id=row["practice_id"])
        return KnownBearer(
            id=row["device_id"],
            actor=actor,
            practice=bearers_practice,
            language=row["client_language"],
            timezone=row["client_timezone"],
            used_at=row["last_seen_at"],
        )
    actor = Actor(
        kind=ActorKind.PRACTITIONER,
        id=row["practitioner_id"],
        practice_id=row["practice_id"],
        role=Role(row["role"]),
        scopes=tuple(row["scopes"]),
        token_id=row["token_id"],
        works_for=ids_or_none(row["works_for"]),
    )
    return KnownBearer(
        id=row["token_id"],
        actor=limited(
            actor,
            bearers_practice.fields.client_visibility,
            has_colleagues=row["has_colleagues"],
        ),
        practice=bearers_practice,
        language=row["language"],
        timezone=bearers_practice.fields.timezone,
        used_at=row["last_used_at"],
        second_factor_at=row["second_factor_at"],
    )
