"""A series as one entry for calendars (RFC 5545), sent by mail (RFC 6047).

Where a series ended because those after it moved, it comes first, with its nearer end, and the
one that goes on from it has a UID of its own: an invitation is about one UID (RFC 5546, 3.2.2).
"""

from __future__ import annotations

from gettext import NullTranslations

from icalendar import Calendar, Component, Event

from notifications.domain.letters import Addressee, Invitation, InvitationMethod
from notifications.mails.appointments.invitations import (
    add_times,
    describe,
    new_calendar,
)
from notifications.mails.mail import Occasion
from portal_chassis.calendar_series import parts_of, zone_of
from portal_contracts.identity_links.rpc.targets import Target, TargetKind
from portal_contracts.portal_addresses import target_path
from portal_contracts.scheduling.calendar_entries import entry_uid
from portal_contracts.scheduling.rpc.appointments import SeriesEntry
from portal_contracts.scheduling.rpc.series import SeriesFacts


def invitations_of(
    occasion: Occasion[SeriesFacts], addressee: Addressee, texts: NullTranslations
) -> list[Invitation]:
    """The invitation to a series, or its withdrawal; before it those that it went on from.

    Each is METHOD:REQUEST with the whole series as it is now, so that a calendar that missed one
    has all of it with the next. With none left of it, it is METHOD:CANCEL.
    """
    facts = occasion.facts
    # Only the act that parted them changed the former ones; later ones leave them alone.
    former = facts.ended if facts.acts == 0 or occasion.planned_sequence is not None else []
    return [_invitation(one, occasion, addressee, texts) for one in [*former, facts.entry]]


def _invitation(
    entry: SeriesEntry,
    occasion: Occasion[SeriesFacts],
    addressee: Addressee,
    texts: NullTranslations,
) -> Invitation:
    method: InvitationMethod = "CANCEL" if entry.live == 0 else "REQUEST"
    parts = parts_of(entry)
    calendar: Calendar = new_calendar(method)
    zone = zone_of(entry.timezone, parts, entry.last_wall)
    calendar.add_component(Component.from_ical(zone))
    for part in parts:
        event = Event()
        event.add("uid", entry_uid(entry.id, addressee.mail_domain))
        event.add("sequence", entry.sequence)
        add_times(event, part)
        page = addressee.portal
        if not addressee.to_practitioner:
            page += target_path(Target(kind=TargetKind.HOME))
        describe(event, method, occasion.facts.place, addressee, texts, page=page, now=occasion.now)
        calendar.add_component(event)
    return Invitation(method, calendar.to_ical())
