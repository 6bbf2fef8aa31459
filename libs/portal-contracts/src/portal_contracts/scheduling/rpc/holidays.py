"""Public holidays: in which countries and regions they are known, and on which days they are."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from msgspec import Meta, Struct

from portal_contracts.calls import Method
from portal_contracts.scheduling.rpc.appointments import SERVICE
from portal_contracts.scheduling.rpc.availability import LONGEST_COUNTRY, LONGEST_REGION
from portal_contracts.text import ONE_LINE

LONGEST_HOLIDAY_RANGE_DAYS: Final = 732


class ListHolidays(Struct, frozen=True, kw_only=True):
    """The public holidays of a country or one of its regions, from one day to another.

    `country` empty: only which countries there are. `language`: of the names, for example
    ``de``; where they are not known in it they are in the country's own.
    """

    first_on: date
    last_on: date
    country: Annotated[str, Meta(max_length=LONGEST_COUNTRY, extra=ONE_LINE)] = ""
    region: Annotated[str, Meta(max_length=LONGEST_REGION, extra=ONE_LINE)] = ""
    language: Annotated[str, Meta(max_length=16, extra=ONE_LINE)] = "en"


class HolidayRegion(Struct, frozen=True, kw_only=True):
    """A part of a country with public holidays of its own."""

    code: str
    name: str


class PublicHoliday(Struct, frozen=True, kw_only=True):
    """A public holiday."""

    on: date
    name: str


class PublicHolidays(Struct, frozen=True, kw_only=True):
    """The countries that can be chosen, the regions of the one asked for, and its holidays."""

    countries: list[str]
    regions: list[HolidayRegion] = []
    items: list[PublicHoliday] = []


LIST_HOLIDAYS = Method(
    SERVICE,
    "list_holidays",
    ListHolidays,
    PublicHolidays,
    "Public holidays, and where they are known.",
)

METHODS = (LIST_HOLIDAYS,)
