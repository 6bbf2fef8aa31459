"""A month of free times."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, groupby, islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from portal.models import BLOCKING, Appointment, Availability, BusyTime, Client, Service
from portal.slots import DAY, Calendar, merged, usual_time

WEEK = timedelta(days=7)
SOONEST = 3
LOOKED_AT = 6
"""So many appointments of the service tell when a client usually comes."""


def month(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """``/book/<service>?month=2026-12&day=2026-12-01``."""
    service = get_object_or_404(
        Service.objects.select_related("practitioner__availability"),
        pk=service_id,
        practice=request.client.practice_id,
        self_scheduling=True,
        archived=False,
    )
    zone = ZoneInfo(service.practitioner.availability.timezone)
    first = _first_of(request, zone)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    loaded = load_calendar(service, request.client, first, last, request.now)
    by_day = {
        day: list(starts)
        for day, starts in groupby(
            loaded.free_starts(first, last), lambda start: start.astimezone(zone).date()
        )
    }
    day = _chosen_day(request, by_day)
    context = {
        "request": request,
        "client": request.client,
        "practice": request.client.practice,
        "service": service,
        "has_others": Service.objects.filter(
            practice=service.practice_id, self_scheduling=True, archived=False
        )
        .exclude(pk=service.pk)
        .exists(),
        "usual": _usual_start(loaded, request.client),
        "soonest": _soonest_starts(loaded),
        "first": first,
        "previous": first - DAY,
        "following": last + DAY,
        "weeks": calendar.Calendar().monthdatescalendar(first.year, first.month),
        "by_day": by_day,
        "day": day,
        "starts": by_day.get(day, []),
    }
    return render(request, "portal/month.html.j2", context, using="jinja2")


def load_calendar(
    service: Service, client: Client, first: date | None, last: date | None, now: datetime
) -> Calendar:
    """All that decides about the times from `first` to `last`, and until the last bookable date.

    Two statements more. The client's own hold is not in the way.
    """
    hours: Availability = service.practitioner.availability
    rules = Calendar(service, hours, (), now)
    begins = datetime.combine(min(first or rules.today, rules.today) - DAY, time(), UTC)
    ends = datetime.combine(
        max(last or rules.last_bookable, rules.last_bookable) + 2 * DAY, time(), UTC
    )
    taken = (
        Appointment.objects.filter(
            practitioner=service.practitioner_id,
            status__in=BLOCKING,
            blocked__overlap=(begins, ends),
        )
        .exclude(Q(expires_at__lte=now) | Q(status="held", client=client))
        .values_list("blocked", flat=True)
    )
    busy = BusyTime.objects.filter(
        practitioner=service.practitioner_id, during__overlap=(begins, ends)
    ).values_list("during", flat=True)
    stretches = merged(
        (one.lower.timestamp(), one.upper.timestamp()) for found in (taken, busy) for one in found
    )
    return replace(rules, taken=stretches)


def _usual_start(loaded: Calendar, client: Client) -> datetime | None:
    """The next free start at the weekday and time at which the client usually comes."""
    starts = (
        Appointment.objects.filter(client=client, service=loaded.service, status="confirmed")
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)[:LOOKED_AT]
    )
    usual = usual_time(list(starts), loaded.zone)
    if usual is None:
        return None
    weekday, clock = usual
    day = loaded.today + timedelta(days=(weekday - loaded.today.weekday()) % 7)
    while day <= loaded.last_bookable:
        for start in loaded.free_starts(day, day):
            if start.astimezone(loaded.zone).time() == clock:
                return start
        day += WEEK
    return None


def _soonest_starts(loaded: Calendar) -> list[datetime]:
    """The first free times of all."""
    days = (loaded.last_bookable - loaded.today).days + 1
    dates = (loaded.today + number * DAY for number in range(days))
    by_day = (loaded.free_starts(day, day) for day in dates)
    return list(islice(chain.from_iterable(by_day), SOONEST))


def _first_of(request: HttpRequest, zone: ZoneInfo) -> date:
    try:
        return date.fromisoformat(f"{request.GET['month']}-01")
    except (KeyError, ValueError):
        return request.now.astimezone(zone).date().replace(day=1)


def _chosen_day(request: HttpRequest, by_day: dict[date, Sequence[Any]]) -> date | None:
    try:
        return date.fromisoformat(request.GET["day"])
    except (KeyError, ValueError):
        return next(iter(by_day), None)
