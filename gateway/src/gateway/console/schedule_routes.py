"""The addresses of calendar, services, availability, sessions and summaries."""

from __future__ import annotations

from typing import Final

from gateway.routing import Route

ROUTES: Final[tuple[Route, ...]] = ()
