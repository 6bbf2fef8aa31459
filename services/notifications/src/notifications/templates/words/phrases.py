"""What mails of every kind say: greetings, times, how to ask, who writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time, get_timezone_location

from notifications.domain.letters import Occasion, Practice

LOCALES = {"en": "en_GB", "de": "de"}
"""Languages that mails are written in, and whose dates they print."""

_DAY = {"en": "EEEE, d MMMM", "de": "EEEE, d. MMMM"}

Lookup = Callable[[str], str]


def greeting(name: str, _: Lookup) -> str:
    """The first line."""
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def sign_off(practice: Practice, _: Lookup) -> str:
    """The last line."""
    return _("Sent automatically for %(practice)s.") % {"practice": practice.name}


def notes(occasion: Occasion, _: Lookup) -> tuple[str, ...]:
    """The quieter lines: what a client's link is good for, and how the client may ask.

    None for a practitioner, who has no portal link and belongs to the practice.
    """
    if occasion.link_ends_at is None:
        return ()
    return (
        until(occasion.link_ends_at, occasion.timezone, occasion.language, _)
        + " "
        + _("After that, the same link lets you ask for a new one."),
        _("Please keep it to yourself: whoever has this link can open your portal."),
        *questions(occasion.practice, _),
    )


def day(instant: datetime, timezone: str, language: str) -> str:
    """``Thursday, 3 December``, as the calendar of that zone has it."""
    local = instant.astimezone(zone(timezone))
    return format_date(local, _DAY[language], locale=LOCALES[language])


def when(instant: datetime, timezone: str, planned_zone: str, language: str, _: Lookup) -> str:
    """Day and time on the recipient's clock, and on the practitioner's where it differs."""
    here, there = zone(timezone), zone(planned_zone)
    local, planned = instant.astimezone(here), instant.astimezone(there)
    locale = LOCALES[language]
    told = _("%(day)s, %(time)s %(place)s time") % {
        "day": format_date(local, "full", locale=locale),
        "time": format_time(local, "HH:mm", locale=locale),
        "place": _city(here, locale),
    }
    if local.utcoffset() == planned.utcoffset():
        return told
    other = _("%(time)s %(place)s time") % {
        "time": format_time(planned, "HH:mm", locale=locale),
        "place": _city(there, locale),
    }
    if local.date() != planned.date():
        other = f"{format_date(planned, 'EEEE', locale=locale)}, {other}"
    return f"{told} ({other})"


def until(instant: datetime, timezone: str, language: str, _: Lookup) -> str:
    """Until when the link works, on the recipient's own clock."""
    here = zone(timezone)
    locale = LOCALES[language]
    local = instant.astimezone(here)
    return _("The link works until %(day)s, %(time)s (%(place)s time).") % {
        "day": format_date(local, "full", locale=locale),
        "time": format_time(local, "HH:mm", locale=locale),
        "place": _city(here, locale),
    }


def questions(practice: Practice, _: Lookup) -> tuple[str, ...]:
    """How to ask, by what the practice has given."""
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


def zone(name: str) -> ZoneInfo:
    """The zone of that name, or UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _city(here: ZoneInfo, locale: str) -> str:
    return get_timezone_location(here, locale=locale, return_city=True)
