"""Calls that scheduling answers, by subject."""

from __future__ import annotations

from portal_contracts.scheduling.rpc import (
    availability,
    booking,
    busy_calendars,
    calendar,
    choosing,
    free_times,
    handing_over,
    holidays,
    limits,
    notes,
    offering,
    overview,
    requests,
    series,
    services,
    sessions,
    stranded,
    undoing,
    undone,
    usual_times,
)

METHODS = (
    *services.METHODS,
    *availability.METHODS,
    *holidays.METHODS,
    *stranded.METHODS,
    *busy_calendars.METHODS,
    *offering.METHODS,
    *choosing.METHODS,
    *free_times.METHODS,
    *booking.METHODS,
    *undoing.METHODS,
    *calendar.METHODS,
    *series.METHODS,
    *usual_times.METHODS,
    *requests.METHODS,
    *undone.METHODS,
    *limits.METHODS,
    *handing_over.METHODS,
    *sessions.METHODS,
    *notes.METHODS,
    *overview.METHODS,
)
