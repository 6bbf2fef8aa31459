"""One request, as the gateway knows it: who asks, from where, in which language."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

import falcon

from gateway.web.backend import Backend
from gateway.web.submitted import Submitted
from portal_chassis.customs import writes_twelve_hours
from portal_contracts.identity_links.rpc.api_tokens import Bearer
from portal_contracts.identity_links.rpc.cards import PracticeCard
from portal_contracts.identity_links.rpc.devices import ClientDevice, ConsoleDevice
from portal_contracts.zones import UTC_ZONE


@dataclass
class RequestContext:
    """What is known of one request; filled in as it becomes known.

    Attributes:
        request_id: for logs, and for a person to quote.
        now: the instant of the request, aware UTC.
        address: the IP address it came from, or empty.
        backend: the services, asked as whoever this turns out to be.
        language: of the answer.
        accept_language: the header that the browser sent, or empty.
        theme: ``system``, ``light`` or ``dark``.
        client_secret: the portal cookie's value, if it has the right shape.
        console_secret: the console cookie's.
        csrf_secret: the pre-session cookie's.
        form: the fields of the body, once read.
        client: the client's device, on a page of the portal.
        practitioner: the practitioner's device, on a page of the console.
        bearer: who is behind the bearer, in the API; there no cookie means anything.
        bearer_secret: the bearer itself.
        shown: whose calendar and services were shown last, by a cookie of the console.
        shows: whose are chosen now, to be kept; None changes nothing.
        practice: whose name and colours the page wears.
        shown_path: what pages may know of the path: never a token; empty for an unknown one.
        carries_token: the path holds a secret.
        break_seconds: this is beyond the limit of pages, and can be asked for again then.
    """

    request_id: str
    now: datetime
    address: str
    backend: Backend
    language: str
    theme: str
    client_secret: str | None
    console_secret: str | None
    csrf_secret: str | None
    accept_language: str = ""
    shown_path: str = ""
    carries_token: bool = False
    break_seconds: int = 0
    form: Submitted = field(default_factory=Submitted)
    client: ClientDevice | None = None
    practitioner: ConsoleDevice | None = None
    bearer: Bearer | None = None
    bearer_secret: str | None = None
    practice: PracticeCard | None = None
    shown: UUID | None = None
    shows: UUID | None = None

    @property
    def writes_twelve_hours(self) -> bool:
        """Whether times are written to the reader as *2:30 PM*: one rule for every page."""
        return writes_twelve_hours(self.language, self._readers_zone, self.accept_language)

    @property
    def _readers_zone(self) -> str:
        """The client's; of anybody else the practice's, where it is known."""
        if self.client is not None:
            return self.client.client.timezone
        return self.practice.timezone if self.practice is not None else UTC_ZONE

    @property
    def csrf_keys(self) -> list[str]:
        """Every secret under which a form of this browser may have been made."""
        return [
            secret
            for secret in (self.client_secret, self.console_secret, self.csrf_secret)
            if secret is not None
        ]


def context_of(req: falcon.Request) -> RequestContext:
    """What is known of this request; there is one from the first middleware on."""
    return cast("RequestContext", req.context.request)


def client_of(req: falcon.Request) -> ClientDevice:
    """The client's device; a route owned by clients always has one.

    Raises:
        LookupError: the route is not declared as owned by a client.
    """
    device = context_of(req).client
    if device is None:
        message = "This route is not declared as owned by a client."
        raise LookupError(message)
    return device


def practitioner_of(req: falcon.Request) -> ConsoleDevice:
    """The practitioner's device; a route owned by practitioners always has one.

    Raises:
        LookupError: the route is not declared as owned by a practitioner.
    """
    device = context_of(req).practitioner
    if device is None:
        message = "This route is not declared as owned by a practitioner."
        raise LookupError(message)
    return device
