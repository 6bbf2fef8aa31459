"""An appointment as an entry for calendars (RFC 5545), sent by mail (RFC 6047)."""

from __future__ import annotations

from datetime import UTC
from gettext import NullTranslations

from icalendar import Calendar, Event, vCalAddress, vText

from notifications.domain.kinds import CANCELLED
from notifications.domain.letters import AppointmentOccasion, Invitation
from notifications.templates.words.appointments import description, place, title


def invitation(occasion: AppointmentOccasion, catalogue: NullTranslations) -> Invitation:
    """The invitation, or its withdrawal.

    Its UID stays the appointment's, its sequence grows with each change, so a
    calendar replaces the entry instead of adding one. It holds no token, no
    service's name and no meeting's address.
    """
    cancelled = occasion.kind in CANCELLED
    method = "CANCEL" if cancelled else "REQUEST"
    entry = Event()
    entry.add("uid", f"{occasion.appointment_id}@{occasion.uid_domain}")
    entry.add("sequence", occasion.sequence)
    entry.add("dtstamp", occasion.stamped.astimezone(UTC))
    entry.add("dtstart", occasion.starts_at.astimezone(UTC))
    entry.add("dtend", occasion.ends_at.astimezone(UTC))
    entry.add("summary", title(occasion, catalogue))
    entry.add("description", description(occasion, catalogue))
    if where := place(occasion, catalogue.gettext):
        entry.add("location", where)
    entry.add("url", occasion.portal)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("transp", "OPAQUE")
    entry["organizer"] = _person(occasion.organizer, occasion.practice.name)
    attendee = _person(occasion.attendee.address, occasion.attendee.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    entry.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Latchkey//Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(entry)
    return Invitation(method, calendar.to_ical())


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        # A parameter cannot hold a double quote, whatever is done to it (RFC 5545, section 3.2).
        person.params["CN"] = vText(name.replace('"', "'"))
    return person
