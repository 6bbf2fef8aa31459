"""Calls that scheduling answers, by subject."""

from __future__ import annotations

from portal_contracts.scheduling.rpc import (
    availability,
    booking,
    busy_calendars,
    calendar,
    handing_over,
    holidays,
    notes,
    overview,
    series,
    services,
    sessions,
    stranded,
    usual_times,
)

METHODS = (
    *services.METHODS,
    *availability.METHODS,
    *holidays.METHODS,
    *stranded.METHODS,
    *busy_calendars.METHODS,
    *booking.METHODS,
    *calendar.METHODS,
    *series.METHODS,
    *usual_times.METHODS,
    *handing_over.METHODS,
    *sessions.METHODS,
    *notes.METHODS,
    *overview.METHODS,
)
