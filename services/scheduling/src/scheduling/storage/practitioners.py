"""Queries on which practitioners' accounts are in use."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from scheduling.storage.tables import bookable_service, practitioner_status


def keep_status(
    tx: Transaction, practitioner_id: UUID, practice_id: UUID, *, active: bool, seq: int
) -> None:
    """Keep whether an account is in use, unless a later event told it otherwise."""
    told = insert(practitioner_status).values(
        practitioner_id=practitioner_id, practice_id=practice_id, active=active, seq=seq
    )
    tx.execute(
        told.on_conflict_do_update(
            index_elements=[practitioner_status.c.practitioner_id],
            set_={"active": active, "seq": seq},
            where=practitioner_status.c.seq < seq,
        )
    )


def left() -> ColumnElement[bool]:
    """That the practitioner of a bookable service is not in any more."""
    return exists().where(
        practitioner_status.c.practitioner_id == bookable_service.c.practitioner_id,
        ~practitioner_status.c.active,
    )
