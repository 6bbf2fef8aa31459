"""Queries on bookable services, together with the clients they are open to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Uuid,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.services import ServiceFields
from scheduling.domain.bookable_services import BookableService
from scheduling.storage.practitioners import left
from scheduling.storage.tables import bookable_service, bookable_service_client

_FIELDS = tuple(name for name in ServiceFields.__struct_fields__ if name != "chosen_client_ids")
"""What is said of a service has a column of the same name, but for the chosen clients."""


def find(
    tx: Transaction, service_id: UUID, *, practice_id: UUID, for_update: bool = False
) -> BookableService | None:
    """A service of the practice, archived or not."""
    named = {"id": service_id, "practice_id": practice_id}
    row = run(tx, _one(for_update=for_update), named).mappings().one_or_none()
    return None if row is None else _service(row)


@cache
def _one(*, for_update: bool) -> Select[Any]:
    """Put together once: that takes longer than running it."""
    query = _services().where(
        bookable_service.c.id == bindparam("id", type_=Uuid()),
        bookable_service.c.practice_id == bindparam("practice_id", type_=Uuid()),
    )
    return query.with_for_update(of=bookable_service) if for_update else query


def find_anywhere(tx: Transaction, service_id: UUID) -> BookableService | None:
    """A service of any practice, for the admin script."""
    found = tx.execute(_services().where(bookable_service.c.id == service_id))
    row = found.mappings().one_or_none()
    return None if row is None else _service(row)


def of_practitioner(
    tx: Transaction, practitioner_id: UUID, *, practice_id: UUID, with_archived: bool
) -> list[BookableService]:
    """A practitioner's services in order of their titles."""
    query = _services().where(
        bookable_service.c.practitioner_id == practitioner_id,
        bookable_service.c.practice_id == practice_id,
    )
    if not with_archived:
        query = query.where(~bookable_service.c.archived)
    return _all(tx, _by_title(query))


def open_to(tx: Transaction, client: Client) -> list[BookableService]:
    """The services the client may book without the practice, in order of their titles."""
    named = {"client_id": client.id, "practice_id": client.practice_id}
    return [_service(row) for row in run(tx, _open(), named).mappings()]


@cache
def _open() -> Select[Any]:
    return _by_title(_services().where(is_open()))


def any_other_open_to(tx: Transaction, client: Client, service_id: UUID) -> bool:
    """Whether the client may book another one than this without the practice."""
    named = {"client_id": client.id, "practice_id": client.practice_id, "but": service_id}
    return bool(run(tx, _any_other_open(), named).scalar_one())


def form_template_ids(tx: Transaction, service_id: UUID) -> list[UUID]:
    """The forms that a service asks for before an appointment."""
    return list(run(tx, _FORMS, {"service_id": service_id}).scalar_one_or_none() or ())


_FORMS = select(bookable_service.c.form_template_ids).where(
    bookable_service.c.id == bindparam("service_id", type_=bookable_service.c.id.type)
)


def any_of_practitioner(tx: Transaction, practitioner_id: UUID, *, practice_id: UUID) -> bool:
    """Whether the practitioner has a service, archived or not."""
    query = select(
        exists().where(
            bookable_service.c.practitioner_id == practitioner_id,
            bookable_service.c.practice_id == practice_id,
        )
    )
    return bool(tx.execute(query).scalar_one())


def listed(
    tx: Transaction, *, practitioner_id: UUID | None = None, limit: int
) -> list[BookableService]:
    """Services of every practice, for the admin script."""
    query = _services().order_by(bookable_service.c.practitioner_id, bookable_service.c.id)
    if practitioner_id is not None:
        query = query.where(bookable_service.c.practitioner_id == practitioner_id)
    return _all(tx, query.limit(limit))


# --- writing --------------------------------------------------------------------


def add(tx: Transaction, service: BookableService, *, now: datetime) -> None:
    """Store a new service."""
    tx.execute(
        insert(bookable_service).values(
            id=service.id,
            practice_id=service.practice_id,
            practitioner_id=service.practitioner_id,
            version=service.version,
            archived=service.archived,
            created_at=now,
            updated_at=now,
            **_columns(service.fields),
        )
    )
    _choose(tx, service.id, service.fields.chosen_client_ids)


def change(
    tx: Transaction, service_id: UUID, fields: ServiceFields, *, version: int, now: datetime
) -> None:
    """Store all that is said of a service, as `version`."""
    tx.execute(
        update(bookable_service)
        .where(bookable_service.c.id == service_id)
        .values(version=version, updated_at=now, **_columns(fields))
    )
    tx.execute(
        delete(bookable_service_client).where(bookable_service_client.c.service_id == service_id)
    )
    _choose(tx, service_id, fields.chosen_client_ids)


def set_archived(
    tx: Transaction, service_id: UUID, *, archived: bool, version: int, now: datetime
) -> None:
    """Take a service out of the offer, or bring it back, as `version`."""
    tx.execute(
        update(bookable_service)
        .where(bookable_service.c.id == service_id)
        .values(archived=archived, version=version, updated_at=now)
    )


def _choose(tx: Transaction, service_id: UUID, client_ids: Iterable[UUID]) -> None:
    rows = [{"service_id": service_id, "client_id": client_id} for client_id in client_ids]
    if rows:
        tx.execute(insert(bookable_service_client), rows)


def _columns(fields: ServiceFields) -> dict[str, Any]:
    columns = {name: getattr(fields, name) for name in _FIELDS}
    return columns | {"weekly": msgspec.to_builtins(fields.weekly)}


def _services() -> Select[Any]:
    chosen = (
        select(func.array_agg(bookable_service_client.c.client_id))
        .where(bookable_service_client.c.service_id == bookable_service.c.id)
        .scalar_subquery()
    )
    return select(
        bookable_service, chosen.label("chosen_client_ids"), left().label("practitioner_left")
    )


def _by_title(query: Select[Any]) -> Select[Any]:
    return query.order_by(func.lower(bookable_service.c.title), bookable_service.c.id)


@cache
def _any_other_open() -> Select[Any]:
    other = bookable_service.c.id != bindparam("but", type_=Uuid())
    return select(exists().where(is_open(), other))


def is_open() -> ColumnElement[bool]:
    """That a service is open to the client `client_id` of the practice `practice_id`."""
    chosen = exists().where(
        bookable_service_client.c.service_id == bookable_service.c.id,
        bookable_service_client.c.client_id == bindparam("client_id", type_=Uuid()),
    )
    return (
        (bookable_service.c.practice_id == bindparam("practice_id", type_=Uuid()))
        & ~bookable_service.c.archived
        & ~left()
        & bookable_service.c.self_scheduling
        & ((bookable_service.c.open_to == "all") | chosen)
    )


def _all(tx: Transaction, query: Select[Any]) -> list[BookableService]:
    return [_service(row) for row in tx.execute(query).mappings()]


def _service(row: RowMapping) -> BookableService:
    said = {name: row[name] for name in _FIELDS}
    said["chosen_client_ids"] = sorted(row["chosen_client_ids"] or [])
    return BookableService(
        id=row["id"],
        practice_id=row["practice_id"],
        practitioner_id=row["practitioner_id"],
        version=row["version"],
        archived=row["archived"],
        practitioner_left=row["practitioner_left"],
        fields=msgspec.convert(said, ServiceFields, strict=False),
    )
