"""Telling practitioners by mail what happened to their account, or to a client of theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_contracts.actor import Caller
from portal_contracts.identity_links.events import AccountChange, AccountChanged


def tell(
    tx: Transaction,
    practitioner_id: UUID,
    practice_id: UUID,
    change: AccountChange,
    caller: Caller,
    *,
    subject_id: UUID | None = None,
    now: datetime,
) -> None:
    """Have a practitioner told of a change; publishes `AccountChanged`.

    `subject_id` is what it is about; without it the practitioner who is told.
    """
    outbox.record(
        tx,
        AccountChanged(
            practitioner_id=practitioner_id,
            change=change,
            subject_id=subject_id or practitioner_id,
        ),
        practice_id=practice_id,
        aggregate=("practitioner", practitioner_id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )
