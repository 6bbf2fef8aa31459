"""Events about requests: appointments that clients ask for. One that is approved is booked."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from portal_contracts.envelope import EventData
from portal_contracts.instants import Instant


class AppointmentRequested(EventData, frozen=True, kw_only=True):
    """A client asks for an appointment; its time is kept until it is answered.

    `answer_by`: the request expires then. The other fields are those of a booked one.
    """

    TYPE: ClassVar[str] = "scheduling.appointment.requested.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = (
        "notifications.on_appointment_requested",
        "identity_links.on_appointment_requested",
    )

    appointment_id: UUID
    client_id: UUID
    practitioner_id: UUID
    starts_at: Instant
    ends_at: Instant
    timezone: str
    starts_wall: str
    utc_offset_minutes: int
    ics_sequence: int
    answer_by: Instant


class AppointmentDeclined(EventData, frozen=True, kw_only=True):
    """The practice declined a request; its time is free again."""

    TYPE: ClassVar[str] = "scheduling.appointment.declined.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_appointment_declined",)

    appointment_id: UUID
    client_id: UUID
    practitioner_id: UUID
    starts_at: Instant


class AppointmentExpired(EventData, frozen=True, kw_only=True):
    """Nobody answered a request in time; its time is free again."""

    TYPE: ClassVar[str] = "scheduling.appointment.expired.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_appointment_expired",)

    appointment_id: UUID
    client_id: UUID
    practitioner_id: UUID
    starts_at: Instant


class AppointmentWithdrawn(EventData, frozen=True, kw_only=True):
    """A client withdrew a request before it was answered; its time is free again."""

    TYPE: ClassVar[str] = "scheduling.appointment.withdrawn.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_appointment_withdrawn",)

    appointment_id: UUID
    client_id: UUID
    practitioner_id: UUID
    starts_at: Instant
