"""What a route is: an address, its resource, and whose page it is.

A route without an owner cannot be declared, and one that was added beside the
declaration is never answered: the gate refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import falcon

from gateway.resource import Resource, Wiring
from portal_contracts.permissions import Permission

_FIELD = re.compile(r"\{([a-z_]+)(?::[a-z]+)?\}")
_HTTP_METHODS = ("GET", "HEAD", "POST")


class UndeclaredRoute(RuntimeError):
    """There is an address of which nobody said whose page it is."""


class Owner(StrEnum):
    """Whose page it is: the class of people a route is for."""

    NOBODY = "nobody"
    CLIENT = "client"
    PRACTITIONER = "practitioner"


@dataclass(frozen=True)
class Route:
    """One address.

    Attributes:
        pattern: falcon's template of the path.
        resource: what answers.
        owner: for whom.
        permission: what a practitioner's role must allow besides; None where
            being signed in is enough.
        carries_token: the path holds a secret, and is never shown or logged.
    """

    pattern: str
    resource: type[Resource]
    owner: Owner
    permission: Permission | None = None
    carries_token: bool = False

    def __post_init__(self) -> None:
        if self.permission is not None and self.owner is not Owner.PRACTITIONER:
            message = f"{self.pattern}: only a practitioner's page takes a permission."
            raise ValueError(message)

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods it answers."""
        answered = {name for name in _HTTP_METHODS if hasattr(self.resource, f"on_{name.lower()}")}
        if "GET" in answered:
            answered.add("HEAD")
        return tuple(name for name in _HTTP_METHODS if name in answered)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names in its path: ``client_id`` names a client, and so on."""
        return tuple(_FIELD.findall(self.pattern))

    def address(self, values: Mapping[str, object]) -> str:
        """A concrete path, with `values` for its fields."""
        return _FIELD.sub(lambda match: str(values[match[1]]), self.pattern)

    def shown_path(self, path: str) -> str:
        """What a page may know of the path that was asked for."""
        return self.pattern.split("{", 1)[0] if self.carries_token else path


def nobody(pattern: str, resource: type[Resource], *, carries_token: bool = False) -> Route:
    """A page for anyone."""
    return Route(pattern, resource, Owner.NOBODY, carries_token=carries_token)


def client(pattern: str, resource: type[Resource]) -> Route:
    """A page for the client who is signed in."""
    return Route(pattern, resource, Owner.CLIENT)


def practitioner(pattern: str, resource: type[Resource], permission: Permission | None) -> Route:
    """A page for a practitioner whose role has `permission`; None: for every role."""
    return Route(pattern, resource, Owner.PRACTITIONER, permission)


def add_routes(app: falcon.App[Any, Any], wiring: Wiring, routes: Iterable[Route]) -> None:
    """Add `routes` to `app`; what answers GET answers HEAD the same way."""
    for route in routes:
        resource: Any = route.resource(wiring)
        if hasattr(resource, "on_get") and not hasattr(resource, "on_head"):
            resource.on_head = resource.on_get
        app.add_route(route.pattern, resource)


def addresses(
    routes: Iterable[Route], values: Mapping[str, object]
) -> Iterator[tuple[Route, str, str]]:
    """Every route, method and concrete path, for tests that try them all.

    Args:
        routes: which.
        values: one value for every field name that occurs, e.g. another
            client's ``client_id``.
    """
    for route in routes:
        for method in route.methods:
            yield route, method, route.address(values)
