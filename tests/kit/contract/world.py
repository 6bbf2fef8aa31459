"""The people that every scenario begins with, and how it asks the services."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from portal_contracts.actor import NOBODY, Actor, ActorKind, Role, service_actor
from portal_contracts.calls import Method
from portal_contracts.errors import PortalError
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.identity_links.rpc.targets import Target
from portal_contracts.permissions import Permission
from tests.kit.contract.transcripts import Reader, Step
from tests.kit.waiting import eventually

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)

SESSION_BEFORE = timedelta(days=21)
"""How long before the appointment of `World.add_schedule` its session was."""
NO_KEY = ""
"""In place of an idempotency key: none is sent."""


class World(Protocol):
    """Services with people in them. What is added has happened before a scenario begins."""

    def call(self, method: Method[A, R], arguments: A, **options: Any) -> R:
        """Ask a service, as the gateway does."""

    def add_practice(self, name: str, **settings: Any) -> UUID:
        """A practice; `settings`: members of `PracticeFields`."""

    def add_practitioner(self, practice_id: UUID, role: Role, email: str) -> Actor:
        """A practitioner who can sign in with `fake_services.PASSWORD`."""

    def add_client(self, practice_id: UUID, name: str, **fields: Any) -> Actor:
        """A client; `fields` of `ClientFields`."""

    def add_link(self, client: Actor, token_hash: str, *, target: Target, age: timedelta) -> UUID:
        """A link that was shared `age` ago, with the token of one mail."""

    def add_device(self, owner: Actor, device_hash: str, *, age: timedelta) -> UUID:
        """A device that came in `age` ago and was not used since."""

    def add_form(self, client: Actor, sender: Actor, document: FormDocument) -> UUID:
        """A form that was sent."""

    def withdraw_form(self, form_id: UUID, sender: Actor) -> None:
        """The practice asks no longer for it."""

    def add_schedule(self, client: Actor, with_whom: Actor, starts_at: datetime) -> None:
        """An appointment at `starts_at` that may be cancelled until then, and a past session."""


@dataclass
class Scene:
    """One scenario on one side: its people, its calls, and what came of them.

    Attributes:
        world: the services it is played on.
        number: tells scenarios apart: their addresses, tokens and cookies are their own.
        began: the present of both sides, which play within half a minute.
        settings: of the practice; see `World.add_practice`.
        steps: what came of each call.
    """

    world: World
    number: int
    began: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Fill the world with two practices."""
        add = self.world
        self.address = f"192.0.2.{self.number}"
        here = add.add_practice("Praxis Rivera", **self.settings)
        there = add.add_practice("Praxis Lindenhof")
        self.owner = add.add_practitioner(here, Role.OWNER, self.email("owner"))
        self.practitioner = add.add_practitioner(here, Role.PRACTITIONER, self.email("colleague"))
        self.assistant = add.add_practitioner(here, Role.ASSISTANT, self.email("desk"))
        self.stranger = add.add_practitioner(there, Role.OWNER, self.email("stranger"))
        self.anna = self.add_client(here, "Anna Adler")
        self.ben = self.add_client(here, "Ben Brandt")
        self.carla = self.add_client(there, "Carla Conrad")
        self._reader = Reader(self.began)
        for name, who in self.everybody().items():
            if who.id is not None:
                self._reader.names.setdefault(who.id, name)
        self.name(here, "the practice")
        self.name(there, "the other practice")

    def everybody(self) -> dict[str, Actor]:
        """Everyone who may ask for something, by name."""
        reads = replace(self.owner, scopes=(str(Permission.CLIENTS_READ),))
        return {
            "nobody": NOBODY,
            "owner": self.owner,
            "practitioner": self.practitioner,
            "assistant": self.assistant,
            "stranger": self.stranger,
            "anna": self.anna,
            "ben": self.ben,
            "carla": self.carla,
            "a program of the owner": replace(self.owner, scopes=tuple(map(str, Permission))),
            "a program that reads clients": reads,
            "a service": service_actor("scheduling"),
        }

    # --- what a scenario begins with -------------------------------------------------------

    def email(self, who: str) -> str:
        """An address of this scenario's own."""
        return f"{who}{self.number}@mail.example"

    def hash(self, word: str) -> str:
        """The hash of a token or cookie of this scenario's own."""
        return hashlib.sha256(f"{self.number} {word}".encode()).hexdigest()

    def name(self, thing: UUID, name: str) -> UUID:
        """Call a thing by a name in the transcript."""
        self._reader.names[thing] = name
        return thing

    def add_client(self, practice_id: UUID, name: str, **fields: Any) -> Actor:
        """A client with an address of this scenario's own."""
        email = self.email(name.split(" ", maxsplit=1)[0].lower())
        return self.world.add_client(practice_id, name, **({"email": email} | fields))

    def add_link(
        self, client: Actor, word: str, *, target: Target | None = None, days_ago: float = 0
    ) -> UUID:
        """A link with the token `word`."""
        age = timedelta(days=days_ago)
        added = self.world.add_link(client, self.hash(word), target=target or Target(), age=age)
        return self.name(added, f"the link of {word}")

    def add_device(self, owner: Actor, word: str, *, minutes_ago: float = 0) -> UUID:
        """A device with the cookie `word`."""
        age = timedelta(minutes=minutes_ago)
        added = self.world.add_device(owner, self.hash(word), age=age)
        return self.name(added, f"the device of {word}")

    def add_form(self, client: Actor, document: FormDocument) -> UUID:
        """A form that the owner has sent."""
        return self.name(self.world.add_form(client, self.owner, document), document.title)

    def add_schedule(self, client: Actor, days: int = 2) -> None:
        """An appointment in so many days, and the session three weeks before it."""
        at = self.began.replace(second=0, microsecond=0) + timedelta(days=days)
        self.world.add_schedule(client, self.owner, at)

    # --- asking ---------------------------------------------------------------------------

    def ask(
        self, method: Method[A, R], arguments: A, actor: Actor = NOBODY, *, key: str | None = None
    ) -> R | None:
        """Call a method and write down what came of it; None where it was refused.

        A method that mutates gets a fresh idempotency key unless `key` is given.
        """
        answer: R | None = None
        code = None
        try:
            answer = self._call(method, arguments, actor, key)
            outcome = self._reader.answer(answer)
        except PortalError as refusal:
            code, outcome = refusal.code, self._reader.refusal(refusal)
        self.steps.append(Step(method.address, self._called(actor), code, outcome))
        return answer

    def ask_when(
        self, ready: Callable[[R], bool], method: Method[A, R], arguments: A, actor: Actor
    ) -> R | None:
        """Ask again and again until the answer is `ready`; only the last time is written down."""
        eventually(lambda: ready(self._call(method, arguments, actor, None)))
        return self.ask(method, arguments, actor)

    def ask_as_everybody(self, method: Method[A, R], arguments: A) -> None:
        """The same call by everyone, one after the other."""
        for actor in self.everybody().values():
            self.ask(method, arguments, actor)

    def _call(self, method: Method[A, R], arguments: A, actor: Actor, key: str | None) -> R:
        if key is None and method.mutates:
            key = str(uuid4())
        return self.world.call(
            method, arguments, actor=actor, idempotency_key=key or None, address=self.address
        )

    def _called(self, actor: Actor) -> str:
        known = (name for name, who in self.everybody().items() if who == actor)
        return next(known, str(ActorKind(actor.kind)))
