"""Who asks, and the headers of every answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from portal.models import Device

COOKIE = "device"
SEEN_EVERY = timedelta(minutes=1)
Answer = Callable[[HttpRequest], HttpResponse]
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; manifest-src 'self'"
)


def hash_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def security_headers(get_response: Answer) -> Answer:
    """A content security policy, and nothing kept by the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return middleware


def signed_in_device(get_response: Answer) -> Answer:
    """Find the device; whoever has none is sent to the entry. Times are in the client's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        device = (
            Device.objects.select_related("client__practice")
            .filter(
                secret_hash=hash_of(request.COOKIES.get(COOKIE, "")),
                ended_at=None,
                ends_at__gt=now,
                last_seen_at__gt=now - timedelta(seconds=settings.SESSION_SECONDS),
            )
            .first()
        )
        if device is None:
            return HttpResponseRedirect("/enter")
        if now - device.last_seen_at > SEEN_EVERY:
            Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        request.device, request.client, request.now = device, device.client, now
        with timezone.override(device.client.timezone):
            return get_response(request)

    return middleware
