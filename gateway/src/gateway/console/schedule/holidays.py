"""The public holidays on the page of hours: to choose a place, and to say which are worked on."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

import falcon

from gateway.console.schedule.availability_fields import HolidayChoice, Hours
from gateway.web.request_context import context_of
from gateway.words.countries import countries_by_name
from gateway.words.wall_time import local_date
from portal_contracts.errors import Invalid
from portal_contracts.scheduling.rpc.holidays import (
    LIST_HOLIDAYS,
    ListHolidays,
    PublicHoliday,
)

SHOWN: Final = timedelta(days=365)
"""How far ahead holidays are listed."""


class HolidayList(NamedTuple):
    """What there is to choose, and what the choice means.

    Attributes:
        countries: codes and names, in the order of the names.
        regions: codes and names of the chosen country's.
        days: its holidays of the next twelve months, in order.
        others: days that are worked on and not among them (ISO dates); they are kept.
    """

    countries: list[tuple[str, str]]
    regions: list[tuple[str, str]]
    days: list[PublicHoliday]
    others: list[str]


def with_known_region(req: falcon.Request, hours: Hours) -> Hours:
    """The hours without a region of another country: who has just chosen one saw none of its own.

    Raises:
        PortalError: it cannot be asked.
    """
    choice = hours.holidays
    if not (choice.country and choice.region):
        return hours
    try:
        context_of(req).backend.ask(LIST_HOLIDAYS, _command(req, hours, choice))
    except Invalid:
        return hours._replace(holidays=choice._replace(region=""))
    return hours


def holiday_list(req: falcon.Request, hours: Hours) -> HolidayList | None:
    """The holidays of the choice in the hours, None: they cannot be had right now.

    Where the choice is wrong there are the countries alone, and regions if the country is right.
    """
    choice, ask = hours.holidays, context_of(req).backend.part
    choices = dict.fromkeys((choice, HolidayChoice(choice.country), HolidayChoice()))
    found = None
    for one in choices:
        found = found or ask(LIST_HOLIDAYS, _command(req, hours, one)).get()
    if found is None:
        return None
    known = set(found.countries)
    named = [one for one in countries_by_name(context_of(req).language) if one[0] in known]
    shown = {one.on.isoformat() for one in found.items}
    return HolidayList(
        countries=named,
        regions=[(one.code, one.name) for one in found.regions],
        days=found.items,
        others=[day for day in choice.open_on if day not in shown],
    )


def _command(req: falcon.Request, hours: Hours, choice: HolidayChoice) -> ListHolidays:
    context = context_of(req)
    today = local_date(context.now, hours.timezone)
    return ListHolidays(
        first_on=today,
        last_on=today + SHOWN,
        country=choice.country,
        region=choice.region if choice.country else "",
        language=context.language,
    )
