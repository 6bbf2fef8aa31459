"""The addresses of booking, appointments and sessions."""

from __future__ import annotations

from typing import Final

from gateway.routing import Route

ROUTES: Final[tuple[Route, ...]] = ()
