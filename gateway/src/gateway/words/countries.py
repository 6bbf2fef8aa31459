"""Countries by name, and the one that a browser speaks of."""

from __future__ import annotations

from functools import cache

from babel import Locale

from portal_contracts.zones import countries


@cache
def countries_by_name(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every country, in the order of the names in `language`."""
    names = Locale.parse(language).territories
    named = ((code, names.get(code, code)) for code in countries())
    return tuple(sorted(named, key=lambda one: _sorted_as(one[1])))


def country_from_header(accept_language: str | None) -> str:
    """The first country that an ``Accept-Language`` header names (``de-AT``), or ""."""
    for part in (accept_language or "")[:500].split(","):
        region = part.partition(";")[0].strip().rpartition("-")[2].upper()
        if "-" in part and region in countries():
            return region
    return ""


def _sorted_as(name: str) -> str:
    """Ä beside A, as both languages sort it."""
    return name.casefold().translate(str.maketrans("äöüåé", "aouae"))
