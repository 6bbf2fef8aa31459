"""A client books: a hold, its confirmation; moves, cancels, joins."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Done, Method, Nothing
from portal_contracts.instants import Instant
from portal_contracts.scheduling.rpc.appointments import (
    SERVICE,
    Allowance,
    AppointmentStatus,
    OfferedService,
    ShortText,
    UpcomingAppointment,
)


class HoldTime(Struct, frozen=True, kw_only=True):
    """Keep a time for five minutes. A client has one hold: a new one replaces it."""

    service_id: UUID
    starts_at: Instant


class Held(Struct, frozen=True, kw_only=True):
    """The hold; it becomes the appointment of the same id."""

    hold_id: UUID
    expires_at: Instant


class HoldState(StrEnum):
    """``confirmed``: it is an appointment by now, whose id is the hold's.

    ``requested``: it is, or was, a request for one, which has that id too.
    """

    HELD = "held"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    REQUESTED = "requested"


class GetHold(Struct, frozen=True, kw_only=True):
    """One's own hold."""

    hold_id: UUID


class Hold(Struct, frozen=True, kw_only=True):
    """A hold as its client sees it; an expired one for as long as it is remembered.

    `cancel`, `move`: what is possible once it is booked, as the service's rules are now.
    `answer_by`: where it is booked on request, until when one made now is answered.
    `policy_accepted_at`: when the client last accepted the very terms of `policy_mark`.
    """

    id: UUID
    state: HoldState
    service: OfferedService
    starts_at: Instant
    ends_at: Instant
    expires_at: Instant
    cancel: Allowance | None = None
    move: Allowance | None = None
    policy_accepted_at: Instant | None = None
    policy_mark: str = ""
    answer_by: Instant | None = None


class ConfirmHold(Struct, frozen=True, kw_only=True):
    """Book the held time, or request it where the service is booked on request.

    `policy_accepted` is needed where there are terms; of others than `policy_mark`, it is refused.
    """

    hold_id: UUID
    note: ShortText = ""
    policy_accepted: bool = False
    policy_mark: str | None = None


class Booked(Struct, frozen=True, kw_only=True):
    """The appointment that was booked; ``requested``: the practice has to approve it yet."""

    appointment_id: UUID
    status: AppointmentStatus = AppointmentStatus.CONFIRMED


class OwnAppointments(Struct, frozen=True, kw_only=True):
    """A client's appointments to come, the nearest first, and those cancelled lately."""

    upcoming: list[UpcomingAppointment]
    cancelled: list[UpcomingAppointment]


class GetOwnAppointment(Struct, frozen=True, kw_only=True):
    """One of one's own appointments, whatever its state; a past one is a session."""

    appointment_id: UUID


class MoveOwnAppointment(Struct, frozen=True, kw_only=True):
    """Move an appointment to another free start of its service."""

    appointment_id: UUID
    starts_at: Instant


class CancelTold(StrEnum):
    """What a client was told that cancelling does: it withdraws a request, or is free of charge."""

    WITHDRAWS = "withdraws"
    FREE = "free"


class CancelOwnAppointment(Struct, frozen=True, kw_only=True):
    """Cancel an appointment, with a reason if the client likes to give one.

    A request that waits is withdrawn, never late. With `told`, refused where it would do otherwise.
    """

    appointment_id: UUID
    reason: ShortText = ""
    told: CancelTold | None = None


class Moved(Struct, frozen=True, kw_only=True):
    """The appointment after it was moved."""

    appointment_id: UUID
    starts_at: Instant


class Cancelled(Struct, frozen=True, kw_only=True):
    """The appointment after it was cancelled; `late` by the service's notice."""

    appointment_id: UUID
    late: bool


class OpenMeeting(Struct, frozen=True, kw_only=True):
    """Join a video appointment."""

    appointment_id: UUID


class Meeting(Struct, frozen=True, kw_only=True):
    """Where the meeting is: an https address."""

    address: str


HOLD_TIME = Method(
    SERVICE,
    "hold_time",
    HoldTime,
    Held,
    "Keep a time for the client who asks; Conflict slot_taken when it is not free, "
    "limit_reached when the client has booked as much as the practice lets one client book.",
    mutates=True,
)
GET_HOLD = Method(SERVICE, "get_hold", GetHold, Hold, "One's own hold.")
RELEASE_HOLD = Method(
    SERVICE, "release_hold", GetHold, Done, "Give a held time back.", mutates=True
)
CONFIRM_HOLD = Method(
    SERVICE,
    "confirm_hold",
    ConfirmHold,
    Booked,
    "Book the held time, or request it; Conflict hold_expired when it was not kept any longer.",
    mutates=True,
)
LIST_OWN_APPOINTMENTS = Method(
    SERVICE,
    "list_own_appointments",
    Nothing,
    OwnAppointments,
    "The appointments of the client who asks.",
)
GET_OWN_APPOINTMENT = Method(
    SERVICE,
    "get_own_appointment",
    GetOwnAppointment,
    UpcomingAppointment,
    "One appointment of the client who asks.",
)
MOVE_OWN_APPOINTMENT = Method(
    SERVICE,
    "move_own_appointment",
    MoveOwnAppointment,
    Moved,
    "Move one's appointment; Conflict slot_taken or move_closed, and the old time stands.",
    mutates=True,
)
CANCEL_OWN_APPOINTMENT = Method(
    SERVICE,
    "cancel_own_appointment",
    CancelOwnAppointment,
    Cancelled,
    "Cancel one's appointment, or withdraw one's request; Conflict cancel_closed where the "
    "service's rules forbid it, request_closed or cancel_late where it is not as `told`.",
    mutates=True,
)
OPEN_MEETING = Method(
    SERVICE,
    "open_meeting",
    OpenMeeting,
    Meeting,
    "The meeting's address, from 10 minutes before the start to 30 after the end; "
    "Conflict join_not_open or join_over.",
)

METHODS = (
    HOLD_TIME,
    GET_HOLD,
    RELEASE_HOLD,
    CONFIRM_HOLD,
    LIST_OWN_APPOINTMENTS,
    GET_OWN_APPOINTMENT,
    MOVE_OWN_APPOINTMENT,
    CANCEL_OWN_APPOINTMENT,
    OPEN_MEETING,
)
