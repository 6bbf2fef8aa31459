"""What was submitted of a request, each time: kept as it was, read again, restored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, select, update

from forms.domain.drafts import Sheet
from forms.domain.requests import FormRequest
from forms.domain.responses import KeptResponse
from forms.storage.tables import response
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction


def all_of(tx: Transaction, request: FormRequest, sealer: Sealer) -> list[KeptResponse]:
    """Every response to a request, in the order of time.

    Raises:
        KeyErased: the client was erased.
    """
    query = (
        select(response)
        .where(response.c.request_id == request.id)
        .order_by(response.c.submitted_at, response.c.id)
    )
    return [_kept(tx, request, row, sealer) for row in tx.execute(query)]


def read_latest(
    tx: Transaction, request: FormRequest, sealer: Sealer
) -> tuple[Sheet, datetime] | None:
    """The answers that were sent last, also while they may be corrected, and when; None if never.

    Raises:
        KeyErased: the client was erased.
    """
    query = (
        select(response.c.id, response.c.answers, response.c.submitted_at)
        .where(response.c.request_id == request.id)
        .order_by(response.c.submitted_at.desc(), response.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return _open_sheet(tx, request, row.id, row.answers, sealer), row.submitted_at


def read_sheet(tx: Transaction, request: FormRequest, kept: KeptResponse, sealer: Sealer) -> Sheet:
    """The answers of one response to a request.

    Raises:
        KeyErased: the client was erased.
    """
    sealed = tx.execute(select(response.c.answers).where(response.c.id == kept.id)).scalar_one()
    return _open_sheet(tx, request, kept.id, sealed, sealer)


def supersede(
    tx: Transaction,
    request: FormRequest,
    current: KeptResponse,
    *,
    unlocked_by: UUID,
    reason: str,
    sealer: Sealer,
    now: datetime,
) -> None:
    """Keep the current response of a request that is unlocked, as it was."""
    sealed = sealer.seal(
        tx,
        request.client_id,
        reason,
        table="response",
        column="unlock_reason",
        row=current.id,
    )
    tx.execute(
        update(response)
        .where(response.c.id == current.id)
        .values(
            superseded_at=now,
            revealed=request.submitted_revealed,
            reviewed_at=request.reviewed_at,
            reviewed_by=request.reviewed_by,
            unlocked_by=unlocked_by,
            unlock_reason=sealed,
        )
    )


def restore(tx: Transaction, former: KeptResponse) -> None:
    """Let what was sent stand again: the unlocking was taken back."""
    tx.execute(
        update(response)
        .where(response.c.id == former.id)
        .values(superseded_at=None, unlocked_by=None, unlock_reason=None)
    )


def _open_sheet(
    tx: Transaction, request: FormRequest, response_id: UUID, sealed: bytes, sealer: Sealer
) -> Sheet:
    text = sealer.open(
        tx,
        request.client_id,
        bytes(sealed),
        table="response",
        column="answers",
        row=response_id,
    )
    return msgspec.json.decode(text, type=Sheet)


def _kept(tx: Transaction, request: FormRequest, row: Row[Any], sealer: Sealer) -> KeptResponse:
    reason = ""
    if row.unlock_reason is not None:
        reason = sealer.open(
            tx,
            request.client_id,
            bytes(row.unlock_reason),
            table="response",
            column="unlock_reason",
            row=row.id,
        )
    return KeptResponse(
        id=row.id,
        submitted_at=row.submitted_at,
        revision=row.revision,
        superseded_at=row.superseded_at,
        revealed=row.revealed,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        unlocked_by=row.unlocked_by,
        reason=reason,
    )
