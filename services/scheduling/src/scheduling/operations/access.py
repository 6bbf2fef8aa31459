"""What the access log is told of this service: who did what on whom, and who was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from portal_chassis.database.transactions import Transaction
from portal_chassis.events import outbox
from portal_chassis.rpc.entry_point import Call
from portal_contracts.actor import Actor
from portal_contracts.errors import PortalError
from portal_contracts.scheduling.events import ScheduleAccessRecorded

_SUBJECTS = ("appointment_id", "session_id", "hold_id", "service_id")
"""Arguments that name the thing a call is about."""


class Caller(Protocol):
    """Who asks, and from where; a `Call` is one."""

    @property
    def actor(self) -> Actor:
        """Who asks."""

    @property
    def request_id(self) -> str:
        """Of the request that led here."""

    @property
    def address(self) -> str:
        """The IP address it came from, or ""."""


def record_access(
    tx: Transaction,
    caller: Caller,
    act: str,
    *,
    practice_id: UUID,
    client_id: UUID | None,
    subject_id: UUID | None,
    outcome: str = "done",
    now: datetime,
) -> None:
    """Publish `ScheduleAccessRecorded` with this transaction.

    Args:
        tx: of the act itself: a read that cannot be written down is refused.
        caller: who did it.
        act: a code like ``summary.opened``.
        practice_id: in which practice.
        client_id: whom it concerns, if anyone.
        subject_id: the thing itself, if any.
        outcome: ``done`` or ``denied``.
        now: aware UTC instant.
    """
    outbox.record(
        tx,
        ScheduleAccessRecorded(
            act=act,
            outcome=outcome,
            client_id=client_id,
            subject_id=subject_id,
            address=caller.address,
        ),
        practice_id=practice_id,
        aggregate=("schedule_access", subject_id or client_id or practice_id),
        actor=caller.actor,
        request_id=caller.request_id,
        now=now,
    )


def record_refusal(tx: Transaction, call: Call, error: PortalError, *, now: datetime) -> bool:
    """Publish that a client or a practitioner was refused.

    Returns:
        Whether it was: nobody and services belong to no practice, so no
        practice's log has a place for them.
    """
    if call.actor.practice_id is None:
        return False
    named = (getattr(call.arguments, name, None) for name in _SUBJECTS)
    record_access(
        tx,
        call,
        f"{call.method.name}.{error.code}",
        practice_id=call.actor.practice_id,
        client_id=getattr(call.arguments, "client_id", None),
        subject_id=next((one for one in named if one is not None), None),
        outcome="denied",
        now=now,
    )
    return True
