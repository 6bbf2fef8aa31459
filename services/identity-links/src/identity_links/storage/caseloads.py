"""Caseloads: who sees which clients. Every statement goes by an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from identity_links.domain.visibility import (
    MainPractitioner,
    Standing,
    holders,
    may_open_in_emergency,
)
from identity_links.storage.tables import caseload, client, emergency_access, practitioner
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import Actor, Role
from portal_contracts.identity_links.rpc.caseload import CaseloadKind
from portal_contracts.permissions import Permission, sees_every_client


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A practitioner in whose caseload a client is; `added_by`: the name of who did it, or ""."""

    practitioner_id: UUID
    name: str = field(repr=False)
    role: Role
    kind: CaseloadKind
    since: datetime
    added_by: str = field(repr=False)


def standing(tx: Transaction, client_id: UUID, actor: Actor, now: datetime) -> Standing:
    """How `actor` stands to a client, in one statement."""
    held = exists().where(
        caseload.c.client_id == client_id, caseload.c.practitioner_id.in_(holders(actor))
    )
    opened: ColumnElement[bool] = false()
    if may_open_in_emergency(actor):
        opened = exists().where(emergency_access.c.client_id == client_id, _is_open(actor, now))
    row = tx.execute(select(held.label("held"), opened.label("opened"))).one()
    return Standing(in_caseload=row.held, emergency=row.opened)


def visible(
    column: ColumnElement[UUID], actor: Actor, permission: Permission
) -> ColumnElement[bool]:
    """That the client in `column` is shown to `actor`, as far as `permission` goes."""
    if sees_every_client(actor, permission):
        return true()
    return column.in_(_held_by(actor))


