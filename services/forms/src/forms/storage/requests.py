"""Queries on form requests: with the version sent, and how far the draft is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    update,
)

from forms.domain.requests import ANSWERED, OPEN, FormRequest
from forms.storage.tables import draft, form_request, template_version
from portal_chassis.authority.ownership import Client
from portal_chassis.database.prepared import run
from portal_chassis.database.transactions import Transaction
from portal_contracts.forms.rpc.questions import FormDocument, RequestState


def add(
    tx: Transaction,
    request_id: UUID,
    client: Client,
    *,
    version_id: UUID,
    sent_by: UUID,
    due_on: date | None,
    now: datetime,
) -> None:
    """Store a form that was just sent."""
    tx.execute(
        insert(form_request).values(
            id=request_id,
            practice_id=client.practice_id,
            client_id=client.id,
            template_version_id=version_id,
            sent_by=sent_by,
            sent_at=now,
            due_on=due_on,
            state=RequestState.NOT_OPENED,
            updated_at=now,
        )
    )


def open_of(tx: Transaction, client: Client) -> tuple[FormRequest, ...]:
    """The forms that wait for the client, the most urgent first.

    By due day, so that the overdue come first without asking whose today it
    is; those without a day follow; of equal days the one sent earlier.
    """
    return tuple(request_of(row) for row in run(tx, _open(), _owner_parameters(client)))


def answered_of(tx: Transaction, client: Client, *, limit: int) -> tuple[FormRequest, ...]:
    """The forms the client has sent, the latest first."""
    rows = run(tx, _answered(), {"most": limit, **_owner_parameters(client)})
    return tuple(request_of(row) for row in rows)


def count_answered(tx: Transaction, client: Client) -> int:
    """How many forms the client has sent."""
    return int(run(tx, _answered_total(), _owner_parameters(client)).scalar_one())


def count_open(tx: Transaction, client_ids: Sequence[UUID], practice_id: UUID) -> dict[UUID, int]:
    """How many forms of the practice wait for each of these clients; none is absent."""
    query = (
        select(form_request.c.client_id, func.count().label("waiting"))
        .where(
            form_request.c.client_id.in_(client_ids),
            form_request.c.practice_id == practice_id,
            form_request.c.state.in_(OPEN),
        )
        .group_by(form_request.c.client_id)
    )
    return {row.client_id: row.waiting for row in tx.execute(query)}


def waits(tx: Transaction, client: Client, template_id: UUID) -> bool:
    """Whether a form of this template waits for the client, in any version."""
    query = select(
        exists().where(
            form_request.c.client_id == client.id,
            form_request.c.practice_id == client.practice_id,
            form_request.c.state.in_(OPEN),
            form_request.c.template_version_id == template_version.c.id,
            template_version.c.template_id == template_id,
        )
    )
    return bool(tx.execute(query).scalar_one())


def find(
    tx: Transaction,
    request_id: UUID,
    *,
    practice_id: UUID | None = None,
    client_id: UUID | None = None,
    lock: bool = False,
) -> FormRequest | None:
    """One request, of this practice and client where they are named.

    With `lock` it is kept from changing until the transaction ends.
    """
    named = {"id": request_id, "practice_id": practice_id, "client_id": client_id}
    given = {name: value for name, value in named.items() if value is not None}
    if lock:
        lock_named(tx, given)
    row = run(tx, _named(frozenset(given)), given).one_or_none()
    return None if row is None else request_of(row)


def lock_named(tx: Transaction, named: Mapping[str, UUID]) -> None:
    """Keep the request with these values in these columns from changing; see `find`.

    A query of its own: what is read after it is as the former holder of the lock left it.
    """
    run(tx, _lock_named(frozenset(named)), named)


MOST_DOCUMENTS = 32
_documents: dict[UUID, FormDocument] = {}
"""By version, the one that was read first at the front. A form that is filled in is read again
with each answer."""


def document_of(tx: Transaction, version_id: UUID) -> FormDocument:
    """The document of a version, which never changes: the latest few are kept in memory."""
    document = _documents.get(version_id)
    if document is None:
        query = select(template_version.c.document).where(template_version.c.id == version_id)
        document = msgspec.convert(tx.execute(query).scalar_one(), FormDocument)
        _documents[version_id] = document
        if len(_documents) > MOST_DOCUMENTS:
            _documents.pop(next(iter(_documents)), None)
    return document


def hand_over(
    tx: Transaction,
    giver: UUID,
    taker: UUID,
    *,
    practice_id: UUID,
    client_ids: Sequence[UUID] | None,
    now: datetime,
) -> int:
    """Have another practitioner look after forms that are not reviewed yet; how many."""
    conditions = [
        form_request.c.practice_id == practice_id,
        func.coalesce(form_request.c.taken_over_by, form_request.c.sent_by) == giver,
        form_request.c.state.in_((*OPEN, RequestState.SUBMITTED)),
    ]
    if client_ids is not None:
        conditions.append(form_request.c.client_id.in_(client_ids))
    return tx.execute(
        update(form_request).where(*conditions).values(taken_over_by=taker, updated_at=now)
    ).rowcount


def change(tx: Transaction, request_id: UUID, *, now: datetime, **values: Any) -> None:
    """Store what has changed of a locked request."""
    tx.execute(
        update(form_request).where(form_request.c.id == request_id).values(updated_at=now, **values)
    )


# These statements are put together once: that takes longer than running them.


@cache
def _named(columns: frozenset[str]) -> Select[Any]:
    return select_requests().where(*having(columns))


@cache
def _lock_named(columns: frozenset[str]) -> Select[Any]:
    return select(form_request.c.id).where(*having(columns)).with_for_update()


def having(columns: Iterable[str]) -> list[ColumnElement[bool]]:
    """That a request has, in these columns, the values of the parameters of the same names."""
    return [form_request.c[name] == bindparam(name, type_=Uuid()) for name in sorted(columns)]


@cache
def _open() -> Select[Any]:
    return (
        select_requests()
        .where(_owned(), form_request.c.state.in_(OPEN))
        .order_by(
            form_request.c.due_on.asc().nulls_last(), form_request.c.sent_at, form_request.c.id
        )
    )


@cache
def _answered() -> Select[Any]:
    return (
        select_requests()
        .where(_owned(), form_request.c.state.in_(ANSWERED))
        .order_by(form_request.c.submitted_at.desc(), form_request.c.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )


@cache
def _answered_total() -> Select[Any]:
    return select(func.count()).where(_owned(), form_request.c.state.in_(ANSWERED))


def _owned() -> ColumnElement[bool]:
    return (form_request.c.client_id == bindparam("client_id", type_=Uuid())) & (
        form_request.c.practice_id == bindparam("practice_id", type_=Uuid())
    )


def _owner_parameters(client: Client) -> dict[str, UUID]:
    return {"client_id": client.id, "practice_id": client.practice_id}


def select_requests() -> Select[Any]:
    """Every request with what `request_of` reads of a row."""
    version = form_request.c.template_version_id == template_version.c.id
    percent = case(
        (form_request.c.state.in_(ANSWERED), 100), else_=func.coalesce(draft.c.percent, 0)
    )
    return select(
        form_request,
        template_version.c.template_id,
        template_version.c.title,
        template_version.c.minutes,
        percent.label("percent"),
    ).select_from(
        form_request.join(template_version, version).outerjoin(
            draft, draft.c.request_id == form_request.c.id
        )
    )


def request_of(row: Row[Any]) -> FormRequest:
    """The request in a row of `select_requests`."""
    return FormRequest(
        id=row.id,
        practice_id=row.practice_id,
        client_id=row.client_id,
        template_id=row.template_id,
        version_id=row.template_version_id,
        title=row.title,
        minutes=row.minutes,
        state=RequestState(row.state),
        percent=row.percent,
        due_on=row.due_on,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        opened_at=row.opened_at,
        submitted_at=row.submitted_at,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        withdrawn_at=row.withdrawn_at,
        submitted_revealed=row.submitted_revealed,
        taken_over_by=row.taken_over_by,
        unlocked_at=row.unlocked_at if row.state == RequestState.STARTED else None,
        alert_at=row.alert_at,
        alert_reviewed_at=row.alert_reviewed_at,
    )
