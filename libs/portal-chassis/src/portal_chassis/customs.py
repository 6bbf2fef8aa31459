"""What a country is used to where English leaves it open: the hours of a day, a week's first day.

English is spoken in countries that write *1:30 PM* and in others that write *13:30*. The country is
the one that a browser names, or else the one that a zone is in, and CLDR says what people there
are used to. Pages, mails and calendars ask here. German has one custom.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

from portal_contracts.zones import country_of

MONDAY: Final = 0

_QUOTED: Final = re.compile(r"'[^']*'")
_LONGEST: Final = 500
"""So much of a header is read."""


def writes_twelve_hours(language: str, zone: str, accept_language: str | None = None) -> bool:
    """Whether times are written *1:30 PM*, as in a country whose day has two times twelve hours.

    Args:
        language: of what is written; German never does.
        zone: IANA zone of the reader.
        accept_language: the header that the reader's browser sent, if one did: the first of its
            languages with a country counts before the zone, *en-US* for example.
    """
    if language != "en":
        return False
    return _locale_writes_twelve(_of_browser(accept_language or "") or _of_zone(zone))


def first_weekday(language: str, zone: str) -> int:
    """The weekday that a week begins with, 0 is Monday.

    Monday in German. In English by the custom of the country that `zone` is in; Monday where it
    is in none.

    Args:
        language: of the page.
        zone: IANA zone of the practice.
    """
    there = _of_zone(zone) if language == "en" else None
    return MONDAY if there is None else there.first_week_day


@lru_cache(maxsize=1024)
def _of_zone(zone: str) -> Locale | None:
    """What is mostly spoken where the zone is; None where that is nowhere or not known."""
    country = country_of(zone)
    return _locale(f"und-{country}") if country else None


@lru_cache(maxsize=256)
def _of_browser(accept_language: str) -> Locale | None:
    """The first language of the header that names a country."""
    tags = (part.partition(";")[0].strip() for part in accept_language[:_LONGEST].split(","))
    named = (_locale(tag) for tag in tags if "-" in tag)
    return next((one for one in named if one is not None and one.territory), None)


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def _locale_writes_twelve(locale: Locale | None) -> bool:
    """Whether its short times count hours to twelve; without a locale they do not."""
    if locale is None:
        return False
    pattern = _QUOTED.sub("", locale.time_formats["short"].pattern)
    return "h" in pattern or "K" in pattern
