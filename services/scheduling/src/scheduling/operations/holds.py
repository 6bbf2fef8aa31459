"""Keeping a time for a client who still decides: hold, look at, give back, confirm."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from portal_chassis.authority.ownership import Client, require_client
from portal_chassis.call import Call
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Transaction
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor
from portal_contracts.calls import Done
from portal_contracts.errors import Conflict, Invalid, NotFound
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentStatus,
    OfferedService,
    Place,
    PlaceKind,
)
from portal_contracts.scheduling.rpc.booking import (
    Booked,
    ConfirmHold,
    Held,
    Hold,
    HoldState,
    HoldTime,
)
from scheduling.domain.appointments import Appointment
from scheduling.domain.policy import Standing, cancelling, moving, policy_mark
from scheduling.operations.appointment_events import publish_booked, publish_requested
from scheduling.operations.bookable_services import require_service
from scheduling.operations.booking_limits import require_below_limits
from scheduling.operations.calendar_writes import (
    Wanted,
    free_for_client,
    new_time,
    open_calendars,
    slot_taken,
)
from scheduling.operations.own_appointments import sealed_text
from scheduling.storage import appointments, holds, requests, seats
from scheduling.storage.holds import ShownHold
from scheduling.storage.locks import lock_client


def hold_time(
    tx: Transaction, command: HoldTime, call: Call, *, hold_for: timedelta, now: datetime
) -> Held:
    """Keep a time for the client who asks, instead of the one held before.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``service_not_found``.
        Conflict: ``slot_taken``; ``not_offered`` with the rule at ``starts_at``;
            ``limit_reached`` with the limit at ``limit``.
    """
    client = require_client(call.actor)
    service = require_service(tx, command.service_id, client.practice_id)
    lock_client(tx, client.id)
    former = appointments.hold_of(tx, client.id)
    calendars = {service.practitioner_id} | ({former.practitioner_id} if former else set())
    wanted = Wanted(service, command.starts_at, client)
    open_calendars(tx, *calendars, wanted=wanted, now=now)
    # Under both locks: what was held before is an appointment by now, or is let go of.
    require_below_limits(tx, client, now=now)
    if former is not None:
        seats.release(tx, former.id, now=now)
    planned = free_for_client(tx, service, command.starts_at, client, now=now)
    hold_id, expires_at = new_id(), now + hold_for
    time = new_time(service, planned)
    if not seats.take(tx, time, seat_id=hold_id, client=client, expires_at=expires_at, now=now):
        raise slot_taken()
    return Held(hold_id=hold_id, expires_at=expires_at)


def get_hold(tx: Transaction, hold_id: UUID, actor: Actor, *, now: datetime) -> Hold:
    """One's own hold, also once it is over or an appointment.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``hold_not_found``, also for another client's.
    """
    client = require_client(actor)
    shown = holds.find_shown(tx, hold_id, client)
    if shown is None:
        raise _hold_not_found()
    hold = shown.hold
    booked_now = Standing(starts_at=hold.starts_at, booked_at=now)
    return Hold(
        id=hold.id,
        state=_state(hold, now),
        service=_as_held(shown),
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        expires_at=hold.expires_at or hold.created_at,
        cancel=cancelling(hold.rules, booked_now, now=now),
        move=moving(hold.rules, booked_now, now=now),
        policy_accepted_at=shown.policy_accepted_at,
        policy_mark=policy_mark(hold.policy),
        answer_by=(
            hold.answering.answer_by(hold.starts_at, now=now) if hold.answering.on_request else None
        ),
    )


def release_hold(tx: Transaction, hold_id: UUID, call: Call, *, now: datetime) -> Done:
    """Give a held time back; done also when it was over already.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``hold_not_found``, also for another client's.
        Conflict: ``hold_confirmed``: it is an appointment now.
    """
    client = require_client(call.actor)
    hold = _locked(tx, hold_id, client)
    if _became_more(hold):
        raise Conflict("hold_confirmed", "The hold is an appointment already.")
    seats.release(tx, hold.id, now=now)
    return Done()


def confirm_hold(
    tx: Transaction, command: ConfirmHold, call: Call, sealer: Sealer, *, now: datetime
) -> Booked:
    """Book the held time, or request it; the same answer for a hold that was confirmed already.

    The engine is not asked again: what was held was promised.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``hold_not_found``, also for another client's.
        Conflict: ``hold_expired``.
        Invalid: ``booking_invalid`` with ``policy_accepted``: ``required``, or ``changed``:
            other terms were read than there are now.
    """
    client = require_client(call.actor)
    hold = _locked(tx, command.hold_id, client)
    if _became_more(hold):
        return Booked(appointment_id=hold.id, status=AppointmentStatus(hold.status))
    if not hold.is_held(now):
        raise _hold_expired()
    _require_terms(hold.policy, command)
    note = sealed_text(tx, hold, command.note, "booking_note", sealer)
    if hold.answering.on_request:
        return _request(tx, hold, note, call, now=now)
    revealed = call.actor.revealed
    if not seats.confirm(tx, hold.id, note=note, policy=hold.policy, revealed=revealed, now=now):
        raise _hold_expired()
    publish_booked(tx, hold, call, now=now)
    return Booked(appointment_id=hold.id)


def _require_terms(policy: str, command: ConfirmHold) -> None:
    """Refuse where there are terms that were not accepted, or that nobody has read."""
    if not policy:
        return
    wrong = None
    if not command.policy_accepted:
        wrong = "required"
    elif command.policy_mark is not None and command.policy_mark != policy_mark(policy):
        wrong = "policy_changed"
    if wrong is not None:
        raise Invalid(
            "booking_invalid", "The policy is not accepted.", fields={"policy_accepted": wrong}
        )


def _request(
    tx: Transaction, hold: Appointment, note: bytes | None, call: Call, *, now: datetime
) -> Booked:
    answer_by = hold.answering.answer_by(hold.starts_at, now=now)
    # Held before the service was booked on request, so near to its start that nobody could answer.
    if answer_by <= now or not requests.make(
        tx,
        hold.id,
        hold.booked_time_id,
        answer_by=answer_by,
        note=note,
        policy=hold.policy,
        revealed=call.actor.revealed,
        now=now,
    ):
        raise _hold_expired()
    publish_requested(tx, hold, call, answer_by=answer_by, now=now)
    return Booked(appointment_id=hold.id, status=AppointmentStatus.REQUESTED)


def _locked(tx: Transaction, hold_id: UUID, client: Client) -> Appointment:
    """One's own hold, of which nobody else decides meanwhile.

    Its time is taken already: what else in the calendar is over is in nobody's way here.
    """
    found = holds.lock_calendar_of(tx, hold_id, client)
    hold = appointments.find_own(tx, hold_id, client, for_update=True) if found else None
    if hold is None:
        raise _hold_not_found()
    return hold


def _hold_not_found() -> NotFound:
    return NotFound("hold_not_found", "There is no such hold.")


def _as_held(shown: ShownHold) -> OfferedService:
    """The service with the title, length and place that are held."""
    hold, answering = shown.hold, shown.hold.answering
    is_video = hold.place_kind is PlaceKind.VIDEO
    return OfferedService(
        id=hold.service_id,
        practitioner_id=hold.practitioner_id,
        title=hold.title,
        description=shown.description,
        minutes=(hold.ends_at - hold.starts_at) // timedelta(minutes=1),
        price=shown.price,
        place=Place(kind=hold.place_kind, text="" if is_video else hold.place),
        policy=hold.policy,
        timezone=hold.timezone,
        on_request=answering.on_request,
        answer_hours=answering.within // timedelta(hours=1) if answering.on_request else None,
    )


def _became_more(hold: Appointment) -> bool:
    """Whether it is, or was, an appointment or a request for one."""
    return hold.booked_at is not None or hold.requested_at is not None


def _hold_expired() -> Conflict:
    return Conflict("hold_expired", "The time was not kept any longer.")


def _state(hold: Appointment, now: datetime) -> HoldState:
    if hold.booked_at is not None:
        return HoldState.CONFIRMED
    if hold.requested_at is not None:
        return HoldState.REQUESTED
    return HoldState.HELD if hold.is_held(now) else HoldState.EXPIRED
