"""What the home of a portal is made of, and which sessions are on now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.web.practitioner_names import practitioner_names
from gateway.web.request_context import RequestContext
from portal_contracts.calls import PortalOf
from portal_contracts.forms.rpc.filling import FORMS_TO_DO
from portal_contracts.scheduling.rpc.appointments import AppointmentStatus, UpcomingAppointment
from portal_contracts.scheduling.rpc.overview import PORTAL_SCHEDULE

BEFORE: Final = timedelta(minutes=30)
"""So long before its start a session comes first on the client's home."""


def home_parts(context: RequestContext, portal: PortalOf) -> dict[str, Any]:
    """What the home of `portal` is made of, all asked for at once; None for what is away.

    Who somebody meets is asked for only while something is on, or where there are several.
    """
    backend, now = context.backend, context.now
    asked = backend.part(PORTAL_SCHEDULE, portal)
    forms = backend.part(FORMS_TO_DO, portal)
    schedule = asked.get()
    upcoming = schedule.upcoming if schedule else []
    current = on_now(upcoming, now)
    several = len({one.practitioner_id for one in upcoming}) > 1
    return {
        "schedule": schedule,
        "current": current,
        "changes_in": seconds_to_change(upcoming, now),
        "names": practitioner_names(backend).get() if current or several else {},
        "forms": forms.get(),
    }


def on_now(appointments: Iterable[UpcomingAppointment], now: datetime) -> list[UpcomingAppointment]:
    """Those of `appointments` that are on, in their order: confirmed, about to begin, not over."""
    return [one for one in appointments if _is_confirmed(one) and _begins(one) <= now < one.ends_at]


def seconds_to_change(appointments: Iterable[UpcomingAppointment], now: datetime) -> int | None:
    """In how many seconds something else is on, or to be said of it; None: not as things stand."""
    instants = [
        instant
        for one in appointments
        if _is_confirmed(one)
        for instant in (_begins(one), one.join_opens_at, one.starts_at, one.ends_at)
        if instant > now
    ]
    return int((min(instants) - now).total_seconds()) + 1 if instants else None


def _begins(appointment: UpcomingAppointment) -> datetime:
    return appointment.starts_at - BEFORE


def _is_confirmed(appointment: UpcomingAppointment) -> bool:
    return appointment.status is AppointmentStatus.CONFIRMED
