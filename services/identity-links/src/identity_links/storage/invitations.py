"""Queries on invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.invitations import InvitationEnd, StoredInvitation
from identity_links.storage.profiles import ids_or_none
from identity_links.storage.tables import invitation, invitation_token, practitioner
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Role

_NAMES = (
    "id",
    "practice_id",
    "name",
    "email",
    "role",
    "works_for",
    "language",
    "invited_by",
    "created_at",
    "expires_at",
    "ended_by",
)


def insert_invitation(tx: Transaction, new: StoredInvitation, email_key: str) -> bool:
    """Store a new invitation; False when one is open for the address in this practice."""
    inserted = tx.execute(
        insert(invitation)
        .values(
            **{name: getattr(new, name) for name in _NAMES if name != "works_for"},
            works_for=None if new.works_for is None else list(new.works_for),
            email_key=email_key,
        )
        .on_conflict_do_nothing()
        .returning(invitation.c.id)
    ).first()
    return inserted is not None


def insert_token(tx: Transaction, invitation_id: UUID, token_hash: str, now: datetime) -> bool:
    """Register the token of one mail; safe to repeat, False when it is another invitation's."""
    tx.execute(
        insert(invitation_token)
        .values(token_hash=token_hash, invitation_id=invitation_id, created_at=now)
        .on_conflict_do_nothing()
    )
    owner = select(invitation_token.c.invitation_id).where(
        invitation_token.c.token_hash == token_hash
    )
    return bool(tx.execute(owner).scalar_one() == invitation_id)


def by_token(tx: Transaction, token_hash: str, *, lock: bool = False) -> StoredInvitation | None:
    """The invitation of a token, or None; `lock` keeps others from ending it meanwhile."""
    query = _invitations().join(
        invitation_token, invitation_token.c.invitation_id == invitation.c.id
    )
    query = query.where(invitation_token.c.token_hash == token_hash)
    return _first(tx, query.with_for_update(of=invitation) if lock else query)


def find(tx: Transaction, invitation_id: UUID, practice_id: UUID) -> StoredInvitation | None:
    """An invitation of this practice, locked until the transaction ends, or None."""
    query = _invitations().where(
        invitation.c.id == invitation_id, invitation.c.practice_id == practice_id
    )
    return _first(tx, query.with_for_update(of=invitation))


def by_id(tx: Transaction, invitation_id: UUID) -> StoredInvitation | None:
    """An invitation of whichever practice, locked until the transaction ends, or None."""
    query = _invitations().where(invitation.c.id == invitation_id)
    return _first(tx, query.with_for_update(of=invitation))


def not_ended(tx: Transaction, practice_id: UUID) -> list[StoredInvitation]:
    """The invitations of a practice that are open or expired, the newest first."""
    query = _invitations().where(
        invitation.c.practice_id == practice_id, invitation.c.ended_at.is_(None)
    )
    rows = tx.execute(query.order_by(invitation.c.id.desc())).mappings()
    return [_invitation(row) for row in rows]


def of_address(tx: Transaction, practice_id: UUID, email_key: str) -> StoredInvitation | None:
    """The invitation of an address that is open or expired, or None."""
    query = _invitations().where(
        invitation.c.practice_id == practice_id,
        invitation.c.email_key == email_key,
        invitation.c.ended_at.is_(None),
    )
    return _first(tx, query.with_for_update(of=invitation))


def count_open(tx: Transaction, practice_id: UUID, now: datetime) -> int:
    """How many invitations of a practice are open."""
    query = (
        select(func.count())
        .select_from(invitation)
        .where(
            invitation.c.practice_id == practice_id,
            invitation.c.ended_at.is_(None),
            invitation.c.expires_at > now,
        )
    )
    return int(tx.execute(query).scalar_one())


def end(tx: Transaction, invitation_id: UUID, ended_by: InvitationEnd, now: datetime) -> bool:
    """End an invitation; False when it had ended."""
    return bool(_end(tx, invitation.c.id == invitation_id, ended_by, now))


def end_of_inviter(tx: Transaction, practitioner_id: UUID, now: datetime) -> Sequence[UUID]:
    """Withdraw every invitation that a practitioner sent; their ids."""
    return _end(tx, invitation.c.invited_by == practitioner_id, InvitationEnd.WITHDRAWN, now)


def prune(tx: Transaction, now: datetime, kept: timedelta) -> int:
    """Delete invitations whose time has been over for longer than `kept`; how many."""
    over = invitation.c.expires_at < now - kept
    return tx.execute(delete(invitation).where(over)).rowcount


def _end(
    tx: Transaction, which: ColumnElement[bool], ended_by: InvitationEnd, now: datetime
) -> Sequence[UUID]:
    ended = tx.execute(
        update(invitation)
        .where(which, invitation.c.ended_at.is_(None))
        .values(ended_at=now, ended_by=ended_by)
        .returning(invitation.c.id)
    )
    return ended.scalars().all()


def _invitations() -> Select[tuple[object, ...]]:
    return select(
        *(invitation.c[name] for name in _NAMES),
        practitioner.c.name.label("inviter_name"),
    ).outerjoin(practitioner, practitioner.c.id == invitation.c.invited_by)


def _first(tx: Transaction, query: Select[tuple[object, ...]]) -> StoredInvitation | None:
    row = tx.execute(query).mappings().first()
    return None if row is None else _invitation(row)


def _invitation(row: RowMapping) -> StoredInvitation:
    said = {name: row[name] for name in _NAMES}
    said["role"] = Role(said["role"])
    said["works_for"] = ids_or_none(said["works_for"])
    said["ended_by"] = None if said["ended_by"] is None else InvitationEnd(said["ended_by"])
    return StoredInvitation(**said, inviter_name=row["inviter_name"] or "")
