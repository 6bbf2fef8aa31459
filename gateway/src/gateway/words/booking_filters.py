"""Filters for choosing a time: names of months and weekdays, and dates in a zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

from babel.dates import format_date
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from portal_contracts.wall_clock import zone_or_utc

_ROUTE: Final = "https://www.google.com/maps/dir/?api=1"


class Weekday(NamedTuple):
    """A weekday's name, in short and in full."""

    short: str
    full: str


def install(environment: Environment) -> None:
    """Add every filter of this module to `environment`."""
    environment.filters.update(FILTERS)


@pass_context
def month_name(context: Context, value: date) -> str:
    """A month with its year: *December 2026*."""
    return str(format_date(value, "LLLL y", locale=context["lang"]))


@pass_context
def month_alone(context: Context, value: date) -> str:
    """A month without its year, for within a sentence: *December*."""
    return str(format_date(value, "LLLL", locale=context["lang"]))


@pass_context
def weekdays(context: Context, value: date) -> list[Weekday]:
    """The weekdays of the week of `value`, from Monday."""
    monday = value - timedelta(days=value.weekday())
    days = [monday + timedelta(days=count) for count in range(7)]
    return [
        Weekday(
            str(format_date(day, "EEE", locale=context["lang"])).rstrip("."),
            str(format_date(day, "EEEE", locale=context["lang"])),
        )
        for day in days
    ]


def local_date(value: datetime, zone: str) -> date:
    """The date of an instant in `zone`."""
    return value.astimezone(zone_or_utc(zone)).date()


def route_address(place: str) -> str:
    """Where a map shows the way to `place`; a phone opens its own map there."""
    return f"{_ROUTE}&{urlencode({'destination': ' '.join(place.split())})}"


FILTERS = {
    "month_name": month_name,
    "month_alone": month_alone,
    "weekdays": weekdays,
    "local_date": local_date,
    "route_address": route_address,
}
"""Filter name to function, as templates call them."""
