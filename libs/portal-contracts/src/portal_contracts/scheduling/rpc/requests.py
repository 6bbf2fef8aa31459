"""Requests: appointments that a client asks for and the practice approves or declines."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import SERVICE, AppointmentStatus, ShortText
from portal_contracts.scheduling.rpc.booking import Booked
from portal_contracts.scheduling.rpc.calendar import CalendarEntry


class ListRequestedAppointments(Struct, frozen=True, kw_only=True):
    """What waits for the answer of a practitioner (None: of whoever asks)."""

    practitioner_id: UUID | None = None


class RequestedAppointments(Struct, frozen=True, kw_only=True):
    """Requests that wait for an answer, the one that expires first at the top."""

    items: list[CalendarEntry]


class AnswerRequest(Struct, frozen=True, kw_only=True):
    """Answer a request; `answer` is shown to the client in the portal, and not mailed."""

    appointment_id: UUID
    answer: ShortText = ""


class RequestAnswered(Struct, frozen=True, kw_only=True):
    """The appointment after its answer."""

    appointment_id: UUID
    status: AppointmentStatus


LIST_REQUESTED_APPOINTMENTS = Method(
    SERVICE,
    "list_requested_appointments",
    ListRequestedAppointments,
    RequestedAppointments,
    "The requests that wait for a practitioner's answer.",
)
APPROVE_APPOINTMENT = Method(
    SERVICE,
    "approve_appointment",
    AnswerRequest,
    Booked,
    "Approve a request; Conflict request_closed with what became of it at `appointment`.",
    mutates=True,
)
DECLINE_APPOINTMENT = Method(
    SERVICE,
    "decline_appointment",
    AnswerRequest,
    RequestAnswered,
    "Decline a request, and free its time; Conflict request_closed as for approving.",
    mutates=True,
)

METHODS = (LIST_REQUESTED_APPOINTMENTS, APPROVE_APPOINTMENT, DECLINE_APPOINTMENT)
