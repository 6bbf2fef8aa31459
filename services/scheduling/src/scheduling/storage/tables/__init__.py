"""The tables of the scheduling database.

Ids of practices, practitioners and clients come from identity-links and are
nothing but ids here. Everything planned keeps three things: the instant in
UTC, the IANA zone, and the wall time that was meant, so that an appointment
can follow a change of the zone's rules.
"""

from __future__ import annotations

from scheduling.storage.tables.availability import availability
from scheduling.storage.tables.bookings import appointment, appointment_change, booked_time
from scheduling.storage.tables.busy_calendars import busy_calendar, busy_time
from scheduling.storage.tables.limits import booking_limits
from scheduling.storage.tables.practitioners import practitioner_status
from scheduling.storage.tables.schema import chassis, metadata
from scheduling.storage.tables.series import series
from scheduling.storage.tables.services import bookable_service, bookable_service_client
from scheduling.storage.tables.sessions import (
    session,
    session_note,
    session_note_version,
    session_summary,
)

__all__ = [
    "appointment",
    "appointment_change",
    "availability",
    "bookable_service",
    "bookable_service_client",
    "booked_time",
    "booking_limits",
    "busy_calendar",
    "busy_time",
    "chassis",
    "metadata",
    "practitioner_status",
    "series",
    "session",
    "session_note",
    "session_note_version",
    "session_summary",
]
