"""Queries on practitioners: whose accounts are in use, and how much each has to come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.dialects.postgresql import insert

from portal_chassis.database.transactions import Transaction
from scheduling.domain.appointments import PLANNED
from scheduling.storage.tables import (
    appointment,
    bookable_service,
    booked_time,
    practitioner_status,
)


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


def count_to_come(
    tx: Transaction, practice_id: UUID, *, now: datetime, practitioner_id: UUID | None = None
) -> dict[UUID, int]:
    """How many planned appointments that have not ended each practitioner has, who has any.

    `practitioner_id`: of this one alone.
    """
    whose = true() if practitioner_id is None else booked_time.c.practitioner_id == practitioner_id
    query = (
        select(booked_time.c.practitioner_id, func.count().label("appointments"))
        .join_from(appointment, booked_time, appointment.c.booked_time_id == booked_time.c.id)
        .where(
            booked_time.c.practice_id == practice_id,
            whose,
            appointment.c.status.in_(PLANNED),
            booked_time.c.ends_at > now,
        )
        .group_by(booked_time.c.practitioner_id)
    )
    return {row.practitioner_id: row.appointments for row in tx.execute(query)}
