"""Queries for a database that was restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from notifications.domain.delivery import Step
from notifications.storage.tables import delivery, live_appointment
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES

_TOLD = (
    select(live_appointment.c.starts_at)
    .where(live_appointment.c.id == delivery.c.subject_id)
    .scalar_subquery()
)


@dataclass(frozen=True)
class HeldMail:
    """A mail that may have gone out; by ids, as reports hold nothing personal.

    Attributes:
        delivery_id: by which the mail log and the admin script know it.
        kind: the kind of mail.
        recipient: ``client`` or ``practitioner``.
        created_at: when it was planned; aware UTC.
    """

    delivery_id: UUID
    kind: str
    recipient: str
    created_at: datetime


def close_due(
    tx: Transaction,
    step: Step,
    *,
    until: datetime,
    planned_late_from: datetime,
    reminders: timedelta,
) -> list[HeldMail]:
    """End every open delivery that was due until an instant, as `step` says; the oldest first.

    Of one about an appointment it is noted that it told the time that is known.

    Args:
        tx: commits it.
        step: how they end.
        until: aware UTC.
        planned_late_from: what was planned since for at once had been due before.
        reminders: how long before its appointment a reminder is due, whenever it was planned.
    """
    is_reminder = delivery.c.planned_starts_at.is_not(None)
    reminder = is_reminder & (delivery.c.planned_starts_at - reminders <= until)
    due = ~is_reminder & (delivery.c.next_attempt_at <= until)
    planned_late = and_(
        ~is_reminder,
        delivery.c.created_at >= planned_late_from,
        delivery.c.next_attempt_at <= delivery.c.created_at,
    )
    ended = (
        update(delivery)
        .where(delivery.c.state.in_(OPEN_STATES), or_(reminder, due, planned_late))
        .values(
            state=step.state,
            reason=step.reason,
            next_attempt_at=None,
            claimed_by=None,
            claimed_until=None,
            told_starts_at=_TOLD,
        )
        .returning(delivery.c.id, delivery.c.kind, delivery.c.recipient, delivery.c.created_at)
    )
    found = [HeldMail(row.id, row.kind, row.recipient, row.created_at) for row in tx.execute(ended)]
    return sorted(found, key=lambda mail: (mail.created_at, mail.delivery_id))
