"""What a route is: an address, its resource, its owner, and whether a cookie or a bearer opens it.

A page is reached by a browser with a cookie, an operation of the API by a
program with a bearer. The address alone tells which, and no route can be
declared that says otherwise.

A route without an owner cannot be declared, and one that was added beside the
declaration is never answered: the gate refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import falcon

from gateway.web.resource import Resource, Wiring
from portal_contracts.permissions import Permission

_FIELD = re.compile(r"\{([a-z_]+)(?::[a-z]+)?\}")
_HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
API_PREFIX: Final = "/api/v1/"
_API: Final = "/api"
FILES: Final = ("/static/", "/brand/")
"""How the addresses begin of what pages are made with."""


def is_of_api(path: str) -> bool:
    """Whether programs ask for what is there, of whatever version, and whether or not it is."""
    return path == _API or path.startswith(f"{_API}/")


def is_file(path: str) -> bool:
    """Whether pages ask for what is there, whether or not it is."""
    return path.startswith(FILES)


class UndeclaredRoute(RuntimeError):
    """There is an address that no declared route has, so nobody said whose page it is."""


class Owner(StrEnum):
    """Whose page it is: the class of people a route is for."""

    NOBODY = "nobody"
    CLIENT = "client"
    PRACTITIONER = "practitioner"


class Door(StrEnum):
    """How one comes in: a browser by its cookie, or a program by its bearer."""

    PAGE = "page"
    API = "api"


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
        door: by a cookie, or by a bearer; never by either.
        before_second_factor: it opens also for a practitioner who has to set up a second factor
            before anything else.
        permissions: what an HTTP method needs where that is not `permission`; in the API,
            of each one.
    """

    pattern: str
    resource: type[Resource]
    owner: Owner
    permission: Permission | None = None
    carries_token: bool = False
    door: Door = Door.PAGE
    permissions: Mapping[str, Permission | None] = field(default_factory=dict)
    before_second_factor: bool = False

    def __post_init__(self) -> None:
        if self.permission is not None and self.owner is not Owner.PRACTITIONER:
            message = f"{self.pattern}: only a practitioner's page takes a permission."
            raise ValueError(message)
        of_api = self.pattern.startswith(API_PREFIX) and self.owner is not Owner.NOBODY
        if (of_api and self.door is not Door.API) or (
            self.door is Door.API and not self.pattern.startswith(API_PREFIX)
        ):
            message = f"{self.pattern}: what is owned under {API_PREFIX} is reached by a bearer."
            raise ValueError(message)

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods it answers."""
        answered = {name for name in _HTTP_METHODS if hasattr(self.resource, f"on_{name.lower()}")}
        if "GET" in answered:
            answered.add("HEAD")
        return tuple(name for name in _HTTP_METHODS if name in answered)

    def permission_for(self, http_method: str) -> Permission | None:
        """What a practitioner must be allowed to ask by this method."""
        asked = "GET" if http_method == "HEAD" else http_method
        if self.door is Door.PAGE:
            return self.permissions.get(asked, self.permission)
        return self.permissions[asked]

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


def open_route(pattern: str, resource: type[Resource], *, carries_token: bool = False) -> Route:
    """A page for anyone."""
    return Route(pattern, resource, Owner.NOBODY, carries_token=carries_token)


def client_route(pattern: str, resource: type[Resource]) -> Route:
    """A page for the client who is signed in."""
    return Route(pattern, resource, Owner.CLIENT)


def practitioner_route(
    pattern: str,
    resource: type[Resource],
    permission: Permission | None,
    permissions: Mapping[str, Permission | None] | None = None,
) -> Route:
    """A page for a practitioner whose role has `permission`; None: for every role.

    Args:
        pattern: falcon's template of the path.
        resource: what answers.
        permission: what the role must allow.
        permissions: what an HTTP method needs instead.
    """
    return Route(pattern, resource, Owner.PRACTITIONER, permission, permissions=permissions or {})


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
