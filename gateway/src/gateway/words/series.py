"""What is said of series: sentences for what cannot be, states of occurrences, how they repeat."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from gateway.words.extraction import _
from gateway.words.hours import has_twelve_hours
from portal_chassis import series_terms
from portal_contracts.scheduling.rpc.appointments import SeriesHead
from portal_contracts.scheduling.rpc.series import MOST_OCCURRENCES, SERIES_RANGES

SERIES_ERRORS: dict[str, str] = {
    "repeat_missing": _("Choose how it repeats, or leave what is below as it was."),
    "repeat_unknown": _("Choose from the list how it repeats."),
    "end_missing": _("Say until when it repeats, or how often."),
    "every_out_of_range": _("Enter a number from 1 to %(limit)s."),
    "times_out_of_range": _("Enter a number from 2 to %(limit)s."),
    "too_many_times": _("That would be more than %(limit)s appointments. Choose an earlier day."),
    "until_before_start": _("The last day is before the first appointment."),
    "until_or_times": _("Enter the last day or the number of appointments, not both."),
    "until_too_early": _("Until that day there is one appointment only. Choose a later day."),
    "week_differs": _("The first appointment is not on that weekday of its month."),
    "week_unknown": _("Choose from the list how it repeats."),
    "weekday_differs": _("The first appointment is on another weekday."),
    "weekday_unknown": _("There is no such weekday."),
    "nothing_left": _("Every appointment is left out. Keep at least one."),
    "series_collides": _("Some of the times are not free any more. Look at them again."),
    "series_not_found": _("This appointment is not one of a series."),
    "taken": _("This time is taken by another appointment."),
    "skipped": _("On that day the clocks skip this time."),
}
SERIES_LIMITS: dict[str, int] = {
    "every_out_of_range": SERIES_RANGES["every"][1],
    "times_out_of_range": SERIES_RANGES["times"][1],
    "too_many_times": MOST_OCCURRENCES,
}
"""The numbers that these sentences name."""

SLOT_STATES: dict[str, str] = {
    "free": _("Free"),
    "taken": _("Taken by another appointment"),
    "outside_rules": _("Clients could not book this time"),
    "skipped": _("The clocks skip this time that day"),
    "past": _("Has passed"),
}
SERIES_TABLES: dict[str, tuple[dict[str, str], str]] = {
    "slot_state": (SLOT_STATES, SLOT_STATES["taken"])
}


def install(environment: Environment) -> None:
    """Add every filter of this module to `environment`."""
    environment.filters.update(
        {"repeats_until": repeats_until, "wall_date": wall_date, "minutes_later": minutes_later}
    )


@pass_context
def repeats_until(context: Context, head: SeriesHead, zone: str) -> str:
    """*Every Thursday, 10:00, until 2 June 2027*; the zone is named where the reader's differs."""
    said = series_terms.repeats_until(
        head,
        language=context["lang"],
        reader_zone=zone,
        twelve_hours=has_twelve_hours(context),
    )
    return said[0].upper() + said[1:]


def wall_date(wall: str) -> date:
    """The date of a wall time, which may be at no instant."""
    return date.fromisoformat(wall[:10])


def minutes_later(instant: datetime, minutes: int) -> datetime:
    """So many minutes later."""
    return instant + timedelta(minutes=minutes)
