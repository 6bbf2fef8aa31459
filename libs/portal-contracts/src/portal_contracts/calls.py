"""The declaration of an RPC method: one value that client and service share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)

GATEWAY: Final = "gateway"
"""The process that speaks for people; services are the other processes."""

MOST_ON_A_PAGE: Final = 200
PageSize = Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)]


@dataclass(frozen=True)
class Method(Generic[A, R]):
    """One RPC method.

    Attributes:
        service: the nameko name of the service that answers.
        name: the method's name on its service class.
        arguments: struct of the keyword arguments.
        result: struct of the reply.
        summary: what it guarantees, in one sentence, for the reference.
        mutates: it changes something, so a call must carry an idempotency
            key; its reply then holds ids and states only, because it is
            stored to be answered again.
        personal: its arguments hold a secret (a password), so they are
            never hashed, stored or logged; it takes no idempotency key.
        callers: the processes that may call it, by their names at the broker; a
            service among them calls on its own behalf, or passes on the actor
            of a call that it answers.
    """

    service: str
    name: str
    arguments: type[A]
    result: type[R]
    summary: str
    mutates: bool = False
    personal: bool = False
    callers: tuple[str, ...] = (GATEWAY,)

    @property
    def address(self) -> str:
        """Routing key and display name: ``identity_links.add_client``."""
        return f"{self.service}.{self.name}"


class Done(Struct, frozen=True, kw_only=True):
    """The reply of a method that has nothing to tell but that it is done."""


class Nothing(Struct, frozen=True, kw_only=True):
    """The arguments of a method that takes none."""


class PortalOf(Struct, frozen=True, kw_only=True):
    """Whose portal: the client's who asks, or `client_id`'s for a practitioner's preview."""

    client_id: UUID | None = None
