"""What support may look at of services and hours, and why a time is not offered."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from portal_chassis.authority.ownership import Client
from portal_chassis.database.transactions import Transaction
from portal_contracts.scheduling.rpc.availability import TimeOff, Window
from scheduling.domain.bookable_services import BookableService
from scheduling.domain.slots import Refusal
from scheduling.domain.wall_time import WallWindow, time_zone, window_spans
from scheduling.operations.refused_times import why_not
from scheduling.operations.slot_calendar import hours_of
from scheduling.storage import availability, bookable_services

MEANINGS = {
    None: "offered",
    Refusal.SERVICE_OFF: "the service is archived, or clients may not book it by themselves",
    Refusal.CLIENT_NOT_ALLOWED: "the service is open to chosen clients, and this is none of them",
    Refusal.OUTSIDE_WINDOW: "too far ahead, or outside of the dates that can be booked",
    Refusal.NOTICE: "too soon: the service asks for more notice, or it has passed",
    Refusal.TIME_OFF: "the practitioner has time off",
    Refusal.OVERRIDE: "that date has other hours",
    Refusal.HOLIDAY: "a public holiday on which the practitioner is closed",
    Refusal.HOURS: "outside of the weekly hours",
    Refusal.OWN_APPOINTMENT: "another appointment, or its buffer, is in the way",
    Refusal.EXTERNAL_BUSY: "another calendar of the practitioner's says busy",
    Refusal.CAP: "the service's limit for the day, the week or the month is reached",
    Refusal.OFF_GRID: "no start of the service's grid; a start beside it may be free",
}
"""What the slot engine's answers mean."""


def list_services(
    tx: Transaction, *, practitioner_id: UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """A row for each service, archived ones too, of one practitioner if asked for; no titles."""
    services = bookable_services.listed(tx, practitioner_id=practitioner_id, limit=limit)
    return [_service_row(one) for one in services]


def show_hours(tx: Transaction, practitioner_id: UUID) -> list[dict[str, Any]] | None:
    """A row for each weekday, override and time off; None before hours were ever saved."""
    stored = availability.find_anywhere(tx, practitioner_id)
    if stored is None:
        return None
    hours = stored.hours
    rows = [(calendar.day_name[day], _windows(one)) for day, one in enumerate(hours.weekly)]
    rows += [(str(one.on), _windows(one.windows)) for one in hours.overrides]
    rows += [(_time_off(one), "time off") for one in hours.time_off]
    if hours.holidays is not None:
        kept = hours.holidays
        rows.append((f"holidays {' '.join(filter(None, [kept.country, kept.region]))}", "closed"))
        rows += [(str(day), "open on this holiday") for day in kept.open_on]
    return [
        {"on": on, "works": works, "timezone": hours.timezone, "version": stored.version}
        for on, works in rows
    ]


def why_at(
    tx: Transaction, service_id: UUID, at: datetime, client_id: UUID | None, *, now: datetime
) -> list[dict[str, Any]] | None:
    """Why a service does not start when the wall in its practitioner's zone shows `at`.

    Args:
        tx: a transaction.
        service_id: of any practice.
        at: wall time, without a zone; seconds are left out.
        client_id: for whom; None is anyone to whom it is open.
        now: aware UTC instant.

    Returns:
        A row for each instant at which the wall shows it: none when the
        clocks skip it, two when they repeat it. None: no such service.
    """
    service = bookable_services.find_anywhere(tx, service_id)
    if service is None:
        return None
    client = None
    if client_id is not None:
        client = Client(id=client_id, practice_id=service.practice_id)
    zone = time_zone(hours_of(tx, service.practitioner_id, service.practice_id).timezone)
    minute = at.hour * 60 + at.minute
    rows = []
    for shown in window_spans(at.date(), WallWindow(minute, minute + 1), zone):
        refusal, in_the_way = why_not(tx, service, shown.start, client, now=now)
        rows.append(
            {
                "starts_at": shown.start.isoformat(),
                "timezone": zone.key,
                "reason": None if refusal is None else refusal.value,
                "appointment_id": in_the_way and in_the_way.appointment_id,
                "means": MEANINGS[refusal],
            }
        )
    return rows


def _service_row(one: BookableService) -> dict[str, Any]:
    return {
        "id": one.id,
        "practitioner_id": one.practitioner_id,
        "version": one.version,
        "archived": one.archived,
        "self_scheduling": one.fields.self_scheduling,
        "open_to": one.fields.open_to.value,
        "minutes": one.fields.minutes,
    }


def _time_off(one: TimeOff) -> str:
    start, end = one.start or "00:00", one.end or "24:00"
    if (start, end) == ("00:00", "24:00"):
        return f"{one.first_on} to {one.last_on}"
    return f"{one.first_on} {start} to {one.last_on} {end}"


def _windows(windows: Sequence[Window]) -> str:
    return ", ".join(f"{one.start}-{one.end}" for one in windows) or "closed"
