"""The addresses of calendar, services, availability, sessions and summaries."""

from __future__ import annotations

from typing import Final

from gateway.console import (
    appointments,
    availability,
    calendar,
    client_appointments,
    notes,
    planning,
    services,
    sessions,
    summaries,
)
from gateway.routing import Route, practitioner
from portal_contracts.permissions import Permission

_APPOINTMENT: Final = "/console/appointments/{appointment_id:uuid}"
_SERVICE: Final = "/console/services/{service_id:uuid}"
_CLIENT: Final = "/console/clients/{client_id:uuid}"
_SESSION: Final = "/console/sessions/{session_id:uuid}"

ROUTES: Final[tuple[Route, ...]] = (
    practitioner("/console/calendar", calendar.CalendarPage, Permission.APPOINTMENTS_READ),
    practitioner(
        "/console/appointments/new", planning.NewAppointmentPage, Permission.APPOINTMENTS_WRITE
    ),
    practitioner(_APPOINTMENT, appointments.AppointmentPage, Permission.APPOINTMENTS_READ),
    practitioner(f"{_APPOINTMENT}/join", appointments.JoinPage, Permission.APPOINTMENTS_READ),
    practitioner(f"{_APPOINTMENT}/move", planning.MovePage, Permission.APPOINTMENTS_WRITE),
    practitioner(f"{_APPOINTMENT}/cancel", appointments.CancelPage, Permission.APPOINTMENTS_WRITE),
    practitioner("/console/services", services.ServicesPage, Permission.APPOINTMENTS_READ),
    practitioner("/console/services/new", services.NewServicePage, Permission.SERVICES_WRITE),
    practitioner(_SERVICE, services.ServicePage, Permission.SERVICES_WRITE),
    practitioner(f"{_SERVICE}/copy", services.CopyServicePage, Permission.SERVICES_WRITE),
    practitioner(f"{_SERVICE}/archive", services.ArchiveServicePage, Permission.SERVICES_WRITE),
    practitioner(f"{_SERVICE}/restore", services.RestoreServicePage, Permission.SERVICES_WRITE),
    practitioner(
        "/console/availability", availability.AvailabilityPage, Permission.AVAILABILITY_WRITE
    ),
    practitioner(
        f"{_CLIENT}/appointments",
        client_appointments.ClientAppointmentsPage,
        Permission.APPOINTMENTS_READ,
    ),
    practitioner(f"{_CLIENT}/sessions", sessions.ClientSessionsPage, Permission.SESSIONS_READ),
    practitioner(f"{_CLIENT}/sessions/new", sessions.RecordSessionPage, Permission.SESSIONS_WRITE),
    practitioner(_SESSION, sessions.SessionPage, Permission.SESSIONS_READ),
    practitioner(f"{_SESSION}/status", sessions.MarkSessionPage, Permission.SESSIONS_WRITE),
    practitioner(f"{_SESSION}/summary", summaries.SummaryPage, Permission.SUMMARIES_WRITE),
    practitioner(
        f"{_SESSION}/summary/share", summaries.ShareSummaryPage, Permission.SUMMARIES_WRITE
    ),
    practitioner(
        f"{_SESSION}/summary/unshare", summaries.UnshareSummaryPage, Permission.SUMMARIES_WRITE
    ),
    practitioner(f"{_SESSION}/note", notes.NotePage, Permission.NOTES_WRITE),
)
