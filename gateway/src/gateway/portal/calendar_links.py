"""An appointment for the client's own calendar: a file, and links to two calendars on the web.

What goes in says no more than a mail does: when, which practice, and for a
place its address. A video meeting's address stays in the portal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from icalendar import Calendar, Component, Event, vCalAddress, vText

from gateway.web.request_context import RequestContext
from gateway.web.resource import Wiring
from gateway.words.extraction import _
from portal_chassis.calendar_series import EntryPart, parts_of, zone_of
from portal_contracts.calls import Nothing
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.notifications.mail_server import READ_MAIL_SENDER
from portal_contracts.portal_addresses import target_path
from portal_contracts.scheduling.calendar_entries import entry_name, entry_uid
from portal_contracts.scheduling.rpc.appointments import (
    AppointmentStatus,
    PlaceKind,
    UpcomingAppointment,
)

PRODUCT: Final = "-//Latchkey//Client portal//EN"
GOOGLE: Final = "https://calendar.google.com/calendar/render"
OUTLOOK: Final = "https://outlook.live.com/calendar/0/deeplink/compose"
_GOOGLE_TIME: Final = "%Y%m%dT%H%M%SZ"
_OUTLOOK_TIME: Final = "%Y-%m-%dT%H:%M:%S+00:00"


TITLE: Final = _("Appointment: %(practice)s")
DETAILS: Final = _("To join, move or cancel: %(address)s")


@dataclass(frozen=True)
class CalendarLinks:
    """Addresses that open a calendar with the appointment filled in."""

    google: str
    outlook: str


@dataclass(frozen=True)
class _Entry:
    practice: str
    title: str
    details: str
    address: str
    place: str


def calendar_links(
    wiring: Wiring, context: RequestContext, appointment: UpcomingAppointment
) -> CalendarLinks:
    """Links for people whose calendar is on the web."""
    entry = _entry(wiring, context, appointment)
    starts, ends = appointment.starts_at, appointment.ends_at
    google = {
        "action": "TEMPLATE",
        "text": entry.title,
        "dates": f"{starts:{_GOOGLE_TIME}}/{ends:{_GOOGLE_TIME}}",
        "details": entry.details,
        "location": entry.place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.title,
        "startdt": f"{starts:{_OUTLOOK_TIME}}",
        "enddt": f"{ends:{_OUTLOOK_TIME}}",
        "body": entry.details,
        "location": entry.place,
    }
    return CalendarLinks(f"{GOOGLE}?{urlencode(google)}", f"{OUTLOOK}?{urlencode(outlook)}")


def calendar_file(
    wiring: Wiring, context: RequestContext, appointment: UpcomingAppointment
) -> bytes:
    """The appointment as an iCalendar file (RFC 5545), published by the practice (RFC 5546).

    Its UID is that of the mails about it, and SEQUENCE grows with each move,
    so a calendar that has it already changes its entry instead of adding one. One of a series
    comes with the whole series, which is one entry.
    """
    entry = _entry(wiring, context, appointment)
    series = appointment.series_entry
    cancelled = appointment.status is AppointmentStatus.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if series is None or cancelled:
        calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
        calendar.add_component(_alone(wiring, context, appointment, entry, cancelled=cancelled))
        return bytes(calendar.to_ical())
    parts = parts_of(series)
    # One of them is over, moved or off some day, and its page with it.
    entry = _entry(wiring, context, appointment, Target(kind=TargetKind.HOME))
    calendar.add("method", "PUBLISH")
    calendar.add_component(Component.from_ical(zone_of(series.timezone, parts, series.last_wall)))
    organizer = _organizer(context, entry)
    for part in parts:
        event = Event()
        event.add("uid", entry_uid(series.id, wiring.settings.mail_domain))
        event.add("sequence", series.sequence)
        _add_times(event, part)
        _describe(event, context, entry, organizer, "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _alone(
    wiring: Wiring,
    context: RequestContext,
    appointment: UpcomingAppointment,
    entry: _Entry,
    *,
    cancelled: bool,
) -> Event:
    """The entry of an appointment that is of no series, or of one that is off."""
    event = Event()
    event.add("uid", entry_uid(appointment.id, wiring.settings.mail_domain))
    event.add("sequence", appointment.ics_sequence)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    status = "CANCELLED" if cancelled else "CONFIRMED"
    _describe(event, context, entry, _organizer(context, entry), status)
    return event


def _add_times(event: Event, part: EntryPart) -> None:
    event.add("dtstart", part.starts)
    event.add("dtend", part.ends)
    if part.recurrence_id is not None:
        event.add("recurrence-id", part.recurrence_id)
    if part.rule is not None:
        event.add("rrule", part.rule)
    if part.left_out:
        event.add("exdate", list(part.left_out))


def _describe(
    event: Event,
    context: RequestContext,
    entry: _Entry,
    organizer: vCalAddress | None,
    status: str,
) -> None:
    event.add("dtstamp", context.now)
    event.add("summary", entry.title)
    event.add("description", entry.details)
    event.add("url", entry.address)
    if organizer is not None:
        event.add("organizer", organizer, encode=False)
    event.add("status", status)
    if entry.place:
        event.add("location", entry.place)


def _organizer(context: RequestContext, entry: _Entry) -> vCalAddress | None:
    """The same as in the invitations that are mailed, or else none at all."""
    sender = context.backend.part(READ_MAIL_SENDER, Nothing()).get()
    if sender is None or not sender.address:
        return None
    organizer = vCalAddress(f"mailto:{sender.address}")
    if entry.practice:
        organizer.params["CN"] = vText(entry_name(entry.practice))
    return organizer


def _entry(
    wiring: Wiring,
    context: RequestContext,
    appointment: UpcomingAppointment,
    leads_to: Target | None = None,
) -> _Entry:
    say = wiring.screens.sentence
    page = target_path(leads_to or Target(kind=TargetKind.APPOINTMENT, id=appointment.id))
    address = f"{wiring.settings.public_url}{page}"
    practice = context.practice.name if context.practice else ""
    is_address = appointment.place.kind is PlaceKind.ADDRESS
    return _Entry(
        practice=practice,
        title=say(context.language, TITLE) % {"practice": practice},
        details=say(context.language, DETAILS) % {"address": address},
        address=address,
        place=appointment.place.text if is_address else "",
    )
