"""The services in memory, with people in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from portal_chassis.clock import Clock
from portal_contracts.actor import Actor, Role
from portal_contracts.calls import Method
from portal_contracts.forms.rpc.questions import FormDocument
from portal_contracts.identity_links.rpc.clients import ClientFields
from portal_contracts.identity_links.rpc.targets import LinkCause, Target
from tests.kit.contract.world import SESSION_BEFORE
from tests.kit.gateway.fake_services import FIREFOX, FakeServices
from tests.kit.gateway.made_bookings import past, upcoming
from tests.kit.gateway.state import (
    CONTACT,
    LINK_LIFETIME,
    FakeClient,
    FakeDevice,
    FakeLink,
    FakePractitioner,
)

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class FakeWorld:
    """The services in memory, as scenarios ask them; their clock goes."""

    def __init__(self) -> None:
        self.services = FakeServices(Clock())

    def call(self, method: Method[A, R], arguments: A, **options: Any) -> R:
        """Ask in memory."""
        return self.services.call(method, arguments, **options)

    def add_practice(self, name: str, **settings: Any) -> UUID:
        """In memory."""
        return self.services.add_practice(name, **settings).id

    def add_practitioner(self, practice_id: UUID, role: Role, email: str) -> Actor:
        """In memory."""
        practice = self.services.identity.practices[practice_id]
        return self.services.add_practitioner(practice, role, email).actor

    def add_client(self, practice_id: UUID, name: str, **fields: Any) -> Actor:
        """In memory; what is not said is the practice's."""
        practice = self.services.identity.practices[practice_id]
        given = {name: CONTACT[name] for name in ("language", "timezone")} | fields
        client = FakeClient(practice, ClientFields(name=name, **given), self.services.clock.now())
        self.services.identity.clients[client.id] = client
        return client.actor

    def add_link(self, client: Actor, token_hash: str, *, target: Target, age: timedelta) -> UUID:
        """In memory."""
        made = self.services.clock.now() - age
        link = FakeLink(
            self._client(client), LinkCause.SHARED, made, made + LINK_LIFETIME, {token_hash}, target
        )
        self.services.identity.links[link.id] = link
        return link.id

    def add_device(self, owner: Actor, device_hash: str, *, age: timedelta) -> UUID:
        """In memory."""
        identity = self.services.identity
        people: dict[UUID, FakeClient | FakePractitioner] = {}
        people.update(identity.clients)
        people.update(identity.practitioners)
        came_in = self.services.clock.now() - age
        device = FakeDevice(people[_id(owner)], device_hash, came_in, FIREFOX)
        identity.devices[device_hash] = device
        return device.id

    def add_form(self, client: Actor, sender: Actor, document: FormDocument) -> UUID:
        """In memory."""
        return self.services.forms.add(_id(client), _id(sender), document).id

    def withdraw_form(self, form_id: UUID, sender: Actor) -> None:
        """In memory."""
        assert self.services.forms.forms[form_id].sent_by == sender.id
        self.services.forms.withdraw(form_id)

    def add_schedule(self, client: Actor, with_whom: Actor, starts_at: datetime) -> None:
        """As the gateway's tests have them."""
        scheduling, who = self.services.scheduling, _id(with_whom)
        booked = upcoming(starts_at, practitioner_id=who)
        session = past(starts_at - SESSION_BEFORE, practitioner_id=who)
        scheduling.upcoming.setdefault(_id(client), []).append(booked)
        scheduling.past.setdefault(_id(client), []).append(session)

    def _client(self, actor: Actor) -> FakeClient:
        return self.services.identity.clients[_id(actor)]


def _id(actor: Actor) -> UUID:
    if actor.id is None:
        message = f"{actor.label} has no id"
        raise ValueError(message)
    return actor.id
