"""The services in memory: they answer by contract, and decide as the real ones do.

No part of the gateway is replaced by them. Arguments and replies go through
the contracts' codec both ways, so that nothing reaches a service that could
not have crossed the broker. That they answer and refuse as the real services
do is held by the scenarios of `tests/contract`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from portal_chassis.clock import Clock
from portal_chassis.ids import new_id
from portal_contracts.actor import Actor, Role
from portal_contracts.calls import Method
from portal_contracts.catalogue import METHODS
from portal_contracts.cleaning import decode_cleaned
from portal_contracts.errors import Forbidden, Invalid, NotFound, PortalError, Unavailable
from portal_contracts.forms.rpc.filling import SAVE_ANSWERS
from portal_contracts.identity_links.rpc.access import RecordRefusal
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.practice import PracticeFields
from portal_contracts.identity_links.rpc.targets import LinkCause, Target
from tests.kit.gateway.fake_form import FakeForm
from tests.kit.gateway.fake_forms import FakeForms
from tests.kit.gateway.fake_identity import FakeIdentityLinks
from tests.kit.gateway.fake_parts import FakeNotifications, FakeScheduling
from tests.kit.gateway.made_bookings import APPOINTMENT, SESSION
from tests.kit.gateway.made_forms import INTAKE
from tests.kit.gateway.state import (
    CONTACT,
    FakeClient,
    FakeDevice,
    FakeLink,
    FakePractice,
    FakePractitioner,
)

PASSWORD = "correct horse battery"
"""Of every practitioner."""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
"""What the browser of a device says of itself."""

_NOT_FOUND = {
    "request_id": "form_not_found",
    "template_id": "template_not_found",
    "appointment_id": "appointment_not_found",
    "hold_id": "hold_not_found",
    "service_id": "service_not_found",
    "busy_calendar_id": "busy_calendar_not_found",
    "session_id": "session_not_found",
}
"""By what names the thing that is asked for: the code with which the services refuse."""

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class Asked(NamedTuple):
    """One call as a service got it."""

    address: str
    actor: Actor
    arguments: Any
    idempotency_key: str | None
    ip: str


class FakePending:
    """A call that is answered when it is asked for."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer

    def result(self) -> Any:
        """The reply."""
        return self._answer()


