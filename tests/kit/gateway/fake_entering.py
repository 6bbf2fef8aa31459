"""identity-links in memory, first half: entering, devices, signing in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal_chassis.clock import Clock
from portal_contracts.actor import Actor
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Conflict, Forbidden, NotFound
from portal_contracts.identity_links.rpc.access import RecordRefusal
from portal_contracts.identity_links.rpc.cards import ClientCard
from portal_contracts.identity_links.rpc.devices import (
    ClientDevice,
    ConsoleDevice,
    Device,
    Devices,
    EndDevice,
    ListClientDevices,
    ResolveDevice,
    RevokeDevice,
    SignIn,
)
from portal_contracts.identity_links.rpc.entering import (
    Entry,
    EntryOutcome,
    InspectLink,
    LinkRequested,
    LinkStanding,
    RedeemLink,
    RenewLink,
    RequestLink,
)
from portal_contracts.identity_links.rpc.targets import EntryMode, LinkState
from portal_contracts.permissions import Permission, has_permission, require_permission
from tests.kit.gateway.state import FakeClient, FakeDevice, FakeLink, FakePractitioner

LIFE = timedelta(days=30)
WAIT_SECONDS = 60


@dataclass
class FakeEntering:
    """What concerns whoever wants to come in."""

    clock: Clock
    refusals: list[tuple[Actor, RecordRefusal]]
    practitioners: dict[UUID, FakePractitioner] = field(default_factory=dict)
    clients: dict[UUID, FakeClient] = field(default_factory=dict)
    links: dict[UUID, FakeLink] = field(default_factory=dict)
    devices: dict[str, FakeDevice] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    requested: list[str] = field(default_factory=list)
    mail: Callable[[UUID, UUID, UUID], Any] = lambda *_: None

    # --- entering ---------------------------------------------------------------------

    def inspect_link(self, command: InspectLink, _actor: Actor) -> LinkStanding:
        """Look only."""
        link = self._by_hash(command.token_hash)
        if link is None:
            return LinkStanding(state=LinkState.UNKNOWN)
        link.scans += 1
        return self._standing(link)

    def redeem_link(self, command: RedeemLink, _actor: Actor) -> Entry:
        """Sign a device in, or say what stands in the way."""
        if command.device_hash in self.ended:
            raise Conflict("device_taken")
        link = self._by_hash(command.token_hash)
        if link is None:
            standing = LinkStanding(state=LinkState.UNKNOWN)
            return Entry(outcome=EntryOutcome.DEAD, standing=standing)
        known = self.devices.get(command.device_hash)
        outcome = EntryOutcome.ENTERED
        if known is None or known.owner is not link.client:
            outcome = self._entry(link, command)
        other = self.devices.get(command.current_device_hash or "")
        if outcome is EntryOutcome.ENTERED and known is None:
            self._enter(link, command)
        return Entry(
            outcome=outcome,
            standing=self._standing(link),
            other_first_name=_first_name(other.owner)
            if other and outcome is EntryOutcome.OTHER_CLIENT
            else None,
        )

    def _entry(self, link: FakeLink, command: RedeemLink) -> EntryOutcome:
        practice = link.client.practice
        current = self.devices.get(command.current_device_hash or "")
        if link.state is not LinkState.LIVE:
            return EntryOutcome.DEAD
        if current is not None and current.owner is link.client:
            return EntryOutcome.ALREADY_IN
        if current is not None and not command.switch:
            return EntryOutcome.OTHER_CLIENT
        button = practice.entry is EntryMode.BUTTON or practice.single_use
        if button and not command.pressed:
            return EntryOutcome.NEEDS_BUTTON
        return _check_born(link.client, command.date_of_birth)

    def _enter(self, link: FakeLink, command: RedeemLink) -> None:
        self.devices.pop(command.current_device_hash or "", None)
        self.devices[command.device_hash] = FakeDevice(
            link.client, command.device_hash, self.clock.now(), command.user_agent, command.address
        )
        link.opens += 1
        link.client.last_visit_at = self.clock.now()
        if link.client.practice.single_use:
            link.state = LinkState.USED

    def renew_link(self, command: RenewLink, _actor: Actor) -> LinkRequested:
        """One answer for all."""
        link = self._by_hash(command.token_hash)
        if link is not None:
            self.requested.append(link.client.fields.email)
        return LinkRequested(retry_after_seconds=WAIT_SECONDS)

    def request_link(self, command: RequestLink, _actor: Actor) -> LinkRequested:
        """One answer for all."""
        known = {client.fields.email for client in self.clients.values()}
        if command.email in known:
            self.requested.append(command.email)
        return LinkRequested(retry_after_seconds=WAIT_SECONDS)

    def _by_hash(self, token_hash: str) -> FakeLink | None:
        return next((link for link in self.links.values() if token_hash in link.hashes), None)

    def _standing(self, link: FakeLink) -> LinkStanding:
        practice = link.client.practice
        return LinkStanding(
            state=link.state,
            practice=practice.card,
            client_id=link.client.id,
            first_name=_first_name(link.client),
            email_masked="a•••@mail.example",
            language=link.client.fields.language,
            target=link.target,
            entry=practice.entry,
            single_use=practice.single_use,
        )

    # --- devices -----------------------------------------------------------------------

    def resolve_device(self, command: ResolveDevice, _actor: Actor) -> ClientDevice:
        """Who is behind a portal cookie."""
        device = self.devices.get(command.device_hash)
        if device is None or not isinstance(device.owner, FakeClient):
            raise NotFound("device_ended")
        client = device.owner
        return ClientDevice(
            actor=client.actor,
            device_id=device.id,
            client=ClientCard(
                id=client.id,
                name=client.fields.name,
                preferred_name=client.fields.preferred_name,
                language=client.fields.language,
                timezone=client.fields.timezone,
                email_masked="a•••@mail.example",
            ),
            practice=client.practice.card,
            idle_ends_at=self.clock.now() + timedelta(hours=1),
            ends_at=self.clock.now() + LIFE,
        )

    def resolve_console_device(self, command: ResolveDevice, _actor: Actor) -> ConsoleDevice:
        """Who is behind a console cookie."""
        device = self.devices.get(command.device_hash)
        if device is None or not isinstance(device.owner, FakePractitioner):
            raise NotFound("device_ended")
        return self._console_device(device, device.owner)

    def sign_in(self, command: SignIn, _actor: Actor) -> ConsoleDevice:
        """E-mail and password."""
        for person in self.practitioners.values():
            if (person.email, person.password) == (command.email, command.password):
                device = FakeDevice(person, command.device_hash, self.clock.now())
                self.devices[device.hash] = device
                return self._console_device(device, person)
        if command.password == "throttle me":
            raise Forbidden("too_many_tries", retry_after_seconds=300)
        raise Forbidden("sign_in_failed")

    def end_device(self, command: EndDevice, _actor: Actor) -> Done:
        """Sign out."""
        if self.devices.pop(command.device_hash, None) is not None:
            self.ended.add(command.device_hash)
        return Done()

    def list_own_devices(self, _command: Nothing, actor: Actor) -> Devices:
        """The actor's own."""
        return self._devices_of(actor.id)

    def list_client_devices(self, command: ListClientDevices, actor: Actor) -> Devices:
        """One client's."""
        require_permission(actor, Permission.LINKS_READ)
        return self._devices_of(self.client_of(command.client_id, actor).id)

    def revoke_device(self, command: RevokeDevice, actor: Actor) -> Done:
        """End one."""
        for device in list(self.devices.values()):
            if device.id == command.device_id and _may_end(device, actor):
                del self.devices[device.hash]
                return Done()
        raise NotFound("device_not_found")

    def _devices_of(self, owner_id: UUID | None) -> Devices:
        return Devices(
            items=[
                Device(
                    id=device.id,
                    label="Firefox on Linux",
                    created_at=device.created_at,
                    last_seen_at=device.created_at,
                    address=device.address,
                )
                for device in self.devices.values()
                if device.owner.id == owner_id
            ]
        )

    def _console_device(self, device: FakeDevice, person: FakePractitioner) -> ConsoleDevice:
        return ConsoleDevice(
            actor=person.actor,
            device_id=device.id,
            name=person.name,
            email=person.email,
            language=person.practice.card.language,
            practice=person.practice.card,
            idle_ends_at=self.clock.now() + timedelta(hours=1),
            ends_at=self.clock.now() + LIFE,
        )

    def client_of(self, client_id: UUID, actor: Actor) -> FakeClient:
        """A client of the actor's practice."""
        client = self.clients.get(client_id)
        if client is None or client.practice.card.id != actor.practice_id:
            raise NotFound("client_not_found")
        return client


def _check_born(client: FakeClient, answer: date | None) -> EntryOutcome:
    if not client.practice.asks_date_of_birth or answer == client.born:
        return EntryOutcome.ENTERED
    if answer is None:
        return EntryOutcome.NEEDS_DATE_OF_BIRTH
    return EntryOutcome.WRONG_DATE_OF_BIRTH


def _first_name(owner: FakeClient | FakePractitioner) -> str:
    name = owner.fields.name if isinstance(owner, FakeClient) else owner.name
    return name.split(" ")[0]


def _may_end(device: FakeDevice, actor: Actor) -> bool:
    if device.owner.id == actor.id:
        return True
    return (
        isinstance(device.owner, FakeClient)
        and device.owner.practice.card.id == actor.practice_id
        and has_permission(actor, Permission.LINKS_REVOKE)
    )
