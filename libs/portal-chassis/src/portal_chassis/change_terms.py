"""Until when an appointment can be cancelled or moved, as one sentence: on pages and in mails."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from portal_chassis.written_dates import written_date
from portal_chassis.zone_names import city_of
from portal_contracts.scheduling.rpc.appointments import Allowance, Closed
from portal_contracts.wall_clock import time_of_day, told_apart, utc_offset, zone_or_utc

_WHEN: Final = {"en": "EEE d MMM", "de": "EEE, d. MMM"}
_LOCALES: Final = {"en": "en_GB", "de": "de"}
_CITY: Final = {"en": "{city} time", "de": "Ortszeit {city}"}

_CANCEL: Final = {
    "en": {
        "always": "Free to cancel until it begins.",
        "terms": "You can cancel until it begins; the terms of this appointment apply.",
        "charged": "Free to cancel until {when}; after that the session is charged.",
        "closes": "Free to cancel until {when}; after that it can no longer be cancelled online.",
        "late": "It was free to cancel until {when}; cancelling now is charged.",
        "late_now": "Cancelling now is charged.",
        "closed": "It was free to cancel until {when}; now it can no longer be cancelled online.",
        "never": "It begins too soon to be cancelled online.",
    },
    "de": {
        "always": "Bis zum Beginn kostenfrei absagbar.",
        "terms": "Bis zum Beginn absagbar; es gelten die Bedingungen dieses Termins.",
        "charged": "Kostenfrei absagbar bis {when}; danach wird die Sitzung berechnet.",
        "closes": "Kostenfrei absagbar bis {when}; danach online nicht mehr absagbar.",
        "late": "Kostenfrei absagbar war der Termin bis {when}; eine Absage wird jetzt berechnet.",
        "late_now": "Eine Absage wird jetzt berechnet.",
        "closed": "Kostenfrei absagbar war der Termin bis {when}; "
        "online ist eine Absage nicht mehr möglich.",
        "never": "Für eine Absage online beginnt der Termin zu bald.",
    },
}
_MOVE: Final = {
    "en": {
        "always": "You can move it until it begins.",
        "closes": "You can move it until {when}; after that it can no longer be moved online.",
        "closed": "It could be moved until {when}; now it can no longer be moved online.",
        "never": "It begins too soon to be moved online.",
    },
    "de": {
        "always": "Bis zum Beginn verschiebbar.",
        "closes": "Verschiebbar bis {when}; danach ist das online nicht mehr möglich.",
        "closed": "Verschiebbar war der Termin bis {when}; online ist das nicht mehr möglich.",
        "never": "Um ihn online zu verschieben, beginnt der Termin zu bald.",
    },
}


def cancel_terms(
    allowance: Allowance | None,
    *,
    starts_at: datetime,
    has_policy: bool,
    timezone: str,
    language: str,
    now: datetime,
    twelve_hours: bool = False,
) -> str:
    """What cancelling costs until when; empty where nobody may cancel, whatever the time.

    Args:
        allowance: of cancelling.
        starts_at: of the appointment.
        has_policy: it has terms in the practice's own words, which may charge for more than
            the service's rules say: then it is not called free without a bound.
        timezone: the reader's.
        language: ``en`` or ``de``.
        now: aware UTC.
        twelve_hours: *1:30 PM*; see `portal_chassis.customs`.
    """
    if allowance is None or allowance.closed not in {None, Closed.NOTICE}:
        return ""
    free_until = allowance.free_until or allowance.until
    if allowance.late:
        case = "late" if allowance.free_until else "late_now"
    elif allowance.closed:
        case = "closed" if allowance.until else "never"
    elif free_until is None or free_until >= starts_at:
        case = "terms" if has_policy else "always"
    else:
        still_after = allowance.until is not None and allowance.until > free_until
        case = "charged" if still_after else "closes"
    return _said(_CANCEL, case, free_until, timezone, language, now=now, twelve_hours=twelve_hours)


def move_terms(
    allowance: Allowance | None,
    *,
    starts_at: datetime,
    timezone: str,
    language: str,
    now: datetime,
    twelve_hours: bool = False,
) -> str:
    """Until when it can be moved; empty where nobody may, whatever the time. As `cancel_terms`."""
    if allowance is None or allowance.closed not in {None, Closed.NOTICE}:
        return ""
    if allowance.closed:
        case = "closed" if allowance.until else "never"
    else:
        case = "always" if allowance.until in {None, starts_at} else "closes"
    return _said(
        _MOVE, case, allowance.until, timezone, language, now=now, twelve_hours=twelve_hours
    )


def _said(
    texts: dict[str, dict[str, str]],
    case: str,
    until: datetime | None,
    timezone: str,
    language: str,
    *,
    now: datetime,
    twelve_hours: bool,
) -> str:
    spoken = language if language in texts else "en"
    text = texts[spoken][case]
    if "{when}" not in text:
        return text
    if until is None:
        return ""
    when = _when(until, timezone, spoken, now=now, twelve_hours=twelve_hours)
    return text.format(when=when)


def _when(
    until: datetime, timezone: str, language: str, *, now: datetime, twelve_hours: bool
) -> str:
    """*Tue 8 Dec, 12:00 Berlin time*; the year only if it is another."""
    place = zone_or_utc(timezone)
    local = until.astimezone(place)
    year = "" if local.year == now.astimezone(place).year else " y"
    day = written_date(local.date(), _WHEN[language] + year, _LOCALES[language])
    city = city_of(timezone, language)
    mark = _CITY[language].format(city=city) if city else utc_offset(until, timezone)
    hour = time_of_day(local, twelve_hours=twelve_hours)
    hour += " Uhr" if language == "de" else ""
    clock = " ".join(filter(None, (hour, told_apart(until, timezone), mark)))
    return f"{day}, {clock}"
