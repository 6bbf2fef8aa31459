"""All that came back of a template, read client by client, never more than some at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, func, select, tuple_

from forms.domain.drafts import Sheet
from forms.storage.request_lists import Shown
from forms.storage.tables import form_request, response, template_version
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_contracts.forms.rpc.questions import FormDocument

MOST_ROWS: Final = 200
MOST_BYTES: Final = 1_000_000
"""Of sealed answers in a page; one response may be larger, and is a page of its own then."""


@dataclass(frozen=True)
class Place:
    """The last response of a page: client by client, of each in the order of time."""

    client_id: UUID
    submitted_at: datetime
    id: UUID


@dataclass(frozen=True)
class ResponseRow:
    """A response as it is stored, with what its request says."""

    place: Place
    request_id: UUID
    version: int
    number: int
    current: bool
    reviewed_at: datetime | None
    title: str
    sealed: bytes


def versions_of(tx: Transaction, template_id: UUID, practice_id: UUID) -> dict[int, FormDocument]:
    """The published documents of a template by number, the newest first."""
    query = (
        select(template_version.c.number, template_version.c.document)
        .where(
            template_version.c.template_id == template_id,
            template_version.c.practice_id == practice_id,
        )
        .order_by(template_version.c.number.desc())
    )
    return {row.number: msgspec.convert(row.document, FormDocument) for row in tx.execute(query)}


def count(tx: Transaction, template_id: UUID, practice_id: UUID, shown: Shown) -> int:
    """How many responses there are of shown clients."""
    query = _of_template(select(func.count()), template_id, practice_id, shown)
    return int(tx.execute(query).scalar_one())


def page(
    tx: Transaction, template_id: UUID, practice_id: UUID, shown: Shown, *, after: Place | None
) -> tuple[list[ResponseRow], bool]:
    """Responses after a place, as many as fit, and whether others follow.

    The sizes are read before the answers, so that no page is larger than `MOST_BYTES`.
    """
    order = (response.c.client_id, response.c.submitted_at, response.c.id)
    sizes = _of_template(
        select(response.c.id, func.octet_length(response.c.answers).label("size")),
        template_id,
        practice_id,
        shown,
    )
    if after is not None:
        sizes = sizes.where(tuple_(*order) > tuple_(after.client_id, after.submitted_at, after.id))
    found = tx.execute(sizes.order_by(*order).limit(MOST_ROWS + 1)).all()
    fitting = _fitting(found[:MOST_ROWS])
    query = _rows().where(response.c.id.in_(fitting)).order_by(*order)
    return [_row(row) for row in tx.execute(query)], len(found) > len(fitting)


def open_sheet(tx: Transaction, row: ResponseRow, sealer: Sealer) -> Sheet:
    """The answers of a response.

    Raises:
        KeyErased: the client was erased.
    """
    text = sealer.open(
        tx,
        row.place.client_id,
        row.sealed,
        table="response",
        column="answers",
        row=row.place.id,
    )
    return msgspec.json.decode(text, type=Sheet)


def _fitting(found: Sequence[Row[Any]]) -> list[UUID]:
    taken: list[UUID] = []
    total = 0
    for row in found:
        total += row.size
        if taken and total > MOST_BYTES:
            break
        taken.append(row.id)
    return taken


def _of_template(
    query: Select[Any], template_id: UUID, practice_id: UUID, shown: Shown
) -> Select[Any]:
    return (
        query.select_from(response)
        .join(form_request, form_request.c.id == response.c.request_id)
        .join(template_version, template_version.c.id == form_request.c.template_version_id)
        .where(
            template_version.c.template_id == template_id,
            form_request.c.practice_id == practice_id,
            shown(response.c.client_id),
        )
    )


def _rows() -> Select[Any]:
    earlier = response.alias()
    number = (
        select(func.count())
        .where(
            earlier.c.request_id == response.c.request_id,
            tuple_(earlier.c.submitted_at, earlier.c.id)
            <= tuple_(response.c.submitted_at, response.c.id),
        )
        .correlate(response)
        .scalar_subquery()
    )
    return (
        select(
            response,
            template_version.c.number.label("version"),
            template_version.c.title,
            form_request.c.reviewed_at.label("request_reviewed_at"),
            number.label("number"),
        )
        .join(form_request, form_request.c.id == response.c.request_id)
        .join(template_version, template_version.c.id == form_request.c.template_version_id)
    )


def _row(row: Row[Any]) -> ResponseRow:
    current = row.superseded_at is None
    return ResponseRow(
        place=Place(row.client_id, row.submitted_at, row.id),
        request_id=row.request_id,
        version=row.version,
        number=row.number,
        current=current,
        reviewed_at=row.request_reviewed_at if current else row.reviewed_at,
        title=row.title,
        sealed=bytes(row.answers),
    )
