"""Values for the fields of addresses, for tests that try every route."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from gateway.web.routing import Route


def field_values(routes: Iterable[Route]) -> dict[str, object]:
    """One value for every field in the addresses of `routes`: a number or an id of nothing."""
    return {
        name: 1 if f"{{{name}:int}}" in route.pattern else uuid4()
        for route in routes
        for name in route.fields
    }
