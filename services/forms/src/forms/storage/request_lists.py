"""Lists of form requests, narrowed and counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, select, true, tuple_

from forms.domain.requests import OPEN, FormRequest
from forms.storage.requests import request_of, select_requests
from forms.storage.tables import form_request, template_version
from portal_chassis.database.cursors import TimeCursor
from portal_chassis.database.transactions import Transaction
from portal_contracts.forms.rpc.questions import RequestState

Shown = Callable[[ColumnElement[UUID]], ColumnElement[bool]]
"""Makes of the column of the client the condition that whoever asks sees the client."""


def everybody(_client_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """The `Shown` of whoever sees all."""
    return true()


@dataclass(frozen=True)
class RequestFilter:
    """Which requests a list shows; None does not narrow it, nor does a flag that is not set.

    `overdue_on`: only those that wait and were due before this day; with `not_overdue` all
    others.
    """

    practice_id: UUID | None = None
    client_id: UUID | None = None
    client_ids: Sequence[UUID] | None = None
    template_id: UUID | None = None
    state: RequestState | None = None
    alert_open: bool = False
    overdue_on: date | None = None
    not_overdue: bool = False
    shown: Shown | None = None


def listed(
    tx: Transaction, which: RequestFilter, *, after: TimeCursor | None = None, limit: int
) -> list[FormRequest]:
    """Requests in the order of sending, the latest first, after a cursor."""
    conditions = _conditions(which)
    place = tuple_(form_request.c.sent_at, form_request.c.id)
    if after is not None:
        conditions.append(place < tuple_(after.at, after.id))
    query = (
        select_requests()
        .where(*conditions)
        .order_by(form_request.c.sent_at.desc(), form_request.c.id.desc())
        .limit(limit)
    )
    return [request_of(row) for row in tx.execute(query)]


def count_by_state(
    tx: Transaction, which: RequestFilter, *, today: date
) -> tuple[dict[str, int], int]:
    """How many requests are in each state, and how many of them are overdue on `today`."""
    overdue = func.count().filter(_overdue(today))
    query = (
        select(form_request.c.state, func.count().label("sent"), overdue.label("overdue"))
        .where(*_conditions(which))
        .group_by(form_request.c.state)
    )
    rows = tx.execute(query).all()
    return {row.state: row.sent for row in rows}, sum(row.overdue for row in rows)


def _conditions(which: RequestFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.practice_id is not None:
        conditions.append(form_request.c.practice_id == which.practice_id)
    if which.client_id is not None:
        conditions.append(form_request.c.client_id == which.client_id)
    if which.client_ids is not None:
        conditions.append(form_request.c.client_id.in_(which.client_ids))
    if which.template_id is not None:
        versions = select(template_version.c.id).where(
            template_version.c.template_id == which.template_id
        )
        conditions.append(form_request.c.template_version_id.in_(versions))
    if which.state is not None:
        conditions.append(form_request.c.state == which.state)
    if which.alert_open:
        conditions += [
            form_request.c.alert_at.is_not(None),
            form_request.c.alert_reviewed_at.is_(None),
            form_request.c.state != RequestState.REVIEWED,
        ]
    if which.overdue_on is not None:
        overdue = _overdue(which.overdue_on)
        conditions.append(not_(overdue) if which.not_overdue else overdue)
    if which.shown is not None:
        conditions.append(which.shown(form_request.c.client_id))
    return conditions


def _overdue(today: date) -> ColumnElement[bool]:
    """That it waits and was due before `today`; never unknown, so that it can be denied."""
    return and_(
        form_request.c.state.in_(OPEN),
        form_request.c.due_on.is_not(None),
        form_request.c.due_on < today,
    )
