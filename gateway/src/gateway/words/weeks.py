"""With which day a week begins."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.core import get_global

MONDAY: Final = 0


@lru_cache(maxsize=1024)
def first_weekday(language: str, zone: str) -> int:
    """The weekday that a week begins with, 0 is Monday.

    Monday in German. In English by the custom of the country that `zone` is in, as CLDR has it;
    Monday where there is none.

    Args:
        language: of the page.
        zone: IANA zone of the practice.
    """
    if language != "en":
        return MONDAY
    territory = get_global("zone_territories").get(zone)
    try:
        return Locale.parse(f"und_{territory}").first_week_day if territory else MONDAY
    except (UnknownLocaleError, ValueError):
        return MONDAY
