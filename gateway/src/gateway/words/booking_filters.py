"""Filters for choosing a time: names of months and weekdays, and dates in a zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from gateway.words.hours import has_twelve_hours
from portal_chassis import change_terms
from portal_chassis.written_dates import written_date
from portal_contracts.scheduling.rpc.appointments import Allowance, Closed
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
    return written_date(value, "LLLL y", context["lang"])


@pass_context
def month_alone(context: Context, value: date) -> str:
    """A month without its year, for within a sentence: *December*."""
    return written_date(value, "LLLL", context["lang"])


@pass_context
def weekdays(context: Context, value: date) -> list[Weekday]:
    """The weekdays of the week of `value`, from Monday."""
    monday = value - timedelta(days=value.weekday())
    days = [monday + timedelta(days=count) for count in range(7)]
    return [
        Weekday(
            written_date(day, "EEE", context["lang"]).rstrip("."),
            written_date(day, "EEEE", context["lang"]),
        )
        for day in days
    ]


def local_date(value: datetime, zone: str) -> date:
    """The date of an instant in `zone`."""
    return value.astimezone(zone_or_utc(zone)).date()


def route_address(place: str) -> str:
    """Where a map shows the way to `place`; a phone opens its own map there."""
    return f"{_ROUTE}&{urlencode({'destination': ' '.join(place.split())})}"


@pass_context
def cancel_terms(
    context: Context,
    allowance: Allowance | None,
    starts_at: datetime,
    has_policy: object,
    zone: str,
) -> str:
    """Until when it can be cancelled, in one sentence; see `portal_chassis.change_terms`."""
    return change_terms.cancel_terms(
        allowance,
        starts_at=starts_at,
        has_policy=bool(has_policy),
        timezone=zone,
        language=context["lang"],
        now=context["now"],
        twelve_hours=has_twelve_hours(context),
    )


@pass_context
def move_terms(
    context: Context, allowance: Allowance | None, starts_at: datetime, zone: str
) -> str:
    """Until when it can be moved, in one sentence; see `portal_chassis.change_terms`."""
    return change_terms.move_terms(
        allowance,
        starts_at=starts_at,
        timezone=zone,
        language=context["lang"],
        now=context["now"],
        twelve_hours=has_twelve_hours(context),
    )


def never_changes(cancel: Allowance | None, move: Allowance | None) -> bool:
    """Whether it begins so soon that it could never be cancelled or moved online."""
    return all(
        one is not None and one.closed is Closed.NOTICE and one.until is None
        for one in (cancel, move)
    )


FILTERS = {
    "month_name": month_name,
    "month_alone": month_alone,
    "weekdays": weekdays,
    "local_date": local_date,
    "cancel_terms": cancel_terms,
    "move_terms": move_terms,
    "never_changes": never_changes,
    "route_address": route_address,
}
"""Filter name to function, as templates call them."""
