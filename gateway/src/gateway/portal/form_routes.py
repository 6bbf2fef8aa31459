"""The addresses of a client's forms."""

from __future__ import annotations

from typing import Final

from gateway.routing import Route

ROUTES: Final[tuple[Route, ...]] = ()
