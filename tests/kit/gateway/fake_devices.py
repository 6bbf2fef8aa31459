"""identity-links in memory: devices, and practitioners who sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from identity_links.domain.access import Act
from identity_links.domain.device_labels import device_label
from identity_links.domain.devices import is_due_to_be_seen
from identity_links.domain.networks import counted_network, normalise_address
from identity_links.domain.throttle import SIGN_IN_FROM_BROWSER, SIGN_IN_FROM_NETWORK
from portal_contracts.actor import Actor, ActorKind, Role
from portal_contracts.calls import Done, Nothing
from portal_contracts.errors import Conflict, Forbidden, NotFound
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
from portal_contracts.permissions import (
    Permission,
    has_permission,
    require_kind,
    require_permission,
)
from tests.kit.gateway.fake_accounts import FakeAccounts
from tests.kit.gateway.state import FakeClient, FakeDevice, FakePractitioner


@dataclass
class FakeDevices(FakeAccounts):
    """Who is signed in. What many networks do together is counted by the real one alone."""

    browsers: set[tuple[str, UUID]] = field(default_factory=set)

    def resolve_device(self, command: ResolveDevice, _actor: Actor) -> ClientDevice:
        """Who is behind a portal cookie."""
        found = self.device_of_client(command.device_hash)
        if found is None:
            raise NotFound("device_ended")
        device, client = found
        self.mark_seen(device, command.address)
        return ClientDevice(
            actor=device.actor,
            device_id=device.id,
            client=ClientCard(
                id=client.id,
                name=client.fields.name,
                preferred_name=client.fields.preferred_name,
                language=client.fields.language,
                timezone=client.fields.timezone,
                email_masked=client.email_masked,
            ),
            practice=client.practice.card,
            idle_ends_at=device.idle_ends_at,
            ends_at=device.ends_at,
        )

    def _console_device(self, device: FakeDevice, person: FakePractitioner) -> ConsoleDevice:
        return ConsoleDevice(
            actor=person.actor,
            device_id=device.id,
            name=person.name,
            email=person.email,
            language=person.language,
            practice=person.practice.card,
            idle_ends_at=device.idle_ends_at,
            ends_at=device.ends_at,
            picture=person.picture,
            has_colleagues=any(
                one.role is not Role.ASSISTANT
                and one.id != person.id
                and one.practice.id == person.practice.id
                for one in self.practitioners.values()
            ),
        )

    def resolve_console_device(self, command: ResolveDevice, _actor: Actor) -> ConsoleDevice:
        """Who is behind a console cookie."""
        device = self.devices.get(command.device_hash)
        if (
            device is None
            or not isinstance(device.owner, FakePractitioner)
            or not device.works(self.clock.now())
        ):
            raise NotFound("device_ended")
        self.mark_seen(device, command.address)
        return self._console_device(device, device.owner)

    def sign_in(self, command: SignIn, _actor: Actor) -> ConsoleDevice:
        """E-mail and password; the try is counted before it is looked at."""
        self.come_from(command.address)
        key, now = command.email.strip().lower(), self.clock.now()
        owner = next((each for each in self.practitioners.values() if each.email == key), None)
        known = owner is not None and (command.browser_hash, owner.id) in self.browsers
        limit = SIGN_IN_FROM_BROWSER if known else SIGN_IN_FROM_NETWORK
        place = command.browser_hash if known else counted_network(self.address)
        if wait := self.limits.count_try(f"sign_in {place} {key}", limit, now):
            raise Forbidden("too_many_tries", retry_after_seconds=wait)
        if owner is not None and owner.password == command.password:
            self.limits.forget(f"sign_in {place} {key}")
            console = self._console_device(self._signed_in(owner, command), owner)
            if command.browser_hash is not None:
                self.browsers.add((command.browser_hash, owner.id))
            return console
        raise Forbidden("sign_in_failed")

    def end_device(self, command: EndDevice, _actor: Actor) -> Done:
        """Sign out."""
        device = self.devices.get(command.device_hash)
        if device is not None:
            self.end(device)
            owner = device.owner
            client = owner if isinstance(owner, FakeClient) else None
            self.note(device.actor, Act.DEVICE_ENDED, client)
        return Done()

    def list_own_devices(self, _command: Nothing, actor: Actor) -> Devices:
        """The actor's own."""
        require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
        if actor.scopes is not None:
            raise Forbidden("not_allowed")
        return self._devices_of(actor.id)

    def list_client_devices(self, command: ListClientDevices, actor: Actor) -> Devices:
        """One client's."""
        require_permission(actor, Permission.LINKS_READ)
        return self._devices_of(self.client_of(command.client_id, actor).id)

    def revoke_device(self, command: RevokeDevice, actor: Actor) -> Done:
        """End one; done also when it had ended."""
        require_kind(actor, ActorKind.CLIENT, ActorKind.PRACTITIONER)
        for device in [*self.devices.values(), *self.ended.values()]:
            if device.id == command.device_id and _may_end(device, actor):
                if device.hash in self.devices:
                    self.end(device)
                    owner = device.owner
                    client = owner if isinstance(owner, FakeClient) else None
                    self.note(actor, Act.DEVICE_REVOKED, client)
                return Done()
        raise NotFound("not_found")

    def mark_seen(self, device: FakeDevice, address: str) -> None:
        """Write down that a device is in use, at most once a minute."""
        now = self.clock.now()
        if is_due_to_be_seen(device.last_seen_at, now):
            device.last_seen_at, device.address = now, normalise_address(address)
            if isinstance(device.owner, FakeClient):
                device.owner.last_visit_at = now

    def _signed_in(self, person: FakePractitioner, command: SignIn) -> FakeDevice:
        known = self.devices.get(command.device_hash) or self.ended.get(command.device_hash)
        if known is not None:
            if known.owner is not person or command.device_hash in self.ended:
                raise Conflict("device_taken")
            return known
        address = normalise_address(self.address)
        device = FakeDevice(
            person, command.device_hash, self.clock.now(), command.user_agent, address
        )
        self.devices[device.hash] = device
        self.note(person.actor, Act.SIGN_IN)
        return device

    def _devices_of(self, owner_id: UUID | None) -> Devices:
        now = self.clock.now()
        live = [
            device
            for device in reversed(self.devices.values())
            if device.owner.id == owner_id and device.works(now)
        ]
        return Devices(items=[_shown(each) for each in sorted(live, key=_seen, reverse=True)])


def _seen(device: FakeDevice) -> datetime:
    return device.last_seen_at


def _shown(device: FakeDevice) -> Device:
    shown = device.revealed_link
    return Device(
        id=device.id,
        label=device_label(device.user_agent),
        created_at=device.created_at,
        last_seen_at=device.last_seen_at,
        address=device.address,
        revealed=shown is not None,
        revealed_by=shown.made_by if shown else "",
    )


def _may_end(device: FakeDevice, actor: Actor) -> bool:
    if device.owner.practice.id != actor.practice_id:
        return False
    if actor.scopes is None and device.owner.id == actor.id:
        return True
    return isinstance(device.owner, FakeClient) and has_permission(actor, Permission.LINKS_REVOKE)
