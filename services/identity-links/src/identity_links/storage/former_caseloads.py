"""What the access log tells of caseloads as they were."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from identity_links.domain.access import Act, Outcome
from identity_links.storage.tables import access_log
from portal_chassis.database.transactions import Transaction


def withdrawn_since(
    tx: Transaction, practice_id: UUID, client_id: UUID, practitioner_id: UUID, since: datetime
) -> bool:
    """Whether a client was taken out of a practitioner's caseload after an instant."""
    row = access_log.c
    withdrawn = exists().where(
        row.chain_id == practice_id,
        row.client_id == client_id,
        row.act == Act.CASELOAD_WITHDRAWN,
        row.outcome == Outcome.DONE,
        row.subject_id == practitioner_id,
        row.occurred_at > since,
    )
    return bool(tx.execute(select(withdrawn)).scalar_one())


def handed_over_by(
    tx: Transaction, practice_id: UUID, client_id: UUID, practitioner_id: UUID, request_id: str
) -> bool:
    """Whether a client went over with a practitioner's caseload, by this request.

    The rows of one hand-over have one instant: what else was done by a request of the same name is
    no part of it.
    """
    row, whole = access_log.c, access_log.alias("whole").c
    went = exists().where(
        row.chain_id == practice_id,
        row.client_id == client_id,
        row.act == Act.CASELOAD_HANDED_OVER,
        row.outcome == Outcome.DONE,
        row.request_id == request_id,
        whole.chain_id == practice_id,
        whole.act == Act.PRACTITIONER_HANDED_OVER,
        whole.outcome == Outcome.DONE,
        whole.subject_id == practitioner_id,
        whole.request_id == request_id,
        whole.occurred_at == row.occurred_at,
    )
    return bool(tx.execute(select(went)).scalar_one())
