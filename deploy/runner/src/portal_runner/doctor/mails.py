"""Mails that are late, tried again, or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from notifications.storage.tables import delivery
from portal_chassis.clock import Clock
from portal_chassis.database.transactions import Transaction
from portal_contracts.notifications.rpc import OPEN_STATES, DeliveryState
from portal_runner.doctor.finding import Finding, note, ok, trouble
from portal_runner.doctor.target import Target

OVERDUE = timedelta(minutes=10)
LATELY = timedelta(days=1)


def check_mails(target: Target, tx: Transaction) -> Iterator[Finding]:
    """How the mails stand, with what to do."""
    now = Clock().now()
    overdue = delivery.c.state.in_(OPEN_STATES) & (delivery.c.next_attempt_at < now - OVERDUE)
    failed = (delivery.c.state == DeliveryState.FAILED) & (delivery.c.created_at > now - LATELY)
    late, lost, retrying = tx.execute(
        select(
            func.count().filter(overdue),
            func.count().filter(failed),
            func.count().filter(delivery.c.state == DeliveryState.RETRYING),
        ).select_from(delivery)
    ).one()
    if late:
        yield trouble(
            "mails",
            f"{late} mail(s) have been due for more than ten minutes and nobody sends them.",
            "See that notifications runs and its job send_due_deliveries does not fail.",
        )
    if retrying:
        reasons = ", ".join(_reasons(tx))
        yield note(
            "mails",
            f"{retrying} mail(s) wait for another attempt: {reasons}.",
            "They go out by themselves when the mail server takes them.",
        )
    if lost:
        yield note(
            "mails",
            f"{lost} mail(s) of the last day could not be delivered.",
            f"`{target.admin('notifications', 'delivery', 'list', '--state', 'failed')}` says "
            "which and why; the practice sees them in its mail log.",
        )
    if not (late or retrying or lost):
        yield ok("mails", "none is late and none failed within a day")


def _reasons(tx: Transaction) -> list[str]:
    query = (
        select(delivery.c.reason, func.count().label("mails"))
        .where(delivery.c.state == DeliveryState.RETRYING)
        .group_by(delivery.c.reason)
        .order_by(delivery.c.reason)
    )
    return [f"{row.mails} × {row.reason}" for row in tx.execute(query)]
