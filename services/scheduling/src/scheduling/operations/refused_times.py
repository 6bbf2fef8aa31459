"""Why a time is not offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal_chassis.authority.ownership import Client
from portal_chassis.authority.seen import Seen
from portal_chassis.database.transactions import Transaction
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.availability import ExplainTime, Explanation, WhyNot
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.slots import Refusal
from scheduling.domain.wall_time import Span
from scheduling.operations.bookable_services import own_service
from scheduling.operations.slot_calendar import PLANNABLE, load_calendar
from scheduling.storage import busy

_MINUTE = timedelta(minutes=1)


def explain_time(
    tx: Transaction, command: ExplainTime, seen: Seen, *, now: datetime
) -> Explanation:
    """Why a start is not offered to clients, or to one of them; what stands in its way.

    Which appointment of a hidden client does, is not told.

    Raises:
        Forbidden: ``not_allowed``.
        NotFound: ``service_not_found``.
    """
    service = own_service(tx, command.service_id, seen.actor, Permission.APPOINTMENTS_READ)
    client = None
    if command.client_id is not None:
        client = Client(id=command.client_id, practice_id=service.practice_id)
    refusal, in_the_way = why_not(tx, service, command.starts_at, client, now=now)
    reason = None if refusal is None else WhyNot(refusal)
    shown = in_the_way and seen.shows(in_the_way.client_id, Permission.APPOINTMENTS_READ)
    return Explanation(
        reason=reason, appointment_id=in_the_way.appointment_id if in_the_way and shown else None
    )


def why_not(
    tx: Transaction,
    service: BookableService,
    starts_at: datetime,
    client: Client | None,
    *,
    now: datetime,
) -> tuple[Refusal | None, busy.InTheWay | None]:
    """The first rule that refuses a start, and the appointment that is in its way."""
    if abs(starts_at - now) > PLANNABLE:
        return (Refusal.OUTSIDE_WINDOW if starts_at > now else Refusal.NOTICE), None
    start = starts_at.astimezone(UTC)
    calendar = load_calendar(
        tx, service, around=Span(start, start + _MINUTE), now=now, client=client
    )
    refusal = calendar.refusal(start)
    if refusal is not Refusal.OWN_APPOINTMENT:
        return refusal, None
    end = start + service.duration
    blocked = Span(start - service.buffer_before, end + service.buffer_after)
    return refusal, busy.appointment_in_the_way(tx, service.practitioner_id, blocked, now=now)
