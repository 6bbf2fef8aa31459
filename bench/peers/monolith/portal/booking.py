"""Booking: a time is held for five minutes, looked at, and confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST
from psycopg.types.range import TimestamptzRange

from portal.home import terms_of
from portal.models import BLOCKING, Appointment, Service
from portal.month import load_calendar
from portal.tasks import tell_client, tell_practitioner

HELD_FOR = timedelta(minutes=5)


@require_POST
def hold(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Keep a time that the month has shown; back to the month where somebody was quicker."""
    service = get_object_or_404(
        Service.objects.select_related("practitioner__availability"),
        pk=service_id,
        practice=request.client.practice_id,
        self_scheduling=True,
        archived=False,
    )
    try:
        start = datetime.fromisoformat(request.POST["starts_at"])
        with transaction.atomic():
            appointment = _held(service, start, request)
    except (KeyError, ValueError, IntegrityError):
        return HttpResponseRedirect(f"/book/{service_id}")
    return HttpResponseRedirect(f"/book/hold/{appointment.pk}")


def _held(service: Service, start: datetime, request: HttpRequest) -> Appointment:
    """The appointment, held.

    Raises:
        ValueError: the time is not free.
        IntegrityError: somebody has taken it in this instant.
    """
    calendar = load_calendar(service, request.client, None, None, request.now)
    day = start.astimezone(calendar.zone).date()
    if start not in calendar.free_starts(day, day):
        raise ValueError(start)
    before = start - timedelta(minutes=service.buffer_before_minutes)
    end = start + timedelta(minutes=service.minutes)
    blocked = TimestamptzRange(before, end + timedelta(minutes=service.buffer_after_minutes))
    Appointment.objects.filter(
        Q(status="held", client=request.client)
        | Q(expires_at__lte=request.now, blocked__overlap=blocked, status__in=BLOCKING),
        practitioner=service.practitioner_id,
    ).update(status="expired")
    return Appointment.objects.create(
        client=request.client,
        practitioner_id=service.practitioner_id,
        service=service,
        title=service.title,
        place=service.place,
        starts_at=start,
        ends_at=end,
        blocked=blocked,
        status="held",
        expires_at=request.now + HELD_FOR,
        created_at=request.now,
    )


def held(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """What is about to be booked: its page, and its confirmation."""
    if request.method == "POST":
        return _confirm(request, appointment_id)
    appointment = get_object_or_404(
        _own(request, appointment_id).select_related("service", "practitioner")
    )
    context = {
        "request": request,
        "client": request.client,
        "practice": request.client.practice,
        "one": appointment,
        "terms": terms_of(appointment),
    }
    return render(request, "portal/hold.html.j2", context, using="jinja2")


def _confirm(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Book it. The mails become jobs in the same transaction: none is lost, none is for nothing."""
    if request.POST.get("policy_accepted") != "1":
        return HttpResponseRedirect(request.path)
    with transaction.atomic():
        appointment = get_object_or_404(_own(request, appointment_id).select_for_update())
        if appointment.expires_at <= request.now:
            return HttpResponseRedirect(f"/book/{appointment.service_id}")
        appointment.status, appointment.expires_at = "confirmed", None
        appointment.note = request.POST.get("note", "")
        appointment.save(update_fields=["status", "expires_at", "note"])
        for task in (tell_client, tell_practitioner):
            task.defer(appointment_id=str(appointment.pk))
    return HttpResponseRedirect(f"/appointments/{appointment.pk}")


def _own(request: HttpRequest, appointment_id: UUID) -> Any:
    return Appointment.objects.filter(pk=appointment_id, client=request.client, status="held")
