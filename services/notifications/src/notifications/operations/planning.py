"""Plan mails: an event becomes a delivery for each mail it causes, and the sender does the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications.domain.delivery import NewDelivery
from notifications.domain.reasons import Reason
from notifications.mails.all_mails import MAILS
from notifications.mails.mail import Mail, Plan
from notifications.storage import adding, deliveries, mail_history
from notifications.storage.adding import Added, Lease
from portal_chassis.database.transactions import Transaction
from portal_contracts.actor import ActorKind
from portal_contracts.envelope import Event

LeaseFor = Callable[[UUID, UUID], Lease | None]
"""For mails about a client, or about a subject without one, of a practice: the lease of whoever
can send them now, or None."""


def plan_mails(
    tx: Transaction,
    event: Event[Any],
    *,
    undo: timedelta,
    now: datetime,
    lease_for: LeaseFor = lambda _about, _practice_id: None,
) -> list[Added]:
    """Plan every mail that `event` causes.

    What practitioners do and may take back is mailed after `undo`, everything else at once: that
    is claimed as it is written, where `lease_for` has a lease for it.

    Returns:
        The deliveries; none for a mail to which the event had led before.
    """
    planned = [
        _plan(tx, event, mail, plan, undo=undo, now=now, lease_for=lease_for)
        for mail in MAILS
        if mail.cause is not None and isinstance(event.data, mail.cause.event)
        if (plan := mail.cause.plan(event)) is not None
    ]
    return [added for added in planned if added is not None]


def resume_mails_to(tx: Transaction, client_id: UUID, *, now: datetime) -> int:
    """Make the mails due that waited for a client's new address to be confirmed; how many."""
    return deliveries.make_client_due(tx, client_id, reason=Reason.ADDRESS_WAITS, now=now)


def _plan(
    tx: Transaction,
    event: Event[Any],
    mail: Mail[Any],
    plan: Plan,
    *,
    undo: timedelta,
    now: datetime,
    lease_for: LeaseFor,
) -> Added | None:
    if plan.follows_another and not mail_history.may_have_been_told(tx, plan.subject_id, mail.to):
        return None
    planned = _planned(event, mail, plan, still_told=_left_to_an_earlier_one(tx, mail, plan))
    waits = plan.undoable and event.actor.kind is ActorKind.PRACTITIONER
    if not waits and not planned.reason:
        lease = lease_for(planned.client_id or planned.subject_id, planned.practice_id)
        if lease is not None:
            return adding.add_claimed(tx, planned, lease=lease, now=now)
    due_at = event.occurred_at + undo if waits else None
    added = adding.add(tx, planned, due_at=due_at, now=now)
    return None if added is None else Added(added)


def _left_to_an_earlier_one(tx: Transaction, mail: Mail[Any], plan: Plan) -> bool:
    """Whether what is not to be mailed is told by a mail that waits already.

    That one was wanted, and tells its subject as it is when it goes out.
    """
    if not plan.without_mail or plan.sequence is None:
        return False
    return mail_history.bring_up_to_date(tx, plan.subject_id, mail.to, sequence=plan.sequence) > 0


def _planned(event: Event[Any], mail: Mail[Any], plan: Plan, *, still_told: bool) -> NewDelivery:
    return NewDelivery(
        cause_id=event.id,
        practice_id=event.practice_id,
        client_id=getattr(event.data, "client_id", None),
        kind=mail.kind,
        subject_id=plan.subject_id,
        request_id=event.request_id,
        traceparent=event.traceparent,
        recipient=mail.to,
        practitioner_id=plan.practitioner_id,
        planned_sequence=plan.sequence,
        reason=Reason.WITHOUT_MAIL if plan.without_mail else "",
        told_starts_at=plan.told_starts_at if plan.without_mail and not still_told else None,
    )
