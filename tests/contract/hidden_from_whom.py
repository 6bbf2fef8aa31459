"""A practice that shows own clients, and from whom one of them is hidden."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Method
from portal_contracts.errors import PortalError
from portal_contracts.forms.rpc.requests import GET_REQUEST, GetRequest
from portal_contracts.identity_links.rpc.caseload import (
    SHARE_CLIENT,
    WITHDRAW_CLIENT,
    ShareClient,
    WithdrawClient,
)
from portal_contracts.identity_links.rpc.clients import ADD_CLIENT, AddClient, ClientFields
from portal_contracts.identity_links.rpc.links import SHARE_LINK, ShareLink
from portal_contracts.identity_links.rpc.targets import ClientVisibility
from portal_contracts.notifications.rpc import LIST_DELIVERIES, ListDeliveries
from portal_contracts.permissions import Permission
from portal_contracts.scheduling.rpc.calendar import (
    LIST_CLIENT_APPOINTMENTS,
    ListClientAppointments,
)
from portal_contracts.scheduling.rpc.sessions import LIST_CLIENT_SESSIONS, ListClientSessions
from tests.contract.hidden_clients import BY_ID, LISTS, NAME, SOON, TELL_OF_ALL, Things
from tests.kit.contract.real_world import RealWorld
from tests.kit.gateway.made_forms import INTAKE
from tests.kit.waiting import eventually

PHONE = "+49 30 901820"
AGE = timedelta(minutes=1)


class HiddenClients:
    """The practice, its people, and a client of one of them with something of everything."""

    def __init__(self, world: RealWorld) -> None:
        self.world = world
        practice = world.add_practice("Own clients", client_visibility=ClientVisibility.OWN)
        self.owner, self.main, self.colleague = (
            replace(
                world.add_practitioner(practice, role, f"{uuid4().hex}@mail.example"),
                caseload_only=True,
            )
            for role in (Role.OWNER, Role.PRACTITIONER, Role.PRACTITIONER)
        )
        elsewhere = world.add_practice("Elsewhere")
        mail = f"{uuid4().hex}@mail.example"
        self.stranger = world.add_practitioner(elsewhere, Role.OWNER, mail)
        self.assistant = world.add_practitioner(
            practice, Role.ASSISTANT, f"{uuid4().hex}@mail.example"
        )
        self.nobody: dict[Any, tuple[Any, ...]] = {}
        self.things = self._things()

    def program_of(self, actor: Actor) -> Actor:
        """An API token that may all."""
        return replace(actor, scopes=tuple(Permission), token_id=uuid4())

    def desk_of(self, actor: Actor) -> Actor:
        """An assistant who works for one practitioner."""
        assert actor.id is not None
        return replace(self.assistant, works_for=(actor.id,))

    def share(self) -> None:
        """With the colleague."""
        self._do(SHARE_CLIENT, ShareClient)

    def withdraw(self) -> None:
        """From the colleague."""
        self._do(WITHDRAW_CLIENT, WithdrawClient)

    def is_hidden_from(self, actor: Actor) -> None:
        """Each call is answered as for nobody, and nothing of the client is in a list."""
        for method, make in BY_ID.items():
            told = self._outcome(method, make(method, self.things), actor)
            assert told[0] == "refused", (method.address, told)
            assert told == self._about_nobody(method, actor), method.address
        assert self._lists_with_her(actor) == set()

    def is_shown_to(self, actor: Actor, but: frozenset[Any] | set[Any] = frozenset()) -> None:
        """Each call that the role allows is answered as for a client, but for some."""
        assert self._lists_with_her(actor) >= TELL_OF_ALL
        for method, make in BY_ID.items():
            told = self._outcome(method, make(method, self.things), actor)
            if told == self._about_nobody(method, actor):
                assert told[1] in {"not_allowed", "reveal_not_allowed"}, (method.address, told)
            elif method in but:
                assert told[1] in {"not_in_caseload", "not_main_practitioner"}, method.address
            else:
                assert told[1] not in {"not_in_caseload", "not_main_practitioner"}, method.address

    def _lists_with_her(self, actor: Actor) -> set[str]:
        """The lists in whose answer there is anything of the client."""
        one = self.things
        ids = (one.client_id, one.appointment_id, one.request_id, one.delivery_id)
        marks = [NAME, *map(str, ids)]
        found = set()
        for method, make in LISTS.items():
            told = self._outcome(method, make(method, self.things), actor)
            if any(mark in str(told[2]) for mark in marks):
                found.add(method.address)
        return found

    def _about_nobody(self, method: Method[Any, Any], actor: Actor) -> tuple[Any, ...]:
        """How the call is refused about what does not exist; for a role and a way to ask, once."""
        asks = method, actor.role, actor.scopes is None
        if asks not in self.nobody:
            arguments = BY_ID[method](method, Things())
            self.nobody[asks] = self._outcome(method, arguments, actor)
        return self.nobody[asks]

    def _outcome(self, method: Method[Any, Any], arguments: Any, actor: Actor) -> tuple[Any, ...]:
        key = str(uuid4()) if method.mutates else None
        try:
            answer = self.world.call(method, arguments, actor=actor, idempotency_key=key)
        except PortalError as refusal:
            return "refused", refusal.code, refusal.detail, refusal.fields
        return "answered", None, msgspec.to_builtins(answer)

    def _do(self, method: Method[Any, Any], arguments: type[Any]) -> None:
        self.world.call(
            method,
            arguments(client_id=self.things.client_id, practitioner_id=self.colleague.id),
            actor=self.main,
            idempotency_key=str(uuid4()),
        )

    def _things(self) -> Things:
        call, main = self.world.call, self.main
        fields = ClientFields(name=NAME, email=f"{uuid4().hex}@mail.example", phone=PHONE)
        added = call(ADD_CLIENT, AddClient(fields=fields), actor=main, idempotency_key=str(uuid4()))
        client = Actor(kind=ActorKind.CLIENT, id=added.client_id, practice_id=main.practice_id)
        shared = call(
            SHARE_LINK,
            ShareLink(client_id=added.client_id),
            actor=main,
            idempotency_key=str(uuid4()),
        )
        self.world.add_schedule(client, main, SOON)
        request_id = self.world.add_form(client, main, INTAKE)
        about = {"client_id": added.client_id}
        [appointment] = call(
            LIST_CLIENT_APPOINTMENTS, ListClientAppointments(**about), actor=main
        ).items
        session = call(LIST_CLIENT_SESSIONS, ListClientSessions(**about), actor=main).items[0]
        sent = GetRequest(request_id=request_id)
        listed = ListDeliveries(**about)
        eventually(lambda: call(LIST_DELIVERIES, listed, actor=main).items)
        return Things(
            client_id=added.client_id,
            appointment_id=appointment.id,
            session_id=session.id,
            request_id=request_id,
            delivery_id=call(LIST_DELIVERIES, listed, actor=main).items[0].id,
            link_id=shared.link_id,
            device_id=self.world.add_device(client, uuid4().hex * 2, age=AGE),
            service_id=appointment.service_id,
            practitioner_id=self.colleague.id,
            template_id=call(GET_REQUEST, sent, actor=main).template_id,
        )