def shown(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """That a row of the clients is shown to `actor`; see `visible`."""
    return visible(client.c.id, actor, permission)


def visible_ids(tx: Transaction, actor: Actor, now: datetime) -> list[UUID] | None:
    """The ids of the clients of whom `actor` sees all; None: of all of the practice."""
    if sees_every_client(actor, Permission.SUMMARIES_READ):
        return None
    query = _held_by(actor)
    if may_open_in_emergency(actor):
        opened = select(emergency_access.c.client_id).where(_is_open(actor, now))
        return list(tx.execute(query.union(opened)).scalars())
    return list(tx.execute(query).scalars())


def of_client(tx: Transaction, client_id: UUID) -> list[Entry]:
    """Who sees the client, the main practitioner first, then in the order of their coming."""
    added_by = practitioner.alias()
    query = (
        select(
            caseload.c.practitioner_id,
            practitioner.c.name,
            practitioner.c.role,
            caseload.c.kind,
            caseload.c.since,
            func.coalesce(added_by.c.name, "").label("added_by"),
        )
        .join(practitioner, practitioner.c.id == caseload.c.practitioner_id)
        .outerjoin(added_by, added_by.c.id == caseload.c.added_by)
        .where(caseload.c.client_id == client_id)
        .order_by(caseload.c.kind, caseload.c.since, caseload.c.practitioner_id)
    )
    return [
        Entry(**{**row, "kind": CaseloadKind(row["kind"]), "role": Role(row["role"])})
        for row in tx.execute(query).mappings()
    ]


def main_practitioners(tx: Transaction, client_ids: Sequence[UUID]) -> dict[UUID, MainPractitioner]:
    """Client id to the main practitioner, of those clients who have one."""
    query = (
        select(caseload.c.client_id, practitioner.c.id, practitioner.c.name)
        .join(practitioner, practitioner.c.id == caseload.c.practitioner_id)
        .where(caseload.c.client_id.in_(client_ids), caseload.c.kind == CaseloadKind.OWN)
    )
    return {row.client_id: MainPractitioner(row.id, row.name) for row in tx.execute(query)}


def add(
    tx: Transaction,
    client_id: UUID,
    practitioner_id: UUID,
    practice_id: UUID,
    kind: CaseloadKind,
    *,
    added_by: UUID | None,
    now: datetime,
) -> bool:
    """Put a client into a caseload; False when she is in it already, which stays as it is."""
    added = tx.execute(
        insert(caseload)
        .values(
            client_id=client_id,
            practitioner_id=practitioner_id,
            practice_id=practice_id,
            kind=kind,
            since=now,
            added_by=added_by,
        )
        .on_conflict_do_nothing()
        .returning(caseload.c.client_id)
    )
    return added.first() is not None


def add_as_it_comes(
    tx: Transaction,
    client_id: UUID,
    practitioner_id: UUID,
    practice_id: UUID,
    *,
    added_by: UUID | None,
    now: datetime,
) -> CaseloadKind | None:
    """Put a client into a caseload: as an own one unless she has a main practitioner.

    Returns:
        How she came in; None when she was in it already.
    """
    for kind in CaseloadKind:
        if add(tx, client_id, practitioner_id, practice_id, kind, added_by=added_by, now=now):
            return kind
    return None


def has(tx: Transaction, client_id: UUID, practitioner_id: UUID) -> bool:
    """Whether a client is in a practitioner's caseload."""
    named = {"client_id": client_id, "practitioner_id": practitioner_id}
    return run(tx, _HAS, named).first() is not None


def remove(tx: Transaction, client_id: UUID, practitioner_id: UUID) -> bool:
    """Take a client out of a caseload; False when she is not in it."""
    where = (caseload.c.client_id == client_id, caseload.c.practitioner_id == practitioner_id)
    return bool(tx.execute(delete(caseload).where(*where)).rowcount)


def hand_over(
    tx: Transaction,
    client_ids: Sequence[UUID],
    to: UUID,
    practice_id: UUID,
    *,
    keep_shared: bool,
    added_by: UUID | None,
    now: datetime,
) -> None:
    """Make `to` the main practitioner of clients whose rows the caller has locked.

    `keep_shared`: whoever was it goes on seeing them; else not.
    """
    of_former = and_(
        caseload.c.client_id.in_(client_ids),
        caseload.c.kind == CaseloadKind.OWN,
        caseload.c.practitioner_id != to,
    )
    if keep_shared:
        tx.execute(update(caseload).where(of_former).values(kind=CaseloadKind.SHARED))
    else:
        tx.execute(delete(caseload).where(of_former))
    for client_id in client_ids:
        if not add(tx, client_id, to, practice_id, CaseloadKind.OWN, added_by=added_by, now=now):
            tx.execute(
                update(caseload)
                .where(
                    caseload.c.client_id == client_id,
                    caseload.c.practitioner_id == to,
                    caseload.c.kind != CaseloadKind.OWN,
                )
                .values(kind=CaseloadKind.OWN, since=now, added_by=added_by)
            )


def of_practitioner(
    tx: Transaction, practitioner_id: UUID, kind: CaseloadKind | None = None
) -> list[UUID]:
    """The clients in a practitioner's caseload; of one kind if that is named."""
    query = select(caseload.c.client_id).where(caseload.c.practitioner_id == practitioner_id)
    if kind is not None:
        query = query.where(caseload.c.kind == kind)
    return list(tx.execute(query.order_by(caseload.c.client_id)).scalars())


def shown_of(tx: Transaction, practitioner_id: UUID, actor: Actor) -> list[UUID]:
    """The clients in a practitioner's caseload whose contacts are shown to `actor`."""
    query = select(caseload.c.client_id).where(
        caseload.c.practitioner_id == practitioner_id,
        caseload.c.practice_id == actor.practice_id,
        visible(caseload.c.client_id, actor, Permission.CLIENTS_READ),
    )
    return list(tx.execute(query).scalars())


def count_of(tx: Transaction, practitioner_ids: Sequence[UUID]) -> int:
    """How many clients are in the caseload of one of these practitioners at least."""
    query = select(func.count(caseload.c.client_id.distinct())).where(
        caseload.c.practitioner_id.in_(practitioner_ids)
    )
    return int(tx.execute(query).scalar_one())


def sizes(tx: Transaction, practice_id: UUID) -> dict[UUID, int]:
    """How many clients are in each practitioner's caseload, of those who have any."""
    query = (
        select(caseload.c.practitioner_id, func.count().label("clients"))
        .where(caseload.c.practice_id == practice_id)
        .group_by(caseload.c.practitioner_id)
    )
    return {row.practitioner_id: row.clients for row in tx.execute(query)}


def count_unassigned(tx: Transaction, practice_id: UUID) -> int:
    """How many clients of the practice are in nobody's caseload."""
    held = select(caseload.c.client_id).where(caseload.c.client_id == client.c.id).exists()
    query = (
        select(func.count()).select_from(client).where(client.c.practice_id == practice_id, ~held)
    )
    return int(tx.execute(query).scalar_one())


def own_ids(tx: Transaction, practice_id: UUID, client_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that are clients of the practice; locked against being erased meanwhile."""
    query = (
        select(client.c.id)
        .where(client.c.practice_id == practice_id, client.c.id.in_(set(client_ids)))
        .order_by(client.c.id)
        .with_for_update(key_share=True, read=True)
    )
    return set(tx.execute(query).scalars())


_HAS = select(caseload.c.client_id).where(
    caseload.c.client_id == bindparam("client_id", type_=caseload.c.client_id.type),
    caseload.c.practitioner_id
    == bindparam("practitioner_id", type_=caseload.c.practitioner_id.type),
)


def _held_by(actor: Actor) -> Select[Any]:
    return select(caseload.c.client_id).where(caseload.c.practitioner_id.in_(holders(actor)))


def _is_open(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(
        emergency_access.c.practitioner_id == actor.id,
        emergency_access.c.until > now,
        or_(emergency_access.c.closed_at.is_(None), emergency_access.c.closed_at > now),
    )
