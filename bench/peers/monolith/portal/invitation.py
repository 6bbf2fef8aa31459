"""The file that puts an appointment into a calendar."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from portal.models import Appointment


def invitation(appointment: Appointment, name: str, address: str, url: str) -> str:
    """It, for one who comes, with the page that knows more."""
    practice = appointment.client.practice
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Monolith//Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "REQUEST")
    attendee, organizer = (
        vCalAddress(f"mailto:{address}"),
        vCalAddress(f"mailto:{practice.contact_email}"),
    )
    attendee.params |= {
        "CN": vText(name),
        "PARTSTAT": vText("ACCEPTED"),
        "ROLE": vText("REQ-PARTICIPANT"),
        "RSVP": vText("FALSE"),
    }
    organizer.params["CN"] = vText(practice.name)
    event.add("attendee", attendee, encode=0)
    event.add("organizer", organizer, encode=0)
    event.add("summary", f"{_('Appointment with')} {practice.name}")
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("dtstamp", timezone.now())
    event.add("uid", f"{appointment.pk}@127.0.0.1")
    event.add("sequence", appointment.ics_sequence)
    event.add("description", f"{_('Everything about it is in your portal:')} {url}")
    event.add("location", appointment.place)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("url", url)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
