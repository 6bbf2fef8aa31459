"""The client's first page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.models import Appointment, FormRequest, Service, Session, Summary
from portal.words import globals_of_django

SHOWN = 3


def home(request: HttpRequest) -> HttpResponse:
    """By Jinja2."""
    return render(request, "portal/home.html.j2", _parts(request), using="jinja2")


def home_by_django(request: HttpRequest) -> HttpResponse:
    """The same by Django's own templates."""
    context = globals_of_django() | _parts(request)
    return render(request, "portal/home.html", context, using="django")


def _parts(request: HttpRequest) -> dict[str, Any]:
    """All that the page shows: seven statements, the device's included."""
    client, now = request.client, request.now
    planned = list(
        Appointment.objects.filter(
            client=client, ends_at__gt=now, status__in=("requested", "confirmed")
        )
        .select_related("service")
        .order_by("starts_at")[: 1 + SHOWN]
    )
    return {
        "request": request,
        "client": client,
        "practice": client.practice,
        "now": now,
        "changes_in": _seconds_to_change(now, planned),
        "to_do": FormRequest.objects.filter(client=client, state__in=("not_opened", "started"))
        .select_related("version")
        .defer("version__document")
        .order_by("due_on", "sent_at"),
        "next": planned[0] if planned else None,
        "further": planned[1:],
        "terms": terms_of(planned[0]) if planned else None,
        "latest": _shared(client).select_related("session").order_by("-shared_at").first(),
        "past": Session.objects.filter(client=client)
        .prefetch_related(
            Prefetch("summaries", _shared(client).defer("body"), to_attr="shared_summaries")
        )
        .order_by("-started_at")[:SHOWN],
        "may_book": Service.objects.filter(
            practice=client.practice_id, self_scheduling=True, archived=False
        ).exists(),
    }


def _shared(client: Any) -> Any:
    return Summary.objects.filter(client=client, shared_at__isnull=False, unshared_at=None)


def terms_of(appointment: Appointment) -> dict[str, datetime]:
    """Until when it can be cancelled for nothing, and moved."""
    rules = appointment.service
    return {
        "cancel": appointment.starts_at - timedelta(minutes=rules.cancel_notice_minutes),
        "move": appointment.starts_at - timedelta(minutes=rules.move_notice_minutes),
    }


def _seconds_to_change(now: datetime, planned: list[Appointment]) -> int:
    """When the page is no longer true by itself: an appointment begins, or the day ends."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    changes = [midnight + timedelta(days=1), *(one.starts_at for one in planned[:1])]
    return int((min(at for at in changes if at > now) - now).total_seconds())
