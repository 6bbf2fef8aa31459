"""The addresses of booking, appointments and sessions."""

from __future__ import annotations

from typing import Final

from gateway.portal import appointments, booking, moving, sessions
from gateway.routing import Route
from gateway.routing import client as hers

_ONE: Final = "/appointments/{appointment_id:uuid}"

ROUTES: Final[tuple[Route, ...]] = (
    hers("/book", booking.OfferPage),
    hers("/book/{service_id:uuid}", booking.BookPage),
    hers("/book/{service_id:uuid}/hold", booking.HoldTimePage),
    hers("/book/hold/{hold_id:uuid}", booking.HoldPage),
    hers("/appointments", appointments.AppointmentsPage),
    hers(_ONE, appointments.AppointmentPage),
    hers(f"{_ONE}/calendar.ics", appointments.CalendarFilePage),
    hers(f"{_ONE}/join", appointments.JoinPage),
    hers(f"{_ONE}/cancel", appointments.CancelPage),
    hers(f"{_ONE}/move", moving.MovePage),
    hers("/sessions", sessions.SessionsPage),
    hers("/sessions/{session_id:uuid}", sessions.SessionPage),
)
