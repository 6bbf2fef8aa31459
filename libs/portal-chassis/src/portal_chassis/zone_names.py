"""What a zone's place is called in a language; pages and mails call it the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale

from portal_contracts.zones import is_place, known_zone


@lru_cache(maxsize=2048)
def city_of(zone: str, language: str) -> str | None:
    """The city of a zone: *Berlin*; None where it is called after no place, as UTC−5 is.

    Args:
        zone: an IANA zone, or an alias of one.
        language: of the reader, as CLDR knows it.
    """
    if not is_place(zone):
        return None
    place = known_zone(zone) or zone
    said: Any = Locale.parse(language).time_zones.get(place, {})
    return str(said.get("city") or place.rsplit("/", 1)[-1].replace("_", " "))