class FakeServices:
    """All services, behind the interface of the RPC client.

    Args:
        clock: their present instant.

    Attributes:
        down: names of services (or addresses of methods) that do not answer.
        asked: every call that reached a service.
        answers: by a method's address what it answers instead: a result, a
            refusal to raise, or a function of arguments and actor.
        refusals: what the gateway reported.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.down: set[str] = set()
        self.lost_replies: set[str] = set()
        self.asked: list[Asked] = []
        self.answers: dict[str, Any] = {}
        self.refusals: list[tuple[Actor, RecordRefusal]] = []
        self.identity = FakeIdentityLinks(clock, self.refusals)
        may = self.identity.require_authority
        self.scheduling = FakeScheduling(may)
        self.forms = FakeForms(clock, may)
        self.notifications = FakeNotifications(clock, may)
        self.identity.mail = self.notifications.add
        self.services: dict[str, Any] = {
            "identity_links": self.identity,
            "scheduling": self.scheduling,
            "forms": self.forms,
            "notifications": self.notifications,
        }
        self._answered: dict[tuple[str, str, str], tuple[bytes, Any]] = {}

    def call(self, method: Method[A, R], arguments: A, **options: Any) -> R:
        """Answer as the service would."""
        if method.service in self.down or method.address in self.down:
            raise Unavailable("service_unavailable")
        reply: R = self._reply(method, arguments, **options)
        if method.address in self.lost_replies:
            raise Unavailable("service_unavailable")
        return reply

    def submit(self, method: Method[A, R], arguments: A, **options: Any) -> FakePending:
        """Answer later."""
        return FakePending(lambda: self.call(method, arguments, **options))

    def _reply(
        self,
        method: Method[Any, R],
        arguments: Any,
        *,
        actor: Actor,
        idempotency_key: str | None = None,
        address: str = "",
        **_: Any,
    ) -> R:
        assert METHODS[method.address] is method
        wire, decoded = _as_arguments(method, arguments)
        self.asked.append(Asked(method.address, actor, decoded, idempotency_key, address))
        if method.mutates and not idempotency_key:
            raise Invalid("idempotency_key_missing")
        if actor.service is not None and actor.service not in method.callers:
            raise Forbidden("not_allowed")
        self.identity.address, self.forms.key = address, idempotency_key
        handler = self._handler(method)
        # A save is known by its key in the draft itself: the service keeps no other trace of it.
        if not method.mutates or idempotency_key is None or method is SAVE_ANSWERS:
            answer: R = _as_wire(method, handler(decoded, actor))
            return answer
        scope = (idempotency_key, actor.label, method.address)
        done = self._answered.get(scope)
        if done is None:
            done = (wire, _as_wire(method, handler(decoded, actor)))
            self._answered[scope] = done
        if done[0] != wire:
            raise Invalid("idempotency_key_reused")
        reply: R = done[1]
        return reply

    def _handler(self, method: Method[Any, Any]) -> Callable[[Any, Actor], Any]:
        if method.address not in self.answers:
            handler: Callable[[Any, Actor], Any] = getattr(
                self.services[method.service], method.name, _nothing_there
            )
            return handler

        def answer(arguments: Any, actor: Actor) -> Any:
            given = self.answers[method.address]
            if isinstance(given, PortalError):
                raise given
            return given(arguments, actor) if callable(given) else given

        return answer

    # --- what a test begins with ---------------------------------------------------

    def add_practice(self, name: str = "Praxis Rivera", **settings: Any) -> FakePractice:
        """A practice."""
        practice = FakePractice(PracticeFields(name=name, **CONTACT))
        # Who is hidden from whom is held by the services' own tests.
        practice.set(**({"client_visibility": "everyone"} | settings))
        self.identity.practices[practice.id] = practice
        return practice

    def add_practitioner(
        self, practice: FakePractice, role: Role = Role.OWNER, email: str = "dr@practice.example"
    ) -> FakePractitioner:
        """A practitioner who can sign in."""
        person = FakePractitioner(practice, "Dr Rivera", email, PASSWORD, role)
        self.identity.practitioners[person.id] = person
        return person

    def add_client(
        self, practice: FakePractice, name: str = "Anna Adler", **fields: Any
    ) -> FakeClient:
        """A client."""
        fields = {
            "email": f"{name.split(maxsplit=1)[0].lower()}@mail.example",
            "timezone": "Europe/Berlin",
            "language": "en",
        } | fields
        person = FakeClient(practice, ClientFields(name=name, **fields), self.clock.now())
        self.identity.clients[person.id] = person
        return person

    def add_link(
        self, client: FakeClient, token: str, target: Target | None = None, **fields: Any
    ) -> FakeLink:
        """A live link with that token."""
        now = self.clock.now()
        link = FakeLink(
            client,
            LinkCause.SHARED,
            now,
            now + timedelta(days=30),
            {hashlib.sha256(token.encode()).hexdigest()},
            target or Target(),
            **fields,
        )
        self.identity.links[link.id] = link
        return link

    def add_device(self, owner: FakeClient | FakePractitioner, secret: str) -> FakeDevice:
        """A device that is signed in with that cookie."""
        device = FakeDevice(
            owner, hashlib.sha256(secret.encode()).hexdigest(), self.clock.now(), FIREFOX
        )
        self.identity.devices[device.hash] = device
        return device

    def add_mail(self, client: FakeClient) -> UUID:
        """A mail in the log."""
        return self.notifications.add(client, new_id())

    def add_schedule(self, client: FakeClient, title: str) -> None:
        """An appointment and a past session."""
        self.scheduling.upcoming[client.id] = [replace(APPOINTMENT, id=new_id(), title=title)]
        self.scheduling.past[client.id] = [replace(SESSION, id=new_id(), title=title)]

    def add_form(self, client: FakeClient, sent_by: FakePractitioner, title: str) -> FakeForm:
        """A form with that title, which waits for the client."""
        return self.forms.add(client.id, sent_by.id, replace(INTAKE, title=title))

    def calls(self, address: str) -> list[Asked]:
        """The calls of one method, by its address."""
        return [asked for asked in self.asked if asked.address == address]


def _nothing_there(arguments: Any, _actor: Actor) -> Any:
    """What is asked of a service that knows of nothing: its word for what is not there."""
    named = arguments.__struct_fields__
    raise NotFound(next((code for name, code in _NOT_FOUND.items() if name in named), "not_found"))


def _as_arguments(method: Method[A, Any], arguments: A) -> tuple[bytes, A]:
    try:
        wire = msgspec.json.encode(arguments)
        decoded = decode_cleaned(method.arguments, wire)
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Invalid("malformed_arguments") from None
    return msgspec.json.encode(decoded, order="deterministic"), decoded


def _as_wire(method: Method[Any, R], reply: R) -> R:
    return msgspec.json.decode(msgspec.json.encode(reply), type=method.result)
