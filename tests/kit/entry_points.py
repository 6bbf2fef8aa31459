"""What nameko finds in a service class."""

from __future__ import annotations

from typing import TypeVar

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint

E = TypeVar("E", bound=Entrypoint)


def entry_points(service_class: type, kind: type[E]) -> dict[str, E]:
    """Method name to its entry point of this kind."""
    return {
        name: entry_point
        for name in dir(service_class)
        for entry_point in getattr(getattr(service_class, name), ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entry_point, kind)
    }
