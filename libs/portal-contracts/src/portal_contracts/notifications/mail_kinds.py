"""The kinds of mail, and what each is called in the mail log."""

from __future__ import annotations

from typing import Final

MAIL_KINDS: Final[dict[str, str]] = {
    "portal_link": "Portal link",
    "entry_code": "Code for a new device",
    "form_sent": "Form to fill in",
    "form_reminder": "Form still open",
    "form_unlocked": "Form to correct",
    "form_submitted": "Form filled in",
    "form_alert": "Please look soon",
    "summary_shared": "Something new to read",
    "appointment_confirmed": "Appointment confirmed",
    "appointment_moved": "Appointment moved",
    "appointment_cancelled": "Appointment cancelled",
    "appointment_reminder": "Reminder",
    "series_confirmed": "Series of appointments confirmed",
    "series_moved": "Series of appointments moved",
    "series_shortened": "Some of a series cancelled",
    "series_cancelled": "Series of appointments cancelled",
    "appointment_requested": "Request received",
    "appointment_declined": "Request declined",
    "appointment_expired": "Request not answered",
    "practitioner_changed": "Appointments with somebody else",
    "booking_received": "New booking",
    "booking_moved": "Booking moved",
    "booking_cancelled": "Booking cancelled",
    "booked_series": "New series booked",
    "booked_series_moved": "Booked series moved",
    "booked_series_cancelled": "Booked series cancelled",
    "calendar_moved": "Calendar entry moved",
    "calendar_cancelled": "Calendar entry cancelled",
    "calendar_series_moved": "Calendar entries moved",
    "calendar_series_cancelled": "Calendar entries cancelled",
    "busy_calendar_failed": "Calendar cannot be read",
    "request_received": "Request to answer",
    "request_withdrawn": "Request withdrawn",
    "request_expired": "Request expired",
    "invitation": "Invitation into the team",
    "password_reset": "New password",
    "new_device": "New sign-in",
    "password_changed": "Password changed",
    "second_factor_on": "Two-step sign-in on",
    "second_factor_off": "Two-step sign-in off",
    "second_factor_reset": "Two-step sign-in reset",
    "colleague_reset": "A colleague’s two-step sign-in reset",
    "recovery_code_used": "Recovery code used",
    "emergency_access": "Opened in an emergency",
    "everyone_shown": "All clients shown to everyone",
}
"""A kind's code, which stays for good, and its name in English; the gateway translates it.

``booking_…`` and ``booked_…`` tell a practitioner what happened in the calendar, the
``appointment_…`` and ``series_…`` ones a client; ``calendar_…`` bring a practitioner's own change
to the calendar that was invited; ``busy_calendar_failed`` is about one that is kept elsewhere.
``booking_…`` and ``request_…`` tell a practitioner what happened in the calendar, the
``appointment_…`` ones a client; ``calendar_…`` bring a practitioner's own change to the calendar
that was invited.
Those after them are about a practitioner's account.
"""
