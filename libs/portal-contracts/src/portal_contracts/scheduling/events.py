"""Events that scheduling publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from msgspec import Struct, field

from portal_contracts.accesses import AccessData
from portal_contracts.envelope import EventData
from portal_contracts.instants import Instant
from portal_contracts.scheduling.request_events import (
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentRequested,
    AppointmentWithdrawn,
)


class AppointmentBooked(EventData, frozen=True, kw_only=True):
    """An appointment is confirmed.

    Attributes:
        appointment_id: also the first half of its invitation's UID.
        client_id: whose it is.
        practitioner_id: whose calendar it is in.
        starts_at: aware UTC.
        ends_at: aware UTC.
        timezone: the IANA zone it was planned in.
        starts_wall: the wall time that was meant there, ``2026-12-03T10:00``.
        utc_offset_minutes: of that zone at the start, east of Greenwich positive.
        ics_sequence: of its invitation (RFC 5545, section 3.8.7.4).
        form_template_ids: the forms that its service asks for before.
        without_mail: whoever booked it wanted the client to get no mail of it.
    """

    TYPE: ClassVar[str] = "scheduling.appointment.booked.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = (
        "notifications.on_appointment_booked",
        "identity_links.on_appointment_booked",
        "forms.on_appointment_booked",
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
    form_template_ids: list[UUID] = field(default_factory=list)
    without_mail: bool = False

    def concerns(self, subscriber: str) -> bool:
        """Forms has to do with it only where it asks for some; few services do."""
        return subscriber != "forms.on_appointment_booked" or bool(self.form_template_ids)


class AppointmentMoved(EventData, frozen=True, kw_only=True):
    """A confirmed appointment has another time; the fields are those of the new one.

    `previous_starts_at`: when it was to be before. `without_mail`: as for `AppointmentBooked`.
    """

    TYPE: ClassVar[str] = "scheduling.appointment.moved.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_appointment_moved",)

    appointment_id: UUID
    client_id: UUID
    practitioner_id: UUID
    starts_at: Instant
    ends_at: Instant
    timezone: str
    starts_wall: str
    utc_offset_minutes: int
    ics_sequence: int
    previous_starts_at: Instant
    without_mail: bool = False


class AppointmentCancelled(EventData, frozen=True, kw_only=True):
    """A confirmed appointment will not take place; the times are those it had.

    `without_mail`: as for `AppointmentBooked`.
    """

    TYPE: ClassVar[str] = "scheduling.appointment.cancelled.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_appointment_cancelled",)

    appointment_id: UUID
    client_id: UUID
    practitioner_id: UUID
    starts_at: Instant
    ends_at: Instant
    timezone: str
    starts_wall: str
    utc_offset_minutes: int
    ics_sequence: int
    without_mail: bool = False


class ToldOccurrence(Struct, frozen=True, kw_only=True):
    """An appointment of a series as an act on the series left it; the times it had, if it is off.

    `ics_sequence` counts the changes of this one, as in the events about one alone.
    """

    appointment_id: UUID
    starts_at: Instant
    ends_at: Instant
    ics_sequence: int


class SeriesBooked(EventData, frozen=True, kw_only=True):
    """A series of appointments is confirmed, by one act.

    Attributes:
        series_id: also the first half of its invitation's UID.
        client_id: whose it is.
        practitioner_id: whose calendar it is in.
        timezone: the IANA zone it was planned in.
        occurrences: its appointments, in order.
        acts: what was done to the series as a whole so far: 0.
        form_template_ids: the forms that its service asks for before.
        without_mail: whoever booked it wanted the client to get no mail of it.
    """

    TYPE: ClassVar[str] = "scheduling.series.booked.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = (
        "notifications.on_series_booked",
        "identity_links.on_series_booked",
        "forms.on_series_booked",
    )

    series_id: UUID
    client_id: UUID
    practitioner_id: UUID
    timezone: str
    occurrences: list[ToldOccurrence]
    acts: int
    form_template_ids: list[UUID] = field(default_factory=list)
    without_mail: bool = False

    def concerns(self, subscriber: str) -> bool:
        """Forms has to do with it only where it asks for some; few services do."""
        return subscriber != "forms.on_series_booked" or bool(self.form_template_ids)


class SeriesMoved(EventData, frozen=True, kw_only=True):
    """Occurrences of a series have other times, by one act; those left out of it are off.

    Where some before them stay, the moved ones are a series of their own from now on.

    Attributes:
        series_id: of the moved ones.
        former_series_id: that they were of; the same where all of them moved.
        client_id: whose it is.
        practitioner_id: whose calendar the first of them is in.
        timezone: the IANA zone it is planned in.
        occurrences: the moved ones, in order.
        cancelled: those that were left out.
        acts: what was done to the series as a whole so far.
        without_mail: whoever moved them wanted the client to get no mail of it.
    """

    TYPE: ClassVar[str] = "scheduling.series.moved.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_series_moved",)

    series_id: UUID
    former_series_id: UUID
    client_id: UUID
    practitioner_id: UUID
    timezone: str
    occurrences: list[ToldOccurrence]
    cancelled: list[ToldOccurrence]
    acts: int
    without_mail: bool = False


class SeriesCancelled(EventData, frozen=True, kw_only=True):
    """Occurrences of a series will not take place, by one act: those from one on, or all to come.

    Attributes:
        series_id: of which.
        client_id: whose it is.
        practitioner_id: whose calendar the first of them is in.
        cancelled: which are off.
        left: how many are still to come.
        acts: what was done to the series as a whole so far.
        without_mail: whoever cancelled them wanted the client to get no mail of it.
    """

    TYPE: ClassVar[str] = "scheduling.series.cancelled.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_series_cancelled",)

    series_id: UUID
    client_id: UUID
    practitioner_id: UUID
    cancelled: list[ToldOccurrence]
    left: int
    acts: int
    without_mail: bool = False


class PractitionerReplaced(EventData, frozen=True, kw_only=True):
    """Appointments of a client are with another practitioner from now on, at the same times.

    Attributes:
        client_id: whose they are.
        practitioner_id: whose calendar they are in now.
    """

    TYPE: ClassVar[str] = "scheduling.practitioner.replaced.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_practitioner_replaced",)

    client_id: UUID
    practitioner_id: UUID


class AppointmentsRetained(EventData, frozen=True, kw_only=True):
    """Appointments of a client stay with a practitioner who handed over what else there was.

    Attributes:
        client_id: whose they are.
        practitioner_id: in whose calendar they stay.
    """

    TYPE: ClassVar[str] = "scheduling.appointments.retained.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("identity_links.on_appointments_retained",)

    client_id: UUID
    practitioner_id: UUID


class BusyCalendarFailed(EventData, frozen=True, kw_only=True):
    """A practitioner's calendar that is kept elsewhere could not be read for a whole day.

    Attributes:
        busy_calendar_id: which.
        practitioner_id: whose.
        failing_since: when it could not be read for the first time.
    """

    TYPE: ClassVar[str] = "scheduling.busy_calendar.failed.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_busy_calendar_failed",)

    busy_calendar_id: UUID
    practitioner_id: UUID
    failing_since: Instant


class SummaryShared(EventData, frozen=True, kw_only=True):
    """A version of a session's summary is shown to the client."""

    TYPE: ClassVar[str] = "scheduling.summary.shared.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("notifications.on_summary_shared",)

    session_id: UUID
    client_id: UUID
    practitioner_id: UUID
    version: int


class ScheduleAccessRecorded(AccessData, frozen=True, kw_only=True):
    """Somebody did something here or was refused, for the access log: ``summary.opened``."""

    TYPE: ClassVar[str] = "scheduling.schedule_access.recorded.v1"
    SUBSCRIBERS: ClassVar[tuple[str, ...]] = ("identity_links.on_schedule_access_recorded",)


EVENTS = (
    AppointmentBooked,
    AppointmentMoved,
    AppointmentCancelled,
    SeriesBooked,
    SeriesMoved,
    SeriesCancelled,
    AppointmentRequested,
    AppointmentDeclined,
    AppointmentExpired,
    AppointmentWithdrawn,
    PractitionerReplaced,
    AppointmentsRetained,
    BusyCalendarFailed,
    SummaryShared,
    ScheduleAccessRecorded,
)
