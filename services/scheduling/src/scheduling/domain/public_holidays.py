"""Public holidays by country and region: facts of the package ``holidays``, pinned with the rest.

It says which days are holidays and what they are called; nothing more is decided here.

A country is loaded when it is first asked for. The package's own `holidays.countries` would load
all 250 with the first of them, 8 MB: it is entered in `sys.modules` as a place where they are
found, and never executed. ``tests/unit/test_public_holidays.py`` says that it stays so.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec

import holidays
from holidays.registry import EntityLoader

from portal_contracts.zones import countries as all_countries

_COUNTRIES = find_spec("holidays.countries")
if _COUNTRIES is not None:
    sys.modules.setdefault(_COUNTRIES.name, module_from_spec(_COUNTRIES))

_KEPT_YEARS = 512
"""Calendars of a place and a year that are kept in memory: some kilobytes each."""


@dataclass(frozen=True)
class PublicHolidays:
    """The days on which somebody is closed who keeps the public holidays of a place.

    Attributes:
        country: one of `known_countries`.
        region: one of its `regions`; empty for the holidays of the whole country.
        open_on: holidays that are worked on.
    """

    country: str
    region: str = ""
    open_on: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        """Whether `day` is a holiday that is kept."""
        if not isinstance(day, date) or day in self.open_on:
            return False
        return day in holidays_of(self.country, self.region, day.year)


@cache
def known_countries() -> tuple[str, ...]:
    """The codes of the countries whose holidays are known, in order."""
    codes = set(EntityLoader.get_country_codes(include_aliases=False))
    return tuple(sorted(codes & set(all_countries())))


@cache
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """Code and name, in the country's language, of its regions with holidays of their own."""
    known = holidays.country_holidays(country, years=())
    names: dict[str, str] = {}
    for name, code in getattr(known, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    named = [(code, names.get(code, code)) for code in known.subdivisions]
    return tuple(sorted(named, key=lambda one: one[1].casefold()))


def is_known(country: str, region: str = "") -> bool:
    """Whether there are such a country and such a region of it."""
    if country not in known_countries():
        return False
    return not region or any(code == region for code, _name in regions(country))


@lru_cache(maxsize=_KEPT_YEARS)
def holidays_of(
    country: str, region: str, year: int, language: str | None = None
) -> Mapping[date, str]:
    """The holidays of a year with their names; none of a place that is not known (any more).

    Args:
        country: its code.
        region: a region's code, or empty.
        year: the calendar year.
        language: of the names, like ``de``; where the package does not know them in it, they
            are in the country's own.
    """
    if not is_known(country, region):
        return {}
    known = holidays.country_holidays(
        country, subdiv=region or None, years=year, language=_language(country, language)
    )
    return {day: name for day, name in sorted(known.items()) if day.year == year}


def _language(country: str, wanted: str | None) -> str | None:
    known = holidays.country_holidays(country, years=())
    spoken = (one for one in known.supported_languages if wanted and one.split("_")[0] == wanted)
    # Left to itself the package would ask the process's environment.
    return next(spoken, known.default_language)
