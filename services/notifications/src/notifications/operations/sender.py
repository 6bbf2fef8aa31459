"""What sending a mail needs: database, keys, writer, transport, and how long it may take."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from notifications.operations.mail_routes import MailRoute, RouteOf
from notifications.templates.writer import MailWriter
from portal_chassis.clock import Clock
from portal_chassis.database.sealed import Sealer
from portal_chassis.database.transactions import Database
from portal_contracts.calls import Method

LEASES_PER_ATTEMPT = 3
"""A lease holds the worst reading of the facts, the worst handing in, and as much again."""

AROUND_HANDING_IN_SECONDS = 5

FACTS_SERVE_SECONDS = 2.0
"""How long facts serve the mails that one event causes; they are read anew after that."""

A = TypeVar("A", bound=Struct)
R = TypeVar("R", bound=Struct)


class Ask(Protocol):
    """Asks another service, as notifications, for the sake of one request."""

    def __call__(self, method: Method[A, R], arguments: A, request_id: str, /) -> R:
        """Its answer; raises a `PortalError` where there is none."""


@dataclass(frozen=True)
class Sender:
    """What sending needs.

    Attributes:
        database: the service's.
        sealer: seals the copies.
        clock: tells the time of each attempt.
        holder: names this process in leases.
        writer: writes the mails.
        ask: asks other services.
        asked: what they told the mails before this one; None: nothing is kept.
        also_to: to whom the next of these mails is, if that is a practitioner.
        public_url: what links begin with.
        mail_domain: right side of every Message-ID.
        attempt_seconds: the longest that handing in one mail takes.
        route_of: by which transport a practice's mails go.
        route: that of the practice whose mail is in hand (`by`); None while none is set.
    """

    database: Database
    sealer: Sealer
    clock: Clock
    holder: str
    writer: MailWriter
    ask: Ask
    public_url: str
    mail_domain: str
    attempt_seconds: float
    route_of: RouteOf
    route: MailRoute | None = None
    asked: AskingOnce | None = None
    also_to: UUID | None = None

    def asking_once(self) -> Sender:
        """The same for mails that are written one after the other: facts are asked for once."""
        return replace(self, asked=AskingOnce(self.ask))

    def before(self, practitioner_id: UUID | None) -> Sender:
        """The same for a mail after which one to this practitioner is written."""
        return replace(self, also_to=practitioner_id)

    def facts(self, method: Method[A, R], arguments: A, request_id: str) -> R:
        """What another service tells, which may be what it told a moment ago."""
        return (self.asked or self.ask)(method, arguments, request_id)

    def by(self, route: MailRoute | None) -> Sender:
        """The same for mails that go by `route`."""
        return replace(self, route=route)

    @property
    def sender_address(self) -> str:
        """In the From header; empty while no route is set."""
        return self.route.sender_address if self.route else ""

    @property
    def sender_name(self) -> str:
        """The name beside it; empty: the practice's."""
        return self.route.sender_name if self.route else ""

    @property
    def lease_seconds(self) -> float:
        """How long a claimed mail is this process's: twice what the worst attempt takes."""
        return LEASES_PER_ATTEMPT * self.attempt_seconds

    @property
    def handing_in_seconds(self) -> float:
        """What must be left of the lease when a mail is handed in: goodbye and record included."""
        return self.attempt_seconds + AROUND_HANDING_IN_SECONDS


class AskingOnce:
    """An `Ask` that remembers for a moment what it was told."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._told: dict[tuple[str, bytes], tuple[float, Any]] = {}

    def __call__(self, method: Method[A, R], arguments: A, request_id: str, /) -> R:
        """The answer, which may be that of a moment ago."""
        question = method.address, msgspec.json.encode(arguments)
        at, answer = self._told.get(question, (-math.inf, None))
        if time.monotonic() - at > FACTS_SERVE_SECONDS:
            answer = self._ask(method, arguments, request_id)
            self._told[question] = time.monotonic(), answer
        told: R = answer
        return told

    def note(self, method: Method[A, R], arguments: A, answer: R) -> None:
        """Remember what was told along with something else, just now."""
        question = method.address, msgspec.json.encode(arguments)
        self._told[question] = time.monotonic(), answer
