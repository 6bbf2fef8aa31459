"""Public holidays, for choosing those that are kept."""

from __future__ import annotations

from portal_contracts.actor import Actor
from portal_contracts.errors import Invalid
from portal_contracts.permissions import Permission, require_permission
from portal_contracts.scheduling.rpc import holidays as contract
from scheduling.domain.public_holidays import holidays_of, is_known, known_countries, regions


def list_holidays(command: contract.ListHolidays, actor: Actor) -> contract.PublicHolidays:
    """The countries, the regions of the one that is asked for, and its holidays in order.

    Raises:
        Forbidden: ``not_allowed``.
        Invalid: ``holidays_invalid`` with ``last_on``: ``order`` or ``too_long``, ``country``:
            ``unknown_country``, or ``region``: ``unknown_region``.
    """
    require_permission(actor, Permission.APPOINTMENTS_READ)
    errors = _wrong(command)
    if errors:
        raise Invalid("holidays_invalid", "There are no such holidays.", fields=errors)
    countries = list(known_countries())
    if not command.country:
        return contract.PublicHolidays(countries=countries)
    years = range(command.first_on.year, command.last_on.year + 1)
    named = [
        contract.PublicHoliday(on=day, name=name)
        for year in years
        for day, name in holidays_of(
            command.country, command.region, year, command.language
        ).items()
        if command.first_on <= day <= command.last_on
    ]
    return contract.PublicHolidays(
        countries=countries,
        regions=[
            contract.HolidayRegion(code=code, name=name) for code, name in regions(command.country)
        ],
        items=named,
    )


def _wrong(command: contract.ListHolidays) -> dict[str, str]:
    days = (command.last_on - command.first_on).days
    if days < 0:
        return {"last_on": "order"}
    if days >= contract.LONGEST_HOLIDAY_RANGE_DAYS:
        return {"last_on": "too_long"}
    if command.country and not is_known(command.country):
        return {"country": "unknown_country"}
    if command.region and not is_known(command.country, command.region):
        return {"region": "unknown_region"}
    return {}
