"""The kinds of mail, and what belongs together among them."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """One kind of mail; the gateway has a word for each.

    ``booking_…`` tell a practitioner what happened in the calendar, the
    ``appointment_…`` ones a client.
    """

    PORTAL_LINK = "portal_link"
    FORM_SENT = "form_sent"
    FORM_SUBMITTED = "form_submitted"
    FORM_ALERT = "form_alert"
    SUMMARY_SHARED = "summary_shared"
    APPOINTMENT_CONFIRMED = "appointment_confirmed"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_REMINDER = "appointment_reminder"
    BOOKING_RECEIVED = "booking_received"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CANCELLED = "booking_cancelled"


MOVED = frozenset({Kind.APPOINTMENT_MOVED, Kind.BOOKING_MOVED})
CANCELLED = frozenset({Kind.APPOINTMENT_CANCELLED, Kind.BOOKING_CANCELLED})
CONFIRMED = frozenset({Kind.APPOINTMENT_CONFIRMED, Kind.BOOKING_RECEIVED})

APPOINTMENTS = CONFIRMED | MOVED | CANCELLED
"""Kinds that say when an appointment is, or that it is not; each with an invitation."""

FORMS = frozenset({Kind.FORM_SENT, Kind.FORM_SUBMITTED, Kind.FORM_ALERT})

INSTEAD_OF_MOVED = {
    Kind.APPOINTMENT_MOVED: Kind.APPOINTMENT_CONFIRMED,
    Kind.BOOKING_MOVED: Kind.BOOKING_RECEIVED,
}
"""What is written to somebody who has never heard of the appointment that was moved."""
