"""What mails of every kind say: greetings, times, how to ask, who writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel.dates import format_date

from notifications.domain.letters import Addressee, Practice, Wording
from portal_chassis.change_terms import cancel_terms, move_terms
from portal_chassis.customs import writes_twelve_hours
from portal_chassis.zone_names import city_of
from portal_contracts.scheduling.rpc.overview import AppointmentFacts
from portal_contracts.wall_clock import time_of_day, told_apart, utc_offset, zone_or_utc

LOCALES = {"en": "en_GB", "de": "de"}
"""Languages that mails are written in, and whose dates they print."""

_DAY = {"en": "EEEE, d MMMM", "de": "EEEE, d. MMMM"}

HOURS_OF_A_DAY = 24

Lookup = Callable[[str], str]


def greeting(name: str, _: Lookup) -> str:
    """The first line."""
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def sign_off(practice: Practice, _: Lookup) -> str:
    """The last line."""
    return _("Sent automatically for %(practice)s.") % {"practice": practice.name}


def worded(
    addressee: Addressee,
    _: Lookup,
    *,
    subject: str,
    preheader: str,
    lead: str,
    details: tuple[tuple[str, str], ...] = (),
    button: str,
    notes: tuple[str, ...] = (),
    stray: str = "",
) -> Wording:
    """What a mail says, begun and ended as all of them are.

    A client is told what the link is good for and how to ask; a practitioner has no portal
    link and belongs to the practice.

    Args:
        addressee: whom it is to.
        _: translates.
        subject: one line.
        preheader: what mail programs show beside it.
        lead: the paragraph before the button.
        details: names and values below that.
        button: what the button is called.
        notes: its own quieter lines, after the button.
        stray: what a client may do who did not expect this mail.
    """
    return Wording(
        language=addressee.language,
        subject=subject,
        preheader=preheader,
        greeting=greeting(addressee.greeting_name, _),
        lead=(lead,),
        details=details,
        button=button,
        link=addressee.link,
        notes=(*notes, *_about_link(addressee, stray, _)),
        sign_off=sign_off(addressee.practice, _),
    )


def day(instant: datetime, timezone: str, language: str) -> str:
    """``Thursday, 3 December``, as the calendar of that zone has it."""
    local = instant.astimezone(zone_or_utc(timezone))
    return format_date(local, _DAY[language], locale=LOCALES[language])


def part_of_day(instant: datetime, timezone: str, language: str, _: Lookup) -> str:
    """``Thursday, 3 December, in the morning``: near enough to remember, and no more."""
    parts = (_("at night"), _("in the morning"), _("in the afternoon"), _("in the evening"))
    hour = instant.astimezone(zone_or_utc(timezone)).hour
    part = parts[hour * len(parts) // HOURS_OF_A_DAY]
    return _("%(day)s, %(part)s") % {"day": day(instant, timezone, language), "part": part}


def twelve_hours(addressee: Addressee) -> bool:
    """Whether a mail writes *1:30 PM*: as people do where its recipient is."""
    return writes_twelve_hours(addressee.language, addressee.timezone)


def when(instant: datetime, addressee: Addressee, planned_zone: str, _: Lookup) -> str:
    """Day and time on the recipient's clock, and on the practitioner's where it differs."""
    local = instant.astimezone(zone_or_utc(addressee.timezone))
    planned = instant.astimezone(zone_or_utc(planned_zone))
    locale = LOCALES[addressee.language]
    own = _clock(instant, addressee.timezone, addressee, _)
    told = f"{format_date(local, 'full', locale=locale)}, {own}"
    if local.utcoffset() == planned.utcoffset():
        return told
    other = _clock(instant, planned_zone, addressee, _)
    if local.date() != planned.date():
        other = f"{format_date(planned, 'EEEE', locale=locale)}, {other}"
    return f"{told} ({other})"


def device(label: str, _: Lookup) -> str:
    """A device's label, which identity-links writes in English, in the reader's language."""
    browser, on, platform = label.partition(" on ")
    if on:
        return _("%(browser)s on %(platform)s") % {"browser": browser, "platform": platform}
    return _("Unknown device") if label == "Unknown device" else label


def terms(facts: AppointmentFacts, addressee: Addressee, now: datetime) -> tuple[str, ...]:
    """Until when a client may cancel and move an appointment, as the portal says it."""
    if addressee.to_practitioner or not addressee.link:
        return ()
    told: dict[str, Any] = {
        "starts_at": facts.starts_at,
        "timezone": addressee.timezone,
        "language": addressee.language,
        "now": now,
        "twelve_hours": twelve_hours(addressee),
    }
    said = (
        cancel_terms(facts.cancel, has_policy=facts.has_policy, **told),
        move_terms(facts.move, **told),
    )
    return tuple(filter(None, said))


def _about_link(addressee: Addressee, stray: str, _: Lookup) -> tuple[str, ...]:
    until = works_until(addressee, _)
    if not until:
        return ()
    lines = (
        until + " " + _("After that, the same link lets you ask for a new one."),
        _("Please keep it to yourself: whoever has this link can open your portal."),
        stray,
    )
    return (*filter(None, lines), *questions(addressee.practice, _))


def works_until(addressee: Addressee, _: Lookup) -> str:
    """Until when the link of a mail works; "" for one that does not end."""
    if addressee.link_ends_at is None:
        return ""
    local = addressee.link_ends_at.astimezone(zone_or_utc(addressee.timezone))
    return _("The link works until %(day)s, %(time)s.") % {
        "day": format_date(local, "full", locale=LOCALES[addressee.language]),
        "time": _clock(addressee.link_ends_at, addressee.timezone, addressee, _),
    }


def questions(practice: Practice, _: Lookup) -> tuple[str, ...]:
    """How to ask, where the practice says how."""
    if practice.email and practice.phone:
        text = _("Questions? Just reply to this e-mail, or call %(phone)s.")
    elif practice.email:
        text = _("Questions? Just reply to this e-mail.")
    elif practice.phone:
        text = _("Questions? Call %(phone)s.")
    else:
        return ()
    # A number is read in one piece, so it is not broken at the end of a line.
    return (text % {"phone": practice.phone.replace(" ", "\N{NO-BREAK SPACE}")},)


def _clock(instant: datetime, timezone: str, addressee: Addressee, _: Lookup) -> str:
    """``10:00 Berlin time``; ``10:00 UTC−5`` where the zone is called after no place.

    Every time of day in a mail is written here, by a series or by terms that are told
    `twelve_hours`: as its recipient is used to, whatever zone it is in.
    """
    city = city_of(timezone, addressee.language)
    local = instant.astimezone(zone_or_utc(timezone))
    mark = _("%(city)s time") % {"city": city} if city else utc_offset(instant, timezone)
    return _("%(time)s %(zone)s") % {
        "time": time_of_day(local, twelve_hours=twelve_hours(addressee)),
        "zone": " ".join(filter(None, (told_apart(instant, timezone), mark))),
    }
