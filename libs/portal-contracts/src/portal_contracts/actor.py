"""Who asks: the struct that travels with every call and event, and what is known of a caller."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct


class ActorKind(StrEnum):
    """The kinds of actor; each page, method and event names one."""

    NOBODY = "nobody"
    CLIENT = "client"
    PRACTITIONER = "practitioner"
    SERVICE = "service"


class Role(StrEnum):
    """What a practitioner account is within its practice."""

    OWNER = "owner"
    PRACTITIONER = "practitioner"
    ASSISTANT = "assistant"


class Actor(Struct, frozen=True, kw_only=True):
    """Who asks.

    identity-links makes it when it resolves a device or an API token; the
    gateway passes it on unchanged; the service that is asked decides by it.

    Attributes:
        kind: nobody, client, practitioner or service.
        id: the client's or practitioner's id; None for nobody and for services.
        practice_id: the practice that the id belongs to.
        role: a practitioner's role; None for the others.
        service: the calling service's name, for kind ``service``.
        scopes: the permissions that an API token is limited to; None where she
            herself asks, in the console or the portal.
        token_id: the API token by which a practitioner's program asks; None likewise.
        revealed_link: for a client on a device that was let in by a link which the
            practice saw (copied, or shown as a QR code), that link's id: what is done
            there may have been done by the practice. None where a mailed link let it in.
        caseload_only: for a practitioner in a practice that shows everybody the own clients
            alone; which ones these are, identity-links tells. See `sees_every_client`.
        works_for: the practitioners whose calendars, clients and mails an assistant works on;
            None for all of the practice, and for everybody who is no assistant.
    """

    kind: ActorKind
    id: UUID | None = None
    practice_id: UUID | None = None
    role: Role | None = None
    service: str | None = None
    scopes: tuple[str, ...] | None = None
    token_id: UUID | None = None
    revealed_link: UUID | None = None
    caseload_only: bool = False
    works_for: tuple[UUID, ...] | None = None

    def may_work_for(self, practitioner_id: UUID) -> bool:
        """Whether this assistant works for a practitioner of the practice, or for all of them."""
        return self.works_for is None or practitioner_id in self.works_for

    @property
    def revealed(self) -> bool:
        """Whether a link that the practice saw let this client's device in."""
        return self.revealed_link is not None

    @property
    def label(self) -> str:
        """A short text without personal data, for logs: ``client:018f…``."""
        return f"{self.kind}:{self.id or self.service or '-'}"


class Caller(Protocol):
    """Whoever asks for something, from where, and by which request; an RPC call is one."""

    @property
    def actor(self) -> Actor:
        """Who asks."""

    @property
    def request_id(self) -> str:
        """The id of the request that led here, for logs."""

    @property
    def address(self) -> str:
        """The IP address it came from, or ""."""


NOBODY = Actor(kind=ActorKind.NOBODY)


def service_actor(name: str) -> Actor:
    """The actor under which the service `name` asks on its own behalf."""
    return Actor(kind=ActorKind.SERVICE, service=name)
