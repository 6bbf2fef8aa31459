"""Drafts and responses: answers sealed for the client they are of, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from forms.domain.drafts import Sheet
from forms.domain.requests import FormRequest
from forms.storage.tables import draft, response
from portal_chassis.database.prepared import run
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id


@dataclass(frozen=True)
class Draft:
    """What a client has answered so far; revision 0 and no time before the first save."""

    sheet: Sheet
    revision: int
    saved_at: datetime | None
    percent: int


EMPTY = Draft(sheet=Sheet(), revision=0, saved_at=None, percent=0)


# Each answer that is saved asks for these: put together once.
_DRAFT = select(draft).where(draft.c.request_id == bindparam("request_id", type_=Uuid()))
_INSERT = insert(draft)
_KEEP = _INSERT.on_conflict_do_update(
    index_elements=["request_id"],
    set_={name: _INSERT.excluded[name] for name in ("revision", "answers", "percent", "saved_at")},
)


def read_draft(tx: Transaction, request: FormRequest, sealer: Sealer) -> Draft:
    """The draft of a request; `EMPTY` when nothing was saved.

    Raises:
        KeyErased: the client was erased.
    """
    row = run(tx, _DRAFT, {"request_id": request.id}).one_or_none()
    if row is None:
        return EMPTY
    text = sealer.open(
        tx,
        request.client_id,
        bytes(row.answers),
        table="draft",
        column="answers",
        row=request.id,
    )
    return Draft(
        sheet=msgspec.json.decode(text, type=Sheet),
        revision=row.revision,
        saved_at=row.saved_at,
        percent=row.percent,
    )


def save_draft(tx: Transaction, request: FormRequest, saved: Draft, sealer: Sealer) -> None:
    """Store a draft, sealed, in place of the former."""
    sealed = sealer.seal(
        tx,
        request.client_id,
        msgspec.json.encode(saved.sheet).decode(),
        table="draft",
        column="answers",
        row=request.id,
    )
    tx.execute(
        _KEEP,
        {
            "request_id": request.id,
            "practice_id": request.practice_id,
            "client_id": request.client_id,
            "revision": saved.revision,
            "answers": sealed,
            "percent": saved.percent,
            "saved_at": saved.saved_at,
        },
    )


def delete_draft(tx: Transaction, request_id: UUID) -> None:
    """Delete a draft that was sent, or that nobody will send any more."""
    tx.execute(delete(draft).where(draft.c.request_id == request_id))


def add_response(
    tx: Transaction,
    request: FormRequest,
    sheet: Sheet,
    *,
    revision: int,
    sealer: Sealer,
    now: datetime,
) -> None:
    """Store what was submitted, sealed."""
    response_id = new_id()
    sealed = sealer.seal(
        tx,
        request.client_id,
        msgspec.json.encode(sheet).decode(),
        table="response",
        column="answers",
        row=response_id,
    )
    tx.execute(
        insert(response).values(
            id=response_id,
            practice_id=request.practice_id,
            client_id=request.client_id,
            request_id=request.id,
            answers=sealed,
            submitted_at=now,
            revision=revision,
        )
    )


def read_response(tx: Transaction, request: FormRequest, sealer: Sealer) -> tuple[Sheet, int]:
    """What was submitted, and at which revision; the request is known to be submitted.

    Raises:
        KeyErased: the client was erased.
    """
    row = tx.execute(
        select(response).where(
            response.c.request_id == request.id, response.c.superseded_at.is_(None)
        )
    ).one()
    text = sealer.open(
        tx,
        request.client_id,
        bytes(row.answers),
        table="response",
        column="answers",
        row=row.id,
    )
    return msgspec.json.decode(text, type=Sheet), row.revision


def revision_of(tx: Transaction, request_id: UUID) -> int | None:
    """At which revision the answers of a request are, for support; None without any."""
    for table in (response, draft):
        query = select(table.c.revision).where(table.c.request_id == request_id)
        if table is response:
            query = query.where(response.c.superseded_at.is_(None))
        found: int | None = tx.execute(query).scalar_one_or_none()
        if found is not None:
            return found
    return None
