"""An appointment as an entry for calendars (RFC 5545), sent by mail (RFC 6047)."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import NullTranslations

from icalendar import Calendar, Component, Event, vCalAddress, vText

from notifications.domain.letters import Addressee, Invitation, InvitationMethod
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_chassis.calendar_series import EntryPart, occurrence, zone_of
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.portal_addresses import target_path
from portal_contracts.scheduling.calendar_entries import entry_name, entry_uid
from portal_contracts.scheduling.rpc.appointments import Place, PlaceKind
from portal_contracts.scheduling.rpc.overview import AppointmentFacts
from portal_contracts.text import line


def invitation(
    method: InvitationMethod,
    occasion: Occasion[AppointmentFacts],
    addressee: Addressee,
    texts: NullTranslations,
) -> Invitation:
    """The invitation, or its withdrawal.

    Its UID stays the appointment's, its sequence grows with each change, so a
    calendar replaces the entry instead of adding one. One of a series is that occurrence of the
    series' entry. It is called discreetly, since others may see it, and holds no token, no
    service's name and no meeting's address.
    """
    facts = occasion.facts
    calendar, entry = new_calendar(method), Event()
    if facts.series is None:
        entry.add("uid", entry_uid(occasion.subject_id, addressee.mail_domain))
        entry.add("sequence", facts.ics_sequence + facts.sequence_raised)
        entry.add("dtstart", facts.starts_at.astimezone(UTC))
        entry.add("dtend", facts.ends_at.astimezone(UTC))
    else:
        series = facts.series
        part = occurrence(series.wall, series.timezone, facts.starts_at, facts.ends_at)
        calendar.add_component(Component.from_ical(zone_of(series.timezone, [part])))
        entry.add("uid", entry_uid(series.series_id, addressee.mail_domain))
        entry.add("sequence", series.sequence)
        add_times(entry, part)
    page = _page(occasion, addressee)
    describe(entry, method, facts.place, addressee, texts, page=page, now=occasion.now)
    calendar.add_component(entry)
    return Invitation(method, calendar.to_ical())


def new_calendar(method: InvitationMethod) -> Calendar:
    """An iCalendar object without entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Latchkey//Portal//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def add_times(entry: Event, part: EntryPart) -> None:
    """When a part of a series is, on the wall of its zone, and which part it is."""
    entry.add("dtstart", part.starts)
    entry.add("dtend", part.ends)
    if part.recurrence_id is not None:
        entry.add("recurrence-id", part.recurrence_id)
    if part.rule is not None:
        entry.add("rrule", part.rule)
    if part.left_out:
        entry.add("exdate", list(part.left_out))


def describe(
    entry: Event,
    method: InvitationMethod,
    where: Place,
    addressee: Addressee,
    texts: NullTranslations,
    *,
    page: str,
    now: datetime,
) -> None:
    """What every entry says besides its times: discreet, from the practice, to the recipient."""
    _, practice = texts.gettext, addressee.practice.name
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("summary", _("Appointment with %(practice)s") % {"practice": practice})
    in_portal = _("Everything about it is in your portal: %(address)s")
    entry.add("description", in_portal % {"address": page})
    if said := place(where, _):
        entry.add("location", said)
    entry.add("url", page)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    entry.add("transp", "OPAQUE")
    entry["organizer"] = _person(addressee.sender_address, practice)
    attendee = _person(addressee.to.address, addressee.to.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    entry.add("attendee", attendee, encode=False)


def _page(occasion: Occasion[AppointmentFacts], addressee: Addressee) -> str:
    """The appointment's own page, without a token: whoever is not signed in is asked there."""
    if addressee.to_practitioner:
        return addressee.portal
    target = Target(kind=TargetKind.APPOINTMENT, id=occasion.subject_id)
    return f"{addressee.portal}{target_path(target)}"


def place(where: Place, _: Lookup) -> str:
    """Where it is; never the address of a meeting."""
    if where.kind is PlaceKind.VIDEO:
        return _("Online")
    text = line(where.text)
    if where.kind is PlaceKind.PHONE:
        return _("By phone") + (f": {text}" if text else "")
    return text


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(entry_name(name))
    return person
