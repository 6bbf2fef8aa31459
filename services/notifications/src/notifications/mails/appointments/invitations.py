"""An appointment as an entry for calendars (RFC 5545), sent by mail (RFC 6047)."""

from __future__ import annotations

from datetime import UTC
from gettext import NullTranslations

from icalendar import Calendar, Event, vCalAddress, vText

from notifications.domain.letters import Addressee, Invitation, InvitationMethod
from notifications.mails.mail import Occasion
from notifications.templates.phrases import Lookup
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.portal_addresses import target_path
from portal_contracts.scheduling.calendar_entries import entry_name, entry_uid
from portal_contracts.scheduling.rpc.appointments import PlaceKind
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
    calendar replaces the entry instead of adding one. It is called discreetly, since
    others may see it, and holds no token, no service's name and no meeting's address.
    """
    _, facts = texts.gettext, occasion.facts
    entry = Event()
    entry.add("uid", entry_uid(occasion.subject_id, addressee.mail_domain))
    entry.add("sequence", facts.ics_sequence + facts.sequence_raised)
    entry.add("dtstamp", occasion.now.astimezone(UTC))
    entry.add("dtstart", facts.starts_at.astimezone(UTC))
    entry.add("dtend", facts.ends_at.astimezone(UTC))
    practice = addressee.practice.name
    entry.add("summary", _("Appointment with %(practice)s") % {"practice": practice})
    in_portal = _("Everything about it is in your portal: %(address)s")
    page = _page(occasion, addressee)
    entry.add("description", in_portal % {"address": page})
    if where := place(facts, _):
        entry.add("location", where)
    entry.add("url", page)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    entry.add("transp", "OPAQUE")
    entry["organizer"] = _person(addressee.sender_address, practice)
    attendee = _person(addressee.to.address, addressee.to.name)
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


def _page(occasion: Occasion[AppointmentFacts], addressee: Addressee) -> str:
    """The appointment's own page, without a token: whoever is not signed in is asked there."""
    if addressee.to_practitioner:
        return addressee.portal
    target = Target(kind=TargetKind.APPOINTMENT, id=occasion.subject_id)
    return f"{addressee.portal}{target_path(target)}"


def place(facts: AppointmentFacts, _: Lookup) -> str:
    """Where it is; never the address of a meeting."""
    if facts.place.kind is PlaceKind.VIDEO:
        return _("Online")
    text = line(facts.place.text)
    if facts.place.kind is PlaceKind.PHONE:
        return _("By phone") + (f": {text}" if text else "")
    return text


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(entry_name(name))
    return person
