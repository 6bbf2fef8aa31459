"""The pages."""

from __future__ import annotations

from django.urls import path

from portal.booking import held, hold
from portal.home import home, home_by_django
from portal.month import month

urlpatterns = [
    path("home", home),
    path("django/home", home_by_django),
    path("book/<uuid:service_id>", month),
    path("book/<uuid:service_id>/hold", hold),
    path("book/hold/<uuid:appointment_id>", held),
]
