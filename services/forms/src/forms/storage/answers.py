"""Drafts and responses: answers sealed for the client they are of, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from forms.domain.drafts import Sheet
from forms.domain.requests import FormRequest
from forms.storage.tables import chassis, draft, response
from portal_chassis.database.erasure import client_erased
from portal_chassis.database.prepared import given, run
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


@dataclass(frozen=True)
class SealedDraft:
    """A draft as it is kept."""

    answers: bytes = field(repr=False)
    revision: int
    saved_at: datetime
    percent: int


def opened_draft(
    request: FormRequest, sealed: SealedDraft | None, wrapped: bytes | None, sealer: Sealer
) -> Draft:
    """The draft of a request, by the client's data key that was read along with it.

    Raises:
        KeyErased: the client was erased.
    """
    if sealed is None:
        return EMPTY
    text = sealer.open_under(wrapped, request.client_id, sealed.answers, **_place(request))
    return Draft(
        sheet=msgspec.json.decode(text, type=Sheet),
        revision=sealed.revision,
        saved_at=sealed.saved_at,
        percent=sealed.percent,
    )


def save_draft(
    tx: Transaction,
    request: FormRequest,
    saved: Draft,
    sealer: Sealer,
    *,
    wrapped: bytes | None = None,
) -> None:
    """Store a draft, sealed, in place of the former, if the client's data key still stands.

    Args:
        tx: holds the request's lock.
        request: whose draft it is.
        saved: the draft.
        sealer: seals it.
        wrapped: the client's data key, where it was read in this transaction.

    Raises:
        Conflict: ``client_erased``.
    """
    text, place = msgspec.json.encode(saved.sheet).decode(), _place(request)
    sealed = (
        sealer.seal(tx, request.client_id, text, **place)
        if wrapped is None
        else sealer.seal_under(wrapped, request.client_id, text, **place)
    )
    named = {
        "request_id": request.id,
        "practice_id": request.practice_id,
        "client_id": request.client_id,
        "revision": saved.revision,
        "answers": sealed,
        "percent": saved.percent,
        "saved_at": saved.saved_at,
    }
    if run(tx, _KEEP, named).first() is None:
        raise client_erased()


def _place(request: FormRequest) -> dict[str, Any]:
    return {"table": "draft", "column": "answers", "row": request.id}


# Each answer that is saved asks for it: put together once. No key, no row.
_given = given(*draft.c)
_INSERT = insert(draft).from_select(
    [*_given],
    select(*_given.values()).where(chassis.data_key.c.owner_id == _given["client_id"]),
)
_KEEP = _INSERT.on_conflict_do_update(
    index_elements=["request_id"],
    set_={name: _INSERT.excluded[name] for name in ("revision", "answers", "percent", "saved_at")},
).returning(draft.c.request_id)


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
