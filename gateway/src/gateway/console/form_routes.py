"""The addresses of templates, forms that were sent, and answers."""

from __future__ import annotations

from typing import Final

from gateway.routing import Route

ROUTES: Final[tuple[Route, ...]] = ()
