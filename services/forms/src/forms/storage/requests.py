"""Queries on form requests: with the version sent, and how far the draft is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select

from forms.domain.clients import Client
from forms.domain.requests import ANSWERED, OPEN, FormRequest, RequestState
from forms.storage.tables import draft, form_request, template_version
from portal_chassis.database import Transaction


def open_of(tx: Transaction, client: Client) -> tuple[FormRequest, ...]:
    """The forms that wait for the client, the most urgent first.

    By due day, so that the overdue come first without asking whose today it
    is; those without a day follow; of equal days the one sent earlier.
    """
    query = (
        _requests()
        .where(_owned_by(client), form_request.c.state.in_(OPEN))
        .order_by(
            form_request.c.due_on.asc().nulls_last(), form_request.c.sent_at, form_request.c.id
        )
    )
    return tuple(_request(row) for row in tx.execute(query))


def count_answered(tx: Transaction, client: Client) -> int:
    """How many forms the client has sent back."""
    query = select(func.count()).where(_owned_by(client), form_request.c.state.in_(ANSWERED))
    return tx.execute(query).scalar_one()


def listed(
    tx: Transaction,
    *,
    practice_id: UUID | None = None,
    client_id: UUID | None = None,
    limit: int,
) -> Sequence[FormRequest]:
    """Requests of every state, the latest sent first, for the admin script."""
    query = _requests().order_by(form_request.c.sent_at.desc(), form_request.c.id).limit(limit)
    if practice_id is not None:
        query = query.where(form_request.c.practice_id == practice_id)
    if client_id is not None:
        query = query.where(form_request.c.client_id == client_id)
    return [_request(row) for row in tx.execute(query)]


def _owned_by(client: Client) -> ColumnElement[bool]:
    return (form_request.c.client_id == client.id) & (
        form_request.c.practice_id == client.practice_id
    )


def _requests() -> Select[Any]:
    version = form_request.c.template_version_id == template_version.c.id
    return select(
        form_request.c.id,
        form_request.c.client_id,
        template_version.c.title,
        template_version.c.minutes,
        func.coalesce(draft.c.percent, 0).label("percent"),
        form_request.c.due_on,
        form_request.c.sent_at,
        form_request.c.state,
    ).select_from(
        form_request.join(template_version, version).outerjoin(
            draft, draft.c.request_id == form_request.c.id
        )
    )


def _request(row: Row[Any]) -> FormRequest:
    return FormRequest(
        id=row.id,
        client_id=row.client_id,
        title=row.title,
        minutes=row.minutes,
        percent=row.percent,
        due_on=row.due_on,
        sent_at=row.sent_at,
        state=RequestState(row.state),
    )
