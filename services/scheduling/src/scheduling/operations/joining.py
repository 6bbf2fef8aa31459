"""Joining a video appointment."""

from __future__ import annotations

from datetime import datetime

from portal_chassis.authority.ownership import require_client
from portal_chassis.call import Call
from portal_chassis.database.transactions import Transaction
from portal_contracts.errors import Conflict
from portal_contracts.scheduling.rpc.appointments import PlaceKind
from portal_contracts.scheduling.rpc.booking import Meeting, OpenMeeting
from scheduling.domain.appointments import BookingStatus
from scheduling.domain.policy import join_window
from scheduling.operations.appointment_events import log_access
from scheduling.operations.own_appointments import own_appointment


def open_meeting(tx: Transaction, command: OpenMeeting, call: Call, *, now: datetime) -> Meeting:
    """The meeting's address, as it was when the appointment was booked; logged as joined.

    Raises:
        Forbidden: ``not_allowed``: the actor is no client.
        NotFound: ``appointment_not_found``, also for another client's.
        Conflict: ``join_not_open``; ``join_over``, also once it was cancelled;
            ``no_meeting_address``, also where one does not meet by video.
    """
    appointment = own_appointment(tx, command.appointment_id, require_client(call.actor))
    opens_at, closes_at = join_window(appointment.starts_at, appointment.ends_at)
    if appointment.status is not BookingStatus.CONFIRMED or now >= closes_at:
        raise Conflict("join_over", "The meeting is over.")
    if appointment.place_kind is not PlaceKind.VIDEO or not appointment.place:
        raise Conflict("no_meeting_address", "The appointment has no meeting address.")
    if now < opens_at:
        raise Conflict("join_not_open", "The meeting is not open yet.")
    log_access(tx, "appointment.joined", appointment, call, now=now)
    return Meeting(address=appointment.place)
