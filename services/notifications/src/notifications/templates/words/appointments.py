"""Mails about appointments, to clients and to practitioners."""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations

from notifications.domain.kinds import CANCELLED, Kind
from notifications.domain.letters import AppointmentOccasion, Wording
from notifications.templates.words.phrases import Lookup, day, greeting, notes, sign_off, when
from portal_contracts.scheduling.rpc.appointments import PlaceKind


def appointment(occasion: AppointmentOccasion, catalogue: NullTranslations) -> Wording:
    """A mail that says when an appointment is, or that it is not."""
    _ = catalogue.gettext
    on_day = {"day": day(occasion.starts_at, occasion.timezone, occasion.language)}
    subject, lead = _news(occasion.kind, _)
    details = _details(occasion, _)
    return Wording(
        language=occasion.language,
        subject=subject % on_day,
        preheader=details[0][1],
        greeting=greeting(occasion.greeting_name, _),
        lead=(lead,),
        details=details,
        button=_button(occasion, _),
        link=occasion.link,
        notes=(*_about_invitation(occasion, _), *notes(occasion, _)),
        sign_off=sign_off(occasion.practice, _),
    )


def place(occasion: AppointmentOccasion, _: Lookup) -> str:
    """Where it is; never the address of a meeting."""
    if occasion.place.kind is PlaceKind.VIDEO:
        return _("Online")
    if occasion.place.kind is PlaceKind.PHONE:
        return _("By phone") + (f": {occasion.place.text}" if occasion.place.text else "")
    return occasion.place.text


def title(occasion: AppointmentOccasion, catalogue: NullTranslations) -> str:
    """What the entry in a calendar is called: discreet, since others may see it."""
    _ = catalogue.gettext
    return _("Appointment with %(practice)s") % {"practice": occasion.practice.name}


def description(occasion: AppointmentOccasion, catalogue: NullTranslations) -> str:
    """What stands below that: where to look, without a way in."""
    _ = catalogue.gettext
    return _("Everything about it is in your portal: %(address)s") % {"address": occasion.portal}


def _news(kind: Kind, _: Lookup) -> tuple[str, str]:
    """Subject and first sentence."""
    if kind is Kind.APPOINTMENT_MOVED:
        return _("Your appointment is now on %(day)s"), _("Your appointment has a new time.")
    if kind is Kind.APPOINTMENT_CANCELLED:
        return (
            _("Your appointment on %(day)s is cancelled"),
            _("Your appointment is cancelled and will not take place."),
        )
    if kind is Kind.APPOINTMENT_REMINDER:
        return (
            _("Reminder: your appointment on %(day)s"),
            _("This is a short reminder of your appointment. We look forward to seeing you."),
        )
    if kind is Kind.APPOINTMENT_CONFIRMED:
        return _("Your appointment on %(day)s"), _("Your appointment is confirmed.")
    return _practitioners_news(kind, _)


def _practitioners_news(kind: Kind, _: Lookup) -> tuple[str, str]:
    if kind is Kind.BOOKING_RECEIVED:
        return (
            _("New appointment on %(day)s"),
            _("An appointment was booked in your calendar. Your portal shows with whom."),
        )
    if kind is Kind.BOOKING_MOVED:
        return (
            _("An appointment is now on %(day)s"),
            _("An appointment in your calendar was moved. Your portal shows which one."),
        )
    return (
        _("The appointment on %(day)s is cancelled"),
        _("An appointment in your calendar was cancelled. Your portal shows which one."),
    )


def _details(occasion: AppointmentOccasion, _: Lookup) -> tuple[tuple[str, str], ...]:
    def told(instant: datetime) -> str:
        return when(instant, occasion.timezone, occasion.planned_zone, occasion.language, _)

    if occasion.kind in CANCELLED:
        return ((_("It was to be"), told(occasion.starts_at)),)
    times: tuple[tuple[str, str], ...]
    if occasion.before is not None:
        times = ((_("New time"), told(occasion.starts_at)), (_("Before"), told(occasion.before)))
    else:
        times = ((_("When"), told(occasion.starts_at)),)
    where = place(occasion, _)
    return (*times, (_("Where"), where)) if where else times


def _button(occasion: AppointmentOccasion, _: Lookup) -> str:
    to_client = occasion.link_ends_at is not None
    if to_client and occasion.kind in CANCELLED:
        return _("Open my portal")
    return _("Open my appointment") if to_client else _("Open the appointment")


def _about_invitation(occasion: AppointmentOccasion, _: Lookup) -> tuple[str, ...]:
    if occasion.kind is Kind.APPOINTMENT_REMINDER:
        if occasion.place.kind is PlaceKind.VIDEO:
            return (_("You join from your portal, with the button above."),)
        return ()
    if occasion.kind in CANCELLED:
        return (_("The file that comes with this e-mail takes it out of your calendar."),)
    return (_("The file that comes with this e-mail puts it into your calendar."),)
